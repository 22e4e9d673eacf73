// The fifteen packet types of MQTT 3.1.1 and 5.0 as plain structs of views. The decoder fills them with views into its
// input; a caller that encodes fills them with views of its own. Nothing here owns or allocates memory.
//
// Lifetime: a view is valid as long as the bytes it was decoded from, for a server: until the callback that gets it
// returns. A field that a version does not have keeps its default.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

#include "base/bytes.hpp"
#include "mqtt/lazy_range.hpp"
#include "mqtt/properties.hpp"
#include "mqtt/types.hpp"

namespace dunlin::mqtt {

struct will_view {
  std::string_view topic;
  byte_span payload;
  qos_level qos = qos_level::at_most_once;
  bool retain = false;
  properties props;
};

struct connect_view {
  protocol_version version = protocol_version::v5;
  bool clean_start = false;  // 3.1.1: clean session
  std::uint16_t keep_alive_s = 0;
  bool has_user_name = false;
  bool has_password = false;
  bool has_will = false;
  std::string_view client_id;
  std::string_view user_name;
  byte_span password;
  will_view will;
  properties props;

  // How long the session shall outlive the connection: in 3.1.1 for good or not at all.
  [[nodiscard]] std::uint32_t session_expiry_s() const {
    if (version == protocol_version::v5) return props.number(property::session_expiry);
    return clean_start ? 0 : never_expires;
  }
};

struct connack_view {
  bool session_present = false;
  reason_code reason = reason_code::success;
  // The byte on the wire: in 3.1.1 a return code, which `reason` translates.
  std::uint8_t code = 0;
  properties props;
};

// Topics of late that are remembered (mqtt/topic_memory.hpp).
inline constexpr std::size_t topic_slots = 1024;

struct publish_view {
  std::string_view topic;  // may be empty in 5.0, where a topic alias stands for it
  byte_span payload;
  std::uint16_t packet_id = 0;  // 0 at QoS 0
  qos_level qos = qos_level::at_most_once;
  bool retain = false;
  bool dup = false;
  bool same_topic = false;  // as one before, which the decoder was told of
  // Which of `topic_slots` a topic has that came to a protocol, so that its host may keep there what it means.
  std::uint16_t topic_slot = 0;
  properties props;
};

// PUBACK, PUBREC, PUBREL and PUBCOMP.
struct ack_view {
  packet_type type = packet_type::puback;
  std::uint16_t packet_id = 0;
  reason_code reason = reason_code::success;
  properties props;
};

struct subscription {
  std::string_view filter;
  qos_level qos = qos_level::at_most_once;
  bool no_local = false;
  bool retain_as_published = false;
  std::uint8_t retain_handling = 0;  // 0 to 2 (5.0 section 3.8.3.1)

  friend bool operator==(const subscription&, const subscription&) = default;
};

struct subscription_reader {
  static bool next(const std::uint8_t*& at, const std::uint8_t* end, subscription& value);
};
struct filter_reader {
  static bool next(const std::uint8_t*& at, const std::uint8_t* end, std::string_view& value);
};
struct reason_reader {
  static bool next(const std::uint8_t*& at, const std::uint8_t* end, reason_code& value);
};

struct subscribe_view {
  std::uint16_t packet_id = 0;
  std::size_t count = 0;  // of filters, at least 1
  lazy_range<subscription, subscription_reader> filters;
  properties props;

  // 0 without one.
  [[nodiscard]] std::uint32_t subscription_id() const { return props.subscription_id(); }
};

struct unsubscribe_view {
  std::uint16_t packet_id = 0;
  std::size_t count = 0;  // of filters, at least 1
  lazy_range<std::string_view, filter_reader> filters;
  properties props;
};

// SUBACK and UNSUBACK. A 3.1.1 UNSUBACK has no reasons.
struct suback_view {
  packet_type type = packet_type::suback;
  std::uint16_t packet_id = 0;
  std::size_t count = 0;
  lazy_range<reason_code, reason_reader> reasons;
  properties props;
};

// PINGREQ and PINGRESP.
struct ping_view {
  packet_type type = packet_type::pingreq;
};

struct disconnect_view {
  reason_code reason = reason_code::normal_disconnection;
  properties props;
};

struct auth_view {
  reason_code reason = reason_code::success;
  properties props;
};

using any_packet = std::variant<connect_view, connack_view, publish_view, ack_view, subscribe_view, unsubscribe_view,
                                suback_view, ping_view, disconnect_view, auth_view>;

// A message to be delivered. The payload is `head`, `middle` and `body` one after the other: a small header of the
// receiver's own goes before a body that all receivers share.
struct message {
  std::string_view topic;
  byte_span head;
  byte_span middle;
  byte_span body;
  // Where `body` lies inside *owner it is kept by reference instead of copied, if it is large. Looked at during the
  // call only.
  const shared_bytes* owner = nullptr;
  qos_level qos = qos_level::at_most_once;
  bool retain = false;
  // Message properties (payload format, expiry, content type, response topic, correlation data, user properties), the
  // same for all receivers; neither topic alias nor subscription identifiers. Left out towards 3.1.1.
  const properties* props = nullptr;
  std::span<const std::uint32_t> subscription_ids;

  [[nodiscard]] std::size_t payload_size() const { return head.size() + middle.size() + body.size(); }
};

}  // namespace dunlin::mqtt
