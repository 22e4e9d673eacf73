// Messages from the client and their acknowledgements: PUBLISH and PUBREL, with PUBACK, PUBREC and PUBCOMP as answers.
#include <algorithm>
#include <new>
#include <utility>

#include "base/check.hpp"
#include "mqtt/protocol.hpp"
#include "mqtt/protocol_parts.hpp"
#include "mqtt/topic.hpp"

namespace dunlin::mqtt {

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

void protocol::take_publish(const frame& f, publish_view& publish) {
  reason_code bad = decode_publish(f, version_, publish);
  if (!is_error(bad)) bad = check_publish(publish);
  if (is_error(bad)) {
    fail(bad);
    return;
  }
  if (publish.qos == qos_level::at_most_once) {
    host_->on_publish(publish, {});
    return;
  }
  if (is_v5() && inbound_open_ >= shared_->bounds.receive_maximum) {
    fail(reason_code::receive_maximum_exceeded);  // MQTT-3.3.4-9
    return;
  }
  if (publish.qos == qos_level::exactly_once) {
    if (is_pending_qos2(publish.packet_id)) return;  // its PUBREC is on the way
    if (session_->has_received(publish.packet_id)) {
      ++inbound_open_;
      // Behind the answers of what arrived before it, like any other.
      answer(push_answer(publish), reason_code::success);
      return;
    }
    const std::size_t pending = answers_ == nullptr ? 0 : answers_->count;
    if (session_->received_count() + pending >= max_qos2_ids) {
      fail(reason_code::receive_maximum_exceeded);
      return;
    }
  }
  ++inbound_open_;
  host_->on_publish(publish, push_answer(publish));
}

bool protocol::is_pending_qos2(std::uint16_t packet_id) const {
  if (answers_ == nullptr) return false;
  for (std::size_t i = 0; i < answers_->count; ++i) {
    const answer_ring::slot& slot = answers_->at(i);
    if (slot.qos == qos_level::exactly_once && slot.packet_id == packet_id) return true;
  }
  return false;
}

publish_token protocol::push_answer(const publish_view& publish) {
  answer_ring* ring = answers_;
  if (ring == nullptr || ring->count == ring->capacity) {
    const std::uint32_t size = ring == nullptr ? answer_ring::first_block : ring->block_size * 2;
    auto* bigger = new (shared_->blocks.borrow(size)) answer_ring{};
    bigger->block_size = size;
    bigger->capacity = static_cast<std::uint32_t>((size - sizeof(answer_ring)) / sizeof(answer_ring::slot));
    bigger->first_position = next_position_;
    if (ring != nullptr) {
      bigger->count = ring->count;
      bigger->first_position = ring->first_position;
      bigger->early = std::move(ring->early);
      for (std::size_t i = 0; i < ring->count; ++i) new (&bigger->at(i)) answer_ring::slot(ring->at(i));
      release_answers();
    }
    answers_ = ring = bigger;
  }
  new (&ring->at(ring->count++))
      answer_ring::slot{publish.packet_id, publish.qos, answer_ring::slot_state::waiting, reason_code::success};
  return {next_position_++, publish.packet_id, publish.qos};
}

void protocol::release_answers() {
  if (answers_ == nullptr) return;
  answer_ring* ring = std::exchange(answers_, nullptr);
  const std::uint32_t size = ring->block_size;
  ring->~answer_ring();
  shared_->blocks.give_back(ring, size);
}

void protocol::answer(publish_token token, reason_code reason, const answer_details& details) {
  if (token.qos == qos_level::at_most_once || answers_ == nullptr) return;
  const std::uint32_t index = token.position - answers_->first_position;
  DUNLIN_CHECK(index < answers_->count);
  answer_ring::slot& slot = answers_->at(index);
  DUNLIN_CHECK(slot.state == answer_ring::slot_state::waiting && slot.packet_id == token.packet_id);

  // Accepted from here on, even if the connection ends before its turn comes.
  if (token.qos == qos_level::exactly_once && !is_error(reason)) session_->note_received(token.packet_id);
  const bool with_details = is_v5() && problem_information_ && !details.empty();
  if (index == 0 && !with_details) [[likely]] {
    settle(token, reason, nullptr);
    settle_kept();
    return;
  }
  properties props;
  if (!details.reason_string.empty()) props.set(property::reason_string, details.reason_string);
  props.set_user(details.user_properties);
  if (index == 0) {
    settle(token, reason, &props);
    settle_kept();
    return;
  }
  slot.reason = reason;
  slot.state = answer_ring::slot_state::answered;
  if (!with_details) return;
  slot.state = answer_ring::slot_state::answered_with_properties;
  if (!answers_->early) answers_->early = std::make_unique<std::vector<answer_ring::kept>>();
  bytes encoded(props.encoded_size());
  props.encode(encoded.data());
  answers_->early->push_back({token.position, std::move(encoded)});
}

// Writes the answer of the oldest and takes it out of the ring, which goes when it is empty.
void protocol::settle(publish_token token, reason_code reason, const properties* props) {
  const bool once = token.qos == qos_level::exactly_once;
  write_ack(once ? packet_type::pubrec : packet_type::puback, token.packet_id, reason, props);
  if ((!once || is_error(reason)) && inbound_open_ != 0) --inbound_open_;
  if (--answers_->count == 0) {
    release_answers();
    return;
  }
  if (++answers_->head == answers_->capacity) answers_->head = 0;
  ++answers_->first_position;
}

// The answers whose turn has come by the one before them.
void protocol::settle_kept() {
  while (answers_ != nullptr && answers_->at(0).state != answer_ring::slot_state::waiting) {
    const answer_ring::slot slot = answers_->at(0);
    const publish_token token{answers_->first_position, slot.packet_id, slot.qos};
    if (slot.state == answer_ring::slot_state::answered) {
      settle(token, slot.reason, nullptr);
      continue;
    }
    std::vector<answer_ring::kept>& early = *answers_->early;
    const auto it = std::find_if(early.begin(), early.end(),
                                 [&](const answer_ring::kept& k) { return k.position == token.position; });
    DUNLIN_CHECK(it != early.end());
    const bytes encoded = std::move(it->props);
    early.erase(it);
    properties props;
    DUNLIN_CHECK(props.decode(encoded, property_place::puback) == reason_code::success);
    settle(token, slot.reason, &props);
  }
}

void protocol::write_ack(packet_type type, std::uint16_t packet_id, reason_code reason, const properties* props) {
  if (props == nullptr) [[likely]] {
    const auto first =
        static_cast<std::uint8_t>(static_cast<unsigned>(type) << 4 | (type == packet_type::pubrel ? 2 : 0));
    const std::size_t remaining = is_v5() && reason != reason_code::success ? 3 : 2;
    std::uint8_t* at = out_->reserve(2 + remaining);
    at[0] = first;
    at[1] = static_cast<std::uint8_t>(remaining);
    at[2] = static_cast<std::uint8_t>(packet_id >> 8);
    at[3] = static_cast<std::uint8_t>(packet_id);
    if (remaining == 3) at[4] = static_cast<std::uint8_t>(reason);
    return;
  }
  ack_view packet;
  packet.type = type;
  packet.packet_id = packet_id;
  packet.reason = reason;
  packet.props = *props;
  // MQTT-3.4.2-2, -3: no more than the client takes; the verdict alone always fits.
  if (encoded_size(version_, packet) > client_max_packet_) packet.props.remove(property::reason_string);
  if (encoded_size(version_, packet) > client_max_packet_) packet.props.clear();
  encode_ack(*out_, version_, packet);
}

void protocol::take_pubrel(std::uint16_t packet_id) {
  const bool known = session_->remove_received(packet_id);
  write_ack(packet_type::pubcomp, packet_id, known ? reason_code::success : reason_code::packet_id_not_found);
  if (!known) {
    host_->on_protocol_error(reason_code::packet_id_not_found);
    return;
  }
  if (inbound_open_ != 0) --inbound_open_;
}

}  // namespace dunlin::mqtt
