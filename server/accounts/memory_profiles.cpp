// Invites, profiles, pictures and settings in memory.
#include <algorithm>

#include "accounts/memory_tables.hpp"

namespace dunlin::accounts {

namespace {

constexpr wall_ms keep_over = 30LL * 86'400'000;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

// In lower case as far as ASCII goes: what SQLite knows of other scripts is tested there.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out(1);
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (is_word(c)) {
      out.back() += c;
    } else if (!out.back().empty()) {
      out.emplace_back();
    }
  }
  if (out.back().empty()) out.pop_back();
  return out;
}

}  // namespace

void memory_rows::drop_unused(const picture_hash& hash) {
  const auto found = pictures.find(hash);
  if (found == pictures.end() || found->second.keeper) return;
  const bool shown = std::ranges::any_of(accounts, [&](const auto& e) { return e.second.shown.picture == hash; });
  if (!shown) pictures.erase(found);
}

status memory_invites::add(const invite& one, wall_ms now) {
  if (rows_.fails()) return rows_.failure;
  if (one.made_by && rows_.living(*one.made_by) == nullptr) return errc::unknown_account;
  std::erase_if(rows_.invites,
                [&](const auto& e) { return !check_invite(e.second, now) && e.second.created < now - keep_over; });
  if (rows_.invites.contains(one.code)) return errc::conflict;
  if (rows_.invites.size() >= max_invites) return errc::too_many_kept;
  rows_.invites.emplace(one.code, one);
  return ok();
}

result<invite> memory_invites::find(std::string_view code) {
  const auto found = rows_.invites.find(code);
  if (found == rows_.invites.end()) return errc::invite_unknown;
  return found->second;
}

result<std::vector<invite>> memory_invites::list(std::size_t limit) {
  std::vector<invite> out;
  for (const auto& [code, one] : rows_.invites) out.push_back(one);
  std::ranges::stable_sort(out, std::greater<>(), &invite::created);
  if (out.size() > limit) out.resize(limit);
  return out;
}

status memory_invites::revoke(std::string_view code) {
  if (rows_.fails()) return rows_.failure;
  const auto found = rows_.invites.find(code);
  if (found == rows_.invites.end()) return errc::invite_unknown;
  found->second.revoked = true;
  return ok();
}

result<profile> memory_profiles::find(account_id account) {
  const auto* found = rows_.living(account);
  if (found == nullptr) return errc::unknown_account;
  return found->shown;
}

result<profile> memory_profiles::find_handle(std::string_view handle) {
  const auto found = rows_.handles.find(handle);
  if (found == rows_.handles.end()) return errc::unknown_account;
  return find(found->second);
}

result<std::vector<profile>> memory_profiles::find_all(std::span<const account_id> accounts) {
  std::vector<profile> out;
  for (const auto& id : accounts) {
    if (const auto* found = rows_.living(id)) out.push_back(found->shown);
  }
  return out;
}

result<changed_profile> memory_profiles::change(account_id account, const profile_change& to) {
  if (rows_.fails()) return rows_.failure;
  const memory_rows::pending_entry news{account, std::nullopt, memory_rows::news::profile, {}};
  auto* found = rows_.living(account);
  if (found == nullptr) return errc::unknown_account;
  auto& shown = found->shown;
  const bool same = to.name.value_or(shown.name) == shown.name && to.about.value_or(shown.about) == shown.about;
  if (same) return changed_profile{shown, rows_.untold(news)};
  shown.name = to.name.value_or(shown.name);
  shown.about = to.about.value_or(shown.about);
  ++shown.version;
  return changed_profile{shown, rows_.tell(news)};
}

