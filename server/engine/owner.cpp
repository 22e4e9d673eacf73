#include "engine/owner.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/log.hpp"
#include "base/planted.hpp"

namespace dunlin::engine {

using stream::reason;
using stream::verdict;

namespace {
// What a frame may need beside its entry: header, outcome, the keys it touched.
constexpr std::size_t frame_overhead = 256;
// Buffers kept for the next entries.
constexpr std::size_t max_spare = 256;
constexpr std::size_t max_spare_bytes = 4096;
}  // namespace

owner::owner(shard_id self, shard_id shards, store::log& log, store::history& history, outbound& out,
             const options& limits, counters& counts)
    : self_(self), shards_(shards), log_(log), history_(history), out_(out), limits_(limits), counts_(counts) {
  for (int p = 0; p < partition_count; ++p) {
    const auto id = static_cast<partition_id>(p);
    if (mine(id)) partitions_[id] = std::make_unique<stream::partition>(id);
  }
  live_.add();
}

status owner::load_partitions() {
  for (auto& p : partitions_) {
    if (!p) continue;
    const auto key = store::partition_row(p->id());
    const auto row = history_.load_now(key);
    auto loaded = row.error ? status(row.error) : ok();
    if (loaded && row.found) loaded = p->load_row(key, row.pos, row.row);
    if (!loaded) {
      log_error("a partition's row cannot be read",
                {{"partition", p->id()}, {"rules", p->rules()}, {"why", loaded.error().message()}});
      return loaded;
    }
  }
  return ok();
}

result<store::index_slot*> owner::redo(const store::replayed& entry) {
  auto& p = part(entry.partition);
  const auto slot = p.redo(entry, [&](const store::row_key& key) {
    if (key.kind == store::row_kind::partition || is_here(key) || !tried_.insert(key).second) return;
    const auto row = history_.load_now(key);
    DUNLIN_CHECK(!row.error);
    if (row.found) DUNLIN_CHECK(p.load_row(key, row.pos, row.row));
  });
  if (!slot) {
    log_error(
        "an entry of the log cannot be redone",
        {{"partition", entry.partition}, {"pos", entry.pos}, {"rules", p.rules()}, {"why", slot.error().message()}});
  }
  return slot;
}

void owner::recovered() {
  recovering_ = false;
  tried_.clear();
  for (auto& p : partitions_) {
    if (!p) continue;
    for (auto& [to, queue] : p->effects().waiting()) {
      for (const auto& e : queue) send_effect(p->id(), to, e);
    }
  }
}

std::size_t owner::streams() const {
  std::size_t n = 0;
  for (const auto& p : partitions_) n += p ? p->streams().size() : 0;
  return n;
}

std::size_t owner::inboxes() const {
  std::size_t n = 0;
  for (const auto& p : partitions_) n += p ? p->inboxes().size() : 0;
  return n;
}

std::size_t owner::effects_owed() const {
  std::size_t n = 0;
  for (const auto& p : partitions_) n += p ? p->effects().unreported() : 0;
  return n;
}

void owner::begin_live(stream::stream_state& state) {
  if (live_free_.empty()) {
    state.live = static_cast<std::uint32_t>(live_.size());
    live_.add();
  } else {
    state.live = live_free_.back();
    live_free_.pop_back();
    live_[state.live] = {};
  }
  live_[state.live].state = &state;
  live_[state.live].released = state.head;
  live_[state.live].asked = state.head;
}

std::vector<store::row_key> owner::account_rows(account_id account) {
  return {{store::row_kind::inbox, account_stream(account)}, {store::row_kind::stream, account_stream(account)}};
}

// --- entries ----------------------------------------------------------------------------------------------------

reason owner::append(partition_id p, byte_span entry, store::space_for whom, const reply_to* from) {
  switch (log_.reserve(entry.size() + frame_overhead, whom)) {
    case store::space::granted: break;
    case store::space::wait: return reason::busy;  // which a client entry waits out
    case store::space::full: return reason::no_space;
  }
  // The context is looked at by apply before submit returns, or never where the log applies later.
  reply_to to = from != nullptr ? *from : reply_to{};
  log_.submit(p, entry, from != nullptr ? &to : nullptr);
  return reason::none;
}

stream::stream_state* owner::reserve_run(stream_id stream, std::size_t entries, std::size_t bytes) {
  if (rules_wait_ != reason::none || retried_ || !no_space_.empty()) [[unlikely]]
    return nullptr;
  auto* const found = find(stream);
  if (found == nullptr) return nullptr;
  const auto space = log_.reserve(bytes + entries * store::log::run_overhead, store::space_for::client);
  return space == store::space::granted ? found : nullptr;
}

void owner::submit_run(stream::stream_state& stream, std::span<const byte_span> entries, const stream::message_run& run,
                       std::uint64_t token) {
  run_here here{stream, run, token};  // looked at before it returns, as in append
  log_.submit_run(partition_of(stream.id), entries, &here);
}

// Inlined: a call with so much to hand over would cost a message half of it again.
[[gnu::always_inline]] inline void owner::keep_record(release_batch& batch, std::uint32_t live, std::uint64_t seq,
                                                      std::int64_t ts, byte_span rest) {
  std::uint8_t* const to = batch.room(stream::record_head_max + rest.size());
  const std::size_t n = record_head_.write(to, seq, ts);
  std::memcpy(to + n, rest.data(), rest.size());
  const auto length = static_cast<std::uint32_t>(n + rest.size());
  const auto urgency = static_cast<std::uint8_t>(stream::urgency_of_rest(rest));
  batch.records.push_back({live, urgency, batch.arena_used, length, seq});
  batch.arena_used += length;
}

void owner::apply(partition_id id, store::position pos, byte_span entry, void* context, store::applied& out) {
  auto& p = part(id);
  const auto kind = stream::kind_of(entry);
  // A record's stream must be known to the release before its head moves.
  if (kind == stream::entry_kind::send && entry.size() >= 17) {
    if (auto* s = p.find_stream(id_from_bytes<stream_id>(entry.subspan<1, 16>()))) live_of(*s);
  }
  const verdict v = p.apply(pos, entry, out);
  // An answer waits for its own entry, or for all that it may have seen (L2).
  ticket_ = out.keep ? out.when : log_.taken();
  applying_ = true;
  if (out.keep && out.seq != 0) {
    auto& live = live_of(*p.appended());
    if (live.released >= out.seq) live.released = out.seq - 1;  // the stream's first record made it known here
    keep_record(held_.open(ticket_now()), p.appended()->live, out.seq, out.ts, out.record);
  }
  if (kind != stream::entry_kind::send) hold_what_changed(id, entry, v, out);  // a message changes its stream alone
  if (context != nullptr) answer(*static_cast<const reply_to*>(context), v);
  applying_ = false;
}

void owner::apply_run(partition_id id, store::position first, std::span<const byte_span> entries, void* context,
                      store::applied_run& out) {
  const auto& run = *static_cast<const run_here*>(context);
  live_of(run.stream);  // known to the release before its head moves, as in apply
  others_.clear();
  const std::size_t kept = part(id).apply_run(run.stream, first, run.messages, others_, out);
  // What was not kept waits with the others, or for all that it may have seen (L2).
  auto& batch = held_.open(kept != 0 ? out.when : log_.taken());
  counts_.accepted.add(kept);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& made = out.list[i];
    if (made.seq == 0) [[unlikely]]
      continue;
    keep_record(batch, run.stream.live, made.seq, made.ts, entries[i].subspan(made.record_at));
  }
  held_run& held = batch.runs.emplace_back();
  held.token = run.token;
  if (kept != entries.size()) [[unlikely]]
    return hold_each(batch, held, run.messages, out);
  // They were sent at one time, so they have one.
  held.all = {out.list.front().seq, out.list.front().ts, static_cast<std::uint32_t>(kept)};
  batch.in_whole_runs += kept;
}

