// What a server process has used so far, read from /proc.
//
// Thread rule: none. Nothing, if there is no such process.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace dunlin::bench {

struct process_memory {
  std::uint64_t rss = 0;  // bytes
  std::uint64_t pss = 0;  // bytes: pages shared with other processes count in part
};

struct process_io {
  std::uint64_t written = 0;     // bytes given to write and its kin
  std::uint64_t to_storage = 0;  // bytes that were to reach storage
};

// User and system time of all its threads, those that have ended included, in nanoseconds (in steps of a clock tick).
std::optional<std::uint64_t> cpu_ns(pid_t pid);
// Walks all of its pages, and holds it up meanwhile: not to be asked for while something is measured.
std::optional<process_memory> memory_of(pid_t pid);
// Resident bytes as the kernel counts them along: cheap.
std::optional<std::uint64_t> resident(pid_t pid);
std::optional<process_io> io_of(pid_t pid);

// The number behind "NAME:" in a file like /proc/PID/io; for tests.
std::optional<std::uint64_t> number_after(std::string_view text, std::string_view name);
// utime + stime in clock ticks from a line of /proc/PID/stat (whose second field may hold anything); for tests.
std::optional<std::uint64_t> ticks_in_stat(std::string_view line);

}  // namespace dunlin::bench
