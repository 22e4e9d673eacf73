// How people start and change conversations, and what they change of themselves.

#include <algorithm>

#include "sim/device.hpp"
#include "sim/scenario.hpp"

namespace dunlin::sim {

using stream::reason;
using stream::verdict;

// --- asking -----------------------------------------------------------------------------------------------------

void scenario::ask(std::string what, person* actor, conversation& c, const submitting& submit,
                   const deciding& decided) {
  struct asked {
    stream::request by;
    bool renewed = false;
    std::optional<std::uint64_t> seq;  // of its first verdict
  };
  auto a = std::make_shared<asked>();
  const auto give_id = [actor, a] {
    if (actor != nullptr) a->by = {actor->devices.front()->id(), actor->devices.front()->next_id()};
  };
  give_id();
  add(std::move(what), [=, this, &c](wish& w) {
    submit(a->by, [=, this, &c, &w](const verdict& v) {
      if (!v.ok() && (v.why == reason::busy || v.why == reason::no_space)) {
        world_.note("{} is refused: {}", c.name, stream::word(v.why));
        return answered(w, false);
      }
      if (a->seq) {
        // Asked once more, whatever has changed since: only an id that has left the window meanwhile is not known.
        const bool same = v.what == verdict::kind::duplicate && v.seq == *a->seq;
        const bool gone = !v.ok() && actor != nullptr && actor->asked_to_go;  // its account was deleted meanwhile
        if (!same && !gone && v.why != reason::stale)
          world_.fail(c.name, "'{}' was answered otherwise than before", w.what);
        world_.count(seen::change_repeated);
        return answered(w, true);
      }
      if (v.why == reason::stale) {  // never done, or done without an answer: another one comes to the same
        stage_.truth.changing(c.id, {});
        a->renewed = true;
        give_id();
        return answered(w, false);
      }
      const bool recorded = decided(v);
      if (recorded && a->by.is_there() && !a->renewed) stage_.truth.changed(c.id, a->by.device, a->by.id, v.seq);
      a->seq = v.seq;
      answered(w, !v.ok() || !a->by.is_there() || !world_.one_in(3));
    });
  });
}

// --- conversations ----------------------------------------------------------------------------------------------

bytes scenario::some_picture() {
  bytes out;
  if (world_.one_in(3)) return out;
  out.resize(stream::picture_bytes);
  world_.random.fill(out);
  return out;
}

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
    c.id = some_id<stream_id>();
    for (const auto& p : stage_.people) {
      if (p.id != first.id && !p.asked_to_go && !world_.one_in(4)) c.first_members.push_back(p.id);
    }
    c.title = c.name;
    c.picture = some_picture();
  }
  c.ever.insert(c.first_members.begin(), c.first_members.end());
  world_.give_name(c.id, c.name);
  stage_.truth.add_stream(c.id, false, c.direct, c.open, c.until_delivered, c.first_members);
  for (const auto& p : stage_.people) {
    if (p.asked_to_go) stage_.truth.changing(c.id, {p.id});
  }
  world_.note("{} is {}{}{} of {} members", c.name, c.direct ? "direct" : "group", c.open ? " open" : "",
              c.until_delivered ? " until delivered" : "", c.first_members.size());
  make(c, !c.direct && world_.one_in(2) ? nullptr : &first);
  // Both at once, each by a request of its own.
  if (c.direct && !second.asked_to_go) make(c, &second);
}

