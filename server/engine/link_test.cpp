// What a connection sees of sessions, filters, refusals and limits.

#include "engine/test_people.hpp"

namespace dunlin::engine {
namespace {

using mqtt::reason_code;

struct one_link : two_people {
  std::unique_ptr<test_device> connect(const test_rig::person& who, const test_device::connect_options& options) {
    auto device = std::make_unique<test_device>(rig, 0);
    device->connect(to_text(who.account), who.token, options);
    rig.run();
    return device;
  }
};

TEST_F(one_link, AWrongTokenIsRefused) {
  auto d = std::make_unique<test_device>(rig, 0);
  d->connect(to_text(ada.account), "wrong", {.client_id = "x"});
  rig.run();
  EXPECT_EQ(d->connack, reason_code::bad_user_name_or_password);
  EXPECT_TRUE(d->closed);
}

TEST_F(one_link, M3_FiltersThatAreNotOfferedAreRefused) {
  auto d = rig.online(ada, {});
  d->subscribe({"#", "c/#", "c/+/send", "$share/g/c/+", "home/lamp", "presence/x", "c/+", "me"});
  rig.run();
  EXPECT_EQ(d->subacks,
            (std::vector{reason_code::not_authorized, reason_code::not_authorized, reason_code::not_authorized,
                         reason_code::topic_filter_invalid, reason_code::not_authorized, reason_code::not_authorized,
                         reason_code::granted_qos_1, reason_code::granted_qos_1}));
}

TEST_F(one_link, M3_APublishToATopicThatIsNotOfferedIsRefused) {
  auto d = rig.online(ada);
  const auto packet = d->publish("home/lamp", as_bytes("on"));
  rig.run();
  EXPECT_EQ(d->ack(packet)->reason, reason_code::not_authorized);
}

TEST_F(one_link, M4_A311ClientHearsOfTheRefusalBeforeThePuback) {
  auto d = connect(ada, {.client_id = "tool", .version = mqtt::protocol_version::v3_1_1});
  d->subscribe({"me/now"}, 0);
  rig.run();
  const auto packet = d->publish(test_rig::topic(stream_id{1, 1}) + "/send", rig.send_body(rig.next_id(), "x"));
  rig.run();
  ASSERT_NE(d->ack(packet), nullptr);
  bytes expected;
  EXPECT_EQ(d->messages.back().topic, "me/now");
  EXPECT_EQ(d->messages.back().payload[0], 2 << 3 | 2);  // Now.refused
}

TEST_F(one_link, AFifthSecondaryConnectionIsRefused) {
  std::vector<std::unique_ptr<test_device>> all;
  for (int i = 0; i < 4; ++i) {
    all.push_back(connect(ada, {.client_id = "tool" + std::to_string(i)}));
    EXPECT_TRUE(all.back()->connected);
  }
  auto fifth = connect(ada, {.client_id = "tool4"});
  EXPECT_EQ(fifth->connack, reason_code::quota_exceeded);
  auto device = rig.online(ada);  // the device itself is not counted
  EXPECT_TRUE(device->connected);
}

TEST_F(one_link, ATakeOverTellsTheLoser) {
  auto first = rig.online(ada);
  auto second = rig.online(ada);
  EXPECT_EQ(first->closed_with, reason_code::session_taken_over);
  EXPECT_TRUE(first->closed);
  EXPECT_FALSE(second->closed);
}

TEST_F(one_link, Q3_ARevokedDeviceIsCutOffAndStaysOut) {
  auto d = rig.online(ada);
  std::optional<stream::verdict> done;
  rig.home(ada.account)
      .tell_account({.account = ada.account, .version = 2, .devices = {{ada.device, 2, true, "phone"}}},
                    [&](stream::verdict v) { done = v; });
  rig.run();
  EXPECT_TRUE(done && done->ok());
  EXPECT_TRUE(d->closed);
  auto again = connect(ada, {.client_id = to_text(ada.device)});
  EXPECT_EQ(again->connack, reason_code::not_authorized);
}

TEST_F(one_link, D6_ARecordAboveTheMaximumPacketSizeIsPassedWithANotice) {
  auto a = rig.online(ada);
  auto b = connect(ben, {.client_id = to_text(ben.device), .max_packet = 400});
  b->subscribe({"c/+", "me/now"});
  rig.run();
  a->publish(topic + "/send", rig.send_body(rig.next_id(), std::string(1000, 'x')));
  a->publish(topic + "/send", rig.send_body(rig.next_id(), "small"));
  rig.run(1500);
  ASSERT_EQ(b->count(topic), 1U);
  EXPECT_EQ(b->records(topic)[0].seq, 3U);
  b->cut();
  auto again = rig.online(ben);
  EXPECT_EQ(again->count(topic), 0U);  // the cursor has passed both
}

TEST_F(one_link, D6_ANoticeThatMayBeLostWithItsConnectionIsSaidAgain) {
  const auto too_large = [](const test_device& device) {
    return std::count_if(device.messages.begin(), device.messages.end(), [](const got_message& m) {
      return m.topic == "me/now" && !m.payload.empty() && m.payload[0] == data_tag(3);
    });
  };
  auto a = rig.online(ada);
  // With a session that goes on, and without.
  for (const std::uint32_t expiry_s : {600U, 0U}) {
    const test_device::connect_options small{
        .client_id = to_text(ben.device), .clean_start = false, .expiry_s = expiry_s, .max_packet = 400};
    auto b = connect(ben, small);
    b->auto_ack = false;
    b->subscribe({"c/+", "me/now"});
    rig.run();
    a->publish(topic + "/send", rig.send_body(rig.next_id(), std::string(1000, 'x')));
    a->publish(topic + "/send", rig.send_body(rig.next_id(), "small"));
    rig.run(1500);
    EXPECT_EQ(too_large(*b), 1);
    b->cut();
    b = connect(ben, small);
    b->subscribe({"c/+", "me/now"});
    rig.run(1500);
    EXPECT_EQ(too_large(*b), 1);
    b->cut();
    // What came behind it was acknowledged, so the notice had arrived.
    b = connect(ben, small);
    b->subscribe({"c/+", "me/now"});
    rig.run();
    EXPECT_EQ(too_large(*b), 0);
    b->cut();
  }
}

TEST_F(one_link, D6_APubackAboveAGapMovesNoCursor) {
  auto a = rig.online(ada);
  auto b = rig.online(ben, {});
  b->auto_ack = false;
  b->subscribe({"c/+"});
  rig.run();
  for (int i = 0; i < 3; ++i) a->publish(topic + "/send", rig.send_body(rig.next_id(), "n"));
  rig.run();
  ASSERT_EQ(b->messages.size(), 3U);
  b->puback(b->messages[1].packet_id);
  b->puback(b->messages[2].packet_id);
  rig.run(1500);
  b->cut();
  auto again = rig.online(ben);
  EXPECT_EQ(again->count(topic), 3U);
}

TEST_F(one_link, ABodyOverTheLimitIsRefused) {
  auto a = rig.online(ada);
  const std::string large(256 * 1024 + 1, 'x');
  const auto packet = a->publish(topic + "/send", rig.send_body(rig.next_id(), large));
  rig.run();
  EXPECT_EQ(a->ack(packet)->reason, reason_code::quota_exceeded);
  EXPECT_EQ(a->ack(packet)->reason_string, "too_large");
}

TEST_F(one_link, AWrongBodyIsRefusedAsMalformed) {
  auto a = rig.online(ada);
  const auto packet = a->publish(topic + "/send", as_bytes("\x0a\xff not a Send"));
  const auto no_id = a->publish(topic + "/send", bytes{0x3a, 0x01, 'x'});
  rig.run();
  EXPECT_EQ(a->ack(packet)->reason, reason_code::payload_format_invalid);
  EXPECT_EQ(a->ack(no_id)->reason, reason_code::payload_format_invalid);
}

TEST_F(one_link, S3_AStaleIdIsRefusedWithTheFloor) {
  auto a = rig.online(ada);
  const auto old = rig.next_id();
  for (int i = 0; i < 70; ++i) a->publish(topic + "/send", rig.send_body(rig.next_id(), "n"));
  rig.run();
  const auto packet = a->publish(topic + "/send", rig.send_body(old, "late"));
  rig.run();
  EXPECT_EQ(a->ack(packet)->reason_string, "stale");
  EXPECT_EQ(a->ack(packet)->properties.count("floor"), 1U);
}

TEST_F(one_link, S3_AMessageBehindAnUnacceptedOneWaits) {
  auto a = rig.online(ada);
  const auto first = rig.next_id();
  const auto second = rig.next_id();
  const auto packet = a->publish(topic + "/send", rig.send_body(second, "second", first));
  rig.run();
  EXPECT_EQ(a->ack(packet)->reason_string, "waits");
  a->publish(topic + "/send", rig.send_body(first, "first"));
  const auto again = a->publish(topic + "/send", rig.send_body(second, "second", first));
  rig.run();
  EXPECT_EQ(a->ack(again)->reason, reason_code::success);
}

TEST_F(one_link, L3_WithoutSpaceClientsAreRefusedAndReadsGoOn) {
  auto a = rig.online(ada);
  a->publish(topic + "/send", rig.send_body(rig.next_id(), "before"));
  rig.run();
  rig.store().set_space(store::space::full, store::space::granted);
  const auto id = rig.next_id();
  const auto refused = a->publish(topic + "/send", rig.send_body(id, "n"));
  rig.run();
  EXPECT_EQ(a->ack(refused)->reason_string, "no_space");
  auto b = rig.online(ben);
  EXPECT_EQ(b->count(topic), 1U);
  rig.store().set_space(store::space::granted, store::space::granted);
  const auto taken = a->publish(topic + "/send", rig.send_body(id, "n"));
  rig.run();
  EXPECT_EQ(a->ack(taken)->reason, reason_code::success);
  EXPECT_EQ(b->count(topic), 2U);
}

TEST_F(one_link, P2_LiveReachesTheOthersThatAreOnlineAndIsNotStored) {
  auto a = rig.online(ada);
  auto b = rig.online(ben);
  a->publish(topic + "/live", bytes{0x1a, 0x01, 't'}, 0);
  rig.run();
  EXPECT_EQ(b->count(topic + "/live"), 1U);
  EXPECT_EQ(a->count(topic + "/live"), 0U);
  b->cut();
  auto again = rig.online(ben);
  EXPECT_EQ(again->count(topic + "/live"), 0U);
}

TEST_F(one_link, R3_UntilDeliveredIsTrimmedOnceEverybodyHasIt) {
  const auto brief = rig.add_conversation({ada, ben}, 3, true, false, stream::retention::until_delivered);
  const auto name = test_rig::topic(brief);
  auto a = rig.online(ada);
  auto b = rig.online(ben);
  for (int i = 0; i < 80; ++i) a->publish(name + "/send", rig.send_body(rig.next_id(), "n"));
  rig.run();
  // The sender's cursor passes its echoes with the acknowledgement of a later record (D8).
  b->publish(name + "/send", rig.send_body(rig.next_id(), "n"));
  rig.run(5000);
  auto* s = rig.at(partition_of(brief) % 2).applier_partition(partition_of(brief)).find_stream(brief);
  ASSERT_NE(s, nullptr);
  EXPECT_GT(s->trimmed, 60U);
}

TEST_F(one_link, WhenTheServerEndsWhatWasTakenIsAnsweredBeforeTheClientIsToldToGo) {
  auto a = rig.online(ada);
  rig.store().hold_durable(true);
  const auto packet = a->publish(topic + "/send", rig.send_body(rig.next_id(), "x"));
  rig.run();
  for (shard_id i = 0; i < 2; ++i) rig.at(i).shut_down(false);
  const auto late = a->publish(topic + "/send", rig.send_body(rig.next_id(), "y"));
  rig.run();
  EXPECT_FALSE(a->closed);
  EXPECT_EQ(a->ack(packet), nullptr);
  rig.store().sync();
  rig.run();
  ASSERT_NE(a->ack(packet), nullptr);
  EXPECT_EQ(a->ack(packet)->reason, reason_code::success);
  EXPECT_EQ(a->ack(late), nullptr);
  EXPECT_EQ(a->closed_with, reason_code::server_shutting_down);
}

TEST_F(one_link, WhenTheServerEndsAtOnceNobodyIsWaitedFor) {
  auto a = rig.online(ada);
  rig.store().hold_durable(true);
  const auto packet = a->publish(topic + "/send", rig.send_body(rig.next_id(), "x"));
  rig.run();
  for (shard_id i = 0; i < 2; ++i) rig.at(i).shut_down(true);
  rig.run();
  EXPECT_EQ(a->ack(packet), nullptr);
  EXPECT_EQ(a->closed_with, reason_code::server_shutting_down);
  EXPECT_TRUE(a->closed);
}

TEST_F(one_link, QoSTwoIsAcceptedOnceAndAnsweredInFourSteps) {
  auto a = rig.online(ada);
  const auto packet = a->publish(topic + "/send", rig.send_body(rig.next_id(), "x"), 2);
  rig.run();
  ASSERT_NE(a->ack(packet), nullptr);
  EXPECT_EQ(a->ack(packet)->reason, reason_code::success);
}

}  // namespace
}  // namespace dunlin::engine
