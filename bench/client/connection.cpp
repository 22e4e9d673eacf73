#include "bench/client/connection.hpp"

#include <algorithm>
#include <cerrno>
#include <netinet/tcp.h>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <unistd.h>

#include "base/check.hpp"
#include "bench/client/loop.hpp"
#include "mqtt/codec.hpp"
#include "mqtt/wire.hpp"

namespace dunlin::bench {

namespace {

constexpr std::size_t keep_capacity = std::size_t{64} << 10;
constexpr std::size_t max_upgrade_response = std::size_t{8} << 10;

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

connection::~connection() {
  if (fd_ >= 0) ::close(fd_);
}

void connection::open(const endpoint& where, const login& who, const connect_options& how) {
  DUNLIN_CHECK(state_ == connection_state::closed);
  where_ = where;
  who_ = who;
  options_ = how;
  paused_ = false;
  blocked_ = false;
  next_packet_id_ = 1;
  state_ = connection_state::opening;
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  DUNLIN_CHECK(fd_ >= 0);
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (how.receive_buffer > 0) setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &how.receive_buffer, sizeof how.receive_buffer);
  if (how.source != 0) {
    setsockopt(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    sockaddr_in source{};
    source.sin_family = AF_INET;
    source.sin_addr.s_addr = htonl(how.source);
    DUNLIN_CHECK(bind(fd_, reinterpret_cast<const sockaddr*>(&source), sizeof source) == 0);
  }
  const sockaddr_in target = where.socket_address();
  // Whatever becomes of it is seen as readiness: success as EPOLLOUT, failure as EPOLLERR.
  const int failed = ::connect(fd_, reinterpret_cast<const sockaddr*>(&target), sizeof target);
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = this;
  if (failed != 0 && errno != EINPROGRESS) {
    // Nothing to wait for: a fresh socket reports EPOLLHUP at once, which ends the connection in the next turn.
    ::close(fd_);
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    DUNLIN_CHECK(fd_ >= 0);
  }
  DUNLIN_CHECK(epoll_ctl(loop_.epoll_, EPOLL_CTL_ADD, fd_, &event) == 0);
}

void connection::close(bool politely) {
  if (state_ == connection_state::closed) return;
  if (politely && is_connected()) {
    output encoded(loop_.chunks_);
    encode_disconnect(encoded, options_.version, {});
    append(out_, encoded);
    flush();
  }
  if (state_ != connection_state::closed) end(closed_by::us, mqtt::reason_code::success);
}

void connection::end(closed_by who, mqtt::reason_code reason) {
  ++generation_;
  ::close(fd_);
  fd_ = -1;
  state_ = connection_state::closed;
  out_.clear();
  wire_.clear();
  partial_.clear();
  sent_ = 0;
  frames_.reset();
  events_.on_closed(*this, who, reason);
}

void connection::on_ready(std::uint32_t epoll_events) {
  if (fd_ < 0) return;
  if (state_ == connection_state::opening) {
    if ((epoll_events & (EPOLLERR | EPOLLHUP)) != 0) return end(closed_by::network, mqtt::reason_code::success);
    if ((epoll_events & EPOLLOUT) == 0) return;
    on_open();
  }
  if ((epoll_events & EPOLLOUT) != 0 && blocked_) {
    blocked_ = false;
    flush();
  }
  const bool ends = (epoll_events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  if ((epoll_events & EPOLLIN) != 0 || ends) read(ends);
}

void connection::on_open() {
  if (!where_.websocket) return send_connect();
  state_ = connection_state::upgrading;
  frames_ = std::make_unique<frame_reader>();
  loop_.random_.fill(key_);
  const std::string request = upgrade_request(where_.host_port(), where_.path, key_);
  wire_.insert(wire_.end(), request.begin(), request.end());
  mark_dirty();
}

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

void connection::pause(bool paused) {
  const bool resumed = paused_ && !paused;
  paused_ = paused;
  if (resumed && fd_ >= 0) read(false);
}

void connection::mark_dirty() {
  if (dirty_) return;
  dirty_ = true;
  loop_.dirty_.push_back(this);
}

void connection::flush() {
  if (fd_ < 0 || blocked_ || state_ == connection_state::opening) return;
  if (where_.websocket && !out_.empty()) {
    append_frame(wire_, out_, static_cast<std::uint32_t>(loop_.random_.bits()));
    out_.clear();
  }
  bytes& data = where_.websocket ? wire_ : out_;
  while (sent_ < data.size()) {
    const ssize_t n = ::send(fd_, data.data() + sent_, data.size() - sent_, MSG_NOSIGNAL);
    if (n < 0) {
      if (errno == EAGAIN) {
        blocked_ = true;
        return;
      }
      return end(closed_by::network, mqtt::reason_code::success);
    }
    sent_ += static_cast<std::size_t>(n);
  }
  sent_ = 0;
  data.clear();
  if (data.capacity() > keep_capacity) bytes().swap(data);
}

void connection::read(bool until_end) {
  const std::uint32_t generation = generation_;
  while (generation_ == generation && !paused_) {
    const ssize_t n = ::recv(fd_, loop_.buffer_.data(), loop_.buffer_.size(), 0);
    if (n < 0) {
      if (errno != EAGAIN) end(closed_by::network, mqtt::reason_code::success);
      return;
    }
    if (n == 0) return end(closed_by::peer, mqtt::reason_code::success);
    feed({loop_.buffer_.data(), static_cast<std::size_t>(n)});
    // A short read means drained, unless the end has been announced: that edge will not come again.
    if (static_cast<std::size_t>(n) < loop_.buffer_.size() && !until_end) return;
  }
}

void connection::feed(byte_span in) {
  if (state_ == connection_state::upgrading) return feed_upgrade(in);
  if (!where_.websocket) return feed_mqtt(in);
  bytes payload;
  if (!frames_->feed(in, payload, wire_)) return end(closed_by::peer, mqtt::reason_code::success);
  if (!wire_.empty()) mark_dirty();
  feed_mqtt(payload);
}

void connection::feed_upgrade(byte_span in) {
  partial_.insert(partial_.end(), in.begin(), in.end());
  const std::string_view text = as_text(partial_);
  const std::size_t head = text.find("\r\n\r\n");
  if (head == std::string_view::npos) {
    if (partial_.size() > max_upgrade_response) end(closed_by::protocol, mqtt::reason_code::success);
    return;
  }
  if (!is_upgrade_accepted(text.substr(0, head + 2), key_)) {
    return end(closed_by::refusal, mqtt::reason_code::success);
  }
  const bytes rest(partial_.begin() + static_cast<std::ptrdiff_t>(head + 4), partial_.end());
  partial_.clear();
  send_connect();
  if (!rest.empty()) feed(rest);
}

void connection::feed_mqtt(byte_span in) {
  const std::uint32_t generation = generation_;
  if (partial_.empty()) {
    const std::size_t taken = take_packets(in);
    if (generation_ == generation && taken < in.size()) {
      partial_.assign(in.begin() + static_cast<std::ptrdiff_t>(taken), in.end());
    }
    return;
  }
  // Moved out, since a callback may close this connection and open it again.
  bytes joined = std::move(partial_);
  partial_.clear();
  joined.insert(joined.end(), in.begin(), in.end());
  const std::size_t taken = take_packets(joined);
  if (generation_ != generation) return;
  joined.erase(joined.begin(), joined.begin() + static_cast<std::ptrdiff_t>(taken));
  partial_ = std::move(joined);
}

std::size_t connection::take_packets(byte_span in) {
  const std::uint32_t generation = generation_;
  std::size_t at = 0;
  while (generation_ == generation && in.size() - at >= 2) {
    std::uint32_t length = 0;
    std::size_t header = 1;
    unsigned shift = 0;
    bool whole = false;
    while (header < 5 && at + header < in.size()) {
      const std::uint8_t byte = in[at + header++];
      length |= static_cast<std::uint32_t>(byte & 0x7f) << shift;
      shift += 7;
      if ((byte & 0x80) == 0) {
        whole = true;
        break;
      }
    }
    if ((!whole && header == 5) || length > max_packet) {
      end(closed_by::protocol, mqtt::reason_code::malformed_packet);
      break;
    }
    if (!whole || in.size() - at - header < length) break;
    take_packet(in[at], in.subspan(at, header + length), in.subspan(at + header, length));
    at += header + length;
  }
  return at;
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
