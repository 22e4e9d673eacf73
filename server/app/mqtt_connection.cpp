#include "app/mqtt_connection.hpp"

#include "base/log.hpp"

namespace dunlin::app {

mqtt_connection::mqtt_connection(connection_shared& with, std::size_t shard, engine::client_key client)
    : with_(with),
      shard_(shard),
      client_(client),
      wire_(std::in_place, with.all.at(shard).loop(), *this),
      link_(with.all.at(shard).shard(), *this, with.all.at(shard).shard().next_link_id()) {}

mqtt_connection::~mqtt_connection() { with_.limit.give_back(); }

void mqtt_connection::begin(connection_shared& with, std::size_t shard, net::transport what,
                            engine::client_key client) {
  auto* self = new mqtt_connection(with, shard, client);
  if (auto opened = self->wire_->open(std::move(what)); !opened) {
    log_warn("a connection cannot be served", {{"why", opened.error().message()}});
    delete self;
  }
}

net::taken mqtt_connection::on_bytes(byte_span in) {
  const auto fed = link_.protocol().feed(in);
  end_if_closing();
  return {fed.consumed, fed.wanted};
}

void mqtt_connection::on_written() {
  link_.on_writable();
  end_if_closing();
}

bool mqtt_connection::take_heard() {
  auto& protocol = link_.protocol();
  // Who is not read for want of credit cannot be heard, and is not silent.
  return protocol.take_heard() || (protocol.is_held() && protocol.state() == mqtt::protocol_state::connected);
}

mono_ms mqtt_connection::patience_ms() {
  auto& protocol = link_.protocol();
  if (protocol.state() != mqtt::protocol_state::connected) return with_.handshake_timeout;
  return mono_ms{protocol.keep_alive_s()} * 1500;
}

void mqtt_connection::on_silent() {
  auto& protocol = link_.protocol();
  if (protocol.state() == mqtt::protocol_state::connected) {
    protocol.keep_alive_expired();
  } else if (protocol.state() != mqtt::protocol_state::closing) {
    counts().handshakes_timed_out.add();
    protocol.handshake_expired();
  }
  link_.closed();  // who called closes the wire
}

void mqtt_connection::on_bad_frame(net::close_code why) {
  counts().websockets_broken.add();
  log_debug("a client broke the rules of WebSocket", {{"code", static_cast<int>(why)}});
}

engine::counters& mqtt_connection::counts() { return with_.all.at(shard_).shard().around().counts; }

void mqtt_connection::on_closed() { delete this; }

void mqtt_connection::end_if_closing() {
  if (link_.protocol().state() != mqtt::protocol_state::closing) return;
  link_.closed();
  wire_->close_after_flush();
}

void mqtt_connection::move_to(engine::shard_id to) {
  // Asked for by the link on its way out of this shard, from the loop itself: nothing of the connection is under way.
  auto what = std::make_shared<net::transport>(wire_->detach());
  shard_ = to;
  auto& thread = with_.all.at(to);
  const bool taken = thread.loop().post([this, what, &thread] {
    wire_.emplace(thread.loop(), *this);
    link_.arrive(thread.shard(), *this, thread.shard().next_link_id());
    if (auto opened = wire_->open(std::move(*what)); !opened) delete this;
  });
  if (taken) return;
  log_warn("a connection is dropped: its shard takes no more");
  delete this;
}

}  // namespace dunlin::app
