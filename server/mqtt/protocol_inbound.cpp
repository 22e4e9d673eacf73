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

// A PUBACK of success without properties.
constexpr std::size_t puback_size = 4;

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

inline publish_token protocol::push_answer(const publish_view& publish) {
  answer_slot* slot = &only_;
  if (answers_ != nullptr && unanswered() < answers_->capacity()) {
    slot = &answers_->at(next_position_);
  } else if (has_unanswered()) [[unlikely]] {
    slot = &add_to_ring();
  }
  *slot = {publish.packet_id, static_cast<std::uint8_t>(publish.qos), reason_code::success};
  return {next_position_++, publish.packet_id, publish.qos};
}

// A message that is not like one before. False: it was refused, with all that follows.
bool protocol::decode_unlike(std::uint8_t flags, byte_span body, publish_view& publish) {
  const frame f{.type = packet_type::publish, .flags = flags, .body = body};
  reason_code bad = decode_publish(f, version_, publish, publish.topic);
  if (!is_error(bad)) bad = check_publish(publish);
  if (is_error(bad)) fail(bad);
  return !is_error(bad);
}

inline void protocol::take_publish(std::uint8_t flags, byte_span body) {
  publish_view& publish = shared_->scratch;
  if (publish.topic.empty()) shared_->topics.recall(topic_of_publish(body), publish);
  const bool like = decode_publish_like(flags, body, version_, publish) && publish.qos <= maximum_qos_;
  if (!like && !decode_unlike(flags, body, publish)) return;
  publish_token token;
  if (publish.qos != qos_level::at_most_once) [[likely]] {
    if (inbound_open_ >= shared_->bounds.receive_maximum && is_v5()) [[unlikely]] {
      fail(reason_code::receive_maximum_exceeded);  // MQTT-3.3.4-9
      return;
    }
    if (publish.qos == qos_level::exactly_once && !begin_qos2(publish)) {
      publish.topic = {};  // the host has not seen it
      return;
    }
    ++inbound_open_;
    token = push_answer(publish);
  }
  if (!publish.same_topic) [[unlikely]]
    shared_->topics.note(publish);
  host_->on_publish(publish, token);
}

bool protocol::answers_in_time() const { return unanswered() < shared_->bounds.receive_maximum; }

feed_result protocol::feed(byte_span in) {
  feed_result result;
  bool published = false;
  shared_->scratch.topic = {};
  if (state_ == protocol_state::expects_connect && !held_ && !in.empty()) [[unlikely]]
    result = feed_first(in);
  while (result.consumed < in.size() && goes_on()) {
    const byte_span left = in.subspan(result.consumed);
    std::size_t taken = 0;
    if (left[0] == static_cast<unsigned>(packet_type::puback) << 4) {
      taken = take_pubacks(left);
    } else if (left[0] >> 4 == static_cast<unsigned>(packet_type::publish)) {
      const packet_sizes sizes = sizes_of(left, version_, shared_->bounds.max_packet_size);
      taken = sizes.packet;
      published |= taken != 0;
      if (taken != 0) take_publish(left[0] & 15, left.subspan(sizes.header, sizes.packet - sizes.header));
    }
    if (taken == 0) [[unlikely]] {
      const feed_result other = take_unusual(left);
      if (other.consumed == 0) {
        result.wanted = other.wanted;
        break;
      }
      taken = other.consumed;
    }
    result.consumed += taken;
    heard_ = true;
  }
  if (published) host_->on_publishes_end();
  report_credit();
  if (state_ == protocol_state::closing) result = {in.size(), 0};
  return result;
}

// What the first packet acknowledges if it is a PUBACK of success without properties, as nearly all are, else null.
inline in_flight* protocol::slot_of_puback(byte_span in) const {
  if (in.size() < puback_size || in[0] != static_cast<unsigned>(packet_type::puback) << 4 || in[1] != 2) return nullptr;
  in_flight* const slot = session_->lookup(wire::load16(in.data() + 2));
  return slot != nullptr && slot->state == flight_state::wants_puback ? slot : nullptr;
}

inline std::size_t protocol::take_pubacks(byte_span in) {
  in_flight* slot = slot_of_puback(in);
  if (slot == nullptr) [[unlikely]]
    return 0;
  const cookie first = slot->what;
  std::uint32_t count = 0;
  do {
    session_->finish(shared_->blocks, *slot);
    ++count;
    in = in.subspan(puback_size);
    slot = slot_of_puback(in);
  } while (slot != nullptr && slot->what == cookie{first.a, first.b, first.c + count});
  host_->on_acked(first, count, reason_code::success);
  return count * puback_size;
}

