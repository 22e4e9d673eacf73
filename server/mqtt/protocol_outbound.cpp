// Messages to the client and their acknowledgements: PUBLISH and PUBREL, with PUBACK, PUBREC and PUBCOMP coming back.
#include <algorithm>
#include <cstring>

#include "base/check.hpp"
#include "mqtt/protocol.hpp"
#include "mqtt/protocol_parts.hpp"
#include "mqtt/wire.hpp"

namespace dunlin::mqtt {

namespace {

// FNV-1a over eight bytes at a time; only a table of aliases hangs on it.
std::uint64_t hash_of(std::string_view topic) {
  std::uint64_t h = 0xcbf29ce484222325U;
  const char* at = topic.data();
  std::size_t left = topic.size();
  for (; left != 0;) {
    std::uint64_t word = 0;
    const std::size_t n = std::min<std::size_t>(left, sizeof word);
    std::memcpy(&word, at, n);
    h = (h ^ word) * 0x100000001b3U;
    h ^= h >> 29;
    at += n;
    left -= n;
  }
  return h ^ h >> 32;
}

// A topic this short is not worth an alias, whose property takes three bytes.
constexpr std::size_t shortest_aliased = 6;

// Up to this size a message is written in one piece, at the cost of at most so many bytes at the end of a chunk.
constexpr std::size_t longest_short = 512;

}  // namespace

std::size_t protocol::room_beside_flight() const {
  const std::size_t on_the_wire = session_->in_flight_count() - session_->unsent_count();
  if (on_the_wire >= send_maximum_) return 0;
  const std::size_t room = send_maximum_ - on_the_wire;
  // What is resent needs no new place in the ring.
  return session_->unsent_count() != 0 ? room : std::min(room, max_in_flight - session_->flight_span());
}

inline bool protocol::is_plain(const message& m) const {
  return !is_v5() || (aliases_out_ == 0 && m.subscription_ids.empty() && (m.props == nullptr || m.props->empty()));
}

inline bool protocol::write_short(const message& m, std::uint16_t packet_id, bool dup) {
  if (!is_plain(m)) return false;
  const bool has_id = m.qos != qos_level::at_most_once;
  const std::size_t remaining = 2 + m.topic.size() + (has_id ? 2 : 0) + (is_v5() ? 1 : 0) + m.payload_size();
  if (remaining > longest_short || 3 + remaining > client_max_packet_) return false;
  std::uint8_t* at = out_->reserve((remaining < 0x80 ? 2 : 3) + remaining);
  const unsigned flags = (dup ? 8U : 0U) | static_cast<unsigned>(m.qos) << 1 | (m.retain ? 1U : 0U);
  at = wire::put8(at, static_cast<std::uint8_t>(static_cast<unsigned>(packet_type::publish) << 4 | flags));
  at = wire::put_text(wire::put_variable(at, static_cast<std::uint32_t>(remaining)), m.topic);
  if (has_id) at = wire::put16(at, packet_id);
  if (is_v5()) at = wire::put8(at, 0);
  wire::put_raw(wire::put_raw(wire::put_raw(at, m.head), m.middle), m.body);
  return true;
}

inline bool protocol::write_message(const message& m, std::uint16_t packet_id, bool dup) {
  return write_short(m, packet_id, dup) || write_any(m, packet_id, dup);
}

bool protocol::write_any(const message& m, std::uint16_t packet_id, bool dup) {
  if (aliases_out_ != 0 && m.topic.size() >= shortest_aliased && m.topic.size() <= alias_tables::longest) {
    return write_with_alias(m, packet_id, dup);
  }
  const publish_writer writer(version_, m, 0, true);
  if (writer.size() > client_max_packet_) return false;
  writer.write(*out_, packet_id, dup);
  return true;
}

bool protocol::write_with_alias(const message& m, std::uint16_t packet_id, bool dup) {
  if (!aliases_) aliases_.reset(new alias_tables);
  if (aliases_->outbound.empty()) aliases_->outbound.resize(aliases_out_);
  const std::size_t index = hash_of(m.topic) % aliases_out_;
  alias_tables::entry& entry = aliases_->outbound[index];
  const bool known = std::string_view(entry.topic.data(), entry.length) == m.topic;
  const publish_writer writer(version_, m, static_cast<std::uint16_t>(index + 1), !known);
  if (writer.size() > client_max_packet_) return false;
  writer.write(*out_, packet_id, dup);
  if (!known) {
    entry.length = static_cast<std::uint8_t>(m.topic.size());
    std::memcpy(entry.topic.data(), m.topic.data(), m.topic.size());
  }
  return true;
}

delivery protocol::deliver(const message& m, const cookie& what) {
  if (state_ != protocol_state::connected) return delivery::closed;
  if (output_full()) {
    wants_output_ = true;
    return delivery::no_credit;
  }
  if (m.qos == qos_level::at_most_once) return write_message(m, 0, false) ? delivery::sent : delivery::too_large;
  if (session_->unsent_count() != 0 || in_flight_room() == 0) {
    wants_room_ = true;
    return delivery::no_credit;
  }
  if (!write_message(m, session_->next_packet_id(), false)) return delivery::too_large;
  session_->push(shared_->blocks, what,
                 m.qos == qos_level::at_least_once ? flight_state::wants_puback : flight_state::wants_pubrec);
  return delivery::sent;
}

std::size_t protocol::deliver_run(std::string_view topic, qos_level qos, std::span<const byte_span> bodies,
                                  const cookie& first) {
  if (state_ != protocol_state::connected || aliases_out_ != 0 || session_->unsent_count() != 0) [[unlikely]]
    return 0;
  const auto kind =
      static_cast<std::uint8_t>(static_cast<unsigned>(packet_type::publish) << 4 | static_cast<unsigned>(qos) << 1);
  const flight_state waits = qos == qos_level::at_least_once ? flight_state::wants_puback : flight_state::wants_pubrec;
  const bool v5 = is_v5();
  const std::size_t beside = 2 + topic.size() + (v5 ? 3 : 2);
  const std::size_t most = std::min(bodies.size(), in_flight_room());
  if (most == 0) return 0;
  session_->make_room(shared_->blocks, most);
  cookie what = first;
  std::size_t n = 0;
  for (; n < most && !output_full(); ++n, ++what.c) {
    const byte_span body = bodies[n];
    const std::size_t remaining = beside + body.size();
    if (remaining > longest_short || 3 + remaining > client_max_packet_) break;
    std::uint8_t* at = out_->reserve((remaining < 0x80 ? 2 : 3) + remaining);
    at = wire::put_variable(wire::put8(at, kind), static_cast<std::uint32_t>(remaining));
    at = wire::put_short(wire::put16(at, static_cast<std::uint16_t>(topic.size())), as_bytes(topic));
    at = wire::put16(at, session_->next_packet_id());
    if (v5) at = wire::put8(at, 0);
    wire::put_raw(at, body);
    session_->place(what, waits);
  }
  return n;
}

delivery protocol::tell(const message& m) {
  if (state_ != protocol_state::connected) return delivery::closed;
  DUNLIN_CHECK(m.qos == qos_level::at_most_once);
  return write_message(m, 0, false) ? delivery::sent : delivery::too_large;
}

delivery protocol::redeliver(std::uint16_t packet_id, const message& m) {
  if (state_ != protocol_state::connected) return delivery::closed;
  in_flight* slot = session_->lookup(packet_id);
  DUNLIN_CHECK(slot != nullptr && slot->unsent);
  if (output_full()) {
    wants_output_ = true;
    return delivery::no_credit;
  }
  if (in_flight_room() == 0) {
    wants_room_ = true;
    return delivery::no_credit;
  }
  message again = m;
  again.qos = slot->state == flight_state::wants_puback ? qos_level::at_least_once : qos_level::exactly_once;
  if (!write_message(again, packet_id, true)) {
    session_->finish(shared_->blocks, *slot);
    return delivery::too_large;
  }
  session_->mark_sent(*slot);
  return delivery::sent;
}

void protocol::drop(std::uint16_t packet_id) {
  if (session_ == nullptr) return;
  in_flight* slot = session_->lookup(packet_id);
  DUNLIN_CHECK(slot != nullptr && slot->state != flight_state::wants_pubcomp);
  session_->finish(shared_->blocks, *slot);
}

void protocol::resume(session& s) {
  s.mark_unsent();
  s.for_each_in_flight([this](const in_flight& f) {
    if (f.state == flight_state::wants_pubcomp) write_ack(packet_type::pubrel, f.packet_id, reason_code::success);
  });
}

// --- acknowledgements -----------------------------------------------------------------------------------------------

inline void protocol::finish_slot(in_flight& slot, reason_code reason) {
  const cookie what = slot.what;
  session_->finish(shared_->blocks, slot);
  host_->on_acked(what, 1, reason);
}

inline void protocol::take_puback(std::uint16_t packet_id, reason_code reason) {
  in_flight* slot = session_->lookup(packet_id);
  if (slot == nullptr) {
    host_->on_protocol_error(reason_code::packet_id_not_found);
    return;
  }
  if (slot->state != flight_state::wants_puback) {
    fail(reason_code::protocol_error);
    return;
  }
  finish_slot(*slot, reason);
}

void protocol::take_ack(const frame& f) {
  ack_view ack;
  if (const auto bad = decode_ack(f, version_, ack); is_error(bad)) {
    fail(bad);
    return;
  }
  switch (f.type) {
    case packet_type::puback: take_puback(ack.packet_id, ack.reason); return;
    case packet_type::pubrec: take_pubrec(ack.packet_id, ack.reason); return;
    case packet_type::pubrel: take_pubrel(ack.packet_id); return;
    default: take_pubcomp(ack.packet_id); return;
  }
}

void protocol::write_ack(packet_type type, std::uint16_t packet_id, reason_code reason, const properties& props) {
  if (props.empty()) {
    write_ack(type, packet_id, reason);
    return;
  }
  ack_view packet;
  packet.type = type;
  packet.packet_id = packet_id;
  packet.reason = reason;
  packet.props = props;
  // MQTT-3.4.2-2, -3: no more than the client takes; the verdict alone always fits.
  if (encoded_size(version_, packet) > client_max_packet_) packet.props.remove(property::reason_string);
  if (encoded_size(version_, packet) > client_max_packet_) packet.props.clear();
  encode_ack(*out_, version_, packet);
}

void protocol::take_pubrec(std::uint16_t packet_id, reason_code reason) {
  in_flight* slot = session_->lookup(packet_id);
  if (slot == nullptr) {
    // Dropped, or of a session that was lost: the client shall forget it too.
    if (!is_error(reason)) write_ack(packet_type::pubrel, packet_id, reason_code::packet_id_not_found);
    host_->on_protocol_error(reason_code::packet_id_not_found);
    return;
  }
  if (slot->state == flight_state::wants_puback) {
    fail(reason_code::protocol_error);
    return;
  }
  if (is_error(reason)) {
    finish_slot(*slot, reason);
    return;
  }
  if (slot->unsent) session_->mark_sent(*slot);
  slot->state = flight_state::wants_pubcomp;
  write_ack(packet_type::pubrel, packet_id, reason_code::success);
}

void protocol::take_pubrel(std::uint16_t packet_id) {
  const bool known = session_->remove_received(packet_id);
  write_ack(packet_type::pubcomp, packet_id, known ? reason_code::success : reason_code::packet_id_not_found);
  if (!known) {
    // A 3.1.1 client cannot know that its message was refused, and goes on to the end.
    if (is_v5()) host_->on_protocol_error(reason_code::packet_id_not_found);
    return;
  }
  if (inbound_open_ != 0) --inbound_open_;
}

void protocol::take_pubcomp(std::uint16_t packet_id) {
  in_flight* slot = session_->lookup(packet_id);
  if (slot == nullptr) {
    host_->on_protocol_error(reason_code::packet_id_not_found);
    return;
  }
  if (slot->state != flight_state::wants_pubcomp) {
    fail(reason_code::protocol_error);
    return;
  }
  // Whether the client still knew it makes no difference any more.
  finish_slot(*slot, reason_code::success);
}

}  // namespace dunlin::mqtt
