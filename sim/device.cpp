#include "sim/device.hpp"

#include <algorithm>

namespace dunlin::sim {

device::device(stage& s, person& owner, device_id id, accounts::token secret, std::string name)
    : stage_(s),
      world_(s.w),
      person_(owner),
      id_(id),
      secret_(secret),
      token_(accounts::to_text(secret)),
      name_(std::move(name)) {
  chatty_ = 30 + world_.below(200);
  window_ = 1 + static_cast<unsigned>(world_.below(6));
  v3_ = world_.one_in(3);
  small_ = world_.one_in(4);
}

device::~device() = default;

void device::linked() {
  linked_ = true;
  linked_at_ = world_.ms();
  stage_.truth.add_device(person_.id, id_, is_thing || small_);
}

void device::revoked() {
  revoked_ = true;
  for (auto& l : lines_) {
    if (l->mqtt->is_connected()) world_.count(seen::revoked_while_connected);
  }
}

void device::connect_anew() {
  reconnect_at_ = world_.ms();
  for (auto& l : lines_) {
    if (l->primary && !l->mqtt->is_over()) l->mqtt->over().cut();
  }
}

void device::come_home() {
  home_ = true;
  for (auto& o : outbox_) {
    if (o.qos == 0 && o.is == outgoing::state::waiting) o.qos = 1;  // which is sure to end
  }
  reconnect_at_ = 0;
  for (auto& l : lines_) {
    if (!l->mqtt->is_over()) l->mqtt->disconnect();
  }
}

device::line* device::line_of(mqtt_client& c) {
  for (auto& l : lines_) {
    if (l->mqtt.get() == &c) return l.get();
  }
  return nullptr;
}

device::line* device::primary() {
  for (auto& l : lines_) {
    if (l->primary && !l->mqtt->is_over()) return l.get();
  }
  return nullptr;
}

// --- connections ------------------------------------------------------------------------------------------------

connect_options device::options_for(bool is_primary) {
  connect_options o;
  o.version = v3_ ? mqtt::protocol_version::v3_1_1 : mqtt::protocol_version::v5;
  o.user = world_.one_in(2) ? person_.handle : to_text(person_.id);
  o.token = token_;
  o.client_id = is_primary ? to_text(id_) : world_.one_in(3) && !v3_ ? "" : "second " + std::to_string(world_.below(3));
  o.clean_start = !is_primary || world_.one_in(3);
  if (!is_primary) return o;
  if (!v3_) {
    if (!world_.one_in(3)) o.expiry_s = 600;
    if (world_.one_in(2)) o.receive_maximum = static_cast<std::uint16_t>(1 + world_.below(8));
    if (world_.one_in(3)) o.aliases = static_cast<std::uint16_t>(1 + world_.below(4));
    o.problem_information = !world_.one_in(5);
    if (!home_ && small_ && world_.one_in(2)) o.max_packet = 300 + static_cast<std::uint32_t>(world_.below(300));
    o.dunlin = !is_thing && world_.one_in(3);
  }
  return o;
}

std::vector<filter_wish> device::wishes_for(bool is_primary) {
  if (is_thing) return {{"c/+/text", 1}, {"me/now", 0}};
  std::vector<filter_wish> all{{"me", 1}, {"me/now", 0}, {"c/+", 1}, {"c/+/receipt", 0}, {"c/+/live", 0}};
  if (is_primary && home_) return all;
  if (!is_primary) {
    all[2].qos = static_cast<std::uint8_t>(world_.below(2));
    return all;
  }
  switch (world_.below(8)) {
    case 0: return {{"me", 1}, {"me/now", 0}};
    case 1: return {{"me/now", 0}, {"c/+", 0}};
    case 2:
      if (!stage_.conversations.empty()) {
        const auto& c = stage_.conversations[world_.below(stage_.conversations.size())];
        return {{"me/now", 0}, {topic_of(c.id), 1}, {topic_of(c.id, "/receipt"), 0}};
      }
      return all;
    case 3: all.push_back({"c/+/text", 0}); return all;
    case 4:
      all.push_back({"$share/g/c/+", 1});
      all.push_back({"#", 1});
      return all;
    default: return all;
  }
}

void device::open(bool is_primary) {
  if (stage_.up == nullptr) return;
  auto l = std::make_unique<line>();
  l->primary = is_primary;
  l->sloppy = world_.one_in(3);
  l->opened = world_.ms();
  l->after_revocation = revoked_;
  l->wishes = wishes_for(is_primary);
  for (const auto& [id, s] : shelves_) {
    l->kept[id] = s.kept;
    l->places[id] = {0, s.delivered, s.read};
  }
  auto name = fmt::format("{}{}{}", name_, is_primary ? "p" : "s", ++opened_);
  l->mqtt = std::make_unique<mqtt_client>(world_, *this, stage_.up->accept(), std::move(name));
  const auto options = options_for(is_primary);
  if (is_primary) {
    give_up_primary();
    l->mqtt->next_packet_id = session_next_id_;
  }
  world_.note("{} connects, v{} clean {} expiry {} maximum {} packet {} dunlin {} problems {}", l->mqtt->name(),
              static_cast<int>(options.version), options.clean_start, options.expiry_s, options.receive_maximum,
              options.max_packet, options.dunlin, options.problem_information);
  // The server may have made one although its answer never came.
  if (is_primary) session_possible_ = session_possible_ || options.expiry_s != 0 || (v3_ && !options.clean_start);
  fills_gaps_ = fills_gaps_ || options.dunlin;
  l->mqtt->connect(options);
  lines_.push_back(std::move(l));
}

// The client thinks no more of its connection, which for the server is still there.
void device::give_up_primary() {
  for (auto it = lines_.begin(); it != lines_.end(); ++it) {
    if (!(*it)->primary) continue;
    if (!(*it)->acks.empty()) world_.count(seen::taken_over_in_flight);
    lost(**it);
    ghosts_.push_back({std::move(*it), world_.ms() + world_.between(0, 3000)});
    lines_.erase(it);
    return;
  }
}

void device::on_connack(mqtt_client& c, const mqtt::connack_view& packet) {
  auto& l = *line_of(c);
  world_.note("{} connack {} session {}", c.name(), static_cast<int>(packet.reason), packet.session_present);
  if (mqtt::is_error(packet.reason)) {
    world_.count(packet.reason == mqtt::reason_code::quota_exceeded ? seen::too_many_secondaries : seen::login_refused);
    const bool excused = !linked_ || revoking_ || person_.asked_to_go || !l.primary ||
                         packet.reason == mqtt::reason_code::server_unavailable;
    if (!excused) world_.fail(name_, "{} was not let in: {}", c.name(), mqtt::name_of(packet.reason));
    return;
  }
  if (revoking_ && !revoked_) world_.count(seen::attached_while_revoking);
  if (l.after_revocation) world_.fail(name_, "{} was let in after it was revoked", c.name());
  world_.count(v3_ ? seen::connected_v3 : seen::connected_v5);
  if (!l.primary) world_.count(seen::connected_secondary);
  if (l.primary) resume_session(l, packet.session_present);
  // 3.1.1 must be sure of me/now, and so asks again.
  const bool again = packet.session_present && !home_ && !v3_ && world_.one_in(2);
  if (again) {
    l.wishes.clear();  // the session knows its filters
    l.subscribed = true;
    l.hears_now = false;
    return;
  }
  if (!home_ && world_.one_in(10)) return;  // subscribes late, see act()
  subscribe(l);
}

void device::subscribe(line& l) {
  std::string all;
  for (const auto& w : l.wishes) all += fmt::format(" {}@{}", w.filter, w.qos);
  world_.note("{} subscribes{}", l.mqtt->name(), all);
  l.suback = l.mqtt->subscribe(l.wishes);
  begin_anew(l);
}

void device::begin_anew(line& l) {
  for (auto& [id, p] : l.places) p.begins_anew = true;
}

// What of an earlier connection's QoS 2 goes on, or is lost with its session.
void device::resume_session(line& l, bool present) {
  auto& c = *l.mqtt;
  if (present && c.options().clean_start) world_.fail(name_, "{} got a session and asked for none", c.name());
  if (present && !session_possible_) world_.fail(name_, "{} got a session and had none", c.name());
  if (present) world_.count(seen::session_resumed);
  if (!present && session_kept_ && !c.options().clean_start) world_.count(seen::session_lost);
  session_kept_ = c.options().expiry_s != 0 || (v3_ && !c.options().clean_start);
  const auto owed_before = std::move(session_);
  session_.clear();
  for (const auto& [id, o] : owed_before) {
    if (!present) {
      if (o.what.send->is == outgoing::state::flying) give_up(*o.what.send);
      continue;
    }
    session_[id] = o;
    l.waiting[id] = o.what;
    // As it has not subscribed to me/now again yet: after a restart the session may be one that a CONNECT of its own
    // began whose CONNACK was lost, and then no filter is in it.
    l.waiting[id].unsure = v3_;
    if (o.what.received) {
      c.ack(mqtt::packet_type::pubrel, id);
      continue;
    }
    ++o.what.send->truth->attempts;
    ++o.what.send->truth->unanswered;
    c.publish(o.topic, o.payload, 2, id, true, o.correlation);
  }
}

void device::on_suback(mqtt_client& c, const mqtt::suback_view& packet) {
  auto& l = *line_of(c);
  if (on_presence_suback(l, packet)) return;
  begin_anew(l);
  if (packet.packet_id != l.suback) return;
  std::size_t i = 0;
  for (const auto reason : packet.reasons) {
    const auto& wish = l.wishes.at(i++);
    const bool offered = wish.filter != "#" && !wish.filter.starts_with("$share");
    if (offered != !mqtt::is_error(reason)) {
      world_.fail(name_, "{} asked for {} and got {}", c.name(), wish.filter, mqtt::name_of(reason));
    }
    l.hears_now = l.hears_now || wish.filter == "me/now";
  }
  l.subscribed = true;
}

// The connection has ended: what was not answered is tried again, what was not stored is forgotten.
void device::lost(line& l) {
  world_.note("{} is over", l.mqtt->name());
  if (!l.acks.empty()) world_.count(seen::client_lost_unstored);
  if (l.primary) session_next_id_ = l.mqtt->next_packet_id;
  for (auto& [id, p] : l.waiting) {
    if (p.is != pending::what::send) continue;
    if (l.primary && p.qos == 2 && session_kept_ && session_.contains(id)) {
      session_[id].what = p;
      continue;
    }
    if (l.primary) session_.erase(id);
    if (p.send->is == outgoing::state::flying) give_up(*p.send);
  }
}

void device::step_line(line& l) {
  if (world_.ms() < l.stopped_until) return;
  if (world_.fault(4000)) {
    l.stopped_until = world_.ms() + world_.between(100, 3000);
    world_.count(seen::reader_stopped);
    return;
  }
  l.mqtt->step(world_.stormy ? 64 + world_.below(2000) : 4096);
  if (!l.mqtt->is_connected()) return;
  send_acks(l);
  act(l);
}

// What a client does of itself now and then.
void device::act(line& l) {
  auto& c = *l.mqtt;
  if (!l.subscribed) {
    if (l.suback == 0 && (home_ || world_.one_in(40))) subscribe(l);
    return;
  }
  act_presence(l);
  if (home_) return;
  if (world_.one_in(900)) {
    l.wishes = wishes_for(l.primary);
    subscribe(l);
  }
  if (world_.one_in(1500) && !is_thing) {
    const std::string what = world_.one_in(2) ? "c/+" : "c/+/receipt";
    world_.note("{} unsubscribes {}", c.name(), what);
    c.unsubscribe({what});
    begin_anew(l);
  }
  if (world_.one_in(1000)) {
    world_.note("{} disconnects", c.name());
    return c.disconnect();
  }
  if (world_.one_in(150)) probe(l);
  if (stage_.conversations.empty()) return;
  auto& some = stage_.conversations[world_.below(stage_.conversations.size())];
  if (world_.one_in(60) && some.members.contains(person_.id)) {
    const auto& s = shelves_[some.id];
    const auto all = through(some.id, s);
    const bool tells_read = world_.one_in(2);
    if (all > 0) send_receipt(l, some, tells_read ? 0 : all, tells_read ? all : 0);
  }
  if (world_.one_in(120) && some.members.contains(person_.id)) {
    c.publish(topic_of(some.id, "/live"), write_live("live of " + name_), 0);
  }
}

void device::step() {
  if (world_.ms() < linked_at_) return;
  for (std::size_t i = 0; i < lines_.size(); ++i) step_line(*lines_[i]);
  for (auto& l : lines_) {
    if (world_.fault(2500) && !l->mqtt->is_over()) {
      world_.note("{} is cut", l->mqtt->name());
      l->mqtt->over().cut();
    }
  }
  for (auto& l : lines_) {
    if (l->mqtt->is_over()) lost(*l);
  }
  std::erase_if(lines_, [](const auto& l) { return l->mqtt->is_over(); });
  std::erase_if(ghosts_, [this](const ghost& g) { return world_.ms() >= g.until; });
  if (!linked_) return;
  if (primary() == nullptr) {
    if (reconnect_at_ == 0) {
      reconnect_at_ = world_.ms() + (home_ || !world_.one_in(3) ? world_.between(5, 300) : world_.between(500, 6000));
    }
    if (world_.ms() >= reconnect_at_) {
      reconnect_at_ = 0;
      open(true);
    }
  } else if (!home_ && world_.one_in(2500)) {
    open(true);  // a new connection while the old one is, as the server may see it, still there
  }
  if (!is_thing && !home_ && world_.one_in(700)) open(false);
  if (!home_ && world_.one_in(chatty_)) make_send();
  try_sends();
  fill_holes();
}

}  // namespace dunlin::sim
