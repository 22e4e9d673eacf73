#include "store/embedded/embedded_log.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "base/log.hpp"
#include "store/embedded/recovery.hpp"

namespace dunlin::store {

embedded_log::embedded_log(int shard, const store_options& options, segments& files, handover& out,
                           std::function<void()> nudge_writer)
    : shard_(shard),
      options_(options),
      most_open_(options.max_batch_bytes / 2),
      files_(files),
      out_(out),
      nudge_writer_(std::move(nudge_writer)) {}

status embedded_log::recover(const std::vector<segment_ref>& chain, const std::array<position, partition_count>& sealed,
                             applier& to) {
  applier_ = &to;
  for (std::size_t p = 0; p < next_.size(); ++p) {
    if (is_mine(static_cast<partition_id>(p))) next_[p] = sealed[p] + 1;
  }
  sealed_seen_ = files_.sealed_generation();
  for (const segment_ref& in : chain) {
    DUNLIN_TRY(each_frame(
        *in, [&](byte_span contents, std::uint64_t offset) { return redo_frame(in, contents, offset, to); }));
  }
  out_.durable.store(handed_, std::memory_order_release);
  return ok();
}

status embedded_log::redo_frame(const segment_ref& in, byte_span contents, std::uint64_t offset, applier& to) {
  const auto damaged = [&](std::size_t at) -> status {
    log_error("the log is damaged: an entry cannot be read", {{"file", in->path}, {"offset", offset + at}});
    return make_error_code(errc::corrupt);
  };
  bool any = false;
  for (std::size_t at = 0; at < contents.size();) {
    partition_id partition = 0;
    std::size_t size = 0;
    if (!peek_entry(contents.subspan(at), partition, size)) return damaged(at);
    if (is_mine(partition)) {
      entry_view entry;
      if (!read_entry(contents.subspan(at), false, entry)) return damaged(at);
      if (entry.what.pos != next_[partition]) return damaged(at);
      ++next_[partition];
      ++recovered_;
      if (!any) {
        any = true;
        ++handed_;
        index_.place(in, offset);
      }
      DUNLIN_TRY_ASSIGN(index_slot* const slot, to.redo(entry.what));
      DUNLIN_CHECK(slot != nullptr || entry.what.seq == 0);
      const replayed& what = entry.what;
      if (what.seq != 0 && !unsealed_index::append(index_.open(what.stream, what.seq, *slot), what.seq, handed_, at)) {
        return damaged(at);
      }
    }
    at += size;
  }
  return ok();
}

bool embedded_log::borrow(std::int64_t amount, space_for whom) {
  const std::int64_t floor =
      whom == space_for::client ? static_cast<std::int64_t>(options_.upkeep_reserve_bytes) : std::int64_t{0};
  if (whom == space_for::client && kept_credit() > amount && files_.borrow(kept_credit(), floor)) {
    credit_ += kept_credit();
    return true;
  }
  if (!files_.borrow(amount, floor)) return false;
  credit_ += amount;
  return true;
}

space embedded_log::reserve(std::size_t bytes, space_for whom) {
  if (whom == space_for::client && files_.is_full()) return space::full;
  const std::size_t with_overhead = bytes + entry_overhead;
  const auto need = static_cast<std::int64_t>(with_overhead);
  // Mostly a batch has begun, with room for more, and what was borrowed suffices.
  const bool has_begun = !open_.empty() && promised_ != 0;
  if (has_begun && with_overhead <= most_open_ && open_.size() < most_open_ && need <= credit_) [[likely]] {
    credit_ -= need;
    promised_ += need;
    return space::granted;
  }
  return reserve_otherwise(with_overhead, whom);
}

space embedded_log::reserve_otherwise(std::size_t bytes, space_for whom) {
  if (open_.empty() && under_way_ == out_.batches.size()) take_back();
  if (bytes > most_open_) return space::full;
  if (open_.size() >= most_open_) return space::wait;
  const auto need = static_cast<std::int64_t>(bytes);
  const std::int64_t with_batch = promised_ == 0 ? need + segments::batch_overhead : need;
  if (credit_ < with_batch && !borrow(with_batch, whom)) {
    files_.someone_waits();
    if (!borrow(with_batch, whom)) return space::wait;
  }
  credit_ -= with_batch;
  promised_ += with_batch;
  return space::granted;
}

void embedded_log::submit(partition_id partition, byte_span entry, void* context) {
  DUNLIN_CHECK(next_[partition] != 0);
  applied& did = scratch_;
  did.clear();
  did.when = handed_ + 1;
  applier_->apply(partition, next_[partition], entry, context, did);
  if (!did.keep) return;
  if (did.seq != 0) {
    auto& places = index_.open(did.stream, did.seq, *did.slot);
    DUNLIN_CHECK(unsealed_index::append(places, did.seq, handed_ + 1, open_.size()));
  }
  append_entry(open_, partition, next_[partition], entry, did);
  ++next_[partition];
  if (did.seq != 0) ++open_records_;
}

void embedded_log::submit_run(partition_id partition, std::span<const byte_span> entries, void* context) {
  position& next = next_[partition];
  DUNLIN_CHECK(next != 0 && entries.size() <= applied_run::max_entries);
  run_.slot = nullptr;
  run_.when = handed_ + 1;
  applier_->apply_run(partition, next, entries, context, run_);
  if (run_.slot == nullptr) return;
  unsealed_index::stream_places* places = nullptr;  // of the run's stream
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const applied_run::made& made = run_.list[i];
    if (made.seq == 0) continue;
    if (places == nullptr) places = &index_.open(run_.stream, made.seq, *run_.slot);
    DUNLIN_CHECK(unsealed_index::append(*places, made.seq, handed_ + 1, open_.size()));
    runs_.append(open_, partition, next++, entries[i], made);
    ++open_records_;
  }
}

