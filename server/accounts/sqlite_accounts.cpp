// Accounts, devices and their tokens on SQLite.
#include <algorithm>

#include "accounts/handle.hpp"
#include "accounts/sqlite_parts.hpp"

namespace dunlin::accounts {

sqlite_accounts::sqlite_accounts(sqlite_database& db, sqlite_pending& pending, sqlite_invites& invites,
                                 sqlite_profiles& profiles)
    : db_(db),
      pending_(pending),
      invites_(invites),
      profiles_(profiles),
      account_by_id_(db.handle(),
                     "SELECT id, handle, version, created, deleted IS NOT NULL FROM accounts WHERE id = ?1"),
      account_by_handle_(db.handle(),
                         "SELECT id, handle, version, created, deleted IS NOT NULL FROM accounts WHERE handle = ?1"),
      handle_by_skeleton_(db.handle(),
                          "SELECT handle FROM accounts WHERE skeleton = ?1 ORDER BY handle = ?2 DESC LIMIT 1"),
      insert_account_(db.handle(),
                      "INSERT INTO accounts(id, handle, version, created, skeleton, name, about) "
                      "VALUES(?1, ?2, 1, ?3, ?4, ?5, ?6)"),
      touch_account_(db.handle(), "UPDATE accounts SET version = version + 1 WHERE id = ?1"),
      count_accounts_(db.handle(), "SELECT count(*) FROM accounts WHERE deleted IS NULL"),
      first_created_(db.handle(), "SELECT coalesce(min(created), 0) FROM accounts"),
      insert_device_(db.handle(),
                     "INSERT INTO devices(id, account, name, token_hash, version, created) "
                     "VALUES(?1, ?2, ?3, ?4, 1, ?5)"),
      device_by_id_(db.handle(), "SELECT account, token_hash, revoked IS NOT NULL FROM devices WHERE id = ?1"),
      devices_of_(db.handle(),
                  "SELECT id, name, version, created, revoked IS NOT NULL, last_seen FROM devices "
                  "WHERE account = ?1 ORDER BY id"),
      count_devices_of_(db.handle(), "SELECT count(*) FROM devices WHERE account = ?1 AND revoked IS NULL"),
      count_rows_of_(db.handle(), "SELECT count(*) FROM devices WHERE account = ?1"),
      count_devices_(db.handle(), "SELECT count(*) FROM devices WHERE revoked IS NULL"),
      revoke_device_(db.handle(), "UPDATE devices SET revoked = ?2, version = version + 1 WHERE id = ?1"),
      rename_device_(db.handle(),
                     "UPDATE devices SET name = ?3 WHERE id = ?2 AND account = ?1 AND revoked IS NULL RETURNING 1"),
      device_seen_(db.handle(), "UPDATE devices SET last_seen = max(last_seen, ?2) WHERE id = ?1"),
      by_token_(db.handle(),
                "SELECT d.token_hash, a.id, d.id, a.handle FROM devices d JOIN accounts a ON a.id = d.account "
                "WHERE d.token_hash = ?1 AND d.revoked IS NULL AND a.deleted IS NULL") {}

result<account> sqlite_accounts::read_account(sqlite_statement& select) {
  DUNLIN_TRY_ASSIGN(const bool found, select.step());
  if (!found) return errc::unknown_account;
  account a{select.id<account_id>(0), select.text(1), static_cast<std::uint64_t>(select.number(2)), select.number(3),
            select.number(4) != 0};
  select.reset();
  return a;
}

status sqlite_accounts::check_repeat(const registration& entry) {
  const auto owner = read_account(account_by_id_.bind(entry.account));
  if (!owner) return owner.error() == errc::unknown_account ? std::error_code(errc::conflict) : owner.error();
  if (owner->deleted || owner->handle != entry.handle) return errc::conflict;
  DUNLIN_TRY_ASSIGN(const bool found, device_by_id_.bind(entry.device).step());
  const bool same = found && device_by_id_.id<account_id>(0) == entry.account &&
                    std::ranges::equal(device_by_id_.blob(1), entry.hash.bytes) && device_by_id_.number(2) == 0;
  device_by_id_.reset();
  return same ? ok() : status(errc::conflict);
}

// One skeleton, one account: the index is not unique, since older files may hold look-alikes, but all that is written
// comes through here, within a transaction.
status sqlite_accounts::check_handle_free(const registration& entry) {
  const auto skeleton = skeleton_of(entry.handle);
  DUNLIN_TRY_ASSIGN(const bool found, handle_by_skeleton_.bind(skeleton, entry.handle).step());
  const auto holder = found ? handle_by_skeleton_.text(0) : std::string();
  handle_by_skeleton_.reset();
  if (!found) return ok();
  if (holder != entry.handle) return errc::handle_alike;
  DUNLIN_TRY_ASSIGN(const auto owner, read_account(account_by_handle_.bind(entry.handle)));
  return owner.id == entry.account ? errc::conflict : errc::handle_taken;
}

result<signed_up> sqlite_accounts::add_one(const registration& entry, wall_ms now) {
  const auto repeat = check_repeat(entry);
  if (repeat) {
    DUNLIN_TRY_ASSIGN(const auto row, pending_.untold(entry.account, entry.device));
    return signed_up{row, true};
  }
  if (repeat.error() != errc::conflict) return repeat.error();
  DUNLIN_TRY(check_handle_free(entry));
  const auto& name = entry.name.empty() ? entry.handle : entry.name;
  const auto skeleton = skeleton_of(entry.handle);
  DUNLIN_TRY(insert_account_.bind(entry.account, entry.handle, now, skeleton, name, entry.about).run());
  DUNLIN_TRY(insert_device_.bind(entry.device, entry.account, entry.device_name, entry.hash.bytes, now).run());
  DUNLIN_TRY(profiles_.enlist(entry.account, entry.handle, name));
  DUNLIN_TRY_ASSIGN(const auto row, pending_.tell(entry.account, entry.device));
  return signed_up{row, false};
}

result<std::vector<pending_row>> sqlite_accounts::add(std::span<const registration> entries, wall_ms now) {
  DUNLIN_TRY_ASSIGN(auto transaction, sqlite_transaction::begin(db_));
  std::vector<pending_row> rows;
  rows.reserve(entries.size());
  for (const auto& entry : entries) {
    DUNLIN_TRY_ASSIGN(const auto added, add_one(entry, now));
    rows.push_back(added.row);
  }
  DUNLIN_TRY(transaction.commit());
  return rows;
}

result<signed_up> sqlite_accounts::sign_up(const sign_up_entry& entry, wall_ms now) {
  DUNLIN_TRY_ASSIGN(auto transaction, sqlite_transaction::begin(db_));
  const auto repeat = check_repeat(entry.who);
  if (!repeat && repeat.error() != errc::conflict) return repeat.error();
  if (!repeat && entry.how == signup_policy::closed) return errc::sign_up_closed;
  if (!repeat && entry.how == signup_policy::invite) DUNLIN_TRY(invites_.use(entry.invite, now));
  DUNLIN_TRY_ASSIGN(const auto out, add_one(entry.who, now));
  DUNLIN_TRY(transaction.commit());
  return out;
}

result<bool> sqlite_accounts::is_taken(std::string_view handle) {
  const auto skeleton = skeleton_of(handle);
  auto found = handle_by_skeleton_.bind(skeleton, handle).step();
  handle_by_skeleton_.reset();
  return found;
}

result<account> sqlite_accounts::find(account_id id) { return read_account(account_by_id_.bind(id)); }

result<account> sqlite_accounts::find_handle(std::string_view handle) {
  return read_account(account_by_handle_.bind(handle));
}

result<pending_row> sqlite_accounts::remove(account_id id, wall_ms now) {
  DUNLIN_TRY_ASSIGN(const auto owner, find(id));
  if (owner.deleted) return pending_.untold(id, device_id{});
  DUNLIN_TRY_ASSIGN(auto transaction, sqlite_transaction::begin(db_));
  DUNLIN_TRY(pending_.erase(id, now));
  DUNLIN_TRY_ASSIGN(const auto row, pending_.tell(id, std::nullopt));
  DUNLIN_TRY(transaction.commit());
  return row;
}

result<std::uint64_t> sqlite_accounts::account_count() { return number_of(count_accounts_); }

result<wall_ms> sqlite_accounts::since() {
  DUNLIN_TRY_ASSIGN(const auto first, number_of(first_created_));
  return static_cast<wall_ms>(first);
}

result<credential> sqlite_accounts::find(const token_hash& hash) {
  DUNLIN_TRY_ASSIGN(const bool found, by_token_.bind(hash.bytes).step());
  if (!found) return errc::wrong_token;
  // The index has compared the hash; comparing once more in constant time costs nothing and leaves no doubt.
  token_hash stored;
  const bool sized = by_token_.blob(0).size() == stored.bytes.size();
  if (sized) std::ranges::copy(by_token_.blob(0), stored.bytes.begin());
  credential out{{by_token_.id<account_id>(1), by_token_.id<device_id>(2)}, by_token_.text(3)};
  by_token_.reset();
  if (!sized || !(stored == hash)) return errc::wrong_token;
  return out;
}

result<pending_row> sqlite_accounts::link(const new_device& entry, wall_ms now) {
  DUNLIN_TRY_ASSIGN(auto transaction, sqlite_transaction::begin(db_));
  DUNLIN_TRY_ASSIGN(const auto owner, find(entry.owner));
  if (owner.deleted) return errc::unknown_account;
  if (entry.by) {
    DUNLIN_TRY_ASSIGN(const bool found, device_by_id_.bind(*entry.by).step());
    const bool fine = found && device_by_id_.id<account_id>(0) == entry.owner && device_by_id_.number(2) == 0;
    device_by_id_.reset();
    if (!fine) return errc::wrong_token;
  }
  DUNLIN_TRY_ASSIGN(const bool known, device_by_id_.bind(entry.id).step());
  device_by_id_.reset();
  if (known) {
    DUNLIN_TRY(check_repeat({entry.owner, owner.handle, entry.id, entry.name, entry.hash, {}, {}}));
    return pending_.untold(entry.owner, entry.id);
  }
  DUNLIN_TRY_ASSIGN(const auto linked, number_of(count_devices_of_, entry.owner));
  DUNLIN_TRY_ASSIGN(const auto rows, number_of(count_rows_of_, entry.owner));
  if (linked >= devices_per_account || rows >= device_rows_per_account) return errc::too_many;
  DUNLIN_TRY(insert_device_.bind(entry.id, entry.owner, entry.name, entry.hash.bytes, now).run());
  DUNLIN_TRY(touch_account_.bind(entry.owner).run());
  DUNLIN_TRY_ASSIGN(const auto row, pending_.tell(entry.owner, entry.id));
  DUNLIN_TRY(transaction.commit());
  return row;
}

result<pending_row> sqlite_accounts::revoke(device_id id, wall_ms now) {
  DUNLIN_TRY_ASSIGN(auto transaction, sqlite_transaction::begin(db_));
  DUNLIN_TRY_ASSIGN(const bool found, device_by_id_.bind(id).step());
  if (!found) return errc::unknown_device;
  const auto owner = device_by_id_.id<account_id>(0);
  const bool revoked = device_by_id_.number(2) != 0;
  device_by_id_.reset();
  if (revoked) return pending_.untold(owner, id);
  DUNLIN_TRY(revoke_device_.bind(id, now).run());
  DUNLIN_TRY(touch_account_.bind(owner).run());
  DUNLIN_TRY_ASSIGN(const auto row, pending_.tell(owner, id));
  DUNLIN_TRY(transaction.commit());
  return row;
}

result<std::vector<device>> sqlite_accounts::devices(account_id owner) {
  auto& select = devices_of_;
  select.bind(owner);
  std::vector<device> out;
  while (true) {
    DUNLIN_TRY_ASSIGN(const bool found, select.step());
    if (!found) return out;
    out.push_back({select.id<device_id>(0), owner, select.text(1), static_cast<std::uint64_t>(select.number(2)),
                   select.number(3), select.number(4) != 0, select.number(5)});
  }
}

status sqlite_accounts::rename(account_id owner, device_id id, std::string_view name) {
  DUNLIN_TRY_ASSIGN(const bool found, rename_device_.bind(owner, id, name).step());
  // A statement that returns rows has done its work, and commits, when it is at its end.
  if (found) DUNLIN_TRY(rename_device_.step());
  rename_device_.reset();
  return found ? ok() : status(errc::unknown_device);
}

status sqlite_accounts::seen(std::span<const std::pair<device_id, wall_ms>> when) {
  DUNLIN_TRY_ASSIGN(auto transaction, sqlite_transaction::begin(db_));
  for (const auto& [id, at] : when) DUNLIN_TRY(device_seen_.bind(id, at).run());
  return transaction.commit();
}

result<std::uint64_t> sqlite_accounts::device_count() { return number_of(count_devices_); }

}  // namespace dunlin::accounts
