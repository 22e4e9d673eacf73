// What a conversation is, as one of its members may know it (D10, S6).

#include <algorithm>

#include "base/log.hpp"
#include "engine/control.hpp"
#include "engine/owner.hpp"

namespace dunlin::engine {

using stream::reason;
using stream::verdict;

namespace {

// The whole record, or without its body if that is too large for a summary.
void set_last(conversation_facts& facts, byte_span record) {
  if (record.size() <= max_last_body) return facts.last.assign(record.begin(), record.end());
  auto view = stream::read_record(record);
  if (!view) return;  // it would be said where it is read by range
  facts.last_is_cut = view->body.size() > max_last_body;
  if (!facts.last_is_cut) return facts.last.assign(record.begin(), record.end());
  view->body = {};
  facts.last.resize(stream::record_head_max);
  facts.last.resize(stream::write_record_head(facts.last.data(), view->seq, view->ts));
  stream::write_record_rest(facts.last, *view);
}

}  // namespace

void owner::answer_about(const about_request& m, const verdict& outcome,
                         std::shared_ptr<const conversation_facts> facts) {
  about answer{m.from.token, outcome, std::move(facts)};
  if (log_.taken() > log_.durable()) return hold(m.from.shard, std::move(answer));
  out_.post(m.from.shard, std::move(answer));
}

std::shared_ptr<conversation_facts> owner::facts_of(const stream::stream_state& s, live_stream& live,
                                                    account_id account) {
  const auto& member = *s.find_member(account);
  look_at_marks(s, live);
  auto facts = std::make_shared<conversation_facts>();
  facts->head = live.released;
  facts->join_seq = member.join_seq;
  facts->others = {live.got.without(account), live.read.without(account)};
  facts->name = s.name;
  facts->picture = s.picture;
  facts->as = member.as;
  facts->count = s.members.size();
  if (s.direct) facts->with = s.other_than(account);
  return facts;
}

void owner::take(about_request& m, moment /*now*/) {
  counts_.reads.add();
  auto* s = find(m.stream);
  const auto* member = s == nullptr ? nullptr : s->find_member(m.account);
  const bool is_account = s != nullptr && s->is_account;
  if (member == nullptr || (is_account && m.want != about_request::depth::head)) {
    return answer_about(m, verdict::refuse(reason::not_member), nullptr);
  }
  auto& live = live_of(*s);
  auto facts = facts_of(*s, live, m.account);
  const auto outcome = verdict::accept(live.released, 0);
  if (m.want == about_request::depth::members) {
    facts->members.reserve(s->members.size());
    for (const auto& one : s->members) facts->members.push_back({one.account, one.as, one.join_seq});
  }
  const bool may_read = live.released >= member->join_seq && live.released > s->trimmed;
  if (m.want != about_request::depth::facts || !may_read) return answer_about(m, outcome, std::move(facts));
  if (!live.recent.empty() && live.recent.back().seq == live.released) {
    set_last(*facts, live.recent.back().data());
    return answer_about(m, outcome, std::move(facts));
  }
  const std::uint64_t token = next_token_++;
  const store::read_request request{.token = token,
                                    .stream = m.stream,
                                    .slot = s->slot,
                                    .from = live.released,
                                    .through = live.released,
                                    .max_records = 1,
                                    .max_bytes = limits_.read_bytes};
  if (!history_.read(request)) {
    if (waiting_reads_.size() >= max_waiting_reads) return answer_about(m, verdict::refuse(reason::busy), nullptr);
    waiting_reads_.emplace_back(m);
    return;
  }
  pending_abouts_[token] = {m, live.released};
}

void owner::finish_about(store::read_answer& a) {
  const auto it = pending_abouts_.find(a.token);
  if (it == pending_abouts_.end()) return;
  const pending_about pending = it->second;
  pending_abouts_.erase(it);
  const auto& m = pending.request;
  if (a.error) {
    counts_.reads_failed.add();
    log_warn("a record cannot be read", {{"stream", to_text(m.stream)}, {"why", a.error.message()}});
    return answer_about(m, verdict::refuse(reason::busy), nullptr);
  }
  auto* s = find(m.stream);
  const auto* member = s == nullptr ? nullptr : s->find_member(m.account);
  if (member == nullptr) return answer_about(m, verdict::refuse(reason::not_member), nullptr);
  auto facts = facts_of(*s, live_of(*s), m.account);
  facts->head = pending.head;  // which `last` is at
  if (!a.records.empty() && pending.head >= member->join_seq) {
    const auto& record = a.records.front();
    bytes whole(stream::record_head_max);
    whole.resize(stream::write_record_head(whole.data(), record.seq, record.ts));
    whole.insert(whole.end(), record.body.begin(), record.body.end());
    set_last(*facts, whole);
  }
  answer_about(m, verdict::accept(pending.head, 0), std::move(facts));
}

}  // namespace dunlin::engine
