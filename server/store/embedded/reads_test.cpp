// Reads beside sealing and merging: what is under way keeps what it reads, and large records come back whole.
#include <gtest/gtest.h>

#include "store/contract/recording_applier.hpp"
#include "store/embedded/embedded_store.hpp"
#include "store/memory/fault_disk.hpp"

namespace dunlin::store {
namespace {

constexpr stream_id stream{std::uint64_t{3} << 56 | 7, 1};

class Reads : public testing::Test {
 protected:
  void open(std::size_t segment_bytes) {
    store_options o;
    o.segment_bytes = segment_bytes;
    o.max_unsealed_bytes = 12 * o.segment_bytes;
    o.upkeep_reserve_bytes = o.segment_bytes / 16;
    o.keep_free_bytes = 0;
    o.max_batch_bytes = o.segment_bytes / 4;
    o.background_chunk_bytes = 64 << 10;
    o.seal_at_segments = 1;
    o.seal_most_segments = 1;
    o.merge_files = 2;
    auto opened = embedded_store::open(files_, o, random_, {[](int) {}, [](std::string_view) { FAIL(); }});
    ASSERT_TRUE(opened);
    store_ = std::move(*opened);
    applier_ = std::make_unique<recording_applier>(&rows());
    ASSERT_TRUE(store_->recover(0, *applier_));
    rest();
  }
  log& entries() { return store_->shard_log(0); }
  history& rows() { return store_->shard_history(0); }
  // Lets the background come to rest.
  void rest() {
    for (int idle = 0; idle < 10; ++idle) {
      now_ += 10;
      if (store_->step_background(now_)) idle = 0;
      applier_->give_rows(rows(), entries());
      entries().flush();
    }
  }
  void send(std::string_view text) {
    const bytes entry = recording_applier::entry(stream, text);
    while (entries().reserve(entry.size() + 16, space_for::client) != space::granted) rest();
    entries().submit(3, entry, nullptr);
    entries().flush();
    ASSERT_TRUE(store_->step_writer());
    entries().flush();
  }
  read_request from(std::uint64_t first, std::uint32_t max_bytes = 1 << 20) {
    auto& s = applier_->at(stream);
    rows().holds_unsealed(stream, s.slot);
    return {.stream = stream,
            .slot = s.slot,
            .from = first,
            .through = s.head,
            .max_records = 1000,
            .max_bytes = max_bytes};
  }
  read_answer answer() {
    std::vector<read_answer> reads;
    std::vector<load_answer> loads;
    store_->step_reader();
    rows().poll(reads, loads);
    EXPECT_EQ(reads.size(), 1);
    return reads.empty() ? read_answer{} : std::move(reads[0]);
  }

  fault_disk files_;
  seeded_random random_{1};
  std::unique_ptr<embedded_store> store_;
  std::unique_ptr<recording_applier> applier_;
  mono_ms now_ = 0;
};

TEST_F(Reads, L5_OneUnderWayKeepsItsSegmentsWhileTheyAreSealed) {
  open(64 << 10);
  for (int i = 0; i < 40; ++i) send("early " + std::to_string(i));
  ASSERT_TRUE(rows().read(from(1)));
  // The segment that the read looks at is filled, sealed, and would be used again.
  const std::string filler(3000, 'f');
  for (int i = 0; i < 300; ++i) {
    send(filler);
    rest();
  }
  EXPECT_GT(store_->counters().sealed_segments.value(), 8);
  const read_answer got = answer();
  ASSERT_FALSE(got.error) << got.error.message();
  ASSERT_EQ(got.records.size(), 40);
  for (std::size_t i = 0; i < 40; ++i) EXPECT_EQ(as_text(got.records[i].body), "early " + std::to_string(i));
}

TEST_F(Reads, L5_EachRecordComesOnceWhateverIsSealedOrMergedBetweenAskingAndAnswering) {
  open(64 << 10);
  for (int i = 1; i <= 500; ++i) {
    send(std::to_string(i) + "/" + std::string(random_.below(1500), 'x'));
    if (random_.one_in(5)) {
      const std::uint64_t first = 1 + random_.below(static_cast<std::uint64_t>(i));
      ASSERT_TRUE(rows().read(from(first)));
      for (std::uint64_t k = random_.below(20); k > 0; --k) {
        store_->step_background(now_ += 10);
        applier_->give_rows(rows(), entries(), 1 + random_.below(3));
      }
      const read_answer got = answer();
      ASSERT_FALSE(got.error);
      ASSERT_EQ(got.records.size(), static_cast<std::uint64_t>(i) + 1 - first);
      std::uint64_t seq = first;
      for (const auto& r : got.records) {
        ASSERT_EQ(r.seq, seq);
        ASSERT_TRUE(as_text(r.body).starts_with(std::to_string(seq) + "/"));
        ++seq;
      }
    }
  }
  EXPECT_GT(store_->counters().merges.value(), 2);
}

TEST_F(Reads, RecordsLargerThanAChunkComeBackWholeAlsoFromTheMiddleOfAStream) {
  open(4 << 20);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < 60; ++i) {
    texts.push_back(std::to_string(i) + std::string(i % 3 == 0 ? 256 << 10 : 100 * i, static_cast<char>('a' + i % 26)));
    send(texts.back());
  }
  rest();
  EXPECT_GT(store_->counters().sealed_segments.value(), 0);
  for (std::uint64_t seq = 1; seq <= 60; ++seq) {
    ASSERT_TRUE(rows().read(from(seq, 1)));
    const read_answer got = answer();
    ASSERT_FALSE(got.error);
    ASSERT_EQ(got.records.size(), 1);
    EXPECT_EQ(as_text(got.records[0].body), texts[seq - 1]);
  }
}

TEST_F(Reads, AnEntryLargerThanAnyMayBeIsRefusedNotWaitedFor) {
  open(64 << 10);
  EXPECT_EQ(entries().reserve(20 << 10, space_for::client), space::full);
}

}  // namespace
}  // namespace dunlin::store
