// The one thread that writes the log. A round takes what every shard has handed over, writes it as one frame with one
// pwritev and one fdatasync, then says that it is durable and wakes those shards. What arrives meanwhile is the next
// round; there is no added delay.
//
// After a failed write or sync it does nothing any more and calls `failed` (L3).
//
// Thread rule: run_once belongs to one thread (or the simulator); nudge, request_stop and has_failed to any.
#pragma once

#include <functional>
#include <span>

#include "base/random.hpp"
#include "store/embedded/handover.hpp"
#include "store/embedded/recovery.hpp"

namespace dunlin::store {

struct writer_calls {
  std::function<void(int shard)> wake;
  // What failed; called once. In a server it ends the process.
  std::function<void(std::string_view what)> failed;
  // More prepared segments are wanted.
  std::function<void()> nudge_background;
  // Microseconds on any clock, for the histogram of syncs.
  std::function<std::uint64_t()> now_us;
};

class log_writer {
 public:
  enum class outcome { nothing, wrote, stalled, failed };

  log_writer(segments& files, std::span<handover> shards, random_source& random, writer_calls calls,
             store_counters& counters);

  // Before the first round: where recovery left the log.
  void go_on_at(const log_end& end);

  // A round, if there is anything to write. `stalled`: no segment is prepared, nudge when there is.
  outcome run_once();
  // Runs rounds until stop is requested and nothing is handed over any more.
  void run();
  // There is something to do; cheap while the writer is awake.
  void nudge();
  void request_stop();
  [[nodiscard]] bool has_failed() const { return failed_.load(std::memory_order_relaxed); }

 private:
  void gather(std::uint64_t room);
  bool open_next();
  status write();
  void release();
  void fail(std::string_view what, const std::error_code& why);

  segments& files_;
  std::span<handover> shards_;
  random_source& random_;
  writer_calls calls_;
  store_counters& counters_;

  segment_ref current_;
  bool fresh_ = false;  // current_'s header is not written yet
  std::uint64_t offset_ = 0;
  std::uint64_t next_batch_ = 1;
  log_end start_;

  std::size_t first_shard_ = 0;      // whose batch goes first, in turn
  std::vector<std::size_t> taking_;  // shards of this round
  std::vector<byte_span> pieces_;
  std::vector<std::uint8_t> header_page_;
  std::uint64_t contents_bytes_ = 0;

  std::atomic<bool> failed_{false};
  std::atomic<bool> stop_{false};
  std::atomic<std::uint32_t> signal_{0};
  std::atomic<bool> sleeps_{false};
};

}  // namespace dunlin::store
