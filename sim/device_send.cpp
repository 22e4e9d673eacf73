// What a device sends: messages with retries, receipts, and what is sent to see it refused; what it was told is noted.

#include <algorithm>
#include <charconv>

#include "sim/device.hpp"

namespace dunlin::sim {

namespace {

// How long a message at QoS 0, which gets no answer, is left alone.
constexpr mono_ms qos0_patience = 1500;

bool is_final(const std::string& why) { return why != "waits" && why != "busy" && why != "no_space"; }

}  // namespace

message_id device::next_id() {
  message_id id = world_.random.message(world_.now().wall);
  if (id <= last_id_) {
    id = last_id_;
    ++id.lo;
  }
  last_id_ = id;
  return id;
}

void device::say(conversation& c) {
  outgoing o;
  o.said = {.stream = c.id, .account = person_.id, .device = id_, .kind = kind_message};
  o.how = way::send;
  if (is_thing) {
    if (!c.open) return;
    o.how = v3_ ? way::plain_text : way::text;
    o.said.kind = kind_text;
  }
  add(std::move(o));
}

device::outgoing& device::add(outgoing o) {
  if (o.how != way::plain_text && o.said.id.is_zero()) o.said.id = next_id();
  const std::size_t length = world_.one_in(8) ? world_.below(900) : world_.below(60);
  o.said.body = fmt::format("{}.{}", name_, ++said_) + std::string(length, '.') + o.said.body;
  o.qos = static_cast<std::uint8_t>(world_.one_in(8) && !home_ && !o.broken ? 0 : world_.one_in(4) ? 2 : 1);
  outbox_.push_back(std::move(o));
  return outbox_.back();
}

void device::make_send() {
  if (stage_.conversations.empty()) return;
  auto& c = stage_.conversations[world_.below(stage_.conversations.size())];
  if (!c.created || (!c.members.contains(person_.id) && !world_.one_in(6))) return;
  if (world_.one_in(12) && !outbox_.empty()) {
    // An accepted message once more, from its first byte to its last.
    auto& old = outbox_[world_.below(outbox_.size())];
    // Of one whose acceptance is not sure, a refusal now would say that it was none.
    const bool sure = old.is == outgoing::state::accepted && old.truth->accepted;
    if (sure && old.how != way::plain_text) old.is = outgoing::state::waiting;
    return;
  }
  outgoing o;
  o.said = {.stream = c.id, .account = person_.id, .device = id_, .kind = kind_message};
  o.urgency = static_cast<std::uint32_t>(world_.below(3));
  if (is_thing || (c.open && world_.one_in(3))) {
    o.how = v3_ || world_.one_in(3) ? way::plain_text : way::text;
    o.said.kind = kind_text;
  }
  const std::uint64_t burst = is_thing || !world_.one_in(4) ? 1 : 1 + world_.below(12);
  for (std::uint64_t i = 0; i < burst; ++i) {
    auto one = o;
    if (o.how == way::send && world_.one_in(25)) {
      switch (world_.below(4)) {
        case 0: one.expires_in = 60; break;
        case 1: one.said.kind = 70; break;
        case 2: one.said.body = std::string(1600, 'L'); break;
        default: one.broken = !v3_; break;  // which has no id that a refusal could name
      }
    }
    if (o.how == way::send && !c.open && world_.one_in(30)) one.said.kind = kind_text;
    add(std::move(one));
  }
}

// The message of this conversation that is unanswered and was sent last before this one.
device::outgoing* device::before(const outgoing& o) {
  outgoing* found = nullptr;
  for (auto& other : outbox_) {
    if (&other == &o) break;
    const bool open = other.is == outgoing::state::waiting || other.is == outgoing::state::flying;
    if (open && other.said.stream == o.said.stream && other.truth != nullptr && other.how != way::plain_text) {
      found = &other;
    }
  }
  return found;
}

device::line* device::line_for(const outgoing& o) {
  line* found = nullptr;
  for (auto& l : lines_) {
    if (!l->mqtt->is_connected() || !l->subscribed) continue;
    // Without me/now it would not hear of refusals (M4).
    const bool deaf = !l->hears_now && (v3_ || o.qos == 0 || !l->mqtt->options().problem_information);
    if (deaf || l->waiting.size() + 1 >= l->mqtt->server_receive_maximum()) continue;
    if (found == nullptr || world_.one_in(3)) found = l.get();
  }
  return found;
}

void device::try_sends() {
  std::map<stream_id, unsigned> flying;
  std::set<stream_id> behind;  // something older was never sent yet: ids must grow
  for (auto& o : outbox_) {
    if (o.is == outgoing::state::flying) ++flying[o.said.stream];
  }
  for (auto& o : outbox_) {
    if (o.is == outgoing::state::flying && o.qos == 0 && world_.ms() > o.flying_since + qos0_patience) {
      o.qos = 1;
      give_up(o);
    }
    if (o.is != outgoing::state::waiting || world_.ms() < o.retry_at) continue;
    if (flying[o.said.stream] >= window_) {
      if (o.truth == nullptr) behind.insert(o.said.stream);
      continue;
    }
    if (behind.contains(o.said.stream)) continue;
    line* l = line_for(o);
    if (l == nullptr) {
      if (o.truth == nullptr) behind.insert(o.said.stream);
      continue;
    }
    ++flying[o.said.stream];
    transmit(o, *l);
  }
}

void device::transmit(outgoing& o, line& l) {
  outgoing* prior = before(o);
  if (o.truth == nullptr) {
    o.said.since = world_.ms();
    o.first_life = stage_.life;
    o.truth = &stage_.truth.sending(o.said);
  }
  auto& m = *o.truth;
  ++m.attempts;
  // Text cannot say what it follows; what follows it cannot be sure of more.
  if (prior != nullptr && (o.how != way::send || !prior->truth->in_order)) m.in_order = false;
  o.is = outgoing::state::flying;
  o.flying_since = world_.ms();
  std::string topic = topic_of(o.said.stream, "/send");
  bytes payload;
  std::optional<message_id> correlation;
  if (o.how == way::send) {
    payload = write_send({.id = m.id,
                          .kind = m.kind,
                          .urgency = o.urgency,
                          .expires_in = o.expires_in,
                          .body = m.body,
                          .after = prior == nullptr ? message_id{} : prior->said.id});
    if (o.broken) payload.resize(payload.size() - 3);
  } else {
    topic = topic_of(o.said.stream, "/text");
    payload.assign(m.body.begin(), m.body.end());
    if (o.how == way::text && !v3_) correlation = m.id;
  }
  world_.note("{} sends '{}' to {} qos {} attempt {} after {}", l.mqtt->name(), m.body.substr(0, 12),
              world_.name(m.stream), o.qos, m.attempts, prior == nullptr ? "-" : prior->said.body.substr(0, 12));
  world_.count(o.qos == 0 ? seen::sent_qos0 : o.qos == 1 ? seen::sent_qos1 : seen::sent_qos2);
  if (o.how != way::send) world_.count(seen::sent_text);
  const auto id = l.mqtt->publish(topic, payload, o.qos, 0, false, correlation);
  if (o.qos == 0) return;
  l.waiting[id] = {.is = pending::what::send, .send = &o, .conversation = m.stream, .qos = o.qos};
  if (o.qos == 2 && l.primary && session_kept_) session_[id] = {l.waiting[id], topic, payload, correlation};
}

// Nobody will say what became of this attempt.
void device::give_up(outgoing& o) {
  ++o.truth->unanswered;
  o.is = outgoing::state::waiting;
  o.retry_at = world_.ms() + world_.between(0, 200);
}

void device::send_receipt(line& l, conversation& c, std::uint64_t have_through, std::uint64_t read) {
  if (l.waiting.size() + 1 >= l.mqtt->server_receive_maximum()) return;
  auto& p = stage_.truth.progress_of(c.id, person_.id, id_);
  p.acknowledged = std::max(p.acknowledged, have_through);
  p.read = std::max(p.read, read);
  world_.note("{} tells {} have {} read {}", l.mqtt->name(), c.name, have_through, read);
  const auto id =
      l.mqtt->publish(topic_of(c.id, "/receipt"), write_receipt({.read = read, .have_through = have_through}), 1);
  l.waiting[id] = {.is = pending::what::receipt,
                   .conversation = c.id,
                   .have_through = have_through,
                   .read = read,
                   .joined = shelves_[c.id].joined};
}

void device::tell_all(conversation& c) {
  auto* l = primary();
  if (l == nullptr || !l->subscribed || is_thing) return;
  const auto all = through(c.id, shelves_[c.id]);
  if (all > 0) send_receipt(*l, c, all, all);
}

// To a conversation that is not there, or is none of its account's: no difference may be seen.
void device::probe(line& l) {
  if (v3_ || !l.mqtt->options().problem_information) return;
  if (l.waiting.size() + 1 >= l.mqtt->server_receive_maximum()) return;
  stream_id to = world_.random.id<stream_id>();
  for (auto& c : stage_.conversations) {
    if (c.ever.contains(person_.id) || !world_.one_in(2)) continue;
    c.strangers.insert(person_.id);
    to = c.id;
  }
  const auto id = world_.one_in(3) ? l.mqtt->publish(topic_of(to, "/receipt"), write_receipt({.read = 1}), 1)
                                   : l.mqtt->publish(topic_of(to, "/send"), write_send({.id = next_id()}), 1);
  l.waiting[id] = {.is = pending::what::probe, .conversation = to};
}

// --- answers ----------------------------------------------------------------------------------------------------

void device::on_ack(mqtt_client& c, const mqtt::ack_view& packet) {
  auto& l = *line_of(c);
  if (packet.type == mqtt::packet_type::pubrel) world_.fail(name_, "{} got a PUBREL", c.name());
  const auto it = l.waiting.find(packet.packet_id);
  if (it == l.waiting.end()) {
    if (packet.type == mqtt::packet_type::pubcomp) return;
    world_.fail(name_, "{} got an answer to {}, which it did not ask", c.name(), packet.packet_id);
  }
  auto& p = it->second;
  if (packet.type == mqtt::packet_type::pubcomp) {
    if (l.primary) session_.erase(it->first);
    l.waiting.erase(it);
    return;
  }
  if ((packet.type == mqtt::packet_type::pubrec) != (p.qos == 2)) world_.fail(name_, "{}: wrong answer", c.name());
  const bool again = p.received;
  if (packet.type == mqtt::packet_type::pubrec && !mqtt::is_error(packet.reason)) {
    p.received = true;
    c.ack(mqtt::packet_type::pubrel, packet.packet_id);
    const auto kept = session_.find(packet.packet_id);
    if (l.primary && kept != session_.end()) kept->second.what.received = true;
    if (!again) on_verdict(l, p, packet);
    return;
  }
  const pending done = p;
  if (l.primary) session_.erase(it->first);
  l.waiting.erase(it);
  if (done.is == pending::what::receipt) return on_receipt_kept(done, packet);
  if (done.is == pending::what::probe) {
    const auto why = packet.props.text(mqtt::property::reason_string);
    const bool same = (packet.reason == mqtt::reason_code::not_authorized && (why == "not_member" || why.empty())) ||
                      (packet.reason == mqtt::reason_code::quota_exceeded && why != "too_large");
    if (!same) world_.fail(name_, "{} asked a stranger and got {} {}", c.name(), mqtt::name_of(packet.reason), why);
    world_.count(seen::refused_foreign);
    return;
  }
  pending verdict = done;
  on_verdict(l, verdict, packet);
}

void device::on_verdict(line& l, pending& p, const mqtt::ack_view& packet) {
  auto& o = *p.send;
  auto& m = *o.truth;
  if (p.refused) return;
  if (mqtt::is_error(packet.reason)) {
    std::string why(packet.props.text(mqtt::property::reason_string));
    message_id floor;
    for (const auto& u : packet.props.user_properties()) {
      if (u.name == "floor") floor = id_from_text<message_id>(u.value).value_or(message_id{});
    }
    if (why.empty()) {
      // This connection is not told why: what the code says must do.
      ++o.vague;
      const bool later = packet.reason == mqtt::reason_code::quota_exceeded ||
                         packet.reason == mqtt::reason_code::implementation_specific;
      why = later && o.vague < 20 && m.body.size() < 1500 && o.expires_in == 0 ? "busy" : "not said";
    }
    return on_refusal(o, why, floor);
  }
  std::uint64_t seq = 0;
  bool fresh = false;
  for (const auto& u : packet.props.user_properties()) {
    if (u.name == "seq") std::from_chars(u.value.data(), u.value.data() + u.value.size(), seq);
    fresh = fresh || u.name == "ts";
  }
  world_.note("{} has '{}' accepted as {} in {}{}", l.mqtt->name(), m.body.substr(0, 12), seq, world_.name(m.stream),
              fresh || seq == 0 ? "" : " (a repeat)");
  world_.count(seq == 0 || fresh ? seen::accepted : seen::duplicate);
  if (seq != 0 && !fresh) {
    if (o.first_life != stage_.life) world_.count(seen::duplicate_after_restart);
    if (m.attempts == 1) world_.count(seen::repeated_between_shards);
  }
  const bool never = o.broken || o.expires_in != 0 || m.kind >= first_server_kind || m.body.size() > 1500;
  if (never && !p.unsure) {
    world_.fail(world_.name(m.stream), "'{}' was accepted", m.body.substr(0, 20));
  }
  // A text without an id of its own cannot be told from another one that me/now said was refused.
  const bool sure = seq != 0 || (!m.id.is_zero() && !p.unsure);
  if (sure) {
    stage_.truth.accepted(m, seq);
  } else {
    ++m.unsure;
  }
  o.is = outgoing::state::accepted;
  if (seq != 0 && l.primary) world_.count(seen::echo_instead_of_record);
  if (seq != 0) keep(m.stream, seq);
  if (seq != 0 && m.found.contains(seq)) world_.count(seen::record_before_verdict);
}

void device::on_refusal(outgoing& o, const std::string& why, message_id floor) {
  auto& m = *o.truth;
  world_.note("{} has '{}' refused in {}: {}", name_, m.body.substr(0, 12), world_.name(m.stream), why);
  static const std::map<std::string, seen> kinds{
      {"not_member", seen::refused_not_member}, {"stale", seen::refused_stale},
      {"waits", seen::refused_waits},           {"busy", seen::refused_busy},
      {"no_space", seen::refused_no_space},     {"too_large", seen::refused_too_large},
      {"malformed", seen::refused_malformed},   {"unsupported", seen::refused_unsupported},
      {"forbidden", seen::refused_forbidden},   {"not_open", seen::refused_not_open}};
  const auto kind = kinds.find(why);
  if (kind != kinds.end()) world_.count(kind->second);
  if (kind == kinds.end() && why != "not said") world_.fail(name_, "a message was refused with '{}'", why);
  if (why == "stale" && m.id > floor) world_.fail(name_, "a message above the floor was refused as stale");
  if (why == "not_member" && stage_.find(m.stream)->ever.contains(person_.id)) world_.count(seen::send_after_removal);
  if (!is_final(why)) {
    o.is = outgoing::state::waiting;
    o.retry_at = world_.ms() + world_.between(20, why == "no_space" ? 800 : 300);
    return;
  }
  o.is = m.accepted ? outgoing::state::accepted : outgoing::state::refused;
  stage_.truth.refused(m, why);
}

void device::on_receipt_kept(const pending& p, const mqtt::ack_view& packet) {
  world_.note("{} has its receipt of {} {} {} answered: {}", name_, world_.name(p.conversation), p.have_through, p.read,
              mqtt::name_of(packet.reason));
  if (mqtt::is_error(packet.reason)) return;
  world_.count(seen::receipt_kept);
  if (v3_) return;  // which cannot tell it from a refusal
  auto& s = shelves_[p.conversation];
  if (p.joined != s.joined) return;  // it may have been noted before it left and joined anew
  s.kept = std::max(s.kept, p.have_through);
  s.read_kept = std::max(s.read_kept, p.read);
}

}  // namespace dunlin::sim
