#include "store/embedded/seal_job.hpp"

#include <algorithm>
#include <limits>

#include "base/check.hpp"
#include "base/log.hpp"

namespace dunlin::store {

seal_job::seal_job(surroundings around, std::vector<segment_ref> taken)
    : around_(std::move(around)),
      taken_(std::move(taken)),
      needs_(static_cast<std::size_t>(around_.options.shards)),
      given_(static_cast<std::size_t>(around_.options.shards)) {
  DUNLIN_CHECK(!taken_.empty() && taken_.size() <= std::numeric_limits<std::uint16_t>::max());
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
  if (runs_.size() > max_runs) taken_.resize(scanned_);
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
    if (entry.what.seq != 0) note_record(entry, offset + at);
    each_touched(entry, [this](const row_key& key) {
      // One after the other often touch the same.
      if (keys_.empty() || keys_.back() != key) keys_.push_back(key);
    });
  }
  return ok();
}

void seal_job::note_record(const entry_view& entry, std::uint64_t offset) {
  const replayed& what = entry.what;
  const bool follows = !runs_.empty() && offset == run_end_ && runs_.back().segment == scanned_ &&
                       what.stream == runs_.back().stream && what.seq == runs_.back().seq + runs_.back().records &&
                       runs_.back().records < std::numeric_limits<std::uint16_t>::max();
  if (follows) {
    ++runs_.back().records;
  } else {
    runs_.push_back(
        {what.stream, what.seq, static_cast<std::uint32_t>(offset), static_cast<std::uint16_t>(scanned_), 1});
  }
  run_end_ = offset + entry.size;
}

result<job_step> seal_job::sort() {
  std::sort(runs_.begin(), runs_.end(), [](const record_run& a, const record_run& b) {
    if (a.stream.hi != b.stream.hi) return a.stream.hi < b.stream.hi;
    if (a.stream.lo != b.stream.lo) return a.stream.lo < b.stream.lo;
    return a.seq < b.seq;
  });
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    if (i == 0 || runs_[i].stream != runs_[i - 1].stream) keys_.push_back({row_kind::stream, runs_[i].stream});
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
  for (; next_run_ < runs_.size() && !out_->wants_write(); ++next_run_) {
    if (next_run_ + segment::prefetch_ahead < runs_.size()) {
      const record_run& ahead = runs_[next_run_ + segment::prefetch_ahead];
      taken_[ahead.segment]->prefetch(ahead.offset);
    }
    DUNLIN_TRY(write_run(runs_[next_run_], buffer));
    if (runs_[next_run_].records > 0) break;
  }
  if (!out_->wants_write()) {
    phase_ = &seal_job::write_rows;
    std::vector<record_run>().swap(runs_);
    return job_step::computed;
  }
  DUNLIN_TRY(out_->write_some());
  return job_step::wrote;
}

// As much of it as the writer takes before it wants to write.
status seal_job::write_run(record_run& run, bytes& buffer) {
  for (; run.records > 0 && !out_->wants_write(); --run.records, ++run.seq) {
    entry_view entry;
    DUNLIN_TRY(read_entry_at(*taken_[run.segment], run.offset, buffer, entry));
    if (entry.what.stream != run.stream || entry.what.seq != run.seq) return make_error_code(errc::corrupt);
    out_->add_record({run.stream, run.seq, entry.what.ts, entry.record});
    run.offset += static_cast<std::uint32_t>(entry.size);
  }
  return ok();
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
