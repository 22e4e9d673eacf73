#include "mqtt/properties.hpp"

#include <bit>
#include <cstring>

#include "base/check.hpp"
#include "mqtt/topic.hpp"
#include "mqtt/wire.hpp"

namespace dunlin::mqtt {

namespace detail {

namespace {

template <class... Places>
constexpr std::uint16_t in(Places... places) {
  return static_cast<std::uint16_t>((0U | ... | (1U << static_cast<unsigned>(places))));
}

// 5.0 table 2-4.
constexpr std::array<property_rule, 64> make_rules() {
  using enum property_kind;
  using place = property_place;
  std::array<property_rule, 64> rules{};
  std::uint8_t numbers = 0;
  std::uint8_t texts = 0;
  const auto rule = [&](property p, property_kind kind, std::uint16_t places) {
    const bool is_number = kind == byte || kind == two_bytes || kind == four_bytes;
    const bool is_text = kind == string || kind == binary;
    const std::uint8_t slot = is_number ? numbers++ : is_text ? texts++ : std::uint8_t{0};
    rules[static_cast<std::size_t>(p)] = {kind, slot, places};
  };
  const auto acks = in(place::puback, place::pubrec, place::pubrel, place::pubcomp, place::suback, place::unsuback);
  const auto message = in(place::publish, place::will);
  rule(property::payload_format, byte, message);
  rule(property::message_expiry, four_bytes, message);
  rule(property::content_type, string, message);
  rule(property::response_topic, string, message);
  rule(property::correlation_data, binary, message);
  rule(property::subscription_id, variable, in(place::publish, place::subscribe));
  rule(property::session_expiry, four_bytes, in(place::connect, place::connack, place::disconnect));
  rule(property::assigned_client_id, string, in(place::connack));
  rule(property::server_keep_alive, two_bytes, in(place::connack));
  rule(property::authentication_method, string, in(place::connect, place::connack, place::auth));
  rule(property::authentication_data, binary, in(place::connect, place::connack, place::auth));
  rule(property::request_problem_information, byte, in(place::connect));
  rule(property::will_delay, four_bytes, in(place::will));
  rule(property::request_response_information, byte, in(place::connect));
  rule(property::response_information, string, in(place::connack));
  rule(property::server_reference, string, in(place::connack, place::disconnect));
  rule(property::reason_string, string,
       static_cast<std::uint16_t>(acks | in(place::connack, place::disconnect, place::auth)));
  rule(property::receive_maximum, two_bytes, in(place::connect, place::connack));
  rule(property::topic_alias_maximum, two_bytes, in(place::connect, place::connack));
  rule(property::topic_alias, two_bytes, in(place::publish));
  rule(property::maximum_qos, byte, in(place::connack));
  rule(property::retain_available, byte, in(place::connack));
  rule(property::user, pair,
       static_cast<std::uint16_t>(
           acks | message |
           in(place::connect, place::connack, place::subscribe, place::unsubscribe, place::disconnect, place::auth)));
  rule(property::maximum_packet_size, four_bytes, in(place::connect, place::connack));
  rule(property::wildcard_subscription_available, byte, in(place::connack));
  rule(property::subscription_ids_available, byte, in(place::connack));
  rule(property::shared_subscription_available, byte, in(place::connack));
  return rules;
}

}  // namespace

constexpr std::array<property_rule, 64> property_rules = make_rules();

}  // namespace detail

namespace {

using detail::property_kind;
using detail::property_rule;
using detail::property_rules;

// 5.0 section 3: the values that each number may have.
reason_code check_number(property p, std::uint32_t value) {
  switch (p) {
    case property::payload_format:
    case property::request_problem_information:
    case property::request_response_information:
    case property::maximum_qos:
    case property::retain_available:
    case property::wildcard_subscription_available:
    case property::subscription_ids_available:
    case property::shared_subscription_available:
      return value <= 1 ? reason_code::success : reason_code::protocol_error;
    case property::receive_maximum:
    case property::maximum_packet_size: return value != 0 ? reason_code::success : reason_code::protocol_error;
    case property::topic_alias: return value != 0 ? reason_code::success : reason_code::topic_alias_invalid;
    default: return reason_code::success;
  }
}

// Behind the value of a property of decoded, hence valid, bytes.
const std::uint8_t* skip_value(const std::uint8_t* at, property_kind kind) {
  switch (kind) {
    case property_kind::byte: return at + 1;
    case property_kind::two_bytes: return at + 2;
    case property_kind::four_bytes: return at + 4;
    case property_kind::variable:
      while ((*at & 0x80) != 0) ++at;
      return at + 1;
    case property_kind::pair: at += 2 + wire::load16(at); [[fallthrough]];
    case property_kind::string:
    case property_kind::binary: return at + 2 + wire::load16(at);
    case property_kind::none: break;
  }
  return at;
}

// Moves to the value of the next property `wanted`; false at the end.
bool seek(const std::uint8_t*& at, const std::uint8_t* end, property wanted) {
  while (at != end) {
    const std::uint8_t id = *at++;
    if (id == static_cast<std::uint8_t>(wanted)) return true;
    at = skip_value(at, property_rules[id].kind);
  }
  return false;
}

}  // namespace

bool user_property_reader::next(const std::uint8_t*& at, const std::uint8_t* end, user_property& value) {
  if (!seek(at, end, property::user)) return false;
  value.name = wire::take_text(at);
  value.value = wire::take_text(at);
  return true;
}

bool subscription_id_reader::next(const std::uint8_t*& at, const std::uint8_t* end, std::uint32_t& value) {
  if (!seek(at, end, property::subscription_id)) return false;
  value = 0;
  for (unsigned shift = 0;; shift += 7) {
    value |= static_cast<std::uint32_t>(*at & 0x7f) << shift;
    if ((*at++ & 0x80) == 0) return true;
  }
}

properties& properties::set_user(std::span<const user_property> list) {
  DUNLIN_CHECK(raw_.empty() && list.size() <= max_user_properties);
  user_ = list;
  list.empty() ? remove(property::user) : mark(property::user);
  return *this;
}

properties& properties::set_subscription_ids(std::span<const std::uint32_t> list) {
  DUNLIN_CHECK(raw_.empty() && list.size() <= max_subscription_ids);
  ids_ = list;
  list.empty() ? remove(property::subscription_id) : mark(property::subscription_id);
  return *this;
}

reason_code properties::decode(byte_span raw, property_place place) {
  clear();
  wire::reader in(raw);
  std::size_t users = 0;
  std::size_t ids = 0;
  while (!in.at_end()) {
    const std::uint8_t id = in.u8();
    if (id >= property_rules.size()) return reason_code::malformed_packet;
    const property_rule rule = property_rules[id];
    if ((rule.places >> static_cast<unsigned>(place) & 1) == 0) return reason_code::malformed_packet;
    const auto p = static_cast<property>(id);
    const bool may_repeat = p == property::user || (p == property::subscription_id && place == property_place::publish);
    if (has(p) && !may_repeat) return reason_code::protocol_error;
    mark(p);
    std::uint32_t number = 0;
    switch (rule.kind) {
      case property_kind::byte: number = in.u8(); break;
      case property_kind::two_bytes: number = in.u16(); break;
      case property_kind::four_bytes: number = in.u32(); break;
      case property_kind::string: texts_[rule.slot] = in.text(); continue;
      case property_kind::binary: texts_[rule.slot] = as_text(in.binary()); continue;
      case property_kind::variable:
        if (in.variable() == 0 && in.ok()) return reason_code::protocol_error;
        if (++ids > max_subscription_ids) return reason_code::quota_exceeded;
        continue;
      case property_kind::pair:
        in.text();
        in.text();
        if (++users > max_user_properties) return reason_code::quota_exceeded;
        continue;
      case property_kind::none: return reason_code::malformed_packet;
    }
    numbers_[rule.slot] = number;
    if (!in.ok()) return reason_code::malformed_packet;
    if (const reason_code bad = check_number(p, number); is_error(bad)) return bad;
  }
  if (!in.ok()) return reason_code::malformed_packet;
  // Where a message shall be answered must be a topic name, not a filter (MQTT-3.3.2-14).
  if (has_wildcard(text(property::response_topic))) return reason_code::protocol_error;
  if (users + ids != 0) raw_ = raw;
  return reason_code::success;
}

std::size_t properties::encoded_size() const {
  std::size_t size = 0;
  for (std::uint64_t left = present_; left != 0; left &= left - 1) {
    const auto id = static_cast<std::size_t>(std::countr_zero(left));
    switch (property_rules[id].kind) {
      case property_kind::byte: size += 2; break;
      case property_kind::two_bytes: size += 3; break;
      case property_kind::four_bytes: size += 5; break;
      case property_kind::string:
      case property_kind::binary: size += 3 + texts_[property_rules[id].slot].size(); break;
      case property_kind::variable:
        for (const std::uint32_t value : subscription_ids()) size += 1 + wire::variable_size(value);
        break;
      case property_kind::pair:
        for (const user_property& u : user_properties()) size += 5 + u.name.size() + u.value.size();
        break;
      case property_kind::none: break;
    }
  }
  return size;
}

std::uint8_t* properties::encode(std::uint8_t* at) const {
  for (std::uint64_t left = present_; left != 0; left &= left - 1) {
    const auto id = static_cast<std::uint8_t>(std::countr_zero(left));
    const property_rule rule = property_rules[id];
    if (rule.kind == property_kind::variable) {
      for (const std::uint32_t value : subscription_ids()) at = wire::put_variable(wire::put8(at, id), value);
      continue;
    }
    if (rule.kind == property_kind::pair) {
      for (const user_property& u : user_properties()) {
        at = wire::put_text(wire::put_text(wire::put8(at, id), u.name), u.value);
      }
      continue;
    }
    at = wire::put8(at, id);
    switch (rule.kind) {
      case property_kind::byte: at = wire::put8(at, static_cast<std::uint8_t>(numbers_[rule.slot])); break;
      case property_kind::two_bytes: at = wire::put16(at, static_cast<std::uint16_t>(numbers_[rule.slot])); break;
      case property_kind::four_bytes: at = wire::put32(at, numbers_[rule.slot]); break;
      default: at = wire::put_text(at, texts_[rule.slot]); break;
    }
  }
  return at;
}

}  // namespace dunlin::mqtt
