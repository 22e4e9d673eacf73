#include "store/memory/memory_store.hpp"

#include <gtest/gtest.h>

namespace dunlin::store {
namespace {

// Keeps every entry as a record of the stream whose first byte is the partition.
class recording final : public applier {
 public:
  void apply(partition_id partition, position /*pos*/, byte_span entry, void* /*context*/, applied& out) override {
    out.keep = !entry.empty();
    if (!out.keep) return;
    out.stream = stream_of(partition);
    out.seq = ++heads_[partition];
    out.record = entry;
    out.slot = &slots_[partition];
  }
  result<index_slot*> redo(const replayed& entry) override {
    redone.push_back(entry.pos);
    heads_[entry.partition] = entry.seq;
    return &slots_[entry.partition];
  }
  static stream_id stream_of(partition_id p) { return {std::uint64_t{p} << 56 | 1, 2}; }
  index_slot& slot(partition_id p) { return slots_[p]; }

  std::vector<position> redone;

 private:
  std::array<std::uint64_t, partition_count> heads_{};
  std::array<index_slot, partition_count> slots_{};
};

void submit(memory_store& store, partition_id p, std::string_view text) {
  log& to = store.shard_log(0);
  ASSERT_EQ(to.reserve(text.size(), space_for::client), space::granted);
  to.submit(p, as_bytes(text), nullptr);
}

TEST(MemoryStore, L1_AnEntryThatIsNotKeptTakesNoPositionAndNoTicket) {
  memory_store store(1);
  recording state;
  store.recover(0, state);
  submit(store, 7, "");
  EXPECT_EQ(store.shard_log(0).taken(), 0);
  submit(store, 7, "a");
  EXPECT_EQ(store.shard_log(0).taken(), 1);
  EXPECT_EQ(store.kept(), 1);
}

TEST(MemoryStore, L2_DurableGrowsWhenTheTestSaysSo) {
  memory_store store(1);
  recording state;
  store.recover(0, state);
  store.hold_durable(true);
  submit(store, 7, "a");
  submit(store, 7, "b");
  store.sync();
  EXPECT_EQ(store.shard_log(0).durable(), 0) << "nothing was flushed";
  store.shard_log(0).flush();
  store.sync(0, 1);
  EXPECT_EQ(store.shard_log(0).durable(), 1);
  store.sync();
  EXPECT_EQ(store.shard_log(0).durable(), 2);
}

TEST(MemoryStore, L2_ACrashLosesWhatWasNotDurableAndRedoesTheRest) {
  memory_store store(1);
  recording before;
  store.recover(0, before);
  submit(store, 7, "a");
  store.shard_log(0).flush();
  store.hold_durable(true);
  submit(store, 7, "b");
  store.shard_log(0).flush();
  store.crash(2);
  recording after;
  store.recover(1, after);
  EXPECT_EQ(after.redone, std::vector<position>{1});
}

TEST(MemoryStore, L5_SealingWaitsForEachRowAndForItsTicket) {
  memory_store store(1);
  recording state;
  store.recover(0, state);
  submit(store, 7, "a");
  store.shard_log(0).flush();
  ASSERT_TRUE(store.seal());
  std::vector<row_key> wanted;
  store.shard_history(0).poll_wanted(wanted, 10);
  ASSERT_EQ(wanted.size(), 1);

  store.hold_durable(true);
  submit(store, 7, "b");
  store.shard_history(0).give_row(wanted[0], 2, store.shard_log(0).taken(), 0, as_bytes("row"));
  EXPECT_TRUE(store.is_sealing()) << "the row saw what is not durable";
  store.shard_log(0).flush();
  store.sync();
  EXPECT_FALSE(store.is_sealing());
  std::vector<published_row> published;
  store.shard_history(0).poll_published(published);
  ASSERT_EQ(published.size(), 1);
  EXPECT_EQ(published[0].pos, 2);
  EXPECT_TRUE(store.shard_history(0).holds_unsealed(recording::stream_of(7), state.slot(7)));
  EXPECT_TRUE(store.shard_history(0).load_now(wanted[0]).found);
}

TEST(MemoryStore, AHeldReadIsAnsweredWhenTheTestSaysSoAndMayFail) {
  memory_store store(1);
  recording state;
  store.recover(0, state);
  for (const char* text : {"a", "b", "c"}) submit(store, 7, text);
  store.hold_reads(true);
  store.fail_next_read(errc::corrupt);
  history& from = store.shard_history(0);
  read_request request{.token = 1, .stream = recording::stream_of(7), .from = 2, .max_records = 10, .max_bytes = 100};
  ASSERT_TRUE(from.read(request));
  request.token = 2;
  ASSERT_TRUE(from.read(request));
  std::vector<read_answer> reads;
  std::vector<load_answer> loads;
  from.poll(reads, loads);
  EXPECT_TRUE(reads.empty());
  store.answer();
  from.poll(reads, loads);
  ASSERT_EQ(reads.size(), 2);
  EXPECT_EQ(reads[0].error, make_error_code(errc::corrupt));
  ASSERT_EQ(reads[1].records.size(), 2);
  EXPECT_EQ(as_text(reads[1].records[1].body), "c");
}

}  // namespace
}  // namespace dunlin::store
