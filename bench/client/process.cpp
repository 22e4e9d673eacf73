#include "bench/client/process.hpp"

#include <charconv>
#include <fstream>
#include <sstream>

#include <unistd.h>

namespace dunlin::bench {

namespace {

std::optional<std::string> read_proc(pid_t pid, const char* name) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/" + name);
  if (!in) return std::nullopt;
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace

std::optional<std::uint64_t> number_after(std::string_view text, std::string_view name) {
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = text.find('\n', at);
    if (end == std::string_view::npos) end = text.size();
    std::string_view line = text.substr(at, end - at);
    at = end + 1;
    if (!line.starts_with(name) || line.substr(name.size()).substr(0, 1) != ":") continue;
    line.remove_prefix(name.size() + 1);
    while (line.starts_with(' ')) line.remove_prefix(1);
    std::uint64_t value = 0;
    if (std::from_chars(line.data(), line.data() + line.size(), value).ec != std::errc()) return std::nullopt;
    return value;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> ticks_in_stat(std::string_view line) {
  const auto name_end = line.rfind(')');
  if (name_end == std::string_view::npos) return std::nullopt;
  std::istringstream in{std::string(line.substr(name_end + 1))};
  std::string skipped;
  for (int field = 3; field < 14; ++field) in >> skipped;
  std::uint64_t user = 0;
  std::uint64_t system = 0;
  if (!(in >> user >> system)) return std::nullopt;
  return user + system;
}

std::optional<std::uint64_t> cpu_ns(pid_t pid) {
  const auto line = read_proc(pid, "stat");
  if (!line) return std::nullopt;
  const auto ticks = ticks_in_stat(*line);
  if (!ticks) return std::nullopt;
  return *ticks * (1'000'000'000U / static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK)));
}

std::optional<process_memory> memory_of(pid_t pid) {
  const auto text = read_proc(pid, "smaps_rollup");
  if (!text) return std::nullopt;
  const auto rss = number_after(*text, "Rss");
  const auto pss = number_after(*text, "Pss");
  if (!rss || !pss) return std::nullopt;
  return process_memory{*rss * 1024, *pss * 1024};
}

std::optional<std::uint64_t> resident(pid_t pid) {
  const auto text = read_proc(pid, "statm");
  if (!text) return std::nullopt;
  std::istringstream in(*text);
  std::uint64_t size = 0;
  std::uint64_t pages = 0;
  if (!(in >> size >> pages)) return std::nullopt;
  return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

std::optional<process_io> io_of(pid_t pid) {
  const auto text = read_proc(pid, "io");
  if (!text) return std::nullopt;
  const auto written = number_after(*text, "wchar");
  const auto to_storage = number_after(*text, "write_bytes");
  if (!written || !to_storage) return std::nullopt;
  return process_io{*written, *to_storage};
}

}  // namespace dunlin::bench
