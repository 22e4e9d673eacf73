// Whose request it is, for limits per address: the peer of the socket, or, behind a proxy that the operator named, who
// that proxy says it was (X-Forwarded-For).
//
// A client may write that header itself. So it is read from its end, where each proxy adds the address it saw: the
// first one that is no trusted proxy is the client, and nothing before it is believed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/rate_limits.hpp"

namespace dunlin::http {

// An IPv4 address as an IPv6 one (::ffff:a.b.c.d), so that both are 128 bits.
struct address {
  std::uint64_t hi = 0;
  std::uint64_t lo = 0;

  friend bool operator==(const address&, const address&) = default;
};

struct network {
  address first;
  int bits = 128;  // of 128 that must agree
};

// "192.0.2.7", "2001:db8::1", "[2001:db8::1]:443", "192.0.2.7:443"; nothing if it is none of these.
std::optional<address> parse_address(std::string_view text);
// An address, or "10.0.0.0/8", "2001:db8::/32".
std::optional<network> parse_network(std::string_view text);

bool is_one_of(const address& who, std::span<const network> networks);
address client_of(const address& peer, std::string_view forwarded_for, std::span<const network> proxies);
limit_key key_of(const address& client);

}  // namespace dunlin::http
