// Golden bytes (proto/vectors/mqtt/packets.txt), in both directions: each line has a packet built here by hand, which
// must encode to exactly these bytes, and the bytes decode to a packet that encodes to them again.
#include <array>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "mqtt/codec.hpp"
#include "mqtt/test_support.hpp"

namespace dunlin::mqtt {
namespace {

using enum property;
using pair = user_property;

constexpr auto v3 = protocol_version::v3_1_1;
constexpr auto v5 = protocol_version::v5;

using builder = std::function<any_packet(protocol_version)>;

template <class T, std::size_t n>
std::span<const T> list(const T (&items)[n]) {
  return {items, n};
}

any_packet connect_minimal(protocol_version v) {
  connect_view p;
  p.version = v;
  p.clean_start = true;
  p.keep_alive_s = 60;
  return p;
}

any_packet connect_full(protocol_version v) {
  connect_view p;
  p.version = v;
  p.keep_alive_s = 10;
  p.client_id = "phone-1";
  p.has_will = p.has_user_name = p.has_password = true;
  p.will.topic = "last/words";
  static constexpr std::array<std::uint8_t, 6> gone = {0x00, 0xff, 'g', 'o', 'n', 'e'};
  p.will.payload = gone;
  p.will.qos = qos_level::exactly_once;
  p.will.retain = true;
  p.user_name = "ana";
  p.password = as_bytes("secret");
  return p;
}

any_packet connect_properties(protocol_version v) {
  connect_view p;
  p.version = v;
  p.keep_alive_s = 300;
  p.client_id = "gerät-1";
  p.has_user_name = p.has_password = true;
  p.user_name = "ana";
  p.password = as_bytes("secret");
  static constexpr pair users[] = {{"dunlin", "1"}, {"dunlin", "1"}};
  p.props.set(session_expiry, 86'400).set(request_problem_information, 0U).set(request_response_information, 1);
  p.props.set(receive_maximum, 32).set(topic_alias_maximum, 8).set(maximum_packet_size, 65'536).set_user(list(users));
  return p;
}

any_packet connect_will(protocol_version v) {
  connect_view p;
  p.version = v;
  p.client_id = "c";
  p.has_will = true;
  p.will.topic = "last/words";
  p.will.payload = as_bytes("bye");
  p.will.qos = qos_level::at_least_once;
  p.will.retain = true;
  static constexpr pair users[] = {{"why", "gone"}};
  p.will.props.set(payload_format, 1).set(message_expiry, 3600).set(content_type, "text/plain");
  p.will.props.set(response_topic, "answers")
      .set(correlation_data, "\x01\x02")
      .set(will_delay, 5)
      .set_user(list(users));
  return p;
}

any_packet connack(bool present, reason_code reason) {
  connack_view p;
  p.session_present = present;
  p.reason = reason;
  return p;
}

any_packet connack_properties(protocol_version) {
  connack_view p;
  p.session_present = true;
  static constexpr pair users[] = {{"server", "dunlin"}};
  p.props.set(session_expiry, 3600).set(assigned_client_id, "made-up").set(server_keep_alive, 60);
  p.props.set(response_information, "answers/").set(server_reference, "other:1883").set(reason_string, "fine");
  p.props.set(receive_maximum, 256).set(topic_alias_maximum, 16).set(maximum_qos, 1).set(retain_available, 0U);
  p.props.set(maximum_packet_size, 294'912).set(wildcard_subscription_available, 0U);
  p.props.set(subscription_ids_available, 0U).set(shared_subscription_available, 0U).set_user(list(users));
  return p;
}

any_packet publish(std::string_view topic, std::uint16_t id, unsigned qos, std::string_view payload) {
  publish_view p;
  p.topic = topic;
  p.packet_id = id;
  p.qos = static_cast<qos_level>(qos);
  p.payload = as_bytes(payload);
  return p;
}

any_packet publish_qos2_dup_retain(protocol_version) {
  any_packet p = publish("a/b", 65'535, 2, "");
  std::get<publish_view>(p).dup = std::get<publish_view>(p).retain = true;
  return p;
}

any_packet publish_alias(protocol_version) {
  any_packet p = publish("", 1, 1, "again");
  std::get<publish_view>(p).props.set(topic_alias, 7);
  return p;
}

any_packet publish_properties(protocol_version) {
  any_packet p = publish("straße/𝄞", 3, 2, "body");
  auto& view = std::get<publish_view>(p);
  view.retain = true;
  static constexpr pair users[] = {{"a", "1"}, {"a", "2"}};
  static constexpr std::uint32_t ids[] = {1, 128, max_variable_integer};
  view.props.set(payload_format, 1).set(message_expiry, 60).set(content_type, "text/plain");
  view.props.set(response_topic, "answers/1").set(correlation_data, std::string_view("\0\1\2", 3)).set(topic_alias, 1);
  view.props.set_user(list(users)).set_subscription_ids(list(ids));
  return p;
}

any_packet ack(packet_type type, std::uint16_t id, reason_code reason = reason_code::success,
               std::string_view text = {}) {
  ack_view p;
  p.type = type;
  p.packet_id = id;
  p.reason = reason;
  if (!text.empty()) p.props.set(reason_string, text);
  return p;
}

any_packet puback_verdict(protocol_version) {
  any_packet p = ack(packet_type::puback, 1);
  static constexpr pair users[] = {{"seq", "42"}, {"ts", "1700000000000"}};
  std::get<ack_view>(p).props.set_user(list(users));
  return p;
}

template <std::size_t n>
any_packet subscribe(std::uint16_t id, const subscription (&filters)[n]) {
  subscribe_view p;
  p.packet_id = id;
  p.count = n;
  p.filters = lazy_range<subscription, subscription_reader>(list(filters));
  return p;
}

any_packet subscribe_plain(protocol_version v) {
  static constexpr subscription two[] = {{"a/+", qos_level::at_least_once}, {"c/#", qos_level::exactly_once}};
  static constexpr subscription one[] = {{"a/+", qos_level::at_least_once}};
  return v == v3 ? subscribe(10, two) : subscribe(10, one);
}

any_packet subscribe_options(protocol_version) {
  static constexpr subscription filters[] = {{"#", qos_level::exactly_once, true, true, 2},
                                             {"$share/g/+/x", qos_level::at_most_once, false, true, 1}};
  static constexpr pair users[] = {{"k", "v"}};
  static constexpr std::uint32_t ids[] = {300};
  any_packet p = subscribe(11, filters);
  std::get<subscribe_view>(p).props.set_user(list(users)).set_subscription_ids(list(ids));
  return p;
}

template <std::size_t n>
any_packet suback(packet_type type, std::uint16_t id, const reason_code (&reasons)[n], std::string_view text = {}) {
  suback_view p;
  p.type = type;
  p.packet_id = id;
  p.count = n;
  p.reasons = lazy_range<reason_code, reason_reader>(list(reasons));
  if (!text.empty()) p.props.set(reason_string, text);
  return p;
}

any_packet suback_plain(protocol_version v) {
  using enum reason_code;
  static constexpr reason_code old[] = {granted_qos_1, unspecified_error};
  static constexpr reason_code all[] = {success, granted_qos_1, granted_qos_2, topic_filter_invalid};
  return v == v3 ? suback(packet_type::suback, 10, old) : suback(packet_type::suback, 10, all);
}

any_packet suback_reason(protocol_version) {
  static constexpr reason_code one[] = {reason_code::not_authorized};
  return suback(packet_type::suback, 10, one, "not offered");
}

any_packet unsubscribe(protocol_version v) {
  static constexpr std::string_view filters[] = {"a/+", "c/#"};
  static constexpr pair users[] = {{"k", "v"}};
  unsubscribe_view p;
  p.packet_id = 12;
  p.count = v == v3 ? 1 : 2;
  p.filters = lazy_range<std::string_view, filter_reader>(std::span(filters).first(p.count));
  if (v == v5) p.props.set_user(list(users));
  return p;
}

any_packet unsuback(protocol_version v) {
  static constexpr reason_code two[] = {reason_code::success, reason_code::no_subscription_existed};
  any_packet p = suback(packet_type::unsuback, 12, two);
  if (v == v3) std::get<suback_view>(p).count = 0;
  return p;
}

any_packet ping(packet_type type) {
  ping_view p;
  p.type = type;
  return p;
}

any_packet disconnect(reason_code reason, std::string_view text = {}) {
  disconnect_view p;
  p.reason = reason;
  if (!text.empty()) p.props.set(reason_string, text);
  return p;
}

any_packet disconnect_expiry(protocol_version) {
  any_packet p = disconnect(reason_code::normal_disconnection);
  std::get<disconnect_view>(p).props.set(session_expiry, 0U);
  return p;
}

any_packet auth_continue(protocol_version) {
  auth_view p;
  p.reason = reason_code::continue_authentication;
  p.props.set(authentication_method, "SCRAM-SHA-256").set(authentication_data, "\x01\x02\x03");
  return p;
}

builder always(any_packet p) {
  return [p](protocol_version) { return p; };
}

const std::map<std::string, builder>& builders() {
  using enum packet_type;
  using enum reason_code;
  static const std::map<std::string, builder> all = {
      {"connect_minimal", connect_minimal},
      {"connect_full", connect_full},
      {"connect_properties", connect_properties},
      {"connect_will", connect_will},
      {"connack_accepted", always(mqtt::connack(false, success))},
      {"connack_session_present", always(mqtt::connack(true, success))},
      {"connack_bad_password", always(mqtt::connack(false, bad_user_name_or_password))},
      {"connack_properties", connack_properties},
      {"connack_not_authorized",
       [](protocol_version) {
         any_packet p = mqtt::connack(false, not_authorized);
         std::get<connack_view>(p).props.set(reason_string, "no will here");
         return p;
       }},
      {"publish_qos0", always(mqtt::publish("a/b", 0, 0, "hello"))},
      {"publish_qos1",
       [](protocol_version v) {
         return v == v3 ? mqtt::publish("a/b", 10, 1, "hello")
                        : mqtt::publish("c/aaaaaaaaaaaaaaaaaaaaaaaaaa/send", 258, 1, "hello");
       }},
      {"publish_qos2_dup_retain", publish_qos2_dup_retain},
      {"publish_two_byte_length",
       [](protocol_version) {
         static const std::string payload(125, 'x');
         return mqtt::publish("a", 0, 0, payload);
       }},
      {"publish_alias", publish_alias},
      {"publish_properties", publish_properties},
      {"puback", always(ack(puback, 4660))},
      {"pubrec", always(ack(pubrec, 4660))},
      {"pubrel", always(ack(pubrel, 4660))},
      {"pubcomp", always(ack(pubcomp, 4660))},
      {"puback_no_matching_subscribers", always(ack(puback, 1, no_matching_subscribers))},
      {"puback_verdict", puback_verdict},
      {"puback_refused", always(ack(puback, 1, not_authorized, "not a member"))},
      {"pubrec_quota", always(ack(pubrec, 1, quota_exceeded))},
      {"pubrel_not_found", always(ack(pubrel, 1, packet_id_not_found))},
      {"pubcomp_not_found", always(ack(pubcomp, 1, packet_id_not_found, "gone"))},
      {"subscribe", subscribe_plain},
      {"subscribe_options", subscribe_options},
      {"suback", suback_plain},
      {"suback_reason", suback_reason},
      {"unsubscribe", mqtt::unsubscribe},
      {"unsuback", mqtt::unsuback},
      {"pingreq", always(ping(pingreq))},
      {"pingresp", always(ping(pingresp))},
      {"disconnect", always(mqtt::disconnect(normal_disconnection))},
      {"disconnect_with_will", always(mqtt::disconnect(disconnect_with_will))},
      {"disconnect_expiry", disconnect_expiry},
      {"disconnect_taken_over", always(mqtt::disconnect(session_taken_over, "signed in elsewhere"))},
      {"auth", always(auth_view{})},
      {"auth_continue", auth_continue},
  };
  return all;
}

struct golden {
  std::string name;
  protocol_version version = v5;
  bytes data;
};

std::vector<golden> read_vectors() {
  std::vector<golden> all;
  std::ifstream file(DUNLIN_VECTORS "/mqtt/packets.txt");
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream fields(line);
    std::string name;
    std::string version;
    std::string hex;
    fields >> name >> version >> hex;
    all.push_back({name, version == "5" ? v5 : v3, from_hex(hex)});
  }
  return all;
}

TEST(MqttVectors, EachPacketEncodesToItsGoldenBytes) {
  for (const golden& g : read_vectors()) {
    SCOPED_TRACE(g.name);
    ASSERT_TRUE(builders().contains(g.name));
    wire_end end;
    encode(end.out, g.version, builders().at(g.name)(g.version));
    EXPECT_EQ(to_hex(end.take()), to_hex(g.data));
  }
}

TEST(MqttVectors, GoldenBytesDecodeToWhatEncodesToThemAgain) {
  for (const golden& g : read_vectors()) {
    SCOPED_TRACE(g.name);
    const decoded d = decode(g.data, g.version, max_variable_integer);
    ASSERT_EQ(d.status, decode_status::ready) << name_of(d.reason);
    EXPECT_EQ(d.size, g.data.size());
    wire_end end;
    encode(end.out, g.version, d.value);
    EXPECT_EQ(to_hex(end.take()), to_hex(g.data));
  }
}

TEST(MqttVectors, EveryBuilderHasALineAndEveryPrefixOfALineNeedsMore) {
  std::set<std::string> seen;
  for (const golden& g : read_vectors()) {
    SCOPED_TRACE(g.name);
    seen.insert(g.name);
    for (std::size_t n = 0; n < g.data.size(); ++n) {
      EXPECT_EQ(decode(byte_span(g.data).first(n), g.version, max_variable_integer).status, decode_status::need_more);
    }
  }
  EXPECT_EQ(seen.size(), builders().size());
}

}  // namespace
}  // namespace dunlin::mqtt
