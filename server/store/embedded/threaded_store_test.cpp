// The embedded store with its threads, on real files: shards that submit, read and give rows as fast as they can.
#include <semaphore>
#include <thread>

#include <gtest/gtest.h>

#include "base/log.hpp"
#include "store/contract/recording_applier.hpp"
#include "store/contract/scratch_directory.hpp"
#include "store/embedded/embedded_store.hpp"
#include "store/embedded/posix_disk.hpp"

namespace dunlin::store {
namespace {

store_options small() {
  store_options o;
  o.shards = 2;
  o.segment_bytes = 256 << 10;
  o.max_unsealed_bytes = 12 * o.segment_bytes;
  o.upkeep_reserve_bytes = 16 << 10;
  o.keep_free_bytes = 0;
  o.max_batch_bytes = 32 << 10;
  o.background_chunk_bytes = 64 << 10;
  o.background_pause_ms = 1;
  o.seal_at_segments = 1;
  o.seal_most_segments = 2;
  o.merge_files = 3;
  return o;
}

constexpr std::uint64_t streams = 32;
constexpr std::uint64_t entries = 20'000;

// A shard's thread: submits `entries`, and more until files were merged, and reads back at random, until all is durable
// and every read is answered.
class shard_thread {
 public:
  shard_thread(int number, std::uint64_t seed) : number_(number), random_(seed) {}

  void open(embedded_store& store) {
    store_ = &store;
    log_ = &store.shard_log(number_);
    history_ = &store.shard_history(number_);
    applier_ = std::make_unique<recording_applier>(history_);
    ASSERT_TRUE(store.recover(number_, *applier_));
  }
  void run() {
    std::uint64_t sent = 0;
    while (true) {
      const bool enough = sent >= entries && store_->counters().merges.value() > 0;
      for (int i = 0; i < 50 && !enough; ++i) {
        if (!submit()) break;
        ++sent;
      }
      if (random_.one_in(4)) read();
      log_->flush();
      poll();
      if (enough && log_->durable() == log_->taken() && reading_ == 0) return;
      if (enough || i_wait_) woken_.acquire();
      i_wait_ = false;
    }
  }
  void wake() { woken_.release(); }

  stream_id stream(std::uint64_t n) const {
    return recording_applier::stream_of(static_cast<partition_id>(number_ + 2 * static_cast<int>(n % 8)), n);
  }
  recording_applier& applier() { return *applier_; }
  std::uint64_t records_read() const { return records_read_; }

 private:
  static std::string text_of(std::uint64_t seq) { return "record " + std::to_string(seq) + std::string(seq % 90, 'r'); }

  bool submit() {
    const stream_id id = stream(random_.below(streams));
    const bytes entry = recording_applier::entry(id, text_of(applier_->at(id).head + 1));
    if (log_->reserve(entry.size() + 16, space_for::client) != space::granted) {
      i_wait_ = true;
      return false;
    }
    log_->submit(partition_of(id), entry, nullptr);
    return true;
  }
  void read() {
    const stream_id id = stream(random_.below(streams));
    auto& s = applier_->at(id);
    if (s.head == 0) return;
    history_->holds_unsealed(id, s.slot);
    const std::uint64_t from = 1 + random_.below(s.head);
    if (history_->read({.token = from,
                        .stream = id,
                        .slot = s.slot,
                        .from = from,
                        .through = s.head,
                        .max_records = 50,
                        .max_bytes = 1 << 20})) {
      ++reading_;
    }
  }
  void poll() {
    std::vector<read_answer> reads;
    std::vector<load_answer> loads;
    history_->poll(reads, loads);
    for (const read_answer& answer : reads) {
      --reading_;
      ASSERT_FALSE(answer.error) << answer.error.message();
      ASSERT_FALSE(answer.records.empty());
      std::uint64_t seq = answer.token;
      for (const auto& r : answer.records) {
        ASSERT_EQ(r.seq, seq);
        ASSERT_EQ(as_text(r.body), text_of(seq));
        ++seq;
        ++records_read_;
      }
    }
    applier_->give_rows(*history_, *log_, 16);
    std::vector<published_row> published;
    history_->poll_published(published);
  }

