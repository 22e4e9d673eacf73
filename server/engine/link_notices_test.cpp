// What a connection is told beside records: what it is not sent, what is gone, what was refused (D6, D10, D11, M4).

#include "engine/test_people.hpp"

namespace dunlin::engine {
namespace {

using fate = test_rig::fate;

constexpr unsigned refused = 2;
constexpr unsigned trimmed = 4;
constexpr unsigned reset = 5;

struct notices : two_people {
  std::unique_ptr<test_device> a = rig.online(ada, {});

  void say(int count, std::size_t size = 1) {
    for (int i = 0; i < count; ++i) {
      a->publish(topic + "/send", rig.send_body(rig.next_id(), std::string(size, 'x')));
    }
    rig.run();
  }
  std::optional<state_answer> state_of(const test_rig::person& who) {
    std::optional<state_answer> out;
    rig.home(who.account).read_state(who.account, who.device, [&](state_answer s) { out = std::move(s); });
    rig.run();
    return out;
  }
};

TEST_F(notices, D6_AFeedThatStartsAboveItsCursorForTrimmingSaysSoFirst) {
  say(10);
  rig.trim(talk, 6);
  const auto b = rig.online(ben);
  bytes expected;
  stream::write_trimmed(expected, talk, 6);
  ASSERT_EQ(b->notices(trimmed).size(), 1U);
  std::size_t said = 0;
  std::size_t first = 0;
  for (std::size_t i = 0; i < b->messages.size(); ++i) {
    if (b->messages[i].payload == expected) said = i;
    if (b->messages[i].topic == topic && first == 0) first = i;
  }
  EXPECT_LT(said, first);
  EXPECT_EQ(b->records(topic).front().seq, 7U);
}

TEST_F(notices, D6_WhatWasTrimmedCountsAsAcknowledged) {
  say(10);
  rig.trim(talk, 11);
  auto b = rig.online(ben);
  EXPECT_EQ(b->count(topic), 0U);
  rig.run(1500);
  b->cut();
  b = rig.online(ben);
  EXPECT_TRUE(b->notices(trimmed).empty());
}

TEST_F(notices, D10_WhoIsBehindWhatTheAccountsStreamKeepsIsTold) {
  for (int i = 0; i < 5; ++i) rig.add_conversation({ada, ben}, 6);
  const auto own = account_stream(ben.account);
  rig.trim(own, 5);
  auto b = rig.connect(ben, {.client_id = to_text(ben.device)});
  b->subscribe({"me", "me/now"});
  rig.run();
  bytes from;
  wire_writer(from).number(1, 6);
  EXPECT_EQ(b->notices(reset), std::vector<bytes>{from});
  EXPECT_EQ(b->records("me").front().seq, 6U);
}

TEST_F(notices, D10_TheResetComesAgainUntilALaterEntryIsAcknowledged) {
  rig.trim(account_stream(ben.account), 2);
  const auto options = test_device::connect_options{.client_id = to_text(ben.device)};
  for (int i = 0; i < 2; ++i) {
    auto b = rig.connect(ben, options);
    b->subscribe({"me", "me/now"});
    rig.run(1500);
    EXPECT_EQ(b->notices(reset).size(), 1U);  // nothing behind it: the cursor stays
    b->cut();
  }
  rig.add_conversation({ada, ben}, 6);
  auto b = rig.connect(ben, options);
  b->subscribe({"me", "me/now"});
  rig.run(1500);
  EXPECT_EQ(b->notices(reset).size(), 1U);
  b->cut();
  b = rig.connect(ben, options);
  b->subscribe({"me", "me/now"});
  rig.run(1500);
  EXPECT_TRUE(b->notices(reset).empty());
}

TEST_F(notices, D10_TheStateHasHeadsCursorsMarksAndReceipts) {
  say(10);
  auto b = rig.online(ben);
  bytes read;
  stream::write_receipt(read, {.read = 7});
  b->publish(topic + "/receipt", read);
  b->publish(topic + "/send", rig.send_body(rig.next_id(), "answer"));
  rig.run(3000);
  const auto bens = state_of(ben);
  ASSERT_TRUE(bens && bens->outcome.ok());
  ASSERT_EQ(bens->conversations.size(), 1U);
  EXPECT_EQ(bens->at, 2U);
  const auto& c = bens->conversations[0];
  EXPECT_EQ(c.id, talk);
  EXPECT_EQ(c.head, 12U);
  EXPECT_EQ(c.cursor, 11U);
  EXPECT_EQ(c.read, 7U);
  EXPECT_EQ(c.others_delivered, 1U);  // ada's device listens to nothing
  const auto adas = state_of(ada);
  ASSERT_EQ(adas->conversations.size(), 1U);
  EXPECT_EQ(adas->conversations[0].others_delivered, 11U);
  EXPECT_EQ(adas->conversations[0].others_read, 7U);
}

TEST_F(notices, D10_TheStateShowsNothingThatACrashCouldTakeBack) {
  rig.store().hold_durable(true);
  std::optional<stream::verdict> made;
  rig.home(ben.account).create({.id = {std::uint64_t{3} << 56, 9}, .members = {ben.account}}, [&](stream::verdict v) {
    made = v;
  });
  rig.run(200);
  rig.store().sync();
  rig.run(200);  // the effect is applied to the inbox, and not durable
  std::optional<state_answer> answer;
  rig.home(ben.account).read_state(ben.account, ben.device, [&](state_answer s) { answer = std::move(s); });
  rig.run(200);
  EXPECT_FALSE(answer.has_value());
  rig.store().hold_durable(false);
  rig.store().sync();
  rig.run(200);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->conversations.size(), 2U);
}

TEST_F(notices, D10_TheStateOfAnAccountWithManyConversationsIsWhole) {
  constexpr std::size_t many = 1100;  // more than may be asked of the control plane at a time
  for (std::size_t i = 0; i < many; ++i) {
    rig.at(0).create({.id = {std::uint64_t{i % 256} << 56, i + 1}, .members = {ben.account}}, [](stream::verdict) {});
    if (i % 100 == 0) rig.run();
  }
  rig.run();
  const auto all = state_of(ben);
  ASSERT_TRUE(all && all->outcome.ok());
  EXPECT_EQ(all->conversations.size(), many + 1);
  for (const auto& c : all->conversations) EXPECT_EQ(c.head, 1U);
}

TEST_F(notices, D1_ADeviceIsAddedToAnAccountWithManyConversations) {
  for (std::size_t i = 0; i < 1100; ++i) {
    rig.at(0).create({.id = {std::uint64_t{i % 256} << 56, i + 1}, .members = {ben.account}}, [](stream::verdict) {});
    if (i % 100 == 0) rig.run();
  }
  rig.run();
  say(3);
  const auto second = rig.add_device(ben);  // expects an accepted verdict
  auto tablet = ben;
  tablet.device = second;
  tablet.token = "token:" + to_text(second);
  const auto b = rig.online(tablet, {"c/+", "me/now"});
  EXPECT_EQ(b->messages.size(), 1U);  // caught up: its cursors stand at the heads
}

TEST_F(notices, D11_TheFirstMessageOnMeNowOfA311ClientNamesTheData) {
  auto b = rig.connect(ben, {.client_id = to_text(ben.device), .version = mqtt::protocol_version::v3_1_1});
  b->subscribe({"me/now"});
  rig.run();
  ASSERT_FALSE(b->messages.empty());
  EXPECT_EQ(b->messages[0].payload[0], 6 << 3 | 2);
  EXPECT_EQ(b->notices(6).size(), 1U);
}

TEST_F(notices, M4_ARefusalIsWrittenBeforeThePubackEvenIfTheOutputIsFull) {
  auto b = rig.connect(ben, {.client_id = to_text(ben.device), .version = mqtt::protocol_version::v3_1_1});
  b->subscribe({"c/+", "me/now"});
  rig.run();
  b->messages.clear();
  rig.set_road([](shard_id, shard_id, const message& m) {
    return std::holds_alternative<submit>(m) ? fate::late : fate::arrives;
  });
  const auto packet = b->publish(test_rig::topic(stream_id{2, 2}, "/send"), rig.send_body(rig.next_id(), "x"));
  rig.run();
  b->reads = false;
  say(2, 256 * 1024);
  rig.set_road({});
  rig.arrive_late();
  rig.run();
  EXPECT_EQ(b->ack(packet), nullptr);
  b->reads = true;
  rig.run();
  ASSERT_NE(b->ack(packet), nullptr);
  EXPECT_EQ(b->notices(refused).size(), 1U);
}

TEST_F(notices, D9_CaughtUpWaitsForRoom) {
  say(1, 256 * 1024);
  auto b = rig.connect(ben, {.client_id = to_text(ben.device)});
  b->reads = false;
  b->subscribe({"c/+", "me/now"});
  rig.run();
  b->reads = true;
  rig.run();
  EXPECT_TRUE(b->caught_up());
}

}  // namespace
}  // namespace dunlin::engine
