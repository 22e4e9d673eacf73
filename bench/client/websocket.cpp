#include "bench/client/websocket.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <openssl/evp.h>
#include <openssl/sha.h>

namespace dunlin::bench {

namespace {

constexpr std::uint8_t op_continuation = 0;
constexpr std::uint8_t op_binary = 2;
constexpr std::uint8_t op_close = 8;
constexpr std::uint8_t op_ping = 9;
constexpr std::uint8_t op_pong = 10;
constexpr std::size_t max_control = 125;

std::string base64(byte_span data) {
  std::string out(4 * ((data.size() + 2) / 3), '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), data.data(), static_cast<int>(data.size()));
  return out;
}

std::string expected_accept(byte_span key) {
  const std::string text = base64(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return base64(digest);
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::string_view header_value(std::string_view head, std::string_view name) {
  std::size_t at = head.find("\r\n");
  while (at != std::string_view::npos && at + 2 < head.size()) {
    const std::size_t end = head.find("\r\n", at + 2);
    if (end == std::string_view::npos) return {};
    const std::string_view line = head.substr(at + 2, end - at - 2);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && equal_ignoring_case(line.substr(0, colon), name)) {
      std::string_view value = line.substr(colon + 1);
      while (value.starts_with(' ')) value.remove_prefix(1);
      while (value.ends_with(' ')) value.remove_suffix(1);
      return value;
    }
    at = end;
  }
  return {};
}

void append_masked(bytes& out, std::uint8_t opcode, byte_span payload, std::uint32_t mask) {
  std::array<std::uint8_t, 4> key{};
  std::memcpy(key.data(), &mask, sizeof mask);
  out.push_back(static_cast<std::uint8_t>(0x80 | opcode));
  const std::size_t n = payload.size();
  if (n <= max_control) {
    out.push_back(static_cast<std::uint8_t>(0x80 | n));
  } else {
    const int size = n <= 0xffff ? 2 : 8;
    out.push_back(size == 2 ? 0xfe : 0xff);
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
      out.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(n) >> shift));
    }
  }
  out.insert(out.end(), key.begin(), key.end());
  for (std::size_t i = 0; i < n; ++i) out.push_back(static_cast<std::uint8_t>(payload[i] ^ key[i % 4]));
}

}  // namespace

std::string upgrade_request(std::string_view host_port, std::string_view path, byte_span key) {
  std::string out;
  out.append("GET ").append(path).append(" HTTP/1.1\r\nHost: ").append(host_port);
  out.append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n");
  out.append("Sec-WebSocket-Protocol: mqtt\r\nSec-WebSocket-Key: ").append(base64(key)).append("\r\n\r\n");
  return out;
}

bool is_upgrade_accepted(std::string_view head, byte_span key) {
  return head.starts_with("HTTP/1.1 101") && header_value(head, "Sec-WebSocket-Accept") == expected_accept(key) &&
         header_value(head, "Sec-WebSocket-Protocol") == "mqtt";
}

void append_frame(bytes& out, byte_span payload, std::uint32_t mask) { append_masked(out, op_binary, payload, mask); }

bool frame_reader::feed(byte_span in, bytes& payload, bytes& replies) {
  while (true) {
    if (!in_payload_) {
      if (!take_header(in)) return false;
      if (!in_payload_) return true;
    }
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(left_, in.size()));
    bytes& target = opcode_ == op_binary ? payload : control_;
    target.insert(target.end(), in.begin(), in.begin() + static_cast<std::ptrdiff_t>(n));
    in = in.subspan(n);
    left_ -= n;
    if (left_ > 0) return true;
    in_payload_ = false;
    if (opcode_ != op_binary && !end_control(replies)) return false;
  }
}

bool frame_reader::take_header(byte_span& in) {
  while (true) {
    std::size_t wanted = 2;
    if (header_size_ >= 2) {
      const unsigned length = header_[1] & 0x7fU;
      wanted += length == 126 ? 2 : length == 127 ? 8 : 0;
    }
    if (header_size_ >= 2 && header_size_ == wanted) break;
    if (in.empty()) return true;
    header_[header_size_++] = in.front();
    in = in.subspan(1);
  }
  const std::uint8_t opcode = header_[0] & 0x0f;
  const bool masked = (header_[1] & 0x80) != 0;  // never from a server (section 5.1)
  left_ = header_[1] & 0x7f;
  if (header_size_ > 2) {
    left_ = 0;
    for (std::size_t i = 2; i < header_size_; ++i) left_ = left_ << 8 | header_[i];
  }
  header_size_ = 0;
  const bool data = opcode == op_binary || opcode == op_continuation;
  const bool control = opcode == op_close || opcode == op_ping || opcode == op_pong;
  if (masked || (header_[0] & 0x70) != 0 || !(data || control) || left_ > (control ? max_control : max_frame)) {
    return false;
  }
  opcode_ = data ? op_binary : opcode;
  in_payload_ = true;
  return true;
}

bool frame_reader::end_control(bytes& replies) {
  if (opcode_ == op_close) return false;
  if (opcode_ == op_ping) append_masked(replies, op_pong, control_, 0x1f2e3d4c);
  control_.clear();
  return true;
}

}  // namespace dunlin::bench
