// For tests: the whole embedded store on a disk with faults, for as long as one process lives, with what the outside
// knows of it. Its threads are steps that the test takes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "store/contract/recording_applier.hpp"
#include "store/contract/small_store.hpp"
#include "store/embedded/embedded_store.hpp"
#include "store/memory/fault_disk.hpp"

namespace dunlin::store {

// What the outside knows: what was sent, up to where it was told to be durable, and what was trimmed.
struct outside {
  struct stream {
    std::map<std::uint64_t, std::string> sent;
    std::uint64_t durable = 0;
    std::uint64_t trimmed = 0;  // records below it may be gone
  };
  std::map<stream_id, stream> streams;
};

// One life of the server.
class store_life {
 public:
  static store_options small() {
    store_options o = small_store(2);
    o.seal_at_segments = 2;
    o.seal_most_segments = 3;
    o.merge_files = 2;
    o.max_level = 2;
    o.row_window = 4;
    o.retry_ms = 20;
    return o;
  }
  static constexpr int streams = 7;
  static stream_id stream(std::uint64_t n) {
    return recording_applier::stream_of(static_cast<partition_id>(n % 5), n % streams);
  }

  explicit store_life(fault_disk& files, random_source& random, const store_options& o = small()) : options_(o) {
    auto opened = embedded_store::open(files, options_, random,
                                       {[this](int) { ++wakes; }, [this](std::string_view) { failed = true; }});
    if (!opened) {
      error = opened.error();
      return;
    }
    store = std::move(*opened);
    for (int i = 0; i < options_.shards; ++i) {
      appliers_.push_back(std::make_unique<recording_applier>(&store->shard_history(i)));
    }
    for (int i = 0; i < options_.shards; ++i) {
      if (const status done = store->recover(i, applier(i)); !done) {
        error = done.error();
        return;
      }
    }
  }

  [[nodiscard]] bool is_open() const { return store != nullptr && !error; }
  recording_applier& applier(int shard) { return *appliers_[static_cast<std::size_t>(shard)]; }
  recording_applier& applier_of(stream_id id) { return applier(shard_of(id)); }
  [[nodiscard]] int shard_of(stream_id id) const { return partition_of(id) % options_.shards; }

  space submit(stream_id id, std::string_view text, space_for whom = space_for::client) {
    const bytes entry = recording_applier::entry(id, text);
    log& to = store->shard_log(shard_of(id));
    const space had = to.reserve(entry.size() + 40, whom);
    if (had == space::granted) to.submit(partition_of(id), entry, nullptr);
    return had;
  }
  void flush() {
    for (int i = 0; i < options_.shards; ++i) store->shard_log(i).flush();
  }
  void give_rows(std::size_t most = 100) {
    for (int i = 0; i < options_.shards; ++i) {
      applier(i).give_rows(store->shard_history(i), store->shard_log(i), most);
      std::vector<published_row> published;
      store->shard_history(i).poll_published(published);
    }
  }
  // Writes what there is, and lets everything else come to rest.
  void settle() {
    for (int idle = 0; idle < 30 && !failed; ++idle) {
      flush();
      if (store->step_writer()) idle = 0;
      give_rows();
      now += 5;
      if (store->step_background(now)) idle = 0;
      store->step_reader();
    }
  }
  read_answer read(stream_id id, std::uint64_t from, std::uint64_t through) {
    const auto& s = applier_of(id).at(id);
    history& in = store->shard_history(shard_of(id));
    std::vector<read_answer> reads;
    std::vector<load_answer> loads;
    EXPECT_TRUE(in.read({.token = 7,
                         .stream = id,
                         .slot = s.slot,
                         .from = from,
                         .through = through,
                         .max_records = 1000,
                         .max_bytes = 1 << 20}));
    for (int i = 0; i < 100 && reads.empty(); ++i) {
      store->step_reader();
      in.poll(reads, loads);
      if (!reads.empty()) break;
      flush();
      store->step_writer();
    }
    if (reads.empty()) return {.error = make_error_code(errc::closed)};
    return std::move(reads[0]);
  }

  std::unique_ptr<embedded_store> store;
  std::error_code error;
  bool failed = false;
  int wakes = 0;
  mono_ms now = 0;

 private:
  store_options options_;
  std::vector<std::unique_ptr<recording_applier>> appliers_;
};

inline void note_durable(store_life& p, outside& known) {
  for (auto& [id, s] : known.streams) {
    const log& of = p.store->shard_log(p.shard_of(id));
    if (of.taken() == of.durable()) s.durable = std::max(s.durable, p.applier_of(id).at(id).head);
  }
}

// `turns` turns of a server: sends, trims, reads, and all threads take their steps in an order that `random` decides.
inline void work(store_life& p, outside& known, seeded_random& random, int turns) {
  for (int turn = 0; turn < turns && p.is_open() && !p.failed; ++turn) {
    const stream_id id = store_life::stream(random.bits());
    auto& stream = known.streams[id];
    for (std::uint64_t k = random.below(4); k > 0; --k) {
      std::string text(random.below(900), 't');
      text += std::to_string(random.bits());
      if (p.submit(id, text) != space::granted) break;
      const std::uint64_t seq = p.applier_of(id).at(id).head;
      stream.sent[seq] = text;
    }
    if (random.one_in(4)) p.submit(id, ".note");
    if (random.one_in(16) && stream.durable > 4) {
      const std::uint64_t from = stream.durable - 2;
      if (p.submit(id, "<" + std::to_string(from), space_for::upkeep) == space::granted) stream.trimmed = from;
    }
    p.flush();
    if (random.one_in(4)) continue;
    p.store->step_writer();
    note_durable(p, known);
    if (random.one_in(3)) p.give_rows(1 + random.below(4));
    for (std::uint64_t k = random.below(3); k > 0; --k) p.store->step_background(p.now += 5);
    if (random.one_in(8) && stream.durable > 0 && !p.failed) {
      const std::uint64_t from = std::max<std::uint64_t>(1, stream.trimmed);
      if (from > stream.durable) continue;
      const read_answer got = p.read(id, from, stream.durable);
      if (got.error || p.failed) continue;  // the power went
      ASSERT_EQ(got.records.size(), stream.durable + 1 - from) << "from " << from;
      for (const auto& r : got.records) ASSERT_EQ(as_text(r.body), stream.sent.at(r.seq));
    }
  }
}

// Everything that was told to be durable is there, once, in order, with its content.
inline void expect_kept(store_life& p, outside& known) {
  for (auto& [id, s] : known.streams) {
    const std::uint64_t head = p.applier_of(id).at(id).head;
    ASSERT_GE(head, s.durable) << "an acknowledged record is lost";
    const std::uint64_t from = std::max<std::uint64_t>(1, s.trimmed);
    const read_answer got = p.read(id, from, head);
    ASSERT_FALSE(got.error) << got.error.message();
    ASSERT_EQ(got.records.size(), head >= from ? head + 1 - from : 0);
    std::uint64_t seq = from;
    for (const auto& r : got.records) {
      ASSERT_EQ(r.seq, seq);
      const auto sent = s.sent.find(seq);
      ASSERT_NE(sent, s.sent.end());
      ASSERT_EQ(as_text(r.body), sent->second);
      ++seq;
    }
    // What came back although nobody was told is durable now, and what did not never was.
    s.durable = head;
    s.sent.erase(s.sent.upper_bound(head), s.sent.end());
  }
}

}  // namespace dunlin::store
