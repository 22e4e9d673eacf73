// The control plane's calls on the shard's thread.

#include <algorithm>

#include "engine/shard.hpp"

namespace dunlin::engine {

using stream::reason;
using stream::verdict;

namespace {
constexpr std::size_t max_control = 1024;
}

void shard::submit_control(partition_id p, bytes entry, std::function<void(verdict)> done) {
  if (control_.size() >= max_control) return done(verdict::refuse(reason::busy));
  const std::uint64_t token = control_bit | next_control_++;
  control_[token] = {.verdict = std::move(done), .records = {}, .since = now_.mono};
  submit s{p, std::move(entry), {around_.self, token}};
  const shard_id to = owner_.shard_of(p);
  if (post(to, std::move(s))) return;
  submitted busy{token, verdict::refuse(reason::busy)};
  take(busy);
}

void shard::create(const conversation_spec& spec, std::function<void(verdict)> done) {
  bytes entry;
  stream::write_create_entry(entry, {.stream = spec.id,
                                     .time = now_.wall,
                                     .direct = spec.direct,
                                     .open = spec.open,
                                     .keep = spec.keep,
                                     .name = spec.name,
                                     .members = spec.members});
  submit_control(partition_of(spec.id), std::move(entry), std::move(done));
}

void shard::change_members(const members_spec& spec, std::function<void(verdict)> done) {
  bytes entry;
  stream::write_change_entry(entry, {spec.id, now_.wall, spec.actor, spec.add, spec.remove, spec.roles});
  submit_control(partition_of(spec.id), std::move(entry), std::move(done));
}

void shard::tell_account(account_spec spec, std::function<void(verdict)> done) {
  auto told = std::make_shared<account_spec>(std::move(spec));
  if (!told->deleted) return tell_device(told, 0, {}, std::move(done));
  tell_device(told, 0, {}, [this, account = told->account, done = std::move(done)](verdict v) mutable {
    if (!v.ok()) return done(v);
    depart(account, std::move(done));
  });
}

// A deleted account leaves its conversations in steps; only then it counts as told, so that a crash in between only
// repeats it (Q1).
void shard::depart(account_id account, std::function<void(verdict)> done) {
  bytes entry;
  stream::write_depart_entry(entry, {account, now_.wall});
  submit_control(partition_of(account), std::move(entry), [this, account, done = std::move(done)](verdict v) mutable {
    if (!v.ok() || v.seq == 0) return done(v);
    depart(account, std::move(done));
  });
}

// One entry a device, one after the other: each may make a record.
void shard::tell_device(const std::shared_ptr<account_spec>& spec, std::size_t i, verdict last,
                        std::function<void(verdict)> done) {
  if (i != 0 && (i >= spec->devices.size() || !last.ok())) return done(last);
  stream::account_entry entry{
      .account = spec->account, .time = now_.wall, .version = spec->version, .deleted = spec->deleted};
  const bool has_device = i < spec->devices.size();
  if (has_device) {
    const auto& device = spec->devices[i];
    entry.has_device = true;
    entry.device = device.id;
    entry.device_version = device.version;
    entry.revoked = device.revoked;
    entry.device_name = device.name;
  }
  bytes data;
  stream::write_account_entry(data, entry);
  submit_control(partition_of(spec->account), std::move(data),
                 [this, spec, i, has_device, done = std::move(done)](verdict v) mutable {
                   if (!v.ok() || !has_device || spec->devices[i].revoked || v.what != verdict::kind::accepted) {
                     return tell_device(spec, i + 1, v, std::move(done));
                   }
                   // A new device: durable with cursor 0 first, then its cursors are set to the heads (D1).
                   const device_id device = spec->devices[i].id;
                   set_cursors(spec->account, device, [this, spec, i, done = std::move(done)](verdict w) mutable {
                     tell_device(spec, i + 1, w, std::move(done));
                   });
                 });
}

void shard::ask_heads(const std::shared_ptr<asking>& all) {
  constexpr std::size_t at_a_time = 64;
  while (all->next < all->list.size() && all->waiting < at_a_time) {
    const std::size_t i = all->next++;
    const std::uint64_t token = control_bit | next_control_++;
    read r{.stream = all->list[i], .account = all->account, .first = 1, .from = {around_.self, token}};
    if (!post(owner_.shard_of(partition_of(all->list[i])), std::move(r))) {
      all->each(i, {.token = token, .outcome = verdict::refuse(reason::busy)});
      continue;
    }
    ++all->waiting;
    control_[token].since = now_.mono;
    control_[token].records = [this, all, i](records_answer_view m) {
      all->each(i, m);
      --all->waiting;
      ask_heads(all);
    };
  }
  if (all->waiting == 0 && all->next == all->list.size()) std::exchange(all->done, [] {})();
}

void shard::set_cursors(account_id account, device_id device, std::function<void(verdict)> done) {
  const auto* state = owner_.inbox(account);
  if (state == nullptr) return done(verdict::refuse(reason::busy));
  struct found {
    std::vector<stream::cursor_part> parts;
    bool failed = false;
  };
  auto heads = std::make_shared<found>();
  auto all = std::make_shared<asking>();
  all->account = account;
  for (const auto& c : state->conversations) all->list.push_back(c.id);
  all->each = [heads, account, device, a = all.get()](std::size_t i, records_answer_view m) {
    if (m.outcome.ok()) heads->parts.push_back({account, a->list[i], device, m.head});
    // Left meanwhile: nothing to set.
    heads->failed = heads->failed || (!m.outcome.ok() && m.outcome.why == reason::busy);
  };
  all->done = [this, heads, account, done = std::move(done)] {
    if (heads->failed) return done(verdict::refuse(reason::busy));
    bytes entry;
    stream::write_cursors_entry(entry, heads->parts);
    submit_control(partition_of(account), std::move(entry), done);
  };
  ask_heads(all);
}

void shard::read_records(records_request request, std::function<void(records_answer)> done) {
  if (control_.size() >= max_control) return done({.outcome = verdict::refuse(reason::busy)});
  const std::uint64_t token = control_bit | next_control_++;
  control_[token].since = now_.mono;
  control_[token].records = [done = std::move(done)](records_answer_view m) {
    records_answer out{.outcome = m.outcome, .head = m.head};
    if (m.list) {
      for (const auto& record : *m.list) {
        const auto data = record.data();
        out.records.emplace_back(data.begin(), data.end());
      }
    }
    done(std::move(out));
  };
  read r{.stream = request.conversation,
         .account = request.reader,
         .first = std::max<std::uint64_t>(request.from, 1),
         .max_records = std::clamp<std::uint32_t>(request.limit, 1, 1000),
         .max_bytes = 1024 * 1024,
         .from = {around_.self, token}};
  if (!post(owner_.shard_of(partition_of(request.conversation)), std::move(r))) {
    records busy{.token = token, .outcome = verdict::refuse(reason::busy)};
    take(busy);
  }
}

void shard::read_state(account_id account, device_id device, std::function<void(state_answer)> done) {
  if (states_.size() >= max_control) return done({.outcome = verdict::refuse(reason::busy)});
  const std::uint64_t token = next_control_++;
  states_[token] = [this, account, device, done = std::move(done)](bool ok) mutable {
    if (!ok) return done({.outcome = verdict::refuse(reason::busy)});
    build_state(account, device, std::move(done));
  };
  own_.emplace_back(state_ready{token, account});
}

// Heads and receipts are their owners' to tell (D10). What stands here is shown once it is durable (L2).
void shard::build_state(account_id account, device_id device, std::function<void(state_answer)> done) {
  const auto* state = owner_.inbox(account);
  if (state == nullptr) return done({.outcome = verdict::refuse(reason::not_member)});
  const std::size_t place = state->find_device(device);
  auto answer = std::make_shared<state_answer>();
  answer->outcome = verdict::accept(0, 0);
  const auto* own = owner_.part(partition_of(account)).find_stream(account_stream(account));
  answer->at = own == nullptr ? 0 : own->head;
  auto all = std::make_shared<asking>();
  all->account = account;
  answer->conversations.reserve(state->conversations.size());
  for (const auto& c : state->conversations) {
    if (c.id == account_stream(account)) continue;
    all->list.push_back(c.id);
    answer->conversations.push_back({.id = c.id,
                                     .join_seq = c.join_seq,
                                     .cursor = place < c.cursors.size() ? c.cursors[place] : 0,
                                     .read = c.read,
                                     .direct = c.direct,
                                     .open = c.open,
                                     .name = c.name});
  }
  all->each = [answer](std::size_t i, records_answer_view m) {
    auto& out = answer->conversations[i];
    if (m.outcome.why == reason::not_member) out.id = {};  // left meanwhile
    out.head = m.head;
    out.others_delivered = m.others.delivered;
    out.others_read = m.others.read;
    if (m.outcome.why == reason::busy) answer->outcome = m.outcome;
  };
  all->done = [answer, done = std::move(done)] {
    std::erase_if(answer->conversations, [](const auto& c) { return c.id.is_zero(); });
    done(std::move(*answer));
  };
  const std::uint64_t token = next_control_++;
  states_[token] = [this, all](bool /*ok*/) { ask_heads(all); };
  owner_.when_durable(state_ready{token, account, true});
}

shard_status shard::status() const {
  return {.connections = inboxes_.links(),
          .streams = owner_.streams(),
          .inboxes = owner_.inboxes(),
          .waiting = sends_.size() + control_.size() + states_.size(),
          .effects = owner_.effects_owed()};
}

}  // namespace dunlin::engine
