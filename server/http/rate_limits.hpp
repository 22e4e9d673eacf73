// How often who may do what: a token bucket for each limit and each client address or account.
//
// Thread rule: a plain value, one thread at a time; it takes no clock but the time it is given.
// Bounds: `most_kept` buckets for each limit. Where there are more, the one that was used longest ago makes room, and
// whoever it was begins anew: who has that many addresses is stopped by no limit per address.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <list>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/id.hpp"

namespace dunlin::http {

enum class limit : std::uint8_t {
  sign_ins,   // wrong tokens, per address
  sign_ups,   // per address
  checks,     // whether a handle is free or an invite good, per address
  lookups,    // profiles by id or handle, per account
  directory,  // searches, per account
  links,      // codes for a new device, per address
  claims,     // codes that were typed, per account
  misses,     // codes that were typed and wrong, of all accounts together
  uploads,    // pictures, per account
  writes,     // all other changes, per account
};
inline constexpr std::size_t limit_count = 10;
// As it is written in metrics and settings.
std::string_view name_of(limit which);

// An IPv6 address counts by its first 64 bits, which is what one customer has.
struct limit_key {
  std::uint64_t hi = 0;
  std::uint64_t lo = 0;

  static limit_key of(account_id account) { return {account.hi, account.lo}; }
  friend auto operator<=>(const limit_key&, const limit_key&) = default;
};

// `most` at once, and as many again within `per`. 0: no limit.
struct rate {
  std::uint64_t most = 0;
  mono_ms per = 60'000;
};
using rates = std::array<rate, limit_count>;  // by limit

class rate_limits {
 public:
  static constexpr std::size_t most_kept = 16'384;  // about 100 bytes each

  explicit rate_limits(const rates& allowed, std::size_t kept = most_kept) : allowed_(allowed), kept_(kept) {}

  // 0: one is taken. Else nothing is, and it is the time until there is one again.
  mono_ms take(limit which, limit_key who, mono_ms now);
  // What `take` would say.
  mono_ms wait(limit which, limit_key who, mono_ms now) const;
  [[nodiscard]] std::size_t size(limit which) const { return tables_[index(which)].by_key.size(); }

 private:
  // When the bucket is full again, in microseconds: all that a bucket has to remember (GCRA).
  struct bucket {
    limit_key who;
    std::int64_t full_at = 0;
  };
  struct hash {
    std::size_t operator()(const limit_key& k) const noexcept {
      return static_cast<std::size_t>((k.hi * 0x9e3779b97f4a7c15U ^ k.lo) * 0xd6e8feb86659fd93U);
    }
  };
  struct table {
    std::list<bucket> used;  // the latest first
    std::unordered_map<limit_key, std::list<bucket>::iterator, hash> by_key;
  };
  static std::size_t index(limit which) { return static_cast<std::size_t>(which); }
  [[nodiscard]] std::int64_t missing_us(limit which, std::int64_t full_at, mono_ms now) const;

  rates allowed_;
  std::size_t kept_;
  std::array<table, limit_count> tables_;
};

}  // namespace dunlin::http
