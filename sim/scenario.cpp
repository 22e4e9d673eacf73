#include "sim/scenario.hpp"

#include <algorithm>

#include "sim/device.hpp"

namespace dunlin::sim {

using stream::reason;
using stream::verdict;

namespace {

template <class Id>
Id id_in(world& w, const std::vector<partition_id>& partitions) {
  Id id = w.random.id<Id>();
  const std::uint64_t p = partitions[w.below(partitions.size())];
  id.hi = (id.hi & 0x00ff'ffff'ffff'ffff) | p << 56;
  return id;
}

}  // namespace

scenario::scenario(stage& s) : stage_(s), world_(s.w) {
  people_ = 3 + world_.below(4);
  conversations_ = 2 + world_.below(4);
  const std::size_t n = 1 + world_.below(8);
  for (std::size_t i = 0; i < n; ++i) partitions_.push_back(static_cast<partition_id>(world_.below(256)));
  for (std::size_t i = 0; i < people_; ++i) sign_up(add_person());
}

// --- wishes -----------------------------------------------------------------------------------------------------

void scenario::add(std::string what, std::function<void(wish&)> ask) {
  wishes_.push_back({std::move(what), std::move(ask), world_.ms(), false});
}

void scenario::answered(wish& w, bool good) {
  world_.note("{}: {}", w.what, good ? "done" : "again");
  w.done = good;
  w.ask_at = world_.ms() + world_.between(50, 500);
}

void scenario::on_start() {
  for (auto& w : wishes_) w.ask_at = std::min(w.ask_at, world_.ms() + world_.between(10, 300));
}

std::string scenario::unfinished() const {
  for (const auto& w : wishes_) {
    if (!w.done) return w.what + " was not done";
  }
  return {};
}

void scenario::step() {
  std::erase_if(wishes_, [](const wish& w) { return w.done; });
  if (stage_.up == nullptr) return;
  for (auto& w : wishes_) {
    if (w.done || world_.ms() < w.ask_at) continue;
    constexpr mono_ms patience = 12'000;
    w.ask_at = world_.ms() + patience;
    world_.note("{}?", w.what);
    w.ask(w);
  }
  if (!world_.stormy) return;
  const bool all_there =
      std::all_of(stage_.people.begin(), stage_.people.end(), [](const person& p) { return p.registered; });
  if (all_there && stage_.conversations.size() < conversations_ && world_.one_in(20)) start_conversation();
  if (world_.one_in(250)) change_members();
  if (world_.one_in(700)) link(some_person());
  if (world_.one_in(2000)) revoke();
  if (world_.one_in(12000)) remove_account();
  if (world_.one_in(60)) read_something();
}

// --- people -----------------------------------------------------------------------------------------------------

person& scenario::add_person() {
  auto& p = stage_.people.emplace_back();
  p.id = id_in<account_id>(world_, partitions_);
  p.name = "a" + std::to_string(stage_.people.size());
  p.handle = "person" + std::to_string(stage_.people.size());
  world_.give_name(p.id, p.name);
  stage_.truth.add_stream(account_stream(p.id), true, false, false, false, {});
  add_device(p).first_of_account = true;
  return p;
}

device& scenario::add_device(person& p) {
  const auto id = world_.random.id<device_id>();
  auto name = "d" + std::to_string(++devices_named_);
  world_.give_name(id, name);
  p.devices.push_back(std::make_unique<device>(stage_, p, id, accounts::make_token(world_.random), std::move(name)));
  auto& d = *p.devices.back();
  d.is_thing = p.devices.size() == 1 && stage_.people.size() == 3 && world_.one_in(2);
  return d;
}

void scenario::sign_up(person& p) {
  add(p.name + " signs up", [this, &p](wish& w) {
    auto& d = *p.devices.front();
    const accounts::registration_request request{p.handle, "phone", p.id, d.id(), d.secret()};
    stage_.up->people().register_accounts(
        {request}, [](const accounts::job& j) { j(); },
        [this, &p, &w, &d](const result<accounts::service::registered>& r) {
          const bool good = r.has_value() && !r->untold;
          if (good && !p.registered) d.linked();
          p.registered = p.registered || good;
          answered(w, good);
        });
  });
}

void scenario::link(person& p) {
  if (!p.registered || p.asked_to_go || p.devices.size() >= 3 || p.devices.front()->is_thing) return;
  auto& d = add_device(p);
  stage_.truth.adding_device(p.id, d.id());
  add(p.name + " links " + d.name(), [this, &p, &d, once = false](wish& w) mutable {
    stage_.up->people().link_device(
        {p.id, "laptop", d.id(), d.secret()}, [](const accounts::job& j) { j(); },
        [this, &p, &d, &w, &once](const result<accounts::service::registered>& r) {
          const bool refused = !r.has_value() && p.asked_to_go;
          const bool good = r.has_value() && !r->untold;
          if (good && !once) {
            d.linked();
            world_.count(seen::device_linked);
          }
          once = once || good;
          answered(w, good || refused);
        });
  });
}

void scenario::revoke() {
  auto& p = some_person();
  if (p.asked_to_go || p.devices.size() < 2) return;
  auto& d = *p.devices[1 + world_.below(p.devices.size() - 1)];
  if (!d.is_live()) return;
  d.revoking();
  add(d.name() + " is revoked", [this, &d](wish& w) {
    stage_.up->people().revoke_device(
        d.id(), [](const accounts::job& j) { j(); },
        [this, &d, &w](const result<void>& r) {
          if (r.has_value() && !w.done) {
            d.revoked();
            world_.count(seen::device_revoked);
          }
          answered(w, r.has_value());
        });
  });
}

void scenario::remove_account() {
  auto& p = some_person();
  if (stays(p) || !p.registered || p.asked_to_go) return;
  p.asked_to_go = true;
  for (const auto& c : stage_.conversations) {
    if (c.ever.contains(p.id)) stage_.truth.changing(c.id, {p.id});
  }
  add(p.name + " is deleted", [this, &p](wish& w) {
    stage_.up->people().remove_account(
        p.id, [](const accounts::job& j) { j(); },
        [this, &p, &w](const result<void>& r) {
          if (r.has_value() && !w.done) {
            p.gone = true;
            for (auto& d : p.devices) d->revoked();
            world_.count(seen::account_deleted);
          }
          answered(w, r.has_value());
        });
  });
}

// --- conversations ----------------------------------------------------------------------------------------------

void scenario::start_conversation() {
  auto& c = stage_.conversations.emplace_back();
  c.name = "c" + std::to_string(stage_.conversations.size());
  auto& first = stage_.people[world_.below(2)];
  auto& second = some_person();
  c.direct = world_.one_in(3) && first.id != second.id;
  c.open = world_.one_in(2);
  c.until_delivered = world_.one_in(2);
  c.first_members = {first.id};
  if (c.direct) {
    c.id = stage_.up->people().direct(first.id, second.id);
    for (const auto& other : stage_.conversations) {
      if (&other != &c && other.id == c.id) {
        stage_.conversations.pop_back();
        return;
      }
    }
    c.first_members.push_back(second.id);
  } else {
    c.id = id_in<stream_id>(world_, partitions_);
    for (const auto& p : stage_.people) {
      if (p.id != first.id && !p.asked_to_go && !world_.one_in(4)) c.first_members.push_back(p.id);
    }
  }
  c.ever.insert(c.first_members.begin(), c.first_members.end());
  world_.give_name(c.id, c.name);
  stage_.truth.add_stream(c.id, false, c.direct, c.open, c.until_delivered, c.first_members);
  for (const auto& p : stage_.people) {
    if (p.asked_to_go) stage_.truth.changing(c.id, {p.id});
  }
  world_.note("{} is {}{}{} of {} members", c.name, c.direct ? "direct" : "group", c.open ? " open" : "",
              c.until_delivered ? " until delivered" : "", c.first_members.size());
  add(c.name + " is made", [this, &c](wish& w) {
    const auto keep = c.until_delivered ? stream::retention::until_delivered : stream::retention::forever;
    stage_.up->create(
        {.id = c.id, .direct = c.direct, .open = c.open, .keep = keep, .name = c.name, .members = c.first_members},
        [this, &c, &w](const verdict& v) {
          if (v.ok() && !c.created) c.members.insert(c.first_members.begin(), c.first_members.end());
          c.created = c.created || v.ok();
          answered(w, v.ok());
        });
  });
}

void scenario::change_members() {
  if (stage_.conversations.empty()) return;
  auto& c = stage_.conversations[world_.below(stage_.conversations.size())];
  if (!c.created || c.direct || c.changing) return;
  auto& p = some_person();
  if (p.id == c.first_members[0] || c.strangers.contains(p.id)) return;
  const bool is_in = c.members.contains(p.id);
  engine::members_spec spec{
      .id = c.id, .actor = world_.one_in(2) ? c.first_members[0] : account_id{}, .add = {}, .remove = {}};
  if (is_in) spec.remove.push_back(p.id);
  if (!is_in || world_.one_in(4)) spec.add.push_back(p.id);  // both: goes and comes back at once
  if (!spec.add.empty() && c.ever.contains(p.id)) c.rejoined.insert(p.id);
  c.ever.insert(p.id);
  c.changing = true;
  stage_.truth.changing(c.id, {p.id});
  add(fmt::format("{}{}{} in {}", p.name, is_in ? " is removed" : "", spec.add.empty() ? "" : " is added", c.name),
      [this, &c, &p, spec, is_in](wish& w) {
        stage_.up->change_members(spec, [this, &c, &p, &w, spec, is_in](const verdict& v) {
          if (!v.ok() && v.why != reason::busy && v.why != reason::no_space) {
            world_.fail(c.name, "a change of members was refused: {}", stream::word(v.why));
          }
          if (!v.ok()) world_.note("{} is refused: {}", c.name, stream::word(v.why));
          answered(w, v.ok());
          if (!v.ok()) return;
          if (is_in) world_.count(seen::member_removed);
          if (!spec.add.empty())
            world_.count(c.rejoined.contains(p.id) ? seen::member_added_again : seen::member_added);
          c.changing = false;
          if (spec.add.empty()) {
            c.members.erase(p.id);
          } else {
            c.members.insert(p.id);
          }
        });
      });
}

// --- reads ------------------------------------------------------------------------------------------------------

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

// Everything by range, and that inboxes and streams agree on who is a member (O1).
void scenario::read_all() {
  for (auto& c : stage_.conversations) {
    if (!c.created) continue;
    ++reading_;
    read_page(c, 1);
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
  for (const auto& c : a.conversations) told.insert(c.id);
  for (const auto& c : stage_.conversations) {
    if (!c.created) continue;
    const bool is_member = stage_.truth.members(c.id).contains(p.id);
    if (is_member != told.contains(c.id)) {
      world_.fail(c.name, "its stream says that {} is {}a member, the inbox says otherwise", p.name,
                  is_member ? "" : "not ");
    }
  }
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
