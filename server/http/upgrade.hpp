// The WebSocket handshake of /mqtt (RFC 6455 section 4.2, MQTT 5.0 section 6).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace dunlin::http {

struct upgrade_request {
  bool http_1_1 = false;
  bool has_body = false;
  std::string_view host;
  std::string_view upgrade;
  std::string_view connection;
  std::string_view key;
  std::string_view version;
  std::string_view protocols;
  std::string_view origin;  // empty: no browser
};

// Status 101 with the headers to answer with, or why not.
response answer_upgrade(const upgrade_request& what, std::span<const std::string> named_origins);

}  // namespace dunlin::http
