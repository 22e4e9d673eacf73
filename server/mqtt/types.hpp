// The small words of MQTT that every other header here uses: versions, qualities of service, packet types, reason
// codes. Sources: OASIS MQTT 3.1.1 (2014) and OASIS MQTT 5.0 (2019); sections are given where they matter.
#pragma once

#include <cstdint>
#include <string_view>

namespace dunlin::mqtt {

// The values are the protocol level bytes of CONNECT.
enum class protocol_version : std::uint8_t { v3_1_1 = 4, v5 = 5 };

enum class qos_level : std::uint8_t { at_most_once = 0, at_least_once = 1, exactly_once = 2 };

enum class packet_type : std::uint8_t {
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
  pingreq = 12,
  pingresp = 13,
  disconnect = 14,
  auth = 15,
};

// MQTT 5.0 section 2.4. Code inside speaks these only; where a 3.1.1 peer must be told something they are translated
// (`connack_code_v3`, and 0x80 in SUBACK).
enum class reason_code : std::uint8_t {
  success = 0x00,
  normal_disconnection = 0x00,
  granted_qos_0 = 0x00,
  granted_qos_1 = 0x01,
  granted_qos_2 = 0x02,
  disconnect_with_will = 0x04,
  no_matching_subscribers = 0x10,
  no_subscription_existed = 0x11,
  continue_authentication = 0x18,
  reauthenticate = 0x19,
  unspecified_error = 0x80,
  malformed_packet = 0x81,
  protocol_error = 0x82,
  implementation_specific = 0x83,
  unsupported_protocol_version = 0x84,
  client_id_not_valid = 0x85,
  bad_user_name_or_password = 0x86,
  not_authorized = 0x87,
  server_unavailable = 0x88,
  server_busy = 0x89,
  banned = 0x8a,
  server_shutting_down = 0x8b,
  bad_authentication_method = 0x8c,
  keep_alive_timeout = 0x8d,
  session_taken_over = 0x8e,
  topic_filter_invalid = 0x8f,
  topic_name_invalid = 0x90,
  packet_id_in_use = 0x91,
  packet_id_not_found = 0x92,
  receive_maximum_exceeded = 0x93,
  topic_alias_invalid = 0x94,
  packet_too_large = 0x95,
  message_rate_too_high = 0x96,
  quota_exceeded = 0x97,
  administrative_action = 0x98,
  payload_format_invalid = 0x99,
  retain_not_supported = 0x9a,
  qos_not_supported = 0x9b,
  use_another_server = 0x9c,
  server_moved = 0x9d,
  shared_subscriptions_not_supported = 0x9e,
  connection_rate_exceeded = 0x9f,
  maximum_connect_time = 0xa0,
  subscription_ids_not_supported = 0xa1,
  wildcard_subscriptions_not_supported = 0xa2,
};

constexpr bool is_error(reason_code reason) { return static_cast<std::uint8_t>(reason) >= 0x80; }

// The words of the specification's name of a code, in snake case: for logs and as a metric's label.
std::string_view name_of(reason_code reason);

// The CONNACK return code (3.1.1 section 3.2.2.3, 0 to 5) that comes nearest to a reason.
std::uint8_t connack_code_v3(reason_code reason);

// The largest value of a variable byte integer, and so of Remaining Length (5.0 section 1.5.5).
inline constexpr std::uint32_t max_variable_integer = 268'435'455;
// A session that never expires (5.0 section 3.1.2.11.2).
inline constexpr std::uint32_t never_expires = 0xffff'ffff;

}  // namespace dunlin::mqtt
