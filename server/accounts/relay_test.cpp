#include "accounts/relay.hpp"

#include <memory>
#include <optional>

#include <gtest/gtest.h>

#include "accounts/fake_control.hpp"
#include "accounts/manual_queue.hpp"
#include "accounts/memory_tables.hpp"

namespace dunlin::accounts {
namespace {

using stream::reason;
using stream::verdict;

class Relay : public testing::Test {
 protected:
  Relay() { start(); }
  void start() {
    counted = std::make_unique<metrics>();
    told_by = std::make_unique<relay>(tables, streams, queue, *counted);
  }
  // The process dies and starts again: what was in the tables is what there is.
  void crash() {
    told_by->stop();
    told_by.reset();
    streams.drop();
    start();
    told_by->wake();
    queue.run();
  }
  pending_row change(const std::string& handle) {
    const registration e{random.id<account_id>(), handle, random.id<device_id>(), "", hash_of(make_token(random))};
    const auto rows = tables.add({&e, 1}, 0);
    EXPECT_TRUE(rows);
    return rows->front();
  }
  std::optional<status> wait_for(pending_row row) {
    auto outcome = std::make_shared<std::optional<status>>();
    told_by->when_told(row, [outcome](const status& s) { *outcome = s; });
    told_by->wake();
    queue.run();
    seen = outcome;
    return *outcome;
  }

  seeded_random random{11};
  memory_tables tables{random};
  engine::fake_control streams;
  manual_queue queue;
  std::unique_ptr<metrics> counted;
  std::unique_ptr<relay> told_by;
  std::shared_ptr<std::optional<status>> seen;
};

TEST_F(Relay, Q1_AChangeIsToldAndItsRowDeleted) {
  const auto outcome = wait_for(change("ada"));
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(*outcome);
  ASSERT_EQ(streams.told().size(), 1U);
  EXPECT_EQ(*tables.pending_count(), 0U);
}

TEST_F(Relay, Q1_SuccessWaitsForTheVerdict) {
  streams.hold();
  EXPECT_FALSE(wait_for(change("ada")));
  EXPECT_EQ(*tables.pending_count(), 1U);
  streams.release();
  queue.run();
  ASSERT_TRUE(*seen);
  EXPECT_TRUE(**seen);
}

TEST_F(Relay, Q1_ADuplicateVerdictIsToldToo) {
  streams.answer_next({verdict::repeat(4)});
  EXPECT_TRUE(wait_for(change("ada")).value());
}

TEST_F(Relay, Q1_ACrashBetweenRowAndEntryIsMadeGoodAtTheNextStart) {
  change("ada");
  crash();
  ASSERT_EQ(streams.told().size(), 1U);
  EXPECT_EQ(*tables.pending_count(), 0U);
}

TEST_F(Relay, Q1_ACrashBetweenEntryAndDeletionTellsAgain) {
  streams.hold();
  wait_for(change("ada"));
  crash();
  ASSERT_EQ(streams.told().size(), 2U);
  EXPECT_EQ(streams.told()[0].account, streams.told()[1].account);
  EXPECT_EQ(streams.told()[0].version, streams.told()[1].version);
  EXPECT_EQ(*tables.pending_count(), 0U);
}

TEST_F(Relay, ABusyStreamIsToldAgainWithGrowingDelays) {
  streams.answer_next({verdict::refuse(reason::busy), verdict::refuse(reason::busy)});
  EXPECT_FALSE(wait_for(change("ada")));
  queue.advance(relay::first_delay);
  EXPECT_EQ(streams.told().size(), 2U);
  queue.advance(relay::first_delay);
  EXPECT_EQ(streams.told().size(), 2U);
  queue.advance(relay::first_delay);
  EXPECT_EQ(streams.told().size(), 3U);
  ASSERT_TRUE(*seen);
  EXPECT_TRUE(**seen);
}

TEST_F(Relay, AFullDiskIsSaidAtOnceAndTheChangeToldWhenThereIsRoom) {
  streams.answer_next({verdict::refuse(reason::no_space)});
  const auto outcome = wait_for(change("ada"));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->error(), errc::untold);
  EXPECT_EQ(*tables.pending_count(), 1U);
  queue.advance(relay::longest_delay);
  EXPECT_EQ(*tables.pending_count(), 0U);
}

TEST_F(Relay, ARowIsNeverGivenUpWhateverTheRefusal) {
  streams.answer_next({verdict::refuse(reason::malformed), verdict::refuse(reason::malformed)});
  EXPECT_EQ(wait_for(change("ada"))->error(), errc::untold);
  queue.advance(relay::longest_delay);
  queue.advance(relay::longest_delay);
  EXPECT_EQ(streams.told().size(), 3U);
  EXPECT_EQ(*tables.pending_count(), 0U);
}

TEST_F(Relay, KeepsABoundedNumberUnderWay) {
  for (int i = 0; i < 1000; ++i) change("p" + std::to_string(i));
  streams.hold();
  told_by->wake();
  queue.run();
  EXPECT_EQ(streams.held(), relay::window);
  EXPECT_EQ(told_by->under_way(), relay::window);
  streams.release();
  queue.run();
  EXPECT_EQ(streams.told().size(), 1000U);
  EXPECT_EQ(*tables.pending_count(), 0U);
}

TEST_F(Relay, RowsThatCannotBeDeletedAreDeletedLaterAndNotToldAgain) {
  const auto row = change("ada");
  tables.fail_next(errc::no_space, 2);
  EXPECT_TRUE(wait_for(row).value());
  EXPECT_EQ(*tables.pending_count(), 1U);
  queue.advance(relay::longest_delay);
  queue.advance(relay::longest_delay);
  EXPECT_EQ(*tables.pending_count(), 0U);
  EXPECT_EQ(streams.told().size(), 1U);
}

TEST_F(Relay, StopAnswersWhoWaits) {
  streams.hold();
  wait_for(change("ada"));
  told_by->stop();
  ASSERT_TRUE(*seen);
  EXPECT_EQ((*seen)->error(), errc::closed);
  streams.release();
  queue.run();
  EXPECT_EQ(*tables.pending_count(), 1U);
}

TEST_F(Relay, NothingLeftToTellIsSuccessAtOnce) { EXPECT_TRUE(wait_for(0).value()); }

}  // namespace
}  // namespace dunlin::accounts
