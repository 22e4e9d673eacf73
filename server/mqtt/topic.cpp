#include "mqtt/topic.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace dunlin::mqtt {

namespace {

// Sixteen bytes that are looked at together; both compilers turn this into the vector instructions of the machine.
using lane = signed char __attribute__((vector_size(16)));
using halves = std::uint64_t __attribute__((vector_size(16)));

constexpr std::size_t lane_size = sizeof(lane);

lane load_lane(const std::uint8_t* at) {
  lane value;
  std::memcpy(&value, at, lane_size);
  return value;
}

// Not zero in each byte that needs a closer look: U+0000, what is not ASCII (negative), or a wildcard ('+' and '#'
// differ in bit 3 only).
template <bool wildcards>
lane odd_bytes(lane v) {
  static_assert(('#' | 8) == '+');
  const lane odd = v < 1;
  return wildcards ? odd : odd | ((v | 8) == '+');
}

bool is_zero(lane v) {
  const auto h = reinterpret_cast<halves>(v);
  return (h[0] | h[1]) == 0;
}

template <bool wildcards>
[[gnu::noinline]] bool is_short_plain(const std::uint8_t* at, std::size_t size) {
  bool plain = true;
  for (std::size_t i = 0; i < size; ++i) {
    plain &= at[i] != 0 && at[i] < 0x80 && (wildcards || (at[i] | 8) != '+');
  }
  return plain;
}

// Plain ASCII without anything odd? Most texts are, and this is most of what validating them costs.
template <bool wildcards>
bool is_plain(const std::uint8_t* at, std::size_t size) {
  if (size < lane_size) return is_short_plain<wildcards>(at, size);
  lane odd = odd_bytes<wildcards>(load_lane(at + size - lane_size));  // the end, overlapping what comes before
  for (; size > lane_size; at += lane_size, size -= lane_size) odd |= odd_bytes<wildcards>(load_lane(at));
  return is_zero(odd);
}

bool is_continuation(std::uint8_t byte) { return (byte & 0xc0) == 0x80; }

// The length of the well-formed sequence of two to four bytes at `at`, 0 if there is none (Unicode table 3-7).
std::size_t sequence_length(const std::uint8_t* at, std::size_t left) {
  const std::uint8_t lead = at[0];
  if (lead >= 0xc2 && lead <= 0xdf) return left >= 2 && is_continuation(at[1]) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    if (left < 3 || !is_continuation(at[1]) || !is_continuation(at[2])) return 0;
    if (lead == 0xe0 && at[1] < 0xa0) return 0;  // overlong
    if (lead == 0xed && at[1] > 0x9f) return 0;  // surrogate
    return 3;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    if (left < 4 || !is_continuation(at[1]) || !is_continuation(at[2]) || !is_continuation(at[3])) return 0;
    if (lead == 0xf0 && at[1] < 0x90) return 0;  // overlong
    if (lead == 0xf4 && at[1] > 0x8f) return 0;  // above U+10FFFF
    return 4;
  }
  return 0;
}

template <bool wildcards>
[[gnu::noinline]] bool is_valid_slowly(std::string_view text) {
  const auto* at = reinterpret_cast<const std::uint8_t*>(text.data());
  std::size_t left = text.size();
  while (left != 0) {
    std::size_t n = 1;
    if (*at >= 0x80) {
      n = sequence_length(at, left);
      if (n == 0) return false;
    } else if (*at == 0 || (!wildcards && (*at == '+' || *at == '#'))) {
      return false;
    }
    at += n;
    left -= n;
  }
  return true;
}

template <bool wildcards>
bool is_valid(std::string_view text) {
  return is_plain<wildcards>(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()) ||
         is_valid_slowly<wildcards>(text);
}

// `+` alone in its level, `#` alone in the last one (MQTT-4.7.1-1, -2).
bool has_wildcards_in_place(std::string_view filter) {
  for (std::size_t i = 0; i < filter.size(); ++i) {
    if (filter[i] != '+' && filter[i] != '#') continue;
    if (i > 0 && filter[i - 1] != '/') return false;
    if (i + 1 < filter.size() && (filter[i] == '#' || filter[i + 1] != '/')) return false;
  }
  return true;
}

constexpr std::string_view share_prefix = "$share/";

}  // namespace

bool is_valid_text(std::string_view text) { return is_valid<true>(text); }

bool is_valid_topic(std::string_view topic) { return is_valid<false>(topic); }

bool is_valid_filter(std::string_view filter) {
  if (filter.empty() || !is_valid<true>(filter)) return false;
  if (!filter.starts_with(share_prefix)) return has_wildcards_in_place(filter);
  const std::string_view rest = filter.substr(share_prefix.size());
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == rest.size()) return false;
  return !has_wildcard(rest.substr(0, slash)) && has_wildcards_in_place(rest.substr(slash + 1));
}

bool has_wildcard(std::string_view text) { return text.find_first_of("+#") != std::string_view::npos; }

std::size_t levels_of(std::string_view topic) {
  return 1 + static_cast<std::size_t>(std::count(topic.begin(), topic.end(), '/'));
}

std::optional<shared_filter> parse_shared(std::string_view filter) {
  if (!filter.starts_with(share_prefix)) return std::nullopt;
  const std::string_view rest = filter.substr(share_prefix.size());
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  return shared_filter{rest.substr(0, slash), rest.substr(slash + 1)};
}

}  // namespace dunlin::mqtt
