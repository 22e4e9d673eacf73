// The client against a scripted peer: a listener of this test, which says byte for byte what a server would.

#include "bench/client/connection.hpp"

#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/check.hpp"
#include "bench/client/loop.hpp"
#include "bench/client/websocket.hpp"

namespace dunlin::bench {
namespace {

const bytes connack_ok{0x20, 0x02, 0x00, 0x00};

class ConnectionTest : public testing::Test, public events {
 public:
  ~ConnectionTest() override {
    if (peer_ >= 0) ::close(peer_);
    ::close(listener_);
  }
  ConnectionTest(const ConnectionTest&) = delete;
  ConnectionTest& operator=(const ConnectionTest&) = delete;

 protected:
  ConnectionTest() {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    DUNLIN_CHECK(listener_ >= 0);
    sockaddr_in address = where_.socket_address();
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(listener_, 8), 0);
    socklen_t size = sizeof address;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    where_.port = ntohs(address.sin_port);
    options_.version = mqtt::protocol_version::v3_1_1;
  }
  void on_connected(connection& /*c*/, const mqtt::connack_view& connack) override {
    log_.emplace_back(connack.session_present ? "resumed" : "connected");
  }
  void on_subscribed(connection& /*c*/, const mqtt::suback_view& suback) override {
    log_.push_back("subscribed " + std::to_string(suback.count));
  }
  void on_message(connection& c, const incoming& m) override {
    log_.push_back(std::string(m.topic) + "=" + std::string(as_text(m.payload)) + (m.dup ? " dup" : ""));
    c.acknowledge(m.packet_id);
  }
  void on_acked(connection& /*c*/, std::uint16_t packet_id, mqtt::reason_code reason, byte_span properties) override {
    log_.push_back("acked " + std::to_string(packet_id) + " " + std::to_string(static_cast<int>(reason)) + " " +
                   std::to_string(properties.size()));
  }
  void on_closed(connection& c, closed_by who, mqtt::reason_code reason) override {
    log_.push_back("closed " + std::to_string(static_cast<int>(who)) + " " + std::to_string(static_cast<int>(reason)));
    if (reopen_) {
      reopen_ = false;
      c.open(where_, {"u", "c", "p"}, options_);
    }
  }

  // Turns of the loop until `n` things have been logged.
  void expect_log(const std::vector<std::string>& expected) {
    for (int i = 0; i < 1000 && log_.size() < expected.size(); ++i) loop_.turn(monotonic_ns() + 5 * ns_per_ms);
    EXPECT_EQ(log_, expected);
    log_.clear();
  }
  void accept_peer() {
    loop_.turn(0);
    peer_ = accept(listener_, nullptr, nullptr);
    ASSERT_GE(peer_, 0);
  }
  void say(const bytes& data) { ASSERT_EQ(send(peer_, data.data(), data.size(), 0), std::ssize(data)); }
  // What the client has sent, once there are `n` bytes.
  bytes heard(std::size_t n) {
    bytes out(n);
    std::size_t have = 0;
    for (int i = 0; i < 1000 && have < n; ++i) {
      loop_.turn(monotonic_ns() + ns_per_ms);
      const ssize_t got = recv(peer_, out.data() + have, n - have, MSG_DONTWAIT);
      if (got > 0) have += static_cast<std::size_t>(got);
    }
    out.resize(have);
    return out;
  }
  // CONNECT of client id "c", user "u", password "p", and the answer.
  void connect() {
    c_.open(where_, {"u", "c", "p"}, options_);
    accept_peer();
    const bytes packet{0x10, 0x13, 0, 4, 'M', 'Q', 'T', 'T', 4, 0xc2, 0, 0, 0, 1, 'c', 0, 1, 'u', 0, 1, 'p'};
    EXPECT_EQ(heard(packet.size()), packet);
    say(connack_ok);
    expect_log({"connected"});
  }

