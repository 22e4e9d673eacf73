// A message from its PUBLISH to its stream's owner, and its verdict back. What of this is the shard's stands here, too:
// it is done for each message, and in one piece costs half as much.

#include "base/check.hpp"
#include "engine/shard.hpp"
#include "mqtt/topic.hpp"
#include "stream/send_entry.hpp"

namespace dunlin::engine {

using mqtt::reason_code;
using stream::reason;
using stream::verdict;

// --- to the owner -----------------------------------------------------------------------------------------------

inline void shard::submit_collected() {
  if (!runs_.empty()) submit_runs();
}

[[gnu::always_inline]] inline void shard::submit_send(device_link& link, mqtt::publish_token token, stream_id stream,
                                                      const stream::send_view& send) {
  const std::size_t size = stream::size_of_entry(send);
  bool joins = owner_.shard_of(partition_of(stream)) == around_.self;
  if (joins && (!runs_.has_room(size) || !has_run_credit(size))) [[unlikely]] {
    submit_collected();
    joins = runs_.has_room(size) && has_run_credit(size);
  }
  if (!joins) [[unlikely]]
    return submit_alone(link, token, stream, send);
  stream::write_send_entry(runs_.add(link, token, stream, send, size),
                           {stream, now_.wall, link.account(), link.device(), send});
}

void shard::submit_alone(device_link& link, mqtt::publish_token token, stream_id stream, stream::send_view send) {
  bytes entry = owner_.borrow_buffer();
  stream::write_send_entry(entry, {stream, now_.wall, link.account(), link.device(), send});
  const shard_id to = owner_.shard_of(partition_of(stream));
  if (!sends_.submit(to, {&link, token, stream, send.id}, std::move(entry), now_.mono)) link.stop_reading();
}

[[gnu::always_inline]] inline void shard::submit_run(const send_runs::run& run) {
  auto* const stream = owner_.reserve_run(run.stream, run.count, run.size);
  if (stream == nullptr) [[unlikely]]
    return submit_one_by_one(run);
  const stream::message_run messages{now_.wall, run.link->account(), run.link->device(), runs_.messages(run)};
  const sends::sender who{run.link, run.token, run.stream, {}};
  owner_.submit_run(*stream, runs_.entries(run), messages, sends_.open_run(who, run.count, run.size));
}

void shard::submit_runs() {
  const auto all = runs_.list();
  if (all.size() > 1) fetch_collected();
  for (const auto& run : all) submit_run(run);
  runs_.clear();
}

void shard::fetch_collected() {
  static_assert(send_runs::max_runs <= owner::most_fetched);
  std::array<stream_id, send_runs::max_runs> streams;
  const auto all = runs_.list();
  for (std::size_t i = 0; i < all.size(); ++i) streams[i] = all[i].stream;
  owner_.fetch(std::span(streams).first(all.size()));
}

void shard::submit_one_by_one(const send_runs::run& run) {
  const auto entries = runs_.entries(run);
  for (std::uint32_t i = 0; i < entries.size(); ++i) {
    bytes entry = owner_.borrow_buffer();
    entry.assign(entries[i].begin(), entries[i].end());
    const auto token = i == 0 ? run.token : run.link->protocol().token_after(run.token, i);
    const sends::sender who{run.link, token, run.stream, runs_.messages(run)[i].facts.id};
    DUNLIN_CHECK(sends_.submit(around_.self, who, std::move(entry), now_.mono));  // there is credit for all
  }
}

namespace {

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

[[gnu::always_inline]] inline void device_link::submit(const stream::send_view& send, mqtt::publish_token token,
                                                       stream_id conversation) {
  if (const reason why = check_send(send, home_->around().limits); why != reason::none) [[unlikely]]
    return refuse_here(token, conversation, send.id, why);
  home_->submit_send(*this, token, conversation, send);
}

void device_link::on_publish(const mqtt::publish_view& publish, mqtt::publish_token token) {
  const auto& to = home_->meaning_of(publish);
  if (!to) [[unlikely]]
    return refuse_here(token, {}, {}, reason::forbidden);
  stream::send_view send;
  const bool usual = to->what == topic_kind::send && stream::read_usual_send(publish.payload, send);
  if (!usual) [[unlikely]]
    return publish_other(publish, token, *to);
  submit(send, token, to->conversation);
}

// A Send that is not written as usual, or a text.
void device_link::publish_send(const mqtt::publish_view& publish, mqtt::publish_token token, const topic& to) {
  std::optional<stream::send_view> send;
  if (to.what == topic_kind::send) {
    send = stream::read_send(publish.payload);
  } else {
    send = {.kind = static_cast<std::uint32_t>(stream::kind::text), .body = publish.payload};
    if (publish.props.has(mqtt::property::correlation_data)) {
      const auto correlation = publish.props.binary(mqtt::property::correlation_data);
      if (correlation.size() != 16) return refuse_here(token, to.conversation, {}, reason::malformed);
      send->id = id_from_bytes<message_id>(correlation.first<16>());
    } else {
      send->id = home_->next_message_id();
    }
  }
  if (!send) return refuse_here(token, to.conversation, {}, reason::malformed);
  submit(*send, token, to.conversation);
}

void device_link::on_publishes_end() { home_->submit_collected(); }

// --- verdicts ---------------------------------------------------------------------------------------------------

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

}  // namespace

void device_link::on_verdict(const verdict& v, mqtt::publish_token token, stream_id conversation, message_id id) {
  tell_verdict(v, token, conversation, id);
  end_if_drained();
}

[[gnu::always_inline]] inline void device_link::on_verdicts(mqtt::publish_token first, stream_id conversation,
                                                            const run_outcome& what) {
  const bool tells = protocol_->lets_user_properties() && first.qos != mqtt::qos_level::at_most_once;
  if (const accepted_run& all = what.all; tells && all.count != 0) [[likely]] {
    write_soon();
    expect_echoes(conversation, all.seq, all.count);
    protocol_->answer_run(first, all.count, home_->property_of_seq(all.seq), home_->property_of_ts(all.ts));
  } else {
    tell_each(first, conversation, what);
  }
  end_if_drained();
}

void device_link::tell_each(mqtt::publish_token first, stream_id conversation, const run_outcome& what) {
  const auto token_of = [&](std::uint32_t i) { return i == 0 ? first : protocol_->token_after(first, i); };
  for (std::uint32_t i = 0; i < what.all.count; ++i) {
    tell_verdict(verdict::accept(what.all.seq + i, what.all.ts), token_of(i), conversation, {});
  }
  for (std::uint32_t i = 0; i < what.each.size(); ++i) {
    tell_verdict(what.each[i].what, token_of(i), conversation, what.each[i].id);
  }
}

void device_link::note_echoes(stream_id conversation, std::uint64_t first, std::uint32_t count) {
  auto* const at = feed_of(conversation);
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

bool shard::take_here(std::uint64_t run, const run_outcome& what) {
  if (!own_.empty()) return false;
  take_run(run, what);
  return true;
}

void shard::take_run(std::uint64_t token, const run_outcome& what) {
  const auto* const who = sends_.answered(token);
  if (who != nullptr && who->link != nullptr) who->link->on_verdicts(who->token, who->stream, what);
}

void shard::take(const submitted& m) {
  if ((m.token & control_bit) != 0) {
    const auto it = control_.find(m.token);
    if (it == control_.end()) return;
    const auto done = std::move(it->second.verdict);
    control_.erase(it);
    return done(m.outcome);
  }
  const auto* const who = sends_.answered(m.token);
  if (who == nullptr || who->link == nullptr) return;
  who->link->on_verdict(m.outcome, who->token, who->stream, who->id);
}

}  // namespace dunlin::engine
