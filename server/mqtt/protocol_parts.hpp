// The parts of a protocol that exist only while they are used. Internal to this folder.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "mqtt/protocol.hpp"

namespace dunlin::mqtt {

// Inbound messages with QoS > 0 in the order of arrival, until they are answered: a ring in a block of the pool, whose
// slots stand behind this header.
struct protocol::answer_ring {
  enum class slot_state : std::uint8_t { waiting, answered, answered_with_properties };
  struct slot {
    std::uint16_t packet_id;
    qos_level qos;
    slot_state state;
    reason_code reason;
  };
  // The properties of an answer that came before its turn, encoded.
  struct kept {
    std::uint32_t position;
    bytes props;
  };
  static constexpr std::uint32_t first_block = 64;

  std::uint32_t block_size;
  std::uint32_t capacity;
  std::uint32_t head;
  std::uint32_t count;
  std::uint32_t first_position;  // of the oldest
  std::unique_ptr<std::vector<kept>> early;

  [[nodiscard]] slot& at(std::size_t i) {
    std::size_t index = head + i;
    if (index >= capacity) index -= capacity;
    return reinterpret_cast<slot*>(this + 1)[index];
  }
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

}  // namespace dunlin::mqtt
