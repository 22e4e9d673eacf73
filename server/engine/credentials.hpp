// Who a name and a token stand for. Asked by links, answered by the accounts on a thread of their own.
//
// Thread rule: `verify` is called on a shard and must not block; the answer comes through shard::verified on the same
// shard, with the same ticket, maybe before `verify` returns.
#pragma once

#include <cstdint>
#include <string>

#include "engine/messages.hpp"
#include "engine/port.hpp"

namespace dunlin::engine {

// too_many: whoever asks has shown too many wrong tokens lately, and waits.
enum class login_result : std::uint8_t { ok, wrong, unavailable, too_many };

struct identity {
  login_result result = login_result::wrong;
  account_id account;
  device_id device;
};

class credentials {
 public:
  virtual ~credentials() = default;
  virtual void verify(shard_id shard, std::uint64_t ticket, client_key client, std::string user, std::string token) = 0;
};

}  // namespace dunlin::engine
