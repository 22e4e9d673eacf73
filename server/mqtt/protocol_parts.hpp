// The parts of a protocol that exist only while they are used. Internal to this folder.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "mqtt/protocol.hpp"
#include "mqtt/wire.hpp"

namespace dunlin::mqtt {

// Several inbound messages with QoS > 0 in the order of arrival, until all are answered: a ring in a block of the pool,
// whose slots stand behind this header. They are numbered by position, so that a token finds its slot without a search.
struct protocol::answer_ring {
  // The properties of an answer that came before its turn, encoded.
  struct kept {
    std::uint32_t position;
    bytes props;
  };
  static constexpr std::uint32_t first_block = 128;

  explicit answer_ring(std::uint32_t block, std::uint32_t position)
      : first(position), mask(block / 8 - 1), block_size(block) {}

  [[nodiscard]] std::uint32_t capacity() const { return mask + 1; }
  [[nodiscard]] answer_slot& at(std::uint32_t position) {
    return reinterpret_cast<answer_slot*>(this + 1)[position & mask];
  }

  std::uint32_t first;  // the position of the oldest
  std::uint32_t mask;   // half of the block holds slots, a power of two of them
  std::uint32_t block_size;
  std::uint32_t answered_early = 0;  // slots that wait for the one before them
  std::unique_ptr<std::vector<kept>> early;
};

struct protocol::alias_tables {
  // Outbound: alias n stands for what was sent last under a topic that hashes to n - 1, so that the table follows what
  // is in use without a list of its own.
  struct entry {
    std::uint8_t length = 0;
    std::array<char, 63> topic{};
  };
  static constexpr std::size_t longest = 63;

  std::vector<std::string> inbound;
  std::vector<entry> outbound;
};

inline std::uint32_t protocol::oldest_unanswered() const {
  return answers_ != nullptr ? answers_->first : next_position_ - (only_.packet_id != 0 ? 1U : 0U);
}

inline std::uint32_t protocol::unanswered() const { return next_position_ - oldest_unanswered(); }

inline answer_slot& protocol::slot_of(std::uint32_t position) {
  return answers_ != nullptr ? answers_->at(position) : only_;
}

inline void protocol::write_ack(packet_type type, std::uint16_t packet_id, reason_code reason) {
  const unsigned first = static_cast<unsigned>(type) << 4 | (type == packet_type::pubrel ? 2U : 0U);
  const bool bare = reason == reason_code::success || !is_v5();
  std::uint8_t* at = out_->reserve(bare ? 4 : 5);
  at[0] = static_cast<std::uint8_t>(first);
  at[1] = bare ? 2 : 3;
  wire::put16(at + 2, packet_id);
  if (!bare) at[4] = static_cast<std::uint8_t>(reason);
}

}  // namespace dunlin::mqtt
