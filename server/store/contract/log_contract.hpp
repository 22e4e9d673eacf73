// What every log does (rules L1, L2, L5 of the log role), whichever implementation it is. Include it in one test source
// and instantiate LogContract with the implementations.
#pragma once

#include <gtest/gtest.h>

#include "store/contract/recording_applier.hpp"
#include "store/contract/store_under_test.hpp"

namespace dunlin::store {

class LogContract : public testing::TestWithParam<implementation> {
 protected:
  LogContract() : store_(GetParam().make()) { start(2); }

  void start(int shards) {
    appliers_.clear();
    for (int i = 0; i < shards; ++i) {
      appliers_.push_back(std::make_unique<recording_applier>(&store_->shard_history(i)));
      store_->recover(i, *appliers_.back());
    }
  }
  void crash(int shards) {
    store_->crash(shards);
    start(shards);
  }
  [[nodiscard]] int shard_of(stream_id id) const { return partition_of(id) % static_cast<int>(appliers_.size()); }
  recording_applier& applier_of(stream_id id) { return *appliers_[static_cast<std::size_t>(shard_of(id))]; }
  log& log_of(stream_id id) { return store_->shard_log(shard_of(id)); }
  void submit(stream_id id, std::string_view text, void* context = nullptr) {
    const bytes entry = recording_applier::entry(id, text);
    ASSERT_EQ(log_of(id).reserve(entry.size() + 16, space_for::client), space::granted);
    log_of(id).submit(partition_of(id), entry, context);
  }
  void submit_run(const std::vector<std::string>& texts, void* context = nullptr) {
    std::vector<bytes> entries;
    std::size_t size = 0;
    for (const auto& text : texts) {
      entries.push_back(recording_applier::entry(a_, text, recording_applier::in_run));
      size += entries.back().size() + log::run_overhead;
    }
    ASSERT_EQ(log_of(a_).reserve(size, space_for::client), space::granted);
    const std::vector<byte_span> views(entries.begin(), entries.end());
    log_of(a_).submit_run(partition_of(a_), views, context);
  }
  void flush() {
    for (std::size_t i = 0; i < appliers_.size(); ++i) store_->shard_log(static_cast<int>(i)).flush();
  }
  void settle() {
    flush();
    store_->settle();
  }

