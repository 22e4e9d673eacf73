// A shard starts on what an earlier process left, or says why it cannot (L7).

#include <gtest/gtest.h>

#include "base/log.hpp"
#include "engine/shard.hpp"
#include "store/memory/memory_store.hpp"

namespace dunlin::engine {
namespace {

constexpr partition_id some = 5;

// Another version of the program: it keeps whatever it is given.
class other_version final : public store::applier {
 public:
  void apply(partition_id /*partition*/, store::position /*pos*/, byte_span entry, void* /*context*/,
             store::applied& out) override {
    out.keep = true;
    if (entry[0] == static_cast<std::uint8_t>(stream::entry_kind::rules)) {
      out.touched = {store::partition_row(some)};
    }
  }
  result<store::index_slot*> redo(const store::replayed& /*entry*/) override { return nullptr; }
};

class one_shard final : public links, public credentials {
 public:
  explicit one_shard(store::memory_store& store) : store_(store), shard_(make()) {}

  std::error_code start() {
    if (const auto loaded = shard_.load_partitions(); !loaded) return loaded.error();
    if (const auto redone = store_.recover(0, shard_.applier()); !redone) return redone.error();
    return {};
  }

  bool send(shard_id, message&&) override { return false; }
  void verify(shard_id, std::uint64_t, client_key, std::string, std::string) override {}

 private:
  surroundings make() {
    return {.self = 0,
            .shards = 1,
            .log = store_.shard_log(0),
            .history = store_.shard_history(0),
            .other_shards = *this,
            .logins = *this,
            .random = random_,
            .counts = counts_,
            .limits = limits_};
  }

  store::memory_store& store_;
  seeded_random random_{1};
  options limits_;
  metrics metrics_;
  counters counts_{metrics_, 0};
  shard shard_;
};

// What a shard says that starts on a log with this entry in it.
std::error_code start_on(const bytes& entry) {
  log_start(log_level::off, false);
  store::memory_store store(1);
  other_version before;
  EXPECT_TRUE(store.recover(0, before));
  EXPECT_EQ(store.shard_log(0).reserve(entry.size(), store::space_for::client), store::space::granted);
  store.shard_log(0).submit(some, entry, nullptr);
  store.shard_log(0).flush();
  store.crash(1);
  return one_shard(store).start();
}

TEST(Start, L7_ALogOfNewerRulesOrWithUnknownEntriesIsRefused) {
  bytes rules;
  stream::write_rules_entry(rules, stream::rules_version + 1);
  EXPECT_EQ(start_on(rules), store::make_error_code(store::errc::newer));
  EXPECT_EQ(start_on({200, 1, 2}), store::make_error_code(store::errc::newer));
  rules.clear();
  stream::write_rules_entry(rules, stream::rules_version);
  EXPECT_EQ(start_on(rules), std::error_code{});
}

TEST(Start, L7_ARowOfNewerRulesIsRefused) {
  log_start(log_level::off, false);
  store::memory_store store(1);
  other_version before;
  ASSERT_TRUE(store.recover(0, before));
  bytes rules;
  stream::write_rules_entry(rules, stream::rules_version);
  ASSERT_EQ(store.shard_log(0).reserve(rules.size(), store::space_for::client), store::space::granted);
  store.shard_log(0).submit(some, rules, nullptr);
  store.shard_log(0).flush();
  ASSERT_TRUE(store.seal());
  std::vector<store::row_key> wanted;
  store.shard_history(0).poll_wanted(wanted, 10);
  ASSERT_EQ(wanted, (std::vector<store::row_key>{store::partition_row(some)}));
  bytes row;
  stream::partition(some).write_row(wanted[0], row);
  row[1] = stream::rules_version + 1;
  store.shard_history(0).give_row(wanted[0], 1, store.shard_log(0).taken(), 0, row);
  ASSERT_FALSE(store.is_sealing());
  store.crash(1);
  EXPECT_EQ(one_shard(store).start(), store::make_error_code(store::errc::newer));
}

}  // namespace
}  // namespace dunlin::engine
