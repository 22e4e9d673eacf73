// The background work of the store, in turn and paced: preparing and recycling segments, sealing, merging (L5, L6).
//
// Thread rule: one thread at a time, or the simulator. It holds at most one sealing and one merge at a time.
// Failures: a full disk pauses what met it, clients are refused meanwhile, and it is tried again (L3); other errors are
// counted, logged and tried again as well.
#pragma once

#include "base/clock.hpp"
#include "store/embedded/merge_job.hpp"
#include "store/embedded/seal_job.hpp"

namespace dunlin::store {

class background {
 public:
  // Looks at the free space of the disk so often.
  static constexpr mono_ms look_every = 1000;

  // `nudge_writer`: a segment is prepared.
  background(seal_job::surroundings around, std::function<void()> nudge_writer);

  // How long to pause before the next call: 0: none; waiting may end earlier by a nudge.
  struct rest {
    bool may_end_early = false;
    std::uint32_t ms = 0;
  };
  rest run_once(mono_ms now);
  // As the last step said: something is being sealed or merged.
  [[nodiscard]] bool is_busy() const { return sealing_ != nullptr || merging_ != nullptr; }
  // The log is full of what is not sealed to three quarters, or cannot go on without a segment: nothing is as important
  // now.
  [[nodiscard]] bool must_hurry() const;

 private:
  void look_at_disk(mono_ms now);
  bool prepare(mono_ms now);
  void start_sealing();
  void start_merging();
  template <class Job>
  job_step run(std::unique_ptr<Job>& job, std::string_view what, mono_ms now);
  void failed(std::string_view what, const std::error_code& why, mono_ms now);
  [[nodiscard]] std::uint32_t pause() const;

  seal_job::surroundings around_;
  std::function<void()> nudge_writer_;
  std::unique_ptr<seal_job> sealing_;
  std::unique_ptr<merge_job> merging_;
  bool merge_next_ = false;  // they take turns
  mono_ms looked_ = 0;
  bool looked_once_ = false;
  bool low_ = false;       // the disk has less free than is to be kept
  bool no_space_ = false;  // background work met ENOSPC and has not succeeded since
  bool cannot_prepare_ = false;
  mono_ms retry_prepare_ = 0;
  mono_ms retry_jobs_ = 0;
};

}  // namespace dunlin::store
