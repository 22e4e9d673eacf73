#include "http/rate_limits.hpp"

#include <algorithm>
#include <string_view>

namespace dunlin::http {

std::string_view name_of(limit which) {
  switch (which) {
    case limit::sign_ins: return "sign_ins";
    case limit::sign_ups: return "sign_ups";
    case limit::checks: return "checks";
    case limit::lookups: return "lookups";
    case limit::directory: return "directory";
    case limit::links: return "links";
    case limit::claims: return "claims";
    case limit::misses: return "misses";
    case limit::uploads: return "uploads";
    case limit::writes: return "writes";
  }
  return "unknown";
}

// How long until one more may be taken from a bucket that is full again at `full_at`: it holds `per` in time.
std::int64_t rate_limits::missing_us(limit which, std::int64_t full_at, mono_ms now) const {
  const auto& allowed = allowed_[index(which)];
  const auto each = allowed.per * 1000 / static_cast<std::int64_t>(allowed.most);
  return std::max(full_at, now * 1000) + each - (now + allowed.per) * 1000;
}

mono_ms rate_limits::wait(limit which, limit_key who, mono_ms now) const {
  if (allowed_[index(which)].most == 0) return 0;
  const auto& by_key = tables_[index(which)].by_key;
  const auto found = by_key.find(who);
  if (found == by_key.end()) return 0;
  const auto missing = missing_us(which, found->second->full_at, now);
  return missing <= 0 ? 0 : (missing + 999) / 1000;
}

mono_ms rate_limits::take(limit which, limit_key who, mono_ms now) {
  const auto& allowed = allowed_[index(which)];
  if (allowed.most == 0) return 0;
  if (const auto left = wait(which, who, now); left > 0) return left;
  auto& [used, by_key] = tables_[index(which)];
  auto found = by_key.find(who);
  if (found == by_key.end()) {
    if (used.size() >= kept_) {
      by_key.erase(used.back().who);
      used.pop_back();
    }
    used.push_front({who, 0});
    found = by_key.emplace(who, used.begin()).first;
  }
  used.splice(used.begin(), used, found->second);
  auto& full_at = found->second->full_at;
  full_at = std::max(full_at, now * 1000) + allowed.per * 1000 / static_cast<std::int64_t>(allowed.most);
  return 0;
}

}  // namespace dunlin::http
