#include "bench/client/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace dunlin::bench {

std::size_t histogram::bucket_of(std::uint64_t ns) {
  const std::uint64_t value = std::min(ns, (std::uint64_t{1} << max_bits) - 1);
  const auto bits = static_cast<unsigned>(std::bit_width(value));
  if (bits <= step_bits) return static_cast<std::size_t>(value);
  const unsigned shift = bits - step_bits - 1;
  return (static_cast<std::size_t>(shift) << step_bits) + static_cast<std::size_t>(value >> shift);
}

std::uint64_t histogram::bound_of(std::size_t bucket) {
  if (bucket < (std::size_t{2} << step_bits)) return bucket;
  const auto shift = static_cast<unsigned>((bucket >> step_bits) - 1);
  const std::uint64_t step = bucket - (static_cast<std::size_t>(shift) << step_bits);
  return ((step + 1) << shift) - 1;
}

void histogram::record(std::uint64_t ns) {
  ++counts_[bucket_of(ns)];
  ++count_;
  sum_ += ns;
  max_ = std::max(max_, ns);
}

void histogram::add(const histogram& other) {
  for (std::size_t i = 0; i < buckets; ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  max_ = std::max(max_, other.max_);
}

std::uint64_t histogram::percentile_ns(double share) const {
  if (count_ == 0) return 0;
  const auto wanted =
      std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_))));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets; ++i) {
    seen += counts_[i];
    if (seen >= wanted) return std::min(bound_of(i), max_);
  }
  return max_;
}

}  // namespace dunlin::bench
