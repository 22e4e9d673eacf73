// What comes in from the device: sends, texts, receipts, live; and the verdicts on them.

#include <algorithm>
#include <cstring>

#include "engine/shard.hpp"
#include "mqtt/topic.hpp"

namespace dunlin::engine {

using mqtt::reason_code;
using stream::reason;
using stream::verdict;

namespace {

reason_code code_of(reason why) {
  switch (why) {
    case reason::none: return reason_code::success;
    case reason::not_member:
    case reason::forbidden:
    case reason::not_open: return reason_code::not_authorized;
    case reason::busy:
    case reason::no_space:
    case reason::too_large: return reason_code::quota_exceeded;  // 0x95 is none of PUBACK's codes
    case reason::malformed: return reason_code::payload_format_invalid;
    case reason::stale:
    case reason::waits:
    case reason::unsupported:
    case reason::conflict: return reason_code::implementation_specific;
  }
  return reason_code::unspecified_error;
}

// RFC 9562: version 7, variant 10.
bool is_uuid_v7(message_id id) { return (id.hi >> 12 & 0xf) == 7 && id.lo >> 62 == 2; }

inline reason check_send(const stream::send_view& send, const options& limits) {
  if (!is_uuid_v7(send.id) || send.urgency > 2) return reason::malformed;
  if (send.kind >= stream::first_kind_of_server) return reason::forbidden;
  if (send.expires_in != 0 || send.redacts != 0 || send.epoch != 0) return reason::unsupported;
  if (send.body.size() > limits.max_body) return reason::too_large;
  if (send.kind == static_cast<std::uint32_t>(stream::kind::text) && !mqtt::is_valid_text(as_text(send.body))) {
    return reason::malformed;
  }
  return reason::none;
}

}  // namespace

inline void device_link::publish_send(const mqtt::publish_view& publish, mqtt::publish_token token, const topic& to) {
  const auto send = stream::read_send(publish.payload);
  if (!send) return refuse_here(token, to.conversation, {}, reason::malformed);
  if (const reason why = check_send(*send, home_->around().limits); why != reason::none) {
    return refuse_here(token, to.conversation, send->id, why);
  }
  home_->submit_send(*this, token, to.conversation, *send);
}

void device_link::on_publish(const mqtt::publish_view& publish, mqtt::publish_token token) {
  const auto& to = publish.same_topic ? home_->parsed_last() : home_->parse(publish.topic);
  if (!to) return refuse_here(token, {}, {}, reason::forbidden);
  switch (to->what) {
    case topic_kind::send: return publish_send(publish, token, *to);
    case topic_kind::text: return publish_text(publish, token, *to);
    case topic_kind::receipt: return publish_receipt(publish, token, *to);
    case topic_kind::live: return publish_live(publish, token, *to);
    case topic_kind::state: return publish_state(publish, token);
    case topic_kind::record:
    case topic_kind::me:
    case topic_kind::now:
    case topic_kind::presence: break;
  }
  refuse_here(token, to->conversation, {}, reason::forbidden);
}

void device_link::on_publishes_end() { home_->submit_collected(*this); }

void device_link::publish_text(const mqtt::publish_view& publish, mqtt::publish_token token, const topic& to) {
  stream::send_view send{.kind = static_cast<std::uint32_t>(stream::kind::text), .body = publish.payload};
  const auto correlation = publish.props.binary(mqtt::property::correlation_data);
  if (publish.props.has(mqtt::property::correlation_data)) {
    if (correlation.size() != 16) return refuse_here(token, to.conversation, {}, reason::malformed);
    send.id = id_from_bytes<message_id>(correlation.first<16>());
  } else {
    send.id = home_->next_message_id();
  }
  if (const reason why = check_send(send, home_->around().limits); why != reason::none) {
    return refuse_here(token, to.conversation, send.id, why);
  }
  home_->submit_send(*this, token, to.conversation, send);
}

void device_link::publish_receipt(const mqtt::publish_view& publish, mqtt::publish_token token, const topic& to) {
  const auto receipt = stream::read_receipt(publish.payload);
  if (!receipt) return refuse_here(token, to.conversation, {}, reason::malformed);
  auto* state = home_->boxes().state_of(account_);
  const auto* c = state == nullptr ? nullptr : state->find(to.conversation);
  if (c == nullptr || c->id == account_stream(account_)) {
    return refuse_here(token, to.conversation, {}, reason::not_member);
  }
  // A cursor past the head would hide what comes. Where the head is not known so far (nobody is subscribed, or nothing
  // was heard of it since a restart), its stream says it.
  const std::uint64_t known = c->live == 0 ? 0 : home_->boxes().known(c->live);
  if (receipt->have_through <= known) return keep_receipt(to.conversation, *receipt, token);
  home_->read_records({.reader = account_, .conversation = to.conversation, .from = ~std::uint64_t{0}, .limit = 1},
                      [home = home_, id = id_, about = to.conversation, told = *receipt, token](const auto& answer) {
                        auto* link = home->boxes().find_link(id);
                        if (link == nullptr || !link->attached_) return;
                        if (!answer.outcome.ok()) return link->refuse(token, about, {}, answer.outcome);
                        stream::receipt_view most = told;
                        most.have_through = std::min(told.have_through, answer.head);
                        link->write_soon();
                        link->keep_receipt(about, most, token);
                      });
}

// REQUIRES: receipt.have_through is not past the head.
void device_link::keep_receipt(stream_id conversation, const stream::receipt_view& receipt, mqtt::publish_token token) {
  auto* state = home_->boxes().state_of(account_);
  const auto* c = state == nullptr ? nullptr : state->find(conversation);
  std::uint64_t tag = 0;
  if (c != nullptr && receipt.have_through != 0) {
    auto* at = c->live == 0 ? nullptr : find_feed(c->live);
    if (at != nullptr && at->moves_cursor && at->have_through(receipt.have_through)) {
      home_->boxes().cursor_moved(*this, *at);
    }
    tag = home_->boxes().note_cursor(*this, conversation, receipt.have_through);
  }
  if (c != nullptr && receipt.read != 0) tag = home_->boxes().note_read(*this, conversation, receipt.read);
  if (tag == 0 || token.qos == mqtt::qos_level::at_most_once) return protocol_->answer(token, reason_code::success);
  if (!receipts_) receipts_ = std::make_unique<std::vector<pending_receipt>>();
  receipts_->push_back({tag, token});
}

void device_link::receipt_kept(std::uint64_t tag) {
  if (!receipts_) return;
  for (auto it = receipts_->begin(); it != receipts_->end();) {
    if (it->tag != tag) {
      ++it;
      continue;
    }
    protocol_->answer(it->token, reason_code::success);
    port_->dirty();
    it = receipts_->erase(it);
  }
  if (receipts_->empty()) receipts_.reset();
  end_if_drained();
}

void device_link::publish_live(const mqtt::publish_view& publish, mqtt::publish_token token, const topic& to) {
  // Live{account, device, body}: what the client wrote in the first two is overruled by what stands behind.
  constexpr std::size_t max_live = 4096;
  if (publish.payload.size() > max_live) {
    return refuse_here(token, to.conversation, {}, reason::too_large);
  }
  if (!home_->presence().may_send_live(*this)) {
    home_->around().counts.live_dropped.add();
    return protocol_->answer(token, reason_code::quota_exceeded);
  }
  // What no member says goes nowhere, and nobody has to look for the conversation.
  auto* state = home_->boxes().state_of(account_);
  if (state == nullptr || state->find(to.conversation) == nullptr || to.conversation == account_stream(account_)) {
    home_->around().counts.live_dropped.add();
    return protocol_->answer(token, reason_code::success);
  }
  auto payload = std::make_shared<bytes>();
  wire_writer w(*payload);
  wire_reader r(publish.payload);
  byte_span body;
  while (r.next()) {
    if (r.tag() == data_tag(3)) body = r.data();
  }
  if (!r.ok()) return refuse_here(token, to.conversation, {}, reason::malformed);
  w.id(1, account_);
  w.id(2, device_);
  w.data(3, body);
  home_->post_live({to.conversation, account_, device_, std::move(payload)});
  protocol_->answer(token, reason_code::success);
}

void device_link::on_verdict(const verdict& v, mqtt::publish_token token, stream_id conversation, message_id id) {
  tell_verdict(v, token, conversation, id);
  end_if_drained();
}

void device_link::on_verdicts(mqtt::publish_token first, stream_id conversation, std::span<const outcome> list) {
  const bool tells = protocol_->lets_user_properties() && first.qos != mqtt::qos_level::at_most_once;
  for (std::uint32_t i = 0; i < list.size();) {
    const verdict& v = list[i].what;
    const mqtt::publish_token token = i == 0 ? first : protocol_->token_after(first, i);
    std::uint32_t n = 0;  // that were accepted one after the other, at the same time
    while (tells && i + n < list.size() && list[i + n].what.what == verdict::kind::accepted &&
           list[i + n].what.seq == v.seq + n && list[i + n].what.ts == v.ts) {
      ++n;
    }
    if (n == 0) {
      tell_verdict(v, token, conversation, list[i].id);
      ++i;
      continue;
    }
    write_soon();
    expect_echoes(conversation, v.seq, n);
    protocol_->answer_run(token, n, home_->property_of_seq(v.seq), home_->property_of_ts(v.ts));
    i += n;
  }
  end_if_drained();
}

void device_link::expect_echoes(stream_id conversation, std::uint64_t first, std::uint32_t count) {
  auto* const at = primary_ ? feed_of(conversation) : nullptr;
  if (at == nullptr || !at->moves_cursor) return;
  for (std::uint32_t i = 0; i < count; ++i) at->expect_echo(first + i);
}

void device_link::tell_verdict(const verdict& v, mqtt::publish_token token, stream_id conversation, message_id id) {
  if (!v.ok()) return refuse(token, conversation, id, v);
  write_soon();
  const bool tells = protocol_->lets_user_properties() && token.qos != mqtt::qos_level::at_most_once;
  if (!tells) return protocol_->answer(token, reason_code::success);
  expect_echoes(conversation, v.seq, 1);
  const auto& seq = home_->property_of_seq(v.seq);
  protocol_->answer_numbers(token, seq, v.what == verdict::kind::accepted ? &home_->property_of_ts(v.ts) : nullptr);
}

// What is refused without asking the stream's owner, who counts its own refusals.
void device_link::refuse_here(mqtt::publish_token token, stream_id conversation, message_id id, reason why) {
  home_->around().counts.refused[static_cast<std::size_t>(why)]->add();
  refuse(token, conversation, id, verdict::refuse(why));
}

void device_link::refuse(mqtt::publish_token token, stream_id conversation, message_id id, const verdict& v) {
  port_->dirty();
  const bool v5 = protocol_->version() == mqtt::protocol_version::v5;
  if (!v5 || token.qos == mqtt::qos_level::at_most_once) {
    // The only way such a client learns why; before the PUBACK (M4).
    bytes what;
    stream::write_refused(what, conversation, id, v);
    say_now(what, token.qos != mqtt::qos_level::at_most_once);
    return protocol_->answer(token, code_of(v.why));  // which 3.1.1 does not see: but QoS 2 is over then
  }
  const std::string floor = v.floor.is_zero() ? std::string() : to_text(v.floor);
  const std::array<mqtt::user_property, 1> properties{{{"floor", floor}}};
  protocol_->answer(token, code_of(v.why),
                    {.reason_string = stream::word(v.why),
                     .user_properties = std::span(properties).first(floor.empty() ? std::size_t{0} : std::size_t{1})});
}

}  // namespace dunlin::engine
