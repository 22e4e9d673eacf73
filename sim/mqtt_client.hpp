// One MQTT connection as a correct client has it: packets out over a simulated socket, packets in to its owner. What
// they mean is the owner's matter (device.hpp).
//
// The bytes are made and read by server/mqtt's codec, which has tests and golden bytes of its own.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mqtt/codec.hpp"
#include "sim/socket.hpp"
#include "sim/world.hpp"

namespace dunlin::sim {

struct connect_options {
  mqtt::protocol_version version = mqtt::protocol_version::v5;
  std::string client_id;
  std::string user;
  std::string token;
  bool clean_start = false;
  std::uint32_t expiry_s = 0;
  std::uint16_t receive_maximum = 0;  // 0: does not say
  std::uint32_t max_packet = 0;       // 0: does not say
  std::uint16_t aliases = 0;          // that the server may use
  bool dunlin = false;
  bool problem_information = true;
};

struct filter_wish {
  std::string filter;
  std::uint8_t qos = 1;
};

class mqtt_client {
 public:
  class listener {
   public:
    virtual void on_connack(mqtt_client& c, const mqtt::connack_view& packet) = 0;
    virtual void on_publish(mqtt_client& c, const std::string& topic, const mqtt::publish_view& packet) = 0;
    virtual void on_ack(mqtt_client& c, const mqtt::ack_view& packet) = 0;
    virtual void on_suback(mqtt_client& c, const mqtt::suback_view& packet) = 0;
    virtual ~listener() = default;
  };

  mqtt_client(world& w, listener& who, std::shared_ptr<socket> over, std::string name);
  ~mqtt_client();

  void connect(const connect_options& options);
  // `moves_feeds`: the filters are of conversations.
  std::uint16_t subscribe(const std::vector<filter_wish>& filters, bool moves_feeds = true);
  std::uint16_t unsubscribe(const std::vector<std::string>& filters, bool moves_feeds = true);
  // `packet_id` 0: a new one. Returns it; 0 at QoS 0.
  std::uint16_t publish(const std::string& topic, byte_span payload, std::uint8_t qos, std::uint16_t packet_id = 0,
                        bool dup = false, std::optional<message_id> correlation = {});
  void ack(mqtt::packet_type type, std::uint16_t packet_id);
  void disconnect();

  // Reads what has arrived, at most `most` bytes.
  void step(std::size_t most);
  [[nodiscard]] bool is_over() const { return over_; }
  [[nodiscard]] bool is_connected() const { return connected_; }
  [[nodiscard]] const connect_options& options() const { return options_; }
  [[nodiscard]] std::optional<mqtt::reason_code> closed_with() const { return closed_with_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  // Inbound QoS 1 and 2 messages that the server takes at a time.
  [[nodiscard]] std::uint16_t server_receive_maximum() const { return server_receive_maximum_; }
  // Whether a SUBSCRIBE or UNSUBSCRIBE that moves feeds is unanswered: what comes may be by the filters before it or by
  // those after it.
  [[nodiscard]] bool filters_are_changing() const { return !filters_unanswered_.empty(); }
  sim::socket& over() { return *socket_; }
  // So that packet ids of a session go on where they were.
  std::uint16_t next_packet_id = 1;

 private:
  template <class Encode>
  void send(Encode encode);
  void take(const mqtt::any_packet& packet);
  void take_publish(const mqtt::publish_view& packet);

  world& world_;
  listener& listener_;
  std::shared_ptr<sim::socket> socket_;
  std::string name_;
  connect_options options_;
  bytes in_;
  std::vector<std::string> aliases_;
  std::uint16_t server_receive_maximum_ = 65535;
  std::set<std::uint16_t> filters_unanswered_;  // packet ids
  std::optional<mqtt::reason_code> closed_with_;
  bool connected_ = false;
  bool over_ = false;
};

}  // namespace dunlin::sim
