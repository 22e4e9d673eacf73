// The embedded store: log and history of one server in one data directory (rules L1 to L6).
//
//   auto disk = posix_disk::open_directory(path);
//   auto store = embedded_store::open(**disk, options, random, {wake, failed});
//   on each shard's thread i: read the partitions' rows with shard_history(i).load_now, then store->recover(i, applier)
//   store->start();
//   … store->shard_log(i), store->shard_history(i) …
//   each shard flushes; store->stop();
//
// Without start() nothing runs by itself: the simulator and tests call step_writer, step_background and step_reader on
// one thread instead.
//
// Lifetime: disk, random source and appliers outlive it; the shards no longer use it when it stops.
#pragma once

#include <thread>

#include "store/embedded/background_threads.hpp"
#include "store/embedded/directory.hpp"
#include "store/embedded/embedded_history.hpp"
#include "store/embedded/log_group.hpp"

namespace dunlin::store {

struct store_calls {
  // Something happened for this shard: its durable ticket grew, or an answer, a wanted or a published row is there.
  // Called from the store's threads: it must be quick and not block.
  std::function<void(int shard)> wake;
  // The log could not be written (L3). A server ends its process here.
  std::function<void(std::string_view what)> failed;
};

class embedded_store {
 public:
  // Opens or makes the data directory. errc::newer, errc::corrupt (said in the log), errc::io, errc::no_space.
  static result<std::unique_ptr<embedded_store>> open(disk& files, const store_options& options, random_source& random,
                                                      store_calls calls);
  // Stops if it runs.
  ~embedded_store();
  embedded_store(const embedded_store&) = delete;
  embedded_store& operator=(const embedded_store&) = delete;

  // Redoes the unsealed log of the shard's partitions, and submits of that shard go to `to` from then on. On each
  // shard's thread, at the same time if you like.
  status recover(int shard, applier& to) { return log_->recover(shard, history_files_->current().positions, to); }

  void start();
  // Writes what was flushed, and ends the threads within a second or two. Background work goes on at the next start.
  void stop();

  // One piece of work each; false if there was none. `now`: as of clock::now.
  bool step_writer() { return log_->writer().run_once() == log_writer::outcome::wrote; }
  bool step_background(mono_ms now);
  bool step_reader() { return reader_->run_once(); }

  log& shard_log(int shard) { return log_->shard(shard); }
  history& shard_history(int shard) { return *histories_[static_cast<std::size_t>(shard)]; }
  [[nodiscard]] directory_id id() const { return id_; }
  [[nodiscard]] const store_counters& counters() const { return counters_; }
  // Clients are refused because the disk is full.
  [[nodiscard]] bool is_full() const { return log_->files().is_full(); }

 private:
  embedded_store(disk& files, const store_options& options, random_source& random, store_calls calls);
  status open_all();
  void run_reader(const std::stop_token& stop);

  disk& disk_;
  const store_options options_;
  random_source& random_;
  store_calls calls_;
  store_counters counters_;
  directory_id id_;

  thread_signal background_signal_;
  thread_signal reader_signal_;
  std::unique_ptr<sealed_files> history_files_;
  std::unique_ptr<log_group> log_;
  std::vector<std::unique_ptr<row_exchange>> rows_;
  std::unique_ptr<row_collector> collector_;
  std::unique_ptr<background> background_;
  std::unique_ptr<background_threads> background_threads_;
  std::vector<std::unique_ptr<reader_queue>> queues_;
  std::unique_ptr<reader> reader_;
  std::vector<std::unique_ptr<embedded_history>> histories_;

  bool stepped_ = false;
  std::thread writer_thread_;
  std::jthread reader_thread_;
};

}  // namespace dunlin::store
