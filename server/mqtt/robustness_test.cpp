// Bad input at a connection: the protocol's own error, counted, and never a crash, a hang or growth. The classes of
// what has gone wrong in brokers, one test each; those of the codec alone stand in codec_test.cpp.
#include "mqtt/protocol_fixture.hpp"

namespace dunlin::mqtt {
namespace {

class MqttRobustness : public ProtocolTest {
 protected:
  // The header of a packet of this remaining length.
  static bytes header(std::uint8_t first, std::uint32_t remaining) {
    bytes data{first};
    while (remaining >= 0x80) {
      data.push_back(static_cast<std::uint8_t>(remaining | 0x80));
      remaining >>= 7;
    }
    data.push_back(static_cast<std::uint8_t>(remaining));
    return data;
  }
};

TEST_F(MqttRobustness, CveRemainingLength_BeforeConnectNothingLargeIsWaitedFor) {
  const feed_result fed = feed(header(0x10, 200'000'000));
  EXPECT_EQ(p_->state(), protocol_state::closing);
  EXPECT_EQ(fed.wanted, 0U);
  EXPECT_EQ(host_.events, lines{"error packet_too_large"});
  EXPECT_TRUE(out_.empty());
}

TEST_F(MqttRobustness, CveRemainingLength_AConnectedClientIsToldTheLimitAndCut) {
  connect();
  feed(header(0x30, shared_.bounds.max_packet_size));
  EXPECT_EQ(replies(), lines{"DISCONNECT packet_too_large"});
}

TEST_F(MqttRobustness, TheWantedSizeNeverExceedsTheLimit) {
  connect();
  EXPECT_EQ(feed(header(0x30, 1'000)).wanted, 1'003U);
  EXPECT_LE(feed(header(0x30, shared_.bounds.max_packet_size - 4)).wanted, shared_.bounds.max_packet_size);
  EXPECT_EQ(p_->state(), protocol_state::connected);
}

TEST_F(MqttRobustness, CveTinyFragments_AByteAtATimeGivesTheSameResult) {
  wire_end end;
  encode_connect(end.out, connect_packet(v5));
  publish_view m;
  m.topic = "a/b";
  m.payload = as_bytes("payload");
  m.qos = qos_level::at_least_once;
  m.packet_id = 3;
  encode_publish(end.out, v5, m);
  const bytes all = end.take();
  bytes kept;
  for (const std::uint8_t byte : all) {
    kept.push_back(byte);
    const feed_result fed = feed(kept);
    kept.erase(kept.begin(), kept.begin() + static_cast<long>(fed.consumed));
  }
  EXPECT_EQ(host_.events, (lines{"connect dev", "publish a/b q1: payload"}));
  EXPECT_EQ(replies(), (lines{"CONNACK success", "PUBACK #3 success"}));
}

TEST_F(MqttRobustness, CveServerOnlyPackets_AClientThatSendsThemIsCut) {
  for (const char* hex : {"20 03 00 00 00", "90 04 00 01 00 00", "b0 04 00 01 00 00", "d0 00"}) {
    reconnect();
    connect();
    feed_hex(hex);
    EXPECT_EQ(replies(), lines{"DISCONNECT protocol_error"}) << hex;
    EXPECT_EQ(host_.take_events(), lines{"error protocol_error"});
  }
}

TEST_F(MqttRobustness, APublishWithASubscriptionIdentifierFromAClientIsAProtocolError) {
  connect();
  feed_hex("30 06 00 01 61 02 0b 01");
  EXPECT_EQ(replies(), lines{"DISCONNECT protocol_error"});
}

TEST_F(MqttRobustness, MalformedInputIsToldToA5ClientAnd311IsJustCut) {
  connect();
  feed_hex("30 03 00 01 ff");
  EXPECT_EQ(replies(), lines{"DISCONNECT malformed_packet"});
  EXPECT_EQ(host_.take_events(), lines{"error malformed_packet"});
  reconnect();
  connect(v3);
  feed_hex("30 03 00 01 ff");
  EXPECT_TRUE(out_.empty());
  EXPECT_EQ(p_->state(), protocol_state::closing);
  EXPECT_EQ(host_.take_events(), lines{"error malformed_packet"});
}

TEST_F(MqttRobustness, WhatFollowsTheEndIsSwallowed) {
  connect();
  feed_hex("d0 00");
  drain(out_);
  EXPECT_EQ(feed_hex("c0 00 c0 00").consumed, 4U);
  EXPECT_TRUE(out_.empty());
}

TEST_F(MqttRobustness, CveDeepTopics_TooManyLevelsAreRefusedInMessagesFiltersAndWills) {
  const std::string deep(200, '/');
  connect();
  publish(deep, "x");
  EXPECT_EQ(replies(), lines{"DISCONNECT topic_name_invalid"});
  reconnect();
  connect();
  const subscription filters[] = {{deep, qos_level::at_most_once}};
  subscribe_view s;
  s.packet_id = 1;
  s.filters = lazy_range<subscription, subscription_reader>(std::span<const subscription>(filters));
  send(s);
  EXPECT_EQ(replies(), lines{"DISCONNECT topic_filter_invalid"});
  reconnect();
  connect_view c = connect_packet(v5);
  c.has_will = true;
  c.will.topic = deep;
  send(c);
  EXPECT_EQ(replies(), lines{"CONNACK topic_name_invalid"});
}

TEST_F(MqttRobustness, TopicsBeyondTheLengthLimitAreRefused) {
  connect();
  publish(std::string(shared_.bounds.max_topic_length, 'x'), "");
  EXPECT_EQ(p_->state(), protocol_state::connected);
  publish(std::string(shared_.bounds.max_topic_length + 1U, 'x'), "");
  EXPECT_EQ(p_->close_reason(), reason_code::topic_name_invalid);
}

TEST_F(MqttRobustness, CveWildcardNames_ClientIdsAndUserNamesWithWildcardsAreRefused) {
  for (const char* name : {"+", "a#", "x/+/y"}) {
    reconnect();
    connect_view c = connect_packet(v5);
    c.client_id = name;
    send(c);
    EXPECT_EQ(replies(), lines{"CONNACK client_id_not_valid"});
    reconnect();
    c = connect_packet(v3);
    c.has_user_name = true;
    c.user_name = name;
    send(c);
    EXPECT_EQ(replies(), lines{"CONNACK 4"});
  }
  for (const std::string& event : host_.events) EXPECT_TRUE(event.starts_with("error ")) << event;
}

TEST_F(MqttRobustness, AClientIdBeyondTheLimitIsRefused) {
  const std::string name(shared_.bounds.max_client_id_length + 1U, 'x');
  connect_view c = connect_packet(v3);
  c.client_id = name;
  send(c);
  EXPECT_EQ(replies(), lines{"CONNACK 2"});
}

TEST_F(MqttRobustness, TooManyFiltersInOnePacketAreRefused) {
  connect();
  const std::vector<subscription> filters(257, {"a", qos_level::at_most_once});
  subscribe_view s;
  s.packet_id = 1;
  s.filters = lazy_range<subscription, subscription_reader>(std::span<const subscription>(filters));
  send(s);
  EXPECT_EQ(replies(), lines{"DISCONNECT quota_exceeded"});
  EXPECT_EQ(host_.events, lines{"error quota_exceeded"});
}

TEST_F(MqttRobustness, CveQueuedBytes_AClientThatAsksAndNeverReadsStopsBeingRead) {
  shared_.bounds.max_output = 1'000;
  connect();
  bytes pings;
  for (int i = 0; i < 5'000; ++i) pings.insert(pings.end(), {0xc0, 0x00});
  const feed_result fed = feed(pings);
  EXPECT_LT(fed.consumed, pings.size());
  EXPECT_LE(out_.size(), 1'002U);
  EXPECT_FALSE(p_->wants_input());
  replies();
  EXPECT_TRUE(p_->wants_input());
}

TEST_F(MqttRobustness, CveQueuedBytes_InboundAliasesAreBoundedInNumberAndLength) {
  connect();
  publish_view m;
  const std::string topic(shared_.bounds.max_topic_length, 'x');
  m.topic = topic;
  for (std::uint32_t alias = 1; alias <= shared_.bounds.topic_aliases_in; ++alias) {
    m.props.set(property::topic_alias, alias);
    send(m);
  }
  EXPECT_EQ(p_->state(), protocol_state::connected);
  m.props.set(property::topic_alias, shared_.bounds.topic_aliases_in + 1U);
  send(m);
  EXPECT_EQ(p_->close_reason(), reason_code::topic_alias_invalid);
}

TEST_F(MqttRobustness, CveUseAfterFree_AConnectionEndedInsideACallbackStopsThere) {
  connect();
  host_.answers_at_once = true;
  host_.when_published = [this](const publish_view&, publish_token) { p_->taken_over(); };
  feed_hex("32 06 00 01 61 00 01 00 32 06 00 01 61 00 02 00");
  EXPECT_EQ(host_.events, lines{"publish a q1: "});
  EXPECT_EQ(replies(), lines{"DISCONNECT session_taken_over"});
}

TEST_F(MqttRobustness, CveUseAfterFree_DeliveringInsideACallbackIsSafe) {
  connect();
  host_.when_published = [this](const publish_view& m, publish_token) {
    for (int i = 0; i < 20; ++i) deliver(as_text(m.payload));
  };
  publish("a", "echo", 1, 1);
  const lines all = replies();
  ASSERT_EQ(all.size(), 21U);
  EXPECT_EQ(all.front(), "PUBLISH c/x q1 #1: echo");
  EXPECT_EQ(all.back(), "PUBACK #1 success");
}

TEST_F(MqttRobustness, AcknowledgementsOfNothingAreCountedAndHarmless) {
  connect();
  for (const packet_type type : {packet_type::puback, packet_type::pubrec, packet_type::pubrel, packet_type::pubcomp}) {
    ack(type, 99);
  }
  EXPECT_EQ(p_->state(), protocol_state::connected);
  EXPECT_EQ(host_.events.size(), 4U);
  EXPECT_EQ(replies(), (lines{"PUBREL #99 packet_id_not_found", "PUBCOMP #99 packet_id_not_found"}));
}

TEST_F(MqttRobustness, APubcompBeforeItsPubrelIsAProtocolError) {
  connect();
  deliver("x", 2);
  ack(packet_type::pubcomp, 1);
  EXPECT_EQ(p_->close_reason(), reason_code::protocol_error);
}

TEST_F(MqttRobustness, AClientThatTakesNothingLargeGetsNoPacketAboveItsMaximum) {
  connect_view c = connect_packet(v5);
  c.props.set(property::maximum_packet_size, 4);
  send(c);
  EXPECT_TRUE(out_.empty()) << "not even CONNACK fits";
  EXPECT_EQ(p_->close_reason(), reason_code::packet_too_large);
}

}  // namespace
}  // namespace dunlin::mqtt
