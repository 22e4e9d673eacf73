#include "base/crc32c.hpp"

#include <array>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace dunlin {

namespace {

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t c = i;
    for (int k = 0; k < 8; ++k) c = (c & 1) != 0 ? 0x82f63b78U ^ (c >> 1) : c >> 1;
    table[i] = c;
  }
  return table;
}
constexpr auto table = make_table();

std::uint32_t portable(std::uint32_t crc, byte_span data) {
  crc = ~crc;
  for (const std::uint8_t b : data) crc = table[(crc ^ b) & 0xff] ^ (crc >> 8);
  return ~crc;
}

#if defined(__x86_64__)
// The instruction takes three cycles but one can begin in each: long data are summed as three lanes side by side, whose
// sums are then put together by moving each behind the zeros that would stand for the lanes after it.
constexpr std::size_t lane = 512;

constexpr auto make_shift_table() {
  std::array<std::uint32_t, 32> bits{};
  for (std::size_t i = 0; i < bits.size(); ++i) {
    std::uint32_t c = std::uint32_t{1} << i;
    for (std::size_t k = 0; k < lane; ++k) c = table[c & 0xff] ^ (c >> 8);
    bits[i] = c;
  }
  std::array<std::array<std::uint32_t, 256>, 4> out{};
  for (std::size_t byte = 0; byte < out.size(); ++byte) {
    for (std::size_t v = 0; v < 256; ++v) {
      for (std::size_t i = 0; i < 8; ++i) out[byte][v] ^= (v >> i & 1) != 0 ? bits[byte * 8 + i] : 0;
    }
  }
  return out;
}
constexpr auto shift_table = make_shift_table();

// The sum after `lane` more zeros.
std::uint64_t shift(std::uint64_t c) {
  return shift_table[0][c & 0xff] ^ shift_table[1][c >> 8 & 0xff] ^ shift_table[2][c >> 16 & 0xff] ^
         shift_table[3][c >> 24 & 0xff];
}

inline std::uint64_t word_at(const std::uint8_t* p) {
  std::uint64_t word = 0;
  std::memcpy(&word, p, sizeof word);
  return word;
}

__attribute__((target("sse4.2"))) std::uint32_t hardware(std::uint32_t crc, byte_span data) {
  std::uint64_t c = ~crc;
  const std::uint8_t* p = data.data();
  std::size_t n = data.size();
  for (; n >= 3 * lane; n -= 3 * lane, p += 3 * lane) {
    std::uint64_t second = 0;
    std::uint64_t third = 0;
    for (std::size_t i = 0; i < lane; i += 8) {
      c = _mm_crc32_u64(c, word_at(p + i));
      second = _mm_crc32_u64(second, word_at(p + lane + i));
      third = _mm_crc32_u64(third, word_at(p + 2 * lane + i));
    }
    c = shift(shift(c) ^ second) ^ third;
  }
  for (; n >= 32; n -= 32, p += 32) {
    c = _mm_crc32_u64(c, word_at(p));
    c = _mm_crc32_u64(c, word_at(p + 8));
    c = _mm_crc32_u64(c, word_at(p + 16));
    c = _mm_crc32_u64(c, word_at(p + 24));
  }
  for (; n >= 8; n -= 8, p += 8) c = _mm_crc32_u64(c, word_at(p));
  auto c32 = static_cast<std::uint32_t>(c);
  if ((n & 4) != 0) {
    std::uint32_t word = 0;
    std::memcpy(&word, p, sizeof word);
    c32 = _mm_crc32_u32(c32, word);
    p += 4;
  }
  if ((n & 2) != 0) {
    std::uint16_t word = 0;
    std::memcpy(&word, p, sizeof word);
    c32 = _mm_crc32_u16(c32, word);
    p += 2;
  }
  return ~((n & 1) != 0 ? _mm_crc32_u8(c32, *p) : c32);
}

const bool has_sse42 = __builtin_cpu_supports("sse4.2") != 0;
#endif

}  // namespace

std::uint32_t crc32c(std::uint32_t crc, byte_span data) {
#if defined(__x86_64__)
  if (has_sse42) [[likely]]
    return hardware(crc, data);
#endif
  return portable(crc, data);
}

}  // namespace dunlin