result<changed_profile> memory_profiles::set_picture(account_id account, const std::optional<picture>& to, wall_ms) {
  if (rows_.fails()) return rows_.failure;
  const memory_rows::pending_entry news{account, std::nullopt, memory_rows::news::profile, {}};
  auto* found = rows_.living(account);
  if (found == nullptr) return errc::unknown_account;
  const auto hash = to ? std::optional(to->hash) : std::nullopt;
  auto& shown = found->shown;
  if (shown.picture == hash) return changed_profile{shown, rows_.untold(news)};
  if (to && !rows_.pictures.contains(to->hash)) rows_.pictures[to->hash] = {*to, std::nullopt};
  const auto before = std::exchange(shown.picture, hash);
  ++shown.version;
  if (before) rows_.drop_unused(*before);
  return changed_profile{shown, rows_.tell(news)};
}

result<std::vector<profile>> memory_profiles::search(std::string_view text, std::size_t limit) {
  const auto wanted = words_of(text);
  std::vector<profile> out;
  for (const auto& [handle, id] : rows_.handles) {
    const auto* one = rows_.living(id);
    if (one == nullptr || out.size() == limit) continue;
    const auto there = words_of(handle + " " + one->shown.name);
    const bool fits = std::ranges::all_of(wanted, [&](const auto& w) {
      return std::ranges::any_of(there, [&](const auto& t) { return t.starts_with(w); });
    });
    if (fits) out.push_back(one->shown);
  }
  return out;
}

status memory_profiles::keep(const picture& one, account_id keeper, wall_ms) {
  if (rows_.fails()) return rows_.failure;
  if (rows_.living(keeper) == nullptr) return errc::unknown_account;
  auto found = rows_.pictures.find(one.hash);
  if (found != rows_.pictures.end() && found->second.keeper) return ok();
  const auto kept = std::ranges::count_if(rows_.pictures, [&](const auto& e) { return e.second.keeper == keeper; });
  if (static_cast<std::size_t>(kept) >= max_kept_pictures) return errc::too_many_kept;
  rows_.pictures[one.hash] = {one, keeper};
  return ok();
}

result<picture> memory_profiles::find(const picture_hash& hash) {
  const auto found = rows_.pictures.find(hash);
  if (found == rows_.pictures.end()) return errc::unknown_picture;
  return static_cast<const picture&>(found->second);
}

status memory_profiles::find_kept(const picture_hash& hash) {
  const auto found = rows_.pictures.find(hash);
  const bool kept = found != rows_.pictures.end() && found->second.keeper;
  return kept ? ok() : status(errc::unknown_picture);
}

result<changed_settings> memory_profiles::put(account_id account, stream_id conversation, std::string_view json) {
  if (rows_.fails()) return rows_.failure;
  const memory_rows::pending_entry news{account, std::nullopt, memory_rows::news::settings, conversation};
  if (rows_.living(account) == nullptr) return errc::unknown_account;
  const auto known = list(account);
  const auto found = rows_.kept.find({account, conversation});
  if (found != rows_.kept.end() && found->second.json == json) {
    return changed_settings{found->second, rows_.untold(news)};
  }
  std::uint64_t last = 0;
  std::size_t others = 0;
  std::size_t bytes = json.size();
  for (const auto& one : *known) {
    last = std::max(last, one.version);
    if (one.conversation == conversation) continue;
    ++others;
    bytes += one.json.size();
  }
  if (others >= max_settings || bytes > max_settings_total) return errc::too_many_kept;
  settings put{conversation, last + 1, std::string(json)};
  rows_.kept[{account, conversation}] = put;
  return changed_settings{put, rows_.tell(news)};
}

result<settings> memory_profiles::get(account_id account, stream_id conversation) {
  const auto found = rows_.kept.find({account, conversation});
  return found == rows_.kept.end() ? settings{conversation, 0, "{}"} : found->second;
}

result<std::vector<settings>> memory_profiles::list(account_id account) {
  std::vector<settings> out;
  for (const auto& [key, one] : rows_.kept) {
    if (key.first == account) out.push_back(one);
  }
  return out;
}

}  // namespace dunlin::accounts
