// One MQTT connection: bytes in, packets out, decisions by the host (mqtt/host.hpp). It holds the socket neither: the
// connection feeds it what arrived and writes what stands in its output.
//
//   expects_connect → connecting → connected → closing
//
// `connecting` waits for the host's accept or refuse. In `closing` nothing is decoded any more; the connection writes
// out what is left of the output and closes.
//
// Thread rule: one thread.
//
// Lifetime: shared, host, output and (from accept on) the session outlive it.
//
// Memory: 80 bytes idle, rings and aliases only while in use.
//
// Bounds: `limits`, announced to the client where MQTT has a way to. What the client makes us write (PUBACK, PINGRESP,
// …) is bounded by max_output: beyond it nothing more is decoded until the output has been written.
//
// Sources: 5.0 sections 3 and 4 (numbers of conformance statements stand at the code), 3.1.1 where it differs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/bytes.hpp"
#include "base/output.hpp"
#include "mqtt/block_pool.hpp"
#include "mqtt/codec.hpp"
#include "mqtt/host.hpp"
#include "mqtt/number_property.hpp"
#include "mqtt/packet.hpp"
#include "mqtt/session.hpp"
#include "mqtt/topic_memory.hpp"

namespace dunlin::mqtt {

struct limits {
  std::uint32_t max_packet_size = 288 * 1024;  // bytes, inbound, fixed header included; announced
  std::uint32_t max_connect_size = 16 * 1024;  // bytes of a CONNECT: what a stranger can make the server keep
  std::uint32_t max_output = 256 * 1024;       // bytes in the output above which nothing is decoded or delivered
  std::uint16_t receive_maximum = 256;    // inbound QoS 1 and 2 messages without a final answer; announced; 1 to 1024
  std::uint16_t send_maximum = 512;       // outbound QoS 1 and 2 in flight, at most the client's own; 1 to 1023
  std::uint16_t send_maximum_v3 = 64;     // the same for 3.1.1, where clients cannot say
  std::uint16_t topic_aliases_in = 16;    // announced; 0: none
  std::uint16_t topic_aliases_out = 16;   // at most what the client allows; 64 bytes each once used; 0: none
  std::uint16_t max_keep_alive_s = 0;     // longer ones (and none, in 5.0) become this; 0: no cap
  std::uint16_t max_topic_length = 1024;  // bytes of a topic name or filter
  std::uint16_t max_topic_levels = 64;
  std::uint16_t max_filters = 256;           // in one SUBSCRIBE or UNSUBSCRIBE; at most 256
  std::uint16_t max_client_id_length = 128;  // bytes
};

// What all protocols of a shard share.
struct shared_state {
  limits bounds;
  block_pool blocks;
  topic_memory topics;
  publish_view scratch;  // what `feed` decodes into: to make one anew for each call costs more than decoding
};

enum class protocol_state : std::uint8_t { expects_connect, connecting, connected, closing };

struct accept_params {
  bool session_present = false;
  // The expiry granted; by default what the client asked for. Told to a 5.0 client if it is another.
  bool has_session_expiry = false;
  std::uint32_t session_expiry_s = 0;
  bool retain_available = true;
  bool wildcard_subscription_available = true;
  bool subscription_ids_available = true;
  bool shared_subscription_available = true;
  qos_level maximum_qos = qos_level::exactly_once;
  std::string_view assigned_client_id;    // REQUIRED where the client's was empty (5.0); else empty
  std::string_view response_information;  // sent only if the client asked for it
  std::string_view reason_string;
  std::span<const user_property> user_properties;
};

// Reason string and user properties of an answer. Left out where the client does not want them (Request Problem
// Information), where they would make the packet larger than it takes, and in 3.1.1.
struct answer_details {
  std::string_view reason_string;
  std::span<const user_property> user_properties;

  [[nodiscard]] bool empty() const { return reason_string.empty() && user_properties.empty(); }
};
inline constexpr answer_details no_details;

enum class delivery : std::uint8_t {
  sent,
  no_credit,  // nothing written; on_credit will come
  too_large,  // nothing written: above the client's Maximum Packet Size; counts as if it had completed (5.0 3.1.2.11.4)
  closed,     // not connected
};

struct feed_result {
  std::size_t consumed = 0;
  // The size of the packet that starts at the first byte not consumed, if its header shows it, else 0. At most
  // max_packet_size: a buffer of this size suffices.
  std::size_t wanted = 0;
};

// An inbound message with QoS > 0 until it is answered. Internal to the protocol.
struct answer_slot {
  enum class answer : std::uint8_t { waits, given, given_with_properties };
  std::uint16_t packet_id = 0;
  std::uint8_t qos_and_state = 0;
  reason_code reason = reason_code::success;

