// What the contract suites need of an implementation besides the roles: to let time pass, to seal, and to crash.
#pragma once

#include <memory>
#include <string>

#include "store/history.hpp"

namespace dunlin::store {

class store_under_test {
 public:
  virtual ~store_under_test() = default;
  virtual log& shard_log(int shard) = 0;
  virtual history& shard_history(int shard) = 0;
  virtual void recover(int shard, applier& to) = 0;
  // Everything flushed becomes durable, and everything asked is answered.
  virtual void settle() = 0;
  // A piece of background work, if there is any.
  virtual void step() = 0;
  // Wants everything durable now to be sealed. Rows are asked for, and step() brings it to its end.
  virtual void begin_seal() = 0;
  [[nodiscard]] virtual bool is_sealed() = 0;
  // The process dies and is started again with so many shards. What was flushed and not settled may be lost.
  virtual void crash(int shards) = 0;
};

// Two shards at first.
using make_store = std::unique_ptr<store_under_test> (*)();

struct implementation {
  const char* name;
  make_store make;
};
inline void PrintTo(const implementation& i, std::ostream* out) { *out << i.name; }

}  // namespace dunlin::store
