// Work that may wait for a disk is a job on another thread, so that no shard ever waits.
//
// `store_thread` is the real queue: one thread, jobs in the order they were posted. Tests and the simulator give a
// queue of their own that runs jobs when told to.
#pragma once

#include <functional>

#include "base/clock.hpp"

namespace dunlin::accounts {

using job = std::function<void()>;
// How an answer gets back to the caller's own thread: given by the caller with each request, called from the store
// thread, must not block.
using executor = std::function<void(job)>;

class job_queue {
 public:
  virtual ~job_queue() = default;

  enum class lane {
    bounded,   // refused when too much is waiting
    reserved,  // never refused: for answers to what the queue's own jobs began, whose number is bounded by them
  };
  // Thread rule: any thread; takes no lock and does not wait. False: full, or stopped; the job will not run.
  virtual bool post(job work, lane how = lane::bounded) = 0;

  // The rest: on the queue's own thread only.
  // Runs `work` after that time, unless the queue stops before.
  virtual void post_after(mono_ms delay, job work) = 0;
  // Runs `work` once all jobs of the present turn have run, so that what they left behind can be done in one go.
  virtual void at_turn_end(job work) = 0;
};

}  // namespace dunlin::accounts
