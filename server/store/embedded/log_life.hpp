// For tests: the log alone on a disk with faults, for as long as one process lives: its segments, a writer, two shards,
// and what each shard was told. Its threads are steps that the test takes.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "store/contract/recording_applier.hpp"
#include "store/contract/small_store.hpp"
#include "store/embedded/log_group.hpp"
#include "store/memory/fault_disk.hpp"

namespace dunlin::store {

class log_life {
 public:
  static store_options small() {
    store_options o = small_store(2);
    o.max_unsealed_bytes = 40 * o.segment_bytes;
    o.background_chunk_bytes = 12 << 10;
    return o;
  }
  static constexpr int streams = 6;
  static stream_id stream(std::uint64_t n) {
    return recording_applier::stream_of(static_cast<partition_id>(n % streams), n % streams);
  }

  log_life(fault_disk& files, random_source& random, store_options o = small())
      : options_(o), appliers_(static_cast<std::size_t>(o.shards)) {
    writer_calls calls;
    calls.wake = [this](int) { ++wakes; };
    calls.failed = [this](std::string_view) { failed = true; };
    calls.nudge_background = [] {};
    calls.now_us = [] { return std::uint64_t{0}; };
    auto opened = log_group::open(files, options_, {}, random, calls, counters);
    if (!opened) {
      error = opened.error();
      return;
    }
    log = std::move(*opened);
    for (int i = 0; i < options_.shards; ++i) {
      const status done = log->recover(i, std::array<position, partition_count>{}, applier_of(i));
      if (!done) error = done.error();
    }
    log->recovered();
  }

  recording_applier& applier_of(int shard) { return appliers_[static_cast<std::size_t>(shard)]; }
  [[nodiscard]] bool is_open() const { return log != nullptr && !error; }

  // Prepares until there is nothing to do; false if the disk refuses.
  bool prepare() {
    while (true) {
      const auto done = log->files().prepare_some(options_.background_chunk_bytes);
      if (!done) return false;
      if (*done == progress::idle) return true;
    }
  }
  bool submit(stream_id id, std::string_view text, space_for whom = space_for::client) {
    embedded_log& to = log->shard(partition_of(id) % options_.shards);
    const bytes entry = recording_applier::entry(id, text);
    if (to.reserve(entry.size() + 10, whom) != space::granted) return false;
    to.submit(partition_of(id), entry, nullptr);
    return true;
  }
  log_writer::outcome round() {
    for (int i = 0; i < options_.shards; ++i) log->shard(i).flush();
    return log->writer().run_once();
  }

  store_counters counters;
  std::unique_ptr<log_group> log;
  std::error_code error;
  bool failed = false;
  int wakes = 0;

 private:
  store_options options_;
  std::vector<recording_applier> appliers_;
};

}  // namespace dunlin::store
