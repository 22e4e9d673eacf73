#include "presence/watches.hpp"

#include <map>

#include <gtest/gtest.h>

#include "presence/test_inbox.hpp"

namespace dunlin::presence {
namespace {

using kind = event::kind;
using begun = watches::begun;

struct some_watches : testing::Test, memberships {
  limits all;
  watches list{all, *this};
  moment now{1'000'000, 1'700'000'000'000};
  account_id ada = account(1);
  account_id ben = account(2);
  std::map<account_id, stream::inbox_state> inboxes{{ada, inbox_of(ada, {1, 2, 3})}, {ben, inbox_of(ben, {2, 4})}};
  account_id eve = account(5);  // who is watched
  std::vector<question> questions;
  std::vector<event> events;

  const stream::inbox_state* inbox_of(account_id who) override {
    const auto it = inboxes.find(who);
    return it == inboxes.end() ? nullptr : &it->second;
  }
  static stream::inbox_state inbox_of(account_id who, std::initializer_list<std::uint64_t> talks) {
    return presence::inbox_of(who, talks);
  }
  void flush() {
    questions.clear();
    list.flush(now, questions, events);
  }
  void pass(mono_ms ms) {
    for (mono_ms left = ms; left > 0; left -= 250) {
      now.mono += std::min<mono_ms>(left, 250);
      list.tick(now, events);
    }
  }
  std::vector<event> hear(const word& w) {
    events.clear();
    list.take(w, now, events);
    return events;
  }
  word answer(std::initializer_list<std::uint64_t> by, state what = {.online = true}) {
    return {.about = eve,
            .number = questions.empty() ? 0 : questions.back().number,
            .now = what,
            .by = *named(by),
            .gone = {}};
  }
  word change(std::initializer_list<std::uint64_t> by, state what) {
    return {.about = eve, .all = true, .now = what, .by = *named(by), .gone = {}};
  }
  word gone(std::initializer_list<std::uint64_t> from) {
    return {.about = eve, .now = {}, .by = {}, .gone = *named(from)};
  }
  // Link 11 of Ada watches by conversation 1, and has been told.
  void watching() {
    ASSERT_EQ(list.begin(11, ada, eve), begun::asked);
    flush();
    hear(answer({1}));
    ASSERT_TRUE(list.take_due(11, eve));
    events.clear();
  }
};

TEST_F(some_watches, P1_AsksByAllConversationsOfTheAskerButItsOwnStream) {
  EXPECT_EQ(list.begin(11, ada, eve), begun::asked);
  flush();
  ASSERT_EQ(questions.size(), 1U);
  EXPECT_EQ(questions[0].about, eve);
  EXPECT_NE(questions[0].number, 0U);
  EXPECT_EQ(*questions[0].by, *named({1, 2, 3}));
  flush();
  EXPECT_TRUE(questions.empty()) << "once";
}

TEST_F(some_watches, P1_WithASharedConversationItIsGrantedAndToldWhatIsSo) {
  list.begin(11, ada, eve);
  flush();
  const auto got = hear(answer({1}, {.online = false, .last_seen = 60'000}));
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[0].what, kind::granted);
  EXPECT_EQ(got[1].what, kind::due);
  EXPECT_EQ(got[1].link, 11U);
  const auto told = list.take_due(11, eve);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->what.last_seen, 60'000);
  EXPECT_FALSE(told->over);
  EXPECT_FALSE(list.take_due(11, eve)) << "once";
}

TEST_F(some_watches, P1_WithoutOneItIsRefused) {
  list.begin(11, ada, eve);
  flush();
  EXPECT_TRUE(hear(answer({}, {})).empty());
  events.clear();
  flush();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].what, kind::refused);
  EXPECT_FALSE(events[0].over);
  EXPECT_TRUE(questions.empty());
  EXPECT_EQ(list.size(), 0U);
}

TEST_F(some_watches, P1_WhatAResumedSessionMayNoLongerHearIsOver) {
  list.begin(11, ada, eve, true);
  flush();
  hear(answer({}, {}));
  events.clear();
  flush();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].what, kind::refused);
  EXPECT_TRUE(events[0].over);
  EXPECT_TRUE(list.take_due(11, eve)->over);
}

TEST_F(some_watches, P1_WhoHasNoConversationIsRefusedWithoutAQuestion) {
  inboxes[ada] = inbox_of(ada, {});
  list.begin(11, ada, eve);
  flush();
  EXPECT_TRUE(questions.empty());
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].what, kind::refused);
}

