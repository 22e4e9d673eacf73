// Messages for devices that are away. What `bench_load offline-subscribe`, `offline-publish` and `offline-drain` do;
// what happens to the server between them is the caller's matter.
//
// Thread rule: each blocks its caller. Bounds: messages per device; time limits.
#pragma once

#include "bench/load/group.hpp"
#include "bench/load/report.hpp"

namespace dunlin::bench {

struct offline_options {
  unsigned messages = 300;  // for each receiving device
  unsigned window = 16;     // of each sending device
  unsigned body_size = 64;
  // If not 0, offline-publish sends so many messages in all, each to a conversation drawn with a probability of 1/rank
  // (Zipf), instead of `messages` to each in turn.
  std::uint64_t zipf_total = 0;
  std::uint64_t seed = 1;
  group_options connections;
};

// All devices that do not send connect once with a session that outlives the connection, subscribe, and go away.
bool run_offline_subscribe(const world& w, const offline_options& options, report& out);
// The first member of each conversation sends `messages` to it, in turn where it has several (or as zipf_total says).
bool run_offline_publish(const world& w, const offline_options& options, report& out);
// All devices that do not send come back, all at once, and take what waits for them; ends when all is there, or nothing
// more comes.
bool run_offline_drain(const world& w, const offline_options& options, report& out);

}  // namespace dunlin::bench