  std::unique_ptr<store_under_test> store_;
  std::vector<std::unique_ptr<recording_applier>> appliers_;
  const stream_id a_ = recording_applier::stream_of(4, 1);
  const stream_id b_ = recording_applier::stream_of(5, 1);
};

TEST_P(LogContract, L1_ApplyIsCalledOnceInOrderWithTheContextOfSubmit) {
  int calls = 0;
  submit(a_, "one", &calls);
  submit(a_, "two", &calls);
  settle();
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(applier_of(a_).last(4), 2);
  EXPECT_EQ(applier_of(a_).at(a_).records.at(2), "two");
}

TEST_P(LogContract, L1_ARunIsAppliedInOneCallWithTheContextOfSubmit) {
  int calls = 0;
  submit_run({"one", "two", "three"}, &calls);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(applier_of(a_).last(4), 3);
  EXPECT_EQ(applier_of(a_).at(a_).records.at(3), "three");
}

TEST_P(LogContract, L1_OfARunWhatIsNotKeptTakesNoPosition) {
  submit_run({"one", "!refused", "two", "!refused"});
  submit(a_, "three");
  EXPECT_EQ(applier_of(a_).last(4), 3);
  const ticket before = log_of(a_).taken();
  submit_run({"!refused", "!refused"});
  EXPECT_EQ(log_of(a_).taken(), before);
}

TEST_P(LogContract, L2_ARunIsDurableAfterTheWrite) {
  submit_run({"one", "two"});
  EXPECT_LT(log_of(a_).durable(), log_of(a_).taken());
  settle();
  EXPECT_EQ(log_of(a_).durable(), log_of(a_).taken());
}

TEST_P(LogContract, L5_ACrashRedoesRunsAsItDoesSingleEntries) {
  submit(a_, "before");
  for (std::size_t size = 1; size < 300; size = size * 2 + 1) {
    const std::string text(size, 'x');
    submit_run({text, "!refused", "y" + text, "z" + text});
    if (size % 3 == 0) settle();
  }
  submit(a_, "behind");
  settle();
  const auto before = applier_of(a_).at(a_).records;
  EXPECT_GT(before.size(), 20U);
  crash(2);
  EXPECT_EQ(applier_of(a_).at(a_).records, before);
}

TEST_P(LogContract, L1_PositionsArePerPartition) {
  submit(a_, "one");
  submit(recording_applier::stream_of(6, 1), "one");
  EXPECT_EQ(applier_of(a_).last(4), 1);
  EXPECT_EQ(applier_of(a_).last(6), 1);
}

TEST_P(LogContract, L1_AnEntryThatIsNotKeptChangesNoTicketAndNoPosition) {
  submit(a_, "one");
  settle();
  const ticket before = log_of(a_).taken();
  submit(a_, "!refused");
  EXPECT_EQ(log_of(a_).taken(), before);
  submit(a_, "two");
  EXPECT_EQ(applier_of(a_).last(4), 2);
}

TEST_P(LogContract, L2_WhatIsTakenIsDurableOnlyAfterTheWriteAndTicketsOnlyGrow) {
  submit(a_, "one");
  const ticket first = log_of(a_).taken();
  EXPECT_LT(log_of(a_).durable(), first);
  settle();
  EXPECT_GE(log_of(a_).durable(), first);
  submit(a_, "two");
  EXPECT_GT(log_of(a_).taken(), log_of(a_).durable());
  settle();
  EXPECT_EQ(log_of(a_).taken(), log_of(a_).durable());
}

TEST_P(LogContract, L2_ShardsHaveTheirOwnTickets) {
  submit(a_, "one");
  EXPECT_EQ(log_of(b_).taken(), log_of(b_).durable());
  settle();
  submit(b_, "one");
  EXPECT_EQ(log_of(a_).taken(), log_of(a_).durable());
}

TEST_P(LogContract, L5_ACrashRedoesEachDurableEntryOnceInOrderWithItsOutcome) {
  for (int i = 0; i < 20; ++i) {
    submit(i % 3 == 0 ? b_ : a_, "text " + std::to_string(i));
    if (i % 4 == 0) settle();
  }
  submit(a_, ".a note");
  settle();
  const auto before_a = applier_of(a_).at(a_).records;
  const auto before_b = applier_of(b_).at(b_).records;
  crash(2);
  EXPECT_EQ(applier_of(a_).at(a_).records, before_a);
  EXPECT_EQ(applier_of(b_).at(b_).records, before_b);
  EXPECT_EQ(applier_of(a_).count(partition_row(4)).n, 1);
  EXPECT_EQ(log_of(a_).taken(), log_of(a_).durable()) << "what was redone is durable";
}

TEST_P(LogContract, L5_AnotherNumberOfShardsTakesOverAllPartitions) {
  for (int i = 0; i < 10; ++i) submit(i % 2 == 0 ? a_ : b_, std::to_string(i));
  settle();
  crash(3);
  EXPECT_EQ(applier_of(a_).at(a_).head, 5);
  EXPECT_EQ(applier_of(b_).at(b_).head, 5);
  submit(a_, "more");
  settle();
  crash(1);
  EXPECT_EQ(applier_of(a_).at(a_).head, 6);
  EXPECT_EQ(applier_of(b_).at(b_).head, 5);
}

TEST_P(LogContract, L5_PositionsGoOnAfterEverythingWasSealed) {
  for (int i = 0; i < 5; ++i) submit(a_, std::to_string(i));
  settle();
  store_->begin_seal();
  for (int i = 0; i < 1000 && !store_->is_sealed(); ++i) {
    for (std::size_t s = 0; s < appliers_.size(); ++s) {
      const int shard = static_cast<int>(s);
      appliers_[s]->give_rows(store_->shard_history(shard), store_->shard_log(shard));
    }
    settle();
    store_->step();
  }
  ASSERT_TRUE(store_->is_sealed());
  const position last = applier_of(a_).last(4);
  crash(2);
  EXPECT_EQ(applier_of(a_).at(a_).head, 5) << "from its row";
  submit(a_, "next");
  EXPECT_EQ(applier_of(a_).last(4), last + 1);
  EXPECT_EQ(applier_of(a_).at(a_).head, 6);
}

}  // namespace dunlin::store
