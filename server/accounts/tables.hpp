// The roles of the accounts database: small tables, one role each. What the streams must learn of is decided here and
// told later (rule Q1): every change writes a row of `pending_table` in the same transaction, and gives its number.
//
// Thread rule: one thread at a time; calls may wait for the disk, so they are made on the store thread
// (store_thread.hpp), never on a shard. When a change returns, it is on disk (synchronous=FULL).
// Errors: accounts::errc; after one, nothing has changed.
// Implementations: sqlite_tables.hpp, memory_tables.hpp; the contract suite (…_contract_test.cpp) runs on both.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "accounts/errc.hpp"
#include "accounts/token.hpp"
#include "base/clock.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "engine/control.hpp"

namespace dunlin::accounts {

inline constexpr std::size_t devices_per_account = 32;  // that are not revoked; as many as an inbox has places for
// With the revoked ones, whose rows stay so that no id and no token is ever used again.
inline constexpr std::size_t device_rows_per_account = 1024;

// Who signed up with an invite, or was made by the operator.
struct account {
  account_id id;
  std::string handle;
  std::uint64_t version = 0;
  wall_ms created = 0;
  bool deleted = false;
};

struct device {
  device_id id;
  account_id owner;
  std::string name;
  std::uint64_t version = 0;
  wall_ms created = 0;
  bool revoked = false;
  wall_ms last_seen = 0;  // 0: never, or before this was kept
};

// Whom a token stands for.
struct identity {
  account_id account;
  device_id device;

  friend bool operator==(const identity&, const identity&) = default;
};

struct credential {
  identity who;
  std::string handle;
};

// A new account with its first device.
struct registration {
  account_id account;
  std::string handle;
  device_id device;
  std::string device_name;
  token_hash hash;
  std::string name;  // how it is shown; empty: as its handle
  std::string about;
};

// Who may sign up.
enum class signup_policy : std::uint8_t { open, invite, closed };

struct sign_up_entry {
  registration who;
  signup_policy how = signup_policy::invite;
  std::string invite;  // its code; only looked at where one is needed
};
struct signed_up {
  std::uint64_t row = 0;  // of pending_table
  bool repeat = false;    // all of it was there already
};

struct new_device {
  device_id id;
  account_id owner;
  std::string name;
  token_hash hash;
  std::optional<device_id> by;  // the device of the owner that lets it in
};

// The number of a row of pending_table, never used again; 0: there is nothing left to tell.
using pending_row = std::uint64_t;

class account_table {
 public:
  virtual ~account_table() = default;

  // All of them or none. A repeat of what is registered already (same account, handle, device and token) changes
  // nothing and succeeds (Q2). Errors: handle_taken, handle_alike, conflict.
  // REQUIRES: handles and names were checked. One pending row each, in the same order.
  virtual result<std::vector<pending_row>> add(std::span<const registration> entries, wall_ms now) = 0;
  // The same for somebody who signs up, which takes a use of the invite in the same atom. A repeat takes none, and
  // succeeds whatever became of the invite. Errors besides: sign_up_closed, invite_unknown, invite_expired,
  // invite_used.
  virtual result<signed_up> sign_up(const sign_up_entry& entry, wall_ms now) = 0;
  // True if somebody has it, or one that looks the same.
  virtual result<bool> is_taken(std::string_view handle) = 0;
  // Deleted accounts are found too. Error: unknown_account.
  virtual result<account> find(account_id id) = 0;
  virtual result<account> find_handle(std::string_view handle) = 0;
  // Marks the account as deleted and revokes its devices; its name, picture and settings are gone, its handle stays
  // taken. A repeat succeeds.
  virtual result<pending_row> remove(account_id id, wall_ms now) = 0;
  virtual result<std::uint64_t> account_count() = 0;  // without deleted ones
  virtual result<wall_ms> since() = 0;                // when the first one was made; 0: there is none
};

class credential_table {
 public:
  virtual ~credential_table() = default;

  // Whose token has this hash. Error: wrong_token if nobody's, or if the device is revoked or its account deleted.
  virtual result<credential> find(const token_hash& hash) = 0;
  // Links a device to an account. A repeat with the same id, account and token succeeds (Q2), unless it was revoked in
  // between (conflict). Errors: unknown_account, conflict, too_many; wrong_token if who lets it in is revoked (Q3).
  virtual result<pending_row> link(const new_device& entry, wall_ms now) = 0;
  // Its token is worth nothing any more. A repeat succeeds. Error: unknown_device.
  virtual result<pending_row> revoke(device_id id, wall_ms now) = 0;
  virtual result<std::vector<device>> devices(account_id owner) = 0;  // by id
  // Error: unknown_device, also for a revoked one and for another account's.
  virtual status rename(account_id owner, device_id id, std::string_view name) = 0;
  // When devices were last heard of; never back in time. Unknown ones are no error.
  virtual status seen(std::span<const std::pair<device_id, wall_ms>> when) = 0;
  virtual result<std::uint64_t> device_count() = 0;  // without revoked ones
};

struct pending_change {
  pending_row row = 0;
  engine::account_spec change;  // as the rows are now, which may be newer than when the change was made
};

struct given_up {
  account_id account;
  std::vector<pending_row> rows;
};

class pending_table {
 public:
  virtual ~pending_table() = default;

  // The rows after `after`, in order, at most `limit`.
  virtual result<std::vector<pending_change>> list(pending_row after, std::size_t limit) = 0;
  // Forgets rows that the streams have learned of. Rows that are gone already are no error.
  virtual status forget(std::span<const pending_row> rows) = 0;
  // A stream has the id of this row's account. If none of its rows was ever forgotten, nobody was told of the account
  // and nobody can be: it is deleted, its devices are revoked, and all its rows are gone. Else nothing changes, and
  // what is returned has neither account nor rows.
  virtual result<given_up> give_up(pending_row row, wall_ms now) = 0;
  virtual result<std::uint64_t> pending_count() = 0;
};

inline constexpr std::size_t max_invites = 10'000;  // that are not over

struct invite {
  std::string code;                   // 16 characters of base32: 80 random bits
  std::optional<account_id> made_by;  // none: the operator
  std::uint64_t uses = 1;             // how many may sign up with it
  std::uint64_t used = 0;
  wall_ms created = 0;
  wall_ms expires = 0;  // 0: never
  bool revoked = false;
};
// Why nobody may sign up with it any more: invite_expired (revoked ones too) or invite_used; ok if somebody may.
status check_invite(const invite& one, wall_ms now);

class invite_table {
 public:
  virtual ~invite_table() = default;

  // Forgets those that are over and older than 30 days. Errors: conflict (the code is there), unknown_account,
  // too_many_kept.
  virtual status add(const invite& one, wall_ms now) = 0;
  // Error: invite_unknown.
  virtual result<invite> find(std::string_view code) = 0;
  // All that are kept, the latest first, at most `limit`.
  virtual result<std::vector<invite>> list(std::size_t limit) = 0;
  // A repeat succeeds. Error: invite_unknown.
  virtual status revoke(std::string_view code) = 0;
};

class profile_table;
class picture_table;
class settings_table;

// The roles of one database, and what it keeps besides. The last three are in profile_tables.hpp.
struct table_set {
  account_table& accounts;
  credential_table& credentials;
  pending_table& pending;
  invite_table& invites;
  profile_table& profiles;
  picture_table& pictures;
  settings_table& settings;
  server_secret secret;  // made once, with the database
};

}  // namespace dunlin::accounts
