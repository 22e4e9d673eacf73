// What load messages carry, and the ids that a sender of Dunlin's must make.
//
// Thread rule: none; plain values.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>

#include "base/bytes.hpp"
#include "base/id.hpp"

namespace dunlin::bench {

// The first 24 bytes of a body, by which a receiver finds what was lost, doubled and reordered, and how long it took.
struct stamp {
  static constexpr std::size_t size = 24;
  static constexpr std::uint32_t magic = 0x64756e6c;

  std::uint32_t sender = 0;
  std::uint64_t number = 0;  // per sender and receiver's stream: 0, 1, 2 …
  std::uint64_t due = 0;     // monotonic ns at which it was to be sent

  // REQUIRES: `body` has at least `size` bytes.
  void write(std::uint8_t* body) const {
    std::memcpy(body, &magic, 4);
    std::memcpy(body + 4, &sender, 4);
    std::memcpy(body + 8, &number, 8);
    std::memcpy(body + 16, &due, 8);
  }
  static std::optional<stamp> read(byte_span body) {
    std::uint32_t found = 0;
    if (body.size() < size) return std::nullopt;
    std::memcpy(&found, body.data(), 4);
    if (found != magic) return std::nullopt;
    stamp out;
    std::memcpy(&out.sender, body.data() + 4, 4);
    std::memcpy(&out.number, body.data() + 8, 8);
    std::memcpy(&out.due, body.data() + 16, 8);
    return out;
  }
};

// Message ids of one device: UUIDv7 (RFC 9562 section 5.7) that always grow (rule S3), however many fall into one
// millisecond and if the clock goes back.
class id_maker {
 public:
  // `salt` tells apart the devices of one run.
  explicit id_maker(std::uint64_t salt) : salt_(salt & 0xffff'ffff) {}

  message_id next(std::uint64_t wall_ms) {
    const std::uint64_t hi = wall_ms << 16 | 0x7000;
    if (hi > last_.hi) {
      last_ = {hi, std::uint64_t{1} << 63 | salt_};
    } else {
      last_.lo += std::uint64_t{1} << 32;
    }
    return last_;
  }

 private:
  std::uint64_t salt_;
  message_id last_;
};

}  // namespace dunlin::bench
