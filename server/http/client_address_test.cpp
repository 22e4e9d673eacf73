#include "http/client_address.hpp"

#include <gtest/gtest.h>

namespace dunlin::http {
namespace {

address at(std::string_view text) { return *parse_address(text); }

TEST(ClientAddress, IsReadInTheFormsThatProxiesWrite) {
  EXPECT_EQ(at("192.0.2.7"), at(" 192.0.2.7:8080 "));
  EXPECT_EQ(at("192.0.2.7"), at("::ffff:192.0.2.7"));
  EXPECT_EQ(at("2001:db8::1"), at("[2001:db8::1]:443"));
  EXPECT_EQ(at("2001:db8::1"), at("[2001:db8::1]"));
  for (const auto* text : {"", "unknown", "_hidden", "1.2.3", "1.2.3.4.5", "[2001:db8::1", "2001:db8::g"}) {
    EXPECT_FALSE(parse_address(text)) << text;
  }
}

TEST(ClientAddress, WithoutATrustedProxyTheHeaderIsNotRead) {
  EXPECT_EQ(client_of(at("198.51.100.1"), "192.0.2.7", {}), at("198.51.100.1"));
  const std::vector proxies = {*parse_network("127.0.0.1")};
  EXPECT_EQ(client_of(at("198.51.100.1"), "192.0.2.7", proxies), at("198.51.100.1"));
}

TEST(ClientAddress, ATrustedProxyIsBelievedForOneAddressAlone) {
  const std::vector proxies = {*parse_network("127.0.0.1")};
  EXPECT_EQ(client_of(at("127.0.0.1"), "192.0.2.7", proxies), at("192.0.2.7"));
  // What stands before it was written by whoever asked the proxy.
  EXPECT_EQ(client_of(at("127.0.0.1"), "10.1.1.1, 192.0.2.7", proxies), at("192.0.2.7"));
  EXPECT_EQ(client_of(at("127.0.0.1"), "", proxies), at("127.0.0.1"));
  EXPECT_EQ(client_of(at("127.0.0.1"), "unknown", proxies), at("127.0.0.1"));
  EXPECT_EQ(client_of(at("127.0.0.1"), "192.0.2.7, unknown", proxies), at("127.0.0.1"));
}

TEST(ClientAddress, ProxiesMayStandInARow) {
  const std::vector proxies = {*parse_network("127.0.0.1"), *parse_network("10.0.0.0/8")};
  EXPECT_EQ(client_of(at("127.0.0.1"), "1.1.1.1, 192.0.2.7, 10.9.8.7", proxies), at("192.0.2.7"));
  EXPECT_EQ(client_of(at("127.0.0.1"), "10.1.2.3", proxies), at("10.1.2.3"));
}

TEST(Network, IsAnAddressOrAPrefix) {
  const auto trusts = [](std::string_view network, std::string_view peer) {
    const std::vector proxies = {*parse_network(network)};
    return client_of(at(peer), "203.0.113.9", proxies) == at("203.0.113.9");
  };
  EXPECT_TRUE(trusts("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(trusts("10.0.0.0/8", "11.0.0.1"));
  EXPECT_TRUE(trusts("2001:db8::/32", "2001:db8:ffff::1"));
  EXPECT_FALSE(trusts("2001:db8::/32", "2001:db9::1"));
  EXPECT_TRUE(trusts("2001:db8::/65", "2001:db8::7fff:0:0:1"));
  EXPECT_FALSE(trusts("2001:db8::/65", "2001:db8::8000:0:0:1"));
  EXPECT_TRUE(trusts("::1", "::1"));
  EXPECT_TRUE(trusts("0.0.0.0/0", "1.2.3.4"));
  EXPECT_FALSE(trusts("0.0.0.0/0", "2001:db8::1"));
  for (const auto* text : {"", "x", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8"}) {
    EXPECT_FALSE(parse_network(text)) << text;
  }
}

TEST(LimitKey, CountsAnIpv6NetworkAsOne) {
  EXPECT_EQ(key_of(at("2001:db8:1:2::1")), key_of(at("2001:db8:1:2:ffff::9")));
  EXPECT_NE(key_of(at("2001:db8:1:2::1")), key_of(at("2001:db8:1:3::1")));
  EXPECT_NE(key_of(at("192.0.2.7")), key_of(at("192.0.2.8")));
}

}  // namespace
}  // namespace dunlin::http
