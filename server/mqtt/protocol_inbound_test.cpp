// Messages from the client and their acknowledgements.
#include "mqtt/protocol_fixture.hpp"

namespace dunlin::mqtt {
namespace {

class MqttInbound : public ProtocolTest {};

TEST_F(MqttInbound, EachQosHasItsAnswer) {
  connect();
  publish("a/b", "zero");
  publish("a/b", "one", 1, 7);
  publish("a/b", "two", 2, 8);
  EXPECT_EQ(host_.take_events(), (lines{"publish a/b q0: zero", "publish a/b q1: one", "publish a/b q2: two"}));
  EXPECT_EQ(replies(), (lines{"PUBACK #7 success", "PUBREC #8 success"}));
  ack(packet_type::pubrel, 8);
  EXPECT_EQ(replies(), lines{"PUBCOMP #8 success"});
}

TEST_F(MqttInbound, TheEndOfTheMessagesThatCameTogetherIsSaidOnce) {
  connect();
  EXPECT_EQ(host_.publishes_ended, 0);
  feed_hex(
      "30050001610078"
      "30050001620079"
      "3005000161007a");
  EXPECT_EQ(host_.take_events(), (lines{"publish a q0: x", "publish b q0: y", "publish a q0: z"}));
  EXPECT_EQ(host_.publishes_ended, 1);
  ack(packet_type::puback, 9);
  EXPECT_EQ(host_.publishes_ended, 1) << "none came";
}

TEST_F(MqttInbound, ASuccessfulPubackIsFourBytesInBothVersions) {
  for (const protocol_version v : {v3, v5}) {
    reconnect();
    connect(v);
    publish("a", "x", 1, 0x1234);
    EXPECT_EQ(to_hex(drain(out_)), "40021234");
  }
}

TEST_F(MqttInbound, AnswersLeaveInTheOrderOfArrivalHoweverTheyCome) {
  connect();
  host_.answers_at_once = false;
  for (std::uint16_t id = 1; id <= 20; ++id) publish("a", "x", 1 + id % 2, id);
  const auto tokens = host_.tokens;
  EXPECT_TRUE(replies().empty());
  for (std::size_t i = tokens.size() - 1; i > 0; --i) p_->answer(tokens[i], reason_code::success);
  EXPECT_TRUE(replies().empty());
  p_->answer(tokens[0], reason_code::success);
  lines expected;
  for (int id = 1; id <= 20; ++id) {
    expected.push_back((id % 2 == 0 ? "PUBACK #" : "PUBREC #") + std::to_string(id) + " success");
  }
  EXPECT_EQ(replies(), expected);
}

TEST_F(MqttInbound, AVerdictKeepsItsDetailsUntilItsTurn) {
  connect();
  host_.answers_at_once = false;
  publish("a", "x", 1, 1);
  publish("a", "y", 1, 2);
  publish("a", "z", 1, 3);
  {
    const std::string seq = "42";  // gone before the answer is written
    const user_property users[] = {{"seq", seq}};
    p_->answer(host_.tokens[2], reason_code::not_authorized, {"no", {}});
    p_->answer(host_.tokens[1], reason_code::success, {"", users});
  }
  const user_property users[] = {{"seq", "41"}};
  p_->answer(host_.tokens[0], reason_code::success, {"", users});
  EXPECT_EQ(replies(),
            (lines{"PUBACK #1 success seq=41", "PUBACK #2 success seq=42", "PUBACK #3 not_authorized \"no\""}));
}

TEST_F(MqttInbound, DetailsAreLeftOutWhereTheClientDoesNotWantThem) {
  connect_view c = connect_packet(v5);
  c.props.set(property::request_problem_information, 0U);
  connect(c);
  host_.answers_at_once = false;
  publish("a", "x", 1, 1);
  p_->answer(host_.tokens[0], reason_code::not_authorized, {"no", {}});
  EXPECT_EQ(replies(), lines{"PUBACK #1 not_authorized"});
}

TEST_F(MqttInbound, DetailsAreLeftOutWhereTheyWouldMakeThePacketTooLarge) {
  connect_view c = connect_packet(v5);
  c.props.set(property::maximum_packet_size, 40);
  connect(c);
  host_.answers_at_once = false;
  publish("a", "x", 1, 1);
  publish("a", "x", 1, 2);
  const user_property small[] = {{"seq", "1"}};
  p_->answer(host_.tokens[0], reason_code::quota_exceeded, {"a reason as long as the packet may be", small});
  const user_property large[] = {{"seq", "a property as long as the packet may be"}};
  p_->answer(host_.tokens[1], reason_code::quota_exceeded, {"", large});
  EXPECT_EQ(replies(), (lines{"PUBACK #1 quota_exceeded seq=1", "PUBACK #2 quota_exceeded"}));
}

TEST_F(MqttInbound, NumbersComeAsOtherDetailsDoInTheirTurnAndWhereTheClientWantsThem) {
  number_property seq;
  seq.set<'s', 'e', 'q'>(41);
  number_property ts;
  ts.set<'t', 's'>(7);
  connect();
  host_.answers_at_once = false;
  publish("a", "x", 1, 1);
  publish("a", "y", 2, 2);
  publish("a", "z", 1, 3);
  p_->answer_numbers(host_.tokens[1], seq, &ts);
  EXPECT_TRUE(replies().empty());
  p_->answer_numbers(host_.tokens[0], seq);
  p_->answer_numbers(host_.tokens[2], seq, &ts);
  EXPECT_EQ(replies(),
            (lines{"PUBACK #1 success seq=41", "PUBREC #2 success seq=41 ts=7", "PUBACK #3 success seq=41 ts=7"}));
  reconnect();
  connect(v3);
  host_.tokens.clear();
  publish("a", "x", 1, 1);
  p_->answer_numbers(host_.tokens.at(0), seq, &ts);
  EXPECT_EQ(replies(), lines{"PUBACK #1 success"});
}

TEST_F(MqttInbound, ANumberIsWrittenWhateverItWasBefore) {
  number_property n;
  for (const std::uint64_t value : {0U, 1U, 8U, 9U, 10U, 11U, 98U, 99U, 100U, 5U, 6U, 999U, 1000U, 1000U, 7U}) {
    n.set<'s', 'e', 'q'>(value);
    const std::string digits = std::to_string(value);
    bytes expected{0x26, 0, 3, 's', 'e', 'q', 0, static_cast<std::uint8_t>(digits.size())};
    expected.insert(expected.end(), digits.begin(), digits.end());
    EXPECT_EQ(to_hex({n.bytes.data(), n.size}), to_hex(expected));
  }
}

TEST_F(MqttInbound, A311ClientIsToldNoReason) {
  connect(v3);
  host_.answers_at_once = false;
  publish("a", "x", 1, 1);
  p_->answer(host_.tokens[0], reason_code::not_authorized, {"no", {}});
  EXPECT_EQ(replies(), lines{"PUBACK #1 success"});
}

TEST_F(MqttInbound, AnAnswerAfterTheEndIsDropped) {
  connect();
  host_.answers_at_once = false;
  publish("a", "x", 1, 1);
  p_->taken_over();
  drain(out_);
  p_->answer(host_.tokens[0], reason_code::success);
  EXPECT_TRUE(out_.empty());
}

TEST_F(MqttInbound, ARepeatedQos2MessageIsAnsweredAndNotAcceptedAgain) {
  connect();
  publish("a", "x", 2, 5);
  publish("a", "x", 2, 5, true);
  EXPECT_EQ(host_.take_events(), lines{"publish a q2: x"});
  EXPECT_EQ(replies(), (lines{"PUBREC #5 success", "PUBREC #5 success"}));
}

TEST_F(MqttInbound, M2_InboundQos2IdsOutliveTheConnection) {
  host_.accept_with.session_present = true;
  connect();
  publish("a", "x", 2, 5);
  reconnect();
  connect();
  publish("a", "x", 2, 5, true);
  EXPECT_TRUE(host_.take_events().empty());
  EXPECT_EQ(replies(), lines{"PUBREC #5 success"});
  ack(packet_type::pubrel, 5);
  EXPECT_EQ(replies(), lines{"PUBCOMP #5 success"});
  publish("a", "new", 2, 5);
  EXPECT_EQ(host_.take_events(), lines{"publish a q2: new"});
}

TEST_F(MqttInbound, AnIdAcceptedAfterTheConnectionWentIsNoted) {
  host_.accept_with.session_present = true;
  connect();
  host_.answers_at_once = false;
  publish("a", "x", 2, 5);
  reconnect();
  session_.note_received(5);
  connect();
  publish("a", "x", 2, 5, true);
  EXPECT_TRUE(host_.take_events().empty());
  EXPECT_EQ(replies(), lines{"PUBREC #5 success"});
}

TEST_F(MqttInbound, ARefusedQos2MessageIsForgotten) {
  connect();
  host_.answers_at_once = false;
  publish("a", "x", 2, 5);
  p_->answer(host_.tokens[0], reason_code::quota_exceeded);
  EXPECT_EQ(replies(), lines{"PUBREC #5 quota_exceeded"});
  ack(packet_type::pubrel, 5);
  EXPECT_EQ(replies(), lines{"PUBCOMP #5 packet_id_not_found"});
  EXPECT_EQ(p_->state(), protocol_state::connected);
}

TEST_F(MqttInbound, AQos2MessageRepeatedBeforeItsAnswerGetsOneAnswer) {
  connect(v3);
  host_.answers_at_once = false;
  publish("a", "x", 2, 5);
  publish("a", "x", 2, 5, true);
  ASSERT_EQ(host_.tokens.size(), 1U);
  p_->answer(host_.tokens[0], reason_code::success);
  EXPECT_EQ(replies(), lines{"PUBREC #5 success"});
}

TEST_F(MqttInbound, BeyondOurReceiveMaximumA5ClientIsDisconnected) {
  shared_.bounds.receive_maximum = 2;
  connect();
  host_.answers_at_once = false;
  publish("a", "x", 1, 1);
  publish("a", "x", 2, 2);
  EXPECT_EQ(p_->state(), protocol_state::connected);
  publish("a", "x", 1, 3);
  EXPECT_EQ(replies(), lines{"DISCONNECT receive_maximum_exceeded"});
  EXPECT_EQ(host_.events.back(), "error receive_maximum_exceeded");
}

TEST_F(MqttInbound, EachFinalAnswerGivesQuotaBack) {
  shared_.bounds.receive_maximum = 1;
  connect();
  for (std::uint16_t id = 1; id < 50; ++id) {
    publish("a", "x", 1, id);
    publish("a", "x", 2, id);
    ack(packet_type::pubrel, id);
  }
  EXPECT_EQ(p_->state(), protocol_state::connected);
  publish("a", "x", 2, 1);
  publish("a", "x", 1, 2);
  EXPECT_EQ(p_->close_reason(), reason_code::receive_maximum_exceeded) << "PUBREC alone gives none back";
}

TEST_F(MqttInbound, Beyond311ReadingWaitsForAnswers) {
  shared_.bounds.receive_maximum = 2;
  connect(v3);
  host_.answers_at_once = false;
  publish("a", "x", 1, 1);
  publish("a", "x", 1, 2);
  EXPECT_FALSE(p_->wants_input());
  EXPECT_EQ(feed_hex("c0 00").consumed, 0U);
  p_->answer(host_.tokens[0], reason_code::success);
  EXPECT_TRUE(p_->wants_input());
}

TEST_F(MqttInbound, AliasesStandForTopics) {
  connect();
  publish_view m;
  m.topic = "long/topic";
  m.props.set(property::topic_alias, 2);
  send(m);
  m.topic = "";
  send(m);
  m.topic = "other";
  send(m);
  m.topic = "";
  send(m);
  EXPECT_EQ(host_.events,
            (lines{"publish long/topic q0: ", "publish long/topic q0: ", "publish other q0: ", "publish other q0: "}));
}

TEST_F(MqttInbound, ATopicIsTheSameOnlyIfTheHostSawItLastInItsSlot) {
  connect();
  lines seen;
  host_.when_published = [&](const publish_view& p, publish_token) {
    seen.push_back(std::string(p.topic) + (p.same_topic ? " again" : ""));
  };
  publish("a/long/one", "x", 2, 5);
  wire_end end;
  const auto add = [&](std::string_view topic, unsigned qos, std::uint16_t id) {
    publish_view m;
    m.topic = topic;
    m.qos = static_cast<qos_level>(qos);
    m.packet_id = id;
    m.dup = qos == 2;
    encode(end.out, version_, m);
  };
  add("b/long/two", 0, 0);
  add("b/long/two", 0, 0);
  add("b/long/too", 0, 0);
  add("a/long/one", 2, 5);  // accepted before: the host does not see it
  add("a/long/one", 0, 0);
  add("a/long/one", 1, 6);
  feed(end.take());
  publish("a/long/one", "x");
  EXPECT_EQ(seen, (lines{"a/long/one", "b/long/two", "b/long/two again", "b/long/too", "a/long/one", "a/long/one again",
                         "a/long/one again"}));
}

TEST_F(MqttInbound, ATopicIsTheSameWhicheverConnectionItCameOn) {
  connect();
  lines seen;
  host_.when_published = [&](const publish_view& p, publish_token) {
    seen.push_back(std::string(p.topic) + (p.same_topic ? " again" : "") + " q" +
                   std::to_string(static_cast<int>(p.qos)));
  };
  publish("a/long/one", "x", 1, 5);
  reconnect();
  connect();
  publish("a/long/one", "x", 1, 5);
  reconnect();
  connect(v3);
  publish("a/long/one", "x", 1, 5);
  EXPECT_EQ(seen, (lines{"a/long/one q1", "a/long/one again q1", "a/long/one again q1"}));
}

TEST_F(MqttInbound, ATopicTooLongToBeRememberedIsNewEachTime) {
  connect();
  const std::string topic = "a/" + std::string(100, 'b');
  int again = 0;
  host_.when_published = [&](const publish_view& p, publish_token) { again += p.same_topic ? 1 : 0; };
  publish(topic, "x", 1, 5);
  publish(topic, "x", 1, 6);
  EXPECT_EQ(again, 0);
}

TEST_F(MqttInbound, AnAliasThatStandsForNothingOrIsTooHighIsRefused) {
  connect();
  publish_view m;
  m.props.set(property::topic_alias, 2);
  send(m);
  EXPECT_EQ(replies(), lines{"DISCONNECT protocol_error"});
  reconnect();
  connect();
  m.topic = "a";
  m.props.set(property::topic_alias, 17U);
  send(m);
  EXPECT_EQ(replies(), lines{"DISCONNECT topic_alias_invalid"});
}

TEST_F(MqttInbound, AliasesEndWithTheConnection) {
  connect();
  publish_view m;
  m.topic = "a";
  m.props.set(property::topic_alias, 1);
  send(m);
  reconnect();
  connect();
  m.topic = "";
  send(m);
  EXPECT_EQ(p_->close_reason(), reason_code::protocol_error);
}

TEST_F(MqttInbound, WhatWasNotOfferedIsRefused) {
  host_.accept_with.maximum_qos = qos_level::at_least_once;
  connect();
  publish("a", "x", 2, 1);
  EXPECT_EQ(replies(), lines{"DISCONNECT qos_not_supported"});
  reconnect();
  host_.accept_with.retain_available = false;
  connect();
  publish_view m;
  m.topic = "a";
  m.retain = true;
  send(m);
  EXPECT_EQ(replies(), lines{"DISCONNECT retain_not_supported"});
}

TEST_F(MqttInbound, WhatWasNotOfferedIsRefusedAlsoOnATopicThatIsKnown) {
  connect();
  publish("a/long/one", "x", 2, 1);
  replies();
  reconnect();
  host_.accept_with.maximum_qos = qos_level::at_least_once;
  session_.clear();
  connect();
  publish("a/long/one", "x", 2, 2);
  EXPECT_EQ(replies(), lines{"DISCONNECT qos_not_supported"});
}

}  // namespace
}  // namespace dunlin::mqtt
