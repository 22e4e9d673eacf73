// For tests of the protocol: a host that writes down what it is told, and a client that speaks in packets and reads
// what comes back as lines of text.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "mqtt/codec.hpp"
#include "mqtt/protocol.hpp"
#include "mqtt/test_support.hpp"

namespace dunlin::mqtt {

using lines = std::vector<std::string>;

inline constexpr auto v3 = protocol_version::v3_1_1;
inline constexpr auto v5 = protocol_version::v5;

inline std::string text_of(reason_code reason) { return std::string(name_of(reason)); }

// "PUBLISH a/b q1 #1 dup retain: hello", "PUBACK #1 success", …
struct describer {
  protocol_version version;

  std::string operator()(const connect_view& p) const { return "CONNECT " + std::string(p.client_id); }
  std::string operator()(const connack_view& p) const {
    if (version == v3) return "CONNACK " + std::to_string(p.code) + (p.session_present ? " present" : "");
    return "CONNACK " + text_of(p.reason) + (p.session_present ? " present" : "");
  }
  std::string operator()(const publish_view& p) const {
    std::string text = "PUBLISH " + std::string(p.topic) + " q" + std::to_string(static_cast<int>(p.qos));
    if (p.packet_id != 0) text += " #" + std::to_string(p.packet_id);
    if (p.dup) text += " dup";
    if (p.retain) text += " retain";
    if (p.props.has(property::topic_alias)) text += " ~" + std::to_string(p.props.number(property::topic_alias));
    for (const std::uint32_t id : p.props.subscription_ids()) text += " s" + std::to_string(id);
    for (const user_property& u : p.props.user_properties()) {
      text += " " + std::string(u.name) + "=" + std::string(u.value);
    }
    return text + ": " + std::string(as_text(p.payload));
  }
  std::string operator()(const ack_view& p) const {
    static constexpr std::array<std::string_view, 4> names = {"PUBACK", "PUBREC", "PUBREL", "PUBCOMP"};
    std::string text(names[static_cast<std::size_t>(p.type) - static_cast<std::size_t>(packet_type::puback)]);
    text += " #" + std::to_string(p.packet_id) + " " + text_of(p.reason);
    if (p.props.has(property::reason_string)) text += " \"" + std::string(p.props.text(property::reason_string)) + "\"";
    for (const user_property& u : p.props.user_properties()) {
      text += " " + std::string(u.name) + "=" + std::string(u.value);
    }
    return text;
  }
  std::string operator()(const subscribe_view& p) const { return "SUBSCRIBE #" + std::to_string(p.packet_id); }
  std::string operator()(const unsubscribe_view& p) const { return "UNSUBSCRIBE #" + std::to_string(p.packet_id); }
  std::string operator()(const suback_view& p) const {
    std::string text = (p.type == packet_type::suback ? "SUBACK #" : "UNSUBACK #") + std::to_string(p.packet_id);
    for (const reason_code r : p.reasons) text += " " + text_of(r);
    return text;
  }
  std::string operator()(const ping_view& p) const { return p.type == packet_type::pingreq ? "PINGREQ" : "PINGRESP"; }
  std::string operator()(const disconnect_view& p) const { return "DISCONNECT " + text_of(p.reason); }
  std::string operator()(const auth_view&) const { return "AUTH"; }
};

// The host's side of one or several connections, one after the other, of one session.
class recording_host final : public host {
 public:
  lines events;
  std::vector<publish_token> tokens;
  int publishes_ended = 0;
  connect_view last_connect;  // its views do not outlive the packet: flags and numbers only
  properties last_properties;
  bool answers_at_once = true;  // PUBLISH, with success
  bool accepts_at_once = true;
  accept_params accept_with;
  session* current_session = nullptr;
  protocol* current = nullptr;
  std::function<void(const publish_view&, publish_token)> when_published;

