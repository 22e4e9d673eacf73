// The roles of tables.hpp and profile_tables.hpp on one SQLite database; sqlite_tables.hpp puts them together. Nobody
// else includes this.
//
// Each holds its prepared statements. Functions that say so run within a transaction of their caller's.
#pragma once

#include "accounts/profile_tables.hpp"
#include "accounts/sqlite.hpp"

namespace dunlin::accounts {

// The one number of a row that a SELECT gives, such as a count.
template <class... Values>
result<std::uint64_t> number_of(sqlite_statement& select, const Values&... values) {
  DUNLIN_TRY_ASSIGN(const bool found, select.bind(values...).step());
  const auto n = found ? static_cast<std::uint64_t>(select.number(0)) : 0;
  select.reset();
  return n;
}

// As `pending` has it (sqlite_schema.cpp).
enum class pending_news : std::uint8_t { account, profile, settings };

class sqlite_profiles final : public profile_table, public picture_table, public settings_table {
 public:
  explicit sqlite_profiles(sqlite_database& db);

  result<profile> find(account_id account) override;
  result<profile> find_handle(std::string_view handle) override;
  result<std::vector<profile>> find_all(std::span<const account_id> accounts) override;
  result<changed_profile> change(account_id account, const profile_change& to) override;
  result<changed_profile> set_picture(account_id account, const std::optional<picture>& to, wall_ms now) override;
  result<std::vector<profile>> search(std::string_view text, std::size_t limit) override;
  status keep(const picture& one, account_id keeper, wall_ms now) override;
  result<picture> find(const picture_hash& hash) override;
  status find_kept(const picture_hash& hash) override;
  result<std::uint64_t> picture_count() override;
  result<changed_settings> put(account_id account, stream_id conversation, std::string_view json) override;
  result<settings> get(account_id account, stream_id conversation) override;
  result<std::vector<settings>> list(account_id account) override;

  // Within a transaction: a new account is found by its words; a deleted one is not, and shows and keeps nothing.
  status enlist(account_id account, std::string_view handle, std::string_view name);
  status erase(account_id account);

 private:
  result<profile> read(sqlite_statement& select);
  result<std::vector<profile>> read_all(sqlite_statement& select);
  status drop_unused(const picture_hash& hash);
  status store(const picture& one, wall_ms now);
  // Within a transaction: a row that says that this is to be told, and the first of those that say so; 0: it is told.
  result<pending_row> tell(account_id owner, pending_news what, stream_id conversation = {});
  result<pending_row> untold(account_id owner, pending_news what, stream_id conversation = {});

  sqlite_database& db_;
  sqlite_statement by_id_;
  sqlite_statement by_handle_;
  sqlite_statement all_by_handle_;
  sqlite_statement by_words_;
  sqlite_statement update_texts_;
  sqlite_statement update_picture_;
  sqlite_statement enlist_;
  sqlite_statement number_of_listed_;
  sqlite_statement insert_words_;
  sqlite_statement update_words_;
  sqlite_statement delete_words_;
  sqlite_statement unlist_;
  sqlite_statement insert_picture_;
  sqlite_statement keep_picture_;
  sqlite_statement keeper_of_;
  sqlite_statement count_kept_;
  sqlite_statement count_pictures_;
  sqlite_statement picture_by_hash_;
  sqlite_statement delete_unused_;
  sqlite_statement put_settings_;
  sqlite_statement settings_of_;
  sqlite_statement list_settings_;
  sqlite_statement next_version_;
  sqlite_statement other_settings_;
  sqlite_statement delete_settings_;
  sqlite_statement tell_;
  sqlite_statement untold_;
};

class sqlite_invites final : public invite_table {
 public:
  explicit sqlite_invites(sqlite_database& db);

  status add(const invite& one, wall_ms now) override;
  result<invite> find(std::string_view code) override;
  result<std::vector<invite>> list(std::size_t limit) override;
  status revoke(std::string_view code) override;

