#include <array>

#include "mqtt/codec.hpp"
#include "mqtt/reason_sets.hpp"
#include "mqtt/wire.hpp"

namespace dunlin::mqtt {

namespace {

constexpr bool is_v5(protocol_version version) { return version == protocol_version::v5; }

// The low four bits that each type must have; PUBLISH carries DUP, QoS and RETAIN there (5.0 table 2-2).
constexpr std::array<std::uint8_t, 16> required_flags = {0, 0, 0, 0, 0, 0, 2, 0, 2, 0, 2, 0, 0, 0, 0, 0};

frame failed(frame f, reason_code reason) {
  f.status = decode_status::error;
  f.reason = reason;
  return f;
}

// The properties of a 5.0 packet, length included.
reason_code take_properties(wire::reader& in, property_place place, properties& props) {
  const std::uint32_t length = in.variable();
  const byte_span raw = in.take(length);
  if (!in.ok()) return reason_code::malformed_packet;
  if (raw.empty()) {
    props.clear();
    return reason_code::success;
  }
  return props.decode(raw, place);
}

reason_code check_topic(std::string_view topic) {
  if (is_valid_topic(topic)) [[likely]]
    return reason_code::success;
  return is_valid_text(topic) ? reason_code::topic_name_invalid : reason_code::malformed_packet;
}

reason_code check_filter(std::string_view filter) {
  if (is_valid_filter(filter)) [[likely]]
    return reason_code::success;
  return is_valid_text(filter) ? reason_code::topic_filter_invalid : reason_code::malformed_packet;
}

reason_code decode_will(wire::reader& in, std::uint8_t flags, protocol_version version, will_view& will) {
  will.qos = static_cast<qos_level>(flags >> 3 & 3);
  will.retain = (flags & 0x20) != 0;
  will.props.clear();
  if (is_v5(version)) {
    if (const auto bad = take_properties(in, property_place::will, will.props); is_error(bad)) return bad;
  }
  will.topic = as_text(in.binary());
  will.payload = in.binary();
  if (!in.ok() || will.topic.empty()) return reason_code::malformed_packet;
  return check_topic(will.topic);
}

}  // namespace

frame read_long_frame(byte_span in, protocol_version version, std::uint32_t max_packet_size) {
  frame f;
  if (in.empty()) return f;
  const std::uint8_t first = in[0];
  f.type = static_cast<packet_type>(first >> 4);
  f.flags = first & 15;
  if (f.type != packet_type::publish) {
    if (first < 0x10 || f.flags != required_flags[first >> 4]) return failed(f, reason_code::malformed_packet);
    if (f.type == packet_type::auth && !is_v5(version)) return failed(f, reason_code::malformed_packet);
  }
  std::size_t length = 0;
  std::size_t at = 1;
  for (;; ++at) {
    if (at == in.size()) return f;
    const std::uint8_t byte = in[at];
    length |= std::size_t{byte & 0x7fU} << (7 * (at - 1));
    if (byte < 0x80) {
      if (byte == 0 && at > 1 && is_v5(version)) return failed(f, reason_code::malformed_packet);
      break;
    }
    if (at == 4) return failed(f, reason_code::malformed_packet);
  }
  f.size = at + 1 + length;
  if (f.size > max_packet_size) return failed(f, reason_code::packet_too_large);
  if (f.size > in.size()) return f;
  f.status = decode_status::ready;
  f.body = in.subspan(at + 1, length);
  return f;
}

packet_sizes sizes_of_long(byte_span in, protocol_version version, std::uint32_t max_packet_size) {
  const frame f = read_long_frame(in, version, max_packet_size);
  if (f.status != decode_status::ready) return {};
  return {f.size - f.body.size(), f.size};
}

reason_code decode_connect(const frame& f, connect_view& out) {
  wire::reader in(f.body);
  const std::string_view name = as_text(in.binary());
  const std::uint8_t level = in.u8();
  if (!in.ok() || (name != "MQTT" && name != "MQIsdp")) return reason_code::malformed_packet;
  // What a client of an unknown version is most likely to understand (0x80 marks bridges of a well-known broker).
  out.version = level >= 5 && level < 0x80 && name == "MQTT" ? protocol_version::v5 : protocol_version::v3_1_1;
  if (name != "MQTT" || (level != 4 && level != 5)) return reason_code::unsupported_protocol_version;

  const std::uint8_t flags = in.u8();
  out.keep_alive_s = in.u16();
  out.clean_start = (flags & 0x02) != 0;
  out.has_will = (flags & 0x04) != 0;
  out.has_password = (flags & 0x40) != 0;
  out.has_user_name = (flags & 0x80) != 0;
  if ((flags & 0x01) != 0) return reason_code::malformed_packet;                   // MQTT-3.1.2-3
  if (!out.has_will && (flags & 0x38) != 0) return reason_code::malformed_packet;  // MQTT-3.1.2-11, -13
  if ((flags & 0x18) == 0x18) return reason_code::malformed_packet;                // MQTT-3.1.2-12
  if (!is_v5(out.version) && out.has_password && !out.has_user_name) return reason_code::malformed_packet;
  out.props.clear();
  if (is_v5(out.version)) {
    if (const auto bad = take_properties(in, property_place::connect, out.props); is_error(bad)) return bad;
    if (out.props.has(property::authentication_data) && !out.props.has(property::authentication_method)) {
      return reason_code::protocol_error;
    }
  }
  out.client_id = in.text();
  if (out.has_will) {
    if (const auto bad = decode_will(in, flags, out.version, out.will); is_error(bad)) return bad;
  }
  out.user_name = out.has_user_name ? in.text() : std::string_view();
  out.password = out.has_password ? in.binary() : byte_span();
  return in.ok() && in.at_end() ? reason_code::success : reason_code::malformed_packet;
}

reason_code decode_connack(const frame& f, protocol_version version, connack_view& out) {
  wire::reader in(f.body);
  const std::uint8_t flags = in.u8();
  out.code = in.u8();
  out.session_present = flags == 1;
  out.props.clear();
  if (!in.ok() || flags > 1) return reason_code::malformed_packet;
  if (is_v5(version)) {
    out.reason = static_cast<reason_code>(out.code);
    if (!connack_reasons.contains(out.reason)) return reason_code::protocol_error;
    if (const auto bad = take_properties(in, property_place::connack, out.props); is_error(bad)) return bad;
  } else {
    static constexpr std::array<reason_code, 6> meanings = {reason_code::success,
                                                            reason_code::unsupported_protocol_version,
                                                            reason_code::client_id_not_valid,
                                                            reason_code::server_unavailable,
                                                            reason_code::bad_user_name_or_password,
                                                            reason_code::not_authorized};
    if (out.code >= meanings.size()) return reason_code::protocol_error;
    out.reason = meanings[out.code];
  }
  if (out.session_present && is_error(out.reason)) return reason_code::protocol_error;  // MQTT-3.2.2-6
  return in.ok() && in.at_end() ? reason_code::success : reason_code::malformed_packet;
}

namespace {

// What of a 5.0 PUBLISH stands behind the packet id, where the properties are not empty.
[[gnu::noinline]] reason_code decode_publish_properties(byte_span rest, publish_view& out) {
  wire::reader in(rest);
  if (const auto bad = take_properties(in, property_place::publish, out.props); is_error(bad)) return bad;
  out.payload = in.rest();
  return reason_code::success;
}

}  // namespace

reason_code decode_publish(const frame& f, protocol_version version, publish_view& out, std::string_view valid) {
  const unsigned qos = f.flags >> 1 & 3;
  out.qos = static_cast<qos_level>(qos);
  out.retain = (f.flags & 1) != 0;
  out.dup = (f.flags & 8) != 0;
  if (qos == 3 || (qos == 0 && out.dup)) return reason_code::malformed_packet;  // MQTT-3.3.1-4, -2

  // Without the reader, field by field: this is where most of a server's decoding happens.
  const std::uint8_t* at = f.body.data();
  std::size_t left = f.body.size();
  if (left < 2) return reason_code::malformed_packet;
  const std::size_t topic_size = wire::load16(at);
  const std::size_t fixed = 2 + topic_size + (qos == 0 ? 0 : 2);
  if (left < fixed) return reason_code::malformed_packet;
  out.topic = {reinterpret_cast<const char*>(at + 2), topic_size};
  out.packet_id = qos == 0 ? std::uint16_t{0} : wire::load16(at + 2 + topic_size);
  at += fixed;
  left -= fixed;
  out.same_topic = is_same_topic(out.topic, valid);
  if (!out.same_topic && !is_valid_topic(out.topic)) [[unlikely]]
    return check_topic(out.topic);
  if (qos != 0 && out.packet_id == 0) return reason_code::protocol_error;  // MQTT-2.2.1-3

  out.props.clear();
  if (is_v5(version)) {
    if (left != 0 && *at == 0) [[likely]] {
      out.payload = {at + 1, left - 1};
    } else if (const auto bad = decode_publish_properties({at, left}, out); is_error(bad)) {
      return bad;
    }
    if (topic_size != 0 || out.props.has(property::topic_alias)) return reason_code::success;
    return reason_code::protocol_error;
  }
  out.payload = {at, left};
  return topic_size != 0 ? reason_code::success : reason_code::malformed_packet;  // 3.1.1 MQTT-4.7.3-1
}

reason_code decode_ack(const frame& f, protocol_version version, ack_view& out) {
  out.type = f.type;
  out.reason = reason_code::success;
  out.props.clear();
  wire::reader in(f.body);
  out.packet_id = in.u16();
  if (!in.ok()) return reason_code::malformed_packet;
  if (out.packet_id == 0) return reason_code::protocol_error;
  if (in.at_end()) return reason_code::success;
  if (!is_v5(version)) return reason_code::malformed_packet;
  out.reason = static_cast<reason_code>(in.u8());
  const bool publish_answer = f.type == packet_type::puback || f.type == packet_type::pubrec;
  if (!(publish_answer ? puback_reasons : pubrel_reasons).contains(out.reason)) return reason_code::protocol_error;
  if (in.at_end()) return reason_code::success;
  const auto bad = take_properties(in, static_cast<property_place>(f.type), out.props);
  if (is_error(bad)) return bad;
  return in.at_end() ? reason_code::success : reason_code::malformed_packet;
}

namespace {

reason_code check_options(std::uint8_t options, std::string_view filter, protocol_version version) {
  if ((options & (is_v5(version) ? 0xc0 : 0xfc)) != 0) return reason_code::malformed_packet;  // MQTT-3.8.3-5
  if ((options & 3) == 3 || (options & 0x30) == 0x30) return reason_code::protocol_error;
  // No Local makes no sense where the group decides who gets a message (MQTT-3.8.3-4).
  if ((options & 4) != 0 && parse_shared(filter)) return reason_code::protocol_error;
  return reason_code::success;
}

}  // namespace

reason_code decode_subscribe(const frame& f, protocol_version version, subscribe_view& out) {
  wire::reader in(f.body);
  out.packet_id = in.u16();
  out.props.clear();
  if (!in.ok()) return reason_code::malformed_packet;
  if (out.packet_id == 0) return reason_code::protocol_error;
  if (is_v5(version)) {
    if (const auto bad = take_properties(in, property_place::subscribe, out.props); is_error(bad)) return bad;
  }
  const byte_span list = in.rest();
  wire::reader filters(list);
  out.count = 0;
  while (!filters.at_end()) {
    const std::string_view filter = as_text(filters.binary());
    const std::uint8_t options = filters.u8();
    if (!filters.ok()) return reason_code::malformed_packet;
    if (const auto bad = check_filter(filter); is_error(bad)) return bad;
    if (const auto bad = check_options(options, filter, version); is_error(bad)) return bad;
    ++out.count;
  }
  if (!filters.ok()) return reason_code::malformed_packet;
  if (out.count == 0) return reason_code::protocol_error;  // MQTT-3.8.3-2
  out.filters = lazy_range<subscription, subscription_reader>(list);
  return reason_code::success;
}

reason_code decode_unsubscribe(const frame& f, protocol_version version, unsubscribe_view& out) {
  wire::reader in(f.body);
  out.packet_id = in.u16();
  out.props.clear();
  if (!in.ok()) return reason_code::malformed_packet;
  if (out.packet_id == 0) return reason_code::protocol_error;
  if (is_v5(version)) {
    if (const auto bad = take_properties(in, property_place::unsubscribe, out.props); is_error(bad)) return bad;
  }
  const byte_span list = in.rest();
  wire::reader filters(list);
  out.count = 0;
  while (!filters.at_end()) {
    const std::string_view filter = as_text(filters.binary());
    if (!filters.ok()) return reason_code::malformed_packet;
    if (const auto bad = check_filter(filter); is_error(bad)) return bad;
    ++out.count;
  }
  if (!filters.ok()) return reason_code::malformed_packet;
  if (out.count == 0) return reason_code::protocol_error;  // MQTT-3.10.3-2
  out.filters = lazy_range<std::string_view, filter_reader>(list);
  return reason_code::success;
}

reason_code decode_suback(const frame& f, protocol_version version, suback_view& out) {
  wire::reader in(f.body);
  out.type = f.type;
  out.packet_id = in.u16();
  out.props.clear();
  if (!in.ok()) return reason_code::malformed_packet;
  if (out.packet_id == 0) return reason_code::protocol_error;
  if (is_v5(version)) {
    const auto bad = take_properties(in, static_cast<property_place>(f.type), out.props);
    if (is_error(bad)) return bad;
  }
  const byte_span list = in.rest();
  const bool has_reasons = is_v5(version) || f.type == packet_type::suback;
  if (has_reasons == list.empty()) return reason_code::malformed_packet;
  const reason_set& allowed = f.type == packet_type::unsuback ? unsuback_reasons
                              : is_v5(version)                ? suback_reasons
                                                              : suback_reasons_v3;
  for (const std::uint8_t code : list) {
    if (!allowed.contains(static_cast<reason_code>(code))) return reason_code::protocol_error;
  }
  out.count = list.size();
  out.reasons = lazy_range<reason_code, reason_reader>(list);
  return reason_code::success;
}

reason_code decode_disconnect(const frame& f, protocol_version version, disconnect_view& out) {
  out.reason = reason_code::normal_disconnection;
  out.props.clear();
  if (f.body.empty()) return reason_code::success;
  if (!is_v5(version)) return reason_code::malformed_packet;
  wire::reader in(f.body);
  out.reason = static_cast<reason_code>(in.u8());
  if (!disconnect_reasons.contains(out.reason)) return reason_code::protocol_error;
  if (in.at_end()) return reason_code::success;
  if (const auto bad = take_properties(in, property_place::disconnect, out.props); is_error(bad)) return bad;
  return in.at_end() ? reason_code::success : reason_code::malformed_packet;
}

reason_code decode_auth(const frame& f, protocol_version version, auth_view& out) {
  out.reason = reason_code::success;
  out.props.clear();
  if (!is_v5(version)) return reason_code::malformed_packet;
  if (f.body.empty()) return reason_code::success;
  wire::reader in(f.body);
  out.reason = static_cast<reason_code>(in.u8());
  if (!auth_reasons.contains(out.reason)) return reason_code::protocol_error;
  // Unlike in other packets the property length stands behind every reason (5.0 section 3.15.2.2.1).
  if (const auto bad = take_properties(in, property_place::auth, out.props); is_error(bad)) return bad;
  return in.at_end() ? reason_code::success : reason_code::malformed_packet;
}

bool subscription_reader::next(const std::uint8_t*& at, const std::uint8_t* end, subscription& value) {
  if (at == end) return false;
  value.filter = wire::take_text(at);
  const std::uint8_t options = *at++;
  value.qos = static_cast<qos_level>(options & 3);
  value.no_local = (options & 4) != 0;
  value.retain_as_published = (options & 8) != 0;
  value.retain_handling = static_cast<std::uint8_t>(options >> 4 & 3);
  return true;
}

bool filter_reader::next(const std::uint8_t*& at, const std::uint8_t* end, std::string_view& value) {
  if (at == end) return false;
  value = wire::take_text(at);
  return true;
}

bool reason_reader::next(const std::uint8_t*& at, const std::uint8_t* end, reason_code& value) {
  if (at == end) return false;
  value = static_cast<reason_code>(*at++);
  return true;
}

namespace {

reason_code decode_any(const frame& f, protocol_version version, any_packet& out) {
  switch (f.type) {
    case packet_type::connect: return decode_connect(f, out.emplace<connect_view>());
    case packet_type::connack: return decode_connack(f, version, out.emplace<connack_view>());
    case packet_type::publish: return decode_publish(f, version, out.emplace<publish_view>());
    case packet_type::puback:
    case packet_type::pubrec:
    case packet_type::pubrel:
    case packet_type::pubcomp: return decode_ack(f, version, out.emplace<ack_view>());
    case packet_type::subscribe: return decode_subscribe(f, version, out.emplace<subscribe_view>());
    case packet_type::unsubscribe: return decode_unsubscribe(f, version, out.emplace<unsubscribe_view>());
    case packet_type::suback:
    case packet_type::unsuback: return decode_suback(f, version, out.emplace<suback_view>());
    case packet_type::pingreq:
    case packet_type::pingresp:
      out.emplace<ping_view>().type = f.type;
      return f.body.empty() ? reason_code::success : reason_code::malformed_packet;
    case packet_type::disconnect: return decode_disconnect(f, version, out.emplace<disconnect_view>());
    case packet_type::auth: return decode_auth(f, version, out.emplace<auth_view>());
  }
  return reason_code::malformed_packet;
}

}  // namespace

decoded decode(byte_span in, protocol_version version, std::uint32_t max_packet_size) {
  decoded result;
  const frame f = read_frame(in, version, max_packet_size);
  result.status = f.status;
  result.reason = f.reason;
  result.size = f.size;
  if (f.status != decode_status::ready) return result;
  result.reason = decode_any(f, version, result.value);
  if (is_error(result.reason)) result.status = decode_status::error;
  return result;
}

}  // namespace dunlin::mqtt
