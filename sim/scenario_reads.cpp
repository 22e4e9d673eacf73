// What people and the audit read over the control plane.

#include <algorithm>

#include "sim/device.hpp"
#include "sim/scenario.hpp"

namespace dunlin::sim {

using stream::reason;

void scenario::read_something() {
  if (stage_.conversations.empty()) return;
  auto& p = some_person();
  auto& d = *p.devices[world_.below(p.devices.size())];
  if (world_.one_in(2)) {
    if (d.is_live()) read_state(d);
    return;
  }
  auto& c = stage_.conversations[world_.below(stage_.conversations.size())];
  const bool stranger = !c.ever.contains(p.id);
  if (stranger) c.strangers.insert(p.id);
  if (world_.one_in(3)) return read_members(c, p);
  const std::uint64_t from = 1 + world_.below(stage_.truth.head(c.id) + 2);
  const auto done = [this, &c, &p, from, stranger](const engine::records_answer& a) {
    if (!a.outcome.ok()) {
      if (a.outcome.why == reason::not_member && !stranger) world_.count(seen::read_after_removal);
      return;
    }
    if (stranger) world_.fail(c.name, "{} may read it and is no member", p.name);
    world_.count(seen::range_read);
    std::uint64_t last = from - 1;
    for (const auto& data : a.records) {
      const auto r = parse_record(data);
      if (!r || r->seq <= last) world_.fail(c.name, "{} read something out of order", p.name);
      if (last >= from && r->seq != last + 1) world_.fail(c.name, "{} read {} after {}", p.name, r->seq, last);
      last = r->seq;
      stage_.truth.saw(c.id, *r, p.id, p.name + " reading");
    }
  };
  stage_.up->read_records(
      {.reader = p.id, .conversation = c.id, .from = from, .limit = 1 + static_cast<std::uint32_t>(world_.below(30))},
      done);
}

void scenario::read_state(device& d) {
  const auto* owner = &stage_.people.front();
  for (const auto& p : stage_.people) {
    for (const auto& other : p.devices) {
      if (other.get() == &d) owner = &p;
    }
  }
  const auto before = std::make_shared<device_claims>(d.claims());
  stage_.up->read_state(owner->id, d.id(), [this, &d, before](const engine::state_answer& a) {
    if (!a.outcome.ok() || !d.is_live()) return;  // a revoked device has no place in it
    world_.count(seen::state_read);
    d.check_state(a, *before);
  });
}

void scenario::read_members(conversation& c, const person& p) {
  const bool stranger = c.strangers.contains(p.id);
  stage_.up->read_members(p.id, c.id, [this, &c, &p, stranger](const engine::members_answer& a) {
    if (!a.outcome.ok()) return;
    if (stranger) world_.fail(c.name, "{} may see its members and is none", p.name);
    const bool is_in = std::ranges::count(a.members, p.id, &engine::members_answer::member::account) == 1;
    if (!is_in) world_.fail(c.name, "{} is told its members and is not among them", p.name);
    world_.count(seen::members_read);
  });
}

// As its records say.
void scenario::read_all_members(conversation& c) {
  stage_.up->read_members(c.first_members[0], c.id, [this, &c](const engine::members_answer& a) {
    if (a.outcome.why == reason::busy) return read_all_members(c);
    --reading_;
    if (!a.outcome.ok()) world_.fail(c.name, "its members cannot be read: {}", stream::word(a.outcome.why));
    std::map<account_id, std::uint64_t> said;
    for (const auto& one : a.members) said[one.account] = one.join_seq;
    // Where records are trimmed, nobody may have seen that somebody left.
    if (!c.until_delivered && said != stage_.truth.members(c.id))
      world_.fail(c.name, "its members are others than its records say");
  });
}

// Everything by range, and that inboxes and streams agree on who is a member (O1).
void scenario::read_all() {
  for (auto& c : stage_.conversations) {
    if (!c.created) continue;
    reading_ += 2;
    read_page(c, 1);
    read_all_members(c);
  }
  for (const auto& p : stage_.people) {
    if (!p.registered || p.asked_to_go) continue;
    ++reading_;
    read_whole_state(p);
  }
}

void scenario::read_whole_state(const person& p) {
  stage_.up->read_state(p.id, p.devices.front()->id(), [this, &p](const engine::state_answer& a) {
    if (a.outcome.why == reason::busy) return read_whole_state(p);
    --reading_;
    if (!a.outcome.ok()) world_.fail(p.name, "its state cannot be read: {}", stream::word(a.outcome.why));
    check_members_agree(a, p);
  });
}

void scenario::check_members_agree(const engine::state_answer& a, const person& p) {
  std::set<stream_id> told;
  for (const auto& c : a.conversations) {
    told.insert(c.id);
    check_summary(c, p);
  }
  for (const auto& c : stage_.conversations) {
    if (!c.created) continue;
    const bool is_member = stage_.truth.members(c.id).contains(p.id);
    if (is_member != told.contains(c.id)) {
      world_.fail(c.name, "its stream says that {} is {}a member, the inbox says otherwise", p.name,
                  is_member ? "" : "not ");
    }
  }
}

// What the state says of a conversation is what it is in the end.
void scenario::check_summary(const engine::state_answer::conversation& s, const person& p) {
  const auto& c = *stage_.find(s.id);
  if (s.left) world_.fail(c.name, "{} has left it, as its state says", p.name);
  if (!c.until_delivered && s.members != stage_.truth.members(c.id).size()) {
    world_.fail(c.name, "it has {} members, as the state of {} says", s.members, p.name);
  }
  if (s.name != c.title || s.picture != c.picture) {
    world_.fail(c.name, "it is '{}' in the state of {}, and was called '{}'", s.name, p.name, c.title);
  }
  const auto as = c.direct                     ? stream::role::member
                  : p.id == c.first_members[0] ? stream::role::owner
                  : c.admins.contains(p.id)    ? stream::role::admin
                                               : stream::role::member;
  if (s.as != as) world_.fail(c.name, "{} has another role in it than it was given", p.name);
  const auto other = c.first_members[0] == p.id ? c.first_members.back() : c.first_members[0];
  if (s.with != (c.direct ? other : account_id{})) world_.fail(c.name, "the state of {} names another", p.name);
  if (s.last.empty()) {
    if (!c.until_delivered) world_.fail(c.name, "its last record is missing in the state of {}", p.name);
    return;
  }
  const auto last = parse_record(s.last);
  if (!last || last->seq != s.head) world_.fail(c.name, "the last record in the state of {} is not its last", p.name);
  if (!s.last_is_cut) stage_.truth.saw(c.id, *last, p.id, p.name + "'s state");
}

void scenario::read_page(conversation& c, std::uint64_t from) {
  const auto reader = c.first_members[0];
  stage_.up->read_records({.reader = reader, .conversation = c.id, .from = from, .limit = 200},
                          [this, &c, from, reader](const engine::records_answer& a) {
                            if (a.outcome.why == reason::busy) return read_page(c, from);
                            if (!a.outcome.ok())
                              world_.fail(c.name, "it cannot be read: {}", stream::word(a.outcome.why));
                            std::uint64_t next = from;
                            for (const auto& data : a.records) {
                              const auto r = parse_record(data);
                              const bool fits = r && (r->seq == next || (c.until_delivered && next == 1));
                              if (!fits) world_.fail(c.name, "{} is missing in what is read by range", next);
                              stage_.truth.saw(c.id, *r, reader, "the reader of all");
                              next = r->seq + 1;
                            }
                            const auto head = stage_.truth.head(c.id);
                            if (a.head < head) world_.fail(c.name, "its head is {}, and {} was seen", a.head, head);
                            if (!a.records.empty() && next <= a.head) return read_page(c, next);
                            if (!c.until_delivered && next <= a.head)
                              world_.fail(c.name, "{} is missing at its end", next);
                            --reading_;
                          });
}

}  // namespace dunlin::sim
