#include "sim/model.hpp"

#include <algorithm>

namespace dunlin::sim {

// --- people and sending -------------------------------------------------------------------------------------------

void model::add_stream(stream_id id, bool account_stream, bool direct, bool open, bool until_delivered,
                       const std::vector<account_id>& members) {
  auto& t = streams_[id];
  t.account_stream = account_stream;
  t.direct = direct;
  t.open = open;
  t.until_delivered = until_delivered;
  t.first = members;
  t.certain.insert(members.begin(), members.end());
  t.possible = 1;
}

void model::changing(stream_id id, const std::vector<account_id>& touched) {
  auto& t = streams_.at(id);
  for (const auto& account : touched) t.certain.erase(account);
  t.possible += 4;  // removed and added in one, and repeated once
}

void model::add_device(account_id account, device_id device, bool passes) {
  if (passes) passing_.insert(account);
  devices_[account].insert(device);
  asked_for_.erase({account, device});
  // Its cursors are set to heads that may be higher than what anybody has seen.
  for (auto& [id, t] : streams_) t.progress_of[{account, device}].acknowledged = t.possible;
}

sent_message& model::sending(sent_message m) {
  auto& place = sent_[m.body];
  place = std::make_unique<sent_message>(std::move(m));
  streams_.at(place->stream).possible += place->id.is_zero() ? 8 : 1;
  return *place;
}

void model::accepted(sent_message& m, std::uint64_t seq) {
  const auto about = world_.name(m.stream);
  m.accepted = true;
  if (seq == 0) return;
  if (!m.id.is_zero()) {
    if (m.seq != 0 && m.seq != seq) world_.fail(about, "'{}' was accepted as {} and then as {}", m.body, m.seq, seq);
    m.seq = seq;
  }
  auto& t = streams_.at(m.stream);
  const auto at = t.records.find(seq);
  if (at != t.records.end() && at->second.body != m.body) {
    world_.fail(about, "'{}' was accepted as {}, where '{}' is", m.body, seq, at->second.body);
  }
  auto& promise = t.promised[seq];
  if (promise != nullptr && promise != &m) {
    world_.fail(about, "{} was promised to '{}' and to '{}'", seq, promise->body, m.body);
  }
  promise = &m;
}

void model::refused(sent_message& m, const std::string& why) {
  m.refused = true;
  // Where members come and go, another copy that was on its way between shards may have found the sender a member.
  const bool all_answered = m.attempts == 1 && m.unanswered == 0 && streams_.at(m.stream).certain.contains(m.account);
  // Who has left is not told more than a stranger about an id below the floor.
  if (m.accepted && !m.id.is_zero() && why != "stale" && why != "not_member" && why != "not said") {
    world_.fail(world_.name(m.stream), "'{}' was accepted, and then refused: {}", m.body, why);
  }
  if (all_answered && !m.found.empty()) {
    world_.fail(world_.name(m.stream), "'{}' was refused ({}) and is in the stream", m.body, why);
  }
}

// --- seeing -------------------------------------------------------------------------------------------------------

void model::check_own(const truth& t, stream_id id, const record& r, const std::string& by) {
  const auto about = world_.name(id);
  if (r.kind >= first_server_kind) return;
  if (t.account_stream) world_.fail(about, "{} got a message on an account's stream", by);
  const auto it = sent_.find(r.body);
  if (it == sent_.end()) world_.fail(about, "{} got {}: '{}', which nobody sent", by, r.seq, r.body);
  auto& m = *it->second;
  const bool same = m.stream == id && m.account == r.account && m.device == r.device && m.kind == r.kind &&
                    (m.id.is_zero() || m.id == r.id);
  if (!same) world_.fail(about, "{} got {}: '{}', which was sent otherwise", by, r.seq, r.body);
  m.found.insert(r.seq);
  if (m.id.is_zero() ? m.found.size() > m.attempts : m.found.size() > 1) {
    world_.fail(about, "'{}' is in the stream {} times: {} and {}", m.body, m.found.size(), *m.found.begin(), r.seq);
  }
  if (m.refused && m.attempts == 1 && m.unanswered == 0 && t.certain.contains(m.account)) {
    world_.fail(about, "'{}' was refused and is in the stream as {}", m.body, r.seq);
  }
  if (m.seq != 0 && m.seq != r.seq) {
    world_.fail(about, "'{}' was accepted as {} and is in the stream as {}", m.body, m.seq, r.seq);
  }
}

void model::saw(stream_id id, const record& r, account_id account, const std::string& by) {
  const auto it = streams_.find(id);
  if (it == streams_.end()) world_.fail(by, "{} got a record of a conversation that is not there", by);
  auto& t = it->second;
  t.seen_by[account].insert(r.seq);
  const auto known = t.records.find(r.seq);
  if (known != t.records.end()) {
    const auto& k = known->second;
    const bool same = k.ts == r.ts && k.account == r.account && k.device == r.device && k.id == r.id &&
                      k.kind == r.kind && k.body == r.body;
    if (!same) world_.fail(world_.name(id), "{} got {}: '{}', which was '{}' before", by, r.seq, r.body, k.body);
    return;
  }
  const auto promise = t.promised.find(r.seq);
  if (promise != t.promised.end() && promise->second->body != r.body) {
    world_.fail(world_.name(id), "{} got {}: '{}', which was promised to '{}'", by, r.seq, r.body,
                promise->second->body);
  }
  check_own(t, id, r, by);
  if (!r.id.is_zero() && !t.ids.emplace(std::pair(r.device, r.id), r.seq).second) {
    world_.fail(world_.name(id), "{} got the id of {} again as {}", by, t.ids[{r.device, r.id}], r.seq);
  }
  t.records.emplace(r.seq, r);
}

void model::saw_text(stream_id id, const std::string& body, const std::string& by) {
  const auto it = sent_.find(body);
  const bool known = it != sent_.end() && it->second->stream == id && it->second->kind == kind_text;
  if (!known) world_.fail(world_.name(id), "{} got the text '{}', which nobody sent there", by, body);
}

void model::saw_receipt(stream_id id, account_id account, std::uint64_t delivered, std::uint64_t read,
                        const std::string& by) {
  const auto it = streams_.find(id);
  if (it == streams_.end()) world_.fail(by, "{} got a receipt of a conversation that is not there", by);
  for (const auto& other : it->second.certain) {
    if (other == account) continue;
    progress most{1, 1};
    for (const auto& device : devices_[other]) {
      const auto& p = it->second.progress_of[{other, device}];
      most.acknowledged = std::max(most.acknowledged, p.acknowledged);
      most.read = std::max(most.read, p.read);
    }
    const bool any_asked_for =
        std::any_of(asked_for_.begin(), asked_for_.end(), [&](const auto& asked) { return asked.first == other; });
    if (delivered > most.acknowledged && !passing_.contains(other) && !any_asked_for) {
      world_.fail(world_.name(id), "{} is told that all have {}, but {} acknowledged {}", by, delivered,
                  world_.name(other), most.acknowledged);
    }
    if (read > most.read) {
      world_.fail(world_.name(id), "{} is told that all have read {}, but {} has read {}", by, read, world_.name(other),
                  most.read);
    }
  }
}

// --- the end ------------------------------------------------------------------------------------------------------

std::vector<stream_id> model::conversations() const {
  std::vector<stream_id> out;
  for (const auto& [id, t] : streams_) {
    if (!t.account_stream && (t.made || !t.records.empty())) out.push_back(id);
  }
  return out;
}

std::uint64_t model::head(stream_id id) const {
  const auto& t = streams_.at(id);
  const std::uint64_t seen = t.records.empty() ? 0 : t.records.rbegin()->first;
  const std::uint64_t promised = t.promised.empty() ? 0 : t.promised.rbegin()->first;
  return std::max(seen, promised);
}

std::uint64_t model::first_since(stream_id id, mono_ms since) const {
  const auto& t = streams_.at(id);
  for (const auto& [seq, r] : t.records) {
    const auto it = sent_.find(r.body);
    if (it != sent_.end() && it->second->since >= since) return seq;
  }
  return head(id) + 1;
}

std::map<account_id, std::uint64_t> model::members(stream_id id) const {
  std::map<account_id, std::uint64_t> out;
  for (const auto& account : streams_.at(id).first) out[account] = 1;
  for (const auto& [seq, r] : streams_.at(id).records) {
    if (r.kind != kind_created && r.kind != kind_members) continue;
    const auto change = parse_members(as_bytes(r.body));
    if (!change) world_.fail(world_.name(id), "{} cannot be read", seq);
    for (const auto& account : change->left) out.erase(account);
    for (const auto& account : change->joined) out[account] = seq;
  }
  return out;
}

std::set<account_id> model::sharing_with(account_id account) const {
  std::set<account_id> out;
  for (const auto id : conversations()) {
    const auto all = members(id);
    if (!all.contains(account)) continue;
    for (const auto& [other, since] : all) out.insert(other);
  }
  return out;
}

void model::check_end(const std::set<account_id>& hear) {
  for (const auto& [id, t] : streams_) {
    if (t.records.empty()) continue;
    check_stream(id, t);
    if (!t.account_stream) check_members(id, t);
    check_changes(id, t);
  }
  check_messages();
  check_news(hear);
}

void model::check_stream(stream_id id, const truth& t) const {
  std::uint64_t expected = t.account_stream || t.until_delivered ? t.records.begin()->first : 1;
  std::int64_t ts = 0;
  std::map<device_id, const record*> last;
  // Accepted, or perhaps, but where was not said; and trimmed before anybody else was given it. A message without an
  // id makes a record with each attempt.
  std::ptrdiff_t unplaced = 0;
  for (const auto& [body, m] : sent_) {
    if (m->stream != id || m->seq != 0) continue;
    const std::size_t most = (m->accepted ? 1 : 0) + std::size_t{m->unanswered} + m->unsure;
    const std::size_t records = m->id.is_zero() ? most : std::min<std::size_t>(most, 1);
    unplaced += static_cast<std::ptrdiff_t>(records - std::min(records, m->found.size()));
  }
  for (const auto& [seq, r] : t.records) {
    // What its sender alone has, who knows of it by the verdict.
    while (expected < seq && (t.promised.contains(expected) || (t.until_delivered && unplaced-- > 0))) ++expected;
    // Of an account's own stream a device that was linked later has the end alone.
    if (seq != expected && !t.account_stream) {
      world_.fail(world_.name(id), "nobody ever got {}, but {} is there", expected, seq);
    }
    expected = seq + 1;
    if (r.ts < ts) world_.fail(world_.name(id), "the time of {} is before that of {}", seq, seq - 1);
    ts = r.ts;
    if (r.kind >= first_server_kind) continue;
    const auto& m = *sent_.at(r.body);
    if (m.id.is_zero() || !m.in_order || m.refused) continue;
    auto& before = last[r.device];
    if (before != nullptr && before->id > r.id) {
      world_.fail(world_.name(id), "{} and {} of one device are in the wrong order", before->seq, seq);
    }
    before = &r;
  }
}

// Nobody got what was said while it was no member (S6).
void model::check_members(stream_id id, const truth& t) const {
  std::map<account_id, std::vector<std::pair<std::uint64_t, std::uint64_t>>> stays;
  for (const auto& account : t.first) stays[account].emplace_back(1, 0);
  for (const auto& [seq, r] : t.records) {
    if (r.kind != kind_created && r.kind != kind_members) continue;
    const auto change = parse_members(as_bytes(r.body));
    if (!change) world_.fail(world_.name(id), "{} cannot be read", seq);
    for (const auto& account : change->left) {
      if (stays[account].empty() || stays[account].back().second != 0) {
        world_.fail(world_.name(id), "{} left at {} and was no member", world_.name(account), seq);
      }
      stays[account].back().second = seq;
    }
    for (const auto& account : change->joined) {
      if (seq != 1) stays[account].emplace_back(seq, 0);
    }
  }
  for (const auto& [account, seqs] : t.seen_by) {
    for (const auto seq : seqs) {
      const auto& all = stays[account];
      const bool was = std::any_of(all.begin(), all.end(), [seq](const auto& stay) {
        return seq >= stay.first && (stay.second == 0 || seq < stay.second);
      });
      if (!was) world_.fail(world_.name(id), "{} got {} and was no member then", world_.name(account), seq);
    }
  }
}

void model::check_messages() const {
  for (const auto& [body, m] : sent_) {
    if (!m->accepted) continue;
    const auto& t = streams_.at(m->stream);
    // Where records are trimmed, its sender may be the only one who ever had it, by the verdict.
    if (m->found.empty() && !t.until_delivered) {
      world_.fail(world_.name(m->stream), "'{}' was accepted (as {}) and is lost", body, m->seq);
    }
  }
}

}  // namespace dunlin::sim
