// The roles of tables.hpp and profile_tables.hpp in memory, for tests and the simulator: what they hold survives as
// long as the object, which stands for the disk; calls can be made to fail.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "accounts/profile_tables.hpp"

namespace dunlin::accounts {

// What the roles share.
struct memory_rows {
  struct stored_account : account {
    profile shown;
    bool told = false;  // a row of it was forgotten
  };
  struct stored_device : device {
    token_hash hash;
  };
  enum class news : std::uint8_t { account, profile, settings };
  struct pending_entry {
    account_id owner;
    std::optional<device_id> device;  // none: the account with all its devices
    news what = news::account;
    stream_id conversation;  // of settings

    friend bool operator==(const pending_entry&, const pending_entry&) = default;
  };
  struct stored_picture : picture {
    std::optional<account_id> keeper;
  };

  // True, and one time less, if this call is to fail.
  bool fails();
  stored_account* living(account_id id);
  pending_row tell(pending_entry what);
  // The first row of those that say this; 0 if all have been told.
  [[nodiscard]] pending_row untold(const pending_entry& what) const;
  // What nobody shows or keeps goes.
  void drop_unused(const picture_hash& hash);

  server_secret secret{};
  std::map<account_id, stored_account> accounts;
  std::map<std::string, account_id, std::less<>> handles;
  std::set<std::string, std::less<>> skeletons;
  std::map<device_id, stored_device> devices;
  std::unordered_map<token_hash, device_id> tokens;
  std::map<pending_row, pending_entry> pending;
  pending_row last_row = 0;
  std::map<std::string, invite, std::less<>> invites;
  std::map<picture_hash, stored_picture> pictures;
  std::map<std::pair<account_id, stream_id>, settings> kept;
  errc failure = errc::io;
  int failing = 0;
};

class memory_invites final : public invite_table {
 public:
  explicit memory_invites(memory_rows& rows) : rows_(rows) {}

  status add(const invite& one, wall_ms now) override;
  result<invite> find(std::string_view code) override;
  result<std::vector<invite>> list(std::size_t limit) override;
  status revoke(std::string_view code) override;

 private:
  memory_rows& rows_;
};

class memory_profiles final : public profile_table, public picture_table, public settings_table {
 public:
  explicit memory_profiles(memory_rows& rows) : rows_(rows) {}

  result<profile> find(account_id account) override;
  result<profile> find_handle(std::string_view handle) override;
  result<std::vector<profile>> find_all(std::span<const account_id> accounts) override;
  result<changed_profile> change(account_id account, const profile_change& to) override;
  result<changed_profile> set_picture(account_id account, const std::optional<picture>& to, wall_ms now) override;
  result<std::vector<profile>> search(std::string_view text, std::size_t limit) override;
  status keep(const picture& one, account_id keeper, wall_ms now) override;
  result<picture> find(const picture_hash& hash) override;
  status find_kept(const picture_hash& hash) override;
  result<std::uint64_t> picture_count() override { return rows_.pictures.size(); }
  result<changed_settings> put(account_id account, stream_id conversation, std::string_view json) override;
  result<settings> get(account_id account, stream_id conversation) override;
  result<std::vector<settings>> list(account_id account) override;

 private:
  memory_rows& rows_;
};

class memory_tables final : public account_table, public credential_table, public pending_table {
 public:
  explicit memory_tables(random_source& random) { random.fill(rows_.secret); }
  memory_tables(const memory_tables&) = delete;
  memory_tables& operator=(const memory_tables&) = delete;

  table_set tables() { return {*this, *this, *this, invites_, profiles_, profiles_, profiles_, rows_.secret}; }
  // The next `calls` calls that would change something change nothing and fail with `e`.
  void fail_next(errc e, int calls = 1) {
    rows_.failure = e;
    rows_.failing = calls;
  }

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
  result<std::vector<pending_change>> list(pending_row after, std::size_t limit) override;
  status forget(std::span<const pending_row> rows) override;
  result<given_up> give_up(pending_row row, wall_ms now) override;
  result<std::uint64_t> device_count() override;
  result<std::uint64_t> pending_count() override { return rows_.pending.size(); }

 private:
  [[nodiscard]] bool is_repeat(const registration& entry) const;
  void add_account(const registration& entry, wall_ms now);
  void add_device(const new_device& entry, wall_ms now);
  void erase(memory_rows::stored_account& gone);
  [[nodiscard]] engine::account_spec change_of(const memory_rows::pending_entry& entry) const;

  memory_rows rows_;
  memory_invites invites_{rows_};
  memory_profiles profiles_{rows_};
};

}  // namespace dunlin::accounts