// Of a run that was not accepted as a whole.
void owner::hold_each(release_batch& batch, held_run& held, const stream::message_run& run,
                      const store::applied_run& out) {
  const auto& messages = run.list;
  held.first = static_cast<std::uint32_t>(batch.outcomes.size());
  held.count = static_cast<std::uint32_t>(messages.size());
  auto other = others_.begin();
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (const auto& made = out.list[i]; made.seq != 0) {
      batch.outcomes.push_back({verdict::accept(made.seq, made.ts), {}});
      continue;
    }
    count(*other);
    batch.outcomes.push_back({*other++, messages[i].facts.id});
  }
}

void owner::hold_what_changed(partition_id id, byte_span entry, const verdict& v, const store::applied& out) {
  auto& p = part(id);
  const auto kind = stream::kind_of(entry);
  if (out.keep) {
    if (!p.told().empty()) hold_effects(id);
    for (const auto& key : out.touched) {
      if (key.kind == store::row_kind::inbox) hold({own_event::kind::inbox_changed, key.id, 0});
    }
  }
  if (kind == stream::entry_kind::effect && (out.keep || v.what == verdict::kind::duplicate)) {
    const auto e = stream::read_effect_entry(entry);
    hold(shard_of(e->from), effect_kept{e->from, id, p.effects().last(e->from)});
    if (!out.keep) counts_.effects_dropped.add();
  }
  if (out.keep && out.seq != 0 && !p.appended()->is_account) {
    // Members came or went: who is the last now, others are no longer held back by, in receipts and trimming (R2, R3).
    auto& live = live_of(*p.appended());
    live.lowest_known = false;
    live.marks_ticket = ticket_;
    hold({own_event::kind::marks_kept, out.stream, 0});
  }
  if (kind == stream::entry_kind::marks && out.keep) {
    for (const auto& key : out.touched) {
      if (auto* s = p.find_stream(key.id)) live_of(*s).marks_ticket = ticket_;
      hold({own_event::kind::marks_kept, key.id, 0});
    }
  }
}

