// Sealing (L5): turns the oldest full segments into one sorted, immutable file with the state rows of what they
// touched, publishes it, and lets the segments go. Done in small steps, so that who runs it can pace it and do other
// things between.
//
// Thread rule: the background thread. Nothing is changed for anybody else until the last step publishes; whatever fails
// before may be tried again with a new job.
// Bounds: 32 bytes a run of the segments taken, of which there are at most max_runs (segments are taken until there are
// more); a row_window of rows.
#pragma once

#include <deque>

#include "store/embedded/row_exchange.hpp"
#include "store/embedded/sealed_files.hpp"
#include "store/embedded/sealed_writer.hpp"
#include "store/embedded/segments.hpp"

namespace dunlin::store {

// What a step of a job did: `computed` may be followed at once by the next, `wrote` wants the pause of pacing,
// `waiting` has to wait for a shard or the log writer.
enum class job_step { computed, wrote, waiting, done };

class seal_job {
 public:
  static constexpr std::size_t max_runs = 4 << 20;

  struct surroundings {
    disk& files;
    const store_options& options;
    segments& log_files;
    sealed_files& history;
    row_collector& rows;
    std::function<ticket(int shard)> durable;
    store_counters& counters;
  };

  // REQUIRES: `taken` is not empty: the oldest closed segments.
  seal_job(surroundings around, std::vector<segment_ref> taken);
  // Removes the file that was not published.
  ~seal_job();
  seal_job(const seal_job&) = delete;
  seal_job& operator=(const seal_job&) = delete;

  result<job_step> step();

 private:
  // Records of one stream whose entries lie one behind the other: a sender's burst is sorted as one.
  struct record_run {
    stream_id stream;
    std::uint64_t seq = 0;  // of the first that is not written yet, as the others
    std::uint32_t offset = 0;
    std::uint16_t segment = 0;  // of taken_
    std::uint16_t records = 1;
  };
  struct pending_row {
    given_row row;
    bool answered = false;
  };

  result<job_step> scan();
  status scan_frame(byte_span contents, std::uint64_t offset);
  void note_record(const entry_view& entry, std::uint64_t offset);
  result<job_step> sort();
  result<job_step> write_records();
  status write_run(record_run& run, bytes& buffer);
  result<job_step> write_rows();
  result<job_step> finish();
  result<job_step> publish();

  surroundings around_;
  std::vector<segment_ref> taken_;
  result<job_step> (seal_job::*phase_)() = &seal_job::scan;

  std::size_t scanned_ = 0;
  std::vector<record_run> runs_;
  std::uint64_t run_end_ = 0;  // where an entry of the last run would follow
  std::vector<row_key> keys_;
  std::array<position, partition_count> positions_{};

  std::unique_ptr<sealed_writer> out_;
  std::uint64_t number_ = 0;
  std::size_t next_run_ = 0;
  std::size_t next_key_ = 0;
  bool may_ask_ = false;  // answers to an earlier job's questions have all come
  std::deque<pending_row> pending_;
  std::vector<ticket> needs_;  // per shard: durable before the rows may be published
  std::vector<std::vector<published_row>> given_;
  std::shared_ptr<sealed_file> made_;
  bool keep_file_ = false;
};

}  // namespace dunlin::store
