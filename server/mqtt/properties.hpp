// The properties of an MQTT 5 packet (5.0 section 2.2.2): decoded from a packet as views into it, or filled in to be
// encoded. In 3.1.1 a set of properties is always empty.
//
// Thread rule: none; plain values. Texts, user properties and subscription identifiers are views: the packet decoded,
// or whatever was set, must remain live as long as the set.
//
// Bounds: a packet may have at most `max_user_properties` user properties and `max_subscription_ids` identifiers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/bytes.hpp"
#include "mqtt/lazy_range.hpp"
#include "mqtt/types.hpp"

namespace dunlin::mqtt {

// More than these in one packet is refused with 0x97: walking thousands of them is the cheapest way to tie up a server.
inline constexpr std::size_t max_user_properties = 64;
inline constexpr std::size_t max_subscription_ids = 64;

enum class property : std::uint8_t {
  payload_format = 0x01,
  message_expiry = 0x02,  // seconds
  content_type = 0x03,
  response_topic = 0x08,
  correlation_data = 0x09,
  subscription_id = 0x0b,
  session_expiry = 0x11,  // seconds
  assigned_client_id = 0x12,
  server_keep_alive = 0x13,  // seconds
  authentication_method = 0x15,
  authentication_data = 0x16,
  request_problem_information = 0x17,
  will_delay = 0x18,  // seconds
  request_response_information = 0x19,
  response_information = 0x1a,
  server_reference = 0x1c,
  reason_string = 0x1f,
  receive_maximum = 0x21,
  topic_alias_maximum = 0x22,
  topic_alias = 0x23,
  maximum_qos = 0x24,
  retain_available = 0x25,
  user = 0x26,
  maximum_packet_size = 0x27,
  wildcard_subscription_available = 0x28,
  subscription_ids_available = 0x29,
  shared_subscription_available = 0x2a,
};

// Where properties stand: a packet of this type, or the will inside CONNECT (which the specification lists apart).
enum class property_place : std::uint8_t {
  will = 0,
  connect = 1,
  connack = 2,
  publish = 3,
  puback = 4,
  pubrec = 5,
  pubrel = 6,
  pubcomp = 7,
  subscribe = 8,
  suback = 9,
  unsubscribe = 10,
  unsuback = 11,
  disconnect = 14,
  auth = 15,
};

struct user_property {
  std::string_view name;
  std::string_view value;

  friend bool operator==(const user_property&, const user_property&) = default;
};

struct user_property_reader {
  static bool next(const std::uint8_t*& at, const std::uint8_t* end, user_property& value);
};
struct subscription_id_reader {
  static bool next(const std::uint8_t*& at, const std::uint8_t* end, std::uint32_t& value);
};
using user_property_range = lazy_range<user_property, user_property_reader>;
using subscription_id_range = lazy_range<std::uint32_t, subscription_id_reader>;

class properties {
 public:
  [[nodiscard]] bool has(property p) const { return (present_ >> static_cast<unsigned>(p) & 1) != 0; }
  [[nodiscard]] bool empty() const { return present_ == 0; }

  // The value of a property that is a number (a byte, two or four bytes), or `otherwise` where it is absent. Not for
  // `subscription_id`.
  [[nodiscard]] std::uint32_t number(property p, std::uint32_t otherwise = 0) const {
    return has(p) ? numbers_[slot_of(p)] : otherwise;
  }
  // The value of a property that is a string or binary data; empty where it is absent.
  [[nodiscard]] std::string_view text(property p) const { return has(p) ? texts_[slot_of(p)] : std::string_view(); }
  [[nodiscard]] byte_span binary(property p) const { return as_bytes(text(p)); }
  // In the order of the packet.
  [[nodiscard]] user_property_range user_properties() const {
    if (!has(property::user)) return {};
    return raw_.empty() ? user_property_range(user_) : user_property_range(raw_);
  }
  [[nodiscard]] subscription_id_range subscription_ids() const {
    if (!has(property::subscription_id)) return {};
    return raw_.empty() ? subscription_id_range(ids_) : subscription_id_range(raw_);
  }
  // The first subscription identifier; 0 without one (0 is never a valid one).
  [[nodiscard]] std::uint32_t subscription_id() const {
    for (const std::uint32_t id : subscription_ids()) return id;
    return 0;
  }

  // Setters, for packets to be encoded. REQUIRES: the property is of that kind, texts are valid UTF-8 of at most 65,535
  // bytes. A set that was decoded cannot take other user properties or identifiers.
  properties& set(property p, std::uint32_t value) {
    numbers_[slot_of(p)] = value;
    mark(p);
    return *this;
  }
  properties& set(property p, std::string_view value) {
    texts_[slot_of(p)] = value;
    mark(p);
    return *this;
  }
  properties& set(property p, const char* value) { return set(p, std::string_view(value)); }
  properties& set(property p, byte_span value) { return set(p, as_text(value)); }
  properties& set_user(std::span<const user_property> list);
  properties& set_subscription_ids(std::span<const std::uint32_t> list);
  void remove(property p) { present_ &= ~(std::uint64_t{1} << static_cast<unsigned>(p)); }
  // Empties the set without touching the values: cheap enough for each packet.
  void clear() {
    if (present_ == 0) return;
    present_ = 0;
    raw_ = {};
    user_ = {};
    ids_ = {};
  }

  // Decodes what stands between the property length and the end of the properties. `success`, or: malformed_packet (an
  // unknown identifier, one that is not allowed here, a broken value), protocol_error (a duplicate, a value out of
  // range), topic_alias_invalid (alias 0), quota_exceeded (more user properties or identifiers than the bounds).
  reason_code decode(byte_span raw, property_place place);

  // The wire size without the length in front, and the bytes. `encode` writes exactly `encoded_size()` bytes.
  [[nodiscard]] std::size_t encoded_size() const;
  std::uint8_t* encode(std::uint8_t* at) const;

 private:
  void mark(property p) { present_ |= std::uint64_t{1} << static_cast<unsigned>(p); }
  static std::size_t slot_of(property p);

  std::uint64_t present_ = 0;
  byte_span raw_;  // where user properties and identifiers are read from after decode()
  std::span<const user_property> user_;
  std::span<const std::uint32_t> ids_;
  std::array<std::uint32_t, 16> numbers_{};
  std::array<std::string_view, 9> texts_{};
};

namespace detail {

enum class property_kind : std::uint8_t { none, byte, two_bytes, four_bytes, variable, string, binary, pair };

struct property_rule {
  property_kind kind = property_kind::none;
  std::uint8_t slot = 0;     // in numbers_ or texts_
  std::uint16_t places = 0;  // bit n: allowed in property_place n
};

extern const std::array<property_rule, 64> property_rules;

}  // namespace detail

inline std::size_t properties::slot_of(property p) { return detail::property_rules[static_cast<std::size_t>(p)].slot; }

}  // namespace dunlin::mqtt
