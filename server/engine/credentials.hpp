// Who a name and a token stand for. Asked by links, answered by the accounts on a thread of their own.
//
// Thread rule: `verify` is called on a shard and must not block; the answer comes through shard::verified on the same
// shard, with the same ticket.
#pragma once

#include <cstdint>
#include <string>

#include "engine/messages.hpp"

namespace dunlin::engine {

enum class login_result : std::uint8_t { ok, wrong, unavailable };

struct identity {
  login_result result = login_result::wrong;
  account_id account;
  device_id device;
};

class credentials {
 public:
  virtual ~credentials() = default;
  virtual void verify(shard_id shard, std::uint64_t ticket, std::string user, std::string token) = 0;
};

}  // namespace dunlin::engine
