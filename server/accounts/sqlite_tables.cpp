#include "accounts/sqlite_tables.hpp"

#include <algorithm>

#include "accounts/sqlite.hpp"
#include "accounts/sqlite_schema.hpp"
#include "base/check.hpp"

namespace dunlin::accounts {

struct sqlite_tables::database {
  explicit database(sqlite_database opened) : db(std::move(opened)) {}

  sqlite_statement prepare(std::string_view sql) { return {db.handle(), sql}; }

  sqlite_database db;
  sqlite_statement account_by_id =
      prepare("SELECT id, handle, version, created, deleted IS NOT NULL FROM accounts WHERE id = ?1");
  sqlite_statement account_by_handle =
      prepare("SELECT id, handle, version, created, deleted IS NOT NULL FROM accounts WHERE handle = ?1");
  sqlite_statement insert_account = prepare("INSERT INTO accounts(id, handle, version, created) VALUES(?1, ?2, 1, ?3)");
  sqlite_statement delete_account = prepare("UPDATE accounts SET deleted = ?2, version = version + 1 WHERE id = ?1");
  sqlite_statement touch_account = prepare("UPDATE accounts SET version = version + 1 WHERE id = ?1");
  sqlite_statement count_accounts = prepare("SELECT count(*) FROM accounts WHERE deleted IS NULL");

  sqlite_statement insert_device =
      prepare("INSERT INTO devices(id, account, name, token_hash, version, created) VALUES(?1, ?2, ?3, ?4, 1, ?5)");
  sqlite_statement device_by_id = prepare("SELECT account, token_hash, revoked IS NOT NULL FROM devices WHERE id = ?1");
  sqlite_statement devices_of =
      prepare("SELECT id, name, version, created, revoked IS NOT NULL FROM devices WHERE account = ?1 ORDER BY id");
  sqlite_statement count_devices_of = prepare("SELECT count(*) FROM devices WHERE account = ?1 AND revoked IS NULL");
  sqlite_statement count_rows_of = prepare("SELECT count(*) FROM devices WHERE account = ?1");
  sqlite_statement count_devices = prepare("SELECT count(*) FROM devices WHERE revoked IS NULL");
  sqlite_statement revoke_device = prepare("UPDATE devices SET revoked = ?2, version = version + 1 WHERE id = ?1");
  sqlite_statement revoke_all =
      prepare("UPDATE devices SET revoked = ?2, version = version + 1 WHERE account = ?1 AND revoked IS NULL");
  sqlite_statement by_token = prepare(
      "SELECT d.token_hash, a.id, d.id, a.handle FROM devices d JOIN accounts a ON a.id = d.account "
      "WHERE d.token_hash = ?1 AND d.revoked IS NULL AND a.deleted IS NULL");

  sqlite_statement insert_pending = prepare("INSERT INTO pending(account, device) VALUES(?1, ?2)");
  sqlite_statement insert_pending_account = prepare("INSERT INTO pending(account) VALUES(?1)");
  sqlite_statement pending_of =
      prepare("SELECT n FROM pending WHERE account = ?1 AND (device = ?2 OR device IS NULL) ORDER BY n LIMIT 1");
  sqlite_statement list_pending = prepare(
      "SELECT p.n, a.id, a.version, a.deleted IS NOT NULL, d.id, d.version, d.revoked IS NOT NULL, d.name "
      "FROM (SELECT n, account, device FROM pending WHERE n > ?1 ORDER BY n LIMIT ?2) p "
      "JOIN accounts a ON a.id = p.account "
      "LEFT JOIN devices d ON d.account = a.id AND (p.device IS NULL OR d.id = p.device) ORDER BY p.n, d.id");
  sqlite_statement forget_pending = prepare("DELETE FROM pending WHERE n = ?1");
  sqlite_statement count_pending = prepare("SELECT count(*) FROM pending");