  // Within a transaction: takes one use. Errors: invite_unknown, invite_expired, invite_used.
  status use(std::string_view code, wall_ms now);

 private:
  static invite read(const sqlite_statement& row);

  sqlite_database& db_;
  sqlite_statement insert_;
  sqlite_statement by_code_;
  sqlite_statement list_;
  sqlite_statement revoke_;
  sqlite_statement use_;
  sqlite_statement count_;
  sqlite_statement forget_;
  sqlite_statement maker_;
};

class sqlite_pending final : public pending_table {
 public:
  sqlite_pending(sqlite_database& db, sqlite_profiles& profiles);

  result<std::vector<pending_change>> list(pending_row after, std::size_t limit) override;
  status forget(std::span<const pending_row> rows) override;
  result<given_up> give_up(pending_row row, wall_ms now) override;
  result<std::uint64_t> pending_count() override;

  // Within a transaction: a row that says that this device of the account is to be told; none: the account, with all.
  result<pending_row> tell(account_id owner, const std::optional<device_id>& which);
  // The row of before that says so, or the account's; 0 if it has been told.
  result<pending_row> untold(account_id owner, device_id which);
  // Within a transaction: marks the account as deleted, and all that goes with it.
  status erase(account_id account, wall_ms now);

 private:
  sqlite_database& db_;
  sqlite_profiles& profiles_;
  sqlite_statement insert_;
  sqlite_statement of_device_;
  sqlite_statement list_;
  sqlite_statement mark_told_;
  sqlite_statement forget_;
  sqlite_statement forget_all_;
  sqlite_statement owner_of_;
  sqlite_statement count_;
  sqlite_statement delete_account_;
  sqlite_statement revoke_all_;
};

class sqlite_accounts final : public account_table, public credential_table {
 public:
  sqlite_accounts(sqlite_database& db, sqlite_pending& pending, sqlite_invites& invites, sqlite_profiles& profiles);

  result<std::vector<pending_row>> add(std::span<const registration> entries, wall_ms now) override;
  result<signed_up> sign_up(const sign_up_entry& entry, wall_ms now) override;
  result<bool> is_taken(std::string_view handle) override;
  result<account> find(account_id id) override;
  result<account> find_handle(std::string_view handle) override;
  result<pending_row> remove(account_id id, wall_ms now) override;
  result<std::uint64_t> account_count() override;
  result<wall_ms> since() override;
  result<credential> find(const token_hash& hash) override;
  result<pending_row> link(const new_device& entry, wall_ms now) override;
  result<pending_row> revoke(device_id id, wall_ms now) override;
  result<std::vector<device>> devices(account_id owner) override;
  status rename(account_id owner, device_id id, std::string_view name) override;
  status seen(std::span<const std::pair<device_id, wall_ms>> when) override;
  result<std::uint64_t> device_count() override;

 private:
  result<account> read_account(sqlite_statement& select);
  result<signed_up> add_one(const registration& entry, wall_ms now);
  // Ok if all of it is there already; errc::conflict if not.
  status check_repeat(const registration& entry);
  status check_handle_free(const registration& entry);

  sqlite_database& db_;
  sqlite_pending& pending_;
  sqlite_invites& invites_;
  sqlite_profiles& profiles_;
  sqlite_statement account_by_id_;
  sqlite_statement account_by_handle_;
  sqlite_statement handle_by_skeleton_;
  sqlite_statement insert_account_;
  sqlite_statement touch_account_;
  sqlite_statement count_accounts_;
  sqlite_statement first_created_;
  sqlite_statement insert_device_;
  sqlite_statement device_by_id_;
  sqlite_statement devices_of_;
  sqlite_statement count_devices_of_;
  sqlite_statement count_rows_of_;
  sqlite_statement count_devices_;
  sqlite_statement revoke_device_;
  sqlite_statement rename_device_;
  sqlite_statement device_seen_;
  sqlite_statement by_token_;
};

}  // namespace dunlin::accounts