void owner::count(const verdict& v) {
  switch (v.what) {
    case verdict::kind::accepted: counts_.accepted.add(); break;
    case verdict::kind::duplicate: counts_.duplicates.add(); break;
    case verdict::kind::refused: counts_.refused[static_cast<std::size_t>(v.why)]->add(); break;
  }
}

void owner::answer(reply_to to, const verdict& v) {
  count(v);
  held_.open(ticket_now()).verdicts.push_back({to.shard, {to.token, v}});
}

void owner::hold(shard_id to, message&& m) { held_.open(ticket_now()).answers.push_back({to, std::move(m)}); }
void owner::hold(const own_event& event) { held_.open(ticket_now()).events.push_back(event); }

bytes owner::borrow_buffer() {
  if (spare_.empty()) return {};
  bytes out = std::move(spare_.back());
  spare_.pop_back();
  return out;
}

void owner::give_back(bytes&& buffer) {
  if (spare_.size() < max_spare && buffer.capacity() <= max_spare_bytes) spare_.push_back(std::move(buffer));
}

bool owner::submit_cursors(partition_id p, const std::vector<stream::cursor_part>& parts, std::uint64_t tag) {
  scratch_.clear();
  stream::write_cursors_entry(scratch_, parts);
  if (append(p, scratch_, store::space_for::upkeep, nullptr) != reason::none) return false;
  hold({own_event::kind::cursors_kept, {std::uint64_t{p} << 56, 0}, tag});
  return true;
}

bool owner::submit_seen(partition_id p, const std::vector<stream::seen_part>& parts) {
  scratch_.clear();
  stream::write_seen_entry(scratch_, {today(), parts});
  return append(p, scratch_, store::space_for::upkeep, nullptr) == reason::none;
}

// --- messages and turns -----------------------------------------------------------------------------------------

