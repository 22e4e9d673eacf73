#include "accounts/sqlite_tables.hpp"

#include "accounts/sqlite_parts.hpp"
#include "accounts/sqlite_schema.hpp"

namespace dunlin::accounts {

struct sqlite_tables::parts {
  parts(sqlite_database opened, const server_secret& s) : db(std::move(opened)), secret(s) {}

  sqlite_database db;
  server_secret secret;
  sqlite_profiles profiles{db};
  sqlite_invites invites{db};
  sqlite_pending pending{db, profiles};
  sqlite_accounts accounts{db, pending, invites, profiles};
};

sqlite_tables::sqlite_tables(std::unique_ptr<parts> all) : parts_(std::move(all)) {}
sqlite_tables::~sqlite_tables() = default;

result<std::unique_ptr<sqlite_tables>> sqlite_tables::open(const std::string& path, random_source& random) {
  DUNLIN_TRY_ASSIGN(auto opened, sqlite_database::open(path));
  DUNLIN_TRY(migrate(opened));
  DUNLIN_TRY_ASSIGN(const auto secret, load_secret(opened, random));
  return std::unique_ptr<sqlite_tables>(new sqlite_tables(std::make_unique<parts>(std::move(opened), secret)));
}

table_set sqlite_tables::tables() {
  auto& p = *parts_;
  return {p.accounts, p.accounts, p.pending, p.invites, p.profiles, p.profiles, p.profiles, p.secret};
}

}  // namespace dunlin::accounts
