// Messages to the client, their acknowledgements, and sessions that are resumed.
#include "mqtt/protocol_fixture.hpp"

namespace dunlin::mqtt {
namespace {

class MqttOutbound : public ProtocolTest {
 protected:
  // The packet ids in flight, in order.
  std::vector<int> in_flight_ids() const {
    std::vector<int> ids;
    session_.for_each_in_flight([&](const in_flight& f) { ids.push_back(f.packet_id); });
    return ids;
  }
  void resume(protocol_version v = v5, std::uint32_t client_maximum = 0) {
    reconnect();
    host_.accept_with.session_present = true;
    connect_view c = connect_packet(v);
    c.props.set(property::session_expiry, 100);
    if (client_maximum != 0) c.props.set(property::receive_maximum, client_maximum);
    send(c);
    host_.take_events();
  }
};

TEST_F(MqttOutbound, AMessageIsItsPiecesOneAfterTheOther) {
  connect();
  message m;
  m.topic = "c/x";
  m.head = as_bytes("he");
  m.middle = as_bytes("ll");
  m.body = as_bytes("o");
  m.qos = qos_level::at_most_once;
  m.retain = true;
  EXPECT_EQ(p_->deliver(m), delivery::sent);
  EXPECT_EQ(replies(), lines{"PUBLISH c/x q0 retain: hello"});
}

TEST_F(MqttOutbound, PropertiesAndIdentifiersGoToA5ClientOnly) {
  const user_property users[] = {{"k", "v"}};
  const std::uint32_t ids[] = {3, 400};
  properties props;
  props.set(property::correlation_data, "c").set_user(users);
  message m = message_of("x", 0);
  m.props = &props;
  m.subscription_ids = ids;
  connect();
  p_->deliver(m);
  EXPECT_EQ(replies(), lines{"PUBLISH c/x q0 s3 s400 k=v: x"});
  reconnect();
  connect(v3);
  p_->deliver(m);
  EXPECT_EQ(replies(), lines{"PUBLISH c/x q0: x"});
}

TEST_F(MqttOutbound, ALargeBodyIsSharedAndNotCopied) {
  connect();
  const auto body = std::make_shared<const bytes>(bytes(100'000, 'x'));
  message m = message_of("", 0);
  m.body = byte_span(*body).subspan(10, 50'000);
  m.owner = &body;
  EXPECT_EQ(p_->deliver(m), delivery::sent);
  EXPECT_EQ(body.use_count(), 2);
  EXPECT_EQ(replies(), lines{"PUBLISH c/x q0: " + std::string(50'000, 'x')});
}

TEST_F(MqttOutbound, AnAcknowledgementComesBackWithItsCookie) {
  connect();
  deliver("one", 1, 100);
  deliver("two", 2, 200);
  EXPECT_EQ(replies(), (lines{"PUBLISH c/x q1 #1: one", "PUBLISH c/x q2 #2: two"}));
  ack(packet_type::puback, 1);
  ack(packet_type::pubrec, 2);
  EXPECT_EQ(host_.take_events(), lines{"acked 100 success"});
  EXPECT_EQ(replies(), lines{"PUBREL #2 success"});
  ack(packet_type::pubcomp, 2);
  EXPECT_EQ(host_.take_events(), lines{"acked 200 success"});
  EXPECT_EQ(session_.in_flight_count(), 0U);
}

TEST_F(MqttOutbound, M2_AnAcknowledgementWithAnErrorCountsAsAcknowledged) {
  connect();
  deliver("one", 1, 100);
  deliver("two", 2, 200);
  ack(packet_type::puback, 1, reason_code::quota_exceeded);
  ack(packet_type::pubrec, 2, reason_code::payload_format_invalid);
  EXPECT_EQ(host_.events, (lines{"acked 100 quota_exceeded", "acked 200 payload_format_invalid"}));
  EXPECT_EQ(session_.in_flight_count(), 0U);
}

TEST_F(MqttOutbound, TheClientsReceiveMaximumIsOurCredit) {
  connect_view c = connect_packet(v5);
  c.props.set(property::receive_maximum, 2);
  connect(c);
  EXPECT_EQ(p_->credit(), 2U);
  EXPECT_EQ(deliver("a", 1, 1), delivery::sent);
  EXPECT_EQ(deliver("b", 2, 2), delivery::sent);
  EXPECT_EQ(p_->credit(), 0U);
  EXPECT_EQ(deliver("c", 1, 3), delivery::no_credit);
  EXPECT_EQ(deliver("d", 0), delivery::sent) << "QoS 0 needs none";
  ack(packet_type::pubrec, 2);
  EXPECT_EQ(p_->credit(), 0U) << "PUBREC gives none back";
  ack(packet_type::puback, 1);
  EXPECT_EQ(host_.take_events(), (lines{"acked 1 success", "credit"}));
  EXPECT_EQ(deliver("c", 1, 3), delivery::sent);
}

TEST_F(MqttOutbound, CreditIsReportedOnceAndOnlyToWhoRanOut) {
  connect_view c = connect_packet(v5);
  c.props.set(property::receive_maximum, 3);
  connect(c);
  for (int i = 0; i < 3; ++i) deliver("x");
  ack(packet_type::puback, 1);
  EXPECT_EQ(host_.take_events(), lines{"acked 0 success"}) << "nothing was refused";
  deliver("x");
  deliver("x");
  deliver("x");
  feed_hex("40 02 00 02 40 02 00 03");
  EXPECT_EQ(host_.take_events(), (lines{"acked 0 success", "acked 0 success", "credit"}));
}

TEST_F(MqttOutbound, A311ClientHasOurOwnLimit) {
  shared_.bounds.send_maximum_v3 = 5;
  connect(v3);
  EXPECT_EQ(p_->credit(), 5U);
}

TEST_F(MqttOutbound, AFullOutputTakesCreditUntilItIsWritten) {
  shared_.bounds.max_output = 1000;
  connect();
  const std::string large(2000, 'x');
  EXPECT_EQ(deliver(large, 0), delivery::sent);
  EXPECT_EQ(deliver("more", 0), delivery::no_credit);
  EXPECT_EQ(p_->credit(), 0U);
  EXPECT_TRUE(host_.events.empty());
  replies();
  EXPECT_EQ(host_.events, lines{"credit"});
  EXPECT_EQ(deliver("more", 0), delivery::sent);
}

TEST_F(MqttOutbound, WhatIsTooLargeForTheClientIsNotSent) {
  connect_view c = connect_packet(v5);
  c.props.set(property::maximum_packet_size, 50);
  connect(c);
  EXPECT_EQ(deliver(std::string(50, 'x')), delivery::too_large);
  EXPECT_TRUE(out_.empty());
  EXPECT_EQ(session_.in_flight_count(), 0U);
  EXPECT_EQ(deliver("ok"), delivery::sent);
  EXPECT_EQ(replies(), lines{"PUBLISH c/x q1 #1: ok"});
}

TEST_F(MqttOutbound, PacketIdsGoRoundAndSkipZero) {
  connect();
  for (int i = 1; i <= 65'535 + 2; ++i) {
    deliver("x");
    const std::uint16_t id = static_cast<std::uint16_t>(i <= 65'535 ? i : i - 65'535);
    ASSERT_NE(session_.find(id), nullptr) << i;
    ack(packet_type::puback, id);
    out_.clear();
  }
  EXPECT_EQ(session_.in_flight_count(), 0U);
}

TEST_F(MqttOutbound, AcknowledgementsOutOfOrderLeaveTheOthersInFlight) {
  connect();
  for (int i = 0; i < 100; ++i) deliver("x", 1, static_cast<std::uint64_t>(i));
  for (std::uint16_t id = 100; id > 1; id -= 3) ack(packet_type::puback, id);
  EXPECT_EQ(session_.in_flight_count(), 67U);
  ack(packet_type::puback, 100);
  EXPECT_EQ(host_.events.back(), "error packet_id_not_found") << "only once";
  EXPECT_EQ(p_->state(), protocol_state::connected);
}

TEST_F(MqttOutbound, AnAcknowledgementOfTheWrongKindIsAProtocolError) {
  connect();
  deliver("x", 2);
  ack(packet_type::puback, 1);
  EXPECT_EQ(p_->close_reason(), reason_code::protocol_error);
}

TEST_F(MqttOutbound, WhatBroke_DupIsSetOnRedeliveryAndIdsStay) {
  connect();
  for (int i = 1; i <= 3; ++i) deliver("m" + std::to_string(i), i == 2 ? 2 : 1, static_cast<std::uint64_t>(i));
  ack(packet_type::puback, 1);
  resume();
  EXPECT_EQ(replies(), lines{"CONNACK success present"});
  EXPECT_EQ(in_flight_ids(), (std::vector<int>{2, 3}));
  while (const in_flight* f = session_.next_unsent()) {
    EXPECT_EQ(p_->redeliver(f->packet_id, message_of("again " + std::to_string(f->what.a))), delivery::sent);
  }
  EXPECT_EQ(replies(), (lines{"PUBLISH c/x q2 #2 dup: again 2", "PUBLISH c/x q1 #3 dup: again 3"}));
  EXPECT_EQ(deliver("new"), delivery::sent);
  EXPECT_EQ(replies(), lines{"PUBLISH c/x q1 #4: new"});
}

TEST_F(MqttOutbound, WhatBroke_TheOwedPubrelIsSentAgain) {
  connect();
  deliver("m", 2, 9);
  ack(packet_type::pubrec, 1);
  resume();
  EXPECT_EQ(replies(), (lines{"CONNACK success present", "PUBREL #1 success"}));
  EXPECT_EQ(session_.next_unsent(), nullptr);
  ack(packet_type::pubcomp, 1);
  EXPECT_EQ(host_.events, lines{"acked 9 success"});
}

TEST_F(MqttOutbound, WhatBroke_AQos2ExchangeGoesOnAfterItsMessageExpired) {
  connect();
  deliver("m", 2, 9);
  ack(packet_type::pubrec, 1);
  resume();
  replies();
  // Nobody asks for the message again: only the exchange is left, and it completes.
  EXPECT_EQ(session_.unsent_count(), 0U);
  ack(packet_type::pubcomp, 1);
  EXPECT_EQ(session_.in_flight_count(), 0U);
}

TEST_F(MqttOutbound, WhatBroke_TheSendQuotaStartsAnewOnResume) {
  connect();
  for (int i = 1; i <= 4; ++i) deliver("m", 1, static_cast<std::uint64_t>(i));
  resume(v5, 2);  // a smaller window than before
  replies();
  EXPECT_EQ(p_->credit(), 0U);
  EXPECT_EQ(deliver("new"), delivery::no_credit) << "what is in flight goes first";
  EXPECT_EQ(p_->redeliver(1, message_of("m")), delivery::sent);
  EXPECT_EQ(p_->redeliver(2, message_of("m")), delivery::sent);
  EXPECT_EQ(p_->redeliver(3, message_of("m")), delivery::no_credit);
  ack(packet_type::puback, 1);
  EXPECT_EQ(host_.take_events(), (lines{"acked 1 success", "credit"}));
  EXPECT_EQ(p_->redeliver(3, message_of("m")), delivery::sent);
}

TEST_F(MqttOutbound, M2_WhatMayNoLongerBeReadIsDroppedAndCountsAsAcknowledged) {
  connect();
  deliver("m", 1, 1);
  deliver("m", 2, 2);
  resume();
  p_->drop(1);
  p_->drop(2);
  EXPECT_EQ(session_.in_flight_count(), 0U);
  EXPECT_NE(p_->credit(), 0U);
  EXPECT_TRUE(host_.events.empty());
  replies();
  ack(packet_type::pubrec, 2);
  EXPECT_EQ(replies(), lines{"PUBREL #2 packet_id_not_found"});
}

TEST_F(MqttOutbound, M2_WithoutSessionPresentNothingIsInFlight) {
  connect();
  deliver("m", 1, 1);
  session_.note_received(7);
  reconnect();
  connect();
  EXPECT_EQ(session_.in_flight_count(), 0U);
  EXPECT_EQ(session_.received_count(), 0U);
}

TEST_F(MqttOutbound, AnAcknowledgementBeforeTheRedeliveryIsTaken) {
  connect();
  deliver("m", 1, 1);
  resume();
  ack(packet_type::puback, 1);
  EXPECT_EQ(host_.take_events(), lines{"acked 1 success"});
  EXPECT_EQ(session_.next_unsent(), nullptr);
}

TEST_F(MqttOutbound, ARedeliveryThatIsTooLargeNowIsDropped) {
  connect();
  deliver(std::string(100, 'x'), 1, 1);
  reconnect();
  host_.accept_with.session_present = true;
  connect_view c = connect_packet(v5);
  c.props.set(property::maximum_packet_size, 60);
  connect(c);
  EXPECT_EQ(p_->redeliver(1, message_of(std::string(100, 'x'))), delivery::too_large);
  EXPECT_EQ(session_.in_flight_count(), 0U);
}

TEST_F(MqttOutbound, AliasesSaveTopicsForClientsThatAllowThem) {
  connect_view c = connect_packet(v5);
  c.props.set(property::topic_alias_maximum, 1);
  connect(c);
  message m = message_of("x", 0);
  m.topic = "c/conversation";
  p_->deliver(m);
  p_->deliver(m);
  m.topic = "c/another";
  p_->deliver(m);
  p_->deliver(m);
  EXPECT_EQ(replies(), (lines{"PUBLISH c/conversation q0 ~1: x", "PUBLISH  q0 ~1: x", "PUBLISH c/another q0 ~1: x",
                              "PUBLISH  q0 ~1: x"}));
}

TEST_F(MqttOutbound, AMessageThatWasTooLargeTeachesNoAlias) {
  connect_view c = connect_packet(v5);
  c.props.set(property::topic_alias_maximum, 1).set(property::maximum_packet_size, 60);
  connect(c);
  message m = message_of("x", 0);
  m.topic = "c/conversation";
  const std::string large(100, 'x');
  m.body = as_bytes(large);
  EXPECT_EQ(p_->deliver(m), delivery::too_large);
  m.body = as_bytes("x");
  p_->deliver(m);
  EXPECT_EQ(replies(), lines{"PUBLISH c/conversation q0 ~1: x"});
}

TEST_F(MqttOutbound, NothingIsDeliveredBeforeOrAfterTheConnection) {
  EXPECT_EQ(deliver("x", 0), delivery::closed);
  connect();
  p_->shut_down();
  drain(out_);
  EXPECT_EQ(deliver("x"), delivery::closed);
  EXPECT_TRUE(out_.empty());
}

TEST_F(MqttOutbound, AnIdleSessionAndConnectionAreSmall) {
  EXPECT_LE(sizeof(session) + sizeof(protocol), 192U);
  connect();
  deliver("x");
  replies();
  ack(packet_type::puback, 1);
  EXPECT_EQ(chunks_.borrowed(), 0U);
}

}  // namespace
}  // namespace dunlin::mqtt