// False: a repetition that the host must not see, or too many.
bool protocol::begin_qos2(const publish_view& publish) {
  const std::uint32_t pending = unanswered();
  for (std::uint32_t i = 0; i < pending; ++i) {
    const answer_slot& slot = slot_of(oldest_unanswered() + i);
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

answer_slot& protocol::add_to_ring() {
  grow_answers();
  return answers_->at(next_position_);
}

void protocol::grow_answers() {
  if (answers_ == nullptr) {
    constexpr std::uint32_t size = answer_ring::first_block;
    answers_ = new (shared_->blocks.borrow(size)) answer_ring(size, next_position_ - 1);
    answers_->at(next_position_ - 1) = std::exchange(only_, {});
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
  only_ = {};
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
  if (answers_ == nullptr) {
    only_ = {};
    return;
  }
  answers_->first += count;
  if (answers_->first == next_position_) {
    release_answers();
  } else if (answers_->answered_early != 0) {
    settle_early();
  }
}

inline std::uint32_t protocol::begin_answer(publish_token token, reason_code reason) {
  std::uint32_t ahead = 0;
  const answer_slot* slot = &only_;
  if (answers_ != nullptr) {
    ahead = token.position - answers_->first;
    DUNLIN_CHECK(ahead < next_position_ - answers_->first);
    slot = &answers_->at(token.position);
  }
  DUNLIN_CHECK(slot->state() == answer_slot::answer::waits && slot->packet_id == token.packet_id);

  // Accepted from here on, even if the connection ends before its turn comes.
  if (token.qos == qos_level::exactly_once && !is_error(reason)) session_->note_received(token.packet_id);
  return ahead;
}

void protocol::answer(publish_token token, reason_code reason, const answer_details& details) {
  if (token.qos == qos_level::at_most_once || !has_unanswered()) return;
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
  if (token.qos == qos_level::at_most_once || !has_unanswered()) return;
  if (!lets_user_properties()) return answer(token, reason_code::success);
  const std::uint32_t ahead = begin_answer(token, reason_code::success);
  if (ahead != 0) [[unlikely]]
    return answer_numbers_early(token, first, second);
  const packet_type type = token.qos == qos_level::at_least_once ? packet_type::puback : packet_type::pubrec;
  if (numbers_head + size_of(first, second) <= client_max_packet_) {
    write_numbers(type, token.packet_id, first, second);
  } else {
    write_ack(type, token.packet_id, reason_code::success);
  }
  settle(token.qos, reason_code::success);
}

void protocol::answer_numbers_early(publish_token token, const number_property& first, const number_property* second) {
  bytes encoded(first.bytes.data(), first.bytes.data() + first.size);
  if (second != nullptr) encoded.insert(encoded.end(), second->bytes.data(), second->bytes.data() + second->size);
  answer_early(token, reason_code::success, std::move(encoded));
}

void protocol::answer_run(publish_token token, std::uint32_t count, const number_property& counting,
                          const number_property& same) {
  if (count == 1) [[likely]]
    return answer_numbers(token, counting, &same);
  answer_several(token, count, counting, same);
}

void protocol::answer_several(publish_token token, std::uint32_t count, number_property counting,
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
    const answer_slot& slot = answers_->at(token.position + i);
    DUNLIN_CHECK(slot.state() == answer_slot::answer::waits && slot.qos() == token.qos);
    write_numbers(packet_type::puback, slot.packet_id, counting, &same);
    counting.next();
  }
  inbound_open_ = static_cast<std::uint16_t>(inbound_open_ - std::min<std::uint32_t>(inbound_open_, count));
  settle_positions(count);
}

publish_token protocol::token_after(publish_token token, std::uint32_t n) const {
  if (!has_unanswered()) return {};
  const answer_slot& slot = answers_ != nullptr ? answers_->at(token.position + n) : only_;
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
  answer_slot& slot = answers_->at(token.position);
  slot.reason = reason;
  slot.set_state(answer_slot::answer::given);
  ++answers_->answered_early;
  if (properties.empty()) return;
  slot.set_state(answer_slot::answer::given_with_properties);
  if (!answers_->early) answers_->early = std::make_unique<std::vector<answer_ring::kept>>();
  answers_->early->push_back({token.position, std::move(properties)});
}

void protocol::settle_early() {
  while (answers_ != nullptr) {
    const std::uint32_t position = answers_->first;
    const answer_slot slot = answers_->at(position);
    if (slot.state() == answer_slot::answer::waits) return;
    --answers_->answered_early;
    properties props;
    bytes encoded;
    if (slot.state() == answer_slot::answer::given_with_properties) {
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

}  // namespace dunlin::mqtt
