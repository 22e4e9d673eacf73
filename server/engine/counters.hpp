// What a shard counts, registered with the process's metrics under its number.
#pragma once

#include <array>

#include "base/metrics.hpp"
#include "stream/verdict.hpp"

namespace dunlin::engine {

inline constexpr std::size_t reason_count = 12;

struct counters {
  counters(metrics& all, unsigned shard);

  counter& accepted;
  counter& duplicates;
  std::array<counter*, reason_count> refused{};  // by stream::reason
  counter& signals;                              // D2: one message to one shard
  counter& arms;                                 // D3
  counter& reads;
  counter& reads_failed;
  counter& delivered;  // records and texts given to connections
  counter& acked;
  counter& effects_sent;
  counter& effects_dropped;
  counter& protocol_errors;
  counter& logins_refused;
  counter& link_no_credit;
  counter& sockets_stopped;  // a connection was not read for want of credit
  counter& states_evicted;    // L5
  counter& states_read_back;  // L5
  gauge& connections;
  gauge& sessions_kept;
  gauge& sends_kept;    // messages of those connections
  gauge& entries_kept;  // entries that wait for space in the log (L6)
  gauge& held;
  gauge& loading;
  gauge& states_in_memory;
};

}  // namespace dunlin::engine
