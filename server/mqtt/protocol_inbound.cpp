// Messages from the client and their acknowledgements: PUBLISH and PUBREL, with PUBACK, PUBREC and PUBCOMP as answers.
#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "base/check.hpp"
#include "mqtt/protocol.hpp"
#include "mqtt/protocol_parts.hpp"
#include "mqtt/topic.hpp"
#include "mqtt/wire.hpp"

namespace dunlin::mqtt {

namespace {
// An answer with numbers: what stands before them, and with two of them at most.
constexpr std::size_t numbers_head = 6;
constexpr std::size_t most_numbers = numbers_head + 2 * sizeof(number_property::bytes);

std::size_t size_of(const number_property& first, const number_property* second) {
  return first.size + (second != nullptr ? second->size : 0);
}
}  // namespace

reason_code protocol::check_topic(std::string_view topic) const {
  const limits& bounds = shared_->bounds;
  if (topic.size() > bounds.max_topic_length) return reason_code::topic_name_invalid;
  // A topic cannot have more levels than one more than its length.
  if (topic.size() >= bounds.max_topic_levels && levels_of(topic) > bounds.max_topic_levels) {
    return reason_code::topic_name_invalid;
  }
  return reason_code::success;
}

reason_code protocol::resolve_alias(publish_view& publish) {
  const std::uint32_t alias = publish.props.number(property::topic_alias);
  if (alias > shared_->bounds.topic_aliases_in) return reason_code::topic_alias_invalid;  // MQTT-3.3.2-9
  if (!aliases_) aliases_.reset(new alias_tables);
  std::vector<std::string>& known = aliases_->inbound;
  if (known.empty()) known.resize(shared_->bounds.topic_aliases_in);
  std::string& topic = known[alias - 1];
  if (!publish.topic.empty()) {
    topic = publish.topic;
    return reason_code::success;
  }
  if (topic.empty()) return reason_code::protocol_error;  // stands for nothing yet (5.0 section 3.3.4)
  publish.topic = topic;
  return reason_code::success;
}

reason_code protocol::check_publish(publish_view& publish) {
  if (const auto bad = check_topic(publish.topic); is_error(bad)) return bad;
  if (publish.qos > maximum_qos_) return reason_code::qos_not_supported;               // MQTT-3.2.2-11
  if (publish.retain && !retain_available_) return reason_code::retain_not_supported;  // MQTT-3.2.2-14
  if (publish.props.empty()) return reason_code::success;
  if (publish.props.has(property::subscription_id)) return reason_code::protocol_error;  // MQTT-3.3.4-6
  return publish.props.has(property::topic_alias) ? resolve_alias(publish) : reason_code::success;
}

// Nearly no message does: short topic, no properties, nothing that the server may not offer.
inline bool protocol::needs_check(const publish_view& publish) const {
  return publish.topic.size() >= shared_->bounds.max_topic_levels || !publish.props.empty() || publish.retain ||
         publish.qos > maximum_qos_;
}

inline publish_token protocol::push_answer(const publish_view& publish) {
  if (answers_ == nullptr || unanswered() == answers_->capacity()) grow_answers();
  answers_->at(next_position_) = {publish.packet_id, static_cast<std::uint8_t>(publish.qos), reason_code::success};
  return {next_position_++, publish.packet_id, publish.qos};
}

inline void protocol::take_publish(const frame& f, publish_view& publish) {
  if (!decode_publish_like(f, version_, publish)) {
    reason_code bad = decode_publish(f, version_, publish, publish.topic);
    if (!is_error(bad) && needs_check(publish)) bad = check_publish(publish);
    if (is_error(bad)) [[unlikely]] {
      fail(bad);
      return;
    }
  }
  if (publish.qos == qos_level::at_most_once) {
    host_->on_publish(publish, {});
    return;
  }
  if (inbound_open_ >= shared_->bounds.receive_maximum && is_v5()) [[unlikely]] {
    fail(reason_code::receive_maximum_exceeded);  // MQTT-3.3.4-9
    return;
  }
  if (publish.qos == qos_level::exactly_once && !begin_qos2(publish)) {
    publish.topic = {};  // the host has not seen it
    return;
  }
  ++inbound_open_;
  host_->on_publish(publish, push_answer(publish));
}

inline bool protocol::goes_on() const {
  if (state_ != protocol_state::connected || held_ || output_full()) return false;
  // A 5.0 client was told how many it may have open; a 3.1.1 client waits.
  return is_v5() || unanswered() < shared_->bounds.receive_maximum;
}

bool protocol::wants_input() const { return goes_on() || (state_ == protocol_state::expects_connect && !held_); }

feed_result protocol::feed(byte_span in) {
  feed_result result;
  bool published = false;
  shared_->scratch.topic = {};
  if (state_ == protocol_state::expects_connect && !held_ && !in.empty()) feed_first(in, result);
  while (result.consumed < in.size() && goes_on()) {
    if (in[result.consumed] == static_cast<unsigned>(packet_type::puback) << 4) {
      if (const std::size_t acks = take_pubacks(in.subspan(result.consumed)); acks != 0) {
        result.consumed += acks;
        heard_ = true;
        continue;
      }
    }
    const frame f = read_frame(in.subspan(result.consumed), version_, shared_->bounds.max_packet_size);
    if (f.status != decode_status::ready) [[unlikely]] {
      if (f.status == decode_status::error) fail(f.reason);
      result.wanted = f.size;
      break;
    }
    result.consumed += f.size;
    heard_ = true;
    if (f.type == packet_type::publish) {
      take_publish(f, shared_->scratch);
      published = true;
    } else {
      dispatch(f);
    }
  }
  if (published) host_->on_publishes_end();
  report_credit();
  if (state_ == protocol_state::closing) result = {in.size(), 0};
  return result;
}

inline std::size_t protocol::take_pubacks(byte_span in) {
  constexpr std::size_t size = 4;  // of one that is success without properties, as nearly all are
  std::size_t at = 0;
  cookie first;
  std::uint32_t count = 0;
  while (in.size() - at >= size && in[at] == static_cast<unsigned>(packet_type::puback) << 4 && in[at + 1] == 2) {
    in_flight* const slot = session_->lookup(wire::load16(in.data() + at + 2));
    if (slot == nullptr || slot->state != flight_state::wants_puback) break;
    const cookie& what = slot->what;
    if (count != 0 && (what.a != first.a || what.b != first.b || what.c != first.c + count)) {
      host_->on_acked(first, std::exchange(count, 0), reason_code::success);
      if (!goes_on()) return at;
      continue;  // the session may have moved what it has in flight
    }
    if (count++ == 0) first = what;
    session_->finish(shared_->blocks, *slot);
    at += size;
  }
  if (count != 0) host_->on_acked(first, count, reason_code::success);
  return at;
}

// False: a repetition that the host must not see, or too many.
bool protocol::begin_qos2(const publish_view& publish) {
  const std::uint32_t pending = unanswered();
  for (std::uint32_t i = 0; i < pending; ++i) {
    const answer_ring::slot& slot = answers_->at(answers_->first + i);
    // Its PUBREC is on the way.
    if (slot.qos() == qos_level::exactly_once && slot.packet_id == publish.packet_id) return false;
  }
  if (session_->has_received(publish.packet_id)) {
    ++inbound_open_;
    // Behind the answers of what arrived before it, like any other.
    answer(push_answer(publish), reason_code::success);
    return false;
  }
  if (session_->received_count() + pending < max_qos2_ids) return true;
  fail(reason_code::receive_maximum_exceeded);
  return false;
}

void protocol::grow_answers() {
  if (answers_ == nullptr) {
    constexpr std::uint32_t size = answer_ring::first_block;
    answers_ = new (shared_->blocks.borrow(size)) answer_ring(size, next_position_);
    return;
  }
  const std::uint32_t size = answers_->block_size * 2;
  auto* bigger = new (shared_->blocks.borrow(size)) answer_ring(size, answers_->first);
  for (std::uint32_t at = answers_->first; at != next_position_; ++at) bigger->at(at) = answers_->at(at);
  bigger->answered_early = answers_->answered_early;
  bigger->early = std::move(answers_->early);
  release_answers();
  answers_ = bigger;
}

void protocol::release_answers() {
  if (answers_ == nullptr) return;
  answer_ring* ring = std::exchange(answers_, nullptr);
  const std::uint32_t size = ring->block_size;
  ring->~answer_ring();
  shared_->blocks.give_back(ring, size);
}

// Takes the oldest, whose answer is written, out of the ring; then those whose turn has come by that.
inline void protocol::settle(qos_level qos, reason_code reason) {
  if ((qos == qos_level::at_least_once || is_error(reason)) && inbound_open_ != 0) --inbound_open_;
  settle_positions(1);
}

inline void protocol::settle_positions(std::uint32_t count) {
  answers_->first += count;
  if (answers_->first == next_position_) {
    release_answers();
  } else if (answers_->answered_early != 0) {
    settle_early();
  }
}

inline std::uint32_t protocol::begin_answer(publish_token token, reason_code reason) {
  const std::uint32_t ahead = token.position - answers_->first;
  DUNLIN_CHECK(ahead < next_position_ - answers_->first);
  const answer_ring::slot& slot = answers_->at(token.position);
  DUNLIN_CHECK(slot.state() == answer_ring::slot_state::waiting && slot.packet_id == token.packet_id);

  // Accepted from here on, even if the connection ends before its turn comes.
  if (token.qos == qos_level::exactly_once && !is_error(reason)) session_->note_received(token.packet_id);
  return ahead;
}

void protocol::answer(publish_token token, reason_code reason, const answer_details& details) {
  if (token.qos == qos_level::at_most_once || answers_ == nullptr) return;
  const std::uint32_t ahead = begin_answer(token, reason);
  if (ahead != 0 || !details.empty()) {
    answer_with(token, ahead, reason, details);
    return;
  }
  write_ack(token.qos == qos_level::at_least_once ? packet_type::puback : packet_type::pubrec, token.packet_id, reason);
  settle(token.qos, reason);
}

// REQUIRES: the client's limit allows it.
inline void protocol::write_numbers(packet_type type, std::uint16_t packet_id, const number_property& first,
                                    const number_property* second) {
  static_assert(2 * sizeof first.bytes < 0x80);
  constexpr std::size_t head = numbers_head;
  const std::size_t size = size_of(first, second);
  std::uint8_t* const at = out_->room(most_numbers);
  at[0] = static_cast<std::uint8_t>(static_cast<unsigned>(type) << 4);
  at[1] = static_cast<std::uint8_t>(head - 2 + size);
  wire::put16(at + 2, packet_id);
  at[4] = static_cast<std::uint8_t>(reason_code::success);
  at[5] = static_cast<std::uint8_t>(size);
  std::memcpy(at + head, first.bytes.data(), sizeof first.bytes);
  if (second != nullptr) std::memcpy(at + head + first.size, second->bytes.data(), sizeof second->bytes);
  out_->grew(head + size);
}

void protocol::answer_numbers(publish_token token, const number_property& first, const number_property* second) {
  if (token.qos == qos_level::at_most_once || answers_ == nullptr) return;
  if (!lets_user_properties()) return answer(token, reason_code::success);
  const std::uint32_t ahead = begin_answer(token, reason_code::success);
  if (ahead != 0) {
    bytes encoded(first.bytes.data(), first.bytes.data() + first.size);
    if (second != nullptr) encoded.insert(encoded.end(), second->bytes.data(), second->bytes.data() + second->size);
    return answer_early(token, reason_code::success, std::move(encoded));
  }
  const packet_type type = token.qos == qos_level::at_least_once ? packet_type::puback : packet_type::pubrec;
  if (numbers_head + size_of(first, second) <= client_max_packet_) {
    write_numbers(type, token.packet_id, first, second);
  } else {
    write_ack(type, token.packet_id, reason_code::success);
  }
  settle(token.qos, reason_code::success);
}

void protocol::answer_run(publish_token token, std::uint32_t count, number_property counting,
                          const number_property& same) {
  if (token.qos == qos_level::at_most_once || answers_ == nullptr) return;
  const bool usual = token.qos == qos_level::at_least_once && token.position == answers_->first &&
                     lets_user_properties() && most_numbers <= client_max_packet_;
  if (!usual) {
    for (std::uint32_t i = 0; i < count; ++i) {
      answer_numbers(token_after(token, i), counting, &same);
      counting.next();
    }
    return;
  }
  DUNLIN_CHECK(count <= next_position_ - answers_->first);
  for (std::uint32_t i = 0; i < count; ++i) {
    const answer_ring::slot& slot = answers_->at(token.position + i);
    DUNLIN_CHECK(slot.state() == answer_ring::slot_state::waiting && slot.qos() == token.qos);
    write_numbers(packet_type::puback, slot.packet_id, counting, &same);
    counting.next();
  }
  inbound_open_ = static_cast<std::uint16_t>(inbound_open_ - std::min<std::uint32_t>(inbound_open_, count));
  settle_positions(count);
}

publish_token protocol::token_after(publish_token token, std::uint32_t n) const {
  if (answers_ == nullptr) return {};
  const answer_ring::slot& slot = answers_->at(token.position + n);
  return {token.position + n, slot.packet_id, slot.qos()};
}

// An answer before its turn, or with details.
void protocol::answer_with(publish_token token, std::uint32_t ahead, reason_code reason,
                           const answer_details& details) {
  properties props;
  if (lets_user_properties()) {
    if (!details.reason_string.empty()) props.set(property::reason_string, details.reason_string);
    props.set_user(details.user_properties);
  }
  if (ahead == 0) {
    write_ack(token.qos == qos_level::at_least_once ? packet_type::puback : packet_type::pubrec, token.packet_id,
              reason, props);
    settle(token.qos, reason);
    return;
  }
  bytes encoded(props.empty() ? 0 : props.encoded_size());
  if (!props.empty()) props.encode(encoded.data());
  answer_early(token, reason, std::move(encoded));
}

void protocol::answer_early(publish_token token, reason_code reason, bytes properties) {
  answer_ring::slot& slot = answers_->at(token.position);
  slot.reason = reason;
  slot.set_state(answer_ring::slot_state::answered);
  ++answers_->answered_early;
  if (properties.empty()) return;
  slot.set_state(answer_ring::slot_state::answered_with_properties);
  if (!answers_->early) answers_->early = std::make_unique<std::vector<answer_ring::kept>>();
  answers_->early->push_back({token.position, std::move(properties)});
}

void protocol::settle_early() {
  while (answers_ != nullptr) {
    const std::uint32_t position = answers_->first;
    const answer_ring::slot slot = answers_->at(position);
    if (slot.state() == answer_ring::slot_state::waiting) return;
    --answers_->answered_early;
    properties props;
    bytes encoded;
    if (slot.state() == answer_ring::slot_state::answered_with_properties) {
      std::vector<answer_ring::kept>& early = *answers_->early;
      const auto it =
          std::find_if(early.begin(), early.end(), [&](const answer_ring::kept& k) { return k.position == position; });
      DUNLIN_CHECK(it != early.end());
      encoded = std::move(it->props);
      early.erase(it);
      DUNLIN_CHECK(props.decode(encoded, property_place::puback) == reason_code::success);
    }
    const bool once = slot.qos() == qos_level::exactly_once;
    write_ack(once ? packet_type::pubrec : packet_type::puback, slot.packet_id, slot.reason, props);
    if ((!once || is_error(slot.reason)) && inbound_open_ != 0) --inbound_open_;
    if (++answers_->first == next_position_) release_answers();
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

}  // namespace dunlin::mqtt
