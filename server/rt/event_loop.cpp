#include "rt/event_loop.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <limits>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <utility>

#include <unistd.h>

#include "base/check.hpp"

namespace dunlin::rt {

namespace {

constexpr std::uint64_t wake_key = std::numeric_limits<std::uint64_t>::max();

std::error_code last_error() { return {errno, std::system_category()}; }

}  // namespace

loop_counters::loop_counters(metrics& registry, std::string_view labels)
    : turns(registry.make_counter("dunlin_loop_turns_total", "Turns of the event loop.", labels)),
      epoll_waits(registry.make_counter("dunlin_loop_epoll_waits_total", "Calls of epoll_wait.", labels)),
      recvs(registry.make_counter("dunlin_loop_recvs_total", "Calls of recv.", labels)),
      sends(registry.make_counter("dunlin_loop_sends_total", "Calls of sendto and sendmsg.", labels)),
      wakes(registry.make_counter("dunlin_loop_wakes_total", "Times another thread woke the loop.", labels)),
      post_full(registry.make_counter("dunlin_loop_post_full_total", "Functions refused: too many waited.", labels)) {}

result<std::unique_ptr<event_loop>> event_loop::create(const clock& time, metrics& registry, std::string_view labels,
                                                       std::size_t receive_size) {
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) return last_error();
  const int wake_fd = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (wake_fd < 0) {
    const std::error_code error = last_error();
    ::close(epoll);
    return error;
  }
  std::unique_ptr<event_loop> loop(new event_loop(time, registry, labels, receive_size, epoll, wake_fd));
  // Edge-triggered and never read: every write is an edge, and reading would be one more system call.
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  event.data.u64 = wake_key;
  if (::epoll_ctl(epoll, EPOLL_CTL_ADD, wake_fd, &event) != 0) return last_error();
  return loop;
}

event_loop::event_loop(const clock& time, metrics& registry, std::string_view labels, std::size_t receive_size,
                       int epoll, int wake_fd)
    : clock_(&time),
      counters_(registry, labels),
      epoll_(epoll),
      wake_fd_(wake_fd),
      now_(time.now()),
      next_sweep_(now_.mono + sweep_step_ms),
      receive_size_(receive_size),
      buffer_(new std::uint8_t[headroom + receive_size]) {}

event_loop::~event_loop() {
  ::close(wake_fd_);
  ::close(epoll_);
}

void event_loop::run(loop_owner& owner) {
  while (!stopping_.load(std::memory_order_acquire)) turn(owner);
}

void event_loop::turn(loop_owner& owner) {
  wait(timeout(owner));
  counters_.turns.add();
  nudged_.exchange(false, std::memory_order_acq_rel);  // what comes from here on may be too late for this turn
  handle_ready();
  run_posted();
  sweep();
  owner.turn(now_);
  flush();
}

void event_loop::stop() {
  stopping_.store(true, std::memory_order_release);
  wake();
}

// Sleeper and waker both exchange the same flag. Either the waker's exchange comes second and finds that the loop
// sleeps, or the loop's comes second, and it sees that it was nudged.
void event_loop::wake() {
  nudged_.store(true, std::memory_order_release);
  if (!asleep_.exchange(false, std::memory_order_acq_rel)) return;
  const std::uint64_t one = 1;
  // It cannot fail: the counter would take 2^64 writes to fill up.
  const ssize_t written = ::write(wake_fd_, &one, sizeof one);
  DUNLIN_CHECK(written == sizeof one);
}

bool event_loop::post(std::function<void()> work) {
  {
    const std::scoped_lock lock(posted_lock_);
    if (posted_.size() >= max_posted) {
      counters_.post_full.add();
      return false;
    }
    posted_.push_back(std::move(work));
    has_posted_.store(true, std::memory_order_release);
  }
  wake();
  return true;
}

result<event_loop::place> event_loop::add(int fd, event_handler& handler) {
  place p = 0;
  if (free_.empty()) {
    p = static_cast<place>(slots_.size());
    slots_.emplace_back();
  } else {
    p = free_.back();
    free_.pop_back();
  }
  slots_[p].handler = &handler;
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u64 = key_of(p);
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) {
    const std::error_code error = last_error();
    free_place(p);
    return error;
  }
  return p;
}

void event_loop::remove(place p) { free_place(p); }

void event_loop::detach(place p, int fd) {
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
  free_place(p);
}

