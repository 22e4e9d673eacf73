// The roles of tables.hpp in memory, for tests and the simulator: what it holds survives as long as the object, which
// stands for the disk; calls can be made to fail.
#pragma once

#include <map>
#include <optional>
#include <unordered_map>

#include "accounts/tables.hpp"

namespace dunlin::accounts {

class memory_tables final : public account_table, public credential_table, public pending_table {
 public:
  explicit memory_tables(random_source& random) { random.fill(secret_); }

  table_set tables() { return {*this, *this, *this, secret_}; }
  // The next `calls` calls that would change something change nothing and fail with `e`.
  void fail_next(errc e, int calls = 1) {
    failure_ = e;
    failing_ = calls;
  }

  result<std::vector<pending_row>> add(std::span<const registration> entries, wall_ms now) override;
  result<account> find(account_id id) override;
  result<account> find_handle(std::string_view handle) override;
  result<pending_row> remove(account_id id, wall_ms now) override;
  result<credential> find(const token_hash& hash) override;
  result<pending_row> link(const new_device& entry, wall_ms now) override;
  result<pending_row> revoke(device_id id, wall_ms now) override;
  result<std::vector<device>> devices(account_id owner) override;
  result<std::vector<pending_change>> list(pending_row after, std::size_t limit) override;
  status forget(std::span<const pending_row> rows) override;
  result<std::uint64_t> account_count() override;
  result<std::uint64_t> device_count() override;
  result<std::uint64_t> pending_count() override { return pending_.size(); }

 private:
  struct stored_device : device {
    token_hash hash;
  };
  struct pending_entry {
    account_id owner;
    std::optional<device_id> device;  // none: the account with all its devices
  };

  bool fails();
  bool is_repeat(const registration& entry) const;
  pending_row tell(account_id owner, std::optional<device_id> which);
  pending_row untold(account_id owner, std::optional<device_id> which) const;
  void add_device(const new_device& entry, wall_ms now);

  server_secret secret_{};
  std::map<account_id, account> accounts_;
  std::map<std::string, account_id, std::less<>> handles_;
  std::map<device_id, stored_device> devices_;
  std::unordered_map<token_hash, device_id> tokens_;
  std::map<pending_row, pending_entry> pending_;
  pending_row last_row_ = 0;
  errc failure_ = errc::io;
  int failing_ = 0;
};

}  // namespace dunlin::accounts
