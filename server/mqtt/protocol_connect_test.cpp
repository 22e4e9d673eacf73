// CONNECT to DISCONNECT: how a connection begins and ends.
#include "mqtt/protocol_fixture.hpp"

namespace dunlin::mqtt {
namespace {

class MqttConnect : public ProtocolTest {};

TEST_F(MqttConnect, AFirstPacketThatIsNotConnectClosesWithoutAnAnswer) {
  feed_hex("c0");  // its first byte is enough
  EXPECT_EQ(p_->state(), protocol_state::closing);
  EXPECT_TRUE(out_.empty());
  EXPECT_EQ(host_.events, lines{"error protocol_error"});
}

TEST_F(MqttConnect, NothingIsDecodedWhileTheHostDecides) {
  host_.accepts_at_once = false;
  wire_end end;
  encode_connect(end.out, connect_packet(v5));
  const bytes connect = end.take();
  bytes both = connect;
  both.insert(both.end(), {0xc0, 0x00});
  const feed_result fed = feed(both);
  EXPECT_EQ(fed.consumed, connect.size());
  EXPECT_EQ(p_->state(), protocol_state::connecting);
  EXPECT_FALSE(p_->wants_input());
  EXPECT_TRUE(out_.empty());
  p_->accept(session_);
  EXPECT_TRUE(p_->wants_input());
  feed(byte_span(both).subspan(fed.consumed));
  EXPECT_EQ(replies(), (lines{"CONNACK success", "PINGRESP"}));
}

TEST_F(MqttConnect, AcceptTellsA5ClientTheLimits) {
  shared_.bounds.receive_maximum = 7;
  shared_.bounds.max_packet_size = 9000;
  shared_.bounds.topic_aliases_in = 3;
  send(connect_packet(v5));
  const auto ack = reply<connack_view>();
  EXPECT_EQ(ack.props.number(property::receive_maximum), 7U);
  EXPECT_EQ(ack.props.number(property::maximum_packet_size), 9000U);
  EXPECT_EQ(ack.props.number(property::topic_alias_maximum), 3U);
  EXPECT_FALSE(ack.props.has(property::session_expiry));
  EXPECT_FALSE(ack.props.has(property::server_keep_alive));
  EXPECT_FALSE(ack.props.has(property::maximum_qos));
}

TEST_F(MqttConnect, AcceptTellsA5ClientWhatTheHostGrantsDifferently) {
  const user_property users[] = {{"server", "dunlin"}};
  host_.accept_with.has_session_expiry = true;
  host_.accept_with.session_expiry_s = 100;
  host_.accept_with.assigned_client_id = "made-up";
  host_.accept_with.retain_available = false;
  host_.accept_with.shared_subscription_available = false;
  host_.accept_with.maximum_qos = qos_level::at_least_once;
  host_.accept_with.response_information = "not asked for";
  host_.accept_with.user_properties = users;
  connect_view c = connect_packet(v5);
  c.props.set(property::session_expiry, 200);
  send(c);
  const auto ack = reply<connack_view>();
  EXPECT_EQ(ack.props.number(property::session_expiry), 100U);
  EXPECT_EQ(ack.props.text(property::assigned_client_id), "made-up");
  EXPECT_EQ(ack.props.number(property::retain_available, 1), 0U);
  EXPECT_EQ(ack.props.number(property::shared_subscription_available, 1), 0U);
  EXPECT_EQ(ack.props.number(property::maximum_qos, 2), 1U);
  EXPECT_FALSE(ack.props.has(property::response_information));
  EXPECT_TRUE(ack.props.has(property::user));
  EXPECT_EQ(session_.expiry_s(), 100U);
}

TEST_F(MqttConnect, ResponseInformationIsSentToWhoAsksForIt) {
  host_.accept_with.response_information = "answers/";
  connect_view c = connect_packet(v5);
  c.props.set(property::request_response_information, 1);
  send(c);
  EXPECT_EQ(reply<connack_view>().props.text(property::response_information), "answers/");
}

TEST_F(MqttConnect, A311SessionLastsForGoodOrEndsWithItsConnection) {
  connect_view c = connect_packet(v3);
  connect(c);
  EXPECT_EQ(session_.expiry_s(), never_expires);
  reconnect();
  c.clean_start = true;
  connect(c);
  EXPECT_EQ(session_.expiry_s(), 0U);
}

TEST_F(MqttConnect, RefusalsBecomeReturnCodesIn311) {
  const std::pair<reason_code, std::string> pairs[] = {{reason_code::unsupported_protocol_version, "1"},
                                                       {reason_code::client_id_not_valid, "2"},
                                                       {reason_code::server_busy, "3"},
                                                       {reason_code::quota_exceeded, "3"},
                                                       {reason_code::bad_user_name_or_password, "4"},
                                                       {reason_code::not_authorized, "5"}};
  host_.accepts_at_once = false;
  for (const auto& [reason, code] : pairs) {
    reconnect();
    send(connect_packet(v3));
    p_->refuse(reason);
    EXPECT_EQ(replies(), lines{"CONNACK " + code});
    EXPECT_EQ(p_->state(), protocol_state::closing);
  }
}

TEST_F(MqttConnect, ARefusalTellsA5ClientWhy) {
  host_.accepts_at_once = false;
  send(connect_packet(v5));
  p_->refuse(reason_code::not_authorized, {"no will here", {}});
  const auto ack = reply<connack_view>();
  EXPECT_EQ(ack.reason, reason_code::not_authorized);
  EXPECT_EQ(ack.props.text(property::reason_string), "no will here");
}

TEST_F(MqttConnect, AnEmptyClientIdNeedsACleanSessionIn311) {
  connect_view c = connect_packet(v3);
  c.client_id = "";
  send(c);
  EXPECT_EQ(replies(), lines{"CONNACK 2"});
  reconnect();
  c.clean_start = true;
  send(c);
  EXPECT_EQ(replies(), lines{"CONNACK 0"});
}

TEST_F(MqttConnect, UnknownVersionsAreToldSo) {
  feed_hex("10 0e 00 06 4d 51 49 73 64 70 03 02 00 3c 00 00");  // MQIsdp, version 3
  version_ = v3;
  EXPECT_EQ(replies(), lines{"CONNACK 1"});
  reconnect();
  feed_hex("10 0d 00 04 4d 51 54 54 06 02 00 3c 00 00 00");
  version_ = v5;
  EXPECT_EQ(replies(), lines{"CONNACK unsupported_protocol_version"});
}

TEST_F(MqttConnect, SomethingThatIsNotMqttGetsNoAnswer) {
  feed_hex("10 10 00 04 48 54 54 50 05 02 00 3c 00 00 03 61 62 63");
  EXPECT_EQ(p_->state(), protocol_state::closing);
  EXPECT_TRUE(out_.empty());
}

TEST_F(MqttConnect, ExtendedAuthenticationIsRefused) {
  connect_view c = connect_packet(v5);
  c.props.set(property::authentication_method, "SCRAM-SHA-256");
  send(c);
  EXPECT_EQ(replies(), lines{"CONNACK bad_authentication_method"});
  reconnect();
  connect();
  feed_hex("f0 00");
  EXPECT_EQ(replies(), lines{"DISCONNECT bad_authentication_method"});
}

TEST_F(MqttConnect, TheWillComesWithTheConnect) {
  connect_view c = connect_packet(v5);
  c.has_will = true;
  c.will.topic = "last/words";
  send(c);
  EXPECT_EQ(host_.events, lines{"connect dev will last/words"});
}

TEST_F(MqttConnect, ASecondConnectIsAProtocolError) {
  connect();
  send(connect_packet(v5));
  EXPECT_EQ(replies(), lines{"DISCONNECT protocol_error"});
  EXPECT_EQ(p_->state(), protocol_state::closing);
}

TEST_F(MqttConnect, KeepAliveIsTheClientsOwnUnlessCapped) {
  connect();
  EXPECT_EQ(p_->keep_alive_s(), 60);
  shared_.bounds.max_keep_alive_s = 30;
  reconnect();
  send(connect_packet(v5));
  EXPECT_EQ(reply<connack_view>().props.number(property::server_keep_alive), 30U);
  EXPECT_EQ(p_->keep_alive_s(), 30);
}

TEST_F(MqttConnect, CveSlowAttack_AClientCannotChooseNoKeepAliveUnderACap) {
  shared_.bounds.max_keep_alive_s = 30;
  connect_view c = connect_packet(v5);
  c.keep_alive_s = 0;
  send(c);
  EXPECT_EQ(p_->keep_alive_s(), 30);
}

TEST_F(MqttConnect, CveSlowAttack_AByteOfAPacketIsNotASignOfLife) {
  connect();
  EXPECT_TRUE(p_->take_heard());
  feed_hex("c0");
  EXPECT_FALSE(p_->take_heard());
  feed_hex("c0 00");
  EXPECT_TRUE(p_->take_heard());
  EXPECT_FALSE(p_->take_heard());
}

TEST_F(MqttConnect, SilenceIsToldAndCounted) {
  connect();
  p_->keep_alive_expired();
  EXPECT_EQ(replies(), lines{"DISCONNECT keep_alive_timeout"});
  EXPECT_EQ(host_.events, lines{"error keep_alive_timeout"});
}

TEST_F(MqttConnect, WhatBroke_TheLoserOfATakeOverIsTold) {
  connect();
  p_->taken_over();
  EXPECT_EQ(replies(), lines{"DISCONNECT session_taken_over"});
  EXPECT_EQ(p_->close_reason(), reason_code::session_taken_over);
  EXPECT_TRUE(host_.events.empty()) << "the host did it itself; the will is its own to decide";
}

TEST_F(MqttConnect, AShutdownIsToldToA5ClientAnd311IsJustClosed) {
  connect();
  p_->shut_down();
  EXPECT_EQ(replies(), lines{"DISCONNECT server_shutting_down"});
  reconnect();
  connect(v3);
  p_->shut_down();
  EXPECT_TRUE(out_.empty());
  EXPECT_EQ(p_->state(), protocol_state::closing);
}

TEST_F(MqttConnect, DisconnectIsTheLastThingTheHostHears) {
  connect();
  feed_hex("e0 00 c0 00");
  EXPECT_EQ(host_.events, lines{"disconnect success"});
  EXPECT_TRUE(out_.empty());
  EXPECT_EQ(p_->state(), protocol_state::closing);
}

TEST_F(MqttConnect, ADisconnectCanKeepTheWillAndChangeTheExpiry) {
  connect_view c = connect_packet(v5);
  c.props.set(property::session_expiry, 10);
  connect(c);
  disconnect_view d;
  d.reason = reason_code::disconnect_with_will;
  d.props.set(property::session_expiry, never_expires);
  send(d);
  EXPECT_EQ(host_.events, lines{"disconnect disconnect_with_will"});
  EXPECT_EQ(session_.expiry_s(), never_expires);
}

TEST_F(MqttConnect, WhatEndsWithItsConnectionCannotBeMadeToLastAtItsEnd) {
  connect();
  disconnect_view d;
  d.props.set(property::session_expiry, 10);
  send(d);
  EXPECT_EQ(replies(), lines{"DISCONNECT protocol_error"});
  EXPECT_EQ(session_.expiry_s(), 0U);
}

TEST_F(MqttConnect, WhatBroke_ASessionWithExpiryZeroStaysSoThroughATakeOver) {
  connect();
  p_->taken_over();
  p_->detach();
  EXPECT_EQ(session_.expiry_s(), 0U);
}

TEST_F(MqttConnect, AMovedConnectionGoesOnWhereTheOtherStopped) {
  host_.accepts_at_once = false;
  connect_view c = connect_packet(v5);
  c.props.set(property::maximum_packet_size, 99);
  send(c);
  protocol moved(shared_, host_, out_);
  moved.take_over_connecting(*p_);
  EXPECT_EQ(p_->state(), protocol_state::closing);
  EXPECT_TRUE(out_.empty());
  moved.accept(session_);
  EXPECT_EQ(moved.client_max_packet_size(), 99U);
  EXPECT_EQ(replies(), lines{"CONNACK success"});
}

TEST_F(MqttConnect, HoldStopsBehindThePacketAtHand) {
  connect();
  host_.when_published = [this](const publish_view&, publish_token) { p_->hold(); };
  wire_end end;
  publish_view m;
  m.topic = "a";
  encode_publish(end.out, v5, m);
  encode_publish(end.out, v5, m);
  const bytes two = end.take();
  const feed_result fed = feed(two);
  EXPECT_EQ(fed.consumed, two.size() / 2);
  EXPECT_FALSE(p_->wants_input());
  p_->release();
  EXPECT_EQ(feed(byte_span(two).subspan(fed.consumed)).consumed, two.size() / 2);
}

TEST_F(MqttConnect, SubscriptionsAreGrantedFilterByFilter) {
  connect();
  const subscription filters[] = {{"c/+", qos_level::at_least_once}, {"no/x", qos_level::exactly_once}};
  const std::uint32_t ids[] = {9};
  subscribe_view s;
  s.packet_id = 4;
  s.filters = lazy_range<subscription, subscription_reader>(std::span<const subscription>(filters));
  s.props.set_subscription_ids(ids);
  send(s);
  EXPECT_EQ(host_.events, (lines{"subscribe c/+ s9", "subscribe no/x s9"}));
  EXPECT_EQ(replies(), lines{"SUBACK #4 granted_qos_1 not_authorized"});
}

TEST_F(MqttConnect, ARefusedSubscriptionIs0x80In311) {
  connect(v3);
  feed_hex("82 09 00 04 00 04 6e 6f 2f 78 01");
  EXPECT_EQ(replies(), lines{"SUBACK #4 unspecified_error"});
}

TEST_F(MqttConnect, UnsubscribingSaysWhatThereWas) {
  connect();
  const std::string_view filters[] = {"c/+", "no/x"};
  unsubscribe_view u;
  u.packet_id = 5;
  u.filters = lazy_range<std::string_view, filter_reader>(std::span<const std::string_view>(filters));
  send(u);
  EXPECT_EQ(replies(), lines{"UNSUBACK #5 success no_subscription_existed"});
}

}  // namespace
}  // namespace dunlin::mqtt