void scenario::make(conversation& c, person* creator) {
  engine::conversation_spec spec{
      .id = c.id,
      .direct = c.direct,
      .open = c.open,
      .keep = c.until_delivered ? stream::retention::until_delivered : stream::retention::forever,
      .name = c.title,
      .members = c.first_members,
      .picture = c.picture};
  if (creator != nullptr) spec.creator = creator->id;
  if (creator != nullptr && creator->id != spec.members[0]) std::reverse(spec.members.begin(), spec.members.end());
  ask(
      fmt::format("{} is made{}", c.name, creator == nullptr ? "" : " by " + creator->name), creator, c,
      [this, spec](const stream::request& by, answering done) {
        auto one = spec;
        one.by = by;
        stage_.up->create(one, std::move(done));
      },
      [this, &c, creator](const verdict& v) {
        // Who is deleted meanwhile has left it, and starts nothing.
        if (!v.ok() && creator != nullptr && creator->asked_to_go) return false;
        if (!v.ok()) world_.fail(c.name, "it was not made: {}", stream::word(v.why));
        if (v.seq != 1) world_.fail(c.name, "it was made as {}", v.seq);
        if (c.created && c.direct) world_.count(seen::direct_started_twice);
        if (!c.created) c.members.insert(c.first_members.begin(), c.first_members.end());
        c.created = true;
        stage_.truth.made(c.id);
        return v.what == verdict::kind::accepted;
      });
}

// By the one who stays, by the operator, or by whoever leaves.
void scenario::change_members() {
  if (stage_.conversations.empty()) return;
  auto& c = stage_.conversations[world_.below(stage_.conversations.size())];
  if (!c.created || c.direct || c.changing) return;
  auto& p = some_person();
  if (p.id == c.first_members[0] || c.strangers.contains(p.id)) return;
  const bool is_in = c.members.contains(p.id);
  auto* actor = world_.one_in(2) ? stage_.find(c.first_members[0]) : nullptr;
  engine::members_spec spec{.id = c.id, .add = {}, .remove = {}};
  if (is_in && world_.one_in(3)) return give_role(c, p);
  if (is_in) spec.remove.push_back(p.id);
  const bool leaves = is_in && p.registered && !p.asked_to_go && world_.one_in(3);
  if (leaves) {
    actor = &p;
  } else if (!is_in || world_.one_in(4)) {
    spec.add.push_back(p.id);  // both: goes and comes back at once
  }
  change_member(c, p, actor, std::move(spec), leaves);
}

void scenario::part() {
  for (auto& c : stage_.conversations) {
    if (!c.created || c.direct || c.changing) continue;
    const auto members = stage_.truth.members(c.id);
    for (auto& p : stage_.people) {
      if (p.id == c.first_members[0] || p.asked_to_go || !members.contains(p.id)) continue;
      change_member(c, p, nullptr, {.id = c.id, .add = {}, .remove = {p.id}}, false);
      break;
    }
  }
}

void scenario::change_member(conversation& c, person& p, person* actor, engine::members_spec spec, bool leaves) {
  const bool is_in = !spec.remove.empty();
  if (!spec.add.empty() && c.ever.contains(p.id)) c.rejoined.insert(p.id);
  if (actor != nullptr) spec.actor = actor->id;
  c.ever.insert(p.id);
  c.changing = true;
  stage_.truth.changing(c.id, {p.id});
  const char* how = leaves ? " leaves" : is_in ? " is removed" : "";
  ask(
      fmt::format("{}{}{} in {}", p.name, how, spec.add.empty() ? "" : " is added", c.name), actor, c,
      [this, spec](const stream::request& by, answering done) {
        auto one = spec;
        one.by = by;
        stage_.up->change_members(one, std::move(done));
      },
      [this, &c, &p, spec, is_in, leaves](const verdict& v) {
        c.changing = false;
        if (is_in) {
          c.members.erase(p.id);
          c.admins.erase(p.id);
        }
        if (!v.ok() && leaves && p.asked_to_go) return false;  // deleted meanwhile, it has left before
        if (!v.ok()) world_.fail(c.name, "a change of members was refused: {}", stream::word(v.why));
        if (leaves) {
          world_.count(seen::member_left);
        } else if (is_in) {
          world_.count(seen::member_removed);
        }
        if (!spec.add.empty()) {
          world_.count(c.rejoined.contains(p.id) ? seen::member_added_again : seen::member_added);
          c.members.insert(p.id);
        }
        return !p.asked_to_go;
      });
}

