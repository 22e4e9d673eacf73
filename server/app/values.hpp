// The values of settings as text: sizes, times, addresses, and how far two words are apart.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dunlin::app {

// "64 KiB", "1GiB", "512": bytes.
std::optional<std::uint64_t> parse_size(std::string_view text);
// "10 s", "500ms", "14 d": milliseconds. A bare number is none, except 0.
std::optional<std::uint64_t> parse_time(std::string_view text);
std::optional<std::uint64_t> parse_count(std::string_view text);

// The shortest exact spelling.
std::string size_text(std::uint64_t bytes);
std::string time_text(std::uint64_t ms);

// How many letters must be changed, added, removed or swapped with their neighbour to turn one into the other.
std::size_t distance(std::string_view a, std::string_view b);

}  // namespace dunlin::app
