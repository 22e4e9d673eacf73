// What a shard counts, registered with the process's metrics under its number.
#pragma once

#include <array>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "base/metrics.hpp"
#include "mqtt/types.hpp"
#include "stream/verdict.hpp"

namespace dunlin::engine {

inline constexpr std::size_t reason_count = 12;

// A counter for each MQTT reason that is to be expected, and one for all others.
class by_reason {
 public:
  by_reason(metrics& all, std::string_view name, std::string_view help, unsigned shard,
            std::initializer_list<mqtt::reason_code> expected);
  void add(mqtt::reason_code why);

 private:
  std::vector<std::pair<mqtt::reason_code, counter*>> expected_;
  counter* other_;
};

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
  by_reason protocol_errors;   // connections that broke MQTT
  by_reason connects_refused;  // CONNECTs that were in order, and not let in
  by_reason filters_refused;
  counter& handshakes_timed_out;  // no CONNECT, or no answer to it, in time
  counter& websockets_broken;
  counter& link_no_credit;
  counter& sockets_stopped;   // a connection was not read for want of credit
  counter& states_evicted;    // L5
  counter& states_read_back;  // L5
  counter& presence_told;     // P1: to connections
  counter& presence_full;     // refused, or ended, for want of room
  counter& presence_dropped;  // questions that could not be looked into, and words that found no room
  counter& live_dropped;      // P2
  gauge& presence_watches;
  gauge& presence_leases;
  gauge& connections;
  gauge& sessions_kept;
  gauge& sends_kept;    // messages of those connections
  gauge& entries_kept;  // entries that wait for space in the log (L6)
  gauge& held;
  gauge& loading;
  gauge& states_in_memory;
};

}  // namespace dunlin::engine
