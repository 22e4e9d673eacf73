// engine::credentials over the accounts service: a shard asks, the store thread looks, the shard gets the answer.
//
// Thread rule: as engine::credentials. Lifetime: `use` before the first connection; both outlive all connections.
#pragma once

#include "accounts/service.hpp"
#include "engine/credentials.hpp"

namespace dunlin::app {

class shards;

class logins final : public engine::credentials {
 public:
  void use(accounts::service& service, shards& all) {
    service_ = &service;
    shards_ = &all;
  }
  void verify(engine::shard_id shard, std::uint64_t ticket, std::string user, std::string token) override;

 private:
  accounts::service* service_ = nullptr;
  shards* shards_ = nullptr;
};

}  // namespace dunlin::app
