// The tokens that were verified lately, so that a storm of reconnects does not cost a database look-up each.
//
// Thread rule: the store thread alone, which also makes revocations: so nobody can be let in by an entry that a
// revocation has outdated. Bounded: the one unused for longest makes room.
#pragma once

#include <cstddef>
#include <list>
#include <optional>
#include <unordered_map>

#include "accounts/tables.hpp"

namespace dunlin::accounts {

class token_cache {
 public:
  static constexpr std::size_t capacity = 65'536;  // about 200 bytes each

  explicit token_cache(std::size_t most = capacity) : most_(most) {}

  // Valid until the next call.
  [[nodiscard]] const credential* find(const token_hash& hash);
  void keep(const token_hash& hash, credential known);
  void forget(device_id device);
  void forget(account_id account);
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct entry {
    token_hash hash;
    credential known;
  };
  template <class Matches>
  void forget_if(Matches matches);

  std::size_t most_;
  std::list<entry> entries_;  // the one used last in front
  std::unordered_map<token_hash, std::list<entry>::iterator> by_hash_;
};

}  // namespace dunlin::accounts
