#include <variant>

#include "base/check.hpp"
#include "mqtt/codec.hpp"
#include "mqtt/wire.hpp"

namespace dunlin::mqtt {

namespace {

constexpr bool is_v5(protocol_version version) { return version == protocol_version::v5; }

// The property length and the properties of a 5.0 packet; nothing towards 3.1.1.
struct property_block {
  property_block(protocol_version version, const properties& set)
      : props(set), present(is_v5(version)), length(present ? static_cast<std::uint32_t>(set.encoded_size()) : 0) {}

  [[nodiscard]] std::size_t size() const { return present ? wire::variable_size(length) + length : 0; }
  std::uint8_t* write(std::uint8_t* at) const { return present ? props.encode(wire::put_variable(at, length)) : at; }

  const properties& props;
  bool present;
  std::uint32_t length;
};

std::size_t packet_size(std::size_t remaining) {
  DUNLIN_CHECK(remaining <= max_variable_integer);
  return 1 + wire::variable_size(static_cast<std::uint32_t>(remaining)) + remaining;
}

// Has `write(at)` fill n bytes, in place where they fit a chunk of the output, and returns how far it got.
template <class Writer>
void append_with(output& out, std::size_t n, Writer&& write) {
  if (n <= output::max_reserve) {
    write(out.reserve(n));
    return;
  }
  bytes large(n);
  write(large.data());
  out.append(large);
}

std::uint8_t first_byte(packet_type type, unsigned flags = 0) {
  return static_cast<std::uint8_t>(static_cast<unsigned>(type) << 4 | flags);
}

// A whole packet of which `write(at)` fills what follows the fixed header.
template <class Writer>
void append_packet(output& out, std::uint8_t first, std::size_t remaining, Writer&& write) {
  append_with(out, packet_size(remaining), [&](std::uint8_t* at) {
    write(wire::put_variable(wire::put8(at, first), static_cast<std::uint32_t>(remaining)));
  });
}

// What follows the packet id of an ack: nothing if it says success, and no more than the reason without properties.
std::size_t ack_tail(protocol_version version, const ack_view& packet, const property_block& props) {
  if (!is_v5(version)) return 0;
  if (props.length != 0) return 1 + props.size();
  return packet.reason == reason_code::success ? 0 : 1;
}

std::size_t disconnect_remaining(protocol_version version, const disconnect_view& packet, const property_block& props) {
  if (!is_v5(version)) return 0;
  if (props.length != 0) return 1 + props.size();
  return packet.reason == reason_code::normal_disconnection ? 0 : 1;
}

std::size_t suback_remaining(protocol_version version, const suback_view& packet, const property_block& props) {
  const bool has_reasons = is_v5(version) || packet.type == packet_type::suback;
  return 2 + props.size() + (has_reasons ? packet.count : 0);
}

std::uint8_t* write_will(std::uint8_t* at, const will_view& will, const property_block& props) {
  at = wire::put_text(props.write(at), will.topic);
  return wire::put_raw(wire::put16(at, static_cast<std::uint16_t>(will.payload.size())), will.payload);
}

}  // namespace

void encode_connect(output& out, const connect_view& packet) {
  const property_block props(packet.version, packet.props);
  const property_block will_props(packet.version, packet.will.props);
  std::size_t remaining = 2 + 4 + 1 + 1 + 2 + props.size() + 2 + packet.client_id.size();
  unsigned flags = packet.clean_start ? 0x02 : 0;
  if (packet.has_will) {
    remaining += will_props.size() + 2 + packet.will.topic.size() + 2 + packet.will.payload.size();
    flags |= 0x04U | static_cast<unsigned>(packet.will.qos) << 3 | (packet.will.retain ? 0x20U : 0U);
  }
  if (packet.has_user_name) {
    remaining += 2 + packet.user_name.size();
    flags |= 0x80;
  }
  if (packet.has_password) {
    remaining += 2 + packet.password.size();
    flags |= 0x40;
  }
  append_packet(out, first_byte(packet_type::connect), remaining, [&](std::uint8_t* at) {
    at = wire::put8(wire::put_text(at, "MQTT"), static_cast<std::uint8_t>(packet.version));
    at = wire::put16(wire::put8(at, static_cast<std::uint8_t>(flags)), packet.keep_alive_s);
    at = wire::put_text(props.write(at), packet.client_id);
    if (packet.has_will) at = write_will(at, packet.will, will_props);
    if (packet.has_user_name) at = wire::put_text(at, packet.user_name);
    if (packet.has_password) wire::put_text(at, as_text(packet.password));
  });
}

void encode_connack(output& out, protocol_version version, const connack_view& packet) {
  const property_block props(version, packet.props);
  const std::uint8_t code = is_v5(version) ? static_cast<std::uint8_t>(packet.reason) : connack_code_v3(packet.reason);
  append_packet(out, first_byte(packet_type::connack), 2 + props.size(), [&](std::uint8_t* at) {
    props.write(wire::put8(wire::put8(at, packet.session_present ? 1 : 0), code));
  });
}

std::size_t encoded_size(protocol_version version, const connack_view& packet) {
  return packet_size(2 + property_block(version, packet.props).size());
}

void encode_publish(output& out, protocol_version version, const publish_view& packet) {
  const property_block props(version, packet.props);
  const bool has_id = packet.qos != qos_level::at_most_once;
  const std::size_t header = 2 + packet.topic.size() + (has_id ? 2 : 0) + props.size();
  const std::size_t remaining = header + packet.payload.size();
  const unsigned flags = (packet.dup ? 8U : 0U) | static_cast<unsigned>(packet.qos) << 1 | (packet.retain ? 1U : 0U);
  append_with(out, packet_size(remaining) - packet.payload.size(), [&](std::uint8_t* at) {
    at = wire::put8(at, first_byte(packet_type::publish, flags));
    at = wire::put_text(wire::put_variable(at, static_cast<std::uint32_t>(remaining)), packet.topic);
    if (has_id) at = wire::put16(at, packet.packet_id);
    props.write(at);
  });
  out.append(packet.payload);
}

void encode_ack(output& out, protocol_version version, const ack_view& packet) {
  const unsigned flags = packet.type == packet_type::pubrel ? 2 : 0;
  const property_block props(version, packet.props);
  const std::size_t tail = ack_tail(version, packet, props);
  append_packet(out, first_byte(packet.type, flags), 2 + tail, [&](std::uint8_t* at) {
    at = wire::put16(at, packet.packet_id);
    if (tail != 0) at = wire::put8(at, static_cast<std::uint8_t>(packet.reason));
    if (tail > 1) props.write(at);
  });
}

std::size_t encoded_size(protocol_version version, const ack_view& packet) {
  return packet_size(2 + ack_tail(version, packet, property_block(version, packet.props)));
}

void encode_subscribe(output& out, protocol_version version, const subscribe_view& packet) {
  const property_block props(version, packet.props);
  std::size_t remaining = 2 + props.size();
  for (const subscription& s : packet.filters) remaining += 2 + s.filter.size() + 1;
  append_packet(out, first_byte(packet_type::subscribe, 2), remaining, [&](std::uint8_t* at) {
    at = props.write(wire::put16(at, packet.packet_id));
    for (const subscription& s : packet.filters) {
      unsigned options = static_cast<unsigned>(s.qos);
      if (is_v5(version)) {
        options |= (s.no_local ? 4U : 0U) | (s.retain_as_published ? 8U : 0U) | unsigned{s.retain_handling} << 4;
      }
      at = wire::put8(wire::put_text(at, s.filter), static_cast<std::uint8_t>(options));
    }
  });
}

void encode_unsubscribe(output& out, protocol_version version, const unsubscribe_view& packet) {
  const property_block props(version, packet.props);
  std::size_t remaining = 2 + props.size();
  for (const std::string_view filter : packet.filters) remaining += 2 + filter.size();
  append_packet(out, first_byte(packet_type::unsubscribe, 2), remaining, [&](std::uint8_t* at) {
    at = props.write(wire::put16(at, packet.packet_id));
    for (const std::string_view filter : packet.filters) at = wire::put_text(at, filter);
  });
}

void encode_suback(output& out, protocol_version version, const suback_view& packet) {
  const property_block props(version, packet.props);
  const std::size_t remaining = suback_remaining(version, packet, props);
  const bool has_reasons = is_v5(version) || packet.type == packet_type::suback;
  append_packet(out, first_byte(packet.type), remaining, [&](std::uint8_t* at) {
    at = props.write(wire::put16(at, packet.packet_id));
    if (!has_reasons) return;
    for (const reason_code reason : packet.reasons) {
      const auto code = static_cast<std::uint8_t>(reason);
      at = wire::put8(at, !is_v5(version) && is_error(reason) ? std::uint8_t{0x80} : code);
    }
  });
}

std::size_t encoded_size(protocol_version version, const suback_view& packet) {
  return packet_size(suback_remaining(version, packet, property_block(version, packet.props)));
}

void encode_ping(output& out, packet_type type) {
  append_packet(out, first_byte(type), 0, [](std::uint8_t*) {});
}

void encode_disconnect(output& out, protocol_version version, const disconnect_view& packet) {
  const property_block props(version, packet.props);
  const std::size_t remaining = disconnect_remaining(version, packet, props);
  append_packet(out, first_byte(packet_type::disconnect), remaining, [&](std::uint8_t* at) {
    if (remaining != 0) at = wire::put8(at, static_cast<std::uint8_t>(packet.reason));
    if (remaining > 1) props.write(at);
  });
}

std::size_t encoded_size(protocol_version version, const disconnect_view& packet) {
  return packet_size(disconnect_remaining(version, packet, property_block(version, packet.props)));
}

void encode_auth(output& out, const auth_view& packet) {
  const property_block props(protocol_version::v5, packet.props);
  const bool bare = props.length == 0 && packet.reason == reason_code::success;
  append_packet(out, first_byte(packet_type::auth), bare ? 0 : 1 + props.size(), [&](std::uint8_t* at) {
    if (!bare) props.write(wire::put8(at, static_cast<std::uint8_t>(packet.reason)));
  });
}

namespace {

struct any_encoder {
  output& out;
  protocol_version version;

