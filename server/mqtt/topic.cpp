#include "mqtt/topic.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace dunlin::mqtt {

namespace {

constexpr std::uint64_t ones = 0x0101010101010101U;
constexpr std::uint64_t highs = 0x8080808080808080U;

// Non-zero if a byte of `word`, of which none has its high bit set, equals the byte repeated in `pattern`.
constexpr std::uint64_t has_byte(std::uint64_t word, std::uint64_t pattern) {
  const std::uint64_t x = word ^ pattern;
  return (x - ones) & ~x & highs;
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
bool is_valid(std::string_view text) {
  const auto* at = reinterpret_cast<const std::uint8_t*>(text.data());
  std::size_t left = text.size();
  while (left != 0) {
    if (left >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, at, sizeof word);
      std::uint64_t odd = (word & highs) | ((word - ones) & ~word & highs);
      if constexpr (!wildcards) odd |= has_byte(word, ones * '+') | has_byte(word, ones * '#');
      if (odd == 0) [[likely]] {
        at += 8;
        left -= 8;
        continue;
      }
    }
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
