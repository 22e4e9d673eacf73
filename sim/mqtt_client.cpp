#include "sim/mqtt_client.hpp"

#include <array>

namespace dunlin::sim {

namespace {

bytes drain(output& out) {
  bytes all;
  std::array<iovec, 8> pieces;
  while (!out.empty()) {
    const std::size_t n = out.gather(pieces);
    std::size_t sum = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const auto* at = static_cast<const std::uint8_t*>(pieces[i].iov_base);
      all.insert(all.end(), at, at + pieces[i].iov_len);
      sum += pieces[i].iov_len;
    }
    out.consume(sum);
  }
  return all;
}

}  // namespace

mqtt_client::mqtt_client(world& w, listener& who, std::shared_ptr<sim::socket> over, std::string name)
    : world_(w), listener_(who), socket_(std::move(over)), name_(std::move(name)) {}

mqtt_client::~mqtt_client() { socket_->close_client(); }

template <class Encode>
void mqtt_client::send(Encode encode) {
  output out(world_.chunks);
  encode(out);
  socket_->write(drain(out));
}

void mqtt_client::connect(const connect_options& options) {
  options_ = options;
  mqtt::connect_view packet{.version = options.version,
                            .clean_start = options.clean_start,
                            .has_user_name = true,
                            .has_password = true,
                            .client_id = options.client_id,
                            .user_name = options.user,
                            .password = as_bytes(options.token)};
  const std::array<mqtt::user_property, 1> dunlin{{{"dunlin", "1"}}};
  if (options.version == mqtt::protocol_version::v5) {
    auto& p = packet.props;
    if (options.expiry_s != 0) p.set(mqtt::property::session_expiry, options.expiry_s);
    if (options.receive_maximum != 0) p.set(mqtt::property::receive_maximum, options.receive_maximum);
    if (options.max_packet != 0) p.set(mqtt::property::maximum_packet_size, options.max_packet);
    if (options.aliases != 0) p.set(mqtt::property::topic_alias_maximum, options.aliases);
    if (!options.problem_information) p.set(mqtt::property::request_problem_information, 0U);
    if (options.dunlin) p.set_user(dunlin);
  }
  aliases_.resize(options.aliases + 1U);
  send([&](output& out) { mqtt::encode_connect(out, packet); });
}

std::uint16_t mqtt_client::subscribe(const std::vector<filter_wish>& filters, bool moves_feeds) {
  std::vector<mqtt::subscription> list;
  for (const auto& f : filters) list.push_back({.filter = f.filter, .qos = static_cast<mqtt::qos_level>(f.qos)});
  mqtt::subscribe_view packet{.packet_id = next_packet_id++, .count = list.size()};
  packet.filters = decltype(packet.filters)(std::span<const mqtt::subscription>(list));
  if (moves_feeds) filters_unanswered_.insert(packet.packet_id);
  send([&](output& out) { mqtt::encode_subscribe(out, options_.version, packet); });
  return packet.packet_id;
}

std::uint16_t mqtt_client::unsubscribe(const std::vector<std::string>& filters, bool moves_feeds) {
  const std::vector<std::string_view> list(filters.begin(), filters.end());
  mqtt::unsubscribe_view packet{.packet_id = next_packet_id++, .count = list.size()};
  packet.filters = decltype(packet.filters)(std::span<const std::string_view>(list));
  if (moves_feeds) filters_unanswered_.insert(packet.packet_id);
  send([&](output& out) { mqtt::encode_unsubscribe(out, options_.version, packet); });
  return packet.packet_id;
}

std::uint16_t mqtt_client::publish(const std::string& topic, byte_span payload, std::uint8_t qos,
                                   std::uint16_t packet_id, bool dup, std::optional<message_id> correlation) {
  mqtt::publish_view packet{.topic = topic, .payload = payload, .qos = static_cast<mqtt::qos_level>(qos), .dup = dup};
  if (qos != 0) packet.packet_id = packet_id != 0 ? packet_id : next_packet_id++;
  std::array<std::uint8_t, 16> id{};
  if (correlation) {
    id = to_bytes(*correlation);
    packet.props.set(mqtt::property::correlation_data, byte_span(id));
  }
  send([&](output& out) { mqtt::encode_publish(out, options_.version, packet); });
  return packet.packet_id;
}

void mqtt_client::ack(mqtt::packet_type type, std::uint16_t packet_id) {
  send([&](output& out) { mqtt::encode_ack(out, options_.version, {.type = type, .packet_id = packet_id}); });
}

void mqtt_client::disconnect() {
  send([&](output& out) { mqtt::encode_disconnect(out, options_.version, {}); });
  socket_->close_client();
  over_ = true;
  connected_ = false;
}

void mqtt_client::step(std::size_t most) {
  if (over_) return;
  const bytes more = socket_->read(most);
  in_.insert(in_.end(), more.begin(), more.end());
  std::size_t at = 0;
  while (!over_) {
    const auto packet = mqtt::decode(byte_span(in_).subspan(at), options_.version, 1 << 20);
    if (packet.status == mqtt::decode_status::error) {
      world_.fail(name_, "{} got bytes that are no packet: {}", name_, mqtt::name_of(packet.reason));
    }
    if (packet.status == mqtt::decode_status::need_more) break;
    if (options_.max_packet != 0 && packet.size > options_.max_packet) {
      world_.fail(name_, "{} got a packet of {} bytes and takes {}", name_, packet.size, options_.max_packet);
    }
    take(packet.value);
    at += packet.size;
  }
  in_.erase(in_.begin(), in_.begin() + static_cast<std::ptrdiff_t>(at));
  if (more.empty() && socket_->is_over()) {
    over_ = true;
    connected_ = false;
  }
}

void mqtt_client::take(const mqtt::any_packet& packet) {
  if (const auto* p = std::get_if<mqtt::publish_view>(&packet)) return take_publish(*p);
  if (const auto* a = std::get_if<mqtt::ack_view>(&packet)) return listener_.on_ack(*this, *a);
  if (const auto* s = std::get_if<mqtt::suback_view>(&packet)) {
    filters_unanswered_.erase(s->packet_id);
    return listener_.on_suback(*this, *s);
  }
  if (const auto* c = std::get_if<mqtt::connack_view>(&packet)) {
    connected_ = !mqtt::is_error(c->reason);
    if (!connected_) over_ = true;
    server_receive_maximum_ =
        static_cast<std::uint16_t>(c->props.number(mqtt::property::receive_maximum, server_receive_maximum_));
    return listener_.on_connack(*this, *c);
  }
  if (const auto* d = std::get_if<mqtt::disconnect_view>(&packet)) {
    closed_with_ = d->reason;
    over_ = true;
    connected_ = false;
  }
}

void mqtt_client::take_publish(const mqtt::publish_view& packet) {
  std::string topic(packet.topic);
  const auto alias = packet.props.number(mqtt::property::topic_alias);
  if (alias != 0) {
    if (alias >= aliases_.size()) world_.fail(name_, "{} got the alias {}", name_, alias);
    if (topic.empty()) {
      topic = aliases_[alias];
    } else {
      aliases_[alias] = topic;
    }
  }
  if (topic.empty()) world_.fail(name_, "{} got a message without a topic", name_);
  listener_.on_publish(*this, topic, packet);
}

}  // namespace dunlin::sim
