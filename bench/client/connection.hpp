// One MQTT client connection of a loop: QoS 0 and 1, versions 3.1.1 and 5.0, TCP or WebSocket.
//
//   closed → opening → (upgrading) → connecting → connected → closed …
//
// It keeps no list of unanswered messages and no timers: the load or test that drives it does, and sends again after a
// reconnect what it wants to. PUBLISH and PUBACK are taken apart here; all else is left to the codec of server/mqtt.
//
// Thread rule: the loop's thread. Lifetime: owned by its loop.
// Bounds: inbound packets of at most `max_packet` bytes; the output is bounded by what its user has unanswered.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "bench/client/endpoint.hpp"
#include "bench/client/events.hpp"
#include "bench/client/websocket.hpp"

namespace dunlin::bench {

class loop;

inline constexpr std::uint32_t max_packet = 8U << 20;

// As `dunlin device mint` writes it: account, device and token are user name, client id and password.
struct login {
  std::string user;
  std::string client_id;
  std::string password;
};

struct connect_options {
  mqtt::protocol_version version = mqtt::protocol_version::v5;
  bool clean_start = true;
  std::uint32_t session_expiry_s = 0;  // 5.0 only
  std::uint16_t keep_alive_s = 0;      // pings are not sent by themselves
  std::uint16_t receive_maximum = 0;   // 5.0 only; 0: not sent
  bool problem_information = true;     // 5.0 only: may the PUBACK have user properties?
  bool dunlin = false;                 // 5.0 only: user property dunlin=1
  int receive_buffer = 0;              // SO_RCVBUF; 0: the kernel's
  std::uint32_t source = 0;            // local address in 127.0.0.0/8, host byte order; 0: the kernel's
};

enum class connection_state : std::uint8_t { closed, opening, upgrading, connecting, connected };

class connection {
 public:
  connection(loop& owner, events& listener, std::size_t index) : loop_(owner), events_(listener), index_(index) {}
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection();

  // Starts to connect; on_connected or on_closed follows, not from within this call. REQUIRES: closed.
  void open(const endpoint& where, const login& who, const connect_options& how);
  // With DISCONNECT where it is connected, if `politely`. on_closed comes from within this call.
  void close(bool politely = true);

  // Sends a message; returns its packet id, 0 at QoS 0. `packet_id` other than 0: with this one and DUP (a retry on a
  // resumed session). The payload is `head`, then `body`. REQUIRES: connected.
  std::uint16_t publish(std::string_view topic, byte_span head, byte_span body, mqtt::qos_level qos,
                        std::uint16_t packet_id = 0);
  // PUBACK; leaves with the other output of this turn. Does nothing for id 0.
  void acknowledge(std::uint16_t packet_id);
  // REQUIRES: connected. Returns the packet id.
  std::uint16_t subscribe(std::span<const mqtt::subscription> filters);
  void ping();
  // Stops and goes on reading from the socket: a reader that hangs.
  void pause(bool paused);

  [[nodiscard]] connection_state state() const { return state_; }
  [[nodiscard]] bool is_connected() const { return state_ == connection_state::connected; }
  // Its place in the order in which the loop made its connections: what users name it by.
  [[nodiscard]] std::size_t index() const { return index_; }
  [[nodiscard]] std::size_t unsent() const { return out_.size() + wire_.size() - sent_; }
  [[nodiscard]] mqtt::protocol_version version() const { return options_.version; }

 private:
  friend class loop;

  void on_ready(std::uint32_t epoll_events);
  void on_open();
  void read(bool until_end);
  void feed(byte_span in);
  void feed_upgrade(byte_span in);
  void feed_mqtt(byte_span in);
  std::size_t take_packets(byte_span in);
  void take_packet(std::uint8_t first, byte_span whole, byte_span body);
  void take_publish(std::uint8_t first, byte_span body);
  void take_puback(byte_span body);
  void take_connack(byte_span whole);
  void take_suback(byte_span whole);
  void take_disconnect(byte_span body);
  void send_connect();
  void send_disconnect();
  std::uint16_t make_packet_id();
  void flush();
  void end(closed_by who, mqtt::reason_code reason);
  void mark_dirty();

  loop& loop_;
  events& events_;
  std::size_t index_;
  int fd_ = -1;
  connection_state state_ = connection_state::closed;
  bool dirty_ = false;
  bool paused_ = false;
  bool blocked_ = false;              // the socket took less than was to be sent
  std::uint16_t next_packet_id_ = 1;  // goes on across reconnects: a resumed session has ids in use
  std::uint32_t generation_ = 0;      // grows with each end: callbacks may close and open again
  bytes out_;                         // MQTT packets; for TCP also what is being sent
  bytes wire_;                        // WebSocket: frames being sent
  bytes partial_;                     // input that is no whole packet (or upgrade response) yet
  std::size_t sent_ = 0;
  std::unique_ptr<frame_reader> frames_;
  std::array<std::uint8_t, 16> key_{};
  endpoint where_;
  login who_;
  connect_options options_;
};

}  // namespace dunlin::bench
