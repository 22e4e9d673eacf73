// What of an MQTT session outlives a connection (rules M1, M2): outbound messages in flight, inbound QoS 2 packet ids
// that wait for their PUBREL, the next packet id, and the expiry. Filters and what is still to be sent are the host's
// matter.
//
// Thread rule: one thread at a time; a session may move between threads while no protocol uses it.
// Lifetime: a protocol that was given a session by `accept` uses it until it is destroyed or says `detach`.
// Memory: 24 bytes idle; the ring of messages in flight and the list of QoS 2 ids exist only while they are not empty.
// Bounds: `max_in_flight` messages, `max_qos2_ids` ids.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

#include "base/check.hpp"
#include "mqtt/block_pool.hpp"
#include "mqtt/types.hpp"

namespace dunlin::mqtt {

// What the host wants to know again when a message is acknowledged: opaque here, but that messages whose cookies differ
// by one in `c` alone may be told of together.
struct cookie {
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  std::uint64_t c = 0;

  friend bool operator==(const cookie&, const cookie&) = default;
};

// The packet ids of one session in flight span at most this many consecutive numbers.
inline constexpr std::size_t max_in_flight = 1023;
// Packet ids run from 1 to this and start again.
inline constexpr std::uint32_t packet_id_count = 65'535;
// Half-open inbound QoS 2 exchanges of one session.
inline constexpr std::size_t max_qos2_ids = 1024;

enum class flight_state : std::uint8_t {
  done,           // acknowledged or dropped; an older one is still in flight
  wants_puback,   // QoS 1
  wants_pubrec,   // QoS 2, PUBLISH sent
  wants_pubcomp,  // QoS 2, PUBREL sent: the message itself is never sent again
};

struct in_flight {
  cookie what;
  std::uint16_t packet_id = 0;
  flight_state state = flight_state::done;
  // Of an earlier connection, and neither redelivered nor dropped on this one yet.
  bool unsent = false;
};

class session {
 public:
  session() = default;
  session(session&& other) noexcept;
  session& operator=(session&& other) noexcept;
  session(const session&) = delete;
  session& operator=(const session&) = delete;
  ~session();

  // Seconds that it outlives its connection; 0: ends with it; never_expires.
  [[nodiscard]] std::uint32_t expiry_s() const { return expiry_s_; }
  void set_expiry_s(std::uint32_t seconds) { expiry_s_ = seconds; }

  // Messages in flight: not done.
  [[nodiscard]] std::size_t in_flight_count() const { return ring_ == nullptr ? 0 : ring_->live; }
  // Of these, the ones that wait to be redelivered or dropped since the session was resumed.
  [[nodiscard]] std::size_t unsent_count() const { return ring_ == nullptr ? 0 : ring_->unsent; }
  // All of them in the order in which they were first sent: `visit(const in_flight&)`. The visitor must not change the
  // session: who redelivers collects the packet ids first, or uses `next_unsent`.
  template <class Visitor>
  void for_each_in_flight(Visitor&& visit) const {
    if (ring_ == nullptr) return;
    for (std::size_t i = 0; i < ring_->span; ++i) {
      const in_flight& f = at(i);
      if (f.state != flight_state::done) visit(f);
    }
  }
  // The oldest that waits to be redelivered or dropped, null if none. Valid until the session changes.
  [[nodiscard]] const in_flight* next_unsent() const;
  // Null if that id is not in flight. Valid until the session changes.
  [[nodiscard]] const in_flight* find(std::uint16_t packet_id) const;

  // An inbound QoS 2 message has been accepted whose answer finds no connection any more: its repetition must be
  // answered without being accepted again. (With a connection `protocol::answer` does this.)
  void note_received(std::uint16_t packet_id);
  [[nodiscard]] bool has_received(std::uint16_t packet_id) const;
  [[nodiscard]] std::size_t received_count() const { return received_ == nullptr ? 0 : received_->count; }

  // Forgets everything in flight, both ways, and starts anew: a clean start.
  void clear();

 private:
  friend class protocol;

