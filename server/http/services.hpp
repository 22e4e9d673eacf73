// What the HTTP server needs from the rest of the process.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "accounts/linking.hpp"
#include "accounts/profiles.hpp"
#include "accounts/service.hpp"
#include "accounts/sign_ups.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "engine/control.hpp"
#include "http/client_address.hpp"
#include "http/encoding.hpp"
#include "http/rate_limits.hpp"
#include "http/web_files.hpp"

namespace dunlin::http {

enum class readiness : std::uint8_t {
  starting,
  ready,
  degraded,  // reads go on, writes are refused: the disk is full
  draining,  // the process is ending: send nobody here any more
};

// A connection that has become a WebSocket: the answer 101 is written, the rest is the receiver's.
struct upgraded {
  int fd = -1;  // non-blocking, the receiver's to close
  bytes read;   // what the client sent behind its request
  limit_key client;
};

// What the server says of itself.
struct self {
  std::string name = "Dunlin";
  std::string version;
};

// All must outlive the server. The functions are called on the control plane's thread and must not block.
struct services {
  accounts::service& accounts;
  accounts::sign_ups& people;
  accounts::profiles& shown;
  accounts::linking& links;
  engine::control& streams;
  metrics& counted;
  const clock& time;
  std::function<readiness()> state;
  std::function<void(upgraded)> websocket;
  data_id data{};
  self about;
  std::shared_ptr<const web_files> files;  // null: this server has no app
};

struct options {
  std::string address;                     // "host:port", port 0 picks a free one
  std::size_t max_connections = 1000;      // more are answered with 503 and closed
  mono_ms request_timeout = 10'000;        // from the first byte awaited to the last
  mono_ms idle_timeout = 60'000;           // between two requests
  mono_ms write_timeout = 60'000;          // for one answer
  mono_ms upload_timeout = 60'000;         // for a body of more than small_body, of somebody with a token
  std::vector<std::string> named_origins;  // whose pages may ask, beside the server's own; "*" for all
  std::vector<network> proxies;            // whose X-Forwarded-For is believed
  rates limits{};
};

inline constexpr std::uint32_t max_header_bytes = 8 * 1024;  // beyond: 431; of bodies: see endpoint::max_body

}  // namespace dunlin::http
