// Presence: what the device is told of others, and what it says of itself (P1).

#include <algorithm>

#include "engine/shard.hpp"

namespace dunlin::engine {

using mqtt::reason_code;
using presence::watches;

reason_code device_link::grant_presence(account_id about, account_id& undecided) {
  const bool again = std::ranges::find(watched(), about) != watched().end();
  std::size_t of_device = 0;
  home_->boxes().for_each_link_of(account_, [&](const device_link& link) {
    if (link.device() == device_) of_device += link.watched().size();
  });
  // Said before anybody looks at the account, so it tells nothing of it.
  if (!again && of_device >= home_->around().limits.presence.watches_of_device) return reason_code::quota_exceeded;
  switch (home_->presence().watch(*this, about)) {
    case watches::begun::known: presence_due_ = true; break;
    case watches::begun::asked: undecided = about; break;
    case watches::begun::full: home_->around().counts.presence_full.add(); return reason_code::quota_exceeded;
  }
  if (!again) wanted_.list().presences.push_back(about);
  return reason_code::success;
}

void device_link::on_presence(const presence::event& what) {
  using kind = presence::event::kind;
  switch (what.what) {
    case kind::granted: decide_presence(what.about, reason_code::success); break;
    case kind::refused:
    case kind::full: {
      const auto why = what.what == kind::full ? reason_code::quota_exceeded : reason_code::not_authorized;
      // Who has just asked again learns it from the SUBACK, others by a last word.
      if (decide_presence(what.about, why) || !what.over) {
        end_presence(what.about);
      } else {
        presence_due_ = true;
      }
      break;
    }
    case kind::due: presence_due_ = true; break;
  }
  pump_soon();
}

bool device_link::decide_presence(account_id about, reason_code granted) {
  if (!subscribing_) return false;
  bool any = false;
  for (auto& s : *subscribing_) {
    std::erase_if(s.presences, [&](const open_subscribe::undecided& one) {
      if (one.about != about) return false;
      any = true;
      s.granted[one.place] = granted;
      if (is_error(granted)) home_->around().counts.filters_refused.add(granted);
      return true;
    });
  }
  return any;
}

void device_link::end_presence(account_id about) {
  home_->presence().unwatch(*this, about);
  wanted_.drop_presence(about);
}

void device_link::tell_presences() {
  presence_due_ = false;
  const std::vector<account_id> all(watched().begin(), watched().end());  // which what is over leaves
  for (const auto about : all) {
    if (!has_room()) {
      presence_due_ = true;
      held_back_ = true;
      return;
    }
    const auto told = home_->presence().take_due(*this, about);
    if (!told) continue;
    bytes body;
    stream::write_presence(body, told->what.online, told->what.last_seen);
    mqtt::message m;
    m.body = body;
    deliver(topic_kind::presence, account_stream(about), m, 0, {});
    home_->around().counts.presence_told.add();
    if (told->over) end_presence(about);
  }
}

void device_link::publish_state(const mqtt::publish_view& publish, mqtt::publish_token token) {
  const std::string_view says = as_text(publish.payload);
  if (says != "active" && says != "background") return refuse_here(token, {}, {}, stream::reason::malformed);
  home_->presence().set_activity(*this, says == "active" ? activity::active : activity::background);
  protocol_->answer(token, reason_code::success);
}

}  // namespace dunlin::engine
