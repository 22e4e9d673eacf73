#include "base/random.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include <openssl/rand.h>

#include "base/check.hpp"

namespace dunlin {

void system_random::fill(std::span<std::uint8_t> out) {
  DUNLIN_CHECK(RAND_bytes(out.data(), static_cast<int>(out.size())) == 1);
}

seeded_random::seeded_random(std::uint64_t seed) {
  // SplitMix64 spreads the seed over the state, as the generator's authors advise.
  for (auto& word : s_) {
    seed += 0x9e3779b97f4a7c15U;
    std::uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    word = z ^ (z >> 31);
  }
}

std::uint64_t seeded_random::bits() {
  const std::uint64_t out = std::rotl(s_[1] * 5, 7) * 9;
  const std::uint64_t t = s_[1] << 17;
  s_[2] ^= s_[0];
  s_[3] ^= s_[1];
  s_[1] ^= s_[2];
  s_[0] ^= s_[3];
  s_[2] ^= t;
  s_[3] = std::rotl(s_[3], 45);
  return out;
}

void seeded_random::fill(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const std::uint64_t word = bits();
    const std::size_t n = std::min<std::size_t>(out.size(), sizeof word);
    std::memcpy(out.data(), &word, n);
    out = out.subspan(n);
  }
}

}  // namespace dunlin
