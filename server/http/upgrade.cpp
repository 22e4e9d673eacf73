#include "http/upgrade.hpp"

#include <algorithm>
#include <array>

#include <openssl/evp.h>

#include "base/check.hpp"
#include "http/origin.hpp"

namespace dunlin::http {

namespace {

constexpr std::string_view protocol = "mqtt";

// True if a comma-separated list has `word`.
bool lists(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    if (equal_fold(trim(take_part(list, ',')), word)) return true;
  }
  return false;
}

response refused(std::string_view why) { return problem(400, "bad-handshake", "Bad WebSocket handshake", why); }

// RFC 6455 section 4.2.2: base64 of SHA-1 of the key and a fixed text.
std::string accept_of(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, 20> digest;
  DUNLIN_CHECK(EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha1(), nullptr) == 1);
  std::array<unsigned char, 29> out;
  const int n = EVP_EncodeBlock(out.data(), digest.data(), digest.size());
  return {reinterpret_cast<const char*>(out.data()), static_cast<std::size_t>(n)};
}

// 16 bytes in base64: 22 characters and two equals signs.
bool is_key(std::string_view key) {
  return key.size() == 24 && key.ends_with("==") && std::ranges::all_of(key.substr(0, 22), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
         });
}

}  // namespace

response answer_upgrade(const upgrade_request& what, std::span<const std::string> named_origins) {
  if (!lists(what.upgrade, "websocket") || !lists(what.connection, "upgrade")) {
    auto out = problem(426, "upgrade-required", "Upgrade required", "this path speaks MQTT over WebSocket");
    out.headers.emplace_back("Upgrade", "websocket");
    return out;
  }
  if (!what.http_1_1 || what.has_body) return refused("a handshake is an HTTP/1.1 GET without a body");
  if (what.version != "13") {
    auto out = problem(426, "upgrade-required", "Upgrade required", "only version 13 of WebSocket is spoken");
    out.headers.emplace_back("Sec-WebSocket-Version", "13");
    return out;
  }
  if (!is_key(what.key)) return refused("Sec-WebSocket-Key is not 16 bytes in base64");
  if (!lists(what.protocols, protocol)) return refused("Sec-WebSocket-Protocol must offer mqtt");
  if (page_of(what.origin, what.host, named_origins) == page::foreign) {
    return problem(403, "foreign-origin", "Forbidden", "pages of this origin may not connect");
  }
  response out;
  out.status = 101;
  out.headers.emplace_back("Upgrade", "websocket");
  out.headers.emplace_back("Connection", "Upgrade");
  out.headers.emplace_back("Sec-WebSocket-Accept", accept_of(what.key));
  out.headers.emplace_back("Sec-WebSocket-Protocol", protocol);
  return out;
}

}  // namespace dunlin::http
