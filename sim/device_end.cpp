// What a device holds in the end, what it still waits for, and what it may rely on.

#include <algorithm>

#include "sim/device.hpp"

namespace dunlin::sim {

std::string device::missing_in(stream_id stream, std::uint64_t from) {
  const auto& s = shelves_[stream];
  const auto& known = stage_.truth.records(stream);
  for (auto seq = from; seq <= stage_.truth.head(stream); ++seq) {
    if (is_thing) {
      const auto it = known.find(seq);
      if (it == known.end() || it->second.kind != kind_text || it->second.device == id_) continue;
      if (small_ && it->second.body.size() > 150) continue;  // too large, and the notice lost with its connection
      if (!s.texts.contains(it->second.body) && !s.too_large.contains(seq))
        return fmt::format("{} has no {} of {}", name_, seq, world_.name(stream));
      continue;
    }
    // One of its own that nobody else was given, and whose place was never told.
    const bool unnamed = !known.contains(seq) && !stage_.truth.is_promised(stream, seq);
    const bool unseen = unnamed && std::any_of(outbox_.begin(), outbox_.end(), [&](const outgoing& o) {
                          return o.is == outgoing::state::accepted && o.said.stream == stream && o.truth->seq == 0 &&
                                 o.truth->found.empty();
                        });
    if (!unseen && !has(stream, s, seq)) return fmt::format("{} has no {} of {}", name_, seq, world_.name(stream));
  }
  return {};
}

std::string device::missing() {
  const bool holds_on =
      std::any_of(lines_.begin(), lines_.end(), [](const auto& l) { return l->mqtt->is_connected(); });
  if (revoked_ && holds_on) return name_ + " is connected and revoked";
  if (!is_live()) return {};
  auto* l = primary();
  if (l == nullptr || !l->subscribed) return name_ + " is not connected";
  if (!l->caught_up) return name_ + " was not told that it has caught up";
  for (const auto& o : outbox_) {
    const bool open = o.is == outgoing::state::waiting || o.is == outgoing::state::flying;
    if (open)
      return fmt::format("{} has no answer to '{}' in {} ({})", name_, o.said.body.substr(0, 12),
                         world_.name(o.said.stream), o.is == outgoing::state::flying ? "sent" : "to be sent");
  }
  for (auto& [id, s] : shelves_) {
    if (!s.to_fill.empty() && id != account_stream(person_.id)) return name_ + " reads by range";
  }
  const stream_id own_stream = account_stream(person_.id);
  const auto& own = shelves_[own_stream];
  if (own.start != 0 && !is_thing && !small_) {
    auto what = missing_in(own_stream, own.start);
    if (!what.empty()) return what;
  }
  for (const auto id : stage_.truth.conversations()) {
    const auto members = stage_.truth.members(id);
    const auto me = members.find(person_.id);
    if (me == members.end()) continue;
    // A device that was linked later begins where the stream was then (D1).
    const auto since = first_of_account ? 0 : stage_.truth.first_since(id, linked_at_);
    auto what = missing_in(id, std::max(me->second + 1, since));
    if (!what.empty()) return what;
  }
  return presence_missing();
}

std::size_t device::held() const {
  std::size_t sum = 0;
  for (const auto& [id, s] : shelves_) sum += s.have.size() + s.texts.size();
  return sum;
}

std::string device::receipts_missing(conversation& c) {
  const auto& s = shelves_[c.id];
  const auto head = stage_.truth.head(c.id);
  if (s.delivered >= head && s.read >= head) return {};
  return fmt::format("{} is told of {}: delivered {} read {} of {}", name_, c.name, s.delivered, s.read, head);
}

device_claims device::claims() const {
  device_claims out;
  for (const auto& [id, s] : shelves_) out[id] = {s.joined, s.kept, s.read_kept, s.delivered, s.read};
  return out;
}

void device::check_state(const engine::state_answer& a, const device_claims& before) const {
  for (const auto& c : a.conversations) {
    const auto it = before.find(c.id);
    if (it == before.end()) continue;
    const auto& s = it->second;
    const auto* about = stage_.find(c.id);
    const bool joined_again = about != nullptr && about->rejoined.contains(person_.id);
    if (joined_again && c.join_seq != s.joined) continue;  // what was noted was so under another membership
    if (c.cursor < s.kept || c.read < s.read_kept) {
      world_.fail(name_, "the state of {} says cursor {} and read {}; noted for good were {} and {}", world_.name(c.id),
                  c.cursor, c.read, s.kept, s.read_kept);
    }
  }
}

}  // namespace dunlin::sim
