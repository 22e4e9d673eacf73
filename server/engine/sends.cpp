#include "engine/sends.hpp"

#include <utility>

namespace dunlin::engine {

sends::sends(shard_id self, shard_id shards, bool may_lose, const options& limits, counters& counts, way hand_over)
    : self_(self), may_lose_(may_lose), limits_(limits), counts_(counts), way_(std::move(hand_over)), lanes_(shards) {}

bool sends::has_credit(const lane& l, std::size_t size) const {
  return l.open < limits_.open_sends && (l.bytes == 0 || l.bytes + size <= limits_.open_send_bytes);
}

std::uint64_t sends::token_of(std::uint32_t i) const {
  return std::uint64_t{places_[i].uses & 0x7fffffff} << 32 | i;  // the top bit is the control plane's
}

bool sends::submit(shard_id to, const sender& who, bytes entry, mono_ms now) {
  std::uint32_t i = 0;
  if (free_.empty()) {
    i = static_cast<std::uint32_t>(places_.size());
    places_.emplace_back();
  } else {
    i = free_.back();
    free_.pop_back();
  }
  auto& p = places_[i];
  p.who = who;
  p.to = to;
  p.open = false;
  ++p.uses;
  p.size = static_cast<std::uint32_t>(entry.size());
  p.entry = std::move(entry);
  auto& l = lanes_[to];
  if (l.kept.empty() && hand_over(i, now)) return true;
  counts_.sockets_stopped.add();
  l.kept.push_back(i);
  ++kept_;
  show_kept();
  return false;
}

// False: no credit, or no room on the way.
bool sends::hand_over(std::uint32_t i, mono_ms now) {
  auto& p = places_[i];
  auto& l = lanes_[p.to];
  if (!has_credit(l, p.size)) return false;
  const bool again = may_lose_ && p.to != self_;
  bytes copy;
  if (again) copy = p.entry;
  message m(submit_message(i));
  if (!way_(p.to, m)) {
    p.entry = std::move(std::get<engine::submit>(m).entry);
    counts_.link_no_credit.add();
    return false;
  }
  p.entry = std::move(copy);
  p.sent_at = now;
  p.open = true;
  ++l.open;
  l.bytes += p.size;
  return true;
}

engine::submit sends::submit_message(std::uint32_t i) {
  auto& p = places_[i];
  return {partition_of(p.who.stream), std::move(p.entry), {self_, token_of(i)}};
}

std::optional<sends::sender> sends::answered(std::uint64_t token) {
  const auto i = static_cast<std::uint32_t>(token);
  if (i >= places_.size() || !places_[i].open || token_of(i) != token) return std::nullopt;
  auto& p = places_[i];
  auto& l = lanes_[p.to];
  --l.open;
  l.bytes -= p.size;
  p.open = false;
  p.entry = {};
  free_.push_back(i);
  return p.who;
}

void sends::turn(mono_ms now, std::vector<std::uint64_t>& links) {
  if (kept_ == 0) return;
  for (auto& l : lanes_) {
    while (!l.kept.empty() && hand_over(l.kept.front(), now)) {
      links.push_back(places_[l.kept.front()].who.link);
      l.kept.pop_front();
      --kept_;
    }
  }
  show_kept();
}

void sends::resend(mono_ms now, mono_ms older_than, const shard_id* to) {
  if (!may_lose_) return;
  for (std::uint32_t i = 0; i < places_.size(); ++i) {
    auto& p = places_[i];
    if (!p.open || p.entry.empty() || p.sent_at > older_than || (to != nullptr && p.to != *to)) continue;
    p.sent_at = now;
    message m(engine::submit{partition_of(p.who.stream), p.entry, {self_, token_of(i)}});
    if (!way_(p.to, m)) counts_.link_no_credit.add();
  }
}

void sends::show_kept() { counts_.sends_kept.set(static_cast<std::int64_t>(kept_)); }

}  // namespace dunlin::engine
