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

namespace dunlin::bench {

namespace {

constexpr std::size_t keep_capacity = std::size_t{64} << 10;
constexpr std::size_t max_upgrade_response = std::size_t{8} << 10;

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
    send_disconnect();
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

}  // namespace dunlin::bench
