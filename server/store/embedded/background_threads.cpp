#include "store/embedded/background_threads.hpp"

#include <chrono>

#include <pthread.h>

#include "base/log.hpp"
#include "rt/scheduling.hpp"

namespace dunlin::store {

namespace {

// Everybody goes first, and at once. With 800 messages under way at a time on two processors the server accepts 670,000
// a second so, 640,000 with a nice value of 10, 600,000 with none; each of them needs the slice as well.
constexpr rt::scheduling polite_scheduling{.nicer_by = 19, .slice = std::chrono::milliseconds(20)};

mono_ms now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

void background_threads::start() {
  polite_ = std::jthread([this](const std::stop_token& stop) {
    pthread_setname_np(pthread_self(), "store");
    if (const auto refused = rt::ask_scheduler(polite_scheduling)) {
      log_warn("the background thread keeps its priority", {{"error", refused.message()}});
    }
    run(pace::polite, stop);
  });
  hurried_ = std::jthread([this](const std::stop_token& stop) {
    pthread_setname_np(pthread_self(), "store, hurried");
    run(pace::hurried, stop);
  });
}

void background_threads::stop() {
  if (!polite_.joinable()) return;
  polite_.request_stop();
  hurried_.request_stop();
  signal_.nudge();
  polite_.join();
  hurried_.join();
}

void background_threads::run(pace mine, const std::stop_token& stop) {
  std::unique_lock working(working_);
  while (turn_changes_.wait(working, stop, [&] { return turn_ == mine; }) && !stop.stop_requested()) {
    rest(work_.run_once(now_ms()));
    turn_ = work_.must_hurry() ? pace::hurried : pace::polite;
    if (turn_ == mine) continue;
    if (turn_ == pace::hurried) counters_.hurries.add();
    turn_changes_.notify_all();
  }
}

void background_threads::rest(const background::rest& how) {
  if (how.may_end_early) {
    signal_.wait(how.ms);
  } else if (how.ms > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(how.ms));
  }
}

}  // namespace dunlin::store
