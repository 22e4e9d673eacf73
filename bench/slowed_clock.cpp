// Preloaded into a server (LD_PRELOAD) that runs under callgrind, where it is slower than by itself: its clocks pass
// slower by as much, so that what it does by time is as rare for its load as it is without.
//
// Waiting is not changed: the server waits for spans of time, never until one.
//
// Environment:
//   DUNLIN_CLOCK_SLOWER  how many times

#include <cstdlib>
#include <ctime>
#include <sys/syscall.h>

#include <unistd.h>

namespace {

constexpr long second = 1'000'000'000;

long now_of(clockid_t clock) {
  timespec now{};
  ::syscall(SYS_clock_gettime, clock, &now);
  return now.tv_sec * second + now.tv_nsec;
}

long slower() {
  const char* const times = std::getenv("DUNLIN_CLOCK_SLOWER");
  return times == nullptr ? 1 : std::atol(times);
}

struct slowed {
  clockid_t id;
  long begin = now_of(id);
  long times = slower();

  [[nodiscard]] long now() const { return begin + (now_of(id) - begin) / times; }
};

}  // namespace

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): glibc's names are reserved ones
extern "C" int clock_gettime(clockid_t id, timespec* out) noexcept {
  static const slowed monotonic{CLOCK_MONOTONIC};
  static const slowed wall{CLOCK_REALTIME};
  const long at = id == CLOCK_MONOTONIC ? monotonic.now() : id == CLOCK_REALTIME ? wall.now() : now_of(id);
  *out = {at / second, at % second};
  return 0;
}
