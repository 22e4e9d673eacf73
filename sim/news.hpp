// What an accounts' database holds of settings and profiles, and what of it the streams do not know yet: a table of
// pending rows of its own, which outlives a crash, and whose relay runs the relay's code.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "accounts/tables.hpp"

namespace dunlin::sim {

class news_table final : public accounts::pending_table {
 public:
  // Each gives the new version.
  std::uint64_t put(account_id account, stream_id conversation, std::string json);
  std::uint64_t change_profile(account_id account);

  result<std::vector<accounts::pending_change>> list(accounts::pending_row after, std::size_t limit) override;
  status forget(std::span<const accounts::pending_row> rows) override;
  result<std::uint64_t> pending_count() override { return rows_.size(); }

 private:
  struct settings {
    std::uint64_t version = 0;
    std::string json;
  };
  struct row {
    account_id account;
    std::optional<stream_id> conversation;  // none: its profile
  };
  std::map<std::pair<account_id, stream_id>, settings> settings_;
  std::map<account_id, std::uint64_t> profiles_;
  std::map<accounts::pending_row, row> rows_;
  accounts::pending_row last_ = 0;
};

}  // namespace dunlin::sim
