// What a device gets when it attaches, and in which order (D4, D9).

#include <gtest/gtest.h>

#include "engine/test_rig.hpp"

namespace dunlin::engine {
namespace {

using fate = test_rig::fate;

struct attach : testing::Test {
  test_rig rig{2};
  test_rig::person ada = rig.add_person(0);
  test_rig::person ben = rig.add_person(1);
  // Of both shards.
  std::vector<stream_id> talks{rig.add_conversation({ada, ben}, 2), rig.add_conversation({ada, ben}, 3),
                               rig.add_conversation({ada, ben}, 4), rig.add_conversation({ada, ben}, 5)};
  std::unique_ptr<test_device> a = rig.online(ada, {});

  std::string topic(std::size_t i) { return test_rig::topic(talks[i]); }
  void say(std::size_t i, int count = 1) {
    for (int k = 1; k <= count; ++k) {
      a->publish(topic(i) + "/send", rig.send_body(rig.next_id(), "n"));
      if (k % 200 == 0) rig.run();
    }
    rig.run(25);
  }
  test_device::connect_options as_ben(std::uint16_t receive_maximum = 0) {
    return {.client_id = to_text(ben.device), .receive_maximum = receive_maximum};
  }
  std::unique_ptr<test_device> connect(const test_device::connect_options& options, bool acks = true) {
    auto b = rig.connect(ben, options);
    b->auto_ack = acks;
    b->subscribe({"me", "me/now", "c/+"});
    rig.run();
    return b;
  }
  // Records of conversations before the first word on me/now.
  static std::size_t records_before_now(const test_device& b) {
    std::size_t before = 0;
    for (const auto& m : b.messages) {
      if (m.topic == "me/now") break;
      before += m.topic.starts_with("c/") ? 1 : 0;
    }
    return before;
  }
  // Conversations in the order in which records of them came, each run once.
  std::vector<std::size_t> order(const test_device& b) {
    std::vector<std::size_t> out;
    for (const auto& m : b.messages) {
      for (std::size_t i = 0; i < talks.size(); ++i) {
        if (m.topic == topic(i) && (out.empty() || out.back() != i)) out.push_back(i);
      }
    }
    return out;
  }
};

TEST_F(attach, D9_TheAccountsOwnStreamComesFirst) {
  say(0);
  say(1);
  const auto late = rig.add_conversation({ada, ben}, 6);
  a->publish(test_rig::topic(late, "/send"), rig.send_body(rig.next_id(), "n"));
  rig.run();
  const auto b = connect(as_ben());
  bool other = false;
  for (const auto& m : b->messages) {
    other = other || m.topic.starts_with("c/");
    EXPECT_FALSE(other && m.topic == "me");
  }
  EXPECT_GE(b->count("me"), 5U);
  EXPECT_EQ(b->count(test_rig::topic(late)), 1U);
}

TEST_F(attach, D9_TheLatestConversationComesFirst) {
  for (const std::size_t i : {2U, 0U, 3U, 1U}) say(i, 5);
  const auto b = connect(as_ben());
  EXPECT_EQ(order(*b), (std::vector<std::size_t>{1, 3, 0, 2}));
}

TEST_F(attach, D9_TheLatestComesFirstEvenIfAnotherShardAnswersEarlier) {
  for (const std::size_t i : {1U, 3U, 2U, 0U}) say(i, 5);  // the latest two are not of ben's shard
  rig.set_road([](shard_id, shard_id, const message& m) {
    return std::holds_alternative<arms>(m) ? fate::late : fate::arrives;
  });
  const auto b = connect(as_ben(2));
  EXPECT_EQ(order(*b), std::vector<std::size_t>{});
  rig.set_road({});
  rig.arrive_late();
  rig.run();
  auto got = order(*b);
  got.resize(4);
  EXPECT_EQ(got, (std::vector<std::size_t>{0, 2, 3, 1}));
}

TEST_F(attach, D9_AnArmThatIsLostHoldsUpTheOthersForASecondAtMost) {
  say(1, 5);
  rig.set_road([](shard_id, shard_id, const message& m) {
    return std::holds_alternative<arms>(m) ? fate::lost : fate::arrives;
  });
  const auto b = connect(as_ben());
  rig.run(1100);
  EXPECT_EQ(b->count(topic(1)), 5U);
  EXPECT_FALSE(b->caught_up());
}

TEST_F(attach, D9_ConversationsTakeTurns) {
  for (const std::size_t i : {0U, 1U, 2U}) say(i, 40);
  const auto b = connect(as_ben(8));
  const auto got = order(*b);
  ASSERT_GE(got.size(), 6U);
  EXPECT_EQ(std::vector<std::size_t>(got.begin(), got.begin() + 6), (std::vector<std::size_t>{2, 1, 0, 2, 1, 0}));
  for (const std::size_t i : {0U, 1U, 2U}) EXPECT_EQ(b->count(topic(i)), 40U);
}

TEST_F(attach, D9_WhatWasMissedTakesHalfOfTheReceiveMaximumAndLeavesTheRestToWhatIsNew) {
  say(0, 50);
  auto b = rig.connect(ben, as_ben(10));
  b->auto_ack = false;
  b->subscribe({"c/+", "me/now"});
  rig.run();
  EXPECT_EQ(b->messages.size(), 5U);
  say(1, 2);
  EXPECT_EQ(b->count(topic(0)), 5U);
  EXPECT_EQ(b->count(topic(1)), 2U);
}

TEST_F(attach, D9_AReceiveMaximumOfOneIsEnough) {
  say(0, 20);
  const auto b = connect(as_ben(1));
  EXPECT_EQ(b->count(topic(0)), 20U);
}

TEST_F(attach, D9_A311ClientHasThirtyTwoUnderWay) {
  say(0, 50);
  auto options = as_ben();
  options.version = mqtt::protocol_version::v3_1_1;
  auto b = rig.connect(ben, options);
  b->auto_ack = false;
  b->subscribe({"c/+"});
  rig.run();
  EXPECT_EQ(b->messages.size(), 32U);
}

TEST_F(attach, D9_TheBacklogNeverExceedsTheReceiveMaximum) {
  say(0, 300);
  auto b = rig.connect(ben, as_ben(20));
  b->auto_ack = false;
  b->subscribe({"c/+"});
  rig.run();
  std::size_t acked = 0;
  while (acked < b->messages.size()) {
    ASSERT_LE(b->messages.size() - acked, 20U);
    b->puback(b->messages[acked++].packet_id);
    rig.run();
  }
  EXPECT_EQ(acked, 300U);
}

TEST_F(attach, D9_CaughtUpComesWhenNothingWasMissed) {
  const auto first = connect(as_ben());
  first->disconnect();
  rig.run();
  const auto b = connect(as_ben());
  EXPECT_TRUE(b->caught_up());
  EXPECT_EQ(order(*b), std::vector<std::size_t>{});
}

TEST_F(attach, D9_CaughtUpWaitsUntilEveryArmIsAnswered) {
  rig.set_road([](shard_id, shard_id, const message& m) {
    return std::holds_alternative<arms>(m) ? fate::late : fate::arrives;
  });
  const auto b = connect(as_ben());
  rig.run(3000);
  EXPECT_FALSE(b->caught_up());
  rig.set_road({});
  rig.arrive_late();
  rig.run();
  EXPECT_TRUE(b->caught_up());
}

TEST_F(attach, D9_CaughtUpComesBehindAllThatWasMissed) {
  say(0, 60);
  say(1, 60);
  const auto b = connect(as_ben(8));
  EXPECT_EQ(records_before_now(*b), 120U);
  EXPECT_EQ(b->notices(1).size(), 1U);
}

TEST_F(attach, D9_CaughtUpComesBehindAllThatWasMissedWhereTheHeadsAreKnownFromAnotherConnection) {
  auto second = rig.connect(ben, {.client_id = "second"});
  second->subscribe({"me", "c/+"});
  rig.run();
  say(0, 60);
  const auto b = connect(as_ben(8));
  EXPECT_EQ(records_before_now(*b), 60U);
  EXPECT_EQ(b->notices(1).size(), 1U);
}

TEST_F(attach, D9_CaughtUpIsSaidAgainToWhoSubscribesLater) {
  auto b = rig.connect(ben, as_ben());
  b->subscribe({"c/+"});
  rig.run();
  EXPECT_TRUE(b->messages.empty());
  b->subscribe({"me/now"});
  rig.run();
  EXPECT_EQ(b->notices(1).size(), 1U);
  b->subscribe({"me/now"});
  rig.run();
  EXPECT_EQ(b->notices(1).size(), 2U);
}

TEST_F(attach, D9_ADunlinClientFarBehindGetsTheNewestFirst) {
  say(0, 250);
  auto options = as_ben();
  options.dunlin = true;
  const auto b = connect(options);
  const auto got = b->records(topic(0));
  ASSERT_EQ(got.size(), 20U);
  EXPECT_EQ(got.front().seq, 232U);
  EXPECT_EQ(got.back().seq, 251U);
  EXPECT_TRUE(b->caught_up());
}

TEST_F(attach, D9_ADunlinClientALittleBehindAndAnyOtherAreFedFromTheirCursor) {
  say(0, 250);
  say(1, 200);
  const auto plain = connect(as_ben(), false);
  EXPECT_EQ(plain->records(topic(1)).front().seq, 2U);
  auto options = as_ben();
  options.dunlin = true;
  const auto b = connect(options);
  EXPECT_EQ(b->count(topic(1)), 200U);
  const auto own = connect(as_ben());
  EXPECT_EQ(own->records(topic(0)).front().seq, 2U);  // the gap was never filled
  EXPECT_EQ(own->count(topic(0)), 250U);
}

TEST_F(attach, D9_ADunlinClientIsNeverLeftWithAGapInItsAccountsStream) {
  for (int i = 0; i < 210; ++i) rig.add_conversation({ben}, 7);
  auto options = as_ben();
  options.dunlin = true;
  const auto b = connect(options);
  EXPECT_GE(b->count("me"), 210U);
}

TEST_F(attach, D9_AConversationIsFedOnlyAfterItsAddedEntryWentOut) {
  rig.crash(2);
  a = rig.online(ada, {});
  rig.store().hold_reads(true);  // the account's stream has to be read back
  say(0);
  const auto b = connect(as_ben());
  EXPECT_TRUE(b->messages.empty());
  rig.store().hold_reads(false);
  rig.run();
  ASSERT_FALSE(b->messages.empty());
  EXPECT_EQ(b->messages.front().topic, "me");
  EXPECT_EQ(b->count(topic(0)), 1U);
}

TEST_F(attach, D9_WhoDoesNotSubscribeToMeWaitsForNothingThere) {
  rig.crash(2);
  a = rig.online(ada, {});
  rig.store().hold_reads(true);
  say(0);
  auto b = rig.connect(ben, as_ben());
  b->subscribe({"c/+"});
  rig.run();
  EXPECT_EQ(b->count(topic(0)), 1U);
}

TEST_F(attach, D4_AConversationIsArmedBeforeItIsRead) {
  say(0, 5);
  std::vector<std::string> asked;
  rig.set_road([&](shard_id from, shard_id, const message& m) {
    if (from == 1 && std::holds_alternative<arms>(m)) asked.emplace_back("arms");
    if (from == 1 && std::holds_alternative<read>(m)) asked.emplace_back("read");
    return fate::arrives;
  });
  const auto b = connect(as_ben());
  ASSERT_FALSE(asked.empty());
  EXPECT_EQ(asked.front(), "arms");
  EXPECT_EQ(std::count(asked.begin(), asked.end(), "read"), 1);  // of the one that has news
}

TEST_F(attach, D4_WhoIsAwayIsSignalledOnceAndThenLeftAlone) {
  auto b = connect(as_ben());
  b->cut();
  rig.run();
  int signals = 0;
  rig.set_road([&](shard_id, shard_id, const message& m) {
    signals += std::holds_alternative<news>(m) ? 1 : 0;
    return fate::arrives;
  });
  say(0, 1);
  say(0, 1);
  say(0, 1);
  EXPECT_EQ(signals, 1);
}

// The conversation's owner is on the account's shard, so that news is taken at once.
TEST_F(attach, D3_WithinAShardNewsGoesOnWhereAllStandAndWhereOneHasNoRoom) {
  auto b = connect(as_ben(2));
  auto second = connect({.client_id = "second"});
  b->auto_ack = false;
  say(1, 5);
  EXPECT_EQ(second->count(topic(1)), 5U);
  EXPECT_EQ(b->count(topic(1)), 2U);
  b->auto_ack = true;
  const auto in_flight = b->messages;
  for (const auto& m : in_flight) {
    if (m.packet_id != 0) b->puback(m.packet_id);
  }
  rig.run(25);
  EXPECT_EQ(b->count(topic(1)), 5U);
  say(1, 1);
  EXPECT_EQ(b->count(topic(1)), 6U);
  EXPECT_EQ(second->count(topic(1)), 6U);
}

TEST_F(attach, D3_WithinAShardAnInboxThatTookItsNewsCountsAsArmed) {
  const auto b = connect(as_ben());
  say(1, 3);
  int sent = 0;
  rig.set_road([&](shard_id from, shard_id, const message& m) {
    sent += from == 1 && (std::holds_alternative<arms>(m) || std::holds_alternative<news>(m)) ? 1 : 0;
    return fate::arrives;
  });
  const auto before = rig.count(1).arms.value();
  say(1, 3);
  EXPECT_EQ(b->count(topic(1)), 6U);
  EXPECT_EQ(sent, 0);
  EXPECT_GT(rig.count(1).arms.value(), before);
  EXPECT_FALSE(rig.at(1).boxes().has_arms());
}

}  // namespace
}  // namespace dunlin::engine
