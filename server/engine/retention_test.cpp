// What time and departures take away: records that are kept no longer, devices that are silent, accounts that are
// deleted (R3, D10, O2, Q3). The clock is the test's.

#include <gtest/gtest.h>

#include "engine/test_rig.hpp"

namespace dunlin::engine {
namespace {

using mqtt::reason_code;

constexpr mono_ms day = 86'400'000;

struct kept_briefly : testing::Test {
  explicit kept_briefly(options limits = {}) : rig(2, limits) {}

  test_rig rig;
  test_rig::person ada = rig.add_person(0);
  test_rig::person ben = rig.add_person(1);
  stream_id brief = rig.add_conversation({ada, ben}, 2, true, false, stream::retention::until_delivered);
  std::string topic = test_rig::topic(brief);

  stream::stream_state& state(stream_id id) {
    return *rig.at(partition_of(id) % 2).applier_partition(partition_of(id)).find_stream(id);
  }
  stream::inbox_state& inbox(const test_rig::person& who) {
    return *rig.home(who.account).applier_partition(partition_of(who.account)).find_inbox(who.account);
  }
  void say(test_device& from, int times) {
    for (int i = 0; i < times; ++i) from.publish(topic + "/send", rig.send_body(rig.next_id(), "n"));
    rig.run(3000);
  }
  static bool was_told_of_trimming(const test_device& d, stream_id id, std::uint64_t through) {
    bytes expected;
    stream::write_trimmed(expected, id, through);
    return std::any_of(d.messages.begin(), d.messages.end(),
                       [&](const auto& m) { return m.topic == "me/now" && m.payload == expected; });
  }
};

TEST_F(kept_briefly, R3_WhatSomebodyNeverGotGoesAfterThirtyDays) {
  auto a = rig.online(ada);
  say(*a, 3);
  rig.sleep(29 * day);
  EXPECT_LE(state(brief).trimmed, 1U);  // nobody waits for the record of the joins
  rig.sleep(day);
  EXPECT_EQ(state(brief).trimmed, 4U);
  say(*a, 1);
  auto b = rig.online(ben);
  ASSERT_EQ(b->count(topic), 1U);
  EXPECT_EQ(b->records(topic)[0].seq, 5U);
  EXPECT_TRUE(was_told_of_trimming(*b, brief, 4));
}

TEST_F(kept_briefly, R3_WhatIsKeptForEverIsThereAfterAYear) {
  const auto kept = rig.add_conversation({ada, ben}, 6);
  topic = test_rig::topic(kept);
  auto a = rig.online(ada);
  say(*a, 3);
  for (int i = 0; i < 12; ++i) rig.sleep(31 * day);
  auto b = rig.online(ben);
  EXPECT_EQ(b->count(topic), 3U);
}

TEST_F(kept_briefly, R3_AStreamThatLeftMemoryIsTrimmedBeforeItIsReadAgain) {
  auto a = rig.online(ada);
  say(*a, 3);
  a.reset();
  rig.run(3000);
  rig.seal();
  for (int i = 0; i < 4; ++i) rig.sleep(3'600'000);
  ASSERT_EQ(rig.at(0).status().streams + rig.at(1).status().streams, 0U);
  rig.sleep(31 * day);
  auto b = rig.online(ben);
  EXPECT_EQ(b->count(topic), 0U);
  EXPECT_TRUE(was_told_of_trimming(*b, brief, 4));
  // And a crash takes none of it back.
  rig.run(3000);
  rig.crash(2);
  b = rig.online(ben);
  EXPECT_EQ(b->count(topic), 0U);
}

TEST_F(kept_briefly, D10_AnAccountsStreamKeepsThirtyDays) {
  const auto& own = state(account_stream(ada.account));
  const std::uint64_t head = own.head;
  ASSERT_GT(head, 1U);
  rig.sleep(30 * day);
  EXPECT_EQ(own.trimmed, 0U);
  const auto late = rig.add_conversation({ada}, 9);
  rig.sleep(day);
  EXPECT_EQ(own.trimmed, head);
  EXPECT_EQ(own.head, head + 1);
  auto a = rig.online(ada);
  const auto told = a->records("me");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(stream::read_added(told[0].body)->conversation, late);
}

options waits_long() {
  options o;
  o.keep_undelivered = 1000 * day;
  return o;
}
struct silent_devices : kept_briefly {
  silent_devices() : kept_briefly(waits_long()) {}
};

TEST_F(silent_devices, R3_ADeviceThatIsSilentForThirtyDaysIsNotWaitedForAndComesBackWhereItWas) {
  const device_id tablet = rig.add_device(ben);
  auto a = rig.online(ada);
  auto b = rig.online(ben);
  say(*a, 80);
  say(*b, 1);
  say(*a, 1);
  rig.run(5000);
  EXPECT_LE(state(brief).trimmed, 1U);  // nobody waits for the record of the joins
  for (int i = 0; i < 29; ++i) rig.sleep(day);
  rig.run(70'000);
  EXPECT_LE(state(brief).trimmed, 1U);  // nobody waits for the record of the joins
  rig.sleep(day);
  rig.sleep(day);
  rig.run(70'000);
  const std::uint64_t trimmed = state(brief).trimmed;
  EXPECT_GT(trimmed, 60U);
  // Who was connected all the time was seen all the time.
  EXPECT_EQ(inbox(ben).devices[0].seen, inbox(ada).devices[0].seen);
  EXPECT_GE(inbox(ben).devices[0].seen, inbox(ben).devices[1].seen + 31);
  auto again = rig.online({ben.account, tablet, "token:" + to_text(tablet)});
  EXPECT_TRUE(was_told_of_trimming(*again, brief, trimmed));
  rig.run(2000);
  EXPECT_EQ(inbox(ben).devices[1].seen, inbox(ben).devices[0].seen);
}

TEST_F(silent_devices, R3_AConnectionIsLoggedAsSeenOnceADay) {
  auto a = rig.online(ada);
  rig.run(100);
  rig.sleep(600'000);  // what everybody has is trimmed by then
  const auto kept = rig.store().kept();
  for (int i = 0; i < 5; ++i) {
    a->cut();
    a = rig.online(ada, {});
    rig.run(2000);
  }
  EXPECT_EQ(rig.store().kept(), kept);
  rig.sleep(day);
  rig.run(2000);
  EXPECT_EQ(rig.store().kept(), kept + 1);
}

struct deletion : kept_briefly {
  stream::verdict remove(const test_rig::person& who) {
    std::optional<stream::verdict> done;
    rig.home(who.account)
        .tell_account({.account = who.account, .version = 9, .deleted = true, .devices = {{who.device, 2, true, ""}}},
                      [&](stream::verdict v) { done = v; });
    rig.run();
    EXPECT_TRUE(done);
    return done.value_or(stream::verdict{});
  }
};

TEST_F(deletion, Q3_ADeletedAccountLeavesEveryConversationAndIsRefused) {
  std::vector<stream_id> all = {brief};
  for (std::uint8_t i = 0; i < 150; ++i) all.push_back(rig.add_conversation({ada, ben}, i));
  auto a = rig.online(ada);
  auto b = rig.online(ben);
  ASSERT_TRUE(remove(ada).ok());
  for (const auto& id : all) {
    ASSERT_EQ(state(id).find_member(ada.account), nullptr);
    ASSERT_EQ(state(id).find_member(ben.account)->as, stream::role::owner);
  }
  EXPECT_TRUE(a->closed);
  EXPECT_EQ(inbox(ada).conversations.size(), 1U);
  // Those who stay learn it.
  EXPECT_EQ(b->records(topic).back().kind, static_cast<std::uint32_t>(stream::kind::members));
  test_device again(rig, 0);
  again.connect(to_text(ada.account), ada.token, {.client_id = to_text(ada.device)});
  rig.run();
  EXPECT_EQ(again.connack, reason_code::not_authorized);
  // Told again, as after a crash, it does nothing.
  const auto kept = rig.store().kept();
  EXPECT_TRUE(remove(ada).ok());
  EXPECT_EQ(rig.store().kept(), kept);
}

TEST_F(deletion, R2_R3_WhoIsGoneHoldsBackNeitherReceiptsNorTrimming) {
  const auto eve = rig.add_person(4);
  const auto trio = rig.add_conversation({ben, ada, eve}, 8, true, false, stream::retention::until_delivered);
  topic = test_rig::topic(trio);
  auto b = rig.online(ben);
  auto e = rig.online(eve);
  say(*b, 80);
  say(*e, 1);
  say(*b, 1);
  const auto delivered = [&] {
    std::uint64_t most = 0;
    for (const auto& m : b->messages) {
      if (m.topic == topic + "/receipt") most = std::max(most, stream::read_receipt(m.payload)->delivered);
    }
    return most;
  };
  ASSERT_LE(delivered(), 1U);
  ASSERT_LE(state(trio).trimmed, 1U);
  ASSERT_TRUE(remove(ada).ok());
  rig.run(2000);
  EXPECT_GT(delivered(), 80U);
  EXPECT_GT(state(trio).trimmed, 60U);
}

TEST_F(deletion, Q1_ACrashInTheMiddleIsMendedByTheRepeat) {
  std::vector<stream_id> all = {brief};
  for (std::uint8_t i = 0; i < 150; ++i) all.push_back(rig.add_conversation({ada, ben}, i));
  bool told = false;
  rig.home(ada.account).tell_account({.account = ada.account, .version = 9, .deleted = true}, [&](stream::verdict) {
    told = true;
  });
  // Some steps, not all.
  rig.store().hold_durable(true);
  rig.run();
  rig.store().sync();
  rig.run();
  rig.store().sync();
  rig.run();
  ASSERT_FALSE(told);
  ASSERT_LT(inbox(ada).conversations.size(), 152U);
  ASSERT_GT(inbox(ada).conversations.size(), 1U);
  rig.crash(2);
  rig.store().hold_durable(false);
  rig.run();
  ASSERT_TRUE(remove(ada).ok());
  for (const auto& id : all) ASSERT_EQ(state(id).find_member(ada.account), nullptr);
}

TEST_F(deletion, O2_AddedToADeletedAccountIsAnsweredWithLeave) {
  ASSERT_TRUE(remove(ada).ok());
  const auto late = rig.add_conversation({ben, ada}, 40);
  rig.run();
  EXPECT_EQ(state(late).find_member(ada.account), nullptr);
  EXPECT_NE(state(late).find_member(ben.account), nullptr);
}

}  // namespace
}  // namespace dunlin::engine
