#include "mqtt/session.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "base/check.hpp"

namespace dunlin::mqtt {

namespace {

constexpr std::uint32_t first_id_capacity = 8;

}  // namespace

session::session(session&& other) noexcept
    : ring_(std::exchange(other.ring_, nullptr)),
      received_(std::exchange(other.received_, nullptr)),
      expiry_s_(other.expiry_s_),
      next_packet_id_(other.next_packet_id_) {}

session& session::operator=(session&& other) noexcept {
  if (this != &other) {
    clear();
    ring_ = std::exchange(other.ring_, nullptr);
    received_ = std::exchange(other.received_, nullptr);
    expiry_s_ = other.expiry_s_;
    next_packet_id_ = other.next_packet_id_;
  }
  return *this;
}

session::~session() { clear(); }

void session::clear() {
  // Not into the pool: this may be another thread than the one that borrowed.
  block_pool::discard(std::exchange(ring_, nullptr));
  ::operator delete(std::exchange(received_, nullptr));
  next_packet_id_ = 1;
}

const in_flight* session::next_unsent() const {
  if (unsent_count() == 0) return nullptr;
  for (std::size_t i = 0; i < ring_->span; ++i) {
    if (at(i).unsent) return &at(i);
  }
  return nullptr;
}

const in_flight* session::find(std::uint16_t packet_id) const { return lookup(packet_id); }

void session::grow(block_pool& pool, std::size_t more) {
  std::uint32_t size = ring_ == nullptr ? first_block : ring_->block_size * 4;
  while (size < sizeof(ring) + (flight_span() + more) * sizeof(in_flight)) size *= 4;
  DUNLIN_CHECK(size >= first_block && size <= block_pool::largest);
  auto* bigger = new (pool.borrow(size)) ring;
  bigger->block_size = size;
  bigger->capacity = static_cast<std::uint32_t>((size - sizeof(ring)) / sizeof(in_flight));
  if (ring_ != nullptr) {
    bigger->span = ring_->span;
    bigger->live = ring_->live;
    bigger->unsent = ring_->unsent;
    auto* slots = reinterpret_cast<in_flight*>(bigger + 1);
    for (std::size_t i = 0; i < ring_->span; ++i) new (slots + i) in_flight(at(i));
    pool.give_back(ring_, ring_->block_size);
  }
  ring_ = bigger;
}

void session::mark_unsent() {
  if (ring_ == nullptr) return;
  ring_->unsent = 0;
  for (std::size_t i = 0; i < ring_->span; ++i) {
    in_flight& slot = at(i);
    slot.unsent = slot.state == flight_state::wants_puback || slot.state == flight_state::wants_pubrec;
    if (slot.unsent) ++ring_->unsent;
  }
}

void session::mark_sent(in_flight& slot) {
  slot.unsent = false;
  --ring_->unsent;
}

bool session::has_received(std::uint16_t packet_id) const {
  if (received_ == nullptr) return false;
  const std::uint16_t* ids = received_->ids();
  const std::uint16_t* end = ids + received_->count;
  return std::find(ids, end, packet_id) != end;
}

bool session::add_received(std::uint16_t packet_id) {
  if (has_received(packet_id)) return true;
  const std::uint32_t count = received_ == nullptr ? 0 : received_->count;
  if (count == max_qos2_ids) return false;
  if (received_ == nullptr || count == received_->capacity) {
    const std::uint32_t capacity = std::max(first_id_capacity, 2 * count);
    void* block = ::operator new(sizeof(id_list) + capacity * sizeof(std::uint16_t));
    auto* bigger = new (block) id_list;
    bigger->capacity = capacity;
    bigger->count = count;
    if (count != 0) std::memcpy(bigger->ids(), received_->ids(), count * sizeof(std::uint16_t));
    ::operator delete(received_);
    received_ = bigger;
  }
  received_->ids()[received_->count++] = packet_id;
  return true;
}

void session::note_received(std::uint16_t packet_id) {
  // When there is no room the repetition comes to the host, who decides about it once more.
  add_received(packet_id);
}

bool session::remove_received(std::uint16_t packet_id) {
  if (received_ == nullptr) return false;
  std::uint16_t* end = received_->ids() + received_->count;
  std::uint16_t* at = std::find(received_->ids(), end, packet_id);
  if (at == end) return false;
  *at = end[-1];
  if (--received_->count == 0) ::operator delete(std::exchange(received_, nullptr));
  return true;
}

}  // namespace dunlin::mqtt
