// Range reads of records by members (D3, S6).

#include <algorithm>

#include "base/log.hpp"
#include "engine/owner.hpp"

namespace dunlin::engine {

using stream::reason;
using stream::verdict;

void owner::refuse_read(const read& m, reason why) {
  out_.post(m.from.shard, records{.token = m.from.token, .outcome = verdict::refuse(why), .first = m.first});
}

void owner::take(read& m, moment /*now*/) {
  counts_.reads.add();
  auto* s = find(m.stream);
  const auto* member = s == nullptr ? nullptr : s->find_member(m.account);
  if (member == nullptr) return refuse_read(m, reason::not_member);
  auto& live = live_of(*s);
  // What is released is durable, so the answer need not wait for the log (L2).
  const std::uint64_t first = std::max({m.first, member->join_seq, s->trimmed + 1});
  look_at_marks(*s, live);
  records answer{.token = m.from.token,
                 .outcome = verdict::accept(live.released, 0),
                 .first = m.first,
                 .head = live.released,
                 .join_seq = member->join_seq,
                 .trimmed = s->trimmed,
                 .others = {live.got.without(m.account), live.read.without(m.account)}};
  const bool nothing = first > live.released || m.max_records == 0;
  if (!nothing) {
    answer.list = recent_from(live, first - 1);
    if (answer.list && answer.list->size() > m.max_records) {
      answer.list = std::make_shared<const record_refs>(answer.list->begin(), answer.list->begin() + m.max_records);
    }
  }
  if (nothing || answer.list) {
    out_.post(m.from.shard, std::move(answer));
    return;
  }
  const std::uint64_t token = next_token_++;
  const store::read_request request{.token = token,
                                    .stream = m.stream,
                                    .slot = s->slot,
                                    .from = first,
                                    .through = live.released,
                                    .max_records = m.max_records,
                                    .max_bytes = m.max_bytes};
  if (!history_.read(request)) {
    // After a start everybody reads at once. A refusal would be repeated a second later.
    if (waiting_reads_.size() >= max_waiting_reads) return refuse_read(m, reason::busy);
    waiting_reads_.emplace_back(m);
    return;
  }
  pending_reads_[token] = {m, first, live.released};
}

// As many as may have found room by what was answered; each is looked at anew, as if it had come now.
void owner::go_on_reading(std::size_t answered, moment now) {
  for (; answered != 0 && !waiting_reads_.empty(); --answered) {
    message next(std::move(waiting_reads_.front()));
    waiting_reads_.pop_front();
    take(std::move(next), now);
  }
}

void owner::finish_read(store::read_answer& a) {
  const auto it = pending_reads_.find(a.token);
  if (it == pending_reads_.end()) return finish_about(a);
  const pending_read pending = std::move(it->second);
  pending_reads_.erase(it);
  if (a.error) {
    counts_.reads_failed.add();
    log_warn("records cannot be read", {{"stream", to_text(pending.request.stream)}, {"why", a.error.message()}});
    return refuse_read(pending.request, reason::busy);
  }
  const auto* s = find(pending.request.stream);
  const auto* member = s == nullptr ? nullptr : s->find_member(pending.request.account);
  if (member == nullptr) return refuse_read(pending.request, reason::not_member);
  auto chunk = std::make_shared<bytes>();
  auto list = std::make_shared<record_refs>();
  list->reserve(a.records.size());
  for (const auto& record : a.records) {
    // It may have left and joined anew since it asked (S6).
    if (record.seq < std::max(pending.first, member->join_seq) || record.seq > pending.through) continue;
    std::uint8_t head[stream::record_head_max];
    const std::size_t n = stream::write_record_head(head, record.seq, record.ts);
    const auto at = static_cast<std::uint32_t>(chunk->size());
    chunk->insert(chunk->end(), head, head + n);
    chunk->insert(chunk->end(), record.body.begin(), record.body.end());
    list->push_back({record.seq, at, static_cast<std::uint32_t>(n + record.body.size()), nullptr});
  }
  const shared_bytes shared = std::move(chunk);
  for (auto& record : *list) record.chunk = shared;
  out_.post(pending.request.from.shard, records{.token = pending.request.from.token,
                                                .outcome = verdict::accept(pending.through, 0),
                                                .first = pending.request.first,
                                                .head = pending.through,
                                                .join_seq = member->join_seq,
                                                .trimmed = s->trimmed,
                                                .list = std::move(list)});
}

}  // namespace dunlin::engine
