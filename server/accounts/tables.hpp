// The roles of the accounts database: small tables, one role each. What the streams must learn of is decided here and
// told later (rule Q1): every change writes a row of `pending_table` in the same transaction, and gives its number.
//
// Thread rule: one thread at a time; calls may wait for the disk, so they are made on the store thread
// (store_thread.hpp), never on a shard. When a change returns, it is on disk (synchronous=FULL).
// Errors: accounts::errc; after one, nothing has changed.
// Implementations: sqlite_tables.hpp, memory_tables.hpp; tables_contract_test.cpp runs on both.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
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
};

struct new_device {
  device_id id;
  account_id owner;
  std::string name;
  token_hash hash;
};

// The number of a row of pending_table, never used again; 0: there is nothing left to tell.
using pending_row = std::uint64_t;

class account_table {
 public:
  virtual ~account_table() = default;

  // All of them or none. A repeat of what is registered already (same account, handle, device and token) changes
  // nothing and succeeds (Q2). Errors: handle_taken, conflict.
  // REQUIRES: handles and names were checked. One pending row each, in the same order.
  virtual result<std::vector<pending_row>> add(std::span<const registration> entries, wall_ms now) = 0;
  // Deleted accounts are found too. Error: unknown_account.
  virtual result<account> find(account_id id) = 0;
  virtual result<account> find_handle(std::string_view handle) = 0;
  // Marks the account as deleted and revokes its devices; its handle stays taken. A repeat succeeds.
  virtual result<pending_row> remove(account_id id, wall_ms now) = 0;
  virtual result<std::uint64_t> account_count() = 0;  // without deleted ones
};

class credential_table {
 public:
  virtual ~credential_table() = default;

  // Whose token has this hash. Error: wrong_token if nobody's, or if the device is revoked or its account deleted.
  virtual result<credential> find(const token_hash& hash) = 0;
  // Links a device to an account. A repeat with the same id, account and token succeeds (Q2), unless it was revoked in
  // between (conflict). Errors: unknown_account, conflict, too_many.
  virtual result<pending_row> link(const new_device& entry, wall_ms now) = 0;
  // Its token is worth nothing any more. A repeat succeeds. Error: unknown_device.
  virtual result<pending_row> revoke(device_id id, wall_ms now) = 0;
  virtual result<std::vector<device>> devices(account_id owner) = 0;
  virtual result<std::uint64_t> device_count() = 0;  // without revoked ones
};

struct pending_change {
  pending_row row = 0;
  engine::account_spec change;  // as the rows are now, which may be newer than when the change was made
};

class pending_table {
 public:
  virtual ~pending_table() = default;

  // The rows after `after`, in order, at most `limit`.
  virtual result<std::vector<pending_change>> list(pending_row after, std::size_t limit) = 0;
  // Forgets rows that the streams have learned of. Rows that are gone already are no error.
  virtual status forget(std::span<const pending_row> rows) = 0;
  virtual result<std::uint64_t> pending_count() = 0;
};

// The three roles of one database, and what it keeps besides.
struct table_set {
  account_table& accounts;
  credential_table& credentials;
  pending_table& pending;
  server_secret secret;  // made once, with the database
};

}  // namespace dunlin::accounts
