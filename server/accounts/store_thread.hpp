// The thread that SQLite runs on.
//
// Jobs run one at a time, in the order of their posting. Posting pushes onto a lock-free list and, if the thread
// sleeps, writes to an eventfd: a shard may do it.
#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <thread>
#include <vector>

#include "accounts/job_queue.hpp"

namespace dunlin::accounts {

class store_thread final : public job_queue {
 public:
  // Enough for all devices of a large server to connect at once; about 100 bytes each.
  static constexpr std::size_t max_waiting = 32'768;

  store_thread();
  // REQUIRES: stop() was called.
  ~store_thread() override;
  store_thread(const store_thread&) = delete;
  store_thread& operator=(const store_thread&) = delete;

  // Runs what is waiting, then ends the thread; jobs posted meanwhile may be dropped. Returns when it has ended.
  void stop();

  bool post(job work, lane how = lane::bounded) override;
  void post_after(mono_ms delay, job work) override;
  void at_turn_end(job work) override;
  [[nodiscard]] std::size_t waiting() const { return waiting_.load(std::memory_order_relaxed); }

 private:
  struct node {
    job work;
    node* next = nullptr;
  };
  void run();
  void turn();
  // Everything that was posted, oldest first.
  node* take();
  void sleep();
  void wake();

  std::atomic<node*> newest_{nullptr};
  std::atomic<std::size_t> waiting_{0};
  std::atomic<bool> asleep_{false};
  std::atomic<bool> stopping_{false};
  int event_ = -1;

  // The thread's own.
  std::multimap<mono_ms, job> timers_;
  std::vector<job> turn_end_;
  std::thread thread_;
};

}  // namespace dunlin::accounts
