// For tests: the frames of a WebSocket client (RFC 6455 section 5.2), right or wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dunlin::net {

inline constexpr std::uint8_t fin = 0x80;
inline constexpr std::uint8_t binary = 2;
inline constexpr std::uint8_t close_op = 8;
inline constexpr std::uint8_t ping = 9;
inline constexpr std::uint8_t pong = 10;

struct length_form {
  int bytes;  // 0: in the second byte; 2; 8
  std::uint64_t value;
};

inline length_form shortest(std::size_t n) { return {n < 126 ? 0 : n <= 0xffff ? 2 : 8, n}; }

// A client's frame, right or wrong.
inline std::string frame(std::uint8_t first, std::string_view payload, std::optional<length_form> length = {},
                         std::uint32_t mask = 0x12ab34cd) {
  const length_form form = length.value_or(shortest(payload.size()));
  std::string out(1, static_cast<char>(first));
  const unsigned short_form = form.bytes == 0 ? static_cast<unsigned>(form.value) : form.bytes == 2 ? 126U : 127U;
  out += static_cast<char>(0x80U | short_form);
  for (int shift = 8 * (form.bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(form.value >> shift);
  const char key[4] = {static_cast<char>(mask), static_cast<char>(mask >> 8), static_cast<char>(mask >> 16),
                       static_cast<char>(mask >> 24)};
  out.append(key, 4);
  for (std::size_t i = 0; i < payload.size(); ++i) out += static_cast<char>(payload[i] ^ key[i % 4]);
  return out;
}

inline std::string message(std::string_view payload) { return frame(fin | binary, payload); }

inline std::string close_frame(std::uint16_t code, std::string_view reason = "") {
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code)};
  return frame(fin | close_op, payload.append(reason));
}

}  // namespace dunlin::net