void owner::take(message&& m, moment now) {
  wall_ = now.wall;
  std::vector<store::row_key> keys;
  const auto need_streams = [&](const auto& list) {  // nearly always in memory
    for (const auto& one : list) {
      if (find(one.stream) == nullptr) keys.push_back({store::row_kind::stream, one.stream});
    }
  };
  if (auto* s = std::get_if<submit>(&m)) {
    // The hot way: one stream, nearly always in memory.
    if (s->entry.size() >= 17 && s->entry[0] == static_cast<std::uint8_t>(stream::entry_kind::send) &&
        find(id_from_bytes<stream_id>(byte_span(s->entry).subspan<1, 16>())) != nullptr) {
      return take(*s, now);
    }
    keys = stream::parts_of(s->entry);
  } else if (auto* r = std::get_if<read>(&m)) {
    keys.push_back({store::row_kind::stream, r->stream});
  } else if (auto* q = std::get_if<about_request>(&m)) {
    keys.push_back({store::row_kind::stream, q->stream});
  } else if (auto* e = std::get_if<effect>(&m)) {
    bytes entry;
    stream::write_effect_entry(entry, e->from, e->n, e->body);
    keys = stream::parts_of(entry);
  } else if (auto* a = std::get_if<arms>(&m)) {
    need_streams(a->list);
  } else if (auto* k = std::get_if<marks_reports>(&m)) {
    need_streams(k->list);
  } else if (auto* l = std::get_if<live_up>(&m)) {
    keys.push_back({store::row_kind::stream, l->stream});
  }
  if (const auto* w = std::get_if<attach_ready>(&m)) keys = account_rows(w->account);
  if (const auto* w = std::get_if<state_ready>(&m)) keys = account_rows(w->account);
  // Submits are bounded by their senders' credit. Arms always wait: there is one for each conversation of an inbox, and
  // each is to be answered (D3).
  const bool bounded = std::holds_alternative<submit>(m) || std::holds_alternative<arms>(m);
  if (parked_ >= limits_.parked && !keys.empty() && !bounded) {
    const bool here = std::all_of(keys.begin(), keys.end(), [this](const auto& key) { return is_here(key); });
    if (!here) return cannot_read_back(m);  // too much is being read back: who asks, asks again
  }
  if (!keys.empty() && !ensure(keys, m)) return;
  std::visit(
      [&](auto& body) {
        using body_type = std::decay_t<decltype(body)>;
        if constexpr (std::is_same_v<body_type, effect_kept> || std::is_same_v<body_type, live_up>) {
          take(body);
        } else if constexpr (std::is_same_v<body_type, attach_ready> || std::is_same_v<body_type, state_ready>) {
          body.ready = true;
          out_.post(self_, message(body));
        } else if constexpr (requires { take(body, now); }) {
          take(body, now);
        } else {
          DUNLIN_CHECK(false);  // for an inbox: routed wrongly
        }
      },
      m);
}

void owner::turn(moment now) {
  wall_ = now.wall;
  reads_.clear();
  loads_.clear();
  history_.poll(reads_, loads_);
  for (auto& a : reads_) finish_read(a);
  for (auto& a : loads_) finish_load(a, now);
  go_on_reading(reads_.size() + loads_.size(), now);
  if (!unasked_.empty()) {
    auto again = std::move(unasked_);
    unasked_.clear();
    for (const auto& key : again) {
      if (loading_keys_.contains(key)) ask(key);
    }
  }
  give_rows();
  note_published();
  retry_signals();
  if (rules_wait_ != reason::none) raise_rules();
  retry_space(now);
  const store::ticket durable = planted(bug::release_before_durable) ? log_.taken() : log_.durable();
  release_batch batch;
  while (held_.take(durable, batch)) {
    release(batch, now);
    held_.give_back(std::move(batch));
  }
  counts_.held.set(static_cast<std::int64_t>(held_.size()));
  counts_.loading.set(static_cast<std::int64_t>(loading_.size()));
}

void owner::tick(moment now) {
  wall_ = now.wall;
  flush_marks_due(now);
  let_go(now);
  if (now.mono - effects_at_ >= limits_.resend_effects) {
    effects_at_ = now.mono;
    for (shard_id to = 0; to < shards_; ++to) resend_effects(to);
  }
}

}  // namespace dunlin::engine
