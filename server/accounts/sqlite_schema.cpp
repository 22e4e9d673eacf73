#include "accounts/sqlite_schema.hpp"

#include <algorithm>
#include <array>

#include "accounts/errc.hpp"
#include "base/log.hpp"

namespace dunlin::accounts {

namespace {

// Step i brings version i to version i + 1. A step that has been released never changes: a later one mends it.
constexpr std::array<const char*, schema_version> steps = {
    R"sql(
CREATE TABLE meta(
  key TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts(
  id BLOB PRIMARY KEY CHECK(length(id) = 16),
  handle TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  created INTEGER NOT NULL,          -- ms since 1970 UTC
  deleted INTEGER                    -- ms since 1970 UTC, if it was
) STRICT, WITHOUT ROWID;

CREATE TABLE devices(
  id BLOB PRIMARY KEY CHECK(length(id) = 16),
  account BLOB NOT NULL REFERENCES accounts(id),
  name TEXT NOT NULL,
  token_hash BLOB NOT NULL UNIQUE CHECK(length(token_hash) = 32),
  version INTEGER NOT NULL,
  created INTEGER NOT NULL,
  revoked INTEGER                    -- ms since 1970 UTC, if it was
) STRICT, WITHOUT ROWID;
CREATE INDEX devices_by_account ON devices(account);

-- What the streams have not learned of yet. AUTOINCREMENT: a number is never used again.
CREATE TABLE pending(
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  account BLOB NOT NULL REFERENCES accounts(id),
  device BLOB REFERENCES devices(id) -- none: the account with all its devices
) STRICT;
)sql",
};

}  // namespace

status migrate(sqlite_database& db) {
  DUNLIN_TRY_ASSIGN(const auto found, db.number("PRAGMA user_version"));
  if (found > schema_version) {
    log_error("accounts: the database is newer than this program",
              {{"version", found}, {"known_version", schema_version}});
    return errc::newer;
  }
  for (auto version = found; version < schema_version; ++version) {
    DUNLIN_TRY_ASSIGN(auto transaction, sqlite_transaction::begin(db));
    DUNLIN_TRY(db.execute(steps[static_cast<std::size_t>(version)]));
    DUNLIN_TRY(db.execute("PRAGMA user_version = " + std::to_string(version + 1)));
    DUNLIN_TRY(transaction.commit());
  }
  return ok();
}

result<server_secret> load_secret(sqlite_database& db, random_source& random) {
  server_secret secret{};
  random.fill(secret);
  sqlite_statement insert(db.handle(), "INSERT INTO meta(key, value) VALUES('secret', ?1) ON CONFLICT DO NOTHING");
  DUNLIN_TRY(insert.bind(secret).run());
  sqlite_statement select(db.handle(), "SELECT value FROM meta WHERE key = 'secret'");
  DUNLIN_TRY_ASSIGN(const bool found, select.step());
  if (!found || select.blob(0).size() != secret.size()) return errc::corrupt;
  std::ranges::copy(select.blob(0), secret.begin());
  return secret;
}

}  // namespace dunlin::accounts
