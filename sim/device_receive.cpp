// What a device gets: records, texts, receipts, notices; and what it has by that.

#include <algorithm>

#include "sim/device.hpp"

namespace dunlin::sim {

void device::on_publish(mqtt_client& c, const std::string& topic, const mqtt::publish_view& packet) {
  auto& l = *line_of(c);
  if (packet.retain) world_.fail(name_, "{} got a retained message", c.name());
  if (topic == "me") return on_record(l, account_stream(person_.id), packet);
  if (topic == "me/now") return on_notice(l, packet);
  if (const auto of = parse_presence_topic(topic)) return on_presence(l, *of, packet);
  const auto to = parse_topic(topic);
  if (!to) world_.fail(name_, "{} got a message on {}", c.name(), topic);
  if (to->second.empty()) return on_record(l, to->first, packet);
  if (to->second == "/text") return on_text(l, to->first, packet);
  if (to->second == "/receipt") return on_receipt(l, to->first, packet);
  if (to->second != "/live") world_.fail(name_, "{} got a message on {}", c.name(), topic);
  const auto live = parse_live(packet.payload);
  if (!live) world_.fail(name_, "{} got no Live", c.name());
  const auto* from = stage_.find(live->account);
  const bool fits = from != nullptr && live->device != id_ &&
                    std::any_of(from->devices.begin(), from->devices.end(), [&](const auto& d) {
                      return d->id() == live->device && live->body == "live of " + d->name();
                    });
  if (!fits) world_.fail(name_, "{} got a Live of somebody else than it says", c.name());
  world_.count(seen::got_live);
}

void device::on_record(line& l, stream_id stream, const mqtt::publish_view& packet) {
  const auto r = parse_record(packet.payload);
  if (!r) world_.fail(name_, "{} got no Record", l.mqtt->name());
  world_.note("{} gets {} of {}{} qos {} id {}", l.mqtt->name(), r->seq, world_.name(stream),
              packet.dup ? " again" : "", static_cast<int>(packet.qos), packet.packet_id);
  world_.count(seen::got_record);
  stage_.truth.saw(stream, *r, person_.id, l.mqtt->name());
  auto& s = shelves_[stream];
  if (packet.dup) world_.count(seen::resent_by_server);
  if (s.have.contains(r->seq)) world_.count(seen::redelivered);
  if (r->device == id_) world_.count(seen::own_record_whole);
  const bool moves = l.primary && packet.qos == mqtt::qos_level::at_least_once;
  auto& at = l.places[stream];
  // Until a change of filters is answered, what was under way by the old ones comes before the stream begins anew, and
  // that may be ahead of the answer.
  const bool settled = !l.mqtt->filters_are_changing();
  if (at.begins_anew && !packet.dup && (settled || r->seq <= at.last)) {
    at.begins_anew = false;
    at.last = 0;
  }
  if (!packet.dup) {
    // Who was removed and added again begins at the later join, which the inbox may learn of late.
    const auto* c = stage_.find(stream);
    const bool joined_again = c != nullptr && c->rejoined.contains(person_.id);
    if (r->seq <= at.last && !joined_again) {
      world_.fail(name_, "{} got {} of {} after {}", l.mqtt->name(), r->seq, world_.name(stream), at.last);
    }
    if (moves) check_follows(l, stream, s, r->seq);
    at.last = r->seq;
  } else if (moves) {
    // The connection that it was first sent on may have ended before it came: then this is the first that comes of it.
    begin_at(stream, s, r->seq);
    at.last = std::max(at.last, r->seq);
  }
  if (packet.qos == mqtt::qos_level::at_most_once) return;
  const mono_ms now = world_.ms();
  const mono_ms delay = world_.one_in(20) ? world_.between(50, 800) : world_.between(0, 10);
  l.acks.push_back({now + (world_.stormy ? delay : 0), packet.packet_id, stream, r->seq, {}});
}

// What the device's cursor says it has not, in order and without a hole that nothing explains (D6).
void device::check_follows(line& l, stream_id stream, shelf& s, std::uint64_t seq) {
  const auto about = world_.name(stream);
  if (l.kept.contains(stream) && seq <= l.kept[stream] && is_of_now(stream, s)) {
    world_.fail(name_, "{} got {} of {}, and the server had noted {}", l.mqtt->name(), seq, about, l.kept[stream]);
  }
  const auto& at = l.places[stream];
  const std::uint64_t before = std::max(at.last, through(stream, s));
  if (at.last == 0) {
    // Sent while this connection was not there.
    const auto& known = stage_.truth.records(stream);
    const auto it = known.find(seq);
    if (it != known.end() && it->second.ts < 1'700'000'000'000 + l.opened - 1'000'000) {
      world_.count(seen::missed_while_away);
    }
  }
  const bool goes_on = s.start == 0 || seq <= before + 1;
  // A gap because the newest go first, or because the notice that something was too large got lost with a connection.
  const bool gap = !goes_on && l.mqtt->options().dunlin && (at.last == 0 || at.begins_anew);
  if (gap) world_.count(seen::gap_at_head_first);
  if (gap || (!goes_on && small_)) {
    for (auto hole = before + 1; hole < seq; ++hole) {
      if (!has(stream, s, hole)) s.to_fill.insert(hole);
    }
  }
  begin_at(stream, s, seq);
}

// The first that it is given of a stream.
void device::begin_at(stream_id stream, shelf& s, std::uint64_t seq) {
  if (s.start != 0 && seq >= s.start) return;
  s.start = seq;
  // What is before may have been passed over for it: it looks.
  const bool asks = (fills_gaps_ || small_) && stream != account_stream(person_.id);
  for (auto hole = s.joined + 1; asks && hole < seq; ++hole) s.to_fill.insert(hole);
}

void device::on_text(line& l, stream_id stream, const mqtt::publish_view& packet) {
  const std::string body(as_text(packet.payload));
  world_.note("{} gets '{}' of {}", l.mqtt->name(), body.substr(0, 12), world_.name(stream));
  world_.count(seen::got_text);
  stage_.truth.saw_text(stream, body, l.mqtt->name());
  if (packet.qos == mqtt::qos_level::at_least_once) {
    l.acks.push_back({world_.ms() + world_.between(0, 20), packet.packet_id, stream, 0, body});
    // Records that are no text pass its cursor unseen.
    if (l.primary) stage_.truth.progress_of(stream, person_.id, id_).acknowledged = ~std::uint64_t{0};
  }
}

void device::send_acks(line& l) {
  for (auto it = l.acks.begin(); it != l.acks.end();) {
    if (it->due > world_.ms()) {
      if (!l.sloppy) break;
      ++it;
      continue;
    }
    if (it != l.acks.begin()) world_.count(seen::acknowledged_out_of_order);
    const auto a = *it;
    it = l.acks.erase(it);
    if (a.seq != 0) {
      keep(a.stream, a.seq);
      if (l.primary) {
        auto& p = stage_.truth.progress_of(a.stream, person_.id, id_);
        p.acknowledged = std::max(p.acknowledged, a.seq);
      }
    } else {
      shelves_[a.stream].texts.insert(a.text);
    }
    world_.note("{} acknowledges {} of {}", l.mqtt->name(), a.seq, world_.name(a.stream));
    l.mqtt->ack(mqtt::packet_type::puback, a.packet_id);
  }
}

void device::keep(stream_id stream, std::uint64_t seq) {
  auto& s = shelves_[stream];
  if (!s.have.insert(seq).second) return;
  s.to_fill.erase(seq);
  if (stream == account_stream(person_.id)) on_me(stage_.truth.records(stream).at(seq));
}

void device::on_me(const record& r) {
  if (r.kind == kind_settings) world_.count(seen::got_settings);
  if (r.kind == kind_profile) world_.count(seen::got_profile);
  if (r.kind == kind_added || r.kind == kind_removed) {
    const auto what = parse_added(as_bytes(r.body));
    if (!what) world_.fail(name_, "{} got a record on me that cannot be read", name_);
    if (r.kind == kind_added) on_joined(what->conversation, what->join_seq);
  }
}

// Cursors and marks end with a membership, and begin anew at the record of the next one (D1): what was noted before the
// inbox heard of both is void.
void device::on_joined(stream_id stream, std::uint64_t join_seq) {
  auto& s = shelves_[stream];
  if (join_seq <= s.joined) return;
  s.joined = join_seq;
  if (const auto* c = stage_.find(stream); c == nullptr || !c->rejoined.contains(person_.id)) return;
  s.kept = s.read_kept = 0;
  for (auto& l : lines_) {
    l->kept.erase(stream);
    // In the middle of a connection, too: from the later join, and the newest first if that is far behind (D9).
    if (const auto at = l->places.find(stream); at != l->places.end()) at->second.begins_anew = true;
  }
}

bool device::is_of_now(stream_id stream, const shelf& s) const {
  const auto* c = stage_.find(stream);
  if (c == nullptr || !c->rejoined.contains(person_.id)) return true;
  const auto members = stage_.truth.members(stream);
  const auto me = members.find(person_.id);
  return !c->changing && me != members.end() && me->second == s.joined;
}

void device::on_receipt(line& l, stream_id stream, const mqtt::publish_view& packet) {
  const auto r = parse_receipt(packet.payload);
  if (!r) world_.fail(name_, "{} got no Receipt", l.mqtt->name());
  world_.note("{} is told {} of {}: delivered {} read {} own {}", l.mqtt->name(), "receipts", world_.name(stream),
              r->delivered, r->read, r->own_read);
  auto& s = shelves_[stream];
  if (r->own_read != 0) {
    world_.count(seen::got_own_read);
    return;
  }
  world_.count(seen::got_receipt);
  auto& at = l.places[stream];
  if (r->delivered < at.base_delivered || r->read < at.base_read) {
    world_.fail(name_, "{} is told of {} delivered {} read {}, and was told {} and {} before", l.mqtt->name(),
                world_.name(stream), r->delivered, r->read, at.base_delivered, at.base_read);
  }
  at.base_delivered = r->delivered;
  at.base_read = r->read;
  s.delivered = std::max(s.delivered, r->delivered);
  s.read = std::max(s.read, r->read);
  stage_.truth.saw_receipt(stream, person_.id, r->delivered, r->read, l.mqtt->name());
}

void device::on_notice(line& l, const mqtt::publish_view& packet) {
  const auto n = parse_notice(packet.payload);
  if (!n) world_.fail(name_, "{} got no Now", l.mqtt->name());
  world_.note("{} is told now {} {} {}", l.mqtt->name(), static_cast<int>(n->is), world_.name(n->conversation), n->seq);
  auto& s = shelves_[n->conversation];
  switch (n->is) {
    case notice::what::caught_up:
      world_.count(seen::got_caught_up);
      l.caught_up = true;
      if (l.mqtt->options().dunlin && l.primary) find_gaps();
      return;
    case notice::what::hello: world_.count(seen::got_hello); return;
    case notice::what::reset: return;
    case notice::what::too_large: {
      world_.count(seen::got_too_large);
      s.too_large.insert(n->seq);
      if (!s.have.contains(n->seq) && !is_thing) s.to_fill.insert(n->seq);
      // At QoS 0 it says nothing of what the cursor has passed.
      const bool moves = l.primary && std::any_of(l.wishes.begin(), l.wishes.end(), [](const filter_wish& f) {
                           return f.qos == 1 && f.filter.starts_with("c/");
                         });
      if (moves) begin_at(n->conversation, s, n->seq);
      if (l.primary) {
        auto& p = stage_.truth.progress_of(n->conversation, person_.id, id_);
        p.acknowledged = std::max(p.acknowledged, n->seq);
      }
      return;
    }
    case notice::what::trimmed:
      world_.count(seen::got_trimmed);
      if (n->conversation != account_stream(person_.id) && !stage_.truth.is_trimmed_kind(n->conversation)) {
        // Before its latest join is as good as trimmed.
        const auto* c = stage_.find(n->conversation);
        const bool joined_late = c != nullptr && c->rejoined.contains(person_.id);
        if (!joined_late)
          world_.fail(name_, "{} is told that {} is trimmed", l.mqtt->name(), world_.name(n->conversation));
      }
      return;
    case notice::what::refused: break;
  }
  for (auto& [id, p] : l.waiting) {
    if (p.is != pending::what::send || p.refused || p.send->truth->id != n->id || n->id.is_zero()) continue;
    p.refused = true;
    return on_refusal(*p.send, n->reason, n->floor);
  }
  for (auto& o : outbox_) {
    const bool mine = o.is == outgoing::state::flying && o.qos == 0 && !n->id.is_zero() && o.truth->id == n->id;
    if (mine) return on_refusal(o, n->reason, n->floor);
  }
}

// --- what it has ------------------------------------------------------------------------------------------------

bool device::has(stream_id stream, const shelf& s, std::uint64_t seq) const {
  if (s.have.contains(seq)) return true;
  const auto& known = stage_.truth.records(stream);
  const auto it = known.find(seq);
  // Passed over as too large it counted as delivered, and may be trimmed before it was read by range.
  const bool large = s.too_large.contains(seq) || (small_ && it != known.end() && it->second.body.size() > 150);
  if (large && !s.to_fill.contains(seq) && stage_.truth.is_trimmed_kind(stream)) return true;
  if (it == known.end() || it->second.device != id_) return false;
  // Its own message, whose acceptance may have come without the seq (D8).
  return std::any_of(outbox_.begin(), outbox_.end(), [&](const outgoing& o) {
    return o.said.body == it->second.body && o.is == outgoing::state::accepted;
  });
}

// Everything from its start up to here is there.
std::uint64_t device::through(stream_id stream, const shelf& s) const {
  const std::uint64_t from = std::max(s.start, s.joined + 1);
  if (s.start == 0) return 0;
  if (!s.to_fill.empty() && *s.to_fill.begin() < from) return 0;
  std::uint64_t seq = from;
  const std::uint64_t head = stage_.truth.head(stream);
  while (seq <= head && has(stream, s, seq)) ++seq;
  return seq - 1;
}

// Who is caught up and fills gaps by itself looks at what it knows to be there: where the newest are its own messages,
// no record has shown it the gap before them (D9).
void device::find_gaps() {
  for (auto& [id, s] : shelves_) {
    if (s.have.empty() || id == account_stream(person_.id)) continue;
    for (auto seq = std::max(through(id, s), s.joined) + 1; seq < *s.have.rbegin(); ++seq) {
      if (!has(id, s, seq)) s.to_fill.insert(seq);
    }
  }
}

// Reads by range what it was told that it will not be sent.
void device::fill_holes() {
  if (stage_.up == nullptr || !linked_ || revoking_) return;
  for (auto& [id, s] : shelves_) {
    if (s.to_fill.empty() || id == account_stream(person_.id)) continue;
    if (s.filling && world_.ms() < s.filling_until) continue;
    if (!home_ && !world_.one_in(200)) continue;
    s.filling = true;
    s.filling_until = world_.ms() + 12'000;
    read_range(id, *s.to_fill.begin());
  }
}

void device::read_range(stream_id stream, std::uint64_t from) {
  const auto answered = [this, stream, from](const engine::records_answer& a) {
    auto& s = shelves_[stream];
    s.filling = false;
    world_.note("{} reads {} from {}: {} records, head {}", name_, world_.name(stream), from, a.records.size(), a.head);
    if (!a.outcome.ok()) {
      if (a.outcome.why == stream::reason::not_member) s.to_fill.clear();
      return;
    }
    std::uint64_t last = from - 1;
    for (const auto& data : a.records) {
      const auto r = parse_record(data);
      if (!r || r->seq <= last) world_.fail(name_, "{} read something out of order", name_);
      stage_.truth.saw(stream, *r, person_.id, name_ + " reading");
      last = r->seq;
      if (from <= s.joined + 1 && (s.start == 0 || r->seq < s.start)) s.start = r->seq;
      keep(stream, r->seq);
      if (r->kind == kind_text) s.texts.insert(r->body);
      world_.count(seen::hole_filled);
    }
    if (a.records.empty()) last = a.head;
    // What was asked for and is not there is trimmed, or from before it joined.
    std::erase_if(s.to_fill, [from, last](std::uint64_t seq) { return seq >= from && seq <= last; });
  };
  stage_.up->read_records({.reader = person_.id, .conversation = stream, .from = from, .limit = 20}, answered);
}

}  // namespace dunlin::sim
