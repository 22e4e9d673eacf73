#include "accounts/link_codes.hpp"

namespace dunlin::accounts {

std::string_view word(link_state s) {
  switch (s) {
    case link_state::waiting: return "waiting";
    case link_state::seen: return "seen";
    case link_state::linked: return "linked";
    case link_state::refused: return "refused";
    case link_state::expired: return "expired";
  }
  return "unknown";
}

std::string canonical_code(std::string_view typed) {
  std::string out;
  for (char c : typed) {
    if (c == '-' || c == ' ') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    if (link_alphabet.find(c) == std::string_view::npos || out.size() == link_code_size) return {};
    out += c;
  }
  return out.size() == link_code_size ? out : std::string();
}

std::string link_codes::make_code() {
  std::string out;
  auto bits = random_.next();
  for (std::size_t i = 0; i < link_code_size; ++i, bits >>= 5) out += link_alphabet[bits & 31];
  return out;
}

result<link*> link_codes::open(device_id device, std::string name, const token_hash& hash, moment now) {
  sweep(now.mono);
  if (const auto known = by_device_.find(device); known != by_device_.end()) {
    auto& one = links_.at(known->second);
    const bool good = one.state == link_state::waiting || one.state == link_state::seen;
    if (good && one.hash == hash) return &one;
  }
  if (links_.size() >= most) return errc::busy;
  link one;
  one.id = random_.id<link_id>();
  do {
    one.code = make_code();
  } while (by_code_.contains(one.code));
  one.device = device;
  one.device_name = std::move(name);
  one.hash = hash;
  one.created = now.wall;
  one.ends = now.mono + lasts;
  by_code_[one.code] = one.id;
  by_device_[device] = one.id;
  return &(links_[one.id] = std::move(one));
}

result<link*> link_codes::find(link_id id, mono_ms now) {
  const auto found = links_.find(id);
  if (found == links_.end()) return errc::unknown_link;
  expire(found->second, now);
  return &found->second;
}

result<link*> link_codes::claim(std::string_view typed, const identity& who, mono_ms now) {
  const auto found = by_code_.find(canonical_code(typed));
  if (found == by_code_.end()) return errc::unknown_code;
  auto& one = links_.at(found->second);
  expire(one, now);
  if (one.state == link_state::waiting) {
    one.state = link_state::seen;
    one.claimed_by = who;
  }
  if (one.state != link_state::seen || one.claimed_by != who) return errc::unknown_code;
  return &one;
}

result<link*> link_codes::claimed(link_id id, const identity& who, mono_ms now) {
  DUNLIN_TRY_ASSIGN(link * one, find(id, now));
  if (one->claimed_by != who) return errc::unknown_link;
  return one;
}

void link_codes::end(link& one, link_state how, mono_ms now) {
  one.state = how;
  one.ends = now + remembered;
  by_code_.erase(one.code);
}

void link_codes::expire(link& one, mono_ms now) {
  const bool open = one.state == link_state::waiting || one.state == link_state::seen;
  if (open && !one.decided && now >= one.ends) end(one, link_state::expired, now);
}

std::vector<link_id> link_codes::sweep(mono_ms now) {
  std::vector<link_id> ended;
  for (auto at = links_.begin(); at != links_.end();) {
    auto& one = at->second;
    const auto before = one.state;
    expire(one, now);
    if (one.state != before) ended.push_back(one.id);
    const bool open = one.state == link_state::waiting || one.state == link_state::seen;
    if (open || now < one.ends) {
      ++at;
      continue;
    }
    const auto device = by_device_.find(one.device);
    if (device != by_device_.end() && device->second == one.id) by_device_.erase(device);
    at = links_.erase(at);
  }
  return ended;
}

std::vector<link_id> link_codes::revoke(device_id device, mono_ms now) {
  std::vector<link_id> ended;
  for (auto& [id, one] : links_) {
    if (one.state != link_state::seen || one.claimed_by.device != device || one.decided) continue;
    end(one, link_state::refused, now);
    ended.push_back(id);
  }
  return ended;
}

}  // namespace dunlin::accounts
