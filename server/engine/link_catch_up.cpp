// When the device gets what: what it had missed in its order, then what is new (rules D4, D6, D9, D10).

#include <algorithm>

#include "engine/shard.hpp"

namespace dunlin::engine {

void device_link::on_known(feed& at, std::uint64_t head, wall_ms ts) {
  if (at.attached) return;
  at.attached = true;
  pump_soon();
  if (at.sent() == feed::at_head) return at.start_at(head);
  const bool own = home_->boxes().conversation(at).stream == account_stream(account_);
  const auto& limits = home_->around().limits;
  if (at.moves_cursor && dunlin_ && !own && at.sent() + limits.heads_first_behind < head) {
    // The newest first; the client fills the gap by range reads and says so (D6, D9).
    at.note_gap(at.sent() + 1, head - limits.heads_first_last);
  }
  if (at.sent() >= head) return;
  at.missed = true;
  if (!missed_) missed_ = std::make_unique<catch_up>();
  missed_->add({.conversation = at.conversation(), .until = head, .ts = ts, .own = own});
}

bool device_link::waits_for_me(feed& at) {
  if (!at.after_me) return false;
  const stream_id own = account_stream(account_);
  for (const auto& f : feeds_) {
    if (home_->boxes().conversation(f).stream == own && f.sent() < me_before_) return true;
  }
  at.after_me = false;
  return false;
}

void device_link::pump_soon() {
  if (pump_listed_) return;
  pump_listed_ = true;
  home_->pump_later(*this);
}

void device_link::try_again() {
  order_waits_ = false;
  pump();
}

void device_link::pump() {
  pump_listed_ = false;
  if (!attached_ || protocol_->state() != mqtt::protocol_state::connected) return;
  retry_ = false;
  held_back_ = false;
  answer_subscribes();
  say_hello();
  if (presence_due_ && !subscribing_) tell_presences();
  if (session_.unsent_count() != 0) return resend_next();  // first what was in flight (M2)
  auto& boxes = home_->boxes();
  under_way now;
  for (auto& at : feeds_) {
    if (at.receipt_due) on_receipts(at);
    if (!at.attached) {
      now.all_armed = false;
      continue;
    }
    now.reads += at.reading ? 1 : 0;
    now.asked += at.reading ? at.asked : 0;
    if (at.sent() >= boxes.conversation(at).known) {
      boxes.stands(*this, at);
    } else {
      now.any_behind = true;
    }
  }
  if (missed_) read_missed(now);
  if (now.any_behind) read_news(now);
  if (now.all_armed && !missed_) caught_up_ = true;
  say_caught_up();
}

void device_link::read_missed(under_way& now) {
  const std::size_t most = backlog_credit();
  if (now.all_armed) order_waits_ = false;
  std::size_t i = 0;
  while (i < missed_->size()) {
    const auto& place = missed_->at(i);
    auto* at = find_feed(place.conversation);
    if (at == nullptr || at->sent() >= place.until) {
      if (at != nullptr) at->missed = false;
      missed_->remove(i);
      continue;
    }
    if (at->reading) {
      ++i;
      continue;
    }
    if (order_waits_ && !place.own) {
      retry_ = true;  // not for ever: an arm may be lost
      return;
    }
    if (waits_for_me(*at) || now.reads >= max_reads) return;
    const std::size_t taken = session_.in_flight_count() + now.asked;
    if (!has_room() || taken >= most) {
      held_back_ = true;
      return;
    }
    const auto records = static_cast<std::uint32_t>(std::min<std::uint64_t>(place.until - at->sent(), most - taken));
    if (!home_->boxes().read_on(*this, *at, records)) return;
    ++now.reads;
    now.asked += at->asked;
    missed_->served(i);
  }
  if (missed_->empty()) missed_.reset();
}

void device_link::read_news(under_way& now) {
  auto& boxes = home_->boxes();
  const std::size_t n = feeds_.size();
  for (std::size_t k = 0; k < n; ++k) {
    auto& at = feeds_[(turn_ + k) % n];
    const std::uint64_t known = boxes.conversation(at).known;
    if (!at.attached || at.missed || at.reading || at.sent() >= known || waits_for_me(at)) continue;
    if (!has_room()) {
      held_back_ = true;
      break;
    }
    if (now.reads >= max_reads) break;
    const std::size_t room = at.moves_cursor ? protocol_->credit() : std::size_t{home_->around().limits.read_records};
    const auto records = static_cast<std::uint32_t>(std::min<std::uint64_t>(known - at.sent(), room));
    if (!boxes.read_on(*this, at, records)) break;
    ++now.reads;
  }
  turn_ = n == 0 ? 0 : static_cast<std::uint32_t>((turn_ + 1) % n);
}

// --- what is said on me/now -------------------------------------------------------------------------------------

bool device_link::say_now(const bytes& what, bool with_answer) {
  if (wanted_.qos(topic_kind::now, {}) == filters::none) return true;
  mqtt::message m;
  m.body = what;
  if (deliver(topic_kind::now, {}, m, 0, {}, with_answer) != mqtt::delivery::no_credit) return true;
  held_back_ = true;
  return false;
}

// The first message there, to a 3.1.1 client (D11); CONNACK has told a 5.0 one.
void device_link::say_hello() {
  if (subscribing_ || said_hello_ || wanted_.qos(topic_kind::now, {}) == filters::none) return;
  if (protocol_->version() == mqtt::protocol_version::v3_1_1) {
    bytes hello;
    stream::write_hello(hello, 1, home_->around().data_id, home_->now().wall);
    if (!say_now(hello)) return;
  }
  said_hello_ = true;
}

void device_link::say_caught_up() {
  if (!caught_up_ || told_caught_up_ || wanted_.qos(topic_kind::now, {}) == filters::none) return;
  bytes what;
  stream::write_caught_up(what);
  told_caught_up_ = say_now(what);
}

// Records up to `through` are gone: says so, then goes on behind them (D6). False: no room to say it.
bool device_link::say_trimmed(feed& at, std::uint64_t through) {
  if (at.sent() == feed::at_head) return true;
  if (!at.moves_cursor) {
    pass(at, at.sent() + 1, through);
    return true;
  }
  const stream_id conversation = home_->boxes().conversation(at).stream;
  bytes notice;
  if (conversation == account_stream(account_)) {
    stream::write_reset(notice, through + 1);
    if (!has_room() || !say_now(notice)) return false;
    at.note_told(at.sent() + 1, through);
    return true;
  }
  stream::write_trimmed(notice, conversation, through);
  if (at.sent() != 0 && (!has_room() || !say_now(notice))) return false;
  pass(at, at.sent() + 1, through);
  return true;
}

}  // namespace dunlin::engine
