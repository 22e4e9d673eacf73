// Randomness as a value: given to what needs it, so that the simulator can replay a run from a seed.
#pragma once

#include <cstdint>
#include <span>

#include "base/clock.hpp"
#include "base/id.hpp"

namespace dunlin {

class random_source {
 public:
  virtual ~random_source() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;

  std::uint64_t next() {
    std::uint64_t value = 0;
    fill({reinterpret_cast<std::uint8_t*>(&value), sizeof value});
    return value;
  }
  template <class Id>
  Id id() {
    return Id{next(), next()};
  }
  // A UUIDv7 (RFC 9562 section 5.7) of this time.
  message_id message(wall_ms now) {
    return {static_cast<std::uint64_t>(now) << 16 | 0x7000 | (next() & 0x0fff),
            0x8000000000000000U | (next() & 0x3fffffffffffffffU)};
  }
};

// The operating system's generator (through OpenSSL): fit for tokens and keys. Safe on any thread.
class system_random final : public random_source {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

// xoshiro256**: repeatable from its seed, for simulators, load and tests; never for secrets.
class seeded_random final : public random_source {
 public:
  explicit seeded_random(std::uint64_t seed);
  void fill(std::span<std::uint8_t> out) override;

  std::uint64_t bits();
  // A number below n (n > 0); the bias for n far below 2^64 is of no concern to its users.
  std::uint64_t below(std::uint64_t n) { return bits() % n; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }

 private:
  std::uint64_t s_[4];
};

}  // namespace dunlin
