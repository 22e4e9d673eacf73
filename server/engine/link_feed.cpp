// What goes out to the device: records, texts, receipts, what is said on me/now.

#include <algorithm>

#include <boost/container/static_vector.hpp>

#include "base/log.hpp"
#include "engine/shard.hpp"

namespace dunlin::engine {

using mqtt::delivery;
using mqtt::qos_level;
using mqtt::reason_code;

namespace {

// The topic's name; `at` has topic_max bytes.
std::string_view write_topic(topic_kind what, stream_id conversation, char* at) {
  if (what == topic_kind::me) return "me";
  if (what == topic_kind::now) return "me/now";
  if (what == topic_kind::presence) {
    constexpr std::string_view prefix = "presence/";
    const auto text = id_to_text(conversation.hi, conversation.lo);
    std::copy(prefix.begin(), prefix.end(), at);
    std::copy(text.begin(), text.end(), at + prefix.size());
    return {at, prefix.size() + text.size()};
  }
  at[0] = 'c';
  at[1] = '/';
  const auto text = id_to_text(conversation.hi, conversation.lo);
  std::memcpy(at + 2, text.data(), text.size());
  std::string_view suffix;
  if (what == topic_kind::text) suffix = "/text";
  if (what == topic_kind::live) suffix = "/live";
  if (what == topic_kind::receipt) suffix = "/receipt";
  std::copy(suffix.begin(), suffix.end(), at + 28);
  return {at, 28 + suffix.size()};
}

// What is in flight, as the session keeps it: the conversation, the seq, and whether its body alone was sent, as text.
constexpr std::uint64_t sent_as_text = std::uint64_t{1} << 63;

stream_id conversation_of(const mqtt::cookie& what) { return {what.a, what.b}; }
std::uint64_t seq_of(const mqtt::cookie& what) { return what.c & ~sent_as_text; }

}  // namespace

void device_link::find_identifiers(topic_kind what, stream_id conversation, std::vector<std::uint32_t>& out) const {
  for (const auto& i : wanted_.identifiers()) {
    if (i.of.what == what && (i.of.all || i.of.conversation.is_zero() || i.of.conversation == conversation)) {
      out.push_back(i.id);
    }
  }
}

delivery device_link::deliver(topic_kind what, stream_id conversation, mqtt::message& m, std::int8_t qos,
                              const mqtt::cookie& cookie, bool with_answer) {
  char name[topic_max];
  m.topic = write_topic(what, conversation, name);
  m.qos = static_cast<qos_level>(qos);
  std::vector<std::uint32_t> identifiers;
  if (!wanted_.identifiers().empty()) {
    find_identifiers(what, conversation, identifiers);
    m.subscription_ids = identifiers;
  }
  write_soon();
  const delivery done = with_answer ? protocol_->tell(m) : protocol_->deliver(m, cookie);
  if (done == delivery::sent) home_->around().counts.delivered.add();
  return done;
}

feed* device_link::search_feed(std::uint32_t conversation) {
  const auto it = std::lower_bound(feeds_.begin(), feeds_.end(), conversation,
                                   [](const feed& f, std::uint32_t h) { return f.conversation() < h; });
  return it != feeds_.end() && it->conversation() == conversation ? &*it : nullptr;
}

feed* device_link::search_feed_of(stream_id conversation) {
  auto* state = home_->boxes().state_of(account_);
  const auto* c = state == nullptr ? nullptr : state->find(conversation);
  return c == nullptr || c->live == 0 ? nullptr : find_feed(c->live);
}

bool device_link::has_short_output() const { return port_->out().size() < home_->wire().bounds.max_output / 2; }

bool device_link::has_room() const {
  return attached_ && protocol_->state() == mqtt::protocol_state::connected && protocol_->credit() > 0 &&
         has_short_output();
}

// Until all that was missed has gone out, half of the credit stays free for what is new (D9).
std::size_t device_link::backlog_credit() const {
  if (protocol_->version() != mqtt::protocol_version::v5) return 32;
  return std::max<std::size_t>(1, protocol_->client_receive_maximum() / 2);
}

bool device_link::backlog_full() const { return session_.in_flight_count() >= backlog_credit(); }

void device_link::pass(feed& at, std::uint64_t first, std::uint64_t last) {
  if (!at.moves_cursor) return at.start_at(last);
  if (at.note_passed(first, last)) home_->boxes().cursor_moved(*this, at);
}

// How records of one conversation go out on this connection: the same for all of a list.
struct device_link::record_form {
  stream_id conversation;
  topic_kind what = topic_kind::record;
  std::int8_t whole = filters::none;
  std::int8_t text = filters::none;
  std::vector<std::uint32_t> identifiers;
  mqtt::message m;  // of the whole record, but for its body
  std::uint64_t sent = 0;
};

void device_link::find_form(const feed& at, record_form& form) const {
  form.conversation = home_->boxes().conversation(at).stream;
  const bool own = form.conversation == account_stream(account_);
  const topic_kind what = own ? topic_kind::me : topic_kind::record;
  form.whole = wanted_.qos(what, form.conversation);
  form.text = own ? filters::none : wanted_.qos(topic_kind::text, form.conversation);
  if (form.whole == filters::none) return;
  form.what = what;
  form.m.topic = own ? std::string_view("me") : home_->names().of(form.conversation);
  form.m.qos = static_cast<qos_level>(form.whole);
  if (wanted_.identifiers().empty()) return;
  find_identifiers(what, form.conversation, form.identifiers);
  form.m.subscription_ids = form.identifiers;
}

device_link::given device_link::give(feed& at, const record_ref& record, record_form& form) {
  if (record.seq > at.sent() + 1) pass(at, at.sent() + 1, record.seq - 1);  // trimmed, or before the join
  const stream_id conversation = form.conversation;
  if (at.moves_cursor && at.take_echo(record.seq)) {
    at.note_echoed(record.seq);
    return given::yes;
  }
  std::int8_t text = form.text;
  mqtt::message plain;
  if (text != filters::none) {
    const auto view = stream::read_record(record.data());
    if (!view || view->kind != static_cast<std::uint32_t>(stream::kind::text)) {
      text = filters::none;
    } else {
      plain.body = view->body;
    }
  }
  if (form.whole == filters::none && text == filters::none) {
    pass(at, record.seq, record.seq);  // not for its filters (D6)
    return given::yes;
  }
  const mqtt::cookie cookie{conversation.hi, conversation.lo, record.seq};
  delivery done = delivery::sent;
  bool waits = false;
  if (form.whole != filters::none) {
    form.m.body = record.data();
    form.m.owner = &record.chunk;
    write_soon();
    done = protocol_->deliver(form.m, cookie);
    if (done == delivery::sent) ++form.sent;
    waits = form.whole > 0;
  }
  if (text != filters::none && done == delivery::sent) {
    // One of the two carries the acknowledgement.
    const mqtt::cookie as_text{cookie.a, cookie.b, cookie.c | sent_as_text};
    const delivery second = deliver(topic_kind::text, conversation, plain, waits ? std::int8_t{0} : text, as_text);
    if (!waits) {
      done = second;
      waits = text > 0;
    }
  }
  if (done == delivery::no_credit || done == delivery::closed) return given::no_room;
  if (done == delivery::too_large) {
    say_too_large(conversation, record.seq);
    if (at.moves_cursor) {
      at.note_told(record.seq, record.seq);
    } else {
      at.start_at(record.seq);
    }
    return given::yes;
  }
  if (at.moves_cursor && waits) {
    at.note_sent(record.seq);
  } else {
    pass(at, record.seq, record.seq);
  }
  return given::yes;
}

// `has_room`: a list is short beside what the output may hold, so it is asked once, and the protocol has the last word.
void device_link::give_each(feed& at, record_span records, bool has_room) {
  record_form form;
  find_form(at, form);
  for (const auto& record : records) {
    if (!has_room || (at.missed && backlog_full()) || give(at, record, form) == given::no_room) {
      if (!at.moves_cursor) at.start_at(home_->boxes().conversation(at).known);  // D7: skips to the head
      held_back_ = true;
      break;
    }
  }
  if (form.sent != 0) home_->around().counts.delivered.add(form.sent);
}

void device_link::say_too_large(stream_id conversation, std::uint64_t seq) {
  bytes notice;
  stream::write_too_large(notice, conversation, seq);
  say_now(notice);
}

void device_link::on_records(feed& at, record_span records) {
  while (!records.empty() && records.front().seq <= at.sent()) records = records.subspan(1);
  if (records.empty()) return;
  // As many of the first as go out whole and one by one, as nearly all do.
  const stream_id conversation = home_->boxes().conversation(at).stream;
  const bool own = conversation == account_stream(account_);
  const std::int8_t qos = wanted_.qos(own ? topic_kind::me : topic_kind::record, conversation);
  const bool whole =
      qos > 0 && (own || wanted_.qos(topic_kind::text, conversation) == filters::none) && wanted_.identifiers().empty();
  const bool in_order = at.moves_cursor && !at.missed && at.goes_in_order();
  const bool waits = protocol_->has_output();
  if (!whole || !in_order || !attached_ || (waits && !has_short_output())) [[unlikely]]
    return give_each(at, records, has_room());
  boost::container::static_vector<byte_span, 64> bodies;
  const std::uint64_t first = at.sent() + 1;
  for (const auto& record : records) {
    if (record.seq != first + bodies.size() || bodies.size() == bodies.capacity()) break;
    bodies.push_back(record.data());
  }
  if (!waits) port_->dirty();
  const std::string_view topic = own ? std::string_view("me") : home_->names().of(conversation);
  // The protocol has the last word on credit and room.
  const std::size_t n =
      protocol_->deliver_run(topic, static_cast<qos_level>(qos), bodies, {conversation.hi, conversation.lo, first});
  if (n != 0) {
    at.note_run_sent(first + n - 1);
    home_->around().counts.delivered.add(n);
  }
  if (n != records.size()) give_each(at, records.subspan(n), n != 0 || has_room());
}

void device_link::on_read_refused(feed& at, stream::reason why) {
  at.reading = false;
  if (why == stream::reason::busy) retry_ = true;
}

// --- acknowledgements -------------------------------------------------------------------------------------------

void device_link::on_acked(const mqtt::cookie& first, std::uint32_t count, reason_code /*reason*/) {
  home_->around().counts.acked.add(count);
  auto* const at = feed_of(conversation_of(first));
  if (at != nullptr && at->ack(seq_of(first), count)) home_->boxes().cursor_moved(*this, *at);
  // Half of the backlog's credit at a time: one read then serves many records.
  if (held_back_ && session_.in_flight_count() <= backlog_credit() / 2) pump();
}

void device_link::on_credit() {
  resend_next();
  pump();
}

// What was in flight when the session lost its connection goes out again, oldest first (M2).
void device_link::resend_next() {
  const auto* next = session_.next_unsent();
  if (next == nullptr || resending_) return;
  const stream_id conversation = conversation_of(next->what);
  read r{.stream = conversation,
         .account = account_,
         .first = seq_of(next->what),
         .max_records = 1,
         .max_bytes = home_->around().limits.read_bytes,
         .from = {home_->around().self, id_ << 32 | std::uint32_t{++resend_turn_} << 24}};
  resending_ = home_->post(home_->shard_of(account_of(conversation)), std::move(r));
  if (!resending_) retry_ = true;
}

void device_link::forget_in_flight(const std::function<bool(stream_id, std::uint64_t)>& is_sent_anew) {
  std::vector<std::uint16_t> packets;
  session_.for_each_in_flight([&](const mqtt::in_flight& f) {
    if (is_sent_anew(conversation_of(f.what), seq_of(f.what))) packets.push_back(f.packet_id);
  });
  for (const std::uint16_t packet : packets) protocol_->drop(packet);
}

void device_link::on_link_gap(shard_id from) {
  const auto* next = session_.next_unsent();
  if (!resending_ || next == nullptr || home_->shard_of(account_of(conversation_of(next->what))) != from) return;
  resending_ = false;
  resend_next();
}

void device_link::on_resend(records& m, std::uint8_t turn) {
  if (!resending_ || turn != resend_turn_) return;
  resending_ = false;
  const auto* next = session_.next_unsent();
  if (!attached_ || next == nullptr) return;
  const auto what = next->what;
  const std::uint16_t packet = next->packet_id;
  if (!m.outcome.ok() && m.outcome.why == stream::reason::busy) {
    retry_ = true;
    return;
  }
  const std::uint64_t seq = seq_of(what);
  const bool there = m.outcome.ok() && m.list && !m.list->empty() && m.list->front().seq == seq;
  const stream_id conversation = conversation_of(what);
  delivery done = delivery::too_large;
  if (there) {
    const auto& record = m.list->front();
    const bool own = conversation == account_stream(account_);
    // The same message as before, whatever the filters are now.
    const bool text = (what.c & sent_as_text) != 0;
    const auto view = text ? stream::read_record(record.data()) : std::nullopt;
    char name[topic_max];
    mqtt::message again;
    again.topic = write_topic(own ? topic_kind::me : text ? topic_kind::text : topic_kind::record, conversation, name);
    again.qos = qos_level::at_least_once;
    again.body = record.data();
    if (view) again.body = view->body;
    done = protocol_->redeliver(packet, again);
    port_->dirty();
  }
  if (done == delivery::no_credit || done == delivery::closed) return;
  if (!there) {  // may no longer be read: counts as acknowledged
    protocol_->drop(packet);
    on_acked(what, 1, reason_code::success);
  } else if (done == delivery::too_large) {  // for this connection; it is out of the session
    say_too_large(conversation, seq);
    auto* const at = feed_of(conversation);
    if (at != nullptr && at->told_instead(seq)) home_->boxes().cursor_moved(*this, *at);
  }
  resend_next();
  if (session_.unsent_count() == 0) pump();
}

// --- receipts and live ------------------------------------------------------------------------------------------

void device_link::on_receipts(feed& at) {
  at.receipt_due = true;
  if (has_room()) {
    tell_receipts(at);
  } else {
    held_back_ = true;
  }
}

void device_link::tell_receipts(feed& at) {
  at.receipt_due = false;
  const auto& c = home_->boxes().conversation(at);
  const std::int8_t qos = wanted_.qos(topic_kind::receipt, c.stream);
  if (qos == filters::none || c.others == receipts{}) return;  // nothing is known yet
  bytes body;
  stream::receipt_view now{.delivered = c.others.delivered, .read = c.others.read};
  if (at.own_read_due) {
    at.own_read_due = false;
    const auto* state = home_->boxes().state_of(account_);
    const auto* stored = state == nullptr ? nullptr : state->find(c.stream);
    if (stored != nullptr) now.own_read = stored->read;
  }
  stream::write_receipt(body, now);
  mqtt::message m;
  m.body = body;
  deliver(topic_kind::receipt, c.stream, m, 0, {});
}

void device_link::on_own_read(feed& at) {
  at.own_read_due = true;
  on_receipts(at);
}

void device_link::on_live(stream_id conversation, device_id from, byte_span payload) {
  if (from == device_ || !has_room() || wanted_.qos(topic_kind::live, conversation) == filters::none) return;
  mqtt::message m;
  m.body = payload;
  deliver(topic_kind::live, conversation, m, 0, {});
}

}  // namespace dunlin::engine
