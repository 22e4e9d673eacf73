#include "presence/board.hpp"

#include <algorithm>
#include <utility>

#include "base/planted.hpp"

namespace dunlin::presence {

namespace {

constexpr wall_ms minute = 60'000;
constexpr wall_ms day = 86'400'000;

// The last day on which one of its devices was connected (R3).
wall_ms last_day(const stream::inbox_state& inbox) {
  stream::day_number last = 0;
  for (const auto& device : inbox.devices) last = std::max(last, device.seen);
  return wall_ms{last} * day;
}

bool is_in(const stream::inbox_state* inbox, stream_id conversation) {
  if (planted(bug::presence_to_strangers)) return inbox != nullptr;
  return inbox != nullptr && !inbox->deleted && conversation != account_stream(inbox->account) &&
         inbox->find(conversation) != nullptr;
}

}  // namespace

board::entry* board::find(account_id who) {
  const auto it = places_.find(who);
  return it == places_.end() ? nullptr : entries_[it->second].get();
}

board::entry& board::ensure(account_id who, const facts& about, moment now) {
  if (auto* known = find(who)) return *known;
  places_[who] = static_cast<std::uint32_t>(entries_.size());
  auto& e = *entries_.emplace_back(std::make_unique<entry>());
  e.who = who;
  e.active = about.active;
  e.since = e.told_at = now.mono;
  e.shown.online = about.active;
  if (about.active) return e;
  if (const auto* seen = seen_.find(who)) {
    e.since = seen->mono;
    e.last_active = seen->wall;
    e.shown.online = now.mono - e.since < limits_.grace;
    if (!e.shown.online) e.shown.last_seen = e.last_active / minute * minute;
  } else {
    e.shown.last_seen = last_day(*about.inbox);
  }
  if (e.shown.online) list(e);
  return e;
}

void board::list(entry& e) {
  if (e.listed) return;
  e.listed = true;
  pending_.push_back(e.who);
}

void board::note_active(account_id who, bool active, moment now) {
  auto* e = find(who);
  if (e == nullptr) {
    if (!active) seen_.note(who, now);
    return;
  }
  e->active = active;
  e->since = now.mono;
  if (!active) e->last_active = now.wall;
  if (e->active != e->shown.online) list(*e);
}

// --- leases -----------------------------------------------------------------------------------------------------

board::lease* board::find_lease(entry& e, shard_id to, stream_id by) {
  const auto it = std::lower_bound(e.leases.begin(), e.leases.end(), std::pair(to, by),
                                   [](const lease& l, const auto& key) { return std::pair(l.to, l.by) < key; });
  return it != e.leases.end() && it->to == to && it->by == by ? &*it : nullptr;
}

bool board::lease_to(entry& e, shard_id to, stream_id by, moment now) {
  const mono_ms until = now.mono + limits_.lease;
  if (auto* known = find_lease(e, to, by)) {
    known->until = until;
    return true;
  }
  if (leases_ >= limits_.leases || e.leases.size() >= limits_.leases_of_account) return false;
  const auto place = std::upper_bound(e.leases.begin(), e.leases.end(), std::pair(to, by),
                                      [](const auto& key, const lease& l) { return key < std::pair(l.to, l.by); });
  e.leases.insert(place, {by, until, to});
  ++leases_;
  return true;
}

bool board::renew(shard_id from, const question& q, moment now, word& out) {
  auto* e = find(q.about);
  if (e == nullptr || q.by->empty()) return false;
  const auto has = [&](stream_id by) {
    const auto* l = find_lease(*e, from, by);
    return l != nullptr && l->until > now.mono;
  };
  if (!std::all_of(q.by->begin(), q.by->end(), has)) return false;
  for (const auto by : *q.by) lease_to(*e, from, by, now);
  out = {.about = q.about, .number = q.number, .now = e->shown, .by = *q.by, .gone = {}};
  return true;
}

word board::answer(shard_id from, const question& q, const facts& about, moment now) {
  word out{.about = q.about, .number = q.number, .now = {}, .by = {}, .gone = {}};
  entry* e = nullptr;
  for (const auto by : *q.by) {
    const bool shared = is_in(about.inbox, by);
    if (shared && e == nullptr) e = &ensure(q.about, about, now);
    if (shared && lease_to(*e, from, by, now)) {
      out.by.push_back(by);
      if (q.number != 0) break;
      continue;
    }
    out.full = out.full || shared;
    if (q.number == 0) out.gone.push_back(by);
  }
  if (e == nullptr) return out;
  if (!out.by.empty()) out.now = e->shown;
  forget_if_unwatched(*e);
  return out;
}

void board::conversations_changed(account_id who, const stream::inbox_state* inbox, std::vector<addressed>& out) {
  auto* e = find(who);
  if (e == nullptr || planted(bug::lease_outlives_member)) return;
  leases_ -= std::erase_if(e->leases, [&](const lease& l) {
    if (is_in(inbox, l.by)) return false;
    if (out.empty() || out.back().to != l.to || out.back().what.about != who) {
      out.push_back({l.to, {.about = who, .now = {}, .by = {}, .gone = {}}});
    }
    out.back().what.gone.push_back(l.by);
    return true;
  });
  forget_if_unwatched(*e);
}

// --- telling ----------------------------------------------------------------------------------------------------

bool board::is_due(const entry& e, moment now) const {
  const mono_ms settled = e.active == e.shown.online || e.active ? 0 : e.since + limits_.grace;
  return now.mono >= std::max(settled, e.told_at + limits_.told_every);
}

void board::tell(entry& e, moment now, std::vector<addressed>& out) {
  e.untold = false;
  e.told_at = now.mono;
  if (e.active != e.shown.online) {
    e.shown = {.online = e.active};
    if (!e.active) e.shown.last_seen = e.last_active / minute * minute;
  }
  const std::size_t before = out.size();
  for (const auto& l : e.leases) {
    if (l.until <= now.mono) continue;
    if (out.size() == before || out.back().to != l.to) {
      out.push_back({l.to, {.about = e.who, .all = true, .now = e.shown, .by = {}, .gone = {}}});
    }
    out.back().what.by.push_back(l.by);
  }
}

void board::tell_again(account_id who) {
  auto* e = find(who);
  if (e == nullptr) return;
  e->untold = true;
  list(*e);
}

void board::tick(moment now, std::vector<addressed>& out) {
  std::erase_if(pending_, [&](account_id who) {
    auto* e = find(who);
    if (e == nullptr) return true;
    const bool waits = e->untold || e->active != e->shown.online;
    if (waits && !is_due(*e, now)) return false;
    if (waits) tell(*e, now, out);
    e->listed = false;
    return true;
  });
  if (pending_.empty() && pending_.capacity() > 1024) pending_ = {};
  sweep(now);
}

void board::forget_if_unwatched(entry& e) {
  if (!e.leases.empty()) return;
  if (!e.active && e.last_active != 0) seen_.note(e.who, {e.since, e.last_active});
  const std::uint32_t place = places_.at(e.who);
  places_.erase(e.who);
  std::swap(entries_[place], entries_.back());
  if (place + 1 != entries_.size()) places_[entries_[place]->who] = place;
  entries_.pop_back();
}

// Each account is looked at once in `look_every`.
void board::sweep(moment now) {
  constexpr mono_ms every = 250;
  constexpr std::size_t look_every = 5000;
  if (now.mono - swept_ < every) return;
  swept_ = now.mono;
  for (std::size_t n = entries_.size() / (look_every / every) + 1; n > 0 && !entries_.empty(); --n) {
    sweep_at_ = sweep_at_ + 1 >= entries_.size() ? 0 : sweep_at_ + 1;
    auto& e = *entries_[sweep_at_];
    leases_ -= std::erase_if(e.leases, [&](const lease& l) { return l.until <= now.mono; });
    forget_if_unwatched(e);
  }
}

}  // namespace dunlin::presence
