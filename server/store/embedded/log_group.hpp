// The embedded log as a whole: segment files, the writer, and one log object a shard.
//
// Thread rule: open on one thread; then recover(i) on the thread of shard i, at the same time; then the writer runs.
#pragma once

#include "store/embedded/embedded_log.hpp"
#include "store/embedded/log_writer.hpp"

namespace dunlin::store {

class log_group {
 public:
  // Scans the segments and opens the log's end (L4). `sealed`: what published files contain.
  static result<std::unique_ptr<log_group>> open(disk& files, const store_options& options, const sealed_point& sealed,
                                                 random_source& random, writer_calls calls, store_counters& counters);

  // `sealed`: the last sealed position of each partition.
  status recover(int shard, const std::array<position, partition_count>& sealed, applier& to) {
    return logs_[static_cast<std::size_t>(shard)]->recover(chain_, sealed, to);
  }
  // All shards have recovered: old segments may be recycled once they are sealed.
  void recovered() { chain_.clear(); }

  embedded_log& shard(int i) { return *logs_[static_cast<std::size_t>(i)]; }
  [[nodiscard]] ticket durable(int shard) const {
    return handovers_[static_cast<std::size_t>(shard)].durable.load(std::memory_order_acquire);
  }
  log_writer& writer() { return *writer_; }
  segments& files() { return segments_; }

 private:
  log_group(disk& files, const store_options& options, random_source& random, writer_calls calls,
            store_counters& counters);

  segments segments_;
  std::vector<handover> handovers_;
  std::unique_ptr<log_writer> writer_;
  std::vector<std::unique_ptr<embedded_log>> logs_;
  std::vector<segment_ref> chain_;
};

}  // namespace dunlin::store