  void operator()(const connect_view& p) const { encode_connect(out, p); }
  void operator()(const connack_view& p) const { encode_connack(out, version, p); }
  void operator()(const publish_view& p) const { encode_publish(out, version, p); }
  void operator()(const ack_view& p) const { encode_ack(out, version, p); }
  void operator()(const subscribe_view& p) const { encode_subscribe(out, version, p); }
  void operator()(const unsubscribe_view& p) const { encode_unsubscribe(out, version, p); }
  void operator()(const suback_view& p) const { encode_suback(out, version, p); }
  void operator()(const ping_view& p) const { encode_ping(out, p.type); }
  void operator()(const disconnect_view& p) const { encode_disconnect(out, version, p); }
  void operator()(const auth_view& p) const { encode_auth(out, p); }
};

}  // namespace

void encode(output& out, protocol_version version, const any_packet& value) {
  std::visit(any_encoder{out, version}, value);
}

publish_writer::publish_writer(protocol_version version, const message& m, std::uint16_t alias, bool with_topic)
    : message_(m), version_(version), with_topic_(with_topic), alias_(alias) {
  remaining_ = 2 + (with_topic ? m.topic.size() : 0) + m.payload_size() + (m.qos != qos_level::at_most_once ? 2 : 0);
  if (is_v5(version)) {
    std::size_t length = alias != 0 ? 3 : 0;
    for (const std::uint32_t id : m.subscription_ids) length += 1 + wire::variable_size(id);
    if (m.props != nullptr) length += m.props->encoded_size();
    property_size_ = static_cast<std::uint32_t>(length);
    remaining_ += wire::variable_size(property_size_) + length;
  }
  size_ = remaining_ > max_variable_integer ? remaining_ + 5 : packet_size(remaining_);
}

std::uint8_t* publish_writer::write_properties(std::uint8_t* at) const {
  at = wire::put_variable(at, property_size_);
  if (property_size_ == 0) return at;
  if (message_.props != nullptr) at = message_.props->encode(at);
  if (alias_ != 0) at = wire::put16(wire::put8(at, static_cast<std::uint8_t>(property::topic_alias)), alias_);
  for (const std::uint32_t id : message_.subscription_ids) {
    at = wire::put_variable(wire::put8(at, static_cast<std::uint8_t>(property::subscription_id)), id);
  }
  return at;
}

void publish_writer::write(output& out, std::uint16_t packet_id, bool dup) const {
  const message& m = message_;
  const auto write_head = [&](std::uint8_t* at) {
    const unsigned flags = (dup ? 8U : 0U) | static_cast<unsigned>(m.qos) << 1 | (m.retain ? 1U : 0U);
    at = wire::put8(at, first_byte(packet_type::publish, flags));
    at = wire::put_variable(at, static_cast<std::uint32_t>(remaining_));
    at = wire::put_text(at, with_topic_ ? m.topic : std::string_view());
    if (m.qos != qos_level::at_most_once) at = wire::put16(at, packet_id);
    if (is_v5(version_)) at = write_properties(at);
    return wire::put_raw(wire::put_raw(at, m.head), m.middle);
  };
  if (size_ <= 512) {  // small enough to go in one piece without wasting the end of a chunk
    wire::put_raw(write_head(out.reserve(size_)), m.body);
    return;
  }
  append_with(out, size_ - m.body.size(), write_head);
  if (m.owner != nullptr && *m.owner != nullptr) {
    out.append_shared(*m.owner, static_cast<std::size_t>(m.body.data() - (*m.owner)->data()), m.body.size());
  } else {
    out.append(m.body);
  }
}

}  // namespace dunlin::mqtt
