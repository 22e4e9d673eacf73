// Runs the background work on one of two threads at a time. The polite one has the lowest priority, so that sealing and
// merging take what the log writer and the shards leave of the processors; the hurried one has the process's own, and
// takes over while the log is three quarters full: on a busy machine the polite one alone would fall behind until
// nobody can write any more. (They are two because a thread needs a privilege to raise its priority again.)
//
// Thread rule: start and stop from one thread; `work` is used by the two threads, one at a time. Lifetime: what it is
// made of outlives it.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "store/embedded/background.hpp"
#include "store/embedded/thread_signal.hpp"

namespace dunlin::store {

class background_threads {
 public:
  // `signal` ends a rest that may end early.
  background_threads(background& work, thread_signal& signal, store_counters& counters)
      : work_(work), signal_(signal), counters_(counters) {}

  void start();
  void stop();

 private:
  enum class pace { polite, hurried };
  void run(pace mine, const std::stop_token& stop);
  void rest(const background::rest& how);

  background& work_;
  thread_signal& signal_;
  store_counters& counters_;
  // Held by who works; the other waits for the turn to change.
  std::mutex working_;
  std::condition_variable_any turn_changes_;
  pace turn_ = pace::polite;
  std::jthread polite_;
  std::jthread hurried_;
};

}  // namespace dunlin::store