  int number_;
  seeded_random random_;
  embedded_store* store_ = nullptr;
  log* log_ = nullptr;
  history* history_ = nullptr;
  std::unique_ptr<recording_applier> applier_;
  std::counting_semaphore<> woken_{0};
  bool i_wait_ = false;
  int reading_ = 0;
  std::uint64_t records_read_ = 0;
};

TEST(ThreadedStore, L1_L5_ShardsWriteAndReadWhileTheStoreSealsAndMerges) {
  log_start(log_level::warn, false);
  const scratch_directory where;
  system_random random;
  std::map<stream_id, std::uint64_t> heads;
  {
    auto disk = posix_disk::open_directory(where.path());
    ASSERT_TRUE(disk);
    std::array<shard_thread, 2> shards{shard_thread(0, 1), shard_thread(1, 2)};
    auto store = embedded_store::open(
        **disk, small(), random,
        {[&](int i) { shards[static_cast<std::size_t>(i)].wake(); }, [](std::string_view what) { FAIL() << what; }});
    ASSERT_TRUE(store) << store.error().message();
    for (auto& s : shards) s.open(**store);
    (*store)->start();
    {
      std::jthread one([&] { shards[0].run(); });
      std::jthread two([&] { shards[1].run(); });
    }
    (*store)->stop();
    EXPECT_GT((*store)->counters().sealed_segments.value(), 3);
    EXPECT_GT((*store)->counters().merges.value(), 0);
    EXPECT_LE((*store)->counters().rounds.value(), (*store)->counters().batches.value());
    for (auto& shard : shards) {
      EXPECT_GT(shard.records_read(), 0);
      for (const auto& [id, s] : shard.applier().streams()) heads[id] = s.head;
    }
  }
  auto disk = posix_disk::open_directory(where.path());
  ASSERT_TRUE(disk);
  auto store = embedded_store::open(**disk, small(), random, {[](int) {}, [](std::string_view) {}});
  ASSERT_TRUE(store) << store.error().message();
  std::array<recording_applier, 2> appliers;
  for (int i = 0; i < 2; ++i) {
    auto& applier = appliers[static_cast<std::size_t>(i)];
    applier.load_from((*store)->shard_history(i));
    ASSERT_TRUE((*store)->recover(i, applier));
  }
  for (const auto& [id, head] : heads) {
    EXPECT_EQ(appliers[partition_of(id) % 2].at(id).head, head);
  }
}

TEST(ThreadedStore, StoppingWritesWhatWasFlushed) {
  const scratch_directory where;
  system_random random;
  auto disk = posix_disk::open_directory(where.path());
  ASSERT_TRUE(disk);
  std::counting_semaphore<> woken{0};
  store_options options = small();
  options.shards = 1;
  auto store =
      embedded_store::open(**disk, options, random, {[&](int) { woken.release(); }, [](std::string_view) { FAIL(); }});
  ASSERT_TRUE(store);
  recording_applier applier;
  ASSERT_TRUE((*store)->recover(0, applier));
  (*store)->start();
  log& to = (*store)->shard_log(0);
  const auto id = recording_applier::stream_of(3, 1);
  const bytes entry = recording_applier::entry(id, "text");
  while (to.reserve(entry.size(), space_for::client) != space::granted) woken.acquire();
  to.submit(3, entry, nullptr);
  to.flush();
  (*store)->stop();
  EXPECT_EQ(to.durable(), to.taken());
}

TEST(ThreadedStore, L6_SealingHurriesWhileTheLogIsNearlyFull) {
  const scratch_directory where;
  system_random random;
  auto disk = posix_disk::open_directory(where.path());
  ASSERT_TRUE(disk);
  std::counting_semaphore<> woken{0};
  store_options options = small();
  options.shards = 1;
  auto store =
      embedded_store::open(**disk, options, random, {[&](int) { woken.release(); }, [](std::string_view) { FAIL(); }});
  ASSERT_TRUE(store);
  history& past = (*store)->shard_history(0);
  recording_applier applier(&past);
  ASSERT_TRUE((*store)->recover(0, applier));
  (*store)->start();
  log& to = (*store)->shard_log(0);
  const auto id = recording_applier::stream_of(3, 1);
  const bytes entry = recording_applier::entry(id, std::string(1000, 't'));
  const store_counters& counters = (*store)->counters();
  const auto wait = [&] { std::ignore = woken.try_acquire_for(std::chrono::milliseconds(10)); };
  while (counters.prepared_bytes.value() < options.spare_segments * options.segment_bytes) wait();
  const std::uint64_t before = counters.hurries.value();
  const auto submit = [&] {
    if (to.reserve(entry.size() + 16, space_for::client) != space::granted) return false;
    to.submit(3, entry, nullptr);
    to.flush();
    return true;
  };
  // Nobody gives the rows that sealing asks for, so the log fills up.
  while (submit() || to.durable() < to.taken()) wait();
  while (counters.hurries.value() == before) wait();
  EXPECT_EQ(counters.sealed_segments.value(), 0);
  while (!submit()) {
    applier.give_rows(past, to, 16);
    to.flush();
    std::vector<published_row> published;
    past.poll_published(published);
    wait();
  }
  EXPECT_GT(counters.sealed_segments.value(), 0);
  (*store)->stop();
}

}  // namespace
}  // namespace dunlin::store
