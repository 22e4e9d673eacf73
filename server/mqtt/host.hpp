// What a protocol (mqtt/protocol.hpp) asks of the server behind it. The engine implements it; tests and fuzzers do too.
//
// Thread rule: called on the protocol's thread, from within one of the protocol's functions, never after it is closed
// (except where said). Within a callback the host may call the protocol again (accept, answer, deliver, …); it must not
// destroy it, call `feed`, or detach or destroy its session.
// Lifetime: views are valid until the callback returns; what is needed later is copied.
#pragma once

#include <cstdint>
#include <span>

#include "mqtt/packet.hpp"
#include "mqtt/session.hpp"

namespace dunlin::mqtt {

// Names an inbound PUBLISH until it is answered. A plain value: may be kept, copied and sent elsewhere.
struct publish_token {
  std::uint32_t position = 0;  // counts the PUBLISHes with QoS > 0 of this connection
  std::uint16_t packet_id = 0;
  qos_level qos = qos_level::at_most_once;
};

class host {
 public:
  // The first packet. Now or later the host calls `protocol::accept` or `protocol::refuse`; until then nothing more is
  // decoded. The will, if any, is the host's from here on. The connection's own limits (client's Receive Maximum,
  // Maximum Packet Size, problem information, keep alive) are already known to the protocol.
  virtual void on_connect(const connect_view& connect) = 0;

  // A message. `topic` is never empty (aliases are resolved); `same_topic`: it is that of the last call with this
  // `topic_slot`, for whichever protocol that shares its state. The host answers exactly once, now or later, with
  // `protocol::answer(token, …)`; for QoS 0 that does nothing and may be left out. A repetition of a QoS 2 message that
  // was accepted before is answered by the protocol, and does not come here.
  virtual void on_publish(const publish_view& publish, publish_token token) = 0;

  // Behind the last on_publish of one `feed`: what came together may be taken together.
  virtual void on_publishes_end() = 0;

  // Filters are valid; routing to this connection must be live when this returns. What is delivered after it returns
  // comes behind the SUBACK; what is delivered within comes before it, which MQTT permits. `granted` has one entry per
  // filter, in order, preset to unspecified_error: granted QoS or an error (written as 0x80 towards 3.1.1).
  virtual void on_subscribe(const subscribe_view& subscribe, std::span<reason_code> granted) = 0;
  // `results` has one entry per filter, preset to success (no_subscription_existed otherwise, or an error).
  virtual void on_unsubscribe(const unsubscribe_view& unsubscribe, std::span<reason_code> results) = 0;

  // Outbound messages are acknowledged: PUBACK, PUBCOMP, or PUBREC with an error. An error counts as acknowledged (M2).
  // `first` is the cookie of the first of `count`; each further one's is the same with `c` one higher.
  virtual void on_acked(const cookie& first, std::uint32_t count, reason_code reason) = 0;
  // There is room again after `deliver` or `redeliver` said no_credit. Comes once for any number of refusals, and after
  // the acknowledgements of one `feed` have all been reported.
  virtual void on_credit() = 0;

  // DISCONNECT from the client: the last callback. `reason` disconnect_with_will: the will is to be published, else
  // dropped; a connection that ends without this call publishes it. The session has the final expiry already.
  virtual void on_disconnect(const disconnect_view& disconnect) = 0;
  // To be counted. The peer broke the protocol or went beyond a limit; unless `protocol::state()` is still connected,
  // the connection is about to close and the will, if any, is to be published.
  virtual void on_protocol_error(reason_code reason) = 0;

 protected:
  ~host() = default;
};

}  // namespace dunlin::mqtt
