// The rate limits at work: with the time, the answer 429 with its Retry-After, and a counter.
//
// Thread rule: the control plane's thread alone.
#pragma once

#include <array>
#include <optional>

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "http/message.hpp"
#include "http/rate_limits.hpp"

namespace dunlin::http {

class throttle {
 public:
  // `time` must outlive it.
  throttle(const rates& allowed, const clock& time, metrics& counted);

  // Takes one; or the answer to who has had too many.
  std::optional<response> take(limit which, limit_key who);
  // The same without taking one: what is taken depends on how the request ends.
  std::optional<response> look(limit which, limit_key who);

 private:
  std::optional<response> answer(limit which, mono_ms wait);

  rate_limits limits_;
  const clock& time_;
  std::array<counter*, limit_count> refused_{};
};

}  // namespace dunlin::http
