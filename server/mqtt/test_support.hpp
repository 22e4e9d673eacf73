// For the tests and fuzzers of this folder: bytes as hexadecimal, and an output whose bytes can be taken out.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/output.hpp"

namespace dunlin::mqtt {

inline std::string to_hex(byte_span data) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t b : data) {
    text += digits[b >> 4];
    text += digits[b & 15];
  }
  return text;
}

// Ignores spaces.
inline bytes from_hex(std::string_view text) {
  static constexpr std::string_view digits = "0123456789abcdef";
  bytes data;
  int half = -1;
  for (const char c : text) {
    if (c == ' ') continue;
    const int digit = static_cast<int>(digits.find(c));
    if (half < 0) {
      half = digit;
    } else {
      data.push_back(static_cast<std::uint8_t>(half << 4 | digit));
      half = -1;
    }
  }
  return data;
}

inline bytes drain(output& out) {
  bytes all;
  while (!out.empty()) {
    std::array<iovec, 4> pieces;
    const std::size_t n = out.gather(pieces);
    std::size_t sum = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const auto* data = static_cast<const std::uint8_t*>(pieces[i].iov_base);
      all.insert(all.end(), data, data + pieces[i].iov_len);
      sum += pieces[i].iov_len;
    }
    out.consume(sum);
  }
  return all;
}

struct wire_end {
  chunk_pool chunks;
  output out{chunks};

  bytes take() { return drain(out); }
};

}  // namespace dunlin::mqtt
