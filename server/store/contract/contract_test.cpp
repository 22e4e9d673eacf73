// Both implementations against the contract suites.
#include "store/contract/history_contract.hpp"
#include "store/contract/log_contract.hpp"
#include "store/contract/small_store.hpp"
#include "store/embedded/embedded_store.hpp"
#include "store/memory/fault_disk.hpp"
#include "store/memory/memory_store.hpp"

namespace dunlin::store {
namespace {

class memory_under_test final : public store_under_test {
 public:
  memory_under_test() { store_.hold_durable(true); }
  log& shard_log(int shard) override { return store_.shard_log(shard); }
  history& shard_history(int shard) override { return store_.shard_history(shard); }
  void recover(int shard, applier& to) override { store_.recover(shard, to); }
  void settle() override { store_.sync(); }
  void step() override {}
  void begin_seal() override { EXPECT_TRUE(store_.seal()); }
  bool is_sealed() override { return !store_.is_sealing(); }
  void crash(int shards) override { store_.crash(shards); }

 private:
  memory_store store_{2};
};

class embedded_under_test final : public store_under_test {
 public:
  embedded_under_test() { open(2); }
  log& shard_log(int shard) override { return store_->shard_log(shard); }
  history& shard_history(int shard) override { return store_->shard_history(shard); }
  void recover(int shard, applier& to) override {
    const status done = store_->recover(shard, to);
    EXPECT_TRUE(done);
    // Segments are prepared as they would be by the time somebody connects.
    if (shard + 1 == options_.shards) prepare();
  }
  void settle() override {
    while (store_->step_writer() || store_->step_reader()) {
      for (int i = 0; i < options_.shards; ++i) store_->shard_log(i).flush();
    }
    prepare();
  }
  void step() override { store_->step_background(now_ += 10); }
  // Fills the segment with entries that make no records until the writer leaves it.
  void begin_seal() override {
    const auto id = recording_applier::stream_of(static_cast<partition_id>(options_.shards * 20), 99);
    const std::int64_t unsealed = store_->counters().unsealed_bytes.value();
    log& to = shard_log(0);
    std::string filler(2000, 'f');
    filler.front() = '.';
    while (store_->counters().unsealed_bytes.value() <= unsealed) {
      const bytes entry = recording_applier::entry(id, filler);
      ASSERT_EQ(to.reserve(entry.size() + 64, space_for::upkeep), space::granted);
      to.submit(partition_of(id), entry, nullptr);
      to.flush();
      settle();
    }
    const auto live = static_cast<std::uint64_t>(store_->counters().unsealed_bytes.value()) / options_.segment_bytes;
    goal_ = store_->counters().sealed_segments.value() + live - 1;
  }
  bool is_sealed() override { return store_->counters().sealed_segments.value() >= goal_; }
  void crash(int shards) override {
    store_.reset();
    disk_.crash(random_);
    open(shards);
  }

 private:
  void open(int shards) {
    options_ = small_store(shards);
    options_.max_unsealed_bytes = 40 * options_.segment_bytes;
    options_.background_chunk_bytes = 4 << 10;
    options_.seal_at_segments = 1;
    options_.merge_files = 3;
    auto opened = embedded_store::open(disk_, options_, random_, {[](int) {}, [](std::string_view) { FAIL(); }});
    ASSERT_TRUE(opened) << opened.error().message();
    store_ = std::move(*opened);
  }
  // Background work, but none that seals: that waits for step().
  void prepare() {
    if (store_->counters().segments.value() > 1) return;
    for (int i = 0; i < 100 && store_->step_background(now_ += 10); ++i) {
    }
  }

  fault_disk disk_;
  seeded_random random_{42};
  store_options options_;
  mono_ms now_ = 0;
  std::uint64_t goal_ = 0;
  std::unique_ptr<embedded_store> store_;
};

constexpr implementation memory{"memory", [] { return std::unique_ptr<store_under_test>(new memory_under_test); }};
constexpr implementation embedded{"embedded",
                                  [] { return std::unique_ptr<store_under_test>(new embedded_under_test); }};

std::string name_of(const testing::TestParamInfo<implementation>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Stores, LogContract, testing::Values(memory, embedded), name_of);
INSTANTIATE_TEST_SUITE_P(Stores, HistoryContract, testing::Values(memory, embedded), name_of);

}  // namespace
}  // namespace dunlin::store
