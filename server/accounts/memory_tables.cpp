#include "accounts/memory_tables.hpp"

#include <algorithm>

#include "accounts/handle.hpp"

namespace dunlin::accounts {

bool memory_rows::fails() {
  if (failing == 0) return false;
  --failing;
  return true;
}

memory_rows::stored_account* memory_rows::living(account_id id) {
  const auto found = accounts.find(id);
  return found == accounts.end() || found->second.deleted ? nullptr : &found->second;
}

bool memory_tables::is_repeat(const registration& entry) const {
  const auto owner = rows_.accounts.find(entry.account);
  const auto holder = rows_.devices.find(entry.device);
  return owner != rows_.accounts.end() && holder != rows_.devices.end() && owner->second.handle == entry.handle &&
         !owner->second.deleted && holder->second.owner == entry.account && !holder->second.revoked &&
         holder->second.hash == entry.hash;
}

pending_row memory_rows::untold(const pending_entry& what) const {
  const auto found = std::ranges::find_if(pending, [&](const auto& e) { return e.second == what; });
  return found == pending.end() ? 0 : found->first;
}

pending_row memory_rows::tell(pending_entry what) {
  pending.emplace(++last_row, what);
  return last_row;
}

void memory_tables::add_account(const registration& entry, wall_ms now) {
  memory_rows::stored_account one;
  one.id = entry.account;
  one.handle = entry.handle;
  one.version = 1;
  one.created = now;
  one.shown = {entry.account, entry.handle, entry.name.empty() ? entry.handle : entry.name, entry.about, {}, 1, now};
  rows_.accounts.emplace(entry.account, one);
  rows_.handles.emplace(entry.handle, entry.account);
  rows_.skeletons.insert(skeleton_of(entry.handle));
  add_device({entry.device, entry.account, entry.device_name, entry.hash, {}}, now);
}

void memory_tables::add_device(const new_device& entry, wall_ms now) {
  memory_rows::stored_device d;
  d.id = entry.id;
  d.owner = entry.owner;
  d.name = entry.name;
  d.version = 1;
  d.created = now;
  d.hash = entry.hash;
  rows_.devices.emplace(entry.id, d);
  rows_.tokens.emplace(entry.hash, entry.id);
}

result<std::vector<pending_row>> memory_tables::add(std::span<const registration> entries, wall_ms now) {
  if (rows_.fails()) return rows_.failure;
  // Checked whole before anything changes: the entries may also collide with each other.
  std::set<std::string> skeletons;
  std::set<account_id> ids;
  std::set<device_id> device_ids;
  for (const auto& entry : entries) {
    if (is_repeat(entry)) continue;
    if (const auto holder = rows_.handles.find(entry.handle); holder != rows_.handles.end()) {
      return holder->second == entry.account ? errc::conflict : errc::handle_taken;
    }
    if (rows_.accounts.contains(entry.account) || rows_.devices.contains(entry.device) ||
        rows_.tokens.contains(entry.hash) || !ids.insert(entry.account).second ||
        !device_ids.insert(entry.device).second) {
      return errc::conflict;
    }
    const auto skeleton = skeleton_of(entry.handle);
    if (rows_.skeletons.contains(skeleton) || !skeletons.insert(skeleton).second) {
      const bool same = std::ranges::count(entries, entry.handle, &registration::handle) > 1;
      return same ? errc::handle_taken : errc::handle_alike;
    }
  }
  std::vector<pending_row> rows;
  for (const auto& entry : entries) {
    if (is_repeat(entry)) {
      rows.push_back(rows_.untold({entry.account, entry.device}));
      continue;
    }
    add_account(entry, now);
    rows.push_back(rows_.tell({entry.account, entry.device}));
  }
  return rows;
}

result<signed_up> memory_tables::sign_up(const sign_up_entry& entry, wall_ms now) {
  if (is_repeat(entry.who)) return signed_up{rows_.untold({entry.who.account, entry.who.device}), true};
  if (entry.how == signup_policy::closed) return errc::sign_up_closed;
  const auto found = rows_.invites.find(entry.invite);
  if (entry.how == signup_policy::invite) {
    if (found == rows_.invites.end()) return errc::invite_unknown;
    DUNLIN_TRY(check_invite(found->second, now));
  }
  DUNLIN_TRY_ASSIGN(const auto rows, add({&entry.who, 1}, now));
  if (entry.how == signup_policy::invite) ++found->second.used;
  return signed_up{rows.front(), false};
}

result<bool> memory_tables::is_taken(std::string_view handle) { return rows_.skeletons.contains(skeleton_of(handle)); }

result<account> memory_tables::find(account_id id) {
  const auto found = rows_.accounts.find(id);
  if (found == rows_.accounts.end()) return errc::unknown_account;
  return static_cast<const account&>(found->second);
}

result<account> memory_tables::find_handle(std::string_view handle) {
  const auto found = rows_.handles.find(handle);
  if (found == rows_.handles.end()) return errc::unknown_account;
  return find(found->second);
}

void memory_tables::erase(memory_rows::stored_account& gone) {
  gone.deleted = true;
  ++gone.version;
  for (auto& [key, d] : rows_.devices) {
    if (d.owner != gone.id || d.revoked) continue;
    d.revoked = true;
    ++d.version;
  }
  const auto picture = std::exchange(gone.shown.picture, std::nullopt);
  gone.shown.name.clear();
  gone.shown.about.clear();
  if (picture) rows_.drop_unused(*picture);
  std::erase_if(rows_.kept, [&](const auto& entry) { return entry.first.first == gone.id; });
}

result<pending_row> memory_tables::remove(account_id id, wall_ms) {
  if (rows_.fails()) return rows_.failure;
  const auto found = rows_.accounts.find(id);
  if (found == rows_.accounts.end()) return errc::unknown_account;
  if (found->second.deleted) return rows_.untold({id, std::nullopt});
  erase(found->second);
  return rows_.tell({id, std::nullopt});
}

result<std::uint64_t> memory_tables::account_count() {
  return static_cast<std::uint64_t>(
      std::ranges::count_if(rows_.accounts, [](const auto& entry) { return !entry.second.deleted; }));
}

result<wall_ms> memory_tables::since() {
  wall_ms first = 0;
  for (const auto& [id, a] : rows_.accounts) first = first == 0 ? a.created : std::min(first, a.created);
  return first;
}

result<credential> memory_tables::find(const token_hash& hash) {
  const auto found = rows_.tokens.find(hash);
  if (found == rows_.tokens.end()) return errc::wrong_token;
  const auto& d = rows_.devices.at(found->second);
  const auto& a = rows_.accounts.at(d.owner);
  if (d.revoked || a.deleted) return errc::wrong_token;
  return credential{{a.id, d.id}, a.handle};
}

result<pending_row> memory_tables::link(const new_device& entry, wall_ms now) {
  if (rows_.fails()) return rows_.failure;
  auto* owner = rows_.living(entry.owner);
  if (owner == nullptr) return errc::unknown_account;
  if (entry.by) {
    const auto by = rows_.devices.find(*entry.by);
    if (by == rows_.devices.end() || by->second.owner != entry.owner || by->second.revoked) return errc::wrong_token;
  }
  if (const auto found = rows_.devices.find(entry.id); found != rows_.devices.end()) {
    const auto& d = found->second;
    const bool same = d.owner == entry.owner && d.hash == entry.hash && !d.revoked;
    if (!same) return errc::conflict;
    return rows_.untold({entry.owner, entry.id});
  }
  if (rows_.tokens.contains(entry.hash)) return errc::conflict;
  const auto known = devices(entry.owner);
  const auto linked = std::ranges::count_if(*known, [](const device& d) { return !d.revoked; });
  if (static_cast<std::size_t>(linked) >= devices_per_account || known->size() >= device_rows_per_account) {
    return errc::too_many;
  }
  add_device(entry, now);
  ++owner->version;
  return rows_.tell({entry.owner, entry.id});
}

result<pending_row> memory_tables::revoke(device_id id, wall_ms) {
  if (rows_.fails()) return rows_.failure;
  const auto found = rows_.devices.find(id);
  if (found == rows_.devices.end()) return errc::unknown_device;
  auto& d = found->second;
  if (d.revoked) {
    const auto row = rows_.untold({d.owner, id});
    return row != 0 ? row : rows_.untold({d.owner, std::nullopt});
  }
  d.revoked = true;
  ++d.version;
  ++rows_.accounts.at(d.owner).version;
  return rows_.tell({d.owner, id});
}

result<std::vector<device>> memory_tables::devices(account_id owner) {
  std::vector<device> out;
  for (const auto& [id, d] : rows_.devices) {
    if (d.owner == owner) out.push_back(d);
  }
  return out;
}

status memory_tables::rename(account_id owner, device_id id, std::string_view name) {
  if (rows_.fails()) return rows_.failure;
  const auto found = rows_.devices.find(id);
  if (found == rows_.devices.end() || found->second.owner != owner || found->second.revoked) {
    return errc::unknown_device;
  }
  found->second.name = name;
  return ok();
}

status memory_tables::seen(std::span<const std::pair<device_id, wall_ms>> when) {
  if (rows_.fails()) return rows_.failure;
  for (const auto& [id, at] : when) {
    const auto found = rows_.devices.find(id);
    if (found != rows_.devices.end()) found->second.last_seen = std::max(found->second.last_seen, at);
  }
  return ok();
}

result<std::uint64_t> memory_tables::device_count() {
  return static_cast<std::uint64_t>(
      std::ranges::count_if(rows_.devices, [](const auto& entry) { return !entry.second.revoked; }));
}

result<std::vector<pending_change>> memory_tables::list(pending_row after, std::size_t limit) {
  std::vector<pending_change> out;
  for (auto at = rows_.pending.upper_bound(after); at != rows_.pending.end() && out.size() < limit; ++at) {
    const auto& [row, entry] = *at;
    out.push_back({row, change_of(entry)});
  }
  return out;
}

engine::account_spec memory_tables::change_of(const memory_rows::pending_entry& entry) const {
  const auto& a = rows_.accounts.at(entry.owner);
  engine::account_spec change;
  change.account = a.id;
  const bool whole = entry.what == memory_rows::news::account;
  if (whole || a.deleted) change.version = a.version;
  change.deleted = a.deleted;
  for (const auto& [id, d] : rows_.devices) {
    const bool wanted = whole && d.owner == a.id && (!entry.device || *entry.device == id);
    if (wanted) change.devices.push_back({d.id, d.version, d.revoked, d.name});
  }
  if (a.deleted) return change;
  if (entry.what == memory_rows::news::profile) change.profiles.push_back({a.id, a.shown.version});
  if (entry.what == memory_rows::news::settings) {
    const auto& kept = rows_.kept.at({a.id, entry.conversation});
    change.put.push_back({kept.conversation, kept.version, kept.json});
  }
  return change;
}

status memory_tables::forget(std::span<const pending_row> rows) {
  if (rows_.fails()) return rows_.failure;
  for (const auto row : rows) {
    const auto found = rows_.pending.find(row);
    if (found == rows_.pending.end()) continue;
    rows_.accounts.at(found->second.owner).told = true;
    rows_.pending.erase(found);
  }
  return ok();
}

result<given_up> memory_tables::give_up(pending_row row, wall_ms) {
  if (rows_.fails()) return rows_.failure;
  const auto found = rows_.pending.find(row);
  if (found == rows_.pending.end()) return given_up{};
  auto& owner = rows_.accounts.at(found->second.owner);
  if (owner.told) return given_up{};
  if (!owner.deleted) erase(owner);
  given_up out{owner.id, {}};
  std::erase_if(rows_.pending, [&](const auto& e) {
    if (e.second.owner != owner.id) return false;
    out.rows.push_back(e.first);
    return true;
  });
  return out;
}

}  // namespace dunlin::accounts