  [[nodiscard]] qos_level qos() const { return static_cast<qos_level>(qos_and_state & 3); }
  [[nodiscard]] answer state() const { return static_cast<answer>(qos_and_state >> 2); }
  void set_state(answer s) {
    qos_and_state = static_cast<std::uint8_t>((qos_and_state & 3) | static_cast<unsigned>(s) << 2);
  }
};

static_assert(sizeof(answer_slot) == 4);

class protocol {
 public:
  protocol(shared_state& shared, host& owner, output& out) : shared_(&shared), host_(&owner), out_(&out) {}
  protocol(const protocol&) = delete;
  protocol& operator=(const protocol&) = delete;
  ~protocol();

  // --- the connection's side -------------------------------------------------------------------------------------

  // Decodes what is there, packet by packet, calling the host. Bytes not consumed (a partial packet, or all that
  // follows where wants_input() is false now) are given again, with what arrives later, in the next call.
  feed_result feed(byte_span in);
  // Shall the caller read from the socket and feed? False while connecting, held, closing, too much output waits, or a
  // 3.1.1 client has more messages unanswered than we keep. To be asked again after the host did something.
  [[nodiscard]] bool wants_input() const { return goes_on() || (state_ == protocol_state::expects_connect && !held_); }
  // The output has been written, in part or wholly: reports credit that the output's size had taken away. Where
  // wants_input() has become true the caller feeds what it kept.
  void on_written() { report_credit(); }
  // Sees and sets whether a packet has arrived since the last time it was asked: for the keep-alive, without a clock.
  [[nodiscard]] bool take_heard() {
    const bool heard = heard_;
    heard_ = false;
    return heard;
  }
  // The effective keep-alive; 0: none. Silence of 1.5 times this is to end in keep_alive_expired(). Known once
  // connected.
  [[nodiscard]] std::uint16_t keep_alive_s() const { return keep_alive_s_; }

  [[nodiscard]] protocol_state state() const { return state_; }
  // Why it closed, once it did: what was sent or received in DISCONNECT, or would have been.
  [[nodiscard]] reason_code close_reason() const { return close_reason_; }
  [[nodiscard]] protocol_version version() const { return version_; }
  // For a connection that moves to another shard while `connecting`: a new protocol there takes the place of `other`,
  // which is closed without a word. The bytes that were not consumed move with it. REQUIRES: `other` is connecting,
  // this one expects_connect.
  void take_over_connecting(protocol& other);

  // --- the host's side -------------------------------------------------------------------------------------------

  // Answers CONNECT. With session_present the in-flight list of `s` is resumed: owed PUBRELs are sent at once; the host
  // goes through `s.next_unsent()`, and says redeliver or drop for each before anything else with QoS > 0 goes out.
  // Without it `s` is cleared. Sets the expiry of `s`. Closes at once if the client's Maximum Packet Size is too small
  // for a CONNACK. REQUIRES: connecting; no other protocol has `s` (it was told `detach`).
  void accept(session& s, const accept_params& params = {});
  // Answers CONNECT with an error and closes. 3.1.1 gets the return code that comes nearest. REQUIRES: connecting.
  void refuse(reason_code reason, const answer_details& details = {});

  // The verdict on a PUBLISH: PUBACK or PUBREC are written in the order in which the messages arrived, however late and
  // in whatever order the verdicts come (MQTT-4.6.0-2, -3). An error or success code; 3.1.1 cannot be told which. Does
  // nothing if the protocol has closed meanwhile. Exactly one call per token, which is of this protocol and no other:
  // who answers late keeps a generation of the connection with it. For QoS 2 of a connection that is gone:
  // `session::note_received`.
  void answer(publish_token token, reason_code reason, const answer_details& details = no_details);
  // Success, with one or two user properties: left out under the same conditions.
  void answer_numbers(publish_token token, const number_property& first, const number_property* second = nullptr);
  // The same for `count` messages of one QoS that arrived one after the other, of which `token` is the first: the first
  // property counts up, the second is the same for all.
  void answer_run(publish_token token, std::uint32_t count, const number_property& counting,
                  const number_property& same);
  // The token of the message that arrived so many after that one's, among those with QoS > 0. Once it has closed: one
  // whose answer does nothing. REQUIRES: it is not answered yet.
  [[nodiscard]] publish_token token_after(publish_token token, std::uint32_t n) const;

