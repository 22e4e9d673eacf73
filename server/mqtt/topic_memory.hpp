// The topics that hosts were shown last, each in a slot of its own, so that what most messages bring again is neither
// looked into once more here nor taken apart once more by the host, who may keep beside each slot what its topic means.
//
// Thread rule: one thread.
// Bounds: `slots` topics of at most `longest` bytes; longer ones are not kept.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "mqtt/packet.hpp"
#include "mqtt/topic.hpp"

namespace dunlin::mqtt {

class topic_memory {
 public:
  // The topic that stands in the slot where this one would stand: nearly always it is the same. Notes the slot, too.
  void recall(std::string_view topic, publish_view& publish) const {
    publish.topic_slot = slot_of(topic);
    publish.topic = kept_[publish.topic_slot].text();
  }
  // `publish` is shown to the host next: tells whether its topic was what the host saw last in that slot.
  void note(publish_view& publish) {
    publish.topic_slot = slot_of(publish.topic);
    entry& kept = kept_[publish.topic_slot];
    publish.same_topic = is_same_topic(publish.topic, kept.text());
    if (!publish.same_topic) kept.set(publish.topic);
  }

 private:
  static constexpr std::size_t longest = 63;
  struct entry {
    std::uint8_t size = 0;
    std::array<char, longest> letters{};

    [[nodiscard]] std::string_view text() const { return {letters.data(), size}; }
    void set(std::string_view topic) {
      size = topic.size() <= longest ? static_cast<std::uint8_t>(topic.size()) : std::uint8_t{0};
      std::memcpy(letters.data(), topic.data(), size);
    }
  };

  // By the last letters of the id that topics mostly have near their beginning: they are random.
  static std::uint16_t slot_of(std::string_view topic) {
    constexpr std::size_t letters_at = 24;
    std::uint32_t letters = 0;
    if (topic.size() < letters_at + sizeof letters) return 0;
    std::memcpy(&letters, topic.data() + letters_at, sizeof letters);
    return static_cast<std::uint16_t>((letters * 0x9e3779b1U) >> (32 - std::bit_width(topic_slots - 1)));
  }

  std::array<entry, topic_slots> kept_;
};

}  // namespace dunlin::mqtt
