#include "http/throttle.hpp"

#include <string>

namespace dunlin::http {

throttle::throttle(const rates& allowed, const clock& time, metrics& counted) : limits_(allowed), time_(time) {
  for (std::size_t i = 0; i < limit_count; ++i) {
    refused_[i] = &counted.make_counter("dunlin_http_rate_limited_total", "HTTP requests over a rate limit, by limit.",
                                        "limit=\"" + std::string(name_of(static_cast<limit>(i))) + "\"");
  }
}

std::optional<response> throttle::take(limit which, limit_key who) {
  return answer(which, limits_.take(which, who, time_.now().mono));
}

std::optional<response> throttle::look(limit which, limit_key who) {
  return answer(which, limits_.wait(which, who, time_.now().mono));
}

std::optional<response> throttle::answer(limit which, mono_ms wait) {
  if (wait == 0) return std::nullopt;
  refused_[static_cast<std::size_t>(which)]->add();
  auto out = problem(429, "rate-limited", "Too many requests", "this was asked too often: again later");
  out.headers.emplace_back("Retry-After", std::to_string((wait + 999) / 1000));
  return out;
}

}  // namespace dunlin::http
