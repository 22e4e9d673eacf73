// Sessions that go on with another connection (M1, M2, D8), and what is known to break there.

#include "engine/test_sessions.hpp"

namespace dunlin::engine {
namespace {

using mqtt::reason_code;

TEST_F(sessions, M2_AResumedSessionKeepsItsFilters) {
  connect(true)->cut();
  const auto b = connect(false);
  EXPECT_TRUE(b->session_present);
  say();
  EXPECT_EQ(b->count(topic), 1U);
}

TEST_F(sessions, M2_RedeliveryHasDupAndTheSameIdAndComesBeforeWhatIsNew) {
  auto b = connect(true);
  say(3);
  b->puback(b->messages[1].packet_id);  // the second: acknowledged, though the first is not
  rig.run();
  const auto sent = b->messages;
  b->cut();
  say();
  b = connect(false);
  ASSERT_EQ(b->messages.size(), 3U);
  EXPECT_EQ(b->messages[0].packet_id, sent[0].packet_id);
  EXPECT_EQ(b->messages[1].packet_id, sent[2].packet_id);
  EXPECT_TRUE(b->messages[0].dup && b->messages[1].dup);
  EXPECT_FALSE(b->messages[2].dup);
  EXPECT_EQ(b->records(topic)[2].seq, 5U);
}

TEST_F(sessions, M2_WhatMayNoLongerBeReadIsNotSentAgainAndCountsAsAcknowledged) {
  auto b = connect(true);
  say(3);
  b->cut();
  rig.trim(talk, 3);
  b = connect(false);
  ASSERT_EQ(b->count(topic), 1U);
  EXPECT_EQ(b->records(topic)[0].seq, 4U);
  b->puback(b->messages[0].packet_id);
  rig.run(1500);
  EXPECT_EQ(rig.home(ben.account).applier_partition(1).find_inbox(ben.account)->find(talk)->cursors[0], 4U);
}

TEST_F(sessions, M2_WhatIsSentAgainIsTheSameMessageWhateverTheFiltersAreNow) {
  auto b = connect(true);
  b->subscribe({"c/+/text"});
  rig.run();
  a->publish(topic + "/text", as_bytes("whole"));
  rig.run();
  b->unsubscribe({"c/+"});
  rig.run();
  a->publish(topic + "/text", as_bytes("alone"));
  rig.run();
  ASSERT_EQ(b->count(topic), 1U);
  b->cut();
  b = connect(false, hour_s, true);
  ASSERT_EQ(b->messages.size(), 2U);
  EXPECT_TRUE(b->messages[0].dup && b->messages[1].dup);
  EXPECT_EQ(b->messages[0].topic, topic);
  EXPECT_EQ(b->messages[1].topic, topic + "/text");
  EXPECT_EQ(as_text(b->messages[1].payload), "alone");
}

TEST_F(sessions, M2_WhoWasRemovedIsNotSentAgainWhatWasInFlight) {
  const auto eve = rig.add_person(4);
  const auto group = rig.add_conversation({ada, ben, eve}, 3);
  auto b = connect(true);
  a->publish(test_rig::topic(group, "/send"), rig.send_body(rig.next_id(), "n"));
  rig.run();
  ASSERT_EQ(b->messages.size(), 1U);
  b->cut();
  rig.change(group, {}, {ben.account});
  b = connect(false);
  EXPECT_TRUE(b->messages.empty());
  say();
  EXPECT_EQ(b->count(topic), 1U);  // and nothing is held up by it
}

TEST_F(sessions, M2_AnInboundQoS2IdIsKeptAndItsRepetitionMakesNoSecondRecord) {
  auto b = connect(true);
  const auto body = rig.send_body(rig.next_id(), "once");
  const auto packet = b->publish(topic + "/send", body, 2);
  rig.run();
  ASSERT_NE(b->ack(packet), nullptr);
  b->cut();
  b = connect(false);
  b->publish_again(packet, topic + "/send", body, 2);
  rig.run();
  ASSERT_NE(b->ack(packet), nullptr);
  EXPECT_EQ(b->ack(packet)->type, mqtt::packet_type::pubrec);
  b->pubrel(packet);
  rig.run();
  EXPECT_EQ(b->ack(packet)->type, mqtt::packet_type::pubcomp);
  EXPECT_EQ(b->ack(packet)->reason, reason_code::success);
  EXPECT_EQ(rig.at(0).applier_partition(2).find_stream(talk)->head, 2U);
}

TEST_F(sessions, D8_AnEchoThatMayHaveBeenLostWithTheConnectionIsSentWholeToTheResumedSession) {
  auto b = connect(true);
  b->publish(topic + "/send", rig.send_body(rig.next_id(), "own"));
  rig.run();
  b->cut();
  say();
  b = connect(false, hour_s, true);
  ASSERT_EQ(b->count(topic), 2U);
  EXPECT_EQ(b->records(topic)[0].seq, 2U);
  EXPECT_EQ(b->records(topic)[1].seq, 3U);
}

TEST_F(sessions, D8_M2_WhatWasInFlightBehindAnEchoComesBehindIt) {
  auto b = connect(true);
  b->publish(topic + "/send", rig.send_body(rig.next_id(), "own"));
  rig.run();
  say(2);
  ASSERT_EQ(b->count(topic), 2U);
  b->cut();
  b = connect(false, hour_s, true);
  const auto records = b->records(topic);
  ASSERT_EQ(records.size(), 3U);
  for (std::size_t i = 0; i < records.size(); ++i) EXPECT_EQ(records[i].seq, 2 + i);
  rig.run(1500);
  EXPECT_EQ(rig.home(ben.account).applier_partition(1).find_inbox(ben.account)->find(talk)->cursors[0], 4U);
}

TEST_F(sessions, D8_AnEchoIsNotSentToTheResumedSessionOnceALaterRecordWasAcknowledged) {
  auto b = connect(true);
  b->publish(topic + "/send", rig.send_body(rig.next_id(), "own"));
  rig.run();
  say();
  b->puback(b->messages.back().packet_id);
  rig.run();
  b->cut();
  EXPECT_EQ(connect(false)->count(topic), 0U);
}

TEST_F(sessions, D8_AnEchoThatWasStillExpectedIsSentWholeToTheResumedSession) {
  auto b = connect(true, hour_s, false, 1);
  say();  // fills the one place, so that the feed does not get to what follows
  b->publish(topic + "/send", rig.send_body(rig.next_id(), "own"));
  rig.run();
  b->cut();
  b = connect(false, hour_s, true);
  ASSERT_EQ(b->count(topic), 2U);
  EXPECT_EQ(b->records(topic)[1].seq, 3U);
}

TEST_F(sessions, M2_WhatTheFeedSendsAnewIsNotSentAgainBesideIt) {
  auto b = connect(true);
  say();
  b->unsubscribe({"c/+"});
  rig.run();
  b->cut();
  // What was in flight takes all the room there is: the new filter's feed has sent nothing when the connection ends.
  b = connect(false, hour_s, false, 1);
  b->subscribe({"c/+"});
  rig.run();
  ASSERT_EQ(b->messages.size(), 1U);
  EXPECT_TRUE(b->messages[0].dup);
  b->cut();
  b = connect(false);
  ASSERT_EQ(b->messages.size(), 1U);
  EXPECT_FALSE(b->messages[0].dup);
}

TEST_F(sessions, M1_M2_ALostSessionAnswersSessionPresentZeroAndIsFedFromItsCursors) {
  auto b = connect(true);
  say(3);
  rig.crash(2);
  b = connect(false);
  EXPECT_FALSE(b->session_present);
  b->subscribe({"c/+"});
  rig.run();
  EXPECT_EQ(b->count(topic), 3U);
  EXPECT_FALSE(b->messages[0].dup);
}

TEST_F(sessions, D1_WhatWasAcknowledgedIsNotSentAgainToWhoComesBackAtOnceWithoutASession) {
  auto b = connect(true, 0, true);
  say(2);
  ASSERT_EQ(b->count(topic), 2U);
  b->cut();  // before its cursor was due for the log
  b = connect(true, 0, true);
  EXPECT_EQ(b->count(topic), 0U);
  say();
  EXPECT_EQ(b->count(topic), 1U);
}

TEST_F(sessions, M2_APubackWithAnErrorCountsAsAcknowledged) {
  auto b = connect(true);
  say();
  b->puback(b->messages[0].packet_id, reason_code::unspecified_error);
  rig.run(1500);
  b->cut();
  b = connect(true);
  EXPECT_EQ(b->count(topic), 0U);
}

TEST_F(sessions, AResumedSessionsSendQuotaStartsAnewWithTheNewReceiveMaximum) {
  auto b = connect(true, hour_s, false, 4);
  say(10);
  ASSERT_EQ(b->messages.size(), 4U);
  b->cut();
  b = connect(false, hour_s, false, 2);
  EXPECT_EQ(b->messages.size(), 2U);  // four are in flight, and two places
  b->cut();
  b = connect(false, hour_s, true, 8);
  EXPECT_EQ(b->messages.size(), 10U);
}

TEST_F(sessions, M1_ALossIsMendedByAttachingAgainFromWhatWasAcknowledged) {
  auto b = connect(true, 0);
  say(4);
  b->puback(b->messages[0].packet_id);
  b->puback(b->messages[1].packet_id);
  rig.run(1500);  // until the cursor is logged (D1)
  b->cut();       // the session is gone with its connection, and with it that two more were sent
  say();
  b = connect(true, 0);
  EXPECT_FALSE(b->session_present);
  std::vector<std::uint64_t> seqs;
  for (const auto& r : b->records(topic)) seqs.push_back(r.seq);
  EXPECT_EQ(seqs, (std::vector<std::uint64_t>{4, 5, 6}));
  for (const auto& m : b->messages) EXPECT_FALSE(m.dup);
}

TEST_F(sessions, ADeviceIsRoutedToOnceItsSubackIsOut) {
  auto b = std::make_unique<test_device>(rig, shard_id{0});
  b->connect(to_text(ben.account), ben.token, {.client_id = to_text(ben.device)});
  rig.run();
  b->subscribe({"c/+"});
  // Whatever is published once the SUBACK is seen arrives, without waiting for anything else.
  rig.run_until([&] { return !b->subacks.empty(); });
  a->publish(topic + "/send", rig.send_body(rig.next_id(), "n"));
  rig.run();
  EXPECT_EQ(b->count(topic), 1U);
}

TEST_F(sessions, D7_ASubscriptionThatStartsAtTheHeadIsRoutedToOnceItsSubackIsOut) {
  const std::string device = to_text(ben.device);
  for (const auto& [client_id, qos] : {std::pair{std::string("tool"), 1}, {std::string("tool"), 0}, {device, 0}}) {
    auto b = std::make_unique<test_device>(rig, shard_id{0});
    b->connect(to_text(ben.account), ben.token, {.client_id = client_id});
    rig.run();
    b->subscribe({"c/+"}, static_cast<std::uint8_t>(qos));
    rig.run_until([&] { return !b->subacks.empty(); });
    a->publish(topic + "/send", rig.send_body(rig.next_id(), "n"));
    rig.run();
    EXPECT_EQ(b->count(topic), 1U) << client_id << " at QoS " << qos;
    b->disconnect();
    rig.run();
  }
}

TEST_F(sessions, ASubscribeIsAnsweredEvenIfTheNextOneComesBeforeItsConversationsAreKnown) {
  auto b = std::make_unique<test_device>(rig, shard_id{0});
  b->connect(to_text(ben.account), ben.token, {.client_id = "tool"});
  rig.run();
  b->subscribe({"c/+"}, 0);
  b->subscribe({"c/+/live", "nothing/of/ours"}, 0);
  rig.run();
  EXPECT_EQ(b->subacks, (std::vector{reason_code::success, reason_code::success, reason_code::not_authorized}));
}

TEST_F(sessions, ABacklogIsDrainedByASessionThatIsResumedWithoutExceedingItsReceiveMaximum) {
  auto b = connect(true, hour_s, false, 6);
  b->cut();
  say(100);
  b = connect(false, hour_s, false, 6);
  std::size_t acked = 0;
  while (acked < b->messages.size()) {
    ASSERT_LE(b->messages.size() - acked, 6U);
    b->puback(b->messages[acked++].packet_id);
    rig.run();
  }
  EXPECT_EQ(acked, 100U);
}

TEST_F(sessions, ASecondaryConnectionHasNoSessionToResume) {
  auto b = rig.connect(ben, {.client_id = "tool", .expiry_s = hour_s});
  b->subscribe({"c/+"});
  rig.run();
  b->cut();
  b = rig.connect(ben, {.client_id = "tool", .clean_start = false, .expiry_s = hour_s});
  EXPECT_FALSE(b->session_present);
}

}  // namespace
}  // namespace dunlin::engine
