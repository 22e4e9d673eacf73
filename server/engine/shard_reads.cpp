// What the control plane asks to be read, on the shard's thread.

#include <algorithm>

#include "engine/shard.hpp"

namespace dunlin::engine {

using stream::reason;
using stream::verdict;

namespace {
// So many conversations at a time are asked for one request.
constexpr std::size_t asked_at_a_time = 64;
// And so many make a part of an audience: at most 16,384 accounts.
constexpr std::size_t conversations_a_part = 16;
}  // namespace

void shard::ask_about(const std::shared_ptr<asking>& all) {
  while (all->next < all->list.size() && all->waiting < asked_at_a_time) {
    const std::size_t i = all->next++;
    const std::uint64_t token = control_bit | next_control_++;
    about_request r{.stream = all->list[i], .account = all->account, .want = all->want, .from = {around_.self, token}};
    if (!post(owner_.shard_of(partition_of(all->list[i])), std::move(r))) {
      all->each(i, {.token = token, .outcome = verdict::refuse(reason::busy), .facts = nullptr});
      continue;
    }
    ++all->waiting;
    control_[token].since = now_.mono;
    control_[token].about = [this, all, i](const about& m) {
      all->each(i, m);
      --all->waiting;
      ask_about(all);
    };
  }
  if (all->waiting == 0 && all->next == all->list.size()) std::exchange(all->done, [] {})();
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

void shard::read_members(account_id reader, stream_id conversation, std::function<void(members_answer)> done) {
  if (control_.size() >= max_control) return done({.outcome = verdict::refuse(reason::busy), .members = {}});
  auto one = std::make_shared<asking>();
  one->account = reader;
  one->want = about_request::depth::members;
  one->list.push_back(conversation);
  auto answer = std::make_shared<members_answer>();
  one->each = [answer](std::size_t, const about& m) {
    answer->outcome = m.outcome;
    if (m.facts) answer->members = m.facts->members;
  };
  one->done = [answer, done = std::move(done)] { done(std::move(*answer)); };
  ask_about(one);
}

void shard::when_loaded(account_id account, std::function<void(bool)> go) {
  const std::uint64_t token = next_control_++;
  states_[token] = std::move(go);
  own_.emplace_back(state_ready{token, account});
}

void shard::when_durable(account_id account, std::function<void()> go) {
  const std::uint64_t token = next_control_++;
  states_[token] = [go = std::move(go)](bool /*ok*/) { go(); };
  owner_.when_durable(state_ready{token, account, true});
}

void shard::read_audience(account_id account, stream_id from, std::function<void(audience_answer)> done) {
  if (states_.size() >= max_control)
    return done({.outcome = verdict::refuse(reason::busy), .accounts = {}, .next = {}});
  when_loaded(account, [this, account, from, done = std::move(done)](bool ok) mutable {
    if (!ok) return done({.outcome = verdict::refuse(reason::busy), .accounts = {}, .next = {}});
    gather_audience(account, from, std::move(done));
  });
}

// Who is in a conversation is its owner's to tell. What stands here is shown once it is durable (L2).
void shard::gather_audience(account_id account, stream_id from, std::function<void(audience_answer)> done) {
  auto answer = std::make_shared<audience_answer>();
  answer->outcome = verdict::accept(0, 0);
  auto all = std::make_shared<asking>();
  all->account = account;
  all->want = about_request::depth::members;
  if (const auto* state = owner_.inbox(account)) {
    for (const auto& c : state->conversations) {
      if (c.id < from || c.id == account_stream(account)) continue;
      if (all->list.size() == conversations_a_part) {
        answer->next = c.id;
        break;
      }
      all->list.push_back(c.id);
    }
  }
  all->each = [answer, account](std::size_t, const about& m) {
    if (m.outcome.why == reason::busy) answer->outcome = m.outcome;
    if (!m.facts) return;  // left meanwhile
    for (const auto& one : m.facts->members) {
      if (one.account != account) answer->accounts.push_back(one.account);
    }
  };
  all->done = [answer, done = std::move(done)] {
    auto& list = answer->accounts;
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    done(std::move(*answer));
  };
  when_durable(account, [this, all] { ask_about(all); });
}

void shard::read_state(account_id account, device_id device, std::function<void(state_answer)> done) {
  if (states_.size() >= max_control) return done({.outcome = verdict::refuse(reason::busy)});
  when_loaded(account, [this, account, device, done = std::move(done)](bool ok) mutable {
    if (!ok) return done({.outcome = verdict::refuse(reason::busy)});
    build_state(account, device, std::move(done));
  });
}

namespace {

// What its owner says of a conversation, into the state; `bodies` is what last records may still hold.
void add_facts(state_answer::conversation& out, const conversation_facts& facts, std::size_t& bodies) {
  out.head = facts.head;
  out.others_delivered = facts.others.delivered;
  out.others_read = facts.others.read;
  out.name = facts.name;
  out.picture = facts.picture;
  out.as = facts.as;
  out.members = facts.count;
  out.with = facts.with;
  if (facts.last.size() > bodies) return;  // who has so many reads this one by range
  bodies -= facts.last.size();
  out.last = facts.last;
  out.last_is_cut = facts.last_is_cut;
}

}  // namespace

// What a conversation is, and how far, is its owner's to tell (D10). What stands here is shown once it is durable (L2).
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
  all->want = about_request::depth::facts;
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
  all->each = [answer, bodies = max_state_bodies](std::size_t i, const about& m) mutable {
    auto& out = answer->conversations[i];
    out.left = m.outcome.why == reason::not_member;
    if (m.facts) add_facts(out, *m.facts, bodies);
    if (m.outcome.why == reason::busy) answer->outcome = m.outcome;
  };
  all->done = [answer, done = std::move(done)] { done(std::move(*answer)); };
  when_durable(account, [this, all] { ask_about(all); });
}

}  // namespace dunlin::engine
