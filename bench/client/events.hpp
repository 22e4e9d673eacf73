// What a connection tells the load or test that drives it.
//
// Thread rule: called on the loop's thread from within loop::turn. A callback may call any function of any connection
// of the same loop (publish, acknowledge, open, close, …). Views are valid until the callback returns.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"
#include "mqtt/packet.hpp"
#include "mqtt/types.hpp"

namespace dunlin::bench {

class connection;

struct incoming {
  std::string_view topic;
  byte_span payload;
  std::uint16_t packet_id = 0;  // 0 at QoS 0; otherwise to be given to connection::acknowledge
  mqtt::qos_level qos = mqtt::qos_level::at_most_once;
  bool dup = false;
  bool retain = false;
};

enum class closed_by : std::uint8_t {
  us,        // connection::close
  peer,      // end of stream, or DISCONNECT
  refusal,   // CONNACK with an error, or the upgrade to WebSocket refused
  network,   // refused or reset by the kernel
  protocol,  // the server sent what MQTT does not allow
};

class events {
 public:
  virtual ~events() = default;

  // CONNACK without an error.
  virtual void on_connected(connection& c, const mqtt::connack_view& connack) = 0;
  virtual void on_subscribed(connection& c, const mqtt::suback_view& suback) = 0;
  virtual void on_message(connection& c, const incoming& m) = 0;
  // PUBACK of one of our messages; `properties` as they stand in the packet, without their length (empty in 3.1.1).
  virtual void on_acked(connection& c, std::uint16_t packet_id, mqtt::reason_code reason, byte_span properties) = 0;
  // The connection is closed, for whatever reason, `us` included; it may be opened again at once. `reason` is that of
  // CONNACK or DISCONNECT, if there was one.
  virtual void on_closed(connection& c, closed_by who, mqtt::reason_code reason) = 0;
};

}  // namespace dunlin::bench