TEST_F(some_watches, P1_ManyConversationsAreNamedInSeveralQuestions) {
  auto& mine = inboxes[ada];
  for (std::uint64_t n = 10; n < 10 + 2 * most_named; ++n) mine.join(talk(n), 1);
  list.begin(11, ada, eve);
  std::size_t named_before = 0;
  for (int i = 0; i < 3; ++i) {
    flush();
    ASSERT_EQ(questions.size(), 1U) << i;
    ASSERT_LE(questions[0].by->size(), most_named);
    named_before += questions[0].by->size();
    hear(answer({}, {}));
  }
  EXPECT_EQ(named_before, 3 + 2 * most_named);
  flush();
  EXPECT_TRUE(questions.empty());
  EXPECT_EQ(events.back().what, kind::refused);
}

TEST_F(some_watches, P1_AnotherThatSharesAConversationHereIsGrantedAtOnce) {
  list.begin(11, ada, eve);
  flush();
  hear(answer({2}));
  EXPECT_EQ(list.begin(12, ben, eve), begun::known);
  EXPECT_TRUE(list.take_due(12, eve)->what.online);
  flush();
  EXPECT_TRUE(questions.empty());
}

TEST_F(some_watches, P1_WhatOneIsToldByIsNothingToWhoIsNotInIt) {
  watching();  // by 1, which Ben is not in
  EXPECT_EQ(list.begin(12, ben, eve), begun::asked);
  EXPECT_FALSE(list.take_due(12, eve));
  for (const auto& e : hear(change({1}, {.online = false, .last_seen = 60'000}))) EXPECT_EQ(e.link, 11U);
  EXPECT_FALSE(list.take_due(12, eve));
}

TEST_F(some_watches, P1_EachChangeIsToldOnce) {
  watching();
  const state off{.online = false, .last_seen = 120'000};
  ASSERT_EQ(hear(change({1}, off)).size(), 1U);
  EXPECT_EQ(list.take_due(11, eve)->what, off);
  EXPECT_TRUE(hear(change({1}, off)).empty());
  questions.clear();
  EXPECT_TRUE(hear(answer({1}, off)).empty()) << "as a renewal says it";
}

TEST_F(some_watches, P1_WhoHasNoRoomIsToldTheLatestAlone) {
  watching();
  hear(change({1}, {.online = false, .last_seen = 60'000}));
  hear(change({1}, {.online = true}));
  hear(change({1}, {.online = false, .last_seen = 180'000}));
  EXPECT_EQ(list.take_due(11, eve)->what.last_seen, 180'000);
  EXPECT_FALSE(list.take_due(11, eve));
}

TEST_F(some_watches, P1_ARepeatedSubscribeIsToldAgain) {
  watching();
  EXPECT_EQ(list.begin(11, ada, eve), begun::known);
  EXPECT_TRUE(list.take_due(11, eve));
  EXPECT_EQ(list.size(), 1U);
}

TEST_F(some_watches, P1_LeasesAreRenewedOnceForAllBeforeTheyEnd) {
  watching();
  list.begin(12, ben, eve);
  flush();
  hear(answer({4}));
  list.begin(13, ada, eve);
  std::size_t renewals = 0;
  for (int i = 0; i < 60; ++i) {
    pass(1000);
    flush();
    for (const auto& q : questions) {
      EXPECT_EQ(q.number, 0U);
      EXPECT_EQ(*q.by, *named({1, 4}));
      ++renewals;
    }
    questions.clear();
    hear(answer({1, 4}));
  }
  EXPECT_GE(renewals, 3U);
  EXPECT_LE(renewals, 5U);
}

TEST_F(some_watches, P1_WhatIsNotAnsweredIsAskedAgain) {
  list.begin(11, ada, eve);
  flush();
  const auto first = questions.at(0).number;
  pass(all.ask_again - 250);
  flush();
  EXPECT_TRUE(questions.empty());
  pass(500);
  flush();
  ASSERT_EQ(questions.size(), 1U);
  EXPECT_NE(questions[0].number, first);
  hear({.about = eve, .number = first, .now = {}, .by = {}, .gone = {}});  // late: it says nothing any more
  EXPECT_EQ(list.size(), 1U);
  EXPECT_EQ(hear(answer({3})).size(), 2U);
}

TEST_F(some_watches, P1_AnAnswerThatNothingFollowsIsDoubledWithoutHarm) {
  list.begin(11, ada, eve);
  flush();
  const word w = answer({1});
  hear(w);
  list.take_due(11, eve);
  EXPECT_TRUE(hear(w).empty());
  EXPECT_EQ(list.size(), 1U);
}

TEST_F(some_watches, P1_WithoutAWordForALeasesTimeNothingIsKnown) {
  watching();
  pass(all.lease + 6000);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(list.take_due(11, eve)->what, state{});
  flush();
  ASSERT_FALSE(questions.empty()) << "it is asked for on";
  questions.clear();
  EXPECT_EQ(hear(answer({1})).size(), 1U);
  EXPECT_TRUE(list.take_due(11, eve)->what.online);
}

TEST_F(some_watches, P1_WithTheLastSharedConversationItIsOver) {
  watching();
  EXPECT_TRUE(hear(gone({1})).empty());
  hear(change({9}, {.online = false, .last_seen = 60'000}));
  EXPECT_FALSE(list.take_due(11, eve)) << "nothing is told until another is found";
  flush();
  ASSERT_EQ(questions.size(), 1U);
  hear(answer({}, {}));
  flush();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].what, kind::refused);
  EXPECT_TRUE(events[0].over);
  const auto told = list.take_due(11, eve);
  ASSERT_TRUE(told);
  EXPECT_TRUE(told->over);
  EXPECT_EQ(told->what, state{});
  list.end(11, eve);
  EXPECT_EQ(list.size(), 0U);
}

TEST_F(some_watches, P1_WhileAnotherConversationIsSharedItGoesOn) {
  watching();
  hear(gone({1}));
  flush();
  const auto got = hear(answer({2}));
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].what, kind::due);
  EXPECT_FALSE(list.take_due(11, eve)->over);
}

TEST_F(some_watches, P1_AChangeThatDoesNotNameTheConversationIsNotToldByIt) {
  watching();
  EXPECT_TRUE(hear(change({2, 3}, {.online = false, .last_seen = 60'000})).empty());
  EXPECT_FALSE(list.take_due(11, eve));
  flush();
  EXPECT_EQ(questions.size(), 1U) << "it asks by which it may go on";
}

TEST_F(some_watches, P1_WhenTheAskerLeavesItIsAskedAnew) {
  watching();
  inboxes[ada] = inbox_of(ada, {2, 3});
  list.recheck(11, eve);
  EXPECT_TRUE(hear(change({1}, {.online = false, .last_seen = 60'000})).empty());
  flush();
  ASSERT_EQ(questions.size(), 1U);
  EXPECT_EQ(*questions[0].by, *named({2, 3}));
}

TEST_F(some_watches, P1_WhenAnotherIsLeftNothingChanges) {
  watching();
  inboxes[ada] = inbox_of(ada, {1});
  list.recheck(11, eve);
  flush();
  EXPECT_TRUE(questions.empty());
}

TEST_F(some_watches, P1_WhatOneIsAnsweredIsToldToTheOthersByTheirOwnLeasesAlone) {
  watching();
  list.begin(12, ben, eve);
  flush();
  const auto got = hear(answer({4}, {.online = false, .last_seen = 60'000}));
  for (const auto& e : got) EXPECT_EQ(e.link, 12U);
  list.take_due(12, eve);
  flush();
  ASSERT_EQ(questions.size(), 1U);
  EXPECT_EQ(*questions[0].by, *named({1, 4}));
  questions.clear();
  const auto then = hear(answer({1, 4}, {.online = false, .last_seen = 60'000}));
  ASSERT_EQ(then.size(), 1U);
  EXPECT_EQ(then[0].link, 11U);
}

TEST_F(some_watches, P1_AfterAGapAllOfThatShardIsRenewed) {
  watching();
  list.renew_if([this](account_id about) { return about == eve; });
  list.renew_if([this](account_id about) { return about == eve; });
  flush();
  EXPECT_EQ(questions.size(), 1U);
  list.renew_if([](account_id) { return false; });
  flush();
  EXPECT_TRUE(questions.empty());
}

TEST_F(some_watches, WithoutRoomForItsLeaseItIsRefusedAsFull) {
  list.begin(11, ada, eve);
  flush();
  auto w = answer({}, {});
  w.full = true;
  const auto got = hear(w);
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].what, kind::full);
  EXPECT_EQ(list.size(), 0U);
}

TEST_F(some_watches, AreBounded) {
  all.watches = 1;
  watching();
  EXPECT_EQ(list.begin(12, ben, eve), begun::full);
  list.end(11, eve);
  EXPECT_EQ(list.begin(12, ben, eve), begun::asked);
}

TEST_F(some_watches, EndWithoutATrace) {
  watching();
  list.begin(12, ben, eve);
  list.end(11, eve);
  list.end(12, eve);
  EXPECT_EQ(list.size(), 0U);
  flush();
  EXPECT_TRUE(questions.empty());
  EXPECT_TRUE(hear(change({1}, {.online = true})).empty());
  pass(100'000);
  flush();
  EXPECT_TRUE(questions.empty());
}

}  // namespace
}  // namespace dunlin::presence
