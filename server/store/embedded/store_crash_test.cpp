// The whole embedded store on a disk with faults: writing, sealing, merging, trimming and reading, with the power going
// at any operation, full disks, failing writes and flipped bits.
#include <gtest/gtest.h>

#include "base/log.hpp"
#include "store/contract/recording_applier.hpp"
#include "store/embedded/embedded_store.hpp"
#include "store/memory/fault_disk.hpp"

namespace dunlin::store {
namespace {

store_options small() {
  store_options o;
  o.shards = 2;
  o.segment_bytes = 24 << 10;
  o.max_unsealed_bytes = 10 * o.segment_bytes;
  o.upkeep_reserve_bytes = 2 << 10;
  o.keep_free_bytes = 0;
  o.max_batch_bytes = 6 << 10;
  o.background_chunk_bytes = 6 << 10;
  o.seal_at_segments = 2;
  o.seal_most_segments = 3;
  o.merge_files = 2;
  o.max_level = 2;
  o.row_window = 4;
  o.retry_ms = 20;
  return o;
}

// What the outside knows: what was sent, up to where it was told to be durable, and what was trimmed.
struct outside {
  struct stream {
    std::map<std::uint64_t, std::string> sent;
    std::uint64_t durable = 0;
    std::uint64_t trimmed = 0;  // records below it may be gone
  };
  std::map<stream_id, stream> streams;
};

constexpr int stream_count = 7;
stream_id stream_number(std::uint64_t n) {
  return recording_applier::stream_of(static_cast<partition_id>(n % 5), n % stream_count);
}

// One life of the server.
class process {
 public:
  explicit process(fault_disk& files, random_source& random, const store_options& o = small()) : options_(o) {
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

void note_durable(process& p, outside& known) {
  for (auto& [id, s] : known.streams) {
    const log& of = p.store->shard_log(p.shard_of(id));
    if (of.taken() == of.durable()) s.durable = std::max(s.durable, p.applier_of(id).at(id).head);
  }
}

// `turns` turns of a server: sends, trims, reads, and all threads take their steps in an order that `random` decides.
void work(process& p, outside& known, seeded_random& random, int turns) {
  for (int turn = 0; turn < turns && p.is_open() && !p.failed; ++turn) {
    const stream_id id = stream_number(random.bits());
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
void expect_kept(process& p, outside& known) {
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

TEST(StoreCrash, L4_L5_AtWhicheverOperationThePowerGoesNothingDurableIsLost) {
  log_start(getenv("LOGS") ? log_level::info : log_level::off, false);
  std::uint64_t operations = 0;
  {
    fault_disk files;
    seeded_random random(11);
    process p(files, random);
    outside known;
    work(p, known, random, 500);
    ASSERT_FALSE(HasFatalFailure());
    operations = files.operations();
    EXPECT_GT(p.store->counters().sealed_segments.value(), 6);
    EXPECT_GT(p.store->counters().merges.value(), 1);
    p.settle();
    note_durable(p, known);
    expect_kept(p, known);
    ASSERT_FALSE(HasFatalFailure());
  }
  for (std::uint64_t cut = 1; cut < operations; ++cut) {
    SCOPED_TRACE("cut at operation " + std::to_string(cut));
    fault_disk files;
    seeded_random random(11);
    outside known;
    files.allow_maps(cut % 2 == 0);
    files.cut_power_after(cut);
    {
      process p(files, random);
      work(p, known, random, 500);
      ASSERT_FALSE(HasFatalFailure());
    }
    seeded_random chance(cut * 31 + 7);
    files.crash(chance);
    if (chance.one_in(2)) {
      // A second cut, while it starts or soon after.
      files.cut_power_after(chance.below(40));
      process again(files, random);
      if (again.is_open()) {
        outside copy = known;
        expect_kept(again, copy);
        ASSERT_FALSE(HasFatalFailure());
        known = copy;
        work(again, known, random, 10);
      }
      files.crash(chance);
    }
    process p(files, random);
    ASSERT_TRUE(p.is_open()) << p.error.message();
    expect_kept(p, known);
    ASSERT_FALSE(HasFatalFailure());
    work(p, known, random, 10);
    p.settle();
    ASSERT_FALSE(p.failed);
    note_durable(p, known);
    expect_kept(p, known);
    ASSERT_FALSE(HasFatalFailure());
  }
}

TEST(StoreCrash, L4_L5_AProcessThatIsKilledAgainAndAgainLosesNothing) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    fault_disk files;
    seeded_random random(seed);
    outside known;
    for (int life = 0; life < 25; ++life) {
      process p(files, random);
      ASSERT_TRUE(p.is_open()) << p.error.message();
      expect_kept(p, known);
      ASSERT_FALSE(HasFatalFailure());
      work(p, known, random, 1 + static_cast<int>(random.below(60)));
      ASSERT_FALSE(HasFatalFailure());
      if (random.one_in(3)) files.crash(random);
    }
  }
}

TEST(StoreCrash, L3_ENOSPCInTheBackgroundPausesItAndItRecoversByItself) {
  log_start(getenv("LOGS") ? log_level::info : log_level::off, false);
  fault_disk files;
  seeded_random random(5);
  process p(files, random);
  outside known;
  work(p, known, random, 60);
  files.set_capacity(files.used() + 1000);
  for (int i = 0; i < 300; ++i) work(p, known, random, 5);
  ASSERT_FALSE(p.failed);
  EXPECT_GT(p.store->counters().background_no_space.value(), 0);
  EXPECT_EQ(p.submit(stream_number(1), "refused"), space::full);
  expect_kept(p, known);  // reads go on
  ASSERT_FALSE(HasFatalFailure());
  files.set_capacity(100 << 20);
  for (int i = 0; i < 50; ++i) p.settle();
  EXPECT_EQ(p.submit(stream_number(1), "taken"), space::granted);
  EXPECT_GT(p.store->counters().sealed_segments.value(), 0);
}

TEST(StoreCrash, L4_AStartOnAFullDiskMakesDoWithASmallSegment) {
  log_start(getenv("LOGS") ? log_level::info : log_level::off, false);
  fault_disk files;
  seeded_random random(11);
  outside known;
  store_options patient = small();
  patient.retry_ms = 1000;  // settle() would not end while sealing is tried again and again
  patient.max_unsealed_bytes = 4 * patient.segment_bytes;
  {
    // Room for the log's segments and none for what is sealed; marks and trims take what clients may not.
    files.set_capacity(4 * patient.segment_bytes + 6000);
    process p(files, random, patient);
    for (int i = 0; i < 300; ++i) work(p, known, random, 5);
    for (int i = 0; i < 10'000 && p.submit(stream_number(1), "<1", space_for::upkeep) == space::granted; ++i) {
      p.flush();
      p.store->step_writer();
    }
    ASSERT_FALSE(p.failed);
    note_durable(p, known);
  }
  // Again and again, each time with less room than a segment takes.
  for (int life = 0; life < 3; ++life) {
    files.crash(random);
    files.set_capacity(files.used() + small().segment_bytes - 1000);
    process p(files, random, patient);
    ASSERT_TRUE(p.is_open()) << p.error.message();
    expect_kept(p, known);
    ASSERT_FALSE(HasFatalFailure());
    for (int i = 0; i < 20; ++i) p.settle();
    ASSERT_FALSE(p.failed);
  }
  files.crash(random);
  process p(files, random);
  ASSERT_TRUE(p.is_open()) << p.error.message();
  files.set_capacity(100 << 20);
  for (int i = 0; i < 50; ++i) p.settle();
  for (int i = 0; i < 100; ++i) work(p, known, random, 5);
  note_durable(p, known);
  expect_kept(p, known);
  EXPECT_GT(p.store->counters().sealed_segments.value(), 0);
}

TEST(StoreCrash, L3_SealingThatBeganForWantOfSpaceAloneIsTriedAgainWhenThereIsRoom) {
  fault_disk files;
  seeded_random random(12);
  store_options patient = small();
  patient.retry_ms = 1000;  // settle() would not end while sealing is tried again and again
  process p(files, random, patient);
  p.settle();
  files.set_capacity(files.used());
  // One segment is full: too few to be sealed, if only another could be prepared.
  while (p.store->counters().segments.value() < 2) {
    ASSERT_EQ(p.submit(stream_number(1), std::string(500, 'x')), space::granted);
    p.flush();
    p.store->step_writer();
  }
  p.settle();
  EXPECT_EQ(p.submit(stream_number(1), "refused"), space::full);
  files.set_capacity(100 << 20);
  for (int i = 0; i < 20; ++i) p.settle();
  EXPECT_EQ(p.submit(stream_number(1), "taken"), space::granted);
}

TEST(StoreCrash, L3_AFailedWriteOrSyncOfTheHistoryIsTriedAgain) {
  log_start(getenv("LOGS") ? log_level::info : log_level::off, false);
  for (std::uint64_t after = 0; after < 12; ++after) {
    for (const bool sync : {false, true}) {
      SCOPED_TRACE(std::to_string(after) + (sync ? "th sync" : "th write"));
      fault_disk files;
      seeded_random random(6);
      process p(files, random);
      outside known;
      if (sync) {
        files.fail_sync("history/", errc::io, after);
      } else {
        files.fail_write("history/", errc::io, after);
      }
      work(p, known, random, 300);
      p.settle();
      note_durable(p, known);
      EXPECT_EQ(p.store->counters().background_errors.value(), 1);
      EXPECT_GT(p.store->counters().sealed_segments.value(), 3);
      expect_kept(p, known);
      ASSERT_FALSE(HasFatalFailure());
      seeded_random chance(after);
      files.crash(chance);
      process again(files, random);
      ASSERT_TRUE(again.is_open()) << again.error.message();
      expect_kept(again, known);
      ASSERT_FALSE(HasFatalFailure());
    }
  }
}

TEST(StoreCrash, AReadOfFlippedBitsSaysSoAndNeverGivesWrongData) {
  log_start(getenv("LOGS") ? log_level::info : log_level::off, false);
  fault_disk files;
  files.allow_maps(false);
  seeded_random random(8);
  process p(files, random);
  outside known;
  work(p, known, random, 300);
  p.settle();
  note_durable(p, known);
  files.flip_bits_in_reads(true);
  std::uint64_t corrupt = 0;
  for (int i = 0; i < 200; ++i) {
    const stream_id id = stream_number(random.bits());
    auto& s = known.streams[id];
    const read_answer got = p.read(id, std::max<std::uint64_t>(1, s.trimmed), s.durable);
    if (got.error) {
      EXPECT_EQ(got.error, make_error_code(errc::corrupt));
      ++corrupt;
      continue;
    }
    for (const auto& r : got.records) ASSERT_EQ(as_text(r.body), s.sent.at(r.seq));
  }
  EXPECT_GT(corrupt, 0);
  EXPECT_EQ(p.store->counters().corrupt.value(), corrupt);
}

TEST(StoreCrash, R3_MergesDropWhatWasTrimmed) {
  fault_disk files;
  seeded_random random(9);
  process p(files, random);
  const stream_id id = stream_number(3);
  const auto send = [&](int n) {
    for (int i = 0; i < n; ++i) {
      while (p.submit(id, std::string(800, 'r')) != space::granted) p.settle();
      p.flush();
      p.store->step_writer();
    }
    p.settle();
  };
  send(120);
  EXPECT_EQ(p.read(id, 1, 120).records.size(), 120);
  ASSERT_EQ(p.submit(id, "<101", space_for::upkeep), space::granted);
  send(300);
  const auto kept = p.read(id, 1, 420).records;
  ASSERT_FALSE(kept.empty());
  EXPECT_GT(kept.front().seq, 20) << "the oldest files were merged";
  EXPECT_LE(kept.front().seq, 101);
  EXPECT_EQ(kept.back().seq, 420);
  EXPECT_EQ(p.read(id, 101, 420).records.size(), 320);
}

TEST(StoreCrash, L6_TheUnsealedLogIsBoundedAndWaitingEndsWhenSealingComesAlong) {
  fault_disk files;
  seeded_random random(10);
  process p(files, random);
  space last = space::granted;
  const auto fill = [&] {
    for (int i = 0; i < 2000; ++i) {
      last = p.submit(stream_number(1), std::string(500, 'x'));
      p.flush();
      p.store->step_writer();
      p.store->step_background(p.now += 5);  // no rows are given: sealing cannot go on
      if (last == space::wait && p.store->counters().unsealed_bytes.value() >= 9 * (24 << 10)) return;
    }
  };
  fill();
  EXPECT_EQ(last, space::wait);
  EXPECT_LE(p.store->counters().unsealed_bytes.value(), static_cast<std::int64_t>(small().max_unsealed_bytes));
  p.wakes = 0;
  p.settle();
  EXPECT_GT(p.wakes, 0);
  EXPECT_EQ(p.submit(stream_number(1), "now"), space::granted);
}

}  // namespace
}  // namespace dunlin::store
