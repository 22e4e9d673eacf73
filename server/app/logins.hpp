// engine::credentials over the accounts service: a shard asks, the store thread looks, the shard gets the answer. Who
// has shown many wrong tokens is answered without a look, until some time has passed.
//
// Thread rule: as engine::credentials. Lifetime: `use` before the first connection; all it gets outlives all
// connections. Bounds: http::rate_limits for each shard, which counts for itself.
#pragma once

#include <vector>

#include "accounts/service.hpp"
#include "base/clock.hpp"
#include "engine/credentials.hpp"
#include "http/rate_limits.hpp"

namespace dunlin::app {

class shards;

class logins final : public engine::credentials {
 public:
  // `wrong`: how many wrong tokens one client may show.
  void use(accounts::service& service, shards& all, const http::rate& wrong, const clock& time);
  void verify(engine::shard_id shard, std::uint64_t ticket, engine::client_key client, std::string user,
              std::string token) override;

 private:
  accounts::service* service_ = nullptr;
  shards* shards_ = nullptr;
  const clock* time_ = nullptr;
  std::vector<http::rate_limits> wrong_;  // by shard, each on its shard's thread
};

}  // namespace dunlin::app