  // Sends a message; at QoS 0 at once or never, at QoS > 0 it is in flight until `on_acked(what, …)`. The message's
  // spans are copied before it returns, except a large body with an owner, which is shared.
  delivery deliver(const message& m, const cookie& what = {});
  // The same for several of one topic, without properties, in their order; their cookies are `first`, and then each
  // with `c` one higher. Returns how many were sent: as many as are short, and find credit and room; deliver() says
  // what is with the next one. REQUIRES: qos > 0.
  std::size_t deliver_run(std::string_view topic, qos_level qos, std::span<const byte_span> bodies,
                          const cookie& first);
  // Sends a message at QoS 0 however much waits in the output: for what belongs to an answer, which is bounded as
  // answers are. Not sent only where it is too large, or the connection closed.
  delivery tell(const message& m);
  // Sends a message of the resumed session again: same id, DUP, in the order of the list. REQUIRES: `packet_id` is that
  // of next_unsent(). too_large drops it.
  delivery redeliver(std::uint16_t packet_id, const message& m);
  // A message in flight that shall not be sent again: its slot counts as acknowledged, without on_acked or on_credit.
  // REQUIRES: in flight, and not waiting for PUBCOMP.
  void drop(std::uint16_t packet_id);
  // How many more messages with QoS > 0 deliver() would take now.
  [[nodiscard]] std::size_t credit() const {
    if (state_ != protocol_state::connected || output_full() || session_->unsent_count() != 0) return 0;
    return in_flight_room();
  }

  // Inside on_subscribe: the SUBACK is not written when that returns, but by answer_subscribe, which may be much later.
  void suback_later() { suback_later_ = true; }
  // REQUIRES: suback_later() was called for this packet, which was not answered yet. Does nothing once it has closed.
  void answer_subscribe(std::uint16_t packet_id, std::span<const reason_code> granted);

  // Messages of this connection that wait for `answer`.
  [[nodiscard]] bool has_unanswered() const { return answers_ != nullptr || only_.packet_id != 0; }
  // Something waits to be written out, so that the connection knows of it.
  [[nodiscard]] bool has_output() const { return !out_->empty(); }

  // Stops and goes on decoding: after `hold` the packet at hand is the last until `release`, after which the connection
  // feeds again what it kept.
  void hold() { held_ = true; }
  void release() { held_ = false; }
  [[nodiscard]] bool is_held() const { return held_; }

  // Counted with on_protocol_error: the client broke its promise (MQTT-3.1.2-22).
  void keep_alive_expired() { fail(reason_code::keep_alive_timeout); }
  // CONNECT, or the host's answer to it, did not come in time: closes without a word, as MQTT wants it.
  void handshake_expired() { close(reason_code::maximum_connect_time); }
  void taken_over() { disconnect(reason_code::session_taken_over); }
  void shut_down() { disconnect(reason_code::server_shutting_down); }
  // DISCONNECT with any reason (nothing is written towards 3.1.1, or before the CONNACK), then closing.
  void disconnect(reason_code reason, const answer_details& details = {});
  // The session belongs to the host alone again, for example before it goes to another connection. Closes if need be,
  // without a word.
  void detach();

  // Whether answers may carry a reason string and user properties (5.0, Request Problem Information).
  [[nodiscard]] bool lets_user_properties() const { return version_ == protocol_version::v5 && problem_information_; }
  [[nodiscard]] bool is_clean_start() const { return clean_start_; }
  // Seconds, as CONNECT asked for.
  [[nodiscard]] std::uint32_t requested_expiry_s() const { return requested_expiry_s_; }
  [[nodiscard]] std::uint32_t client_max_packet_size() const { return client_max_packet_; }
  [[nodiscard]] std::uint16_t client_receive_maximum() const { return send_maximum_; }

 private:
  // Defined in protocol_parts.hpp.
  struct answer_ring;
  struct alias_tables;
  struct alias_deleter {
    void operator()(alias_tables* tables) const;
  };

  // What is declared inline is the way of a short message, defined in protocol_parts.hpp or where it is used.
  [[nodiscard]] bool goes_on() const {
    if (state_ != protocol_state::connected || held_ || output_full()) return false;
    return is_v5() || answers_in_time();
  }
  // A 5.0 client was told how many it may have open; a 3.1.1 client waits.
  [[nodiscard]] bool answers_in_time() const;
  feed_result feed_first(byte_span in);
  // One packet each.
  inline void take_publish(std::uint8_t flags, byte_span body);
  feed_result take_unusual(byte_span in);
  void dispatch(const frame& f);
  void take_connect(const frame& f);
  void take_ack(const frame& f);
  // As many PUBACKs of success as stand at the beginning; how many bytes they are.
  inline std::size_t take_pubacks(byte_span in);
  [[nodiscard]] inline in_flight* slot_of_puback(byte_span in) const;
  inline void take_puback(std::uint16_t packet_id, reason_code reason);
  void take_pubrec(std::uint16_t packet_id, reason_code reason);
  void take_pubrel(std::uint16_t packet_id);
  void take_pubcomp(std::uint16_t packet_id);
  void take_subscribe(const frame& f);
  void take_unsubscribe(const frame& f);
  void take_disconnect(const frame& f);

