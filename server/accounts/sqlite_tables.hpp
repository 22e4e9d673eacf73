// The roles of tables.hpp on SQLite: one file, `accounts.db`, in the data directory.
//
// Format: PRAGMA user_version says which migrations have run; a file of a higher version is refused (errc::newer). A
// migration is one transaction, so a crash leaves the old version or the new one.
#pragma once

#include <memory>

#include "accounts/tables.hpp"

namespace dunlin::accounts {

class sqlite_tables final : public account_table, public credential_table, public pending_table {
 public:
  // Opens or creates `path`; `random` makes the server's secret when the file is new.
  static result<std::unique_ptr<sqlite_tables>> open(const std::string& path, random_source& random);
  ~sqlite_tables() override;

  table_set tables() { return {*this, *this, *this, secret_}; }

  result<std::vector<pending_row>> add(std::span<const registration> entries, wall_ms now) override;
  result<account> find(account_id id) override;
  result<account> find_handle(std::string_view handle) override;
  result<pending_row> remove(account_id id, wall_ms now) override;
  result<std::uint64_t> account_count() override;
  result<credential> find(const token_hash& hash) override;
  result<pending_row> link(const new_device& entry, wall_ms now) override;
  result<pending_row> revoke(device_id id, wall_ms now) override;
  result<std::vector<device>> devices(account_id owner) override;
  result<std::uint64_t> device_count() override;
  result<std::vector<pending_change>> list(pending_row after, std::size_t limit) override;
  status forget(std::span<const pending_row> rows) override;
  result<std::uint64_t> pending_count() override;

 private:
  struct database;
  sqlite_tables(std::unique_ptr<database> db, const server_secret& secret);

  std::unique_ptr<database> db_;
  server_secret secret_;
};

}  // namespace dunlin::accounts
