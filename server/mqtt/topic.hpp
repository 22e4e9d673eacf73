// Texts, topic names and topic filters: what is well formed (5.0 sections 1.5.4 and 4.7; 3.1.1 says the same).
//
// Thread rule: none; free functions. All are iterative and linear in the length of what they are given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace dunlin::mqtt {

// UTF-8 without overlong forms, surrogates, values above U+10FFFF or U+0000.
bool is_valid_text(std::string_view text);
// Valid text without wildcards. May be empty: whether it may is the packet's matter.
bool is_valid_topic(std::string_view topic);
// Valid text, not empty, wildcards only where they may stand; `$share/` followed by a group without `/`, `+`, `#` and a
// filter that is not empty.
bool is_valid_filter(std::string_view filter);
bool has_wildcard(std::string_view text);
// Whether two topics are one and have at least eight bytes. They are short, and mostly of a length: words side by side,
// the last of which overlaps the one before, cost less than a call.
inline bool is_same_topic(std::string_view a, std::string_view b) {
  if (a.size() != b.size() || a.size() < sizeof(std::uint64_t)) return false;
  const auto differ = [a, b](std::size_t at) {
    std::uint64_t x = 0;
    std::uint64_t y = 0;
    std::memcpy(&x, a.data() + at, sizeof x);
    std::memcpy(&y, b.data() + at, sizeof y);
    return x ^ y;
  };
  std::uint64_t any = differ(a.size() - sizeof any);
  for (std::size_t at = 0; at + sizeof any < a.size(); at += sizeof any) any |= differ(at);
  return any == 0;
}
// Levels of a topic name or filter: one more than its slashes.
std::size_t levels_of(std::string_view topic);

struct shared_filter {
  std::string_view group;
  std::string_view filter;
};
// The parts of `$share/{group}/{filter}` (5.0 section 4.8.2); nothing for a filter that is not shared. REQUIRES: valid.
std::optional<shared_filter> parse_shared(std::string_view filter);

}  // namespace dunlin::mqtt
