// Many sessions that do nothing: what each costs the server. What `bench_load idle` does.
//
// Thread rule: blocks its caller. Bounds: max_devices connections, time limits for connecting and settling.
#pragma once

#include <sys/types.h>

#include "bench/load/group.hpp"
#include "bench/load/report.hpp"

namespace dunlin::bench {

struct idle_options {
  unsigned settle = 5;  // seconds between the last SUBACK and the measurement
  unsigned hold = 0;    // seconds that they stay afterwards, for a look from outside
  pid_t server = 0;
  std::uint64_t seed = 1;
  group_options connections;
};

// Connects all devices of the world with all their filters; memory is taken before the first and after the last.
bool run_idle(const world& w, const idle_options& options, report& out);

}  // namespace dunlin::bench
