#include "base/id.hpp"

namespace dunlin {

namespace {

// Eight characters stand for 40 bits, and are made and read together: a byte each in one word, the first on top. A loop
// over the characters would be a tenth of all that a message costs.
constexpr std::uint64_t each(std::uint64_t byte) { return byte * 0x0101010101010101U; }

constexpr std::uint64_t low40 = (std::uint64_t{1} << 40) - 1;

// 40 bits to eight groups of five, halving.
std::uint64_t spread(std::uint64_t bits) {
  bits = (bits & 0xfffff00000U) << 12 | (bits & 0xfffffU);
  bits = (bits & 0x000ffc00000ffc00U) << 6 | (bits & 0x000003ff000003ffU);
  return (bits & 0x03e003e003e003e0U) << 3 | (bits & 0x001f001f001f001fU);
}

std::uint64_t gather(std::uint64_t groups) {
  groups = (groups & 0x1f001f001f001f00U) >> 3 | (groups & 0x001f001f001f001fU);
  groups = (groups & 0x03ff000003ff0000U) >> 6 | (groups & 0x000003ff000003ffU);
  return (groups & 0x000fffff00000000U) >> 12 | (groups & 0xfffffU);
}

// 0 to 25 are a to z, 26 to 31 are 2 to 7.
std::uint64_t letters_of(std::uint64_t groups) {
  const std::uint64_t digits = (groups + each(128 - 26)) >> 7 & each(1);
  return groups + each('a') - digits * ('a' + 26 - '2');
}

// What is no character of the alphabet becomes some group or other, whose letter is another.
std::uint64_t groups_of(std::uint64_t letters) {
  const std::uint64_t letter = letters >> 6 & each(1);
  return (letters - each('2' - 26) - letter * ('a' + 26 - '2')) & each(31);
}

std::uint64_t load8(std::string_view text, std::size_t at) {
  return detail::load_big_endian(reinterpret_cast<const std::uint8_t*>(&text[at]));
}
void store8(char* at, std::uint64_t value) { detail::store_big_endian(reinterpret_cast<std::uint8_t*>(at), value); }

}  // namespace

std::array<char, 26> id_to_text(std::uint64_t hi, std::uint64_t lo) {
  std::array<char, 26> text;
  store8(text.data(), letters_of(spread(hi >> 24)));
  store8(text.data() + 8, letters_of(spread((hi << 16 | lo >> 48) & low40)));
  store8(text.data() + 16, letters_of(spread(lo >> 8 & low40)));
  // 26 groups of 5 bits are 130: the last character holds 3 bits of the id and two zero bits.
  const std::uint64_t last = letters_of((lo >> 3 & 31) << 8 | (lo & 7) << 2);
  text[24] = static_cast<char>(last >> 8 & 0xff);
  text[25] = static_cast<char>(last & 0xff);
  return text;
}

bool id_from_text(std::string_view text, std::uint64_t& hi, std::uint64_t& lo) {
  if (text.size() != 26) return false;
  const std::uint64_t a = load8(text, 0);
  const std::uint64_t b = load8(text, 8);
  const std::uint64_t c = load8(text, 16);
  const std::uint64_t d = each('a') << 16 | std::uint64_t{static_cast<std::uint8_t>(text[24])} << 8 |
                          std::uint64_t{static_cast<std::uint8_t>(text[25])};
  const std::uint64_t ga = groups_of(a);
  const std::uint64_t gb = groups_of(b);
  const std::uint64_t gc = groups_of(c);
  const std::uint64_t gd = groups_of(d);
  if (letters_of(ga) != a || letters_of(gb) != b || letters_of(gc) != c || letters_of(gd) != d) return false;
  if ((gd & 3) != 0) return false;
  const std::uint64_t middle = gather(gb);
  hi = gather(ga) << 24 | middle >> 16;
  lo = middle << 48 | gather(gc) << 8 | (gd >> 8 & 31) << 3 | (gd & 31) >> 2;
  return true;
}

}  // namespace dunlin
