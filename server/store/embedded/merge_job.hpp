// Merging: several sealed files of one level, neighbours in age, become one of the next level. The newest row of each
// key is kept; records below their stream's newest kept_from are dropped (trimmed, rule R3).
//
// Thread rule: the background thread. As with sealing, nothing changes for anybody until the last step. Bounds: what is
// read ahead and an index block a file.
#pragma once

#include "store/embedded/seal_job.hpp"

namespace dunlin::store {

// The records or rows of one file, one after the other.
template <class Walk>
class file_cursor {
 public:
  explicit file_cursor(sealed_file::chunk_cursor chunks) : chunks_(std::move(chunks)) {}

  // To the first one of the chunk that would hold `key`.
  result<more> seek(const sort_key& key) {
    DUNLIN_TRY_ASSIGN(const more found, chunks_.seek(key));
    if (found == more::no) return found;
    return next();
  }
  result<more> next() {
    while (!walk_.next()) {
      if (!walk_.ok()) return make_error_code(errc::corrupt);
      DUNLIN_TRY_ASSIGN(const more found, chunks_.next());
      if (found == more::no) {
        at_end_ = true;
        return found;
      }
      walk_ = Walk(chunks_.contents());
    }
    return more::yes;
  }
  [[nodiscard]] bool at_end() const { return at_end_; }
  [[nodiscard]] const Walk& at() const { return walk_; }

 private:
  sealed_file::chunk_cursor chunks_;
  Walk walk_;
  bool at_end_ = false;
};

class merge_job {
 public:
  // `inputs`: oldest first, neighbours in the manifest. REQUIRES: not empty.
  merge_job(disk& files, const store_options& options, sealed_files& history, store_counters& counters,
            sealed_files::list inputs, std::uint32_t level);
  ~merge_job();
  merge_job(const merge_job&) = delete;
  merge_job& operator=(const merge_job&) = delete;

  result<job_step> step();

 private:
  using record_cursor = file_cursor<record_walk>;
  using row_cursor = file_cursor<row_walk>;

  result<job_step> open();
  result<job_step> write_records();
  result<job_step> write_rows();
  result<job_step> publish();
  status next_stream();
  status pass_row(std::size_t newest);
  result<job_step> written();

  disk& files_;
  const store_options& options_;
  sealed_files& history_;
  store_counters& counters_;
  sealed_files::list inputs_;
  std::uint32_t level_;
  result<job_step> (merge_job::*phase_)() = &merge_job::open;

  std::vector<record_cursor> records_;
  std::vector<row_cursor> rows_;  // beside the records, at rows of streams; then over all
  bool in_stream_ = false;
  stream_id stream_;             // being merged
  std::uint64_t kept_from_ = 0;  // of it
  std::size_t source_ = 0;       // the file its records are taken from

  std::unique_ptr<sealed_writer> out_;
  std::uint64_t number_ = 0;
  bool keep_file_ = false;
};

}  // namespace dunlin::store
