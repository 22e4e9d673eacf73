#include "store/embedded/thread_signal.hpp"

#include <sys/eventfd.h>

#include <poll.h>
#include <unistd.h>

#include "base/check.hpp"

namespace dunlin::store {

thread_signal::thread_signal() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) { DUNLIN_CHECK(fd_ >= 0); }
thread_signal::~thread_signal() { ::close(fd_); }

void thread_signal::nudge() {
  if (nudged_.exchange(true, std::memory_order_acq_rel)) return;
  const std::uint64_t one = 1;
  // Cannot fill up: it is written once between two waits.
  DUNLIN_CHECK(::write(fd_, &one, sizeof one) == sizeof one);
}

bool thread_signal::wait(std::uint32_t most_ms) {
  pollfd p{fd_, POLLIN, 0};
  if (::poll(&p, 1, static_cast<int>(most_ms)) <= 0) return false;
  std::uint64_t count = 0;
  if (::read(fd_, &count, sizeof count) == sizeof count) nudged_.exchange(false, std::memory_order_acq_rel);
  return true;
}

}  // namespace dunlin::store
