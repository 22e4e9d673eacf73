#include "net/websocket.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.hpp"
#include "mqtt/topic.hpp"

namespace dunlin::net {

namespace {

constexpr std::uint8_t op_continuation = 0;
constexpr std::uint8_t op_text = 1;
constexpr std::uint8_t op_binary = 2;
constexpr std::uint8_t op_close = 8;
constexpr std::uint8_t op_ping = 9;
constexpr std::uint8_t op_pong = 10;

constexpr std::uint8_t final_bit = 0x80;
constexpr std::uint8_t reserved_bits = 0x70;
constexpr std::uint8_t opcode_bits = 0x0f;
constexpr std::uint8_t mask_bit = 0x80;
constexpr std::uint8_t length_bits = 0x7f;
constexpr std::uint8_t length_16 = 126;
constexpr std::uint8_t length_64 = 127;

bool is_control(std::uint8_t opcode) { return opcode >= op_close; }

std::uint64_t big_endian(std::span<const std::uint8_t> in) {
  std::uint64_t value = 0;
  for (const std::uint8_t b : in) value = value << 8 | b;
  return value;
}

// Removes the mask from n bytes at `from` and puts them at `to`, which is not behind `from`; turns the mask on.
void unmask(std::uint8_t* to, const std::uint8_t* from, std::size_t n, std::array<std::uint8_t, 4>& mask) {
  std::uint32_t half = 0;
  std::memcpy(&half, mask.data(), sizeof half);
  const std::uint64_t whole = std::uint64_t{half} << 32 | half;
  std::size_t i = 0;
  for (; i + sizeof whole <= n; i += sizeof whole) {
    std::uint64_t block = 0;
    std::memcpy(&block, from + i, sizeof block);
    block ^= whole;
    std::memcpy(to + i, &block, sizeof block);
  }
  for (; i < n; ++i) to[i] = static_cast<std::uint8_t>(from[i] ^ mask[i % mask.size()]);
  std::ranges::rotate(mask, mask.begin() + static_cast<std::ptrdiff_t>(n % mask.size()));
}

// Section 7.4: codes that may stand in a Close frame.
bool may_be_sent(std::uint64_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

void append_header(bytes& out, std::uint8_t opcode, std::uint64_t size) {
  out.push_back(static_cast<std::uint8_t>(final_bit | opcode));
  int length_bytes = 0;
  if (size < length_16) {
    out.push_back(static_cast<std::uint8_t>(size));
  } else {
    length_bytes = size <= 0xffff ? 2 : 8;
    out.push_back(length_bytes == 2 ? length_16 : length_64);
  }
  for (int shift = 8 * (length_bytes - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<std::uint8_t>(size >> shift));
  }
}

}  // namespace

std::size_t websocket_reader::decode(std::span<std::uint8_t> in) {
  barren_ = 0;
  std::size_t at = 0;
  std::size_t payload = 0;
  while (!ended()) {
    if (part_ == part::header) {
      at += take_header(in.subspan(at));
      if (part_ == part::header) break;
    }
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(left_, in.size() - at));
    if (part_ == part::data) {
      unmask(in.data() + payload, in.data() + at, n, mask_);
      payload += n;
    } else {
      const std::size_t old = control_.size();
      control_.resize(old + n);
      if (n > 0) unmask(control_.data() + old, in.data() + at, n, mask_);
    }
    at += n;
    left_ -= n;
    if (left_ > 0) break;
    end_frame();
  }
  return payload;
}

std::size_t websocket_reader::header_wanted() const {
  // Without a mask it is wrong already, and what would be the mask may never come.
  if (header_size_ < 2 || (header_[1] & mask_bit) == 0) return 2;
  const unsigned length = header_[1] & length_bits;
  return 6U + (length == length_16 ? 2U : length == length_64 ? 8U : 0U);
}

std::size_t websocket_reader::take_header(std::span<const std::uint8_t> in) {
  std::size_t taken = 0;
  while (header_size_ < header_wanted()) {
    const std::size_t n = std::min(header_wanted() - header_size_, in.size() - taken);
    if (n == 0) return taken;
    std::memcpy(header_.data() + header_size_, in.data() + taken, n);
    header_size_ = static_cast<std::uint8_t>(header_size_ + n);
    taken += n;
  }
  open_frame();
  return taken;
}

void websocket_reader::open_frame() {
  const std::size_t size = std::exchange(header_size_, std::uint8_t{0});
  const auto opcode = static_cast<std::uint8_t>(header_[0] & opcode_bits);
  const bool is_final = (header_[0] & final_bit) != 0;
  if ((header_[0] & reserved_bits) != 0 || (header_[1] & mask_bit) == 0) return fail(close_code::protocol_error);
  const std::span<const std::uint8_t> length(header_.data() + 2, size - 6);
  left_ = length.empty() ? header_[1] & length_bits : big_endian(length);

  if ((length.size() == 2 && left_ < length_16) || (length.size() == 8 && left_ <= 0xffff)) {
    return fail(close_code::protocol_error);
  }
  switch (opcode) {
    case op_text: return fail(in_message_ ? close_code::protocol_error : close_code::unsupported_data);
    case op_binary:
    case op_continuation:
      if (in_message_ != (opcode == op_continuation)) return fail(close_code::protocol_error);
      if (left_ > max_frame) return fail(close_code::message_too_big);
      in_message_ = !is_final;
      part_ = part::data;
      break;
    case op_close:
    case op_ping:
    case op_pong:
      if (!is_final || left_ > max_control) return fail(close_code::protocol_error);
      part_ = part::control;
      break;
    default: return fail(close_code::protocol_error);
  }
  if ((is_control(opcode) || left_ == 0) && ++barren_ > max_barren) return fail(close_code::policy_violation);
  std::memcpy(mask_.data(), header_.data() + size - mask_.size(), mask_.size());
}

void websocket_reader::end_frame() {
  if (part_ == part::control) end_control();
  part_ = part::header;
}

void websocket_reader::end_control() {
  const auto opcode = static_cast<std::uint8_t>(header_[0] & opcode_bits);
  if (opcode == op_close) judge_close();
  if (opcode == op_ping) {
    owes_pong_ = true;
    pong_ = std::move(control_);
  }
  control_ = {};
}

// What to answer: the peer's own code, or that it is wrong.
void websocket_reader::judge_close() {
  reply_ = close_code::normal;
  if (control_.empty()) return;
  if (control_.size() == 1) return fail(close_code::protocol_error);
  const byte_span all(control_);
  const std::uint64_t code = big_endian(all.first(2));
  if (!may_be_sent(code)) return fail(close_code::protocol_error);
  if (!mqtt::is_valid_text(as_text(all.subspan(2)))) return fail(close_code::invalid_text);
  reply_ = static_cast<close_code>(code);
}

bytes websocket_reader::take_pong() {
  owes_pong_ = false;
  return std::exchange(pong_, {});
}

void websocket_writer::begin(std::size_t available) {
  if (!head_.empty() || payload_left_ > 0 || close_begun_) return;
  if (std::exchange(owes_pong_, false)) {
    append_header(head_, op_pong, pong_.size());
    head_.insert(head_.end(), pong_.begin(), pong_.end());
    pong_ = {};
  }
  if (available > 0) {
    append_header(head_, op_binary, available);
    payload_left_ = available;
  } else if (close_ != close_code::none) {
    append_header(head_, op_close, 2);
    const auto code = static_cast<std::uint16_t>(close_);
    head_.push_back(static_cast<std::uint8_t>(code >> 8));
    head_.push_back(static_cast<std::uint8_t>(code));
    close_begun_ = true;
  }
}

void websocket_writer::pong(bytes payload) {
  owes_pong_ = true;
  pong_ = std::move(payload);
}

void websocket_writer::close(close_code code) {
  if (close_ == close_code::none) close_ = code;
}

std::size_t websocket_writer::sent(std::size_t n) {
  const std::size_t of_head = std::min(n, head_.size() - head_sent_);
  head_sent_ += of_head;
  if (head_sent_ == head_.size()) {
    head_ = {};
    head_sent_ = 0;
  }
  const std::size_t of_payload = n - of_head;
  DUNLIN_CHECK(of_payload <= payload_left_ && (of_payload == 0 || head_.empty()));
  payload_left_ -= of_payload;
  return of_payload;
}

bool websocket_writer::idle() const {
  if (!head_.empty() || payload_left_ > 0) return false;
  return close_begun_ || (!owes_pong_ && close_ == close_code::none);
}

}  // namespace dunlin::net
