// MQTT's data types on the wire (5.0 section 1.5): big-endian integers, variable byte integers, length-prefixed texts.
// Internal to this folder.
//
// `reader` never reads past its span: the first field that is short or malformed makes it fail for good, later reads
// give zeros, and `ok()` tells at the end. The free `put…` and `take…` functions check nothing.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/bytes.hpp"
#include "mqtt/topic.hpp"

namespace dunlin::mqtt::wire {

inline std::uint16_t load16(const std::uint8_t* at) { return static_cast<std::uint16_t>(at[0] << 8 | at[1]); }
inline std::uint32_t load32(const std::uint8_t* at) {
  return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 | at[3];
}

// A length and a text that were validated before.
inline std::string_view take_text(const std::uint8_t*& at) {
  const std::size_t n = load16(at);
  const std::string_view text(reinterpret_cast<const char*>(at + 2), n);
  at += 2 + n;
  return text;
}

inline std::size_t variable_size(std::uint32_t value) {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20'0000 ? 3 : 4;
}

inline std::uint8_t* put8(std::uint8_t* at, std::uint8_t value) {
  *at = value;
  return at + 1;
}
inline std::uint8_t* put16(std::uint8_t* at, std::uint16_t value) {
  at[0] = static_cast<std::uint8_t>(value >> 8);
  at[1] = static_cast<std::uint8_t>(value);
  return at + 2;
}
inline std::uint8_t* put32(std::uint8_t* at, std::uint32_t value) {
  return put16(put16(at, static_cast<std::uint16_t>(value >> 16)), static_cast<std::uint16_t>(value));
}
inline std::uint8_t* put_variable(std::uint8_t* at, std::uint32_t value) {
  while (value >= 0x80) {
    *at++ = static_cast<std::uint8_t>(value | 0x80);
    value >>= 7;
  }
  return put8(at, static_cast<std::uint8_t>(value));
}
inline std::uint8_t* put_raw(std::uint8_t* at, byte_span data) {
  if (!data.empty()) std::memcpy(at, data.data(), data.size());
  return at + data.size();
}
// The same for few bytes: words side by side, the last of which overlaps the one before, cost less than a call.
inline std::uint8_t* put_short(std::uint8_t* at, byte_span data) {
  constexpr std::size_t word = 16;
  if (data.size() < word) return put_raw(at, data);
  const std::size_t last = data.size() - word;
  for (std::size_t i = 0; i < last; i += word) std::memcpy(at + i, data.data() + i, word);
  std::memcpy(at + last, data.data() + last, word);
  return at + data.size();
}
inline std::uint8_t* put_text(std::uint8_t* at, std::string_view text) {
  return put_raw(put16(at, static_cast<std::uint16_t>(text.size())), as_bytes(text));
}

class reader {
 public:
  explicit reader(byte_span data) : at_(data.data()), end_(data.data() + data.size()) {}

  std::uint8_t u8() { return has(1) ? *at_++ : std::uint8_t{0}; }
  std::uint16_t u16() {
    if (!has(2)) return 0;
    at_ += 2;
    return load16(at_ - 2);
  }
  std::uint32_t u32() {
    if (!has(4)) return 0;
    at_ += 4;
    return load32(at_ - 4);
  }
  // A variable byte integer of at most four bytes and not longer than needed (MQTT-1.5.5-1).
  std::uint32_t variable() {
    std::uint32_t value = 0;
    for (unsigned shift = 0; shift < 28; shift += 7) {
      const std::uint8_t byte = u8();
      value |= static_cast<std::uint32_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) != 0) continue;
      if (byte == 0 && shift != 0) break;
      return value;
    }
    fail();
    return 0;
  }
  byte_span take(std::size_t n) {
    if (!has(n)) return {};
    at_ += n;
    return {at_ - n, n};
  }
  byte_span binary() { return take(u16()); }
  // A UTF-8 string, validated.
  std::string_view text() {
    const std::string_view value = as_text(binary());
    if (!is_valid_text(value)) fail();
    return value;
  }
  byte_span rest() { return take(remaining()); }

  [[nodiscard]] std::size_t remaining() const { return static_cast<std::size_t>(end_ - at_); }
  [[nodiscard]] bool at_end() const { return at_ == end_; }
  [[nodiscard]] bool ok() const { return !failed_; }
  void fail() {
    failed_ = true;
    at_ = end_;
  }

 private:
  bool has(std::size_t n) {
    if (n <= remaining()) [[likely]]
      return true;
    fail();
    return false;
  }

  const std::uint8_t* at_;
  const std::uint8_t* end_;
  bool failed_ = false;
};

}  // namespace dunlin::mqtt::wire
