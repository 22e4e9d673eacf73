// What comes in from the device besides messages: receipts, live.

#include <algorithm>

#include "engine/shard.hpp"

namespace dunlin::engine {

using mqtt::reason_code;
using stream::reason;

void device_link::publish_other(const mqtt::publish_view& publish, mqtt::publish_token token, const topic& to) {
  switch (to.what) {
    case topic_kind::send:
    case topic_kind::text: return publish_send(publish, token, to);
    case topic_kind::receipt: return publish_receipt(publish, token, to);
    case topic_kind::live: return publish_live(publish, token, to);
    case topic_kind::state: return publish_state(publish, token);
    case topic_kind::record:
    case topic_kind::me:
    case topic_kind::now:
    case topic_kind::presence: break;
  }
  refuse_here(token, to.conversation, {}, reason::forbidden);
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

}  // namespace dunlin::engine
