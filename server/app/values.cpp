#include "app/values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <vector>

namespace dunlin::app {

namespace {

struct unit {
  std::string_view name;
  std::uint64_t factor;
};

// From large to small, so that the first that divides gives the shortest spelling.
constexpr std::array sizes = {unit{"GiB", 1ULL << 30}, unit{"MiB", 1ULL << 20}, unit{"KiB", 1ULL << 10}, unit{"B", 1}};
constexpr std::array times = {unit{"d", 86'400'000}, unit{"h", 3'600'000}, unit{"min", 60'000}, unit{"s", 1000},
                              unit{"ms", 1}};

// The number at the start of `text`, which is left with what follows it.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::optional<std::uint64_t> parse_with(std::string_view text, std::span<const unit> units) {
  const auto value = take_number(text);
  if (!value) return std::nullopt;
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  if (text.empty() && *value == 0) return 0;
  const auto found = std::ranges::find(units, text, &unit::name);
  if (found == units.end() || *value > UINT64_MAX / found->factor) return std::nullopt;
  return *value * found->factor;
}

std::string text_with(std::uint64_t value, std::span<const unit> units) {
  const auto found = std::ranges::find_if(units, [&](const unit& u) { return value % u.factor == 0; });
  if (value == 0) return "0 " + std::string(units.back().name);
  return std::to_string(value / found->factor) + " " + std::string(found->name);
}

}  // namespace

std::optional<std::uint64_t> parse_count(std::string_view text) {
  const auto value = take_number(text);
  return text.empty() ? value : std::nullopt;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  const auto bytes = parse_count(text);
  return bytes ? bytes : parse_with(text, sizes);
}

std::optional<std::uint64_t> parse_time(std::string_view text) { return parse_with(text, times); }

std::string size_text(std::uint64_t bytes) { return text_with(bytes, sizes); }
std::string time_text(std::uint64_t ms) { return text_with(ms, times); }

std::size_t distance(std::string_view a, std::string_view b) {
  // Optimal string alignment, three rows at a time.
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace dunlin::app
