// The roles of tables.hpp and profile_tables.hpp on SQLite: one file, `accounts.db`, in the data directory.
//
// Format: PRAGMA user_version says which migrations have run; a file of a higher version is refused (errc::newer). A
// migration is one transaction, so a crash leaves the old version or the new one.
#pragma once

#include <memory>

#include "accounts/tables.hpp"

namespace dunlin::accounts {

class sqlite_tables {
 public:
  // Opens or creates `path`; `random` makes the server's secret when the file is new.
  static result<std::unique_ptr<sqlite_tables>> open(const std::string& path, random_source& random);
  ~sqlite_tables();
  sqlite_tables(const sqlite_tables&) = delete;
  sqlite_tables& operator=(const sqlite_tables&) = delete;

  // Valid as long as this lives.
  table_set tables();

 private:
  struct parts;
  explicit sqlite_tables(std::unique_ptr<parts> all);

  std::unique_ptr<parts> parts_;
};

}  // namespace dunlin::accounts
