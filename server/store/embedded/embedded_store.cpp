#include "store/embedded/embedded_store.hpp"

#include <bit>
#include <chrono>
#include <utility>

#include <pthread.h>

#include "base/log.hpp"
#include "rt/scheduling.hpp"

namespace dunlin::store {

namespace {

constexpr std::uint32_t reader_idle_ms = 1000;
// It runs for some 50 us at a time, and everybody waits for it.
constexpr rt::scheduling writer_scheduling{.slice = std::chrono::microseconds(100)};

std::uint64_t now_us() {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch())
          .count());
}

}  // namespace

embedded_store::embedded_store(disk& files, const store_options& options, random_source& random, store_calls calls)
    : disk_(files), options_(options), random_(random), calls_(std::move(calls)) {}

result<std::unique_ptr<embedded_store>> embedded_store::open(disk& files, const store_options& options,
                                                             random_source& random, store_calls calls) {
  DUNLIN_CHECK(options.shards > 0 && options.shards <= partition_count);
  std::unique_ptr<embedded_store> out(new embedded_store(files, options, random, std::move(calls)));
  DUNLIN_TRY(out->open_all());
  return out;
}

status embedded_store::open_all() {
  DUNLIN_TRY_ASSIGN(id_, open_data_directory(disk_, random_));
  DUNLIN_TRY_ASSIGN(history_files_, sealed_files::open(disk_, counters_));
  writer_calls calls;
  calls.wake = calls_.wake;
  calls.failed = calls_.failed;
  calls.nudge_background = [this] { background_signal_.nudge(); };
  calls.now_us = now_us;
  DUNLIN_TRY_ASSIGN(
      log_, log_group::open(disk_, options_, history_files_->current().sealed, random_, std::move(calls), counters_));
  const std::size_t window = std::bit_ceil(options_.row_window);
  const std::size_t requests = std::bit_ceil(options_.max_requests);
  for (int i = 0; i < options_.shards; ++i) {
    rows_.push_back(std::make_unique<row_exchange>(window));
    queues_.push_back(std::make_unique<reader_queue>(requests));
    histories_.push_back(std::make_unique<embedded_history>(
        embedded_history::surroundings{options_, log_->shard(i), *history_files_, *queues_.back(), *rows_.back(),
                                       [this] { reader_signal_.nudge(); }, [this] { background_signal_.nudge(); }}));
  }
  collector_ = std::make_unique<row_collector>(rows_, options_.row_window, calls_.wake);
  background_ = std::make_unique<background>(
      seal_job::surroundings{disk_, options_, log_->files(), *history_files_, *collector_,
                             [this](int shard) { return log_->durable(shard); }, counters_},
      [this] { log_->writer().nudge(); });
  background_threads_ = std::make_unique<background_threads>(*background_, background_signal_, counters_);
  reader_ = std::make_unique<reader>(*history_files_, queues_, calls_.wake, counters_);
  return ok();
}

embedded_store::~embedded_store() { stop(); }

void embedded_store::start() {
  log_->recovered();
  writer_thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "log writer");
    if (const auto refused = rt::ask_scheduler(writer_scheduling)) {
      log_warn("the log writer keeps its slice", {{"error", refused.message()}});
    }
    log_->writer().run();
  });
  background_threads_->start();
  reader_thread_ = std::jthread([this](const std::stop_token& stop) {
    pthread_setname_np(pthread_self(), "store reader");
    run_reader(stop);
  });
}

void embedded_store::stop() {
  if (!writer_thread_.joinable()) return;
  log_->writer().request_stop();
  writer_thread_.join();
  background_threads_->stop();
  reader_thread_.request_stop();
  reader_signal_.nudge();
  reader_thread_.join();
}

bool embedded_store::step_background(mono_ms now) {
  if (!stepped_) log_->recovered();
  stepped_ = true;
  return !background_->run_once(now).may_end_early;
}

void embedded_store::run_reader(const std::stop_token& stop) {
  bool has_read = true;  // the start has, all of the log
  while (!stop.stop_requested()) {
    if (reader_->run_once()) {
      has_read = true;
    } else if (!reader_signal_.wait(reader_idle_ms) && std::exchange(has_read, false)) {
      log_->files().let_go_of_maps();
    }
  }
}

}  // namespace dunlin::store
