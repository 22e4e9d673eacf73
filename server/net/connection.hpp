// One TCP connection on a shard's loop, plain or as a WebSocket: bytes in to its user, the user's output out.
//
//   open → closing → lingering → gone
//
// `closing` sends what stands in the output (and a WebSocket's Close), reads nothing; `lingering` has shut its side and
// discards what comes until the peer does the same, so that the last bytes are not lost to a reset. Both together end
// after linger_ms. When the peer ends first, what the turn still wrote is sent once, then it is gone.
//
// Reading: one recv into the loop's buffer for each readiness, everything in it decoded; a short one means that the
// socket is drained, one that filled the buffer sends the connection to the end of the loop's line. Nothing is read
// while the user wants no input: what had been read is kept, the readiness remembered, and the kernel's window holds
// the peer back. Writing: one send a turn at most; what the socket does not take waits for its edge.
//
// Thread rule: the loop's thread; a `transport` may go to another. Lifetime: loop and user outlive it. It must not be
// destroyed or detached inside on_bytes, on_written or on_silent; inside on_closed it may.
//
// Bounds: bytes kept are one buffer and a packet that is not whole; the user bounds its output by wanting no input (a
// peer that does not read then runs into patience_ms). Memory idle: 88 bytes and the loop's 16; a WebSocket some 200
// more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <sys/types.h>

#include "base/bytes.hpp"
#include "base/output.hpp"
#include "base/result.hpp"
#include "net/descriptor.hpp"
#include "net/websocket.hpp"
#include "rt/event_loop.hpp"

namespace dunlin::net {

struct taken {
  std::size_t consumed = 0;
  // How many bytes the packet has that starts at the first one not consumed, if known, else 0: it is given again not
  // before they are there.
  std::size_t wanted = 0;
};

// What a connection carries bytes for: a protocol.
class connection_user {
 public:
  // Bytes not consumed come again, with what follows them. Never called while the user wants no input.
  virtual taken on_bytes(byte_span in) = 0;
  // Once false, it is asked again after on_written; at other times the user calls resume().
  [[nodiscard]] virtual bool wants_input() = 0;
  // Some of the output has been sent.
  virtual void on_written() = 0;
  // Whether a whole packet has come since the last time it was asked.
  [[nodiscard]] virtual bool take_heard() = 0;
  // How long it may take until the next packet; 0: for ever. Measured to about event_loop::sweep_ms.
  [[nodiscard]] virtual mono_ms patience_ms() = 0;
  // It took longer; the last words may be written, then the connection closes.
  virtual void on_silent() = 0;
  // A WebSocket's peer broke a rule of RFC 6455: it is told, and the connection closes.
  virtual void on_bad_frame(close_code /*why*/) {}
  // The connection is gone; the last call, made by the loop, never inside a call of the user's. Not after detach.
  virtual void on_closed() = 0;

 protected:
  ~connection_user() = default;
};

// The frames of a WebSocket, both ways.
struct websocket_frames {
  websocket_reader in;
  websocket_writer out;
};

// A connection between loops (rule M5): a plain value that any thread may carry. Dropped, it closes the socket.
struct transport {
  descriptor socket;
  std::unique_ptr<websocket_frames> frames;  // null: plain
  bytes received;                            // payload that the user has not consumed
  bytes unsent;                              // payload not sent yet

  // `early` is what was read beyond the handshake, if anything. The socket must not block.
  static transport plain(descriptor socket, bytes early = {});
  static transport websocket(descriptor socket, bytes early = {});
};

class connection final : public rt::event_handler {
 public:
  static constexpr mono_ms linger_ms = 5'000;
  static constexpr std::size_t max_pieces = 64;  // iovecs a send

  connection(rt::event_loop& loop, connection_user& user) : loop_(&loop), user_(&user), out_(loop.chunks()) {}
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  // Closes at once, without a word to peer or user.
  ~connection();

  // Begins, with what was received and unsent already. Fails as epoll_ctl does. Once.
  status open(transport what);
  // Leaves the loop. What was sent is sent, what was received comes along. REQUIRES: is_open().
  [[nodiscard]] transport detach();

  [[nodiscard]] bool is_open() const { return phase_ == phase::open; }
  [[nodiscard]] output& out() { return out_; }
  // Something stands in the output. Not needed for what was written inside on_bytes, on_written and on_silent.
  void mark_dirty() {
    if (is_in_loop()) loop_->mark_dirty(place_);
  }
  // The user wants input again.
  void resume();
  // No more input; the output is sent, then the connection ends. Further calls change nothing.
  void close_after_flush(close_code code = close_code::normal);

  next on_ready(rt::readiness what) override;
  void on_flush() override;
  void on_sweep(mono_ms now) override;

 private:
  enum class phase : std::uint8_t { unopened, gone, open, closing, lingering, ending };
  // Bytes that the user did not consume.
  struct kept_bytes {
    bytes data;
    std::size_t begin = 0;
    std::size_t wanted = 0;

    [[nodiscard]] byte_span rest() const { return byte_span(data).subspan(begin); }
  };

  [[nodiscard]] bool is_in_loop() const { return phase_ != phase::unopened && phase_ != phase::gone; }
  // on_ready and on_flush where anything is not as it mostly is.
  next on_unusual(rt::readiness what);
  void flush_unusual();
  // False: nothing is to be read now.
  bool give_kept();
  inline ssize_t receive();
  // What was received is dealt with; the socket may have more, or has not.
  next after_read(bool more);
  next received_none(ssize_t n);
  next discard();
  void take_frames(std::span<std::uint8_t> raw);
  void take_payload(std::size_t n);
  inline void feed(byte_span in);
  void keep(byte_span in, taken t);
  void feed_kept();
  void after_frames();
  [[nodiscard]] bool has_unsent() const;
  void send_pieces();
  // The socket was given so many bytes, and took n; less than 0: errno says why none.
  void sent(std::size_t wanted, ssize_t n);
  inline void tell_written();
  void after_written();
  void end_flush();
  void finish();
  void stamp(mono_ms now);
  [[nodiscard]] mono_ms elapsed(mono_ms now) const;

  rt::event_loop* loop_;
  connection_user* user_;
  output out_;
  std::unique_ptr<websocket_frames> frames_;
  std::unique_ptr<kept_bytes> kept_;
  descriptor socket_;
  rt::event_loop::place place_ = 0;
  std::uint32_t since_ = 0;  // when the last packet came or closing began, in ticks of 256 ms
  phase phase_ = phase::unopened;
  bool readable_ = false;  // the socket may have more than was read
  bool end_seen_ = false;  // the peer's end was told: it stands behind the last bytes
  bool blocked_ = false;   // the socket took less than it was given
  bool refused_ = false;   // the user wants no input, or what is kept has to be given again
  bool resumed_ = false;
  bool in_user_ = false;
};

static_assert(sizeof(connection) <= 96);

}  // namespace dunlin::net
