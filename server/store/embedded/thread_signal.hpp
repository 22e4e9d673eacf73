// Lets one thread sleep until another has something for it, or a time has passed. What was signalled before the wait
// ends it at once.
//
// Thread rule: one waits; any thread nudges, without blocking: a nudge of a thread that is awake or already nudged is
// one atomic operation.
#pragma once

#include <atomic>
#include <cstdint>

namespace dunlin::store {

class thread_signal {
 public:
  thread_signal();
  ~thread_signal();
  thread_signal(const thread_signal&) = delete;
  thread_signal& operator=(const thread_signal&) = delete;

  void nudge();
  // False: the time has passed.
  bool wait(std::uint32_t most_ms);

 private:
  int fd_;
  std::atomic<bool> nudged_{false};
};

}  // namespace dunlin::store
