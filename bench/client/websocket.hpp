// The client's side of a WebSocket (RFC 6455) that carries MQTT: the handshake, masked frames out, frames in.
//
// Deliberately not the server's codec: a load or a test that framed with the code under test could not find its faults.
// Thread rule: none; plain values. Bounds: frames of at most `max_frame` bytes are taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"

namespace dunlin::bench {

inline constexpr std::uint64_t max_frame = std::uint64_t{16} << 20;

// The request of section 4.1 with sub-protocol `mqtt`; `key` is 16 bytes that the server proves to have seen.
std::string upgrade_request(std::string_view host_port, std::string_view path, byte_span key);
// Does this response head accept the upgrade asked for with `key` (101, right Sec-WebSocket-Accept, `mqtt`)?
bool is_upgrade_accepted(std::string_view head, byte_span key);

// Appends one binary frame, masked with `mask` (section 5.3).
void append_frame(bytes& out, byte_span payload, std::uint32_t mask);

// Takes frames apart. What binary frames carry is appended to `payload` without regard to frame boundaries, since MQTT
// packets need not keep to them (MQTT 5.0 section 6.0). Pings are answered into `replies`.
class frame_reader {
 public:
  // False: the server broke the protocol, or closed.
  bool feed(byte_span in, bytes& payload, bytes& replies);

 private:
  bool take_header(byte_span& in);
  bool end_control(bytes& replies);

  std::uint8_t header_[14] = {};
  std::size_t header_size_ = 0;
  std::uint64_t left_ = 0;  // payload bytes of the frame at hand
  std::uint8_t opcode_ = 0;
  bool in_payload_ = false;
  bytes control_;
};

}  // namespace dunlin::bench
