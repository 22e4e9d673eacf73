#include "accounts/memory_tables.hpp"

#include <algorithm>
#include <set>

namespace dunlin::accounts {

bool memory_tables::fails() {
  if (failing_ == 0) return false;
  --failing_;
  return true;
}

bool memory_tables::is_repeat(const registration& entry) const {
  const auto owner = accounts_.find(entry.account);
  const auto holder = devices_.find(entry.device);
  return owner != accounts_.end() && holder != devices_.end() && owner->second.handle == entry.handle &&
         !owner->second.deleted && holder->second.owner == entry.account && !holder->second.revoked &&
         holder->second.hash == entry.hash;
}

pending_row memory_tables::untold(account_id owner, std::optional<device_id> which) const {
  for (const auto& [row, entry] : pending_) {
    if (entry.owner == owner && entry.device == which) return row;
  }
  return 0;
}

pending_row memory_tables::tell(account_id owner, std::optional<device_id> which) {
  pending_.emplace(++last_row_, pending_entry{owner, which});
  return last_row_;
}

void memory_tables::add_device(const new_device& entry, wall_ms now) {
  stored_device d;
  d.id = entry.id;
  d.owner = entry.owner;
  d.name = entry.name;
  d.version = 1;
  d.created = now;
  d.hash = entry.hash;
  devices_.emplace(entry.id, d);
  tokens_.emplace(entry.hash, entry.id);
}

result<std::vector<pending_row>> memory_tables::add(std::span<const registration> entries, wall_ms now) {
  if (fails()) return failure_;
  // Checked whole before anything changes: the entries may also collide with each other.
  std::set<std::string_view> handles;
  std::set<account_id> ids;
  std::set<device_id> device_ids;
  for (const auto& entry : entries) {
    if (is_repeat(entry)) continue;
    if (handles_.contains(entry.handle) || !handles.insert(entry.handle).second) {
      const auto holder = handles_.find(entry.handle);
      return holder != handles_.end() && holder->second == entry.account ? errc::conflict : errc::handle_taken;
    }
    if (accounts_.contains(entry.account) || devices_.contains(entry.device) || tokens_.contains(entry.hash) ||
        !ids.insert(entry.account).second || !device_ids.insert(entry.device).second) {
      return errc::conflict;
    }
  }
  std::vector<pending_row> rows;
  for (const auto& entry : entries) {
    if (is_repeat(entry)) {
      rows.push_back(untold(entry.account, entry.device));
      continue;
    }
    accounts_.emplace(entry.account, account{entry.account, entry.handle, 1, now, false});
    handles_.emplace(entry.handle, entry.account);
    add_device({entry.device, entry.account, entry.device_name, entry.hash}, now);
    rows.push_back(tell(entry.account, entry.device));
  }
  return rows;
}

result<account> memory_tables::find(account_id id) {
  const auto found = accounts_.find(id);
  if (found == accounts_.end()) return errc::unknown_account;
  return found->second;
}

result<account> memory_tables::find_handle(std::string_view handle) {
  const auto found = handles_.find(handle);
  if (found == handles_.end()) return errc::unknown_account;
  return find(found->second);
}

result<pending_row> memory_tables::remove(account_id id, wall_ms) {
  if (fails()) return failure_;
  const auto found = accounts_.find(id);
  if (found == accounts_.end()) return errc::unknown_account;
  if (found->second.deleted) return untold(id, std::nullopt);
  found->second.deleted = true;
  ++found->second.version;
  for (auto& [key, d] : devices_) {
    if (d.owner != id || d.revoked) continue;
    d.revoked = true;
    ++d.version;
  }
  return tell(id, std::nullopt);
}

result<credential> memory_tables::find(const token_hash& hash) {
  const auto found = tokens_.find(hash);
  if (found == tokens_.end()) return errc::wrong_token;
  const auto& d = devices_.at(found->second);
  const auto& a = accounts_.at(d.owner);
  if (d.revoked || a.deleted) return errc::wrong_token;
  return credential{{a.id, d.id}, a.handle};
}

result<pending_row> memory_tables::link(const new_device& entry, wall_ms now) {
  if (fails()) return failure_;
  const auto owner = accounts_.find(entry.owner);
  if (owner == accounts_.end() || owner->second.deleted) return errc::unknown_account;
  if (const auto found = devices_.find(entry.id); found != devices_.end()) {
    const auto& d = found->second;
    const bool same = d.owner == entry.owner && d.hash == entry.hash && !d.revoked;
    if (!same) return errc::conflict;
    return untold(entry.owner, entry.id);
  }
  if (tokens_.contains(entry.hash)) return errc::conflict;
  const auto known = devices(entry.owner);
  const auto linked = std::ranges::count_if(*known, [](const device& d) { return !d.revoked; });
  if (static_cast<std::size_t>(linked) >= devices_per_account || known->size() >= device_rows_per_account) {
    return errc::too_many;
  }
  add_device(entry, now);
  ++owner->second.version;
  return tell(entry.owner, entry.id);
}

result<pending_row> memory_tables::revoke(device_id id, wall_ms) {
  if (fails()) return failure_;
  const auto found = devices_.find(id);
  if (found == devices_.end()) return errc::unknown_device;
  auto& d = found->second;
  if (d.revoked) {
    const auto row = untold(d.owner, id);
    return row != 0 ? row : untold(d.owner, std::nullopt);
  }
  d.revoked = true;
  ++d.version;
  ++accounts_.at(d.owner).version;
  return tell(d.owner, id);
}

result<std::vector<device>> memory_tables::devices(account_id owner) {
  std::vector<device> out;
  for (const auto& [id, d] : devices_) {
    if (d.owner == owner) out.push_back(d);
  }
  return out;
}

result<std::uint64_t> memory_tables::account_count() {
  return static_cast<std::uint64_t>(
      std::ranges::count_if(accounts_, [](const auto& entry) { return !entry.second.deleted; }));
}

result<std::uint64_t> memory_tables::device_count() {
  return static_cast<std::uint64_t>(
      std::ranges::count_if(devices_, [](const auto& entry) { return !entry.second.revoked; }));
}

result<std::vector<pending_change>> memory_tables::list(pending_row after, std::size_t limit) {
  std::vector<pending_change> out;
  for (auto at = pending_.upper_bound(after); at != pending_.end() && out.size() < limit; ++at) {
    const auto& [row, entry] = *at;
    const auto& a = accounts_.at(entry.owner);
    engine::account_spec change{a.id, a.version, a.deleted, {}};
    for (const auto& [id, d] : devices_) {
      const bool wanted = d.owner == a.id && (!entry.device || *entry.device == id);
      if (wanted) change.devices.push_back({d.id, d.version, d.revoked, d.name});
    }
    out.push_back({row, std::move(change)});
  }
  return out;
}

status memory_tables::forget(std::span<const pending_row> rows) {
  if (fails()) return failure_;
  for (const auto row : rows) pending_.erase(row);
  return ok();
}

}  // namespace dunlin::accounts
