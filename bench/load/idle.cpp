#include "bench/load/idle.hpp"

#include "bench/client/process.hpp"

namespace dunlin::bench {

namespace {

constexpr time_ns connect_limit = 300 * ns_per_s;

void turn_for(group& sessions, time_ns duration) {
  const time_ns end = monotonic_ns() + duration;
  while (monotonic_ns() < end) sessions.turn(end);
}

}  // namespace

bool run_idle(const world& w, const idle_options& options, report& out) {
  group sessions(w, options.connections, options.seed);
  for (std::uint32_t d = 0; d < w.devices.size(); ++d) sessions.add(d, true);
  const auto before = memory_of(options.server);
  const time_ns start = monotonic_ns();
  while (sessions.ready() < sessions.size() && sessions.failed() == 0 && monotonic_ns() < start + connect_limit) {
    sessions.turn(monotonic_ns() + 100 * ns_per_ms);
  }
  const time_ns connected = monotonic_ns();
  turn_for(sessions, options.settle * ns_per_s);
  const auto after = memory_of(options.server);
  if (sessions.failed() > 0 || sessions.ready() < sessions.size() || !before || !after) {
    out.text("error", before ? "not all could connect: " + sessions.first_failure() : "no such server process");
    return false;
  }
  const auto n = static_cast<double>(sessions.size());
  const auto grown = [](std::uint64_t b, std::uint64_t a) { return a > b ? static_cast<double>(a - b) : 0.0; };
  out.number("sessions", sessions.size());
  out.real("connects_per_s", n * static_cast<double>(ns_per_s) / static_cast<double>(connected - start));
  out.real("rss_bytes_per_session", grown(before->rss, after->rss) / n);
  out.real("pss_bytes_per_session", grown(before->pss, after->pss) / n);
  out.number("rss_before", before->rss).number("rss_after", after->rss);
  turn_for(sessions, options.hold * ns_per_s);
  sessions.close_all();
  return true;
}

}  // namespace dunlin::bench
