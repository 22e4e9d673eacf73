#include "mqtt/protocol.hpp"

#include <algorithm>
#include <array>

#include "base/check.hpp"
#include "mqtt/protocol_parts.hpp"
#include "mqtt/topic.hpp"

namespace dunlin::mqtt {

void protocol::alias_deleter::operator()(alias_tables* tables) const { delete tables; }

protocol::~protocol() { release_answers(); }

void protocol::report_credit_wanted() {
  if (state_ != protocol_state::connected || output_full()) return;
  if (!wants_output_ && in_flight_room() == 0) return;
  wants_room_ = wants_output_ = false;
  host_->on_credit();
}

feed_result protocol::feed_first(byte_span in) {
  feed_result result;
  const frame f = read_frame(in, version_, shared_->bounds.max_connect_size);
  if (f.status == decode_status::error) {
    fail(f.reason);
  } else if (f.type != packet_type::connect) {
    fail(reason_code::protocol_error);
  } else if (f.status == decode_status::need_more) {
    result.wanted = f.size;
  } else {
    result.consumed = f.size;
    heard_ = true;
    take_connect(f);
  }
  return result;
}

// A packet of another type, or of none; nothing consumed: it is not there whole, or wrong.
feed_result protocol::take_unusual(byte_span in) {
  const frame f = read_frame(in, version_, shared_->bounds.max_packet_size);
  if (f.status != decode_status::ready) {
    if (f.status == decode_status::error) fail(f.reason);
    return {0, f.size};
  }
  dispatch(f);
  return {f.size, 0};
}

void protocol::dispatch(const frame& f) {
  switch (f.type) {
    case packet_type::puback:
    case packet_type::pubrec:
    case packet_type::pubrel:
    case packet_type::pubcomp: take_ack(f); return;
    case packet_type::subscribe: take_subscribe(f); return;
    case packet_type::unsubscribe: take_unsubscribe(f); return;
    case packet_type::disconnect: take_disconnect(f); return;
    case packet_type::pingreq:
      if (!f.body.empty()) {
        fail(reason_code::malformed_packet);
        return;
      }
      encode_ping(*out_, packet_type::pingresp);
      return;
    case packet_type::auth: fail(reason_code::bad_authentication_method); return;
    default:
      // A second CONNECT (MQTT-3.1.0-2), or what only a server sends.
      fail(reason_code::protocol_error);
      return;
  }
}

// --- CONNECT -------------------------------------------------------------------------------------------------------

reason_code protocol::check_connect(const connect_view& connect) const {
  if (connect.props.has(property::authentication_method)) return reason_code::bad_authentication_method;
  const bool anonymous = connect.client_id.empty();
  if (anonymous && !is_v5() && !connect.clean_start) return reason_code::client_id_not_valid;  // 3.1.1 MQTT-3.1.3-8
  // Wildcards in names are how a client would reach beyond its own topics where names become parts of topics.
  if (connect.client_id.size() > shared_->bounds.max_client_id_length || has_wildcard(connect.client_id)) {
    return reason_code::client_id_not_valid;
  }
  if (has_wildcard(connect.user_name)) return reason_code::bad_user_name_or_password;
  return connect.has_will ? check_topic(connect.will.topic) : reason_code::success;
}

void protocol::remember_connect(const connect_view& connect) {
  const limits& bounds = shared_->bounds;
  clean_start_ = connect.clean_start;
  requested_expiry_s_ = connect.session_expiry_s();
  keep_alive_s_ = connect.keep_alive_s;
  // 3.1.1 has no way to tell a client, but a server may give up a silent one at any time (3.1.1 section 3.1.2.10).
  if (bounds.max_keep_alive_s != 0 && (keep_alive_s_ > bounds.max_keep_alive_s || (keep_alive_s_ == 0 && is_v5()))) {
    keep_alive_s_ = bounds.max_keep_alive_s;
  }
  const auto capped = [](std::uint32_t wanted, std::size_t cap) {
    return static_cast<std::uint16_t>(std::min<std::size_t>(wanted, cap));
  };
  if (!is_v5()) {
    send_maximum_ = capped(bounds.send_maximum_v3, max_in_flight);
    return;
  }
  const properties& props = connect.props;
  const std::size_t most = std::min<std::size_t>(bounds.send_maximum, max_in_flight);
  send_maximum_ = capped(props.number(property::receive_maximum, 65'535), most);
  aliases_out_ = capped(props.number(property::topic_alias_maximum), bounds.topic_aliases_out);
  client_max_packet_ = props.number(property::maximum_packet_size, client_max_packet_);
  problem_information_ = props.number(property::request_problem_information, 1) != 0;
  response_information_ = props.number(property::request_response_information) != 0;
}

void protocol::take_connect(const frame& f) {
  connect_view connect;
  connect.version = protocol_version::v3_1_1;
  reason_code bad = decode_connect(f, connect);
  version_ = connect.version;
  if (!is_error(bad)) {
    bad = check_connect(connect);
    remember_connect(connect);
  } else if (!is_v5() && bad != reason_code::unsupported_protocol_version) {
    fail(bad);  // 3.1.1 has no code for it
    return;
  }
  state_ = protocol_state::connecting;
  if (is_error(bad)) {
    refuse(bad);
    host_->on_protocol_error(bad);
    return;
  }
  host_->on_connect(connect);
}

void protocol::write_connack(reason_code reason, properties& props, bool session_present) {
  connack_view packet;
  packet.session_present = session_present;
  packet.reason = reason;
  packet.props = props;
  if (encoded_size(version_, packet) > client_max_packet_) {
    packet.props.remove(property::reason_string);
    packet.props.set_user({});
  }
  if (encoded_size(version_, packet) > client_max_packet_) {
    close(reason_code::packet_too_large);  // nothing can be said to this client
    return;
  }
  encode_connack(*out_, version_, packet);
}

void protocol::refuse(reason_code reason, const answer_details& details) {
  DUNLIN_CHECK(state_ == protocol_state::connecting && is_error(reason));
  properties props;
  if (!details.reason_string.empty()) props.set(property::reason_string, details.reason_string);
  props.set_user(details.user_properties);
  write_connack(reason, props, false);
  close(reason);
}

void protocol::accept(session& s, const accept_params& params) {
  DUNLIN_CHECK(state_ == protocol_state::connecting && !(clean_start_ && params.session_present));
  const limits& bounds = shared_->bounds;
  session_ = &s;
  s.set_expiry_s(params.has_session_expiry ? params.session_expiry_s : requested_expiry_s_);
  maximum_qos_ = params.maximum_qos;
  retain_available_ = params.retain_available;

  properties props;
  const auto tell = [&](bool when, property p, std::uint32_t value) {
    if (when) props.set(p, value);
  };
  const auto tell_text = [&](bool when, property p, std::string_view text) {
    if (when && !text.empty()) props.set(p, text);
  };
  tell(s.expiry_s() != requested_expiry_s_, property::session_expiry, s.expiry_s());
  tell(true, property::receive_maximum, bounds.receive_maximum);
  tell(true, property::maximum_packet_size, bounds.max_packet_size);
  tell(bounds.topic_aliases_in != 0, property::topic_alias_maximum, bounds.topic_aliases_in);
  tell(bounds.max_keep_alive_s != 0 && keep_alive_s_ == bounds.max_keep_alive_s, property::server_keep_alive,
       keep_alive_s_);
  tell(maximum_qos_ != qos_level::exactly_once, property::maximum_qos, static_cast<std::uint32_t>(maximum_qos_));
  tell(!retain_available_, property::retain_available, 0);
  tell(!params.wildcard_subscription_available, property::wildcard_subscription_available, 0);
  tell(!params.subscription_ids_available, property::subscription_ids_available, 0);
  tell(!params.shared_subscription_available, property::shared_subscription_available, 0);
  tell_text(true, property::assigned_client_id, params.assigned_client_id);
  tell_text(response_information_, property::response_information, params.response_information);
  tell_text(true, property::reason_string, params.reason_string);
  props.set_user(params.user_properties);

  state_ = protocol_state::connected;
  write_connack(reason_code::success, props, params.session_present);
  if (state_ != protocol_state::connected) return;
  if (params.session_present) {
    resume(s);
  } else {
    s.clear();
  }
}

void protocol::take_over_connecting(protocol& other) {
  DUNLIN_CHECK(state_ == protocol_state::expects_connect && other.state_ == protocol_state::connecting);
  client_max_packet_ = other.client_max_packet_;
  requested_expiry_s_ = other.requested_expiry_s_;
  keep_alive_s_ = other.keep_alive_s_;
  send_maximum_ = other.send_maximum_;
  aliases_out_ = other.aliases_out_;
  version_ = other.version_;
  heard_ = other.heard_;
  clean_start_ = other.clean_start_;
  problem_information_ = other.problem_information_;
  response_information_ = other.response_information_;
  state_ = protocol_state::connecting;
  other.close(reason_code::success);
}

// --- SUBSCRIBE, UNSUBSCRIBE -----------------------------------------------------------------------------------------

namespace {

// At most this many filters in a packet, whatever the limits say: their results stand on the stack.
constexpr std::size_t most_filters = 256;

}  // namespace

void protocol::take_subscribe(const frame& f) {
  subscribe_view subscribe;
  reason_code bad = decode_subscribe(f, version_, subscribe);
  const std::size_t most = std::min<std::size_t>(shared_->bounds.max_filters, most_filters);
  if (!is_error(bad) && subscribe.count > most) bad = reason_code::quota_exceeded;
  if (!is_error(bad)) {
    for (const subscription& s : subscribe.filters) {
      if (is_error(check_topic(s.filter))) bad = reason_code::topic_filter_invalid;
    }
  }
  if (is_error(bad)) {
    fail(bad);
    return;
  }
  std::array<reason_code, most_filters> granted;
  const std::span<reason_code> results(granted.data(), subscribe.count);
  std::fill(results.begin(), results.end(), reason_code::unspecified_error);
  suback_later_ = false;
  host_->on_subscribe(subscribe, results);
  if (!suback_later_) answer_subscribe(subscribe.packet_id, results);
}

void protocol::answer_subscribe(std::uint16_t packet_id, std::span<const reason_code> granted) {
  if (state_ != protocol_state::connected) return;
  suback_view answer;
  answer.packet_id = packet_id;
  answer.count = granted.size();
  answer.reasons = lazy_range<reason_code, reason_reader>(granted);
  encode_suback(*out_, version_, answer);
}

void protocol::take_unsubscribe(const frame& f) {
  unsubscribe_view unsubscribe;
  reason_code bad = decode_unsubscribe(f, version_, unsubscribe);
  const std::size_t most = std::min<std::size_t>(shared_->bounds.max_filters, most_filters);
  if (!is_error(bad) && unsubscribe.count > most) bad = reason_code::quota_exceeded;
  if (is_error(bad)) {
    fail(bad);
    return;
  }
  std::array<reason_code, most_filters> done;
  const std::span<reason_code> results(done.data(), unsubscribe.count);
  std::fill(results.begin(), results.end(), reason_code::success);
  host_->on_unsubscribe(unsubscribe, results);
  if (state_ != protocol_state::connected) return;
  suback_view answer;
  answer.type = packet_type::unsuback;
  answer.packet_id = unsubscribe.packet_id;
  answer.count = results.size();
  answer.reasons = lazy_range<reason_code, reason_reader>(std::span<const reason_code>(results));
  encode_suback(*out_, version_, answer);
}

// --- the end --------------------------------------------------------------------------------------------------------

void protocol::take_disconnect(const frame& f) {
  disconnect_view disconnect;
  reason_code bad = decode_disconnect(f, version_, disconnect);
  if (!is_error(bad) && disconnect.props.has(property::session_expiry)) {
    const std::uint32_t expiry_s = disconnect.props.number(property::session_expiry);
    // What ends with its connection cannot be made to last at its end (5.0 section 3.14.2.2.2).
    if (requested_expiry_s_ == 0 && expiry_s != 0) {
      bad = reason_code::protocol_error;
    } else {
      session_->set_expiry_s(expiry_s);
    }
  }
  if (is_error(bad)) {
    fail(bad);
    return;
  }
  close(disconnect.reason);
  host_->on_disconnect(disconnect);
}

void protocol::close(reason_code reason) {
  if (state_ == protocol_state::closing) return;
  state_ = protocol_state::closing;
  close_reason_ = reason;
  release_answers();
  aliases_.reset();
}

void protocol::disconnect(reason_code reason, const answer_details& details) {
  if (state_ == protocol_state::connected && is_v5()) {
    disconnect_view packet;
    packet.reason = reason;
    if (!details.reason_string.empty()) packet.props.set(property::reason_string, details.reason_string);
    packet.props.set_user(details.user_properties);
    if (encoded_size(version_, packet) > client_max_packet_) packet.props.clear();
    encode_disconnect(*out_, version_, packet);
  }
  close(reason);
}

void protocol::fail(reason_code reason) {
  if (state_ == protocol_state::closing) return;
  disconnect(reason);
  host_->on_protocol_error(reason);
}

void protocol::detach() {
  close(reason_code::success);
  session_ = nullptr;
}

}  // namespace dunlin::mqtt
