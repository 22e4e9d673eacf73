// What the network may send and must not get through: each is answered or closed, counted, and costs nothing more.
#include <gmock/gmock.h>

#include "http/test_rig.hpp"

namespace dunlin::http {
namespace {

using testing::HasSubstr;

options quick() {
  options o;
  o.max_connections = 3;
  o.request_timeout = 300;
  o.idle_timeout = 300;
  return o;
}

class BadInput : public HttpServer {
 protected:
  BadInput() : HttpServer(quick()) {}
  std::string send(const std::string& text) {
    test_client client(port);
    client.send(text);
    return client.until_closed();
  }
  std::uint64_t bad(const std::string& reason) {
    return metric("dunlin_http_bad_requests_total{reason=\"" + reason + "\"}");
  }
  void expect_malformed(const std::string& text) {
    const auto before = bad("malformed");
    const auto answer = send(text);
    EXPECT_EQ(status_of(answer), 400) << text;
    EXPECT_THAT(answer, HasSubstr("urn:dunlin:problem:malformed"));
    EXPECT_EQ(bad("malformed"), before + 1) << text;
  }
};

TEST_F(BadInput, WhatIsNotHttpGets400) {
  using namespace std::string_literals;
  expect_malformed("\x10\x0f\x00\x04MQTT\x04\x02\r\n\r\n"s);
  expect_malformed("GET\r\n\r\n");
  expect_malformed("GET / HTTP/9.9\r\nHost: x\r\n\r\n");
  expect_malformed("GET / HTTP/1.1\r\nHost x\r\n\r\n");
  expect_malformed("GET / HTTP/1.1\r\nHost: x\r\nA\x01: b\r\n\r\n");
  expect_malformed("GET /\x01 HTTP/1.1\r\nHost: x\r\n\r\n");
  expect_malformed("GET / HTTP/1.1\r\nHost : x\r\n\r\n");
}

TEST_F(BadInput, OneHostIsNeeded) {
  expect_malformed("GET /healthz HTTP/1.1\r\n\r\n");
  expect_malformed("GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
}

TEST_F(BadInput, TwoFramingsOfOneBodyAreRefused) {
  const std::string head = "POST /healthz HTTP/1.1\r\nHost: x\r\n";
  expect_malformed(head +
                   "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n");
  expect_malformed(head + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n");
  expect_malformed(head + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd");
  expect_malformed(head + "Content-Length: 4, 5\r\n\r\nabcd");
  expect_malformed(head + "Content-Length: -1\r\n\r\n");
  expect_malformed(head + "Content-Length: 0x4\r\n\r\nabcd");
  expect_malformed(head + "Content-Length: 99999999999999999999\r\n\r\n");
  expect_malformed(head + "Transfer-Encoding: identity\r\n\r\n");
  expect_malformed(head + "Transfer-Encoding: chunked, identity\r\n\r\n");
  expect_malformed(head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n");
  expect_malformed("POST /healthz HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
}

TEST_F(BadInput, ALargeHeaderGets431) {
  const auto answer = send("GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(20'000, 'a') + "\r\n\r\n");
  EXPECT_EQ(status_of(answer), 431);
  EXPECT_EQ(status_of(send("GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n")), 431);
  std::string many = "GET / HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 2000; ++i) many += "a" + std::to_string(i) + ": b\r\n";
  EXPECT_EQ(status_of(send(many + "\r\n")), 431);
  EXPECT_EQ(bad("header_too_large"), 3U);
}

TEST_F(BadInput, ALargeBodyGets413) {
  EXPECT_EQ(
      status_of(send("POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n" + std::string(70'000, 'a'))),
      413);
  std::string chunks = "POST /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 20; ++i) chunks += "1000\r\n" + std::string(4096, 'a') + "\r\n";
  EXPECT_EQ(status_of(send(chunks + "0\r\n\r\n")), 413);
  EXPECT_EQ(bad("body_too_large"), 2U);
}

TEST_F(BadInput, ASlowRequestIsClosed) {
  test_client silent(port);
  test_client slow(port);
  slow.send("GET /healthz HTTP/1.1\r\nHost: x\r\n");
  test_client slow_body(port);
  slow_body.send("POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(silent.until_closed(), "");
  EXPECT_EQ(slow.until_closed(), "");
  EXPECT_EQ(slow_body.until_closed(), "");
  // A socket is closed first, and counted by whom that wakes.
  using clock = std::chrono::steady_clock;
  for (const auto end = clock::now() + std::chrono::seconds(10); bad("timeout") < 3 && clock::now() < end;)
    std::this_thread::yield();
  EXPECT_EQ(bad("timeout"), 3U);
}

TEST_F(BadInput, AnIdleConnectionIsClosedWithoutAWord) {
  test_client client(port);
  client.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(status_of(client.answer()), 200);
  EXPECT_EQ(client.until_closed(), "");
  EXPECT_EQ(bad("timeout"), 0U);
}

TEST_F(BadInput, TooManyConnectionsGet503) {
  std::vector<std::unique_ptr<test_client>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<test_client>(port));
    clients.back()->send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(status_of(clients.back()->answer()), 200);
  }
  test_client more(port);
  EXPECT_EQ(status_of(more.until_closed()), 503);
  EXPECT_EQ(metric("dunlin_http_connections_refused_total"), 1U);
}

TEST_F(BadInput, AnAbortedRequestCostsNothing) {
  // One after the other, each seen to come and go: of many that end at once some may not be accepted yet when the count
  // is zero, and take the places of the last request.
  const auto wait_for = [this](std::uint64_t open) {
    while (metric("dunlin_http_connections") != open) std::this_thread::yield();
  };
  for (int i = 0; i < 20; ++i) {
    {
      test_client client(port);
      client.send("GET /hea");
      wait_for(1);
    }
    wait_for(0);
  }
  EXPECT_EQ(status_of(get("/healthz")), 200);
}

}  // namespace
}  // namespace dunlin::http
