#include "store/embedded/merge_job.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace dunlin::store {

merge_job::merge_job(disk& files, const store_options& options, sealed_files& history, store_counters& counters,
                     sealed_files::list inputs, std::uint32_t level)
    : files_(files),
      options_(options),
      history_(history),
      counters_(counters),
      inputs_(std::move(inputs)),
      level_(level) {
  DUNLIN_CHECK(!inputs_.empty());
}

merge_job::~merge_job() {
  if (out_ == nullptr || keep_file_) return;
  const std::string path = out_->path();
  out_.reset();
  history_.discard(path);
}

result<job_step> merge_job::step() { return (this->*phase_)(); }

result<job_step> merge_job::open() {
  for (const auto& input : inputs_) {
    records_.emplace_back(input->record_chunks(reads::once));
    rows_.emplace_back(input->row_chunks());
    DUNLIN_TRY(records_.back().seek({}));
    DUNLIN_TRY(rows_.back().seek(key_of(row_key{row_kind::stream, {}})));
  }
  number_ = history_.take_number();
  DUNLIN_TRY_ASSIGN(out_,
                    sealed_writer::create(files_, sealed_file::path_of(number_), options_.background_chunk_bytes));
  phase_ = &merge_job::write_records;
  return job_step::computed;
}

// Chooses the lowest stream that is left and finds how much of it is kept: as its newest row says.
status merge_job::next_stream() {
  bool any = false;
  for (const auto& r : records_) {
    if (r.at_end() || (any && r.at().record().stream >= stream_)) continue;
    stream_ = r.at().record().stream;
    any = true;
  }
  in_stream_ = any;
  source_ = 0;
  kept_from_ = 0;
  if (!any) return ok();
  const row_key key{row_kind::stream, stream_};
  for (auto& r : rows_) {
    while (!r.at_end() && r.at().row().key < key) DUNLIN_TRY(r.next());
    if (!r.at_end() && r.at().row().key == key) kept_from_ = r.at().row().kept_from;
  }
  return ok();
}

result<job_step> merge_job::written() {
  DUNLIN_TRY(out_->write_some());
  return job_step::wrote;
}

result<job_step> merge_job::write_records() {
  while (true) {
    if (!in_stream_) {
      DUNLIN_TRY(next_stream());
      if (!in_stream_) break;
    }
    // From the oldest file to the newest: their seqs follow each other.
    for (; source_ < records_.size(); ++source_) {
      auto& from = records_[source_];
      while (!from.at_end() && from.at().record().stream == stream_) {
        if (from.at().record().seq >= kept_from_) out_->add_record(from.at().record());
        DUNLIN_TRY(from.next());
        if (out_->wants_write()) return written();
      }
    }
    in_stream_ = false;
  }
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    rows_[i] = row_cursor(inputs_[i]->row_chunks(reads::once));
    DUNLIN_TRY(rows_[i].seek({}));
  }
  phase_ = &merge_job::write_rows;
  return job_step::computed;
}

// Writes the row where file `newest` stands, and passes it in all files.
status merge_job::pass_row(std::size_t newest) {
  const row_key key = rows_[newest].at().row().key;
  out_->add_row(rows_[newest].at().row());
  for (auto& r : rows_) {
    if (!r.at_end() && r.at().row().key == key) DUNLIN_TRY(r.next());
  }
  return ok();
}

result<job_step> merge_job::write_rows() {
  while (!out_->wants_write()) {
    std::optional<std::size_t> newest;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i].at_end()) continue;
      if (!newest || rows_[i].at().row().key <= rows_[*newest].at().row().key) newest = i;
    }
    if (!newest) {
      phase_ = &merge_job::publish;
      return job_step::computed;
    }
    DUNLIN_TRY(pass_row(*newest));
  }
  return written();
}

result<job_step> merge_job::publish() {
  manifest next = history_.current();
  const auto first = std::find_if(next.files.begin(), next.files.end(),
                                  [&](const auto& f) { return f.number == inputs_.front()->number(); });
  DUNLIN_CHECK(next.files.end() - first >= static_cast<std::ptrdiff_t>(inputs_.size()));
  const auto behind = next.files.erase(first, first + static_cast<std::ptrdiff_t>(inputs_.size()));
  std::shared_ptr<sealed_file> made;
  if (out_->records() + out_->rows() > 0) {
    DUNLIN_TRY(out_->finish());
    DUNLIN_TRY(files_.sync_directory(sealed_files::directory));
    DUNLIN_TRY_ASSIGN(made, sealed_file::open(files_, number_, out_->size()));
    next.files.insert(behind, {number_, level_, out_->size()});
    keep_file_ = true;
  }
  DUNLIN_TRY(history_.publish(std::move(next), made));
  counters_.merged_bytes.add(out_->size() - out_->row_bytes());
  counters_.row_bytes.add(out_->row_bytes());
  counters_.merges.add();
  return job_step::done;
}

}  // namespace dunlin::store
