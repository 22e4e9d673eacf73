#include <algorithm>

#include "engine/send_runs.hpp"
#include "engine/test_people.hpp"

namespace dunlin::engine {
namespace {

using mqtt::reason_code;

std::vector<std::uint64_t> seqs(const std::vector<stream::record_view>& records) {
  std::vector<std::uint64_t> out;
  for (const auto& r : records) out.push_back(r.seq);
  return out;
}

TEST_F(two_people, AMessageReachesTheOtherAndItsSenderIsToldTheSeq) {
  auto a = rig.online(ada);
  auto b = rig.online(ben);
  const auto packet = a->publish(topic + "/send", rig.send_body(rig.next_id(), "hello"));
  rig.run();
  ASSERT_NE(a->ack(packet), nullptr);
  EXPECT_EQ(a->ack(packet)->reason, reason_code::success);
  EXPECT_EQ(a->ack(packet)->properties.at("seq"), "2");
  const auto got = b->records(topic);
  ASSERT_EQ(seqs(got), (std::vector<std::uint64_t>{2}));
  EXPECT_EQ(got[0].account, ada.account);
  EXPECT_EQ(got[0].device, ada.device);
}

TEST_F(two_people, MessagesThatComeTogetherAreEachAnsweredInTheirOrder) {
  auto a = rig.online(ada);
  auto b = rig.online(ben);
  const stream_id other = rig.add_conversation({ada, ben}, 4);  // of the same shard
  const auto again = rig.next_id();
  std::vector<std::uint16_t> sent;
  const auto send = [&](stream_id to, message_id id, message_id after = {}) {
    sent.push_back(a->publish(test_rig::topic(to, "/send"), rig.send_body(id, "x", after)));
  };
  send(talk, again);
  send(talk, rig.next_id());
  send(talk, again);
  send(other, rig.next_id());
  send(talk, rig.next_id(), rig.next_id());  // whose predecessor never was
  send(talk, rig.next_id());
  rig.run();
  ASSERT_EQ(a->acks.size(), sent.size());
  const std::vector<std::string> expected{"2", "3", "2", "2", "waits", "4"};
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const auto& ack = a->acks[i];
    EXPECT_EQ(ack.packet_id, sent[i]);
    EXPECT_EQ(ack.reason == reason_code::success ? ack.properties.at("seq") : ack.reason_string, expected[i]) << i;
  }
  EXPECT_EQ(seqs(b->records(topic)), (std::vector<std::uint64_t>{2, 3, 4}));
  EXPECT_EQ(b->count(test_rig::topic(other)), 1U);
}

TEST_F(two_people, MessagesThatComeTogetherToManyConversationsAreEachAnsweredInTheirOrder) {
  auto a = rig.online(ada);
  auto b = rig.online(ben);
  std::vector<stream_id> talks;  // of Ada's shard, more than are collected, and of the other
  for (std::size_t i = 0; i < send_runs::max_runs + 8; ++i) {
    talks.push_back(rig.add_conversation({ada, ben}, i % 5 == 3 ? 1 : 4));
  }
  std::vector<std::uint16_t> sent;
  for (const auto& name : talks) {
    for (int i = 0; i < 2; ++i) {
      sent.push_back(a->publish(test_rig::topic(name, "/send"), rig.send_body(rig.next_id(), "x")));
    }
  }
  rig.run();
  ASSERT_EQ(a->acks.size(), sent.size());
  for (std::size_t i = 0; i < sent.size(); ++i) {
    EXPECT_EQ(a->acks[i].packet_id, sent[i]);
    EXPECT_EQ(a->acks[i].properties.at("seq"), std::to_string(2 + i % 2));
  }
  for (const auto& name : talks) EXPECT_EQ(seqs(b->records(test_rig::topic(name))), (std::vector<std::uint64_t>{2, 3}));
}

TEST(Shard, D3_WhoComesBackToAConversationThatNobodyFollowedGetsWhatWasNotKeptInMemory) {
  test_rig rig(2, {.kept_recent = 2});
  const auto ada = rig.add_person(0);
  const auto ben = rig.add_person(1);
  const stream_id talk = rig.add_conversation({ada, ben}, 2);
  auto a = rig.online(ada, {});
  const auto say = [&] {
    a->publish(test_rig::topic(talk, "/send"), rig.send_body(rig.next_id(), "x"));
    rig.run();
  };
  for (int i = 0; i < 6; ++i) say();
  auto b = rig.online(ben);
  EXPECT_EQ(seqs(b->records(test_rig::topic(talk))), (std::vector<std::uint64_t>{2, 3, 4, 5, 6, 7}));
  say();
  say();
  EXPECT_EQ(seqs(b->records(test_rig::topic(talk))), (std::vector<std::uint64_t>{2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST_F(two_people, D8_AnEchoedRecordIsNotSentWholeToItsSender) {
  auto a = rig.online(ada);
  auto b = rig.online(ben);
  a->publish(topic + "/send", rig.send_body(rig.next_id(), "one"));
  b->publish(topic + "/send", rig.send_body(rig.next_id(), "two"));
  rig.run();
  EXPECT_EQ(a->count(topic) + b->count(topic), 2U);
}

TEST_F(two_people, L2_NothingLeavesBeforeItIsDurable) {
  auto a = rig.online(ada);
  auto b = rig.online(ben);
  rig.store().hold_durable(true);
  const auto packet = a->publish(topic + "/send", rig.send_body(rig.next_id(), "hello"));
  rig.run(200);
  EXPECT_EQ(a->ack(packet), nullptr);
  EXPECT_EQ(b->count(topic), 0U);
  rig.store().sync();
  rig.run();
  EXPECT_NE(a->ack(packet), nullptr);
  EXPECT_EQ(b->count(topic), 1U);
}

TEST_F(two_people, AConnectionThatEndsLeavesItsMessagesOnTheirWayAndNobodyTheirVerdicts) {
  auto a = rig.online(ada);
  auto b = rig.online(ben);
  rig.store().hold_durable(true);
  a->publish(topic + "/send", rig.send_body(rig.next_id(), "hello"));
  rig.run(200);
  a->cut();
  rig.run(200);
  auto next = rig.online(ada);
  rig.store().hold_durable(false);
  rig.store().sync();
  rig.run();
  EXPECT_EQ(b->count(topic), 1U);
  EXPECT_TRUE(next->acks.empty());
}

TEST_F(two_people, S3_ARetryGetsTheFirstVerdictAndMakesNoSecondRecord) {
  auto a = rig.online(ada);
  auto b = rig.online(ben);
  const auto id = rig.next_id();
  const auto first = a->publish(topic + "/send", rig.send_body(id, "hello"));
  rig.run();
  const auto second = a->publish(topic + "/send", rig.send_body(id, "hello"));
  rig.run();
  EXPECT_EQ(a->ack(first)->properties.at("seq"), a->ack(second)->properties.at("seq"));
  EXPECT_EQ(b->count(topic), 1U);
}

TEST_F(two_people, D4_WhoWasAwayGetsWhatWasMissedInOrder) {
  auto a = rig.online(ada);
  for (int i = 0; i < 500; ++i) {
    a->publish(topic + "/send", rig.send_body(rig.next_id(), "n"));
    if (i % 50 == 0) rig.run();
  }
  rig.run();
  auto b = rig.online(ben);
  const auto got = seqs(b->records(topic));
  ASSERT_EQ(got.size(), 500U);
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_EQ(got[i], i + 2);
}

TEST_F(two_people, D9_CaughtUpIsSaidOnceAllThatWasMissedIsOut) {
  auto a = rig.online(ada);
  for (int i = 0; i < 100; ++i) a->publish(topic + "/send", rig.send_body(rig.next_id(), "n"));
  rig.run();
  auto b = rig.online(ben);
  std::size_t at = 0;
  for (std::size_t i = 0; i < b->messages.size(); ++i) {
    if (b->messages[i].topic == "me/now" && b->messages[i].payload == bytes{0x0a, 0x00}) at = i;
  }
  EXPECT_GE(at, 100U);
}

TEST_F(two_people, D9_CaughtUpIsSaidToWhoHasMissedNothing) {
  const auto is_told = [](const test_device& d) {
    return std::any_of(d.messages.begin(), d.messages.end(),
                       [](const got_message& m) { return m.topic == "me/now" && m.payload == bytes{0x0a, 0x00}; });
  };
  // The conversation is on another shard than the account, so that the answer to its arm comes last.
  const std::vector<std::string> filters{"c/+", "me/now"};
  for (const std::uint8_t qos : {std::uint8_t{0}, std::uint8_t{1}}) {
    auto b = rig.online(ben, {});
    b->subscribe(filters, qos);
    rig.run();
    EXPECT_TRUE(is_told(*b)) << "QoS " << unsigned{qos};
    b->disconnect();
    rig.run();
  }
}

TEST_F(two_people, ACrashLosesNothingThatWasAcknowledged) {
  auto a = rig.online(ada);
  for (int i = 0; i < 100; ++i) a->publish(topic + "/send", rig.send_body(rig.next_id(), "n"));
  rig.run();
  ASSERT_EQ(a->acks.size(), 100U);
  rig.crash(3);
  auto b = rig.online(ben);
  EXPECT_EQ(b->count(topic), 100U);
}

TEST_F(two_people, R2_ReceiptsSayHowFarTheOtherIs) {
  auto a = rig.online(ada);
  auto b = rig.online(ben);
  a->publish(topic + "/send", rig.send_body(rig.next_id(), "hello"));
  rig.run(2000);
  bytes read;
  stream::write_receipt(read, {.read = 2});
  const auto packet = b->publish(topic + "/receipt", read);
  rig.run(2000);
  EXPECT_NE(b->ack(packet), nullptr);
  std::uint64_t delivered = 0;
  std::uint64_t seen = 0;
  for (const auto& m : a->messages) {
    if (m.topic != topic + "/receipt") continue;
    const auto r = stream::read_receipt(m.payload);
    delivered = std::max(delivered, r->delivered);
    seen = std::max(seen, r->read);
  }
  EXPECT_EQ(delivered, 2U);
  EXPECT_EQ(seen, 2U);
}

TEST_F(two_people, S6_ARemovedMemberGetsNothingMoreAndIsRefused) {
  const auto eve = rig.add_person(4);
  const auto group = rig.add_conversation({ada, ben, eve}, 7);
  const auto name = test_rig::topic(group);
  auto a = rig.online(ada);
  auto e = rig.online(eve);
  EXPECT_TRUE(rig.change(group, {}, {eve.account}).ok());
  a->publish(name + "/send", rig.send_body(rig.next_id(), "hello"));
  const auto packet = e->publish(name + "/send", rig.send_body(rig.next_id(), "hello"));
  rig.run(1000);
  EXPECT_EQ(e->count(name), 0U);
  EXPECT_EQ(e->ack(packet)->reason, reason_code::not_authorized);
  EXPECT_EQ(e->records("me").back().kind, static_cast<std::uint32_t>(stream::kind::removed));
}

TEST_F(two_people, AForeignConversationLooksLikeAnUnknownOne) {
  const auto eve = rig.add_person(4);
  auto e = rig.online(eve);
  const auto foreign = e->publish(topic + "/send", rig.send_body(rig.next_id(), "x"));
  const auto unknown = e->publish(test_rig::topic(stream_id{5, 5}) + "/send", rig.send_body(rig.next_id(), "x"));
  rig.run();
  ASSERT_NE(e->ack(foreign), nullptr);
  ASSERT_NE(e->ack(unknown), nullptr);
  EXPECT_EQ(e->ack(foreign)->reason, e->ack(unknown)->reason);
  EXPECT_EQ(e->ack(foreign)->reason_string, e->ack(unknown)->reason_string);
}

TEST_F(two_people, D7_ASecondaryConnectionSeesWhatIsNewAndMovesNoCursor) {
  auto a = rig.online(ada);
  a->publish(topic + "/send", rig.send_body(rig.next_id(), "before"));
  rig.run();
  auto second = std::make_unique<test_device>(rig, 0);
  second->connect(to_text(ben.account), ben.token, {.client_id = "mosquitto_sub"});
  rig.run();
  second->subscribe({"c/+"});
  rig.run();
  a->publish(topic + "/send", rig.send_body(rig.next_id(), "after"));
  rig.run();
  EXPECT_EQ(seqs(second->records(topic)), (std::vector<std::uint64_t>{3}));
  auto b = rig.online(ben);
  EXPECT_EQ(seqs(b->records(topic)), (std::vector<std::uint64_t>{2, 3}));
}

TEST_F(two_people, ATextReachesAStockClientAsItIs) {
  auto a = rig.online(ada, {});
  auto b = rig.online(ben, {"c/+/text"});
  a->publish(topic + "/text", as_bytes("grüß dich"));
  rig.run();
  ASSERT_EQ(b->count(topic + "/text"), 1U);
  EXPECT_EQ(as_text(b->messages.back().payload), "grüß dich");
}

TEST_F(two_people, M2_WhatWasInFlightComesAgainWithItsIdAndDup) {
  auto a = rig.online(ada);
  auto b = std::make_unique<test_device>(rig, 0);
  b->auto_ack = false;
  b->connect(to_text(ben.account), ben.token, {.client_id = to_text(ben.device), .expiry_s = 3600});
  rig.run();
  b->subscribe({"c/+"});
  rig.run();
  a->publish(topic + "/send", rig.send_body(rig.next_id(), "one"));
  a->publish(topic + "/send", rig.send_body(rig.next_id(), "two"));
  rig.run();
  ASSERT_EQ(b->messages.size(), 2U);
  const auto first = b->messages;
  b->cut();
  rig.run();
  auto again = std::make_unique<test_device>(rig, 0);
  again->connect(to_text(ben.account), ben.token,
                 {.client_id = to_text(ben.device), .clean_start = false, .expiry_s = 3600});
  rig.run();
  a->publish(topic + "/send", rig.send_body(rig.next_id(), "three"));
  rig.run();
  EXPECT_TRUE(again->session_present);
  ASSERT_EQ(again->messages.size(), 3U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_TRUE(again->messages[i].dup);
    EXPECT_EQ(again->messages[i].packet_id, first[i].packet_id);
    EXPECT_EQ(again->messages[i].payload, first[i].payload);
  }
  EXPECT_FALSE(again->messages[2].dup);
}

}  // namespace
}  // namespace dunlin::engine
