#include "sim/socket.hpp"

#include <algorithm>
#include <array>

#include "engine/shard.hpp"

namespace dunlin::sim {

namespace {
// How long a server waits for a peer that does not read what is left before it gives up.
constexpr mono_ms linger = 2000;
}  // namespace

void socket::pipe::put(world& w, byte_span data) {
  while (!data.empty()) {
    std::size_t n = data.size();
    if (n > 1 && w.fault(6)) {
      n = 1 + w.below(n - 1);
      w.count(seen::bytes_split);
    }
    mono_ms delay = static_cast<mono_ms>(w.below(4));
    if (w.fault(50)) {
      delay += w.between(20, 600);
      w.count(seen::bytes_delayed);
    }
    last_ = std::max(last_, w.ms() + delay);
    pieces_.push_back({last_, bytes(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(n))});
    size_ += n;
    data = data.subspan(n);
  }
}

bool socket::pipe::take(mono_ms now, bytes& out, std::size_t most) {
  bool any = false;
  while (!pieces_.empty() && pieces_.front().due <= now && most != 0) {
    auto& front = pieces_.front();
    const auto n = static_cast<std::ptrdiff_t>(std::min(most, front.data.size()));
    out.insert(out.end(), front.data.begin(), front.data.begin() + n);
    front.data.erase(front.data.begin(), front.data.begin() + n);
    size_ -= static_cast<std::size_t>(n);
    most -= static_cast<std::size_t>(n);
    any = true;
    if (front.data.empty()) pieces_.pop_front();
  }
  return any;
}

void socket::pipe::lose_some(world& w) {
  const std::size_t kept = w.below(pieces_.size() + 1);
  while (pieces_.size() > kept) {
    size_ -= pieces_.back().data.size();
    pieces_.pop_back();
  }
}

socket::socket(world& w, engine::shard& home, engine::shard_id at) : world_(w), at_(at), out_(w.chunks) {
  link_ = std::make_unique<engine::device_link>(home, *this, home.next_link_id());
}

socket::~socket() { end_server(); }

// --- the client's end -------------------------------------------------------------------------------------------

void socket::write(byte_span data) {
  if (cut_ || server_ended_) return;  // it cannot know yet
  up_.put(world_, data);
}

bytes socket::read(std::size_t most) {
  bytes out;
  down_.take(world_.ms(), out, most);
  return out;
}

bool socket::is_over() {
  if (cut_ && world_.ms() >= client_notices_) return true;
  return server_ended_ && !cut_ && down_.is_empty();
}

void socket::close_client() { client_closed_ = true; }

void socket::cut() {
  if (cut_) return;
  cut_ = true;
  world_.count(seen::socket_cut);
  up_.lose_some(world_);
  down_.lose_some(world_);
  const auto later = [this] { return world_.one_in(3) ? world_.between(500, 6000) : world_.between(0, 50); };
  client_notices_ = world_.ms() + later();
  server_notices_ = world_.ms() + later();
  if (server_notices_ > world_.ms() + 500) world_.count(seen::half_open);
}

// --- the server's end -------------------------------------------------------------------------------------------

void socket::end_server() {
  if (link_) {
    link_->closed();
    link_.reset();
  }
  out_.clear();
  server_ended_ = true;
}

void socket::step_server(engine::shard& home, engine::shard_id /*shards*/) {
  if (moving_) {
    if (*moving_ != at_) {
      at_ = *moving_;
      world_.count(seen::connection_moved);
      return;  // goes on there
    }
    moving_.reset();
    link_->arrive(home, *this, home.next_link_id());
  }
  const bool gone = cut_ ? world_.ms() >= server_notices_ && up_.is_empty() : client_closed_ && up_.is_empty();
  receive();
  if (moving_) return;
  const bool wrote = send();
  if (wrote) link_->on_writable();
  const bool over = closing_ || link_->protocol().state() == mqtt::protocol_state::closing;
  if (over) {
    link_->closed();
    if (linger_until_ == 0) linger_until_ = world_.ms() + linger;
  }
  if (gone || (over && (out_.empty() || world_.ms() >= linger_until_))) end_server();
}

void socket::receive() {
  if (!link_->protocol().wants_input()) {
    if (!kept_.empty() || !up_.is_empty()) world_.count(seen::input_held);
    return;
  }
  up_.take(world_.ms(), kept_, 4096);
  if (kept_.empty()) return;
  const auto fed = link_->protocol().feed(kept_);
  kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(fed.consumed));
}

bool socket::send() {
  if (out_.empty()) return false;
  // Who has closed reads nothing any more: what is written to them is refused by their end, and does not wait here.
  const bool into_nothing = cut_ || client_closed_;
  if (down_.size() >= window && !into_nothing) {
    world_.count(seen::writer_stopped);
    return false;
  }
  std::array<iovec, 8> pieces;
  const std::size_t n = out_.gather(pieces);
  bytes data;
  for (std::size_t i = 0; i < n; ++i) {
    const auto* at = static_cast<const std::uint8_t*>(pieces[i].iov_base);
    data.insert(data.end(), at, at + pieces[i].iov_len);
  }
  if (data.size() > window) data.resize(window);
  out_.consume(data.size());
  if (!into_nothing) down_.put(world_, data);
  return true;
}

}  // namespace dunlin::sim
