#include "rt/scheduling.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <sys/syscall.h>

#include <sched.h>
#include <unistd.h>

namespace dunlin::rt {

namespace {

constexpr int highest_nice = 19;

// As sched_setattr(2) has it in its first version; <linux/sched/types.h> cannot be included beside <sched.h>.
struct attributes {
  std::uint32_t size;
  std::uint32_t policy;
  std::uint64_t flags;
  std::int32_t nice;
  std::uint32_t priority;
  std::uint64_t runtime_ns;
  std::uint64_t deadline_ns;
  std::uint64_t period_ns;
};
static_assert(sizeof(attributes) == 48);

std::error_code last_error() { return {errno, std::system_category()}; }

}  // namespace

// By number: the C library of Debian 12 has no wrapper.
std::error_code ask_scheduler(const scheduling& wish) {
  attributes all{};
  if (::syscall(SYS_sched_getattr, 0, &all, sizeof all, 0) != 0) return last_error();
  if (all.policy != SCHED_OTHER) return {};
  all.size = sizeof all;
  all.nice = std::min(all.nice + wish.nicer_by, highest_nice);
  all.runtime_ns = static_cast<std::uint64_t>(std::chrono::nanoseconds(wish.slice).count());
  return ::syscall(SYS_sched_setattr, 0, &all, 0) == 0 ? std::error_code() : last_error();
}

}  // namespace dunlin::rt
