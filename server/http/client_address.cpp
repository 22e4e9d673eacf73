#include "http/client_address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>

#include "base/id.hpp"
#include "http/message.hpp"

namespace dunlin::http {

namespace {

constexpr std::uint64_t mapped = 0xffff'0000'0000U;  // ::ffff:0:0/96

bool is_v4(const address& a) { return a.hi == 0 && (a.lo & ~std::uint64_t{0xffff'ffff}) == mapped; }

std::optional<address> parse_plain(std::string_view text) {
  const std::string copy(text);
  in_addr v4{};
  if (::inet_pton(AF_INET, copy.c_str(), &v4) == 1) return address{0, mapped | ntohl(v4.s_addr)};
  in6_addr v6{};
  if (::inet_pton(AF_INET6, copy.c_str(), &v6) != 1) return std::nullopt;
  return address{detail::load_big_endian(v6.s6_addr), detail::load_big_endian(v6.s6_addr + 8)};
}

bool contains(const network& n, const address& a) {
  const auto mask = [](int bits) {
    return bits <= 0 ? 0 : bits >= 64 ? ~std::uint64_t{0} : ~std::uint64_t{0} << (64 - bits);
  };
  const auto hi = mask(n.bits);
  const auto lo = mask(n.bits - 64);
  return (n.first.hi & hi) == (a.hi & hi) && (n.first.lo & lo) == (a.lo & lo);
}

}  // namespace

std::optional<address> parse_address(std::string_view text) {
  text = trim(text);
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    return end == std::string_view::npos ? std::nullopt : parse_plain(text.substr(1, end - 1));
  }
  if (std::ranges::count(text, ':') == 1) text = text.substr(0, text.find(':'));
  return parse_plain(text);
}

std::optional<network> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto first = parse_plain(text.substr(0, slash));
  if (!first) return std::nullopt;
  if (slash == std::string_view::npos) return network{*first, 128};
  const auto bits = parse_number(text.substr(slash + 1));
  const int most = is_v4(*first) ? 32 : 128;
  if (!bits || *bits > static_cast<std::uint64_t>(most)) return std::nullopt;
  return network{*first, static_cast<int>(*bits) + 128 - most};
}

bool is_one_of(const address& who, std::span<const network> networks) {
  return std::ranges::any_of(networks, [&](const network& n) { return contains(n, who); });
}

address client_of(const address& peer, std::string_view forwarded_for, std::span<const network> proxies) {
  address client = peer;
  while (!forwarded_for.empty() && is_one_of(client, proxies)) {
    const auto comma = forwarded_for.rfind(',');
    const auto last = forwarded_for.substr(comma == std::string_view::npos ? 0 : comma + 1);
    forwarded_for = forwarded_for.substr(0, comma == std::string_view::npos ? 0 : comma);
    const auto before = parse_address(last);
    if (!before) break;
    client = *before;
  }
  return client;
}

limit_key key_of(const address& client) { return is_v4(client) ? limit_key{0, client.lo} : limit_key{client.hi, 1}; }

}  // namespace dunlin::http
