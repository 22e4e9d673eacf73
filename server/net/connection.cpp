#include "net/connection.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <utility>
#include <vector>

#include <unistd.h>

#include "base/check.hpp"

namespace dunlin::net {

namespace {

constexpr mono_ms tick_ms = 256;

// As ::recv, ::send and ::sendmsg, but no points at which a thread may be cancelled, for which glibc does some 35
// instructions before and after each call: no thread of ours ever is.
ssize_t receive_from(int socket, std::span<std::uint8_t> into) {
  return ::syscall(SYS_recvfrom, socket, into.data(), into.size(), MSG_DONTWAIT, nullptr, nullptr);
}
ssize_t send_piece(int socket, byte_span piece) {
  return ::syscall(SYS_sendto, socket, piece.data(), piece.size(), MSG_NOSIGNAL | MSG_DONTWAIT, nullptr, 0);
}
ssize_t send_message(int socket, const msghdr& message) {
  return ::syscall(SYS_sendmsg, socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

bytes copy_of(const output& out) {
  bytes all;
  all.reserve(out.size());
  // Large bodies are pieces of their own and small ones share chunks of 16 KiB, so there are few.
  std::vector<iovec> pieces(out.size() / 1024 + connection::max_pieces);
  const std::size_t n = out.gather(pieces);
  for (const iovec& piece : std::span(pieces).first(n)) {
    const auto* p = static_cast<const std::uint8_t*>(piece.iov_base);
    all.insert(all.end(), p, p + piece.iov_len);
  }
  DUNLIN_CHECK(all.size() == out.size());
  return all;
}

}  // namespace

transport transport::plain(descriptor socket, bytes early) {
  return {std::move(socket), nullptr, std::move(early), {}};
}

transport transport::websocket(descriptor socket, bytes early) {
  auto frames = std::make_unique<websocket_frames>();
  early.resize(frames->in.decode(early));
  return {std::move(socket), std::move(frames), std::move(early), {}};
}

connection::~connection() {
  DUNLIN_CHECK(!in_user_);
  if (is_in_loop()) loop_->remove(place_);
}

status connection::open(transport what) {
  DUNLIN_CHECK(phase_ == phase::unopened);
  DUNLIN_TRY_ASSIGN(place_, loop_->add(what.socket.get(), *this));
  phase_ = phase::open;
  socket_ = std::move(what.socket);
  frames_ = std::move(what.frames);
  stamp(loop_->now().mono);
  if (!what.received.empty()) kept_ = std::make_unique<kept_bytes>(kept_bytes{std::move(what.received)});
  if (kept_ || frames_) resume();
  if (!what.unsent.empty()) out_.append(what.unsent);
  if (has_unsent()) mark_dirty();
  return ok();
}

transport connection::detach() {
  DUNLIN_CHECK(phase_ == phase::open && !in_user_);
  loop_->detach(place_, socket_.get());
  phase_ = phase::gone;
  transport t{std::move(socket_), std::move(frames_), {}, copy_of(out_)};
  out_.clear();
  if (kept_) {
    const byte_span rest = kept_->rest();
    t.received.assign(rest.begin(), rest.end());
    kept_.reset();
  }
  return t;
}

void connection::resume() {
  if (phase_ != phase::open) return;
  resumed_ = true;
  loop_->resume(place_);
}

void connection::close_after_flush(close_code code) {
  if (phase_ != phase::open) return;
  phase_ = phase::closing;
  stamp(loop_->now().mono);
  if (frames_) frames_->out.close(code);
  mark_dirty();
}

rt::event_handler::next connection::on_ready(rt::readiness what) {
  if (phase_ != phase::open || end_seen_ || blocked_ || kept_ || frames_ || what.is_over()) [[unlikely]] {
    return on_unusual(what);
  }
  refused_ = resumed_ = false;
  if (!what.in() && !readable_) return next::done;
  if (!user_->wants_input()) [[unlikely]] {
    refused_ = readable_ = true;
    return next::done;
  }
  const ssize_t n = receive();
  if (n <= 0) [[unlikely]] {
    return received_none(n);
  }
  const std::span<std::uint8_t> buffer = loop_->receive_buffer();
  feed(buffer.first(static_cast<std::size_t>(n)));
  if (!out_.empty()) mark_dirty();
  return after_read(n == std::ssize(buffer));
}

rt::event_handler::next connection::on_unusual(rt::readiness what) {
  if (what.error()) {
    finish();
    return next::done;
  }
  if (resumed_ && kept_) refused_ = true;
  resumed_ = false;
  if (what.in() || what.end()) readable_ = true;
  if (what.end()) end_seen_ = true;
  if (what.out()) {
    blocked_ = false;
    if (has_unsent()) mark_dirty();
  }
  if (phase_ == phase::lingering) return discard();
  if (phase_ != phase::open || !give_kept() || !readable_) return next::done;
  const ssize_t n = receive();
  if (n <= 0) return received_none(n);
  const std::span<std::uint8_t> buffer = loop_->receive_buffer();
  const auto size = static_cast<std::size_t>(n);
  if (frames_) {
    take_frames(buffer.first(size));
  } else {
    take_payload(size);
  }
  if (has_unsent()) mark_dirty();
  // The peer's end is behind the last bytes, and no edge tells of it twice: it takes one more recv.
  return after_read(size == buffer.size() || end_seen_);
}

bool connection::give_kept() {
  if (!user_->wants_input()) {
    refused_ = true;
    return false;
  }
  const bool again = refused_ && kept_;
  refused_ = false;
  if (again) feed_kept();
  if (frames_) after_frames();
  if (has_unsent()) mark_dirty();
  return phase_ == phase::open && !refused_;
}

ssize_t connection::receive() {
  loop_->counters().recvs.add();
  return receive_from(socket_.get(), loop_->receive_buffer());
}

rt::event_handler::next connection::after_read(bool more) {
  readable_ = more;
  return more && phase_ == phase::open && !refused_ ? next::again : next::done;
}

rt::event_handler::next connection::received_none(ssize_t n) {
  readable_ = true;
  if (n < 0 && errno == EINTR) return next::again;
  if (n == 0) {
    phase_ = phase::ending;
    mark_dirty();
  } else if (errno == EAGAIN) {
    readable_ = false;
  } else {
    finish();
  }
  return next::done;
}

rt::event_handler::next connection::discard() {
  const ssize_t n = receive();
  if (n > 0) return next::again;
  if (n == 0 || (errno != EAGAIN && errno != EINTR)) finish();
  return next::done;
}

void connection::take_frames(std::span<std::uint8_t> raw) {
  if (const std::size_t n = frames_->in.decode(raw); n > 0) take_payload(n);
  after_frames();
}

// n bytes of payload stand at the beginning of the loop's buffer.
void connection::take_payload(std::size_t n) {
  std::uint8_t* begin = loop_->receive_buffer().data();
  if (!kept_) return feed({begin, n});
  const std::size_t had = kept_->rest().size();
  // A large packet that comes in small pieces is collected here, and copied in front of the last piece only.
  if (had + n < kept_->wanted || had > rt::event_loop::headroom) {
    kept_->data.insert(kept_->data.end(), begin, begin + n);
    if (had + n >= kept_->wanted) feed_kept();
    return;
  }
  begin -= had;
  std::memcpy(begin, kept_->rest().data(), had);
  kept_.reset();
  feed({begin, had + n});
}

void connection::feed(byte_span in) {
  in_user_ = true;
  const taken t = user_->on_bytes(in);
  in_user_ = false;
  if (t.consumed != in.size()) [[unlikely]] {
    keep(in, t);
  }
}

void connection::keep(byte_span in, taken t) {
  DUNLIN_CHECK(t.consumed <= in.size());
  if (phase_ != phase::open) return;
  const byte_span rest = in.subspan(t.consumed);
  kept_ = std::make_unique<kept_bytes>(kept_bytes{bytes(rest.begin(), rest.end()), 0, t.wanted});
  refused_ = !user_->wants_input();
}

void connection::feed_kept() {
  in_user_ = true;
  const taken t = user_->on_bytes(kept_->rest());
  in_user_ = false;
  DUNLIN_CHECK(t.consumed <= kept_->rest().size());
  kept_->begin += t.consumed;
  kept_->wanted = t.wanted;
  if (kept_->rest().empty() || phase_ != phase::open) {
    kept_.reset();
    return;
  }
  refused_ = !user_->wants_input();
  if (refused_) return;
  // What is left is the beginning of a packet: no reason to hold the whole buffer for it.
  const byte_span rest = kept_->rest();
  kept_->data = bytes(rest.begin(), rest.end());
  kept_->begin = 0;
}

void connection::after_frames() {
  if (frames_->in.owes_pong()) frames_->out.pong(frames_->in.take_pong());
  // A Close stands behind what was received before it: the user gets that first.
  if (frames_->in.ended() && !(refused_ && kept_) && phase_ == phase::open) {
    if (frames_->in.broken()) user_->on_bad_frame(frames_->in.reply());
    close_after_flush(frames_->in.reply());
  }
}

bool connection::has_unsent() const { return !out_.empty() || (frames_ && !frames_->out.idle()); }

void connection::on_flush() {
  if (phase_ != phase::open || blocked_ || frames_) [[unlikely]] {
    return flush_unusual();
  }
  const byte_span piece = out_.only_piece();
  if (piece.empty()) [[unlikely]] {
    return flush_unusual();
  }
  loop_->counters().sends.add();
  const ssize_t n = send_piece(socket_.get(), piece);
  if (n != std::ssize(piece)) [[unlikely]] {
    return sent(piece.size(), n);
  }
  out_.drop_only_piece();
  tell_written();
  if (phase_ != phase::open || refused_ || !out_.empty()) [[unlikely]] {
    after_written();
  }
}

void connection::flush_unusual() {
  if (has_unsent() && !blocked_) {
    send_pieces();
  } else {
    end_flush();
  }
}

void connection::send_pieces() {
  std::array<iovec, max_pieces> pieces;
  std::size_t used = 0;
  std::size_t limit = out_.size();
  std::size_t wanted = 0;
  if (frames_) {
    frames_->out.begin(limit);
    limit = frames_->out.payload();
    const byte_span head = frames_->out.head();
    if (!head.empty()) pieces[used++] = {const_cast<std::uint8_t*>(head.data()), head.size()};
    wanted = head.size();
  }
  const std::size_t end = used + out_.gather(std::span(pieces).subspan(used));
  for (; used < end && limit > 0; ++used) {
    pieces[used].iov_len = std::min(pieces[used].iov_len, limit);
    limit -= pieces[used].iov_len;
    wanted += pieces[used].iov_len;
  }
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = used;
  loop_->counters().sends.add();
  sent(wanted, send_message(socket_.get(), message));
}

void connection::sent(std::size_t wanted, ssize_t n) {
  if (n < 0 && errno != EAGAIN && errno != EINTR) return finish();
  if (n < 0 && errno == EAGAIN) blocked_ = true;
  if (n > 0) {
    const auto size = static_cast<std::size_t>(n);
    if (size < wanted) blocked_ = true;
    out_.consume(frames_ ? frames_->out.sent(size) : size);
    if (phase_ == phase::open) tell_written();
  }
  after_written();
}

void connection::tell_written() {
  in_user_ = true;
  user_->on_written();
  in_user_ = false;
}

void connection::after_written() {
  if (refused_ && phase_ == phase::open && user_->wants_input()) resume();
  if (has_unsent() && !blocked_) mark_dirty();
  end_flush();
}

void connection::end_flush() {
  // Whoever ended first gets what there was in one piece, or not at all.
  if (phase_ == phase::ending) return finish();
  if (phase_ != phase::closing || has_unsent()) return;
  if (::shutdown(socket_.get(), SHUT_WR) != 0) return finish();
  phase_ = phase::lingering;
  kept_.reset();
  loop_->resume(place_);
}

void connection::on_sweep(mono_ms now) {
  if (phase_ != phase::open) {
    if (elapsed(now) > linger_ms) finish();
    return;
  }
  if (user_->take_heard()) return stamp(now);
  const mono_ms patience = user_->patience_ms();
  if (patience == 0 || elapsed(now) <= patience) return;
  in_user_ = true;
  user_->on_silent();
  in_user_ = false;
  close_after_flush(close_code::policy_violation);
}

void connection::finish() {
  DUNLIN_CHECK(!in_user_);
  if (phase_ == phase::gone) return;
  phase_ = phase::gone;
  loop_->remove(place_);
  socket_.reset();
  out_.clear();
  kept_.reset();
  user_->on_closed();
}

void connection::stamp(mono_ms now) { since_ = static_cast<std::uint32_t>(now / tick_ms); }

mono_ms connection::elapsed(mono_ms now) const {
  return static_cast<mono_ms>(static_cast<std::uint32_t>(now / tick_ms) - since_) * tick_ms;
}

}  // namespace dunlin::net
