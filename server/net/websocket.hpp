// A WebSocket (RFC 6455) after its handshake, the server's side, as a state machine without I/O: masked bytes in, their
// payload out; payload out, frames around it.
//
// MQTT is a stream of bytes in binary messages and does not keep to their boundaries (MQTT 5.0 section 6.0), so
// payload is passed on as it comes, whatever frame or message it stands in, and no frame is ever kept whole. Only a
// control frame (at most 125 bytes) is.
//
// What breaks a rule ends the connection with the close code that section 7.4.1 gives: reserved bits and opcodes, no
// mask, lengths not in their shortest form, fragmented or long control frames, continuations of nothing, messages
// begun within others (1002); text (1003); a close reason that is not UTF-8 (1007); floods of frames without payload
// (1008); frames above max_frame (1009). No extension is offered, so nothing is ever inflated.
//
// Thread rule: none; plain values.
// Bounds: max_frame bytes a frame; max_barren frames without payload in one piece of input; one pong and one Close
// wait to be sent.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.hpp"

namespace dunlin::net {

// RFC 6455 section 7.4.1; `none` is no code of the wire.
enum class close_code : std::uint16_t {
  none = 0,
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  unsupported_data = 1003,
  invalid_text = 1007,
  policy_violation = 1008,
  message_too_big = 1009,
};

class websocket_reader {
 public:
  static constexpr std::uint64_t max_frame = std::uint64_t{16} << 20;
  static constexpr std::size_t max_control = 125;
  static constexpr std::size_t max_barren = 256;

  // Takes apart the next bytes of the stream, any number of them. What is payload of data frames stands, without its
  // mask, in the first bytes of `in` afterwards; returns how many. Once ended() all further input is ignored.
  std::size_t decode(std::span<std::uint8_t> in);

  // The peer closed or broke a rule. What decode returned until then is good.
  [[nodiscard]] bool ended() const { return reply_ != close_code::none; }
  // What the Close that answers is to say; `none` until ended.
  [[nodiscard]] close_code reply() const { return reply_; }
  // It ended because of a broken rule, not because the peer closed.
  [[nodiscard]] bool broken() const { return broken_; }

  // A ping has come since the last pong was taken. Only the last of several needs an answer (section 5.5.3).
  [[nodiscard]] bool owes_pong() const { return owes_pong_; }
  // What the pong is to carry.
  [[nodiscard]] bytes take_pong();

 private:
  enum class part : std::uint8_t { header, data, control };

  // Returns the number of header bytes taken from `in`.
  std::size_t take_header(std::span<const std::uint8_t> in);
  void open_frame();
  void end_frame();
  void end_control();
  void judge_close();
  [[nodiscard]] std::size_t header_wanted() const;
  void fail(close_code code) {
    broken_ = true;
    reply_ = code;
  }

  std::uint64_t left_ = 0;  // payload bytes of the frame at hand not seen yet
  std::array<std::uint8_t, 14> header_{};
  std::uint8_t header_size_ = 0;
  part part_ = part::header;
  std::array<std::uint8_t, 4> mask_{};  // turned so that mask_[0] is for the next byte
  bool in_message_ = false;             // continuations are to come
  bool owes_pong_ = false;
  bool broken_ = false;
  std::uint16_t barren_ = 0;
  close_code reply_ = close_code::none;
  bytes control_;  // of the control frame at hand
  bytes pong_;
};

// Puts frames around what is sent: binary, unfragmented, without mask.
//
// One frame at a time: begin() looks at what there is to send, head() and payload() say what goes out next, in this
// order, and sent() takes note of what did.
class websocket_writer {
 public:
  // If nothing is begun: begins with what waits of pong and Close and, for `available` > 0 bytes of payload, a frame
  // around all of them. The Close goes last, when there is no payload any more; nothing follows it.
  void begin(std::size_t available);
  // A pong to be sent in front of the next frame, in place of one that waits.
  void pong(bytes payload);
  // Close, once all payload is sent. The first call counts.
  void close(close_code code);

  // Control frames and a frame's header, and how much payload goes behind them.
  [[nodiscard]] byte_span head() const { return byte_span(head_).subspan(head_sent_); }
  [[nodiscard]] std::size_t payload() const { return payload_left_; }
  // n bytes of head and payload are out; returns how many of them were payload. REQUIRES: n <= both together.
  std::size_t sent(std::size_t n);

  // Nothing begun, nothing waits.
  [[nodiscard]] bool idle() const;
  [[nodiscard]] bool is_close_sent() const { return close_begun_ && head_.empty(); }

 private:
  bytes head_;
  std::size_t head_sent_ = 0;
  std::size_t payload_left_ = 0;
  bytes pong_;
  bool owes_pong_ = false;
  close_code close_ = close_code::none;
  bool close_begun_ = false;
};

}  // namespace dunlin::net
