#include "presence/watches.hpp"

#include <algorithm>
#include <utility>

namespace dunlin::presence {

namespace {

bool is_in(const stream::inbox_state* inbox, stream_id conversation) {
  return inbox != nullptr && !inbox->deleted && inbox->find(conversation) != nullptr;
}

bool has(const std::vector<stream_id>& ascending, stream_id id) {
  return std::binary_search(ascending.begin(), ascending.end(), id);
}

}  // namespace

watches::watch* watches::find(account_id about) {
  const auto it = places_.find(about);
  return it == places_.end() ? nullptr : list_[it->second].get();
}

watches::watcher* watches::find(watch& w, std::uint64_t link) {
  const auto it = std::lower_bound(w.watchers.begin(), w.watchers.end(), link,
                                   [](const watcher& x, std::uint64_t id) { return x.link < id; });
  return it == w.watchers.end() || it->link != link ? nullptr : &*it;
}

stream_id watches::shared_here(const watch& w, account_id asker) {
  if (!w.known) return {};
  const auto* inbox = known_.inbox_of(asker);
  for (const auto& x : w.watchers) {
    if (!x.by.is_zero() && is_in(inbox, x.by)) return x.by;
  }
  return {};
}

// --- they come and go -------------------------------------------------------------------------------------------

watches::begun watches::begin(std::uint64_t link, account_id asker, account_id about, bool resumed) {
  auto* w = find(about);
  auto* x = w == nullptr ? nullptr : find(*w, link);
  if (x == nullptr) {
    if (watchers_ >= limits_.watches) return begun::full;
    if (w == nullptr) {
      places_[about] = static_cast<std::uint32_t>(list_.size());
      w = list_.emplace_back(std::make_unique<watch>()).get();
      w->about = about;
    }
    const auto behind = std::find_if(w->watchers.rbegin(), w->watchers.rend(),
                                     [link](const watcher& other) { return other.link < link; });
    x = &*w->watchers.insert(
        behind.base(), {.link = link, .asker = asker, .granted = resumed});  // the newest link has the highest number
    ++watchers_;
  } else if (x->over) {
    *x = {.link = link, .asker = asker};
  } else if (x->by.is_zero()) {
    return begun::asked;
  }
  if (x->by.is_zero()) x->by = shared_here(*w, asker);
  if (x->by.is_zero()) {
    list_ask(*w, *x);
    return begun::asked;
  }
  x->granted = x->due = true;
  return begun::known;
}

bool watches::end(std::uint64_t link, account_id about) {
  auto* w = find(about);
  auto* x = w == nullptr ? nullptr : find(*w, link);
  if (x == nullptr) return false;
  const bool granted = x->granted;
  drop_watcher(*w, static_cast<std::size_t>(x - w->watchers.data()));
  drop_if_empty(*w);
  return granted;
}

void watches::drop_watcher(watch& w, std::size_t i) {
  w.watchers.erase(w.watchers.begin() + static_cast<std::ptrdiff_t>(i));
  --watchers_;
}

// Its leases run out by themselves.
void watches::drop_if_empty(watch& w) {
  if (!w.watchers.empty()) return;
  const std::uint32_t at = places_.at(w.about);
  places_.erase(w.about);
  std::swap(list_[at], list_.back());
  if (at + 1 != list_.size()) places_[list_[at]->about] = at;
  list_.pop_back();
}

void watches::recheck(std::uint64_t link, account_id about) {
  auto* w = find(about);
  auto* x = w == nullptr ? nullptr : find(*w, link);
  if (x == nullptr || x->by.is_zero() || is_in(known_.inbox_of(x->asker), x->by)) return;
  x->by = {};
  x->by = shared_here(*w, x->asker);
  if (x->by.is_zero()) ask_anew(*w, *x);
}

// --- what is told -----------------------------------------------------------------------------------------------

void watches::set_due(const watch& w, watcher& x, std::vector<event>& events) {
  x.due = true;
  events.push_back({event::kind::due, x.link, w.about});
}

bool watches::refuse(const watch& w, watcher& x, event::kind why, std::vector<event>& events) {
  x.over = x.due = x.granted;
  events.push_back({why, x.link, w.about, x.over});
  return x.over;
}

bool watches::hear(watch& w, watcher& x, const word& from, std::vector<event>& events) {
  if (x.over) return true;
  if (!x.by.is_zero()) {
    const bool told_by = has(from.by, x.by);
    if (told_by && x.version != w.version) {
      set_due(w, x, events);
    } else if (has(from.gone, x.by) || (from.all && !told_by)) {
      x.by = {};
      ask_anew(w, x);
    } else if (!told_by && x.version != w.version) {
      list_renewal(w);  // what another was told is not for this one until it is said
    }
    return true;
  }
  const auto* inbox = known_.inbox_of(x.asker);
  const auto shared = std::find_if(from.by.begin(), from.by.end(), [&](stream_id by) { return is_in(inbox, by); });
  if (shared != from.by.end()) {
    x.by = *shared;
    x.number = 0;
    if (!std::exchange(x.granted, true)) events.push_back({event::kind::granted, x.link, w.about});
    set_due(w, x, events);
    return true;
  }
  if (from.number == 0 || from.number != x.number) return true;
  x.number = 0;
  if (from.full) return refuse(w, x, event::kind::full, events);
  x.passed_through = x.asked_through;
  list_ask(w, x);  // the next of its conversations, or none is left
  return true;
}

void watches::take(const word& from, moment now, std::vector<event>& events) {
  auto* w = find(from.about);
  if (w == nullptr) return;
  if (!from.by.empty()) {
    w->heard_at = now.mono;
    if (!w->known) w->renewed_at = now.mono;
    if (!w->known || w->now != from.now) ++w->version;
    w->known = true;
    w->now = from.now;
  }
  for (std::size_t i = 0; i < w->watchers.size();) {
    if (hear(*w, w->watchers[i], from, events)) {
      ++i;
    } else {
      drop_watcher(*w, i);
    }
  }
  drop_if_empty(*w);
}

std::optional<watches::told> watches::take_due(std::uint64_t link, account_id about) {
  auto* w = find(about);
  auto* x = w == nullptr ? nullptr : find(*w, link);
  if (x == nullptr || !x->due) return std::nullopt;
  if (x->over) return told{.what = {}, .over = true};
  if (x->by.is_zero()) return std::nullopt;  // later, if it may hear of it still
  x->due = false;
  x->version = w->version;
  return told{.what = w->known ? w->now : state{}};
}

// --- what is asked ----------------------------------------------------------------------------------------------

void watches::list_ask(const watch& w, watcher& x) {
  if (std::exchange(x.listed, true)) return;
  to_ask_.push_back({w.about, x.link});
}

void watches::list_renewal(watch& w) {
  if (std::exchange(w.listed, true)) return;
  to_renew_.push_back(w.about);
}

void watches::ask_anew(watch& w, watcher& x) {
  x.passed_through = {};
  x.number = 0;
  list_ask(w, x);
}

std::shared_ptr<const std::vector<stream_id>> watches::names_of(account_id asker, stream_id above) {
  if (named_.list && named_.asker == asker && named_.above == above) return named_.list;
  auto list = std::make_shared<std::vector<stream_id>>();
  const auto* inbox = known_.inbox_of(asker);
  if (inbox != nullptr && !inbox->deleted) {
    for (const auto& c : inbox->conversations) {
      if (!(above < c.id) || c.id == account_stream(asker)) continue;
      if (list->size() == most_named) break;
      list->push_back(c.id);
    }
  }
  named_ = {asker, above, list};
  return list;
}

void watches::ask(watch& w, watcher& x, moment now, std::vector<question>& out, std::vector<event>& events) {
  auto names = names_of(x.asker, x.passed_through);
  if (names->empty()) {
    if (refuse(w, x, event::kind::refused, events)) return;
    drop_watcher(w, static_cast<std::size_t>(&x - w.watchers.data()));
    return drop_if_empty(w);
  }
  x.number = next_number_;
  next_number_ = next_number_ == ~std::uint32_t{0} ? 1 : next_number_ + 1;
  x.asked_through = names->back();
  x.asked_at = now.mono;
  asked_.push_back({w.about, x.link});
  out.push_back({w.about, x.number, std::move(names)});
}

// One question names all conversations by which somebody here hears of the account, or as many as it may.
void watches::renew(watch& w, moment now, std::vector<question>& out) {
  std::vector<stream_id> all;
  for (const auto& x : w.watchers) {
    if (!x.by.is_zero()) all.push_back(x.by);
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  w.renewed_at = now.mono;
  for (std::size_t at = 0; at < all.size(); at += most_named) {
    const std::size_t n = std::min(most_named, all.size() - at);
    const auto from = all.begin() + static_cast<std::ptrdiff_t>(at);
    out.push_back(
        {w.about, 0, std::make_shared<const std::vector<stream_id>>(from, from + static_cast<std::ptrdiff_t>(n))});
  }
}

void watches::flush(moment now, std::vector<question>& out, std::vector<event>& events) {
  for (const auto& p : std::exchange(to_ask_, {})) {
    auto* w = find(p.about);
    auto* x = w == nullptr ? nullptr : find(*w, p.link);
    if (x == nullptr || !x->listed) continue;
    x->listed = false;
    if (x->by.is_zero() && !x->over) ask(*w, *x, now, out, events);
  }
  for (const auto& about : std::exchange(to_renew_, {})) {
    auto* w = find(about);
    if (w != nullptr && std::exchange(w->listed, false)) renew(*w, now, out);
  }
  named_ = {};
}

void watches::tick(moment now, std::vector<event>& events) {
  constexpr mono_ms every = 250;
  constexpr mono_ms look_every = 5000;
  if (now.mono - looked_at_ < every) return;
  looked_at_ = now.mono;
  std::erase_if(asked_, [&](const place& p) {
    auto* w = find(p.about);
    auto* x = w == nullptr ? nullptr : find(*w, p.link);
    if (x == nullptr || x->number == 0 || x->over || !x->by.is_zero()) return true;
    if (now.mono - x->asked_at < limits_.ask_again) return false;
    x->number = 0;
    list_ask(*w, *x);
    return true;
  });
  // Each watch is looked at once in `look_every`.
  for (std::size_t n = list_.size() / static_cast<std::size_t>(look_every / every) + 1; n > 0 && !list_.empty(); --n) {
    sweep_at_ = sweep_at_ + 1 >= list_.size() ? 0 : sweep_at_ + 1;
    auto& w = *list_[sweep_at_];
    if (now.mono - w.renewed_at >= limits_.renew - look_every) list_renewal(w);
    if (!w.known || now.mono - w.heard_at < limits_.lease) continue;
    // Nothing has come for a whole lease: nothing is known any more.
    w.known = false;
    w.now = {};
    ++w.version;
    for (auto& x : w.watchers) {
      if (!x.by.is_zero() && !x.over) set_due(w, x, events);
    }
  }
}

}  // namespace dunlin::presence
