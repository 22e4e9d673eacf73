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

    R"sql(
ALTER TABLE accounts ADD COLUMN skeleton TEXT NOT NULL DEFAULT '';   -- handle.hpp; not unique among older handles
ALTER TABLE accounts ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN about TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN picture BLOB;                        -- a hash of pictures
ALTER TABLE accounts ADD COLUMN profile_version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE accounts ADD COLUMN told INTEGER NOT NULL DEFAULT 0;     -- 1: the streams have learned of it
UPDATE accounts SET told = 1, name = CASE WHEN deleted IS NULL THEN handle ELSE '' END, skeleton =
  replace(replace(replace(replace(replace(replace(replace(replace(handle, '.', ''), '_', ''), '-', ''),
  '0', 'o'), '1', 'l'), 'i', 'l'), 'rn', 'm'), 'vv', 'w');
CREATE INDEX accounts_by_skeleton ON accounts(skeleton);
CREATE INDEX accounts_by_created ON accounts(created);
CREATE INDEX accounts_by_picture ON accounts(picture) WHERE picture IS NOT NULL;

ALTER TABLE devices ADD COLUMN last_seen INTEGER NOT NULL DEFAULT 0; -- ms since 1970 UTC; 0: not since this is kept

CREATE TABLE invites(
  code TEXT PRIMARY KEY,
  made_by BLOB REFERENCES accounts(id), -- none: the operator
  uses INTEGER NOT NULL,
  used INTEGER NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,             -- ms since 1970 UTC; 0: never
  revoked INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX invites_by_created ON invites(created);

CREATE TABLE pictures(
  hash BLOB NOT NULL UNIQUE CHECK(length(hash) = 32),
  type INTEGER NOT NULL,                -- picture.hpp
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  created INTEGER NOT NULL,
  keeper BLOB REFERENCES accounts(id),  -- kept though no account may show it
  data BLOB NOT NULL
) STRICT;
CREATE INDEX pictures_by_keeper ON pictures(keeper) WHERE keeper IS NOT NULL;

CREATE TABLE settings(
  account BLOB NOT NULL REFERENCES accounts(id),
  conversation BLOB NOT NULL CHECK(length(conversation) = 16),  -- zeros: of the account
  version INTEGER NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY(account, conversation)
) STRICT, WITHOUT ROWID;

-- What a row of `pending` says: 0 the account or one device, 1 its profile, 2 its settings for `conversation`.
ALTER TABLE pending ADD COLUMN news INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pending ADD COLUMN conversation BLOB;

-- The words of handles and names. Its rows have the numbers of `listed`.
CREATE TABLE listed(
  n INTEGER PRIMARY KEY,
  account BLOB NOT NULL UNIQUE REFERENCES accounts(id)
) STRICT;
CREATE VIRTUAL TABLE directory USING fts5(
  handle, name, tokenize = "unicode61 remove_diacritics 2", prefix = '1 2 3');
INSERT INTO listed(account) SELECT id FROM accounts WHERE deleted IS NULL;
INSERT INTO directory(rowid, handle, name)
  SELECT l.n, a.handle, a.name FROM listed l JOIN accounts a ON a.id = l.account;
)sql",
};

}  // namespace

status migrate(sqlite_database& db, int to) {
  DUNLIN_TRY_ASSIGN(const auto found, db.number("PRAGMA user_version"));
  if (found > schema_version) {
    log_error("accounts: the database is newer than this program",
              {{"version", found}, {"known_version", schema_version}});
    return errc::newer;
  }
  for (auto version = found; version < to; ++version) {
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
