// MQTT's listening socket and all MQTT connections, over TCP and WebSocket: each a net::connection with its device link
// behind it, on the shard that accepted it first, then on the shard of its account (M5).
//
// Thread rule: made, listened, started and drained on one thread; take_websocket on any.
// Bounds: config::connections at a time; a connection that has not finished CONNECT within handshake_timeout is closed.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "app/config.hpp"
#include "app/shards.hpp"
#include "http/services.hpp"

namespace dunlin::app {

class mqtt_front {
 public:
  mqtt_front(shards& all, const config& values, metrics& counted);
  ~mqtt_front();
  mqtt_front(const mqtt_front&) = delete;
  mqtt_front& operator=(const mqtt_front&) = delete;

  // Binds and listens, before the shards start; the error is the operating system's. Accepts as soon as they run.
  status listen(const std::string& address);
  [[nodiscard]] std::string address() const;
  // A WebSocket whose handshake is done.
  void take_websocket(http::upgraded what);
  // Accepts no more, lets connections have the answers that they wait for (half the time at most), says DISCONNECT to
  // all, and returns when they are closed or the time is over.
  void drain(std::chrono::milliseconds at_most);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace dunlin::app
