#include "store/embedded/seal_job.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/log.hpp"

namespace dunlin::store {

seal_job::seal_job(surroundings around, std::vector<segment_ref> taken)
    : around_(std::move(around)),
      taken_(std::move(taken)),
      needs_(static_cast<std::size_t>(around_.options.shards)),
      given_(static_cast<std::size_t>(around_.options.shards)) {
  DUNLIN_CHECK(!taken_.empty());
  positions_ = around_.history.current().positions;
}

seal_job::~seal_job() {
  if (out_ == nullptr || keep_file_) return;
  const std::string path = out_->path();
  out_.reset();
  made_.reset();
  around_.history.discard(path);
}

result<job_step> seal_job::step() { return (this->*phase_)(); }

result<job_step> seal_job::scan() {
  DUNLIN_TRY(each_frame(*taken_[scanned_],
                        [this](byte_span contents, std::uint64_t offset) { return scan_frame(contents, offset); }));
  ++scanned_;
  if (refs_.size() > max_records) taken_.resize(scanned_);
  if (scanned_ == taken_.size()) phase_ = &seal_job::sort;
  return job_step::computed;
}

status seal_job::scan_frame(byte_span contents, std::uint64_t offset) {
  entry_view entry;
  for (std::size_t at = 0; at < contents.size(); at += entry.size) {
    if (!read_entry(contents.subspan(at), false, entry)) {
      log_error("an entry of the log cannot be read", {{"file", taken_[scanned_]->path}, {"offset", offset + at}});
      return make_error_code(errc::corrupt);
    }
    position& last = positions_[entry.what.partition];
    DUNLIN_CHECK(entry.what.pos == last + 1);
    last = entry.what.pos;
    if (entry.what.seq != 0) {
      refs_.push_back({entry.what.stream, entry.what.seq, static_cast<std::uint32_t>(scanned_),
                       static_cast<std::uint32_t>(offset + at)});
    }
    each_touched(entry, [this](const row_key& key) {
      // One after the other often touch the same.
      if (keys_.empty() || keys_.back() != key) keys_.push_back(key);
    });
  }
  return ok();
}

result<job_step> seal_job::sort() {
  std::sort(refs_.begin(), refs_.end(), [](const record_ref& a, const record_ref& b) {
    if (a.stream.hi != b.stream.hi) return a.stream.hi < b.stream.hi;
    if (a.stream.lo != b.stream.lo) return a.stream.lo < b.stream.lo;
    return a.seq < b.seq;
  });
  for (std::size_t i = 0; i < refs_.size(); ++i) {
    if (i == 0 || refs_[i].stream != refs_[i - 1].stream) keys_.push_back({row_kind::stream, refs_[i].stream});
  }
  std::sort(keys_.begin(), keys_.end());
  keys_.erase(std::unique(keys_.begin(), keys_.end()), keys_.end());
  number_ = around_.history.take_number();
  DUNLIN_TRY_ASSIGN(out_, sealed_writer::create(around_.files, sealed_file::path_of(number_),
                                                around_.options.background_chunk_bytes));
  phase_ = &seal_job::write_records;
  return job_step::computed;
}

result<job_step> seal_job::write_records() {
  bytes buffer;
  for (; next_ref_ < refs_.size() && !out_->wants_write(); ++next_ref_) {
    const record_ref& ref = refs_[next_ref_];
    if (next_ref_ + segment::prefetch_ahead < refs_.size()) {
      const record_ref& ahead = refs_[next_ref_ + segment::prefetch_ahead];
      taken_[ahead.segment]->prefetch(ahead.offset);
    }
    entry_view entry;
    DUNLIN_TRY(read_entry_at(*taken_[ref.segment], ref.offset, buffer, entry));
    if (entry.what.stream != ref.stream || entry.what.seq != ref.seq) return make_error_code(errc::corrupt);
    out_->add_record({ref.stream, ref.seq, entry.what.ts, entry.record});
  }
  if (!out_->wants_write()) {
    phase_ = &seal_job::write_rows;
    std::vector<record_ref>().swap(refs_);
    return job_step::computed;
  }
  DUNLIN_TRY(out_->write_some());
  return job_step::wrote;
}

result<job_step> seal_job::write_rows() {
  const std::size_t came = around_.rows.collect([this](given_row&& row) {
    if (!may_ask_) return;  // an answer to an earlier job, perhaps older than what is sealed now
    const auto at = std::lower_bound(pending_.begin(), pending_.end(), row.key,
                                     [](const pending_row& p, const row_key& key) { return p.row.key < key; });
    DUNLIN_CHECK(at != pending_.end() && at->row.key == row.key && !at->answered);
    at->row = std::move(row);
    at->answered = true;
  });
  may_ask_ = may_ask_ || around_.rows.under_way() == 0;
  for (; !pending_.empty() && pending_.front().answered && !out_->wants_write(); pending_.pop_front()) {
    const given_row& row = pending_.front().row;
    if (row.skipped) continue;
    const auto shard = static_cast<std::size_t>(around_.rows.shard_of(row.key));
    needs_[shard] = std::max(needs_[shard], row.when);
    given_[shard].push_back({row.key, row.pos});
    out_->add_row({row.key, row.pos, row.kept_from, row.data});
  }
  if (out_->wants_write()) {
    DUNLIN_TRY(out_->write_some());
    return job_step::wrote;
  }
  bool asked = false;
  while (may_ask_ && next_key_ < keys_.size() && pending_.size() < around_.options.row_window &&
         around_.rows.ask(keys_[next_key_])) {
    pending_.push_back({{.key = keys_[next_key_]}, false});
    ++next_key_;
    asked = true;
  }
  around_.rows.wake_asked();
  if (next_key_ == keys_.size() && pending_.empty()) {
    phase_ = &seal_job::finish;
    return job_step::computed;
  }
  return came > 0 || asked ? job_step::computed : job_step::waiting;
}

result<job_step> seal_job::finish() {
  DUNLIN_TRY(out_->finish());
  DUNLIN_TRY(around_.files.sync_directory(sealed_files::directory));
  around_.counters.sealed_bytes.add(out_->size() - out_->row_bytes());
  around_.counters.row_bytes.add(out_->row_bytes());
  DUNLIN_TRY_ASSIGN(made_, sealed_file::open(around_.files, number_, out_->size()));
  phase_ = &seal_job::publish;
  return job_step::wrote;
}

result<job_step> seal_job::publish() {
  for (std::size_t shard = 0; shard < needs_.size(); ++shard) {
    if (around_.durable(static_cast<int>(shard)) < needs_[shard]) return job_step::waiting;
  }
  if (!around_.rows.has_room_to_publish()) return job_step::waiting;
  const segment& last = *taken_.back();
  const std::uint64_t generation = last.header.generation;
  manifest next = around_.history.current();
  next.sealed = {generation, last.last_batch};
  next.positions = positions_;
  next.files.push_back({number_, 0, made_->size()});
  keep_file_ = true;  // from here on a manifest on disk may name it
  DUNLIN_TRY(around_.history.publish(std::move(next), made_));
  around_.counters.sealed_segments.add(taken_.size());
  taken_.clear();
  around_.log_files.sealed_through(generation);
  for (std::size_t shard = 0; shard < given_.size(); ++shard) {
    around_.rows.publish(static_cast<int>(shard), std::move(given_[shard]));
  }
  around_.rows.wake_all();
  return job_step::done;
}

}  // namespace dunlin::store
