#include "accounts/store_thread.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <sys/eventfd.h>
#include <utility>

#include <poll.h>
#include <unistd.h>

#include "base/check.hpp"

namespace dunlin::accounts {

namespace {

mono_ms now() { return system_clock().now().mono; }

}  // namespace

store_thread::store_thread() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  DUNLIN_CHECK(event_ >= 0);
  thread_ = std::thread([this] { run(); });
}

store_thread::~store_thread() {
  DUNLIN_CHECK(!thread_.joinable());
  for (node* at = take(); at != nullptr;) delete std::exchange(at, at->next);
  ::close(event_);
}

void store_thread::stop() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  wake();
  thread_.join();
}

bool store_thread::post(job work, lane how) {
  if (stopping_.load(std::memory_order_relaxed)) return false;
  if (how == lane::bounded && waiting_.load(std::memory_order_relaxed) >= max_waiting) return false;
  waiting_.fetch_add(1, std::memory_order_relaxed);
  auto* added = new node{std::move(work)};
  added->next = newest_.load(std::memory_order_relaxed);
  // Sequentially consistent with sleep(): either the thread sees the job before it sleeps, or we see that it sleeps.
  while (!newest_.compare_exchange_weak(added->next, added)) {
  }
  if (asleep_) wake();
  return true;
}

void store_thread::post_after(mono_ms delay, job work) { timers_.emplace(now() + delay, std::move(work)); }

void store_thread::at_turn_end(job work) { turn_end_.push_back(std::move(work)); }

void store_thread::wake() {
  const std::uint64_t one = 1;
  // Can only fail when the counter is at its limit, and then the thread wakes anyway.
  [[maybe_unused]] const auto written = ::write(event_, &one, sizeof one);
}

store_thread::node* store_thread::take() {
  node* taken = newest_.exchange(nullptr);
  node* oldest = nullptr;
  while (taken != nullptr) {
    node* next = taken->next;
    taken->next = oldest;
    oldest = taken;
    taken = next;
  }
  return oldest;
}

void store_thread::run() {
  while (true) {
    const bool last = stopping_;
    turn();
    if (last) return;
    sleep();
  }
}

void store_thread::turn() {
  for (node* at = take(); at != nullptr;) {
    const std::unique_ptr<node> current(at);
    at = at->next;
    waiting_.fetch_sub(1, std::memory_order_relaxed);
    current->work();
  }
  const auto due = now();
  while (!timers_.empty() && timers_.begin()->first <= due) {
    const auto first = timers_.extract(timers_.begin());
    first.mapped()();
  }
  // Work of the turn's end may ask for another: that one is for the next turn.
  for (auto& work : std::exchange(turn_end_, {})) work();
}

void store_thread::sleep() {
  asleep_ = true;
  const bool busy = newest_.load() != nullptr || stopping_ || !turn_end_.empty();
  if (!busy) {
    int timeout = -1;
    if (!timers_.empty()) {
      timeout = static_cast<int>(std::clamp<mono_ms>(timers_.begin()->first - now(), 0, 60'000));
    }
    pollfd readable{event_, POLLIN, 0};
    ::poll(&readable, 1, timeout);
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(event_, &count, sizeof count);
  }
  asleep_ = false;
}

}  // namespace dunlin::accounts
