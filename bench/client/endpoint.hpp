// Where a load or a test connects to: MQTT over TCP or over WebSocket, on this machine only.
//
// Thread rule: none; plain values. Loopback is the only network that a load generator may touch, so an address outside
// of 127.0.0.0/8 is no endpoint at all, and host names are not resolved.
#pragma once

#include <cstdint>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <string_view>

namespace dunlin::bench {

struct endpoint {
  std::uint32_t address = INADDR_LOOPBACK;  // host byte order, within 127.0.0.0/8
  std::uint16_t port = 0;
  bool websocket = false;
  std::string path = "/mqtt";  // of the WebSocket handshake

  [[nodiscard]] std::string host_port() const;
  [[nodiscard]] sockaddr_in socket_address() const;
};

// "127.0.0.1:1883", or "ws://127.0.0.1:8080/mqtt"; nothing for any other form, and for addresses that are not loopback.
std::optional<endpoint> parse_endpoint(std::string_view text);

}  // namespace dunlin::bench
