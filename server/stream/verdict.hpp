// What the owner of a stream decides about an entry, and the words of the wire for it.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/id.hpp"

namespace dunlin::stream {

// How long a conversation's records are kept (R3).
enum class retention : std::uint8_t { forever = 0, until_delivered = 1 };

enum class reason : std::uint8_t {
  none = 0,
  not_member,   // also for a conversation that does not exist: a stranger sees no difference
  stale,        // the id is at or below the writer's floor (S3): sync, then send with a new id above `floor`
  waits,        // the message named in `after` is not accepted yet (S3): send that first
  busy,         // too much is under way (O3, L6): try again later
  no_space,     // the disk is full: nothing is accepted until there is room
  too_large,    // the body, or the number of members, is over the limit
  malformed,    // not what the topic's message looks like
  unsupported,  // a field that this server does not offer yet
  forbidden,    // the role does not allow it
  not_open,     // `text` on a conversation that is not open
  conflict,     // the id is in use for something else
};

// One word of docs/protocol.md per reason; stable.
std::string_view word(reason r);

struct verdict {
  enum class kind : std::uint8_t { accepted, duplicate, refused };
  kind what = kind::refused;
  reason why = reason::none;  // if refused
  std::uint64_t seq = 0;      // if accepted, or the first verdict's if duplicate
  std::int64_t ts = 0;        // if accepted
  message_id floor;           // if stale

  static verdict accept(std::uint64_t seq, std::int64_t ts) { return {kind::accepted, reason::none, seq, ts, {}}; }
  static verdict repeat(std::uint64_t seq) { return {kind::duplicate, reason::none, seq, 0, {}}; }
  static verdict refuse(reason why) { return {kind::refused, why, 0, 0, {}}; }
  [[nodiscard]] bool ok() const { return what != kind::refused; }
};

}  // namespace dunlin::stream
