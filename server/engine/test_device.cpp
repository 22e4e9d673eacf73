#include <gtest/gtest.h>

#include "engine/test_rig.hpp"
#include "mqtt/test_support.hpp"

namespace dunlin::engine {

test_device::test_device(test_rig& rig, shard_id at) : rig_(rig), at_(at), out_(std::make_unique<output>(rig.chunks_)) {
  auto& home = rig.at(at);
  link_ = std::make_unique<device_link>(home, *this, home.next_link_id());
  rig.devices_.push_back(this);
}

test_device::~test_device() {
  cut();
  std::erase(rig_.devices_, this);
}

void test_device::send(const std::function<void(output&)>& encode) {
  mqtt::wire_end wire;
  encode(wire.out);
  const bytes data = wire.take();
  up_.insert(up_.end(), data.begin(), data.end());
}

void test_device::connect(const std::string& user, const std::string& token, const connect_options& options) {
  version_ = options.version;
  mqtt::connect_view packet{.version = version_,
                            .clean_start = options.clean_start,
                            .has_user_name = true,
                            .has_password = true,
                            .has_will = options.will,
                            .client_id = options.client_id,
                            .user_name = user,
                            .password = as_bytes(token)};
  if (options.will) packet.will.topic = "gone";
  const std::array<mqtt::user_property, 1> dunlin{{{"dunlin", "1"}}};
  if (version_ == mqtt::protocol_version::v5) {
    if (options.expiry_s != 0) packet.props.set(mqtt::property::session_expiry, options.expiry_s);
    if (options.receive_maximum != 0) packet.props.set(mqtt::property::receive_maximum, options.receive_maximum);
    if (options.max_packet != 0) packet.props.set(mqtt::property::maximum_packet_size, options.max_packet);
    if (!options.problem_information) packet.props.set(mqtt::property::request_problem_information, 0U);
    if (options.dunlin) packet.props.set_user(dunlin);
  }
  send([&](output& out) { mqtt::encode_connect(out, packet); });
}

void test_device::subscribe(const std::vector<std::string>& filters, std::uint8_t qos, std::uint32_t identifier) {
  std::vector<mqtt::subscription> list;
  for (const auto& f : filters) list.push_back({.filter = f, .qos = static_cast<mqtt::qos_level>(qos)});
  mqtt::subscribe_view packet{.packet_id = next_packet_++, .count = list.size()};
  packet.filters = decltype(packet.filters)(std::span<const mqtt::subscription>(list));
  if (identifier != 0) packet.props.set_subscription_ids({&identifier, 1});
  send([&](output& out) { mqtt::encode_subscribe(out, version_, packet); });
}

void test_device::unsubscribe(const std::vector<std::string>& filters) {
  const std::vector<std::string_view> list(filters.begin(), filters.end());
  mqtt::unsubscribe_view packet{.packet_id = next_packet_++, .count = list.size()};
  packet.filters = decltype(packet.filters)(std::span<const std::string_view>(list));
  send([&](output& out) { mqtt::encode_unsubscribe(out, version_, packet); });
}

std::uint16_t test_device::publish(std::string_view topic, byte_span payload, std::uint8_t qos,
                                   std::optional<bytes> correlation) {
  mqtt::publish_view packet{.topic = topic,
                            .payload = payload,
                            .packet_id = qos == 0 ? std::uint16_t{0} : next_packet_++,
                            .qos = static_cast<mqtt::qos_level>(qos)};
  if (correlation) packet.props.set(mqtt::property::correlation_data, byte_span(*correlation));
  send([&](output& out) { mqtt::encode_publish(out, version_, packet); });
  return packet.packet_id;
}

void test_device::publish_again(std::uint16_t packet_id, std::string_view topic, byte_span payload, std::uint8_t qos) {
  const mqtt::publish_view packet{.topic = topic,
                                  .payload = payload,
                                  .packet_id = packet_id,
                                  .qos = static_cast<mqtt::qos_level>(qos),
                                  .dup = true};
  send([&](output& out) { mqtt::encode_publish(out, version_, packet); });
}

void test_device::puback(std::uint16_t packet_id, mqtt::reason_code reason) {
  send([&](output& out) {
    mqtt::encode_ack(out, version_, {.type = mqtt::packet_type::puback, .packet_id = packet_id, .reason = reason});
  });
}

void test_device::pubrel(std::uint16_t packet_id) {
  send([&](output& out) {
    mqtt::encode_ack(out, version_, {.type = mqtt::packet_type::pubrel, .packet_id = packet_id});
  });
}

void test_device::disconnect() {
  send([&](output& out) { mqtt::encode_disconnect(out, version_, {}); });
}

void test_device::cut() {
  if (!link_) return;
  link_->closed();
  link_.reset();
  closed = true;
}

bool test_device::step() {
  if (!link_) return false;
  bool moved = false;
  if (moving_) {
    at_ = *moving_;
    moving_.reset();
    auto& home = rig_.at(at_);
    link_->arrive(home, *this, home.next_link_id());
    return true;
  }
  resume_ = false;
  if (!up_.empty() && link_->protocol().wants_input()) {
    const bytes in = std::move(up_);
    up_.clear();
    const auto fed = link_->protocol().feed(in);
    up_.insert(up_.begin(), in.begin() + static_cast<std::ptrdiff_t>(fed.consumed), in.end());
    moved = fed.consumed != 0;
  }
  if (reads && !out_->empty()) {
    const bytes data = mqtt::drain(*out_);
    down_.insert(down_.end(), data.begin(), data.end());
    const bytes in = std::move(down_);
    down_.clear();
    read(in);
    link_->on_writable();
    moved = true;
  }
  const bool over = closing_ || link_->protocol().state() == mqtt::protocol_state::closing;
  if (over && (out_->empty() || !reads)) {
    cut();
    moved = true;
  }
  return moved;
}

void test_device::read(byte_span in) {
  while (!in.empty()) {
    const auto packet = mqtt::decode(in, version_, 1 << 20);
    ASSERT_NE(packet.status, mqtt::decode_status::error) << mqtt::to_hex(in);
    if (packet.status == mqtt::decode_status::need_more) break;
    if (const auto* p = std::get_if<mqtt::connack_view>(&packet.value)) {
      connack = p->reason;
      connected = !mqtt::is_error(p->reason);
      session_present = p->session_present;
    } else if (const auto* s = std::get_if<mqtt::suback_view>(&packet.value)) {
      for (const auto reason : s->reasons) subacks.push_back(reason);
    } else if (const auto* m = std::get_if<mqtt::publish_view>(&packet.value)) {
      messages.push_back({.topic = std::string(m->topic),
                          .payload = {m->payload.begin(), m->payload.end()},
                          .packet_id = m->packet_id,
                          .qos = m->qos,
                          .dup = m->dup,
                          .retain = m->retain});
      for (const auto id : m->props.subscription_ids()) messages.back().identifiers.push_back(id);
      if (auto_ack && m->qos == mqtt::qos_level::at_least_once) puback(m->packet_id);
    } else if (const auto* a = std::get_if<mqtt::ack_view>(&packet.value)) {
      got_ack ack{a->type, a->packet_id, a->reason, std::string(a->props.text(mqtt::property::reason_string)), {}};
      for (const auto& property : a->props.user_properties()) {
        ack.properties[std::string(property.name)] = property.value;
      }
      acks.push_back(std::move(ack));
    } else if (const auto* d = std::get_if<mqtt::disconnect_view>(&packet.value)) {
      closed_with = d->reason;
    }
    in = in.subspan(packet.size);
  }
  down_.assign(in.begin(), in.end());
}

std::vector<stream::record_view> test_device::records(const std::string& topic) const {
  std::vector<stream::record_view> out;
  for (const auto& m : messages) {
    if (m.topic == topic) out.push_back(*stream::read_record(m.payload));
  }
  return out;
}

std::size_t test_device::count(const std::string& topic) const {
  std::size_t n = 0;
  for (const auto& m : messages) n += m.topic == topic ? 1 : 0;
  return n;
}

std::vector<bytes> test_device::notices(unsigned field) const {
  std::vector<bytes> out;
  for (const auto& m : messages) {
    if (m.topic == "me/now" && !m.payload.empty() && m.payload[0] == (field << 3 | 2)) {
      out.emplace_back(m.payload.begin() + 2, m.payload.end());
    }
  }
  return out;
}

const got_ack* test_device::ack(std::uint16_t packet_id) const {
  const got_ack* last = nullptr;
  for (const auto& a : acks) {
    if (a.packet_id == packet_id) last = &a;
  }
  return last;
}

}  // namespace dunlin::engine
