#include "presence/board.hpp"

#include <gtest/gtest.h>

#include "presence/test_inbox.hpp"

namespace dunlin::presence {
namespace {

constexpr wall_ms minute = 60'000;
constexpr wall_ms day = 86'400'000;
constexpr shard_id here = 0;
constexpr shard_id there = 3;

struct a_board : testing::Test {
  limits all;
  board told{all};
  moment now{1'000'000, 20'000 * day + 5 * minute + 7};
  account_id ada = account(1);
  stream::inbox_state inbox = inbox_of(ada, {1, 2, 3});
  std::vector<addressed> out;

  word ask(std::initializer_list<std::uint64_t> by, bool active = false, shard_id from = there) {
    return told.answer(from, {ada, 7, named(by)}, {&inbox, active}, now);
  }
  void pass(mono_ms ms) {
    now.mono += ms;
    now.wall += ms;
  }
  std::vector<addressed> tick(mono_ms after = 0) {
    pass(after);
    out.clear();
    told.tick(now, out);
    return out;
  }
};

TEST_F(a_board, P1_AnswersByTheFirstConversationThatTheAccountIsIn) {
  const word w = ask({2, 3, 9}, true);
  EXPECT_EQ(w.number, 7U);
  EXPECT_EQ(w.by, std::vector{talk(2)});
  EXPECT_TRUE(w.gone.empty());
  EXPECT_TRUE(w.now.online);
  EXPECT_EQ(told.leases(), 1U);
}

TEST_F(a_board, P1_SaysNothingOfAnAccountThatSharesNone) {
  const word w = ask({8, 9}, true);
  EXPECT_TRUE(w.by.empty());
  EXPECT_EQ(w.now, state{});
  EXPECT_EQ(told.watched(), 0U);
  const word stranger = told.answer(there, {account(5), 7, named({1})}, {}, now);
  EXPECT_EQ(stranger.by, w.by);
  EXPECT_EQ(stranger.now, w.now);
}

TEST_F(a_board, P1_AnAccountsOwnStreamIsNoConversation) {
  const auto own = std::make_shared<const std::vector<stream_id>>(1, account_stream(ada));
  EXPECT_TRUE(told.answer(there, {ada, 7, own}, {&inbox, true}, now).by.empty());
}

TEST_F(a_board, P1_ADeletedAccountSharesNothing) {
  inbox.deleted = true;
  EXPECT_TRUE(ask({1}).by.empty());
}

TEST_F(a_board, P1_ARenewalSaysOfEachConversationWhetherTheAccountIsInIt) {
  const word w = told.answer(there, {ada, 0, named({1, 2, 9})}, {&inbox, true}, now);
  EXPECT_EQ(w.by, (std::vector{talk(1), talk(2)}));
  EXPECT_EQ(w.gone, std::vector{talk(9)});
}

TEST_F(a_board, P1_ALeaseIsRenewedWithoutALookAtTheAccount) {
  ask({1}, true);
  word w;
  EXPECT_TRUE(told.renew(there, {ada, 0, named({1})}, now, w));
  EXPECT_TRUE(w.now.online);
  EXPECT_EQ(w.by, std::vector{talk(1)});
  EXPECT_FALSE(told.renew(there, {ada, 0, named({1, 2})}, now, w));
  EXPECT_FALSE(told.renew(here, {ada, 0, named({1})}, now, w));
}

TEST_F(a_board, P1_ALeaseEndsSixtySecondsAfterItsLastRenewal) {
  ask({1}, true);
  word w;
  pass(59'999);
  EXPECT_TRUE(told.renew(there, {ada, 0, named({1})}, now, w));
  pass(59'999);
  told.note_active(ada, false, now);
  EXPECT_TRUE(tick(0).empty());
  pass(1);
  EXPECT_FALSE(told.renew(there, {ada, 0, named({1})}, now, w));
  EXPECT_TRUE(tick(all.grace).empty()) << "it was told of to a shard that no longer wants to know";
  for (int i = 0; i < 30; ++i) tick(250);
  EXPECT_EQ(told.leases(), 0U);
  EXPECT_EQ(told.watched(), 0U);
}

TEST_F(a_board, P1_OfflineIsToldAfterAGraceAndWithTheMinute) {
  ask({1}, true);
  ask({2}, true, here);
  pass(5000);
  told.note_active(ada, false, now);
  const wall_ms left = now.wall;
  EXPECT_TRUE(tick(all.grace - 1).empty());
  const auto words = tick(1);
  ASSERT_EQ(words.size(), 2U);
  EXPECT_EQ(words[0].to, here);
  EXPECT_EQ(words[0].what.by, std::vector{talk(2)});
  EXPECT_EQ(words[1].to, there);
  EXPECT_EQ(words[1].what.by, std::vector{talk(1)});
  EXPECT_TRUE(words[1].what.all);
  EXPECT_FALSE(words[1].what.now.online);
  EXPECT_EQ(words[1].what.now.last_seen, left / minute * minute);
  EXPECT_TRUE(tick(60'000 - 11'000).empty());
}

TEST_F(a_board, P1_AReloadIsNotTold) {
  ask({1}, true);
  for (int i = 0; i < 20; ++i) {
    told.note_active(ada, false, now);
    EXPECT_TRUE(tick(2000).empty());
    told.note_active(ada, true, now);
    EXPECT_TRUE(tick(100).empty());
  }
}

TEST_F(a_board, P1_OnlineIsToldAtOnce) {
  ask({1});
  pass(5000);
  told.note_active(ada, true, now);
  const auto words = tick();
  ASSERT_EQ(words.size(), 1U);
  EXPECT_TRUE(words[0].what.now.online);
  EXPECT_EQ(words[0].what.now.last_seen, 0);
}

TEST_F(a_board, P1_TwoChangesOfOneAccountAreASecondApart) {
  ask({1});
  pass(5000);
  mono_ms last = 0;
  int changes = 0;
  for (int i = 0; i < 4000; ++i) {
    if (i % 230 == 0) told.note_active(ada, i / 230 % 2 == 0, now);
    if (tick(25).empty()) continue;
    EXPECT_GE(now.mono - last, 1000);
    last = now.mono;
    ++changes;
    ask({1});
  }
  EXPECT_GT(changes, 4);
}

TEST_F(a_board, P1_WhoeverAsksWithinTheGraceIsToldOfTheEnd) {
  told.note_active(ada, false, now);
  pass(1000);
  EXPECT_TRUE(ask({1}).now.online);
  EXPECT_TRUE(tick(all.grace - 1001).empty());
  const auto words = tick(1);
  ASSERT_EQ(words.size(), 1U);
  EXPECT_FALSE(words[0].what.now.online);
}

TEST_F(a_board, P1_WhoIsOfflineWasLastSeenWhenTheLastActiveConnectionEnded) {
  told.note_active(ada, false, now);
  const wall_ms left = now.wall;
  pass(3 * minute);
  EXPECT_EQ(ask({1}).now.last_seen, left / minute * minute);
  for (int i = 0; i < 300; ++i) tick(250);  // its lease runs out
  ASSERT_EQ(told.watched(), 0U);
  EXPECT_EQ(ask({1}).now.last_seen, left / minute * minute);
}

TEST_F(a_board, R3_AfterARestartTheDayIsKnown) {
  inbox = inbox_of(ada, {1}, 19'990);
  EXPECT_EQ(ask({1}).now.last_seen, 19'990 * day);
  inbox = inbox_of(account(2), {1});
  ada = account(2);
  EXPECT_EQ(ask({1}).now.last_seen, 0);
}

TEST_F(a_board, P1_WithAConversationItsLeasesEnd) {
  ask({1}, true);
  ask({2}, true);
  ask({1}, true, here);
  inbox.leave(talk(1));
  told.conversations_changed(ada, &inbox, out);
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[0].to, here);
  EXPECT_EQ(out[1].to, there);
  EXPECT_EQ(out[1].what.gone, std::vector{talk(1)});
  EXPECT_TRUE(out[1].what.by.empty());
  EXPECT_EQ(out[1].what.now, state{});
  told.note_active(ada, false, now);
  const auto words = tick(10'000);
  ASSERT_EQ(words.size(), 1U);
  EXPECT_EQ(words[0].what.by, std::vector{talk(2)});
}

TEST_F(a_board, P1_AChangeThatFoundNoRoomComesAgain) {
  ask({1});
  pass(5000);
  told.note_active(ada, true, now);
  ASSERT_EQ(tick().size(), 1U);
  told.tell_again(ada);
  EXPECT_TRUE(tick(all.told_every - 1).empty());
  const auto words = tick(1);
  ASSERT_EQ(words.size(), 1U);
  EXPECT_TRUE(words[0].what.now.online);
  EXPECT_TRUE(tick(2000).empty());
}

TEST_F(a_board, LeasesOfOneAccountAreBounded) {
  all.leases_of_account = 2;
  ask({1}, true);
  ask({2}, true);
  const word w = ask({3}, true);
  EXPECT_TRUE(w.full);
  EXPECT_TRUE(w.by.empty());
  EXPECT_EQ(w.now, state{});
  EXPECT_TRUE(ask({2}).by == std::vector{talk(2)}) << "what there is goes on";
  const word renewal = told.answer(there, {ada, 0, named({2, 3})}, {&inbox, true}, now);
  EXPECT_EQ(renewal.by, std::vector{talk(2)});
  EXPECT_EQ(renewal.gone, std::vector{talk(3)});
}

TEST_F(a_board, LeasesOfAShardAreBounded) {
  all.leases = 1;
  ask({1}, true);
  const auto ben = account(2);
  const auto his = inbox_of(ben, {1});
  EXPECT_TRUE(told.answer(there, {ben, 7, named({1})}, {&his, true}, now).full);
  EXPECT_EQ(told.watched(), 1U);
}

TEST_F(a_board, ForgetsOneAmongManyAndKeepsTheOthers) {
  std::vector<stream::inbox_state> all_of_them;
  for (std::uint64_t n = 10; n < 20; ++n) all_of_them.push_back(inbox_of(account(n), {n}));
  for (std::uint64_t n = 10; n < 20; ++n) {
    told.answer(there, {account(n), 1, named({n})}, {&all_of_them[n - 10], true}, now);
  }
  for (const std::uint64_t n : {10, 14, 19}) {
    all_of_them[n - 10].leave(talk(n));
    told.conversations_changed(account(n), &all_of_them[n - 10], out);
  }
  EXPECT_EQ(told.watched(), 7U);
  for (const std::uint64_t n : {11, 12, 13, 15, 16, 17, 18}) told.note_active(account(n), false, now);
  std::set<account_id> heard;
  for (const auto& w : tick(10'000)) heard.insert(w.what.about);
  EXPECT_EQ(heard.size(), 7U);
}

}  // namespace
}  // namespace dunlin::presence
