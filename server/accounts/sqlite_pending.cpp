// What the streams have not learned of yet, on SQLite.
#include "accounts/sqlite_parts.hpp"

namespace dunlin::accounts {

sqlite_pending::sqlite_pending(sqlite_database& db, sqlite_profiles& profiles)
    : db_(db),
      profiles_(profiles),
      insert_(db.handle(), "INSERT INTO pending(account, device) VALUES(?1, ?2)"),
      of_device_(db.handle(),
                 "SELECT n FROM pending WHERE account = ?1 AND news = 0 AND (device = ?2 OR device IS NULL) "
                 "ORDER BY n LIMIT 1"),
      list_(db.handle(),
            "SELECT p.n, a.id, a.version, a.deleted IS NOT NULL, d.id, d.version, d.revoked IS NOT NULL, d.name, "
            "p.news, a.profile_version, s.conversation, s.version, s.json "
            "FROM (SELECT n, account, device, news, conversation FROM pending WHERE n > ?1 ORDER BY n LIMIT ?2) p "
            "JOIN accounts a ON a.id = p.account "
            "LEFT JOIN devices d ON p.news = 0 AND d.account = a.id AND (p.device IS NULL OR d.id = p.device) "
            "LEFT JOIN settings s ON p.news = 2 AND s.account = a.id AND s.conversation = p.conversation "
            "ORDER BY p.n, d.id"),
      mark_told_(db.handle(),
                 "UPDATE accounts SET told = 1 WHERE told = 0 AND id = (SELECT account FROM pending WHERE n = ?1)"),
      forget_(db.handle(), "DELETE FROM pending WHERE n = ?1"),
      forget_all_(db.handle(), "DELETE FROM pending WHERE account = ?1 RETURNING n"),
      owner_of_(db.handle(),
                "SELECT a.id, a.told, a.deleted IS NOT NULL FROM pending p JOIN accounts a ON a.id = p.account "
                "WHERE p.n = ?1"),
      count_(db.handle(), "SELECT count(*) FROM pending"),
      delete_account_(db.handle(), "UPDATE accounts SET deleted = ?2, version = version + 1 WHERE id = ?1"),
      revoke_all_(db.handle(),
                  "UPDATE devices SET revoked = ?2, version = version + 1 WHERE account = ?1 AND revoked IS NULL") {}

result<pending_row> sqlite_pending::tell(account_id owner, const std::optional<device_id>& which) {
  DUNLIN_TRY(insert_.bind(owner, which).run());
  return static_cast<pending_row>(db_.last_row());
}

result<pending_row> sqlite_pending::untold(account_id owner, device_id which) {
  return number_of(of_device_, owner, which);
}

status sqlite_pending::erase(account_id account, wall_ms now) {
  DUNLIN_TRY(profiles_.erase(account));
  DUNLIN_TRY(delete_account_.bind(account, now).run());
  return revoke_all_.bind(account, now).run();
}

namespace {

// What the first line of a row says, but for the device in it.
engine::account_spec change_of(const sqlite_statement& select) {
  engine::account_spec change;
  change.account = select.id<account_id>(1);
  change.deleted = select.number(3) != 0;
  const auto what = static_cast<pending_news>(select.number(8));
  // Of a deleted account that alone is told, whatever else it was.
  if (what == pending_news::account || change.deleted) change.version = static_cast<std::uint64_t>(select.number(2));
  if (change.deleted) return change;
  if (what == pending_news::profile) {
    change.profiles.push_back({change.account, static_cast<std::uint64_t>(select.number(9))});
  }
  if (what == pending_news::settings) {
    change.put.push_back({select.id<stream_id>(10), static_cast<std::uint64_t>(select.number(11)), select.text(12)});
  }
  return change;
}

}  // namespace

result<std::vector<pending_change>> sqlite_pending::list(pending_row after, std::size_t limit) {
  auto& select = list_;
  select.bind(after, static_cast<std::uint64_t>(limit));
  std::vector<pending_change> out;
  while (true) {
    DUNLIN_TRY_ASSIGN(const bool found, select.step());
    if (!found) return out;
    const auto row = static_cast<pending_row>(select.number(0));
    if (out.empty() || out.back().row != row) out.push_back({row, change_of(select)});
    const auto device = select.id<device_id>(4);
    if (device.is_zero()) continue;  // an account without devices
    out.back().change.devices.push_back(
        {device, static_cast<std::uint64_t>(select.number(5)), select.number(6) != 0, select.text(7)});
  }
}

status sqlite_pending::forget(std::span<const pending_row> rows) {
  DUNLIN_TRY_ASSIGN(auto transaction, sqlite_transaction::begin(db_));
  for (const auto row : rows) {
    DUNLIN_TRY(mark_told_.bind(row).run());
    DUNLIN_TRY(forget_.bind(row).run());
  }
  return transaction.commit();
}

result<given_up> sqlite_pending::give_up(pending_row row, wall_ms now) {
  DUNLIN_TRY_ASSIGN(auto transaction, sqlite_transaction::begin(db_));
  DUNLIN_TRY_ASSIGN(const bool found, owner_of_.bind(row).step());
  if (!found) return given_up{};
  const auto owner = owner_of_.id<account_id>(0);
  const bool told = owner_of_.number(1) != 0;
  const bool deleted = owner_of_.number(2) != 0;
  owner_of_.reset();
  if (told) return given_up{};
  if (!deleted) DUNLIN_TRY(erase(owner, now));
  given_up out{owner, {}};
  forget_all_.bind(owner);
  while (true) {
    DUNLIN_TRY_ASSIGN(const bool one, forget_all_.step());
    if (!one) break;
    out.rows.push_back(static_cast<pending_row>(forget_all_.number(0)));
  }
  DUNLIN_TRY(transaction.commit());
  return out;
}

result<std::uint64_t> sqlite_pending::pending_count() { return number_of(count_); }

}  // namespace dunlin::accounts
