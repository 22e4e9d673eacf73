// The roles of the accounts database that are about how accounts show themselves and what they keep for themselves:
// profiles, pictures, settings. The rules of tables.hpp (threads, errors, durability) hold here, too. A change of a
// profile or of settings writes a pending row, which tells the account's devices of it.
#pragma once

#include "accounts/picture.hpp"
#include "accounts/tables.hpp"

namespace dunlin::accounts {

inline constexpr std::size_t max_kept_pictures = 256;  // of one account, beside its own picture
inline constexpr std::size_t max_settings = 2048;      // rows of one account
inline constexpr std::size_t max_settings_bytes = 4096;
inline constexpr std::size_t max_settings_total = 1 << 20;  // bytes of all an account's rows together: a state has them

// How an account shows itself.
struct profile {
  account_id account;
  std::string handle;
  std::string name;
  std::string about;
  std::optional<picture_hash> picture;
  std::uint64_t version = 1;  // grows with each change of the above
  wall_ms created = 0;
};

// A profile after a change, and the row that tells of it; 0: nobody has to be told any more.
struct changed_profile : profile {
  pending_row row = 0;
};

struct profile_change {
  std::optional<std::string> name;
  std::optional<std::string> about;
};

struct picture {
  picture_hash hash;
  picture_head head;
  bytes data;
};

class profile_table {
 public:
  virtual ~profile_table() = default;

  // Of accounts that are not deleted. Error: unknown_account.
  virtual result<profile> find(account_id account) = 0;
  virtual result<profile> find_handle(std::string_view handle) = 0;
  // Those of `accounts` that there are, in any order.
  virtual result<std::vector<profile>> find_all(std::span<const account_id> accounts) = 0;
  // What is the same already changes nothing, and the version stays. Error: unknown_account.
  // REQUIRES: names were checked.
  virtual result<changed_profile> change(account_id account, const profile_change& to) = 0;
  // Stores it, if it is not there; none: no picture. The one before is gone then if nobody else shows or keeps it.
  virtual result<changed_profile> set_picture(account_id account, const std::optional<picture>& to, wall_ms now) = 0;
  // At most `limit` of those whose handle or name has words that start with all words of `text`, whatever their case;
  // all, by their handles, if `text` has no words.
  virtual result<std::vector<profile>> search(std::string_view text, std::size_t limit) = 0;
};

class picture_table {
 public:
  virtual ~picture_table() = default;

  // Stores it, if it is not there, and keeps it also when no account shows it, as the picture of a group. It counts as
  // one of the keeper's, unless somebody keeps it already. Errors: unknown_account, too_many_kept (max_kept_pictures).
  virtual status keep(const picture& one, account_id keeper, wall_ms now) = 0;
  // Error: unknown_picture.
  virtual result<picture> find(const picture_hash& hash) = 0;
  // Ok if it is kept for good, so that others may count on it. Error: unknown_picture.
  virtual status find_kept(const picture_hash& hash) = 0;
  virtual result<std::uint64_t> picture_count() = 0;
};

// What an account's devices keep together: for the account as a whole (conversation zero), and for each conversation.
struct settings {
  stream_id conversation;
  std::uint64_t version = 0;  // 0: nothing was kept yet
  std::string json = "{}";
};

struct changed_settings : settings {
  pending_row row = 0;  // as in changed_profile
};

class settings_table {
 public:
  virtual ~settings_table() = default;

  // What is the same already keeps its version; else it is one more than that of all the account's rows.
  // Errors: unknown_account, too_many_kept (max_settings, max_settings_total).
  virtual result<changed_settings> put(account_id account, stream_id conversation, std::string_view json) = 0;
  // Version 0 if there are none.
  virtual result<settings> get(account_id account, stream_id conversation) = 0;
  virtual result<std::vector<settings>> list(account_id account) = 0;  // by conversation
};

}  // namespace dunlin::accounts