// Out of the way of mark_dirty, as it may have to make room.
void event_loop::list_dirty(place p) { dirty_.push_back(p); }

void event_loop::resume(place p) { enqueue(at(p), p); }

void event_loop::free_place(place p) {
  const std::uint32_t generation = at(p).generation;
  slots_[p] = slot{};
  slots_[p].generation = generation + 1;
  free_.push_back(p);
}

// A function of its own in what is compiled, too: who counts what a message costs leaves waiting out (bench/counts).
[[gnu::noinline]] void event_loop::linger(std::uint32_t us) const {
  const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(us);
  while (!nudged_.load(std::memory_order_acquire) && std::chrono::steady_clock::now() < end) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }
}

int event_loop::timeout(loop_owner& owner) {
  if (!line_.empty() || !dirty_.empty()) return 0;
  mono_ms ms = owner.idle_ms(now_.mono);
  // The owner may have done its last work within that call.
  if (!line_.empty() || !dirty_.empty()) return 0;
  if (handlers() > 0) ms = std::min(ms, next_sweep_ - now_.mono);
  if (ms <= 0) return 0;
  if (const std::uint32_t us = owner.linger_us(); us != 0) linger(us);
  asleep_.exchange(true, std::memory_order_acq_rel);
  if (nudged_.load(std::memory_order_acquire) || stopping_.load(std::memory_order_acquire)) {
    asleep_.store(false, std::memory_order_relaxed);
    return 0;
  }
  return static_cast<int>(std::min<mono_ms>(ms, std::numeric_limits<int>::max()));
}

void event_loop::wait(int timeout_ms) {
  std::array<epoll_event, max_ready> events;
  counters_.epoll_waits.add();
  const int n = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout_ms);
  DUNLIN_CHECK(n >= 0 || errno == EINTR);
  // Who found the loop asleep has written; otherwise nobody needs to any more.
  if (timeout_ms > 0 && !asleep_.exchange(false, std::memory_order_acq_rel)) counters_.wakes.add();
  now_ = clock_->now();
  for (int i = 0; i < n; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    const key k = event.data.u64;
    if (k == wake_key) continue;
    const auto p = static_cast<place>(k);
    slot& s = slots_[p];
    if (s.generation != static_cast<std::uint32_t>(k >> 32)) continue;  // of a handler that has left
    s.ready.bits |= static_cast<std::uint16_t>(event.events);
    enqueue(s, p);
  }
}

void event_loop::handle_ready() {
  // Only who was in line when the turn began: who goes to the end of it waits for the next one.
  const std::size_t n = std::min(line_.size(), max_ready);
  for (std::size_t i = 0; i < n; ++i) {
    const place p = line_[i];
    slot& s = slots_[p];
    if (!s.in_line) continue;
    s.in_line = false;
    const std::uint32_t generation = s.generation;
    const event_handler::next next = s.handler->on_ready(std::exchange(s.ready, readiness{}));
    // Handlers may have been added, so the slot may have moved; this one may have left.
    if (next == event_handler::next::again && slots_[p].generation == generation) enqueue(slots_[p], p);
  }
  line_.erase(line_.begin(), line_.begin() + static_cast<std::ptrdiff_t>(n));
}

void event_loop::run_posted() {
  if (!has_posted_.load(std::memory_order_acquire)) return;
  std::vector<std::function<void()>> work;
  {
    const std::scoped_lock lock(posted_lock_);
    work.swap(posted_);
    has_posted_.store(false, std::memory_order_relaxed);
  }
  for (auto& f : work) f();
}

void event_loop::sweep() {
  if (now_.mono < next_sweep_) return;
  next_sweep_ = now_.mono + sweep_step_ms;
  chunks_.trim();
  for (std::size_t p = sweep_at_; p < slots_.size(); p += sweep_steps) {
    if (slots_[p].handler != nullptr) slots_[p].handler->on_sweep(now_.mono);
  }
  sweep_at_ = (sweep_at_ + 1) % sweep_steps;
}

void event_loop::flush() {
  // What becomes dirty while flushing is flushed in the next turn.
  flushing_.swap(dirty_);
  for (const place p : flushing_) {
    slot& s = slots_[p];
    if (!s.dirty) continue;
    s.dirty = false;
    s.handler->on_flush();
  }
  flushing_.clear();
}

}  // namespace dunlin::rt
