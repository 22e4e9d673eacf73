// A user property of MQTT 5.0 (section 2.2.2.2) whose value is a number in decimal digits, as it stands on the wire.
// Written by hand, since where each answer carries one, most of what an answer costs is in it.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace dunlin::mqtt {

struct number_property {
  // Whole words, so that copying one is a few instructions whatever its size; what is behind `size` means nothing.
  std::array<std::uint8_t, 32> bytes;
  std::size_t size = 0;
  std::uint64_t value = 0;

  // REQUIRES: a name of at most 7 characters, always the same.
  template <char... name>
  void set(std::uint64_t number) {
    // The one after it, as it mostly is, nine times of ten differs in its last digit.
    if (number == value + 1 && size != 0 && bytes[size - 1] != '9') {
      ++bytes[size - 1];
      value = number;
      return;
    }
    constexpr std::uint8_t user = 0x26;
    constexpr std::array<std::uint8_t, 5 + sizeof...(name)> head{user, 0, sizeof...(name), name..., 0, 0};
    static_assert(head.size() + 20 <= sizeof bytes);
    std::copy(head.begin(), head.end(), bytes.begin());
    auto* const digits = reinterpret_cast<char*>(bytes.data() + head.size());
    const auto n = std::to_chars(digits, digits + 20, number).ptr - digits;
    bytes[head.size() - 1] = static_cast<std::uint8_t>(n);
    size = head.size() + static_cast<std::size_t>(n);
    value = number;
  }
  // The number after it. REQUIRES: it was set.
  void next() {
    const std::size_t length_at = std::size_t{4} + bytes[2];
    std::size_t at = size - 1;
    while (bytes[at] == '9' && at != length_at) bytes[at--] = '0';
    if (at != length_at) {
      ++bytes[at];
    } else {
      bytes[at + 1] = '1';
      bytes[size++] = '0';
      ++bytes[length_at];
    }
    ++value;
  }
};

}  // namespace dunlin::mqtt
