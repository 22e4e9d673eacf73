#include "bench/client/loop.hpp"

#include <array>
#include <cerrno>
#include <ctime>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <utility>

#include <unistd.h>

#include "base/check.hpp"
#include "base/clock.hpp"

namespace dunlin::bench {

time_ns monotonic_ns() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<time_ns>(t.tv_sec) * ns_per_s + static_cast<time_ns>(t.tv_nsec);
}

std::uint64_t wall_clock_ms() { return static_cast<std::uint64_t>(system_clock().now().wall); }

loop::loop(std::uint64_t seed) : epoll_(epoll_create1(EPOLL_CLOEXEC)), buffer_(read_size), random_(seed) {
  DUNLIN_CHECK(epoll_ >= 0);
  // Open loops send at given times: the default slack of 50 µs would show in every latency.
  prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
  now_ = monotonic_ns();
}

loop::~loop() {
  connections_.clear();
  ::close(epoll_);
}

connection& loop::add(events& listener) {
  DUNLIN_CHECK(connections_.size() < max_connections);
  connections_.push_back(std::make_unique<connection>(*this, listener, connections_.size()));
  return *connections_.back();
}

void loop::flush_dirty() {
  std::swap(dirty_, flushing_);
  for (connection* c : flushing_) {
    c->dirty_ = false;
    c->flush();
  }
  flushing_.clear();
}

void loop::turn(time_ns until) {
  flush_dirty();
  std::array<epoll_event, 256> ready{};
  const time_ns now = monotonic_ns();
  const time_ns wait = until > now ? until - now : 0;
  const timespec timeout{static_cast<time_t>(wait / ns_per_s), static_cast<long>(wait % ns_per_s)};
  const int n = epoll_pwait2(epoll_, ready.data(), static_cast<int>(ready.size()), &timeout, nullptr);
  DUNLIN_CHECK(n >= 0 || errno == EINTR);
  now_ = monotonic_ns();
  for (int i = 0; i < n; ++i) {
    const epoll_event& event = ready[static_cast<std::size_t>(i)];
    static_cast<connection*>(event.data.ptr)->on_ready(event.events);
  }
  flush_dirty();
}

}  // namespace dunlin::bench
