#include "sim/world.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <vector>

namespace dunlin::sim {

world::world(std::uint64_t seed, report& counts, bool print)
    : random(seed), server_random(seed ^ 0x9e3779b97f4a7c15U), counts_(counts), print_(print) {}

void world::pass(mono_ms by) {
  now_.mono += by;
  now_.wall += by;
}

void world::write(std::string line) {
  line = fmt::format("{:>7} {}", now_.mono - 1'000'000, line);
  for (const char c : line) hash_ = (hash_ ^ static_cast<std::uint8_t>(c)) * 0x100000001b3U;
  if (print_) std::printf("%s\n", line.c_str());
  if (lines_.size() == trace_kept) lines_.pop_front();
  lines_.push_back(std::move(line));
}

std::string world::tail(const std::string& about, std::size_t most) const {
  const auto has_word = [&about](const std::string& line) {
    for (auto at = line.find(about); at != std::string::npos; at = line.find(about, at + 1)) {
      const bool begins = at == 0 || std::isalnum(static_cast<unsigned char>(line[at - 1])) == 0;
      const auto end = at + about.size();
      // A device's connections have its name in front.
      if (begins && (end == line.size() || std::isdigit(static_cast<unsigned char>(line[end])) == 0)) return true;
    }
    return false;
  };
  std::vector<const std::string*> found;
  for (auto it = lines_.rbegin(); it != lines_.rend() && found.size() < most; ++it) {
    if (about.empty() || has_word(*it)) found.push_back(&*it);
  }
  std::string out;
  for (auto it = found.rbegin(); it != found.rend(); ++it) out += "  " + **it + "\n";
  return out;
}

}  // namespace dunlin::sim
