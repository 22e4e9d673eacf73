// Latencies in logarithmic buckets: 64 linear steps per power of two, so a value read back is at most 1.6 % too high.
//
// Thread rule: one thread; histograms of several threads are added up afterwards. Fixed size (21 KiB); values above
// 2^40 ns (18 minutes) count as that.
//
// Coordinated omission: this class only counts. An open loop gives it the time from when a message was *due* to be
// sent, not from when it was, so a server that stalls the sender pays for every message of the stall.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace dunlin::bench {

class histogram {
 public:
  void record(std::uint64_t ns);
  void add(const histogram& other);
  void clear() { *this = {}; }

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::uint64_t max_ns() const { return max_; }
  [[nodiscard]] double mean_ns() const {
    return count_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count_);
  }
  // The smallest bucket bound that at least `share` (0 to 1) of the values do not exceed; 0 when empty.
  [[nodiscard]] std::uint64_t percentile_ns(double share) const;

 private:
  static constexpr unsigned step_bits = 6;
  static constexpr unsigned max_bits = 40;
  static constexpr std::size_t buckets = (max_bits - step_bits + 1) << step_bits;

  static std::size_t bucket_of(std::uint64_t ns);
  static std::uint64_t bound_of(std::size_t bucket);

  std::array<std::uint64_t, buckets> counts_{};
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace dunlin::bench
