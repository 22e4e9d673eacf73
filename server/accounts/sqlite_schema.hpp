// The migrations of accounts.db.
#pragma once

#include "accounts/sqlite.hpp"
#include "accounts/token.hpp"

namespace dunlin::accounts {

inline constexpr int schema_version = 2;

// Brings the file to `to`. Errors: newer, and those of sqlite.hpp.
status migrate(sqlite_database& db, int to = schema_version);
// Reads the server's secret, or makes it in a new file.
result<server_secret> load_secret(sqlite_database& db, random_source& random);

}  // namespace dunlin::accounts
