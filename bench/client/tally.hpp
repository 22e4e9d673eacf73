// Counts what one receiver got from one sender whose messages are numbered 0, 1, 2 …: lost, doubled and out of order.
//
// Thread rule: one thread. Bounds: remembers the last 1,024 numbers; what comes later than that counts as doubled.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace dunlin::bench {

class tally {
 public:
  static constexpr std::uint64_t memory = 1024;

  void receive(std::uint64_t number);
  // The numbers below `sent` that have not come.
  [[nodiscard]] std::uint64_t lost(std::uint64_t sent) const { return sent > received_ ? sent - received_ : 0; }
  [[nodiscard]] std::uint64_t received() const { return received_; }  // different ones
  [[nodiscard]] std::uint64_t doubled() const { return doubled_; }
  // Those that came after a higher number.
  [[nodiscard]] std::uint64_t reordered() const { return reordered_; }

 private:
  [[nodiscard]] bool seen(std::uint64_t number) const {
    return (bits_[number % memory / 64] >> (number % 64) & 1) != 0;
  }
  void set(std::uint64_t number, bool on) {
    const std::uint64_t bit = std::uint64_t{1} << (number % 64);
    std::uint64_t& word = bits_[number % memory / 64];
    word = on ? word | bit : word & ~bit;
  }

  std::uint64_t next_ = 0;
  std::uint64_t received_ = 0;
  std::uint64_t doubled_ = 0;
  std::uint64_t reordered_ = 0;
  std::array<std::uint64_t, memory / 64> bits_{};
};

}  // namespace dunlin::bench
