// What the decoder refuses, and with which reason. What it takes stands in vectors_test.cpp.
#include "mqtt/codec.hpp"

#include <string>

#include <gtest/gtest.h>

#include "mqtt/test_support.hpp"

namespace dunlin::mqtt {
namespace {

constexpr auto v3 = protocol_version::v3_1_1;
constexpr auto v5 = protocol_version::v5;
constexpr std::uint32_t limit = 1'000'000;

decoded decode_hex(std::string_view hex, protocol_version version, std::uint32_t most = limit) {
  static bytes data;  // lives as long as the views
  data = from_hex(hex);
  return decode(data, version, most);
}

void expect_error(std::string_view hex, protocol_version version, reason_code reason) {
  const decoded d = decode_hex(hex, version);
  EXPECT_EQ(d.status, decode_status::error) << hex;
  EXPECT_EQ(name_of(d.reason), name_of(reason)) << hex;
}

void expect_ready(std::string_view hex, protocol_version version) {
  const decoded d = decode_hex(hex, version);
  EXPECT_EQ(d.status, decode_status::ready) << hex << " " << name_of(d.reason);
}

using enum reason_code;

TEST(MqttFrame, TheFirstByteAloneShowsWrongTypesAndFlags) {
  for (unsigned first = 0; first < 256; ++first) {
    const std::uint8_t byte = static_cast<std::uint8_t>(first);
    const unsigned type = first >> 4;
    const unsigned flags = first & 15;
    const bool good = type == 3 || (type != 0 && flags == (type == 6 || type == 8 || type == 10 ? 2U : 0U));
    EXPECT_EQ(read_frame({&byte, 1}, v5, limit).status, good ? decode_status::need_more : decode_status::error);
    EXPECT_EQ(read_frame({&byte, 1}, v3, limit).status,
              good && type != 15 ? decode_status::need_more : decode_status::error);
  }
}

TEST(MqttFrame, CveRemainingLength_APacketAboveTheLimitIsRefusedByItsHeaderAlone) {
  const decoded d = decode_hex("30 ff ff ff 7f", v5, 1000);
  EXPECT_EQ(d.status, decode_status::error);
  EXPECT_EQ(d.reason, packet_too_large);
  EXPECT_EQ(decode_hex("30 e6 07", v5, 1001).status, decode_status::need_more) << "1001 bytes in all";
  EXPECT_EQ(decode_hex("30 e6 07", v5, 1000).status, decode_status::error);
}

TEST(MqttFrame, CveLengthOverflow_ALengthOfFiveBytesIsMalformed) {
  expect_error("30 ff ff ff ff", v5, malformed_packet);
  expect_error("30 80 80 80 80 01", v3, malformed_packet);
}

TEST(MqttFrame, ALengthLongerThanNeededIsMalformedIn5) {
  expect_error("c0 80 00", v5, malformed_packet);
  expect_ready("c0 80 00", v3);
}

TEST(MqttFrame, SaysHowMuchItWantsAsSoonAsItKnows) {
  EXPECT_EQ(decode_hex("30", v5).size, 0U);
  EXPECT_EQ(decode_hex("30 85", v5).size, 0U);
  EXPECT_EQ(decode_hex("30 85 01", v5).size, 136U);
}

TEST(MqttDecode, CveTruncated_EveryPacketCutInsideSaysMalformed) {
  // Whole frames whose fields go beyond their end.
  for (const char* hex :
       {"10 00", "10 06 00 04 4d 51 54 54", "20 01 00", "30 00", "30 02 00 05", "32 03 00 01 61", "32 04 00 01 61 00",
        "40 00", "40 01 00", "50 01 00", "62 01 00", "70 01 00", "82 01 00", "82 06 00 01 00 00 05 61", "90 01 00",
        "a2 01 00", "a2 05 00 01 00 00 02", "b0 01 00", "30 05 00 01 61 05 01"}) {
    expect_error(hex, v5, malformed_packet);
  }
}

TEST(MqttDecode, ConnectFlagsMustMakeSense) {
  expect_error("10 0c 00 04 4d 51 54 54 04 03 00 00 00 00", v3, malformed_packet);  // reserved
  expect_error("10 0c 00 04 4d 51 54 54 04 0a 00 00 00 00", v3, malformed_packet);  // will QoS without a will
  expect_error("10 0c 00 04 4d 51 54 54 04 22 00 00 00 00", v3, malformed_packet);  // will retain without a will
  expect_error("10 12 00 04 4d 51 54 54 04 1e 00 00 00 00 00 01 61 00 01 61", v3, malformed_packet);  // will QoS 3
  expect_error("10 0f 00 04 4d 51 54 54 04 42 00 00 00 00 00 01 61", v3, malformed_packet);           // password alone
  expect_ready("10 10 00 04 4d 51 54 54 05 42 00 00 00 00 00 00 01 61", v5);
}

TEST(MqttDecode, ConnectHoldsNothingBehindItsFields) {
  expect_error("10 0d 00 04 4d 51 54 54 04 02 00 00 00 00 61", v3, malformed_packet);
}

TEST(MqttDecode, OtherProtocolsAndVersionsAreTellable) {
  expect_error("10 0c 00 04 4d 51 54 50 04 02 00 00 00 00", v3, malformed_packet);
  expect_error("10 0c 00 04 4d 51 54 54 03 02 00 00 00 00", v3, unsupported_protocol_version);
  expect_error("10 0c 00 04 4d 51 54 54 06 02 00 00 00 00", v3, unsupported_protocol_version);
}

TEST(MqttDecode, AWillNeedsATopicName) {
  expect_error("10 11 00 04 4d 51 54 54 04 06 00 00 00 01 61 00 00 00 00", v3, malformed_packet);
  expect_error("10 12 00 04 4d 51 54 54 04 06 00 00 00 01 61 00 01 23 00 00", v3, topic_name_invalid);
}

TEST(MqttDecode, PublishFlagsAndIdsMustMakeSense) {
  expect_error("36 05 00 01 61 00 01", v3, malformed_packet);  // QoS 3
  expect_error("38 03 00 01 61", v3, malformed_packet);        // DUP at QoS 0
  expect_error("32 05 00 01 61 00 00", v3, protocol_error);    // id 0
}

TEST(MqttDecode, CveEmptyAndDollarTopics_AnEmptyTopicNeedsAnAliasAndDollarIsTheHostsMatter) {
  expect_error("30 02 00 00", v3, malformed_packet);
  expect_error("30 03 00 00 00", v5, protocol_error);
  expect_ready("30 06 00 00 03 23 00 01", v5);
  expect_ready("30 03 00 01 24", v3);
}

TEST(MqttDecode, AWildcardInATopicNameIsToldApartFromBrokenText) {
  expect_error("30 03 00 01 2b", v3, topic_name_invalid);
  expect_error("30 04 00 01 23 00", v5, topic_name_invalid);
  expect_error("30 03 00 01 ff", v3, malformed_packet);
  expect_error("30 03 00 01 00", v3, malformed_packet);
}

TEST(MqttDecode, AckReasonsAreThoseOfTheirPacket) {
  expect_ready("40 03 00 01 10", v5);
  expect_error("40 03 00 01 92", v5, protocol_error);
  expect_ready("62 03 00 01 92", v5);
  expect_error("62 03 00 01 10", v5, protocol_error);
  expect_error("40 03 00 01 00", v3, malformed_packet);
  expect_error("40 02 00 00", v5, protocol_error);
  expect_error("40 05 00 01 00 00 00", v5, malformed_packet);
}

TEST(MqttDecode, SubscribeNeedsFiltersAndCleanOptions) {
  expect_error("82 02 00 01", v3, protocol_error);
  expect_error("82 03 00 01 00", v5, protocol_error);
  expect_error("82 06 00 00 00 01 61 00", v3, protocol_error);
  expect_error("82 06 00 01 00 01 61 04", v3, malformed_packet);
  expect_error("82 06 00 01 00 01 61 03", v3, protocol_error);
  expect_error("82 07 00 01 00 00 01 61 40", v5, malformed_packet);
  expect_error("82 07 00 01 00 00 01 61 30", v5, protocol_error);
  expect_error("82 05 00 01 00 00 00", v3, topic_filter_invalid);
  expect_error("82 07 00 01 00 02 61 23 00", v3, topic_filter_invalid);
  expect_error("82 07 00 01 00 02 61 ff 00", v3, malformed_packet);
}

TEST(MqttDecode, NoLocalOnASharedSubscriptionIsAProtocolError) {
  expect_error("82 10 00 01 00 00 0a 24 73 68 61 72 65 2f 67 2f 61 05", v5, protocol_error);
  expect_ready("82 10 00 01 00 00 0a 24 73 68 61 72 65 2f 67 2f 61 01", v5);
}

TEST(MqttDecode, UnsubscribeNeedsFilters) {
  expect_error("a2 02 00 01", v3, protocol_error);
  expect_error("a2 05 00 00 00 01 61", v3, protocol_error);
  expect_error("a2 05 00 01 00 01 00", v3, malformed_packet);
}

TEST(MqttDecode, PacketsWithoutFieldsHoldNone) {
  expect_error("c0 01 00", v5, malformed_packet);
  expect_error("d0 01 00", v3, malformed_packet);
  expect_error("e0 01 00", v3, malformed_packet);
  expect_error("e0 01 01", v5, protocol_error);
  expect_error("e0 03 00 00 00", v5, malformed_packet);
}

TEST(MqttDecode, AnAuthWithAReasonHasAPropertyLength) {
  expect_ready("f0 00", v5);
  expect_ready("f0 02 18 00", v5);
  expect_error("f0 01 18", v5, malformed_packet);
}

TEST(MqttDecode, ARefusedConnackHasNoSession) {
  expect_error("20 03 01 87 00", v5, protocol_error);
  expect_error("20 02 01 05", v3, protocol_error);
  expect_error("20 02 02 00", v3, malformed_packet);
  expect_error("20 02 00 06", v3, protocol_error);
}

TEST(MqttProperties, OneThatIsUnknownOrNotAllowedHereIsMalformed) {
  expect_error("30 06 00 01 61 02 7f 00", v5, malformed_packet);
  expect_error("30 06 00 01 61 02 ff 00", v5, malformed_packet);
  expect_error("30 09 00 01 61 05 11 00 00 00 01", v5, malformed_packet);  // session expiry in PUBLISH
}

TEST(MqttProperties, DuplicatesAreAProtocolErrorExceptUserPropertiesAndIdentifiers) {
  expect_error("30 08 00 01 61 04 01 00 01 00", v5, protocol_error);
  expect_ready("30 08 00 01 61 04 0b 01 0b 01", v5);
  expect_error("82 0b 00 01 04 0b 01 0b 01 00 01 61 00", v5, protocol_error);
}

TEST(MqttProperties, ValuesOutOfRangeAreProtocolErrors) {
  expect_error("30 06 00 01 61 02 01 02", v5, protocol_error);                                // payload format 2
  expect_error("30 07 00 01 61 03 23 00 00", v5, topic_alias_invalid);                        // alias 0
  expect_error("82 09 00 01 02 0b 00 00 01 61 00", v5, protocol_error);                       // identifier 0
  expect_error("10 10 00 04 4d 51 54 54 05 02 00 00 03 21 00 00 00 00", v5, protocol_error);  // receive maximum 0
  expect_error("10 12 00 04 4d 51 54 54 05 02 00 00 05 27 00 00 00 00 00 00", v5, protocol_error);
  expect_error("10 0f 00 04 4d 51 54 54 05 02 00 00 02 19 02 00 00", v5, protocol_error);
  expect_error("10 11 00 04 4d 51 54 54 05 02 00 00 04 16 00 01 61 00 00", v5, protocol_error);  // data, no method
}

TEST(MqttProperties, ValuesThatGoBeyondTheirEndAreMalformed) {
  expect_error("30 05 00 01 61 01 01", v5, malformed_packet);
  expect_error("30 08 00 01 61 04 03 00 05 61", v5, malformed_packet);
  expect_error("30 06 00 01 61 02 0b 80", v5, malformed_packet);
  expect_error("30 0a 00 01 61 06 26 00 01 61 00 02", v5, malformed_packet);
  expect_error("30 08 00 01 61 04 0b 80 80 00", v5, malformed_packet);  // longer than needed
}

TEST(MqttProperties, AResponseTopicIsATopicName) { expect_error("30 08 00 01 61 04 08 00 01 23", v5, protocol_error); }

TEST(MqttProperties, CveThousandsOfUserProperties_BeyondTheBoundTheyAreRefused) {
  for (const std::size_t n : {max_user_properties, max_user_properties + 1, std::size_t{5000}}) {
    bytes props;
    for (std::size_t i = 0; i < n; ++i) props.insert(props.end(), {0x26, 0, 1, 'k', 0, 1, 'v'});
    properties set;
    const reason_code result = set.decode(props, property_place::publish);
    EXPECT_EQ(result, n <= max_user_properties ? success : quota_exceeded);
  }
}

TEST(MqttProperties, UserPropertiesAndIdentifiersAreReadInTheirOrder) {
  const bytes raw = from_hex("26 0001 61 0001 31 0b 01 03 0001 74 26 0001 61 0001 32 0b 8001");
  properties set;
  ASSERT_EQ(set.decode(raw, property_place::publish), success);
  std::string users;
  for (const user_property& u : set.user_properties()) users += std::string(u.name) + "=" + std::string(u.value) + " ";
  EXPECT_EQ(users, "a=1 a=2 ");
  std::string ids;
  for (const std::uint32_t id : set.subscription_ids()) ids += std::to_string(id) + " ";
  EXPECT_EQ(ids, "1 128 ");
  EXPECT_EQ(set.text(property::content_type), "t");
  EXPECT_EQ(set.text(property::response_topic), "");
  EXPECT_EQ(set.number(property::message_expiry, 7), 7U);
}

TEST(MqttEncode, APacketLargerThanAChunkArrivesWhole) {
  const std::string large(60'000, 'x');
  const user_property users[] = {{"a", large}, {"b", large}};
  publish_view p;
  p.topic = large;
  p.payload = as_bytes(large);
  p.props.set_user(users);
  wire_end end;
  encode_publish(end.out, v5, p);
  const bytes data = end.take();
  const decoded d = decode(data, v5, limit);
  ASSERT_EQ(d.status, decode_status::ready);
  EXPECT_EQ(d.size, data.size());
  EXPECT_EQ(std::get<publish_view>(d.value).topic, large);
  EXPECT_EQ(as_text(std::get<publish_view>(d.value).payload), large);
}

TEST(MqttEncode, SizesSaidBeforeAreTheSizesWritten) {
  const user_property users[] = {{"a", "1"}};
  const std::uint32_t ids[] = {1, 200, 70'000};
  properties props;
  props.set(property::content_type, "t").set_user(users);
  for (const std::size_t n : {0U, 1U, 120U, 121U, 500U, 4'000U, 16'400U, 70'000U}) {
    for (const protocol_version version : {v3, v5}) {
      const bytes body(n, 'x');
      message m;
      m.topic = "c/x";
      m.body = body;
      m.head = as_bytes("head");
      m.qos = qos_level::at_least_once;
      m.props = &props;
      m.subscription_ids = ids;
      const publish_writer writer(version, m, 3, false);
      wire_end end;
      writer.write(end.out, 9, true);
      const bytes data = end.take();
      EXPECT_EQ(data.size(), writer.size());
      EXPECT_EQ(decode(data, version, limit).status, version == v5 ? decode_status::ready : decode_status::error)
          << "an alias alone is nothing in 3.1.1";
    }
  }
}

}  // namespace
}  // namespace dunlin::mqtt
