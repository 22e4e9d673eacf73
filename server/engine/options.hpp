// Limits of the engine. Each is a default of the configuration (server/app/config.cpp), where unit and meaning are
// printed from.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/clock.hpp"
#include "presence/presence.hpp"

namespace dunlin::engine {

struct options {
  std::uint32_t max_body = 256 * 1024;  // bytes of a message's body
  std::uint32_t max_secondaries = 4;    // connections of a device beside the one with its session
  std::uint32_t max_session_expiry_s = 14 * 24 * 3600;
  std::uint32_t inline_records = 16 * 1024;  // bytes of records that travel with a signal (D2)
  std::uint32_t read_bytes = 64 * 1024;      // asked for by one read of a feed
  std::uint32_t read_records = 256;
  std::uint32_t heads_first_behind = 200;    // records behind which a `dunlin=1` client gets the newest first (D9)
  std::uint32_t heads_first_last = 20;       // how many of the newest
  std::uint32_t open_sends = 8192;           // messages that a shard may have undecided at one owner's shard
  std::uint64_t open_send_bytes = 16 << 20;  // and their bytes
  std::uint32_t parked = 8192;               // messages that wait for a state to be read back, a shard
  std::uint32_t kept_recent = 64;            // newest records of a stream kept in memory while members follow it
  mono_ms marks_flush_direct = 50;           // R2: half of 100 ms, since an inbox may have waited as long
  mono_ms marks_flush_group = 1000;
  mono_ms cursors_flush = 1000;   // D1
  mono_ms resend_effects = 5000;  // O1
  mono_ms rearm = 300'000;        // D5
  mono_ms repeat_marks = 60'000;  // R1
  // Whole days (R3, D10). Nothing keeps longer than stream::max_days.
  mono_ms keep_undelivered = mono_ms{30} * 86'400'000;  // records of `until_delivered` that somebody has not got
  mono_ms keep_account = mono_ms{30} * 86'400'000;      // records of an account's stream
  mono_ms silent_device = mono_ms{30} * 86'400'000;     // without a connection for which a device is not active
  // A state that nothing used for this long leaves memory; at the latest after twice this (L5).
  mono_ms idle_state = 300'000;
  // Streams and inboxes in memory, a shard, above which those not in use leave without that wait.
  std::size_t states_in_memory = 100'000;
  presence::limits presence;
};

}  // namespace dunlin::engine
