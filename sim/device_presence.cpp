// What a device says of itself and asks of others: presence (P1).

#include <algorithm>

#include "sim/device.hpp"

namespace dunlin::sim {

namespace {
constexpr mono_ms ask_every = 2000;
}

// What a client does now and then; and in the end, when it wants to know of everybody.
void device::act_presence(line& l) {
  if (is_thing) return;
  auto& c = *l.mqtt;
  if (home_) {
    if (l.in_background != person_.away) say_state(l, person_.away ? "background" : "active");
    if (!l.primary || world_.ms() < l.ask_presence_at) return;
    std::vector<account_id> unknown;
    for (const auto& p : stage_.people) {
      const auto told = l.told.find(p.id);
      const bool knows = l.granted.contains(p.id) && told != l.told.end() && !told->second.says_nothing();
      if (p.id != person_.id && !knows) unknown.push_back(p.id);
    }
    l.ask_presence_at = world_.ms() + ask_every;
    return ask_presence(l, unknown);
  }
  if (world_.one_in(250)) {
    std::vector<account_id> some;
    for (const auto& p : stage_.people) {
      if (p.id != person_.id && world_.one_in(2)) some.push_back(p.id);
    }
    ask_presence(l, some);
  }
  if (world_.one_in(800) && !l.granted.empty()) {
    auto it = l.granted.begin();
    std::advance(it, static_cast<std::ptrdiff_t>(world_.below(l.granted.size())));
    world_.note("{} unsubscribes the presence of {}", c.name(), world_.name(*it));
    l.asked[c.unsubscribe({presence_of(*it)}, false)] = {};
    l.granted.erase(it);
  }
  if (world_.one_in(300)) say_state(l, world_.one_in(2) ? "background" : "active");
  if (world_.one_in(2000)) say_state(l, "asleep");  // which is none
}

void device::say_state(line& l, std::string_view state) {
  world_.note("{} is {}", l.mqtt->name(), state);
  l.mqtt->publish("me/state", as_bytes(state), 0);
  if (state == "asleep") return;
  l.in_background = state == "background";
}

void device::ask_presence(line& l, const std::vector<account_id>& of) {
  if (of.empty()) return;
  std::vector<filter_wish> filters;
  std::string names;
  for (const auto& account : of) {
    filters.push_back({presence_of(account), static_cast<std::uint8_t>(world_.below(2))});
    names += " " + world_.name(account);
  }
  world_.note("{} asks for the presence of{}", l.mqtt->name(), names);
  asked_presence_.insert(of.begin(), of.end());
  l.asked[l.mqtt->subscribe(filters, false)] = of;
}

bool device::on_presence_suback(line& l, const mqtt::suback_view& packet) {
  const auto it = l.asked.find(packet.packet_id);
  if (it == l.asked.end()) return false;
  const auto of = std::move(it->second);
  l.asked.erase(it);
  if (of.empty()) return true;  // an UNSUBSCRIBE
  std::size_t i = 0;
  for (const auto reason : packet.reasons) {
    const auto& account = of.at(i++);
    const auto about = world_.name(account);
    if (mqtt::is_error(reason)) {
      world_.count(seen::presence_refused);
      l.granted.erase(account);
      l.told.erase(account);
      continue;
    }
    if (!stage_.ever_shared(person_.id, account)) {
      world_.fail(name_, "{} may hear of {}, and shares nothing", l.mqtt->name(), about);
    }
    world_.count(seen::presence_granted);
    l.granted.insert(account);
  }
  return true;
}

void device::on_presence(line& l, account_id of, const mqtt::publish_view& packet) {
  const auto p = parse_presence(packet.payload);
  const auto about = world_.name(of);
  if (!p || packet.qos != mqtt::qos_level::at_most_once) world_.fail(name_, "{} got no Presence", l.mqtt->name());
  world_.note("{} is told of {}: {} {}", l.mqtt->name(), about, p->online ? "online" : "offline", p->last_seen);
  if (!stage_.ever_shared(person_.id, of)) {
    world_.fail(name_, "{} hears of {}, and shares nothing", l.mqtt->name(), about);
  }
  if (!asked_presence_.contains(of)) world_.fail(name_, "{} hears of {} unasked", l.mqtt->name(), about);
  constexpr std::int64_t minute = 60'000;
  const bool fits =
      p->last_seen % minute == 0 && p->last_seen <= world_.now().wall && (!p->online || p->last_seen == 0);
  if (!fits) world_.fail(name_, "{} hears of {}: last seen {}", l.mqtt->name(), about, p->last_seen);
  world_.count(p->online ? seen::presence_online : p->says_nothing() ? seen::presence_unknown : seen::presence_offline);
  l.told[of] = *p;
}

bool device::is_active() {
  if (!is_live()) return false;
  auto* l = primary();
  return l != nullptr && l->mqtt->is_connected() && !l->in_background;
}

std::string device::presence_missing() {
  auto* l = primary();
  if (is_thing || !is_live() || l == nullptr) return {};
  const auto sharing = stage_.truth.sharing_with(person_.id);
  for (auto& p : stage_.people) {
    if (p.id == person_.id) continue;
    const auto it = l->told.find(p.id);
    const bool knows = it != l->told.end() && !it->second.says_nothing();
    if (!sharing.contains(p.id)) {
      if (knows) return fmt::format("{} hears of {}, and shares nothing any more", name_, p.name);
      continue;
    }
    if (!l->granted.contains(p.id) || !knows) return fmt::format("{} is told nothing of {}", name_, p.name);
    const bool online = std::any_of(p.devices.begin(), p.devices.end(), [](const auto& d) { return d->is_active(); });
    if (it->second.online != online) {
      return fmt::format("{} is told that {} is {}", name_, p.name, online ? "offline" : "online");
    }
  }
  return {};
}

}  // namespace dunlin::sim