  endpoint where_;
  connect_options options_;
  loop loop_;
  connection& c_ = loop_.add(*this);
  int listener_ = -1;
  int peer_ = -1;
  bool reopen_ = false;
  std::vector<std::string> log_;
};

TEST_F(ConnectionTest, ConnectsSubscribesAndPublishes) {
  connect();
  const std::vector<mqtt::subscription> filters{{"a", mqtt::qos_level::at_least_once}};
  c_.subscribe(filters);
  EXPECT_EQ(heard(8), (bytes{0x82, 6, 0, 1, 0, 1, 'a', 1}));
  say({0x90, 3, 0, 1, 1});
  expect_log({"subscribed 1"});
  EXPECT_EQ(c_.publish("t", as_bytes("x"), as_bytes("yz"), mqtt::qos_level::at_least_once), 2);
  EXPECT_EQ(heard(10), (bytes{0x32, 8, 0, 1, 't', 0, 2, 'x', 'y', 'z'}));
  say({0x40, 2, 0, 2});
  expect_log({"acked 2 0 0"});
}

TEST_F(ConnectionTest, RepeatsAMessageWithItsIdAndDup) {
  connect();
  EXPECT_EQ(c_.publish("t", {}, as_bytes("x"), mqtt::qos_level::at_least_once, 77), 77);
  EXPECT_EQ(heard(8), (bytes{0x3a, 6, 0, 1, 't', 0, 77, 'x'}));
}

TEST_F(ConnectionTest, AcknowledgesMessagesThatArriveInPieces) {
  connect();
  const bytes stream{0x32, 6, 0, 1, 'a', 0, 5, 'x', 0x3a, 6, 0, 1, 'b', 0, 6, 'y', 0x30, 4, 0, 1, 'c', 'z'};
  for (const std::uint8_t byte : stream) {
    say({byte});
    loop_.turn(monotonic_ns() + ns_per_ms);
  }
  expect_log({"a=x", "b=y dup", "c=z"});
  EXPECT_EQ(heard(8), (bytes{0x40, 2, 0, 5, 0x40, 2, 0, 6}));
}

TEST_F(ConnectionTest, ReadsTheReasonAndPropertiesOfAnAcknowledgement) {
  options_.version = mqtt::protocol_version::v5;
  c_.open(where_, {"u", "c", "p"}, options_);
  accept_peer();
  say({0x20, 3, 0, 0, 0});
  expect_log({"connected"});
  say({0x40, 3, 0, 1, 0x87, 0x40, 7, 0, 2, 0x97, 3, 0x1f, 0, 0});
  expect_log({"acked 1 135 0", "acked 2 151 3"});
}

TEST_F(ConnectionTest, TellsARefusal) {
  c_.open(where_, {"u", "c", "p"}, options_);
  accept_peer();
  say({0x20, 2, 0, 5});
  expect_log({"closed 2 135"});
}

TEST_F(ConnectionTest, TellsThatNobodyListensAndCanBeOpenedAgainFromTheCallback) {
  ::close(listener_);
  listener_ = -1;
  reopen_ = true;
  c_.open(where_, {"u", "c", "p"}, options_);
  expect_log({"closed 3 0", "closed 3 0"});
}

TEST_F(ConnectionTest, DropsTheOldInputWhenOpenedAgainWithinACallback) {
  connect();
  reopen_ = true;
  say({0xe0, 0, 0x30, 4, 0, 1, 'c', 'z'});
  expect_log({"closed 1 0"});
  EXPECT_EQ(c_.state(), connection_state::opening);
}

TEST_F(ConnectionTest, EndsOnAPacketThatOnlyClientsSend) {
  connect();
  say({0xc0, 0});
  expect_log({"closed 4 130"});
}

TEST_F(ConnectionTest, LeavesItsInputInTheSocketWhilePaused) {
  connect();
  c_.pause(true);
  say({0x30, 4, 0, 1, 'c', 'z'});
  for (int i = 0; i < 5; ++i) loop_.turn(monotonic_ns() + ns_per_ms);
  EXPECT_TRUE(log_.empty());
  c_.pause(false);
  expect_log({"c=z"});
}

TEST_F(ConnectionTest, SpeaksMqttInsideAWebSocket) {
  where_.websocket = true;
  c_.open(where_, {"u", "c", "p"}, options_);
  accept_peer();
  const std::string request = upgrade_request(where_.host_port(), "/mqtt", bytes(16));
  const bytes sent = heard(request.size());
  EXPECT_TRUE(as_text(sent).starts_with("GET /mqtt HTTP/1.1\r\nHost: 127.0.0.1:"));
  // A peer that does not prove that it saw the key is refused.
  const std::string bad = "HTTP/1.1 101 OK\r\nSec-WebSocket-Accept: no\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n";
  say(bytes(bad.begin(), bad.end()));
  expect_log({"closed 2 0"});
}

}  // namespace
}  // namespace dunlin::bench
