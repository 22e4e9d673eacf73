// Which states of streams and inboxes are in memory: brought near before messages need them, read back when one does,
// let go when nothing does, and their rows on the way to disk (L5).

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.hpp"
#include "base/log.hpp"
#include "base/prefetch.hpp"
#include "engine/owner.hpp"

namespace dunlin::engine {

using stream::reason;

namespace {
// A tick looks at so many states: what is to be let go is spread over ticks, and a turn stays short.
constexpr std::size_t looks_a_tick = 512;
}  // namespace

// --- at hand -------------------------------------------------------------------------------------------------------

// Step by step, since where the next piece is stands in the one before.
void owner::fetch(std::span<const stream_id> streams) {
  DUNLIN_CHECK(streams.size() <= most_fetched);
  std::array<stream::stream_state*, most_fetched> found;
  std::size_t n = 0;
  for (const auto& id : streams) prefetch(&part(partition_of(id)), cache_line);
  for (const auto& id : streams) {
    if (auto* s = part(partition_of(id)).find_stream(id)) found[n++] = s;
  }
  const auto each = [&](auto&& ask) { std::for_each(found.begin(), found.begin() + n, ask); };
  each([](const auto* s) { prefetch(s, stream::stream_state::needed_by_message); });
  each([&](const auto* s) {
    prefetch(s->members.data(), 2 * sizeof(stream::member));  // mostly there are two
    prefetch(s->writers.data(), sizeof(stream::writer));
    prefetch(&live_[s->live], live_stream::needed_by_message);
  });
  each([&](const auto* s) {
    if (!s->writers.empty()) s->writers.front().accepted.prefetch_next();
    log_.prefetch(s->slot);
  });
}

// --- read back --------------------------------------------------------------------------------------------------

bool owner::is_here(const store::row_key& key) {
  if (key.kind == store::row_kind::stream) return find(key.id) != nullptr;
  return inbox(account_of(key.id)) != nullptr;
}

bool owner::ensure(const std::vector<store::row_key>& keys, message& m) {
  std::shared_ptr<parked> place;
  for (const auto& key : keys) {
    if (is_here(key)) continue;
    if (absent_ != nullptr && std::find(absent_->begin(), absent_->end(), key) != absent_->end()) continue;
    if (!place) place = std::make_shared<parked>();
    ++place->remaining;
    const auto known = loading_keys_.find(key);
    if (known != loading_keys_.end()) {
      loading_[known->second].waiting.push_back(place);
      continue;
    }
    const std::uint64_t token = next_token_++;
    loading_keys_[key] = token;
    loading_[token] = {key, {place}};
    ask(key);
  }
  if (!place) return true;
  place->what = std::move(m);
  ++parked_;
  return false;
}

void owner::ask(const store::row_key& key) {
  if (!history_.load(loading_keys_.at(key), key)) unasked_.push_back(key);
}

void owner::finish_load(store::load_answer& a, moment now) {
  const auto it = loading_.find(a.token);
  if (it == loading_.end()) return;
  loading done = std::move(it->second);
  loading_.erase(it);
  loading_keys_.erase(done.key);
  auto& p = part(partition_of(done.key.id));
  bool failed = static_cast<bool>(a.error);
  if (!failed && a.found && !is_here(done.key)) {
    failed = !p.load_row(done.key, a.pos, a.row);
    if (!failed) counts_.states_read_back.add();
    // What time has trimmed meanwhile is gone before anybody asks for it.
    if (!failed && done.key.kind == store::row_kind::stream) maybe_trim(*p.find_stream(done.key.id));
  }
  if (failed) log_error("a state cannot be read back", {{"id", to_text(done.key.id)}, {"why", a.error.message()}});
  for (auto& place : done.waiting) {
    if (place->remaining == 0) continue;  // given up when another of its states could not be read
    if (!a.found) place->absent.push_back(done.key);
    place->remaining = failed ? 0 : place->remaining - 1;
    if (place->remaining != 0) continue;
    --parked_;
    if (failed) {
      cannot_read_back(place->what);
      continue;
    }
    absent_ = &place->absent;
    take(std::move(place->what), now);
    absent_ = nullptr;
  }
}

// Whoever waits for an answer gets one; the others repeat what they said by themselves (O1, R1, D5).
void owner::cannot_read_back(message& m) {
  if (auto* s = std::get_if<submit>(&m)) refuse_submit(*s);
  if (auto* r = std::get_if<read>(&m)) refuse_read(*r, reason::busy);
  if (auto* q = std::get_if<about_request>(&m)) answer_about(*q, stream::verdict::refuse(reason::busy), nullptr);
  if (auto* a = std::get_if<attach_ready>(&m)) {
    a->ready = a->failed = true;
    out_.post(self_, std::move(m));
  } else if (auto* w = std::get_if<state_ready>(&m)) {
    w->ready = w->failed = true;
    out_.post(self_, std::move(m));
  }
}

// --- rows -------------------------------------------------------------------------------------------------------

void owner::give_rows() {
  constexpr std::size_t rows_a_turn = 64;
  wanted_.clear();
  history_.poll_wanted(wanted_, rows_a_turn);
  for (const auto& key : wanted_) {
    auto& p = part(partition_of(key.id));
    scratch_.clear();
    if (!p.write_row(key, scratch_)) {
      history_.skip_row(key);
      continue;
    }
    store::position pos = p.own_pos();
    std::uint64_t kept_from = 0;
    if (key.kind == store::row_kind::stream) {
      const auto* s = p.find_stream(key.id);
      pos = s->pos;
      kept_from = s->trimmed + 1;
    } else if (key.kind == store::row_kind::inbox) {
      pos = p.find_inbox(account_of(key.id))->pos;
    }
    history_.give_row(key, pos, log_.taken(), kept_from, scratch_);
  }
}

void owner::note_published() {
  published_.clear();
  history_.poll_published(published_);
  for (const auto& row : published_) {
    auto& p = part(partition_of(row.key.id));
    if (row.key.kind == store::row_kind::stream) {
      if (auto* s = p.find_stream(row.key.id)) s->published = std::max(s->published, row.pos);
    } else if (row.key.kind == store::row_kind::inbox) {
      if (auto* i = p.find_inbox(account_of(row.key.id))) i->published = std::max(i->published, row.pos);
    }
  }
}

// --- let go -----------------------------------------------------------------------------------------------------

// What waits somewhere by its id alone, and must be found in memory later.
std::set<store::row_key> owner::awaited() const {
  std::set<store::row_key> keys;
  for (const auto& [token, pending] : pending_reads_) keys.insert({store::row_kind::stream, pending.request.stream});
  for (const auto& [token, pending] : pending_abouts_) keys.insert({store::row_kind::stream, pending.request.stream});
  for (const auto& id : unsignalled_) keys.insert({store::row_kind::stream, id});
  // A message that waits for other states was told that these do not exist: whatever came since must not leave again
  // before it is taken.
  for (const auto& [token, one] : loading_) {
    for (const auto& place : one.waiting) keys.insert(place->absent.begin(), place->absent.end());
  }
  return keys;
}

// States are looked at in turn, each once in `idle_state`; who was not used since the last look leaves. Above
// `states_in_memory` they are looked at as fast as ticks go.
void owner::let_go(moment now) {
  for (auto& p : partitions_) {
    if (!p) continue;
    for (const auto& key : p->arrived()) residents_.push_back({key, now.mono});
    p->arrived().clear();
  }
  std::optional<std::set<store::row_key>> waits;
  for (std::size_t left = std::min(looks_a_tick, residents_.size()); left > 0; --left) {
    const resident next = residents_.front();
    if (residents_.size() <= limits_.states_in_memory && now.mono - next.looked_at < limits_.idle_state) break;
    residents_.pop_front();
    if (!waits) waits = awaited();
    const bool left_memory = next.key.kind == store::row_kind::stream ? let_go_stream(next.key.id, *waits, now)
                                                                      : let_go_inbox(next.key.id, *waits);
    if (left_memory) {
      counts_.states_evicted.add();
    } else {
      residents_.push_back({next.key, now.mono});
    }
  }
  counts_.states_in_memory.set(static_cast<std::int64_t>(residents_.size()));
}

bool owner::let_go_stream(stream_id id, const std::set<store::row_key>& waits, moment now) {
  auto& p = part(partition_of(id));
  auto* s = p.find_stream(id);
  DUNLIN_CHECK(s != nullptr);
  maybe_trim(*s);
  if (std::exchange(s->used, false)) return false;
  // Its row on disk is older: the state is nowhere else.
  if (s->published < s->pos || waits.contains({store::row_kind::stream, id})) return false;
  if (s->is_account && out_.is_in_use(account_of(id))) return false;
  if (s->live != 0) {
    const auto& live = live_[s->live];
    if (live.released != s->head || live.pending || live.marks_listed || !live.marks.empty()) return false;
    // Inboxes arm anew within `rearm` while somebody is connected (D5): an older bit is of one who left, who is
    // signalled no more (D4).
    const bool armed = std::any_of(s->members.begin(), s->members.end(), [](const auto& m) { return m.armed; });
    if (armed && now.mono - live.armed_at < 2 * limits_.rearm) return false;
  }
  if (s->slot != 0 && history_.holds_unsealed(id, s->slot)) return false;
  if (s->live != 0) {
    live_[s->live] = {};
    live_free_.push_back(s->live);
  }
  p.drop_stream(id);
  return true;
}

bool owner::let_go_inbox(stream_id id, const std::set<store::row_key>& waits) {
  auto& p = part(partition_of(id));
  auto* inbox = p.find_inbox(account_of(id));
  DUNLIN_CHECK(inbox != nullptr);
  if (std::exchange(inbox->used, false)) return false;
  if (inbox->published < inbox->pos || waits.contains({store::row_kind::inbox, id})) return false;
  if (out_.is_in_use(account_of(id))) return false;
  p.drop_inbox(account_of(id));
  return true;
}

}  // namespace dunlin::engine