  result<account> read_account(sqlite_statement& select);
  // Runs a SELECT count(*) with these parameters.
  template <class... Values>
  result<std::uint64_t> count(sqlite_statement& select, const Values&... values) {
    DUNLIN_TRY_ASSIGN(const bool found, select.bind(values...).step());
    DUNLIN_CHECK(found);
    const auto n = static_cast<std::uint64_t>(select.number(0));
    select.reset();
    return n;
  }
  result<pending_row> tell(account_id owner, device_id which);
  result<pending_row> untold(account_id owner, device_id which);
  result<pending_row> add_one(const registration& entry, wall_ms now);
  // Ok if all of it is there already; errc::conflict if not.
  status check_repeat(const registration& entry);
};

sqlite_tables::sqlite_tables(std::unique_ptr<database> db, const server_secret& secret)
    : db_(std::move(db)), secret_(secret) {}
sqlite_tables::~sqlite_tables() = default;

result<std::unique_ptr<sqlite_tables>> sqlite_tables::open(const std::string& path, random_source& random) {
  DUNLIN_TRY_ASSIGN(auto opened, sqlite_database::open(path));
  DUNLIN_TRY(migrate(opened));
  DUNLIN_TRY_ASSIGN(const auto secret, load_secret(opened, random));
  return std::unique_ptr<sqlite_tables>(new sqlite_tables(std::make_unique<database>(std::move(opened)), secret));
}

result<account> sqlite_tables::database::read_account(sqlite_statement& select) {
  DUNLIN_TRY_ASSIGN(const bool found, select.step());
  if (!found) return errc::unknown_account;
  account a{select.id<account_id>(0), select.text(1), static_cast<std::uint64_t>(select.number(2)), select.number(3),
            select.number(4) != 0};
  select.reset();
  return a;
}

result<pending_row> sqlite_tables::database::tell(account_id owner, device_id which) {
  DUNLIN_TRY(insert_pending.bind(owner, which).run());
  return static_cast<pending_row>(db.last_row());
}

result<pending_row> sqlite_tables::database::untold(account_id owner, device_id which) {
  DUNLIN_TRY_ASSIGN(const bool found, pending_of.bind(owner, which).step());
  const auto row = found ? static_cast<pending_row>(pending_of.number(0)) : 0;
  pending_of.reset();
  return row;
}

status sqlite_tables::database::check_repeat(const registration& entry) {
  const auto owner = read_account(account_by_id.bind(entry.account));
  if (!owner) return owner.error() == errc::unknown_account ? std::error_code(errc::conflict) : owner.error();
  if (owner->deleted || owner->handle != entry.handle) return errc::conflict;
  DUNLIN_TRY_ASSIGN(const bool found, device_by_id.bind(entry.device).step());
  const bool same = found && device_by_id.id<account_id>(0) == entry.account &&
                    std::ranges::equal(device_by_id.blob(1), entry.hash.bytes) && device_by_id.number(2) == 0;
  device_by_id.reset();
  return same ? ok() : status(errc::conflict);
}

result<pending_row> sqlite_tables::database::add_one(const registration& entry, wall_ms now) {
  const auto added = insert_account.bind(entry.account, entry.handle, now).run();
  if (!added && added.error() == errc::conflict) {
    const auto repeat = check_repeat(entry);
    if (repeat) return untold(entry.account, entry.device);
    const auto holder = read_account(account_by_handle.bind(entry.handle));
    if (holder && holder->id != entry.account) return errc::handle_taken;
    return repeat.error();
  }
  DUNLIN_TRY(added);
  DUNLIN_TRY(insert_device.bind(entry.device, entry.account, entry.device_name, entry.hash.bytes, now).run());
  return tell(entry.account, entry.device);
}

result<std::vector<pending_row>> sqlite_tables::add(std::span<const registration> entries, wall_ms now) {
  DUNLIN_TRY_ASSIGN(auto transaction, sqlite_transaction::begin(db_->db));
  std::vector<pending_row> rows;
  rows.reserve(entries.size());
  for (const auto& entry : entries) {
    DUNLIN_TRY_ASSIGN(const auto row, db_->add_one(entry, now));
    rows.push_back(row);
  }
  DUNLIN_TRY(transaction.commit());
  return rows;
}

result<account> sqlite_tables::find(account_id id) { return db_->read_account(db_->account_by_id.bind(id)); }

result<account> sqlite_tables::find_handle(std::string_view handle) {
  return db_->read_account(db_->account_by_handle.bind(handle));
}

result<pending_row> sqlite_tables::remove(account_id id, wall_ms now) {
  DUNLIN_TRY_ASSIGN(const auto owner, find(id));
  if (owner.deleted) return db_->untold(id, device_id{});
  DUNLIN_TRY_ASSIGN(auto transaction, sqlite_transaction::begin(db_->db));
  DUNLIN_TRY(db_->delete_account.bind(id, now).run());
  DUNLIN_TRY(db_->revoke_all.bind(id, now).run());
  DUNLIN_TRY(db_->insert_pending_account.bind(id).run());
  const auto row = static_cast<pending_row>(db_->db.last_row());
  DUNLIN_TRY(transaction.commit());
  return row;
}

result<std::uint64_t> sqlite_tables::account_count() { return db_->count(db_->count_accounts); }

result<credential> sqlite_tables::find(const token_hash& hash) {
  auto& select = db_->by_token;
  DUNLIN_TRY_ASSIGN(const bool found, select.bind(hash.bytes).step());
  if (!found) return errc::wrong_token;
  // The index has compared the hash; comparing once more in constant time costs nothing and leaves no doubt.
  token_hash stored;
  const bool sized = select.blob(0).size() == stored.bytes.size();
  if (sized) std::ranges::copy(select.blob(0), stored.bytes.begin());
  credential out{{select.id<account_id>(1), select.id<device_id>(2)}, select.text(3)};
  select.reset();
  if (!sized || !(stored == hash)) return errc::wrong_token;
  return out;
}

result<pending_row> sqlite_tables::link(const new_device& entry, wall_ms now) {
  DUNLIN_TRY_ASSIGN(auto transaction, sqlite_transaction::begin(db_->db));
  DUNLIN_TRY_ASSIGN(const auto owner, find(entry.owner));
  if (owner.deleted) return errc::unknown_account;
  DUNLIN_TRY_ASSIGN(const bool known, db_->device_by_id.bind(entry.id).step());
  if (known) {
    DUNLIN_TRY(db_->check_repeat({entry.owner, owner.handle, entry.id, entry.name, entry.hash}));
    return db_->untold(entry.owner, entry.id);
  }
  DUNLIN_TRY_ASSIGN(const auto linked, db_->count(db_->count_devices_of, entry.owner));
  DUNLIN_TRY_ASSIGN(const auto rows, db_->count(db_->count_rows_of, entry.owner));
  if (linked >= devices_per_account || rows >= device_rows_per_account) return errc::too_many;
  DUNLIN_TRY(db_->insert_device.bind(entry.id, entry.owner, entry.name, entry.hash.bytes, now).run());
  DUNLIN_TRY(db_->touch_account.bind(entry.owner).run());
  DUNLIN_TRY_ASSIGN(const auto row, db_->tell(entry.owner, entry.id));
  DUNLIN_TRY(transaction.commit());
  return row;
}

result<pending_row> sqlite_tables::revoke(device_id id, wall_ms now) {
  DUNLIN_TRY_ASSIGN(auto transaction, sqlite_transaction::begin(db_->db));
  auto& select = db_->device_by_id;
  DUNLIN_TRY_ASSIGN(const bool found, select.bind(id).step());
  if (!found) return errc::unknown_device;
  const auto owner = select.id<account_id>(0);
  const bool revoked = select.number(2) != 0;
  select.reset();
  if (revoked) return db_->untold(owner, id);
  DUNLIN_TRY(db_->revoke_device.bind(id, now).run());
  DUNLIN_TRY(db_->touch_account.bind(owner).run());
  DUNLIN_TRY_ASSIGN(const auto row, db_->tell(owner, id));
  DUNLIN_TRY(transaction.commit());
  return row;
}

result<std::vector<device>> sqlite_tables::devices(account_id owner) {
  auto& select = db_->devices_of;
  select.bind(owner);
  std::vector<device> out;
  while (true) {
    DUNLIN_TRY_ASSIGN(const bool found, select.step());
    if (!found) return out;
    out.push_back({select.id<device_id>(0), owner, select.text(1), static_cast<std::uint64_t>(select.number(2)),
                   select.number(3), select.number(4) != 0});
  }
}

result<std::uint64_t> sqlite_tables::device_count() { return db_->count(db_->count_devices); }

result<std::vector<pending_change>> sqlite_tables::list(pending_row after, std::size_t limit) {
  auto& select = db_->list_pending;
  select.bind(after, static_cast<std::uint64_t>(limit));
  std::vector<pending_change> out;
  while (true) {
    DUNLIN_TRY_ASSIGN(const bool found, select.step());
    if (!found) return out;
    const auto row = static_cast<pending_row>(select.number(0));
    if (out.empty() || out.back().row != row) {
      out.push_back(
          {row, {select.id<account_id>(1), static_cast<std::uint64_t>(select.number(2)), select.number(3) != 0, {}}});
    }
    const auto device = select.id<device_id>(4);
    if (device.is_zero()) continue;  // an account without devices
    out.back().change.devices.push_back(
        {device, static_cast<std::uint64_t>(select.number(5)), select.number(6) != 0, select.text(7)});
  }
}

status sqlite_tables::forget(std::span<const pending_row> rows) {
  DUNLIN_TRY_ASSIGN(auto transaction, sqlite_transaction::begin(db_->db));
  for (const auto row : rows) DUNLIN_TRY(db_->forget_pending.bind(row).run());
  return transaction.commit();
}

result<std::uint64_t> sqlite_tables::pending_count() { return db_->count(db_->count_pending); }

}  // namespace dunlin::accounts