  struct ring {
    std::uint32_t capacity = 0;
    std::uint32_t head = 0;  // index of the oldest
    std::uint32_t span = 0;  // slots in use, done ones between included
    std::uint32_t live = 0;
    std::uint32_t unsent = 0;
    std::uint32_t block_size = 0;
  };
  // A window of one to three messages, the usual case, fits the smallest ring.
  static constexpr std::uint32_t first_block = 128;
  static constexpr std::uint32_t first_capacity = (first_block - sizeof(ring)) / sizeof(in_flight);
  struct id_list {
    std::uint32_t count = 0;
    std::uint32_t capacity = 0;
    [[nodiscard]] std::uint16_t* ids() { return reinterpret_cast<std::uint16_t*>(this + 1); }
  };

  [[nodiscard]] in_flight& at(std::size_t i) const {
    std::size_t index = ring_->head + i;
    if (index >= ring_->capacity) index -= ring_->capacity;
    return reinterpret_cast<in_flight*>(ring_ + 1)[index];
  }
  [[nodiscard]] in_flight* lookup(std::uint16_t packet_id) const;
  // Slots in use, done ones between live ones included.
  [[nodiscard]] std::size_t flight_span() const { return ring_ == nullptr ? 0 : ring_->span; }
  [[nodiscard]] std::uint16_t next_packet_id() const { return next_packet_id_; }
  // Puts a message under next_packet_id(). REQUIRES: flight_span() < max_in_flight.
  void push(block_pool& pool, const cookie& what, flight_state state);
  // Counts the slot as acknowledged; gives the ring back when it was the last.
  void finish(block_pool& pool, in_flight& slot);
  // Room for so many more, so that placing them grows the ring once at most.
  void make_room(block_pool& pool, std::size_t more);
  // To a block for `more` beside what there is, at least.
  void grow(block_pool& pool, std::size_t more);
  // The same as `push`. REQUIRES: there is room.
  void place(const cookie& what, flight_state state);
  // False if there is no room for more ids.
  bool add_received(std::uint16_t packet_id);
  bool remove_received(std::uint16_t packet_id);
  // A new connection: everything in flight but PUBRELs waits to be redelivered.
  void mark_unsent();
  void mark_sent(in_flight& slot);

  ring* ring_ = nullptr;
  id_list* received_ = nullptr;
  std::uint32_t expiry_s_ = 0;
  std::uint16_t next_packet_id_ = 1;
};

static_assert(sizeof(session) <= 32);

// The way of each message that is sent and acknowledged:

inline in_flight* session::lookup(std::uint16_t packet_id) const {
  if (ring_ == nullptr || packet_id == 0) return nullptr;
  // Ids in the ring are consecutive, so that the distance from the oldest is the index.
  const std::uint32_t oldest = reinterpret_cast<const in_flight*>(ring_ + 1)[ring_->head].packet_id;
  const std::uint32_t distance = packet_id >= oldest ? packet_id - oldest : packet_id + packet_id_count - oldest;
  if (distance >= ring_->span) return nullptr;
  in_flight& slot = at(distance);
  return slot.state == flight_state::done ? nullptr : &slot;
}

inline void session::make_room(block_pool& pool, std::size_t more) {
  if (ring_ == nullptr && more <= first_capacity) {
    ring_ = new (pool.borrow(first_block)) ring{.capacity = first_capacity, .block_size = first_block};
  } else if (ring_ == nullptr || ring_->capacity - ring_->span < more) {
    grow(pool, more);
  }
}

inline void session::push(block_pool& pool, const cookie& what, flight_state state) {
  make_room(pool, 1);
  place(what, state);
}

inline void session::place(const cookie& what, flight_state state) {
  const std::uint16_t id = next_packet_id_;
  next_packet_id_ = static_cast<std::uint16_t>(id == packet_id_count ? 1 : id + 1);
  new (&at(ring_->span)) in_flight{what, id, state, false};
  ++ring_->span;
  ++ring_->live;
}

inline void session::finish(block_pool& pool, in_flight& slot) {
  DUNLIN_CHECK(slot.state != flight_state::done);
  if (slot.unsent) mark_sent(slot);
  slot.state = flight_state::done;
  if (--ring_->live == 0) {
    ring* empty = std::exchange(ring_, nullptr);
    pool.give_back(empty, empty->block_size);
    return;
  }
  while (at(0).state == flight_state::done) {
    if (++ring_->head == ring_->capacity) ring_->head = 0;
    --ring_->span;
  }
}

}  // namespace dunlin::mqtt