  void on_connect(const connect_view& c) override {
    events.push_back("connect " + std::string(c.client_id) + (c.has_will ? " will " + std::string(c.will.topic) : ""));
    last_connect = c;
    if (accepts_at_once) current->accept(*current_session, accept_with);
  }
  void on_publishes_end() override { ++publishes_ended; }
  void on_publish(const publish_view& p, publish_token token) override {
    events.push_back("publish " + std::string(p.topic) + " q" + std::to_string(static_cast<int>(p.qos)) + ": " +
                     std::string(as_text(p.payload)));
    if (p.qos != qos_level::at_most_once) tokens.push_back(token);
    if (when_published) when_published(p, token);
    if (answers_at_once) current->answer(token, reason_code::success);
  }
  void on_subscribe(const subscribe_view& s, std::span<reason_code> granted) override {
    std::size_t i = 0;
    for (const subscription& one : s.filters) {
      events.push_back("subscribe " + std::string(one.filter) + " s" + std::to_string(s.subscription_id()));
      granted[i++] = one.filter.starts_with("no/") ? reason_code::not_authorized : static_cast<reason_code>(one.qos);
    }
  }
  void on_unsubscribe(const unsubscribe_view& u, std::span<reason_code> results) override {
    std::size_t i = 0;
    for (const std::string_view filter : u.filters) {
      events.push_back("unsubscribe " + std::string(filter));
      if (filter.starts_with("no/")) results[i] = reason_code::no_subscription_existed;
      ++i;
    }
  }
  void on_acked(const cookie& first, std::uint32_t count, reason_code reason) override {
    const std::string many = count == 1 ? "" : " and " + std::to_string(count - 1) + " more";
    events.push_back("acked " + std::to_string(first.a) + many + " " + text_of(reason));
  }
  void on_credit() override { events.emplace_back("credit"); }
  void on_disconnect(const disconnect_view& d) override { events.push_back("disconnect " + text_of(d.reason)); }
  void on_protocol_error(reason_code reason) override { events.push_back("error " + text_of(reason)); }

  lines take_events() { return std::exchange(events, {}); }
};

class ProtocolTest : public ::testing::Test {
 protected:
  ProtocolTest() { reconnect(); }

  // A new connection of the same session.
  void reconnect() {
    p_.reset();
    out_.clear();
    p_ = std::make_unique<protocol>(shared_, host_, out_);
    host_.current = p_.get();
    host_.current_session = &session_;
    host_.tokens.clear();
  }

  // Feeds bytes; all must be consumed unless the protocol does not want them.
  feed_result feed(byte_span data) { return p_->feed(data); }
  feed_result feed_hex(std::string_view hex) { return feed(from_hex(hex)); }
  template <class Packet>
  feed_result send(const Packet& packet) {
    wire_end end;
    encode(end.out, version_, packet);
    return feed(end.take());
  }

  connect_view connect_packet(protocol_version v) {
    version_ = v;
    connect_view c;
    c.version = v;
    c.client_id = "dev";
    c.keep_alive_s = 60;
    return c;
  }
  // Through CONNECT and CONNACK, and forgets both.
  void connect(protocol_version v = v5) { connect(connect_packet(v)); }
  void connect(const connect_view& c) {
    version_ = c.version;
    send(c);
    ASSERT_EQ(p_->state(), protocol_state::connected);
    replies();
    host_.take_events();
  }
  void publish(std::string_view topic, std::string_view payload, unsigned qos = 0, std::uint16_t id = 0,
               bool dup = false) {
    publish_view m;
    m.topic = topic;
    m.payload = as_bytes(payload);
    m.qos = static_cast<qos_level>(qos);
    m.packet_id = id;
    m.dup = dup;
    send(m);
  }
  void ack(packet_type type, std::uint16_t id, reason_code reason = reason_code::success) {
    ack_view a;
    a.type = type;
    a.packet_id = id;
    a.reason = reason;
    send(a);
  }
  delivery deliver(std::string_view payload, unsigned qos = 1, std::uint64_t what = 0) {
    return p_->deliver(message_of(payload, qos), {what, 0, 0});
  }
  static message message_of(std::string_view payload, unsigned qos = 1) {
    message m;
    m.topic = "c/x";
    m.body = as_bytes(payload);
    m.qos = static_cast<qos_level>(qos);
    return m;
  }

  // What the client has received since, as lines.
  lines replies() {
    const bytes all = drain(out_);
    lines text;
    byte_span left = all;
    while (!left.empty()) {
      const decoded d = decode(left, version_, max_variable_integer);
      EXPECT_EQ(d.status, decode_status::ready) << to_hex(left);
      if (d.status != decode_status::ready) break;
      text.push_back(std::visit(describer{version_}, d.value));
      left = left.subspan(d.size);
    }
    p_->on_written();
    return text;
  }
  // The first reply, decoded; the bytes live until the next call.
  template <class View>
  View reply() {
    last_reply_ = drain(out_);
    return std::get<View>(decode(last_reply_, version_, max_variable_integer).value);
  }

  shared_state shared_;
  chunk_pool chunks_;
  output out_{chunks_};
  session session_;
  recording_host host_;
  std::unique_ptr<protocol> p_;
  protocol_version version_ = v5;
  bytes last_reply_;
};

}  // namespace dunlin::mqtt
