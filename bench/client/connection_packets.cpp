// The packets of a connection, out and in; connection.cpp has the socket.

#include <array>

#include "base/check.hpp"
#include "bench/client/connection.hpp"
#include "bench/client/loop.hpp"
#include "mqtt/codec.hpp"
#include "mqtt/wire.hpp"

namespace dunlin::bench {

namespace {

// What a packet's type byte says in its upper half.
constexpr mqtt::packet_type type_of(std::uint8_t first) { return static_cast<mqtt::packet_type>(first >> 4); }

void append(bytes& out, const output& encoded) {
  std::array<iovec, 16> pieces{};
  const std::size_t n = encoded.gather(pieces);
  for (std::size_t i = 0; i < n; ++i) {
    const auto* begin = static_cast<const std::uint8_t*>(pieces[i].iov_base);
    out.insert(out.end(), begin, begin + pieces[i].iov_len);
  }
}

// `n` more bytes at the end, to be written to.
std::uint8_t* grow(bytes& out, std::size_t n) {
  const std::size_t at = out.size();
  out.resize(at + n);
  return out.data() + at;
}

}  // namespace

void connection::send_connect() {
  state_ = connection_state::connecting;
  mqtt::connect_view connect;
  connect.version = options_.version;
  connect.clean_start = options_.clean_start;
  connect.keep_alive_s = options_.keep_alive_s;
  connect.client_id = who_.client_id;
  connect.has_user_name = !who_.user.empty();
  connect.user_name = who_.user;
  connect.has_password = !who_.password.empty();
  connect.password = as_bytes(who_.password);
  const std::array<mqtt::user_property, 1> dunlin{{{"dunlin", "1"}}};
  if (options_.version == mqtt::protocol_version::v5) {
    if (options_.session_expiry_s != 0) connect.props.set(mqtt::property::session_expiry, options_.session_expiry_s);
    if (options_.receive_maximum != 0) connect.props.set(mqtt::property::receive_maximum, options_.receive_maximum);
    if (!options_.problem_information) connect.props.set(mqtt::property::request_problem_information, 0U);
    if (options_.dunlin) connect.props.set_user(dunlin);
  }
  output encoded(loop_.chunks_);
  encode_connect(encoded, connect);
  append(out_, encoded);
  mark_dirty();
}

void connection::send_disconnect() {
  output encoded(loop_.chunks_);
  encode_disconnect(encoded, options_.version, {});
  append(out_, encoded);
}

std::uint16_t connection::make_packet_id() {
  const std::uint16_t id = next_packet_id_;
  next_packet_id_ = id == 0xffff ? std::uint16_t{1} : static_cast<std::uint16_t>(id + 1);
  return id;
}

std::uint16_t connection::publish(std::string_view topic, byte_span head, byte_span body, mqtt::qos_level qos,
                                  std::uint16_t packet_id) {
  DUNLIN_CHECK(is_connected());
  const bool v5 = options_.version == mqtt::protocol_version::v5;
  const bool with_id = qos != mqtt::qos_level::at_most_once;
  const bool dup = packet_id != 0;
  if (with_id && packet_id == 0) packet_id = make_packet_id();
  const std::size_t remaining = 2 + topic.size() + (with_id ? 2U : 0U) + (v5 ? 1U : 0U) + head.size() + body.size();
  const auto length = static_cast<std::uint32_t>(remaining);
  std::uint8_t* at = grow(out_, 1 + mqtt::wire::variable_size(length) + remaining);
  at = mqtt::wire::put8(at, static_cast<std::uint8_t>(0x30 | (dup ? 8 : 0) | static_cast<unsigned>(qos) << 1));
  at = mqtt::wire::put_variable(at, length);
  at = mqtt::wire::put_text(at, topic);
  if (with_id) at = mqtt::wire::put16(at, packet_id);
  if (v5) at = mqtt::wire::put8(at, 0);
  at = mqtt::wire::put_raw(at, head);
  mqtt::wire::put_raw(at, body);
  mark_dirty();
  return packet_id;
}

void connection::acknowledge(std::uint16_t packet_id) {
  if (packet_id == 0 || !is_connected()) return;
  std::uint8_t* at = grow(out_, 4);
  at = mqtt::wire::put8(at, 0x40);
  at = mqtt::wire::put8(at, 2);
  mqtt::wire::put16(at, packet_id);
  mark_dirty();
}

std::uint16_t connection::subscribe(std::span<const mqtt::subscription> filters) {
  DUNLIN_CHECK(is_connected());
  mqtt::subscribe_view subscribe;
  subscribe.packet_id = make_packet_id();
  subscribe.count = filters.size();
  subscribe.filters = mqtt::lazy_range<mqtt::subscription, mqtt::subscription_reader>(filters);
  output encoded(loop_.chunks_);
  encode_subscribe(encoded, options_.version, subscribe);
  append(out_, encoded);
  mark_dirty();
  return subscribe.packet_id;
}

void connection::ping() {
  output encoded(loop_.chunks_);
  mqtt::encode_ping(encoded, mqtt::packet_type::pingreq);
  append(out_, encoded);
  mark_dirty();
}

void connection::take_packet(std::uint8_t first, byte_span whole, byte_span body) {
  switch (type_of(first)) {
    case mqtt::packet_type::publish: return take_publish(first, body);
    case mqtt::packet_type::puback: return take_puback(body);
    case mqtt::packet_type::connack: return take_connack(whole);
    case mqtt::packet_type::suback: return take_suback(whole);
    case mqtt::packet_type::disconnect: return take_disconnect(body);
    case mqtt::packet_type::pingresp: return;
    default: return end(closed_by::protocol, mqtt::reason_code::protocol_error);
  }
}

void connection::take_publish(std::uint8_t first, byte_span body) {
  mqtt::wire::reader in(body);
  incoming m;
  m.qos = static_cast<mqtt::qos_level>(first >> 1 & 3);
  m.dup = (first & 8) != 0;
  m.retain = (first & 1) != 0;
  m.topic = as_text(in.binary());
  if (m.qos != mqtt::qos_level::at_most_once) m.packet_id = in.u16();
  if (options_.version == mqtt::protocol_version::v5) in.take(in.variable());
  m.payload = in.rest();
  const bool id_fits = (m.qos == mqtt::qos_level::at_most_once) == (m.packet_id == 0);
  if (!in.ok() || !id_fits || m.qos > mqtt::qos_level::at_least_once || !is_connected()) {
    return end(closed_by::protocol, mqtt::reason_code::malformed_packet);
  }
  events_.on_message(*this, m);
}

void connection::take_puback(byte_span body) {
  mqtt::wire::reader in(body);
  const std::uint16_t packet_id = in.u16();
  auto reason = mqtt::reason_code::success;
  byte_span properties;
  if (!in.at_end()) reason = static_cast<mqtt::reason_code>(in.u8());
  if (!in.at_end()) properties = in.take(in.variable());
  if (!in.ok() || !is_connected()) return end(closed_by::protocol, mqtt::reason_code::malformed_packet);
  events_.on_acked(*this, packet_id, reason, properties);
}

void connection::take_connack(byte_span whole) {
  mqtt::connack_view connack;
  const mqtt::frame frame = mqtt::read_frame(whole, options_.version, max_packet);
  const bool good = frame.status == mqtt::decode_status::ready &&
                    decode_connack(frame, options_.version, connack) == mqtt::reason_code::success;
  if (!good || state_ != connection_state::connecting) {
    return end(closed_by::protocol, mqtt::reason_code::malformed_packet);
  }
  if (is_error(connack.reason)) return end(closed_by::refusal, connack.reason);
  state_ = connection_state::connected;
  events_.on_connected(*this, connack);
}

void connection::take_suback(byte_span whole) {
  mqtt::suback_view suback;
  const mqtt::frame frame = mqtt::read_frame(whole, options_.version, max_packet);
  const bool good = frame.status == mqtt::decode_status::ready &&
                    decode_suback(frame, options_.version, suback) == mqtt::reason_code::success;
  if (!good || !is_connected()) return end(closed_by::protocol, mqtt::reason_code::malformed_packet);
  events_.on_subscribed(*this, suback);
}

void connection::take_disconnect(byte_span body) {
  end(closed_by::peer, body.empty() ? mqtt::reason_code::success : static_cast<mqtt::reason_code>(body[0]));
}

}  // namespace dunlin::bench
