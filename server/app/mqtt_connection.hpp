// One MQTT connection of the process: a net::connection, and the device link that it carries bytes for.
//
// It owns itself: made for a socket, it goes from the loop that accepted it to the loop of its account's shard (M5),
// and is gone after on_closed. Thread rule: the thread of the loop that it is on; between two loops it belongs to
// nobody.
#pragma once

#include <optional>

#include "app/shards.hpp"
#include "engine/device_link.hpp"
#include "net/connection.hpp"
#include "net/listener.hpp"

namespace dunlin::app {

// What all connections share. Each has a place of the limit.
struct connection_shared {
  shards& all;
  mono_ms handshake_timeout = 10'000;
  net::connection_limit limit;
};

class mqtt_connection final : public net::connection_user, public engine::port {
 public:
  // On the thread of that shard's loop. A socket that the loop does not take is closed.
  static void begin(connection_shared& with, std::size_t shard, net::transport what, engine::client_key client);

  // --- net::connection_user
  net::taken on_bytes(byte_span in) override;
  bool wants_input() override { return link_.protocol().wants_input(); }
  void on_written() override;
  bool take_heard() override;
  mono_ms patience_ms() override;
  void on_silent() override;
  void on_bad_frame(net::close_code why) override;
  void on_closed() override;

  // --- engine::port
  [[nodiscard]] engine::client_key client() const override { return client_; }
  output& out() override { return wire_->out(); }
  void dirty() override { wire_->mark_dirty(); }
  void close() override { wire_->close_after_flush(); }
  void resume() override { wire_->resume(); }
  void move_to(engine::shard_id to) override;
  void drop() override { delete this; }

 private:
  mqtt_connection(connection_shared& with, std::size_t shard, engine::client_key client);
  ~mqtt_connection();
  // The protocol has ended by itself: its session is free at once, the last bytes still go out.
  void end_if_closing();
  engine::counters& counts();  // of the shard that it is on

  connection_shared& with_;
  std::size_t shard_;
  engine::client_key client_;
  std::optional<net::connection> wire_;  // always there: another one on each loop
  engine::device_link link_;             // ends before the wire that it writes to
};

}  // namespace dunlin::app
