// One shard's log on the embedded store: applies at submit, collects what was kept in the open batch, and hands it to
// the writer (L1).
//
// Thread rule: belongs to its shard.
#pragma once

#include <array>
#include <functional>

#include "store/embedded/handover.hpp"
#include "store/embedded/unsealed_index.hpp"

namespace dunlin::store {

class embedded_log final : public log {
 public:
  embedded_log(int shard, const store_options& options, segments& files, handover& out,
               std::function<void()> nudge_writer);

  // At start, before anything else: redoes the entries of this shard's partitions, in order; `sealed` has the last
  // sealed position of each. errc::corrupt where positions are not dense or an entry is not what was written.
  status recover(const std::vector<segment_ref>& chain, const std::array<position, partition_count>& sealed,
                 applier& to);

  space reserve(std::size_t bytes, space_for whom) override;
  void submit(partition_id partition, byte_span entry, void* context) override;
  void submit_run(partition_id partition, std::span<const byte_span> entries, void* context) override;
  void prefetch(index_slot slot) const override { index_.prefetch_append(slot); }
  [[nodiscard]] ticket taken() const override { return open_.empty() ? handed_ : handed_ + 1; }
  [[nodiscard]] ticket durable() const override { return out_.durable.load(std::memory_order_acquire); }
  using log::flush;
  bool flush(std::size_t enough) override;

  // Learns where the writer put the batches under way, and what was sealed meanwhile.
  void collect();
  unsealed_index& index() { return index_; }
  [[nodiscard]] std::uint64_t recovered_entries() const { return recovered_; }

 private:
  space reserve_otherwise(std::size_t bytes, space_for whom);  // as reserve, overhead included
  bool borrow(std::int64_t amount, space_for whom);
  void settle(std::int64_t used);
  // So much at a time is borrowed for clients, and kept at most from one batch to the next.
  [[nodiscard]] std::int64_t kept_credit() const { return segments::kept_credit(options_); }
  void take_back();
  // The place of the batch handed over so many before the next one. REQUIRES: n <= out_.batches.size().
  [[nodiscard]] std::size_t before_next(std::size_t n) const {
    return (next_batch_ + out_.batches.size() - n) % out_.batches.size();
  }
  status redo_frame(const segment_ref& in, byte_span contents, std::uint64_t offset, applier& to);
  [[nodiscard]] bool is_mine(partition_id p) const { return p % options_.shards == shard_; }

  const int shard_;
  const store_options& options_;
  const std::size_t most_open_;  // bytes in the open batch with which it takes no more
  segments& files_;
  handover& out_;
  std::function<void()> nudge_writer_;

  applier* applier_ = nullptr;
  std::array<position, partition_count> next_{};  // 0: of another shard, or not recovered
  applied scratch_;
  applied_run run_;
  run_appender runs_;
  batch_buffer open_;
  ticket handed_ = 0;           // the last batch handed over
  std::size_t under_way_ = 0;   // of those, the ones that the writer has, as far as is known
  std::size_t next_batch_ = 0;  // of out_.batches, to be handed over next
  std::size_t paid_ = 0;        // bytes of the open batch whose space was settled before it was taken back
  unsealed_index index_;
  std::uint64_t sealed_seen_ = 0;

  // Log space: what was borrowed and not promised to anybody yet, and what the open batch was promised.
  std::int64_t credit_ = 0;
  std::int64_t promised_ = 0;
  std::uint64_t open_records_ = 0;  // in the open batch
  std::uint64_t recovered_ = 0;
};

}  // namespace dunlin::store
