#include "base/id.hpp"

namespace dunlin {

namespace {
constexpr char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

int value_of(char c) {
  if (c >= 'a' && c <= 'z') return c - 'a';
  if (c >= '2' && c <= '7') return c - '2' + 26;
  return -1;
}
}  // namespace

std::array<char, 26> id_to_text(std::uint64_t hi, std::uint64_t lo) {
  std::array<char, 26> text;
  // 26 groups of 5 bits are 130: the last character holds 3 bits of the id and two zero bits.
  for (int i = 0; i < 26; ++i) {
    const int shift = 123 - 5 * i;  // how far the group's lowest bit is from the id's lowest
    std::uint64_t group = 0;
    if (shift >= 64) {
      group = hi >> (shift - 64);
    } else if (shift >= 0) {
      group = lo >> shift | (shift > 59 ? hi << (64 - shift) : 0);
    } else {
      group = lo << -shift;
    }
    text[static_cast<std::size_t>(i)] = alphabet[group & 31];
  }
  return text;
}

bool id_from_text(std::string_view text, std::uint64_t& hi, std::uint64_t& lo) {
  if (text.size() != 26) return false;
  std::uint64_t h = 0;
  std::uint64_t l = 0;
  for (std::size_t i = 0; i < 25; ++i) {
    const int v = value_of(text[i]);
    if (v < 0) return false;
    h = h << 5 | l >> 59;
    l = l << 5 | static_cast<std::uint64_t>(v);
  }
  const int last = value_of(text[25]);
  if (last < 0 || (last & 3) != 0) return false;
  hi = h << 3 | l >> 61;
  lo = l << 3 | static_cast<std::uint64_t>(last >> 2);
  return true;
}

}  // namespace dunlin