  [[nodiscard]] reason_code check_connect(const connect_view& connect) const;
  void remember_connect(const connect_view& connect);
  void write_connack(reason_code reason, properties& props, bool session_present);
  void resume(session& s);

  bool decode_unlike(std::uint8_t flags, byte_span body, publish_view& publish);
  [[nodiscard]] reason_code check_publish(publish_view& publish);
  [[nodiscard]] reason_code check_topic(std::string_view topic) const;
  [[nodiscard]] reason_code resolve_alias(publish_view& publish);
  bool begin_qos2(const publish_view& publish);
  [[nodiscard]] inline std::uint32_t unanswered() const;
  [[nodiscard]] inline std::uint32_t oldest_unanswered() const;
  // REQUIRES: it is not answered yet.
  [[nodiscard]] inline answer_slot& slot_of(std::uint32_t position);
  inline publish_token push_answer(const publish_view& publish);
  answer_slot& add_to_ring();
  void grow_answers();
  void release_answers();
  // Notes that it is answered; how many are to be answered before it.
  inline std::uint32_t begin_answer(publish_token token, reason_code reason);
  void answer_with(publish_token token, std::uint32_t ahead, reason_code reason, const answer_details& details);
  void answer_early(publish_token token, reason_code reason, bytes properties);
  void answer_several(publish_token token, std::uint32_t count, number_property counting, const number_property& same);
  void answer_numbers_early(publish_token token, const number_property& first, const number_property* second);
  inline void write_numbers(packet_type type, std::uint16_t packet_id, const number_property& first,
                            const number_property* second);
  inline void settle(qos_level qos, reason_code reason);
  inline void settle_positions(std::uint32_t count);
  void settle_early();

  inline void write_ack(packet_type type, std::uint16_t packet_id, reason_code reason);
  void write_ack(packet_type type, std::uint16_t packet_id, reason_code reason, const properties& props);
  inline void finish_slot(in_flight& slot, reason_code reason);
  // Towards this client it is topic and body alone.
  [[nodiscard]] inline bool is_plain(const message& m) const;
  // Writes `m` if it is not too large for the client.
  inline bool write_message(const message& m, std::uint16_t packet_id, bool dup);
  bool write_any(const message& m, std::uint16_t packet_id, bool dup);
  bool write_with_alias(const message& m, std::uint16_t packet_id, bool dup);
  // Without properties, and short: false if it is neither, then nothing is written.
  inline bool write_short(const message& m, std::uint16_t packet_id, bool dup);
  [[nodiscard]] std::size_t in_flight_room() const {
    if (session_->flight_span() == 0) return send_maximum_;
    return room_beside_flight();
  }
  [[nodiscard]] std::size_t room_beside_flight() const;
  [[nodiscard]] bool output_full() const { return out_->size() >= shared_->bounds.max_output; }
  void report_credit() {
    if (wants_room_ || wants_output_) [[unlikely]]
      report_credit_wanted();
  }
  void report_credit_wanted();

  [[nodiscard]] bool is_v5() const { return version_ == protocol_version::v5; }
  // The peer broke a rule: told (5.0), closed, counted.
  void fail(reason_code reason);
  void close(reason_code reason);

  shared_state* shared_;
  host* host_;
  output* out_;
  session* session_ = nullptr;
  answer_ring* answers_ = nullptr;  // inbound messages not answered yet, once there was more than one
  std::unique_ptr<alias_tables, alias_deleter> aliases_;
  std::uint32_t client_max_packet_ = max_variable_integer + 5;
  std::uint32_t requested_expiry_s_ = 0;
  std::uint32_t next_position_ = 0;
  std::uint16_t keep_alive_s_ = 0;
  std::uint16_t send_maximum_ = 0;  // at most max_in_flight
  std::uint16_t aliases_out_ = 0;   // how many we may use
  std::uint16_t inbound_open_ = 0;  // of this connection: QoS 1 and 2 without a final answer
  answer_slot only_;                // the message not answered yet, where there is no ring; packet id 0: none
  protocol_state state_ = protocol_state::expects_connect;
  protocol_version version_ = protocol_version::v3_1_1;
  reason_code close_reason_ = reason_code::success;
  bool heard_ : 1 = false;
  bool held_ : 1 = false;
  bool suback_later_ : 1 = false;
  bool wants_room_ : 1 = false;    // the host was told no_credit for want of a place in flight
  bool wants_output_ : 1 = false;  // or because the output was full
  bool clean_start_ : 1 = false;
  bool problem_information_ : 1 = true;
  bool response_information_ : 1 = false;
  bool retain_available_ : 1 = true;
  qos_level maximum_qos_ = qos_level::exactly_once;
};

static_assert(sizeof(protocol) <= 80);

}  // namespace dunlin::mqtt