// What the writer has not begun with, since it is still at the one before, grows on. (Where it is at none it shall
// begin.)
void embedded_log::take_back() {
  handed_batch& last = out_.batches[before_next(1)];
  if (last.contents.size() > options_.max_batch_bytes / 4 || !last.take_for(handed_batch::owner::shard)) return;
  std::swap(open_, last.contents);
  open_records_ = std::exchange(last.records, 0);
  paid_ = open_.size();
  --handed_;
  --under_way_;
  next_batch_ = before_next(1);
}

void embedded_log::collect() {
  while (under_way_ != 0) {
    handed_batch& oldest = out_.batches[before_next(under_way_)];
    if (oldest.is.load(std::memory_order_acquire) != handed_batch::owner::shard) break;
    --under_way_;
    index_.place(oldest.in, oldest.offset);
    oldest.in.reset();
    oldest.contents.clear();
  }
  if (const std::uint64_t sealed = files_.sealed_generation(); sealed != sealed_seen_) {
    sealed_seen_ = sealed;
    index_.sealed_through(sealed);
  }
  index_.sweep();
}

// What was promised and not used is credit again; what was used beyond is owed. Little of it is kept for what comes
// next: a shard that asked for much and then falls silent would keep it from all others.
void embedded_log::settle(std::int64_t used) {
  credit_ += promised_ - used;
  promised_ = 0;
  paid_ = 0;
  const std::int64_t kept = std::clamp(credit_, std::int64_t{0}, kept_credit());
  if (credit_ != kept) files_.give_back(std::exchange(credit_, kept) - kept);
}

bool embedded_log::flush(std::size_t enough) {
  collect();
  if (open_.empty()) {
    if (promised_ != 0) settle(0);  // nothing that was submitted is kept
    return false;
  }
  if (under_way_ == out_.batches.size()) return false;
  if (open_records_ < enough) return true;
  settle(static_cast<std::int64_t>(open_.size() - paid_) + (paid_ == 0 ? segments::batch_overhead : 0));
  handed_batch& batch = out_.batches[next_batch_];
  next_batch_ = (next_batch_ + 1) % out_.batches.size();
  std::swap(open_, batch.contents);
  batch.when = ++handed_;
  batch.records = std::exchange(open_records_, 0);
  ++under_way_;
  batch.is.store(handed_batch::owner::handed, std::memory_order_release);
  nudge_writer_();
  return false;
}

}  // namespace dunlin::store
