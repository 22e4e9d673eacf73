// A job queue that runs when told to, on the caller's thread and on a time of its own: for tests and the simulator.
#pragma once

#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "accounts/job_queue.hpp"

namespace dunlin::accounts {

class manual_queue final : public job_queue {
 public:
  bool post(job work, lane how = lane::bounded) override {
    if (full && how == lane::bounded) return false;
    jobs_.push_back(std::move(work));
    return true;
  }
  void post_after(mono_ms delay, job work) override { timers_.emplace(now_ + delay, std::move(work)); }
  void at_turn_end(job work) override { turn_end_.push_back(std::move(work)); }

  // Runs jobs, and what they post, until none is left. Timers that are not due stay.
  void run() {
    while (!jobs_.empty() || !turn_end_.empty()) {
      while (!jobs_.empty()) {
        const auto work = std::move(jobs_.front());
        jobs_.pop_front();
        work();
      }
      for (auto& work : std::exchange(turn_end_, {})) work();
    }
  }
  void advance(mono_ms by) {
    now_ += by;
    while (!timers_.empty() && timers_.begin()->first <= now_) {
      const auto due = timers_.extract(timers_.begin());
      due.mapped()();
      run();
    }
  }
  [[nodiscard]] std::size_t timers() const { return timers_.size(); }

  bool full = false;

 private:
  mono_ms now_ = 0;
  std::deque<job> jobs_;
  std::multimap<mono_ms, job> timers_;
  std::vector<job> turn_end_;
};

}  // namespace dunlin::accounts
