// Invites on SQLite.
#include "accounts/sqlite_parts.hpp"

namespace dunlin::accounts {

namespace {

constexpr wall_ms keep_over = 30LL * 86'400'000;

}  // namespace

sqlite_invites::sqlite_invites(sqlite_database& db)
    : db_(db),
      insert_(
          db.handle(),
          "INSERT INTO invites(code, made_by, uses, used, created, expires, revoked) VALUES(?1, ?2, ?3, 0, ?4, ?5, 0)"),
      by_code_(db.handle(), "SELECT code, made_by, uses, used, created, expires, revoked FROM invites WHERE code = ?1"),
      list_(db.handle(),
            "SELECT code, made_by, uses, used, created, expires, revoked FROM invites "
            "ORDER BY created DESC, code LIMIT ?1"),
      revoke_(db.handle(), "UPDATE invites SET revoked = 1 WHERE code = ?1"),
      use_(db.handle(), "UPDATE invites SET used = used + 1 WHERE code = ?1"),
      count_(db.handle(), "SELECT count(*) FROM invites"),
      forget_(db.handle(),
              "DELETE FROM invites WHERE created < ?2 AND (revoked = 1 OR used >= uses OR expires BETWEEN 1 AND ?1)"),
      maker_(db.handle(), "SELECT count(*) FROM accounts WHERE id = ?1 AND deleted IS NULL") {}

invite sqlite_invites::read(const sqlite_statement& row) {
  invite out;
  out.code = row.text(0);
  if (!row.is_null(1)) out.made_by = row.id<account_id>(1);
  out.uses = static_cast<std::uint64_t>(row.number(2));
  out.used = static_cast<std::uint64_t>(row.number(3));
  out.created = row.number(4);
  out.expires = row.number(5);
  out.revoked = row.number(6) != 0;
  return out;
}

status sqlite_invites::add(const invite& one, wall_ms now) {
  DUNLIN_TRY_ASSIGN(auto transaction, sqlite_transaction::begin(db_));
  if (one.made_by) {
    DUNLIN_TRY_ASSIGN(const auto there, number_of(maker_, *one.made_by));
    if (there == 0) return errc::unknown_account;
  }
  DUNLIN_TRY(forget_.bind(now, now - keep_over).run());
  DUNLIN_TRY_ASSIGN(const auto kept, number_of(count_));
  if (kept >= max_invites) return errc::too_many_kept;
  DUNLIN_TRY(insert_.bind(one.code, one.made_by, one.uses, one.created, one.expires).run());
  return transaction.commit();
}

result<invite> sqlite_invites::find(std::string_view code) {
  DUNLIN_TRY_ASSIGN(const bool found, by_code_.bind(code).step());
  if (!found) return errc::invite_unknown;
  auto out = read(by_code_);
  by_code_.reset();
  return out;
}

result<std::vector<invite>> sqlite_invites::list(std::size_t limit) {
  list_.bind(static_cast<std::uint64_t>(limit));
  std::vector<invite> out;
  while (true) {
    DUNLIN_TRY_ASSIGN(const bool found, list_.step());
    if (!found) return out;
    out.push_back(read(list_));
  }
}

status sqlite_invites::revoke(std::string_view code) {
  DUNLIN_TRY(find(code));
  return revoke_.bind(code).run();
}

status sqlite_invites::use(std::string_view code, wall_ms now) {
  DUNLIN_TRY_ASSIGN(const auto one, find(code));
  DUNLIN_TRY(check_invite(one, now));
  return use_.bind(code).run();
}

}  // namespace dunlin::accounts
