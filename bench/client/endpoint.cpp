#include "bench/client/endpoint.hpp"

#include <arpa/inet.h>
#include <charconv>
#include <string>

namespace dunlin::bench {

std::string endpoint::host_port() const {
  return std::to_string(address >> 24) + '.' + std::to_string(address >> 16 & 0xff) + '.' +
         std::to_string(address >> 8 & 0xff) + '.' + std::to_string(address & 0xff) + ':' + std::to_string(port);
}

sockaddr_in endpoint::socket_address() const {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = htonl(address);
  return out;
}

std::optional<endpoint> parse_endpoint(std::string_view text) {
  endpoint out;
  constexpr std::string_view scheme = "ws://";
  if (text.starts_with(scheme)) {
    out.websocket = true;
    text.remove_prefix(scheme.size());
    if (const auto slash = text.find('/'); slash != std::string_view::npos) {
      out.path = text.substr(slash);
      text = text.substr(0, slash);
    }
  }
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view port = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (error != std::errc() || end != port.data() + port.size() || out.port == 0) return std::nullopt;
  in_addr address{};
  if (inet_pton(AF_INET, std::string(text.substr(0, colon)).c_str(), &address) != 1) return std::nullopt;
  out.address = ntohl(address.s_addr);
  if (out.address >> 24 != 127) return std::nullopt;
  return out;
}

}  // namespace dunlin::bench
