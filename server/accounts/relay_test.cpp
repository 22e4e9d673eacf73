#include "accounts/relay.hpp"

#include <memory>
#include <optional>

#include <gtest/gtest.h>

#include "accounts/fake_control.hpp"
#include "accounts/manual_queue.hpp"
#include "accounts/memory_tables.hpp"
#include "accounts/still_clock.hpp"

namespace dunlin::accounts {
namespace {

using stream::reason;
using stream::verdict;

class Relay : public testing::Test {
 protected:
  Relay() { start(); }
  void start() {
    counted = std::make_unique<metrics>();
    told_by = std::make_unique<relay>(tables, streams, queue, time, *counted);
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
    const registration e{
        random.id<account_id>(), handle, random.id<device_id>(), "", hash_of(make_token(random)), {}, {}};
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
  still_clock time;
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

TEST_F(Relay, ANewAccountWhoseIdIsAConversationsIsGivenUpAndInNobodysWay) {
  account_id gone;
  told_by->on_given_up([&](account_id account) { gone = account; });
  streams.answer_next({verdict::refuse(reason::conflict)});
  EXPECT_EQ(wait_for(change("ada"))->error(), errc::conflict);
  EXPECT_EQ(tables.find_handle("ada")->id, gone);
  EXPECT_TRUE(tables.find(gone)->deleted);
  EXPECT_EQ(*tables.pending_count(), 0U);
  EXPECT_EQ(told_by->under_way(), 0U);
  queue.advance(relay::longest_delay);
  EXPECT_EQ(streams.told().size(), 1U);
}

TEST_F(Relay, WhatAnAccountChangedMeanwhileIsGivenUpWithIt) {
  const auto first = change("ada");
  const auto ada = *tables.find_handle("ada");
  const auto second = tables.tables().settings.put(ada.id, {}, "{}")->row;
  streams.answer_next({verdict::refuse(reason::conflict), verdict::refuse(reason::busy)});
  std::vector<std::error_code> why;
  told_by->when_all_told({second}, [&](const status& s) { why.push_back(s ? std::error_code() : s.error()); });
  EXPECT_EQ(wait_for(first)->error(), errc::conflict);
  EXPECT_EQ(why, std::vector<std::error_code>{errc::conflict});
  EXPECT_EQ(*tables.pending_count(), 0U);
  EXPECT_EQ(told_by->under_way(), 0U);
  queue.advance(relay::longest_delay);
  EXPECT_EQ(streams.told().size(), 2U);
}

TEST_F(Relay, AnAccountThatWasToldBeforeIsNeverGivenUp) {
  wait_for(change("ada"));
  const auto ada = *tables.find_handle("ada");
  const auto row = tables.link({random.id<device_id>(), ada.id, "", hash_of(make_token(random)), {}}, 0);
  streams.answer_next({verdict::refuse(reason::conflict)});
  EXPECT_EQ(wait_for(*row)->error(), errc::untold);
  EXPECT_FALSE(tables.find(ada.id)->deleted);
  queue.advance(relay::longest_delay);
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

// Rows of profiles alone, which the test writes itself.
class profile_rows final : public pending_table {
 public:
  void change(account_id of, std::uint64_t version) {
    engine::account_spec change;
    change.account = of;
    change.profiles.push_back({of, version});
    rows[++last] = std::move(change);
  }
  result<std::vector<pending_change>> list(pending_row after, std::size_t limit) override {
    std::vector<pending_change> out;
    for (auto at = rows.upper_bound(after); at != rows.end() && out.size() < limit; ++at) {
      out.push_back({at->first, at->second});
    }
    return out;
  }
  status forget(std::span<const pending_row> told) override {
    for (const auto row : told) rows.erase(row);
    return ok();
  }
  result<given_up> give_up(pending_row, wall_ms) override { return given_up{}; }
  result<std::uint64_t> pending_count() override { return rows.size(); }

  std::map<pending_row, engine::account_spec> rows;
  pending_row last = 0;
};

class RelayOfProfiles : public testing::Test {
 protected:
  RelayOfProfiles() { streams.put_audience(anna, {{ben, cleo}}); }
  void wake() {
    told_by->wake();
    queue.run();
  }
  [[nodiscard]] std::vector<account_id> told() const {
    std::vector<account_id> out;
    for (const auto& spec : streams.told()) out.push_back(spec.account);
    return out;
  }

  const account_id anna{1, 1};
  const account_id ben{1, 2};
  const account_id cleo{1, 3};
  profile_rows table;
  engine::fake_control streams;
  manual_queue queue;
  still_clock time;
  metrics counted;
  std::unique_ptr<relay> told_by = std::make_unique<relay>(table, streams, queue, time, counted);
};

TEST_F(RelayOfProfiles, Q1_AProfileIsToldToItsAccountThenToItsAudienceAndThenForgotten) {
  table.change(anna, 7);
  wake();
  EXPECT_EQ(told(), (std::vector<account_id>{anna, ben, cleo}));
  EXPECT_TRUE(table.rows.empty());
}

TEST_F(RelayOfProfiles, Q1_WhoWaitsIsAnsweredWhenTheAccountItselfKnowsAndTheRowStays) {
  table.change(anna, 7);
  std::optional<status> seen;
  told_by->when_told(1, [&seen](const status& s) { seen = s; });
  streams.answer_next({verdict::accept(1, 0), verdict::refuse(reason::busy), verdict::refuse(reason::busy)});
  wake();
  ASSERT_TRUE(seen);
  EXPECT_TRUE(*seen);
  EXPECT_EQ(table.rows.size(), 1U);
  EXPECT_EQ(told_by->spreading(), 1U);
  EXPECT_EQ(told_by->under_way(), 0U);
  bool at_once = false;
  told_by->when_told(1, [&at_once](const status& s) { at_once = s.has_value(); });
  EXPECT_TRUE(at_once);
  queue.advance(profile_news::first_delay);
  EXPECT_TRUE(table.rows.empty());
}

TEST_F(RelayOfProfiles, Q1_ACrashBeforeAllAreToldBeginsAnewAtTheNextStart) {
  table.change(anna, 7);
  streams.refuse_audiences(1);
  wake();
  told_by->stop();
  metrics anew;
  told_by = std::make_unique<relay>(table, streams, queue, time, anew);
  wake();
  EXPECT_EQ(told(), (std::vector<account_id>{anna, anna, ben, cleo}));
  EXPECT_TRUE(table.rows.empty());
  told_by.reset();
}

TEST_F(RelayOfProfiles, RowsAreToldWhileProfilesSpreadButNoMoreThanMaySpread) {
  streams.refuse_audiences(1'000'000);
  for (std::uint64_t n = 1; n <= relay::max_spreading + 10; ++n) table.change(anna, n);
  wake();
  EXPECT_EQ(told_by->spreading(), relay::max_spreading);
  EXPECT_EQ(told().size(), relay::max_spreading);
  EXPECT_EQ(told_by->under_way(), 0U);
}

TEST_F(RelayOfProfiles, AProfileOfAnAccountThatIsDeletedIsToldToNobodyElse) {
  table.change(anna, 7);
  table.rows[1].deleted = true;
  wake();
  EXPECT_EQ(told(), std::vector<account_id>{anna});
  EXPECT_TRUE(table.rows.empty());
}

TEST_F(Relay, NothingLeftToTellIsSuccessAtOnce) { EXPECT_TRUE(wait_for(0).value()); }

}  // namespace
}  // namespace dunlin::accounts