void scenario::give_role(conversation& c, person& p) {
  const bool is_admin = c.admins.contains(p.id);
  engine::members_spec spec{.id = c.id, .actor = c.first_members[0], .add = {}, .remove = {}};
  spec.roles.push_back({p.id, is_admin ? stream::role::member : stream::role::admin});
  c.changing = true;
  stage_.truth.changing(c.id, {});
  ask(
      fmt::format("{} is {} in {}", p.name, is_admin ? "no admin any more" : "made admin", c.name),
      stage_.find(c.first_members[0]), c,
      [this, spec](const stream::request& by, answering done) {
        auto one = spec;
        one.by = by;
        stage_.up->change_members(one, std::move(done));
      },
      [this, &c, &p, is_admin](const verdict& v) {
        c.changing = false;
        if (!v.ok()) world_.fail(c.name, "a role was not given: {}", stream::word(v.why));
        world_.count(seen::role_given);
        if (is_admin) {
          c.admins.erase(p.id);
        } else {
          c.admins.insert(p.id);
        }
        return !p.asked_to_go;
      });
}

// Of a group's title and picture, by the operator, the owner or an admin.
void scenario::change_look() {
  if (stage_.conversations.empty()) return;
  auto& c = stage_.conversations[world_.below(stage_.conversations.size())];
  if (!c.created || c.direct || c.look_changing) return;
  auto* owner = stage_.find(c.first_members[0]);
  auto* actor = world_.one_in(3) ? nullptr : owner;
  if (!c.admins.empty() && world_.one_in(2)) actor = stage_.find(*c.admins.begin());
  engine::look_spec spec{.id = c.id, .name = {}, .picture = {}};
  if (actor != nullptr) spec.actor = actor->id;
  spec.name = fmt::format("{} {}", c.name, ++c.looks);
  if (world_.one_in(2)) spec.picture = some_picture();
  c.look_changing = true;
  stage_.truth.changing(c.id, {});
  ask(
      fmt::format("{} is called {}", c.name, *spec.name), actor, c,
      [this, spec](const stream::request& by, answering done) {
        auto one = spec;
        one.by = by;
        stage_.up->change_look(one, std::move(done));
      },
      [this, &c, spec, actor, owner](const verdict& v) {
        c.look_changing = false;
        // Who is no admin any more, or no member, may not.
        const bool excused =
            actor != nullptr && actor != owner && (v.why == reason::not_member || v.why == reason::forbidden);
        if (!v.ok() && !excused) world_.fail(c.name, "another title was refused: {}", stream::word(v.why));
        if (!v.ok()) return false;
        world_.count(seen::look_changed);
        c.title = *spec.name;
        if (spec.picture) c.picture = *spec.picture;
        return true;
      });
}

// --- what people change of themselves ---------------------------------------------------------------------------

void scenario::put_settings() {
  auto& p = some_person();
  if (!p.registered || p.asked_to_go) return;
  stream_id of;
  if (!stage_.conversations.empty() && world_.one_in(2)) {
    const auto& c = stage_.conversations[world_.below(stage_.conversations.size())];
    if (!c.created || !c.members.contains(p.id)) return;
    of = c.id;
  }
  const auto json = fmt::format(R"({{"n":{},"x":"{}"}})", world_.below(1000), std::string(world_.below(300), 'x'));
  const auto version = stage_.on.tables.tables().settings.put(p.id, of, json)->version;
  world_.note("{} puts version {} of its settings{}", p.name, version, of.is_zero() ? "" : " of " + world_.name(of));
  world_.count(seen::settings_put);
  stage_.truth.settings_put(p.id, of, version, json);
  stage_.up->tell_news();
}

void scenario::change_profile() {
  auto& p = some_person();
  if (!p.registered || p.asked_to_go) return;
  auto& profiles = stage_.on.tables.tables().profiles;
  const auto name = fmt::format("{} {}", p.name, profiles.find(p.id)->version);
  const auto version = profiles.change(p.id, {name, std::nullopt})->version;
  world_.note("{} has version {} of its profile", p.name, version);
  world_.count(seen::profile_changed);
  stage_.truth.profile_changed(p.id, version);
  stage_.up->tell_news();
}

}  // namespace dunlin::sim
