// Messages from the first member of each conversation to all others, for a while: closed loops with a window each, or
// an open loop at a given rate. A device sends in one conversation at most. What `bench_load traffic` does.
//
// Threads: each runs one loop with its share of the devices; the caller's thread takes the time and samples.
//
// A window is refilled at once when all of it is answered: what arrives at the server is whole windows, so a figure
// belongs to its window. Senders also wait while more than two windows of deliveries are outstanding: a server that
// answers senders before it delivers must not be measured by how fast it fills its queues.
//
// Bounds: seconds, window, rate and threads by `check`; connecting and draining have time limits of their own.
#pragma once

#include <cstdint>
#include <string>
#include <sys/types.h>

#include "bench/load/group.hpp"
#include "bench/load/report.hpp"

namespace dunlin::bench {

struct traffic_options {
  unsigned window = 16;     // per sender, if rate is 0
  unsigned rate = 0;        // messages/s of all senders together
  unsigned body_size = 64;  // bytes
  unsigned seconds = 60;    // measured
  unsigned warm_up = 3;     // seconds before
  unsigned threads = 1;
  bool senders_subscribe = false;  // to all of theirs, else to nothing
  int stopped_reader = -1;         // a device whose deliveries do not count, since
  bool stopped_connects = false;   // it subscribes and then reads no more, or does not even connect
  pid_t server = 0;                // whose CPU and memory are taken; 0: none
  std::uint64_t messages = 0;      // stop after that many in all (for counting), if not 0
  // For who counts what the server does: says "connected" and "delivered", a line each, and goes on behind either when
  // a line has come in.
  bool step_by_step = false;
  std::uint64_t seed = 1;
  group_options connections;
};

// What is wrong with the options, or empty.
std::string check(const traffic_options& options);

// Runs it; false if it could not be carried out (the report then has "error").
bool run_traffic(const world& w, const traffic_options& options, report& out);

}  // namespace dunlin::bench
