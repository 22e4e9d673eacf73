// What leaves the owner once it is durable: news to armed members, urgent signals, the answers to arms (D2 to D4).

#include <algorithm>

#include "base/check.hpp"
#include "base/planted.hpp"
#include "engine/owner.hpp"

namespace dunlin::engine {

void owner::release(release_batch& batch, moment now) {
  // Verdicts first: a sender knows its message's seq before the record comes around (D8).
  release_verdicts(batch);
  for (auto& answer : batch.answers) {
    if (!out_.post(answer.to, std::move(answer.what))) counts_.link_no_credit.add();
  }
  release_records(batch, now);
  for (const auto& event : batch.events) {
    if (event.what == own_event::kind::marks_kept) {
      marks_durable(event.about);
    } else {
      out_.on_own_event(event);
    }
  }
}

void owner::release_verdicts(release_batch& batch) {
  for (const auto& run : batch.runs) {
    const run_outcome what{run.all, std::span<const outcome>(batch.outcomes).subspan(run.first, run.count)};
    if (!out_.take_here(run.token, what)) [[unlikely]]
      out_.post(self_, submitted_run{run.token, what.all, {what.each.begin(), what.each.end()}});
  }
  if (batch.verdicts.empty()) return;
  verdicts_to_.resize(shards_);
  for (const auto& v : batch.verdicts) {
    if (v.to != self_ || !out_.take_here(v.what)) verdicts_to_[v.to].push_back(v.what);
  }
  for (shard_id to = 0; to < shards_; ++to) {
    auto& list = verdicts_to_[to];
    if (list.empty()) continue;
    const std::size_t n = list.size();
    if (!out_.post(to, verdicts{std::move(list)})) counts_.link_no_credit.add();
    list = {};
    list.reserve(n);
  }
}

void owner::release_records(release_batch& batch, moment now) {
  if (batch.records.empty()) return;
  const auto chunk = std::make_shared<const bytes>(std::move(batch.arena));
  touched_.clear();
  bool any_urgent = false;
  for (const auto& record : batch.records) {
    auto& to = live_[record.live];
    if (!to.pending) {
      to.pending = true;
      to.keeps = is_followed(to);
      if (!to.keeps) to.recent = {};
      to.first_new = static_cast<std::uint32_t>(to.recent.size());
      touched_.push_back(&to);
    }
    to.released = record.seq;
    if (to.keeps) to.recent.push_back({record.seq, record.offset, record.length, chunk});
    any_urgent = any_urgent || record.urgency != 0;
  }
  for (auto* const touched : touched_) {
    auto& live = *touched;
    live.pending = false;
    live.recent_at = now.mono;
    signal(*live.state, live, now);
    if (any_urgent) signal_urgent(batch, *live.state, live.released, now);
    if (live.recent.size() > 2 * limits_.kept_recent) {
      live.recent.erase(live.recent.begin(), live.recent.end() - limits_.kept_recent);
    }
  }
}

// The released records above `known`, if all of them are at hand and few.
record_list owner::recent_from(const live_stream& live, std::uint64_t known) const {
  if (live.recent.empty() || known >= live.released) return nullptr;
  const std::uint64_t first = live.recent.front().seq;
  if (known + 1 < first) return nullptr;
  auto list = std::make_shared<record_refs>();
  std::size_t size = 0;
  for (std::size_t i = known + 1 - first; i < live.recent.size(); ++i) {
    size += live.recent[i].length;
    if (size > limits_.inline_records) return nullptr;
    list->push_back(live.recent[i]);
  }
  return list;
}

void owner::signal(stream::stream_state& s, live_stream& live, moment now) {
  // Armed members know everything before the first record of this release.
  news_view what{.stream = s.id, .head = live.released, .ts = s.ts};
  what.records = record_span(live.recent).subspan(live.first_new);
  std::size_t size = 0;
  for (const auto& record : what.records) size += record.length;
  // Who joined behind the first of the records, and had armed before that was known, reads what it may (S6).
  std::uint64_t latest_join = ~std::uint64_t{0};
  if (size != 0 && size <= limits_.inline_records) [[likely]] {
    latest_join = what.records.front().seq;
  } else {
    what.records = {};
  }
  std::uint32_t taken = 0;
  std::uint32_t armed_again = 0;
  left_.clear();
  for (auto& member : s.members) {
    if (!member.armed) continue;
    what.handle = member.handle;
    news_taken how = news_taken::no;
    if (shard_of(partition_of(member.account)) == self_ && member.join_seq <= latest_join) how = out_.take_here(what);
    if (how == news_taken::no) {
      left_.push_back(static_cast<std::uint32_t>(&member - s.members.data()));
      continue;
    }
    // A bit is cleared only when its signal has been handed over (D2), and set again as by an arm (D3).
    member.armed = how == news_taken::and_armed;
    armed_again += member.armed ? 1 : 0;
    ++taken;
  }
  if (armed_again != 0) {
    live.armed_at = now.mono;
    live.asked = live.released;
    counts_.arms.add(armed_again);
  }
  if (taken != 0) counts_.signals.add();
  if (!left_.empty()) post_news(s, live, what.records);
}

void owner::post_news(stream::stream_state& s, live_stream& live, record_span records) {
  auto& shards = signalled_;
  shards.assign(shards_, 0);
  for (const auto i : left_) shards[shard_of(partition_of(s.members[i].account))] = 1;
  bool all = true;
  for (shard_id shard = 0; shard < shards_; ++shard) {
    if (shards[shard] != 0) all = news_to(s, live, shard, records) && all;
  }
  if (!all) signal_later(live, &live_stream::unsignalled);
}

// To those of them who are left. False: no credit.
bool owner::news_to(stream::stream_state& s, const live_stream& live, shard_id shard, record_span records) {
  // Who joined behind the first of the records reads what it may (S6).
  const auto is_late = [&](const stream::member& member) {
    return !records.empty() && member.join_seq > records.front().seq;
  };
  bool all = true;
  bool any_late = false;
  for (const bool late : {false, true}) {
    if (late && !any_late) break;
    message what(news{.stream = s.id, .head = live.released, .ts = s.ts});
    auto& body = std::get<news>(what);
    for (const auto i : left_) {
      const auto& member = s.members[i];
      if (shard_of(partition_of(member.account)) != shard) continue;
      if (is_late(member) == late) {
        body.handles.push_back(member.handle);
      } else {
        any_late = true;
      }
    }
    if (body.handles.empty()) continue;
    if (!late && !records.empty()) body.records = std::make_shared<const record_refs>(records.begin(), records.end());
    if (!out_.post(shard, std::move(what))) {
      counts_.link_no_credit.add();
      all = false;
      continue;
    }
    counts_.signals.add();
    // A bit is cleared only when its signal has been handed over (D2).
    for (const auto i : left_) {
      auto& member = s.members[i];
      if (shard_of(partition_of(member.account)) == shard && is_late(member) == late) member.armed = false;
    }
  }
  return all;
}

void owner::signal_urgent(const release_batch& batch, stream::stream_state& s, std::uint64_t head, moment now) {
  constexpr mono_ms at_most_every = 1000;
  bool urgent = false;
  bool ring = false;
  for (const auto& record : batch.records) {
    if (record.live != s.live) continue;
    urgent = urgent || record.urgency != 0;
    ring = ring || record.urgency == static_cast<std::uint8_t>(stream::urgency::ring);
  }
  if (!urgent) return;
  std::vector<std::vector<account_id>> to(shards_);
  for (auto& member : s.members) {
    if (member.armed || (!ring && member.told != 0 && now.mono - member.told < at_most_every)) continue;
    member.told = now.mono;
    to[shard_of(partition_of(member.account))].push_back(member.account);
  }
  for (shard_id shard = 0; shard < shards_; ++shard) {
    if (to[shard].empty()) continue;
    counts_.signals.add();
    // Lost for want of credit it is lost for push alone: the member's own reconnect finds the news.
    if (!out_.post(shard, urgent_news{s.id, head, std::move(to[shard])})) counts_.link_no_credit.add();
  }
}

void owner::signal_later(live_stream& live, bool live_stream::* what) {
  if (!live.unsignalled && !live.untold) unsignalled_.push_back(live.state->id);
  live.*what = true;
}

void owner::retry_signals() {
  const auto again = std::exchange(unsignalled_, {});
  for (const auto& id : again) {
    auto* s = find(id);
    if (s == nullptr) continue;
    auto& live = live_of(*s);
    const bool unsignalled = std::exchange(live.unsignalled, false);
    if (std::exchange(live.untold, false)) tell_receipts(*s, live);
    if (!unsignalled) continue;
    left_.clear();
    for (std::uint32_t i = 0; i < s->members.size(); ++i) {
      // Within the shard nothing waits for credit.
      const auto& member = s->members[i];
      if (member.armed && shard_of(partition_of(member.account)) != self_) left_.push_back(i);
    }
    post_news(*s, live, {});
  }
}

void owner::take(arms& m, moment now) {
  message answers(std::in_place_type<armed_list>);
  auto& quiet = std::get<armed_list>(answers);
  quiet.list.reserve(m.list.size());
  std::vector<news> loud;
  for (const auto& a : m.list) answer_arm(a, now, quiet, loud);
  // Their positions are of what has been released, so nothing has to wait for the log (L2).
  if (!quiet.list.empty()) out_.post(m.from, std::move(answers));
  for (auto& n : loud) {
    message signal(std::move(n));
    if (out_.post(m.from, std::move(signal))) {
      counts_.signals.add();
      continue;
    }
    // Every arm is answered (D3): without credit they count as armed, and are signalled at the next turn.
    counts_.link_no_credit.add();
    const auto& kept = std::get<news>(signal);  // NOLINT(bugprone-use-after-move): without credit it is untouched
    auto* s = find(kept.stream);
    for (auto& member : s->members) {
      if (shard_of(partition_of(member.account)) != m.from) continue;
      if (std::find(kept.handles.begin(), kept.handles.end(), member.handle) != kept.handles.end()) member.armed = true;
    }
    signal_later(live_of(*s), &live_stream::unsignalled);
  }
}

std::optional<armed> owner::answer_quietly(const arm& a, stream::stream_state* s, bool reports, moment now) {
  stream::member* member = s == nullptr ? nullptr : s->find_member(a.account);
  if (member == nullptr) return armed{.stream = a.stream, .handle = a.handle};
  member->handle = a.handle;
  armed out{.stream = a.stream, .handle = a.handle, .known = a.known, .ts = s->ts, .member = true};
  if (s->is_account && s->live == 0 && s->head <= a.known && !planted(bug::arm_unconditionally)) {
    // Its one member is here and nobody else's marks matter: nothing to be remembered.
    member->armed = true;
    out.at = member->at;
    return out;
  }
  auto& live = live_of(*s);
  live.asked = live.released;
  if (reports && !s->is_account && !(a.at == member->at)) report_marks({a.stream, a.account, a.handle, a.at}, *s, live);
  if (live.released > a.known && !planted(bug::arm_unconditionally)) return std::nullopt;
  member->armed = true;
  live.armed_at = now.mono;
  look_at_marks(*s, live);
  if (marks_settled(live)) out.at = member->at;
  out.others = {live.got.without(a.account), live.read.without(a.account)};
  return out;
}

std::optional<armed> owner::arm_here(const arm& a, bool reports, moment now) {
  auto* s = find(a.stream);
  if (s == nullptr) return std::nullopt;
  auto answer = answer_quietly(a, s, reports, now);
  if (answer) counts_.arms.add();
  return answer;
}

void owner::answer_arm(const arm& a, moment now, armed_list& quiet, std::vector<news>& loud) {
  counts_.arms.add();
  auto* s = find(a.stream);
  if (auto answer = answer_quietly(a, s, true, now)) {
    quiet.list.push_back(*answer);
    return;
  }
  // News as in D2; members that stand at the same place share one message. What is before its join is not for it (S6).
  const auto& live = live_of(*s);
  auto* member = s->find_member(a.account);
  const std::uint64_t has = std::max(a.known, member->join_seq == 0 ? 0 : member->join_seq - 1);
  member->armed = false;
  for (auto& n : loud) {
    const bool same = n.stream == a.stream && (n.records == nullptr || n.records->front().seq == has + 1);
    if (same) {
      n.handles.push_back(a.handle);
      return;
    }
  }
  loud.push_back({a.stream, live.released, s->ts, {a.handle}, recent_from(live, has)});
}

}  // namespace dunlin::engine
