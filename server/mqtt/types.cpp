#include "mqtt/types.hpp"

namespace dunlin::mqtt {

std::string_view name_of(reason_code reason) {
  switch (reason) {
    case reason_code::success: return "success";
    case reason_code::granted_qos_1: return "granted_qos_1";
    case reason_code::granted_qos_2: return "granted_qos_2";
    case reason_code::disconnect_with_will: return "disconnect_with_will";
    case reason_code::no_matching_subscribers: return "no_matching_subscribers";
    case reason_code::no_subscription_existed: return "no_subscription_existed";
    case reason_code::continue_authentication: return "continue_authentication";
    case reason_code::reauthenticate: return "reauthenticate";
    case reason_code::unspecified_error: return "unspecified_error";
    case reason_code::malformed_packet: return "malformed_packet";
    case reason_code::protocol_error: return "protocol_error";
    case reason_code::implementation_specific: return "implementation_specific";
    case reason_code::unsupported_protocol_version: return "unsupported_protocol_version";
    case reason_code::client_id_not_valid: return "client_id_not_valid";
    case reason_code::bad_user_name_or_password: return "bad_user_name_or_password";
    case reason_code::not_authorized: return "not_authorized";
    case reason_code::server_unavailable: return "server_unavailable";
    case reason_code::server_busy: return "server_busy";
    case reason_code::banned: return "banned";
    case reason_code::server_shutting_down: return "server_shutting_down";
    case reason_code::bad_authentication_method: return "bad_authentication_method";
    case reason_code::keep_alive_timeout: return "keep_alive_timeout";
    case reason_code::session_taken_over: return "session_taken_over";
    case reason_code::topic_filter_invalid: return "topic_filter_invalid";
    case reason_code::topic_name_invalid: return "topic_name_invalid";
    case reason_code::packet_id_in_use: return "packet_id_in_use";
    case reason_code::packet_id_not_found: return "packet_id_not_found";
    case reason_code::receive_maximum_exceeded: return "receive_maximum_exceeded";
    case reason_code::topic_alias_invalid: return "topic_alias_invalid";
    case reason_code::packet_too_large: return "packet_too_large";
    case reason_code::message_rate_too_high: return "message_rate_too_high";
    case reason_code::quota_exceeded: return "quota_exceeded";
    case reason_code::administrative_action: return "administrative_action";
    case reason_code::payload_format_invalid: return "payload_format_invalid";
    case reason_code::retain_not_supported: return "retain_not_supported";
    case reason_code::qos_not_supported: return "qos_not_supported";
    case reason_code::use_another_server: return "use_another_server";
    case reason_code::server_moved: return "server_moved";
    case reason_code::shared_subscriptions_not_supported: return "shared_subscriptions_not_supported";
    case reason_code::connection_rate_exceeded: return "connection_rate_exceeded";
    case reason_code::maximum_connect_time: return "maximum_connect_time";
    case reason_code::subscription_ids_not_supported: return "subscription_ids_not_supported";
    case reason_code::wildcard_subscriptions_not_supported: return "wildcard_subscriptions_not_supported";
  }
  return "unknown";
}

std::uint8_t connack_code_v3(reason_code reason) {
  switch (reason) {
    case reason_code::success: return 0;
    case reason_code::unsupported_protocol_version: return 1;
    case reason_code::client_id_not_valid: return 2;
    case reason_code::bad_user_name_or_password: return 4;
    case reason_code::not_authorized:
    case reason_code::banned:
    case reason_code::bad_authentication_method:
    case reason_code::topic_name_invalid:
    case reason_code::retain_not_supported:
    case reason_code::qos_not_supported: return 5;
    default: return 3;
  }
}

}  // namespace dunlin::mqtt
