// What the control plane asks to be written, on the shard's thread.

#include "engine/shard.hpp"

namespace dunlin::engine {

using stream::reason;
using stream::verdict;

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
                                     .creator = spec.creator,
                                     .direct = spec.direct,
                                     .open = spec.open,
                                     .keep = spec.keep,
                                     .name = spec.name,
                                     .members = spec.members,
                                     .by = spec.by,
                                     .picture = spec.picture});
  submit_control(partition_of(spec.id), std::move(entry), std::move(done));
}

void shard::change_members(const members_spec& spec, std::function<void(verdict)> done) {
  bytes entry;
  stream::write_change_entry(entry, {spec.id, now_.wall, spec.actor, spec.add, spec.remove, spec.roles, spec.by, {}});
  submit_control(partition_of(spec.id), std::move(entry), std::move(done));
}

void shard::change_look(const look_spec& spec, std::function<void(verdict)> done) {
  stream::change_entry change{.stream = spec.id, .time = now_.wall, .actor = spec.actor, .by = spec.by};
  if (spec.name) change.look.name = *spec.name;
  if (spec.picture) change.look.picture = *spec.picture;
  bytes entry;
  stream::write_change_entry(entry, change);
  submit_control(partition_of(spec.id), std::move(entry), std::move(done));
}

void shard::tell_account(account_spec spec, std::function<void(verdict)> done) {
  auto told = std::make_shared<account_spec>(std::move(spec));
  auto news = [this, told, done = std::move(done)](verdict v) mutable {
    if (!v.ok()) return done(v);
    tell_news(told, 0, v, [this, told, done = std::move(done)](verdict w) mutable {
      if (!w.ok() || told->version == 0 || !told->deleted) return done(w);
      depart(told->account, std::move(done));
    });
  };
  if (told->version == 0) return news(verdict::repeat(0));
  tell_device(told, 0, {}, std::move(news));
}

// Settings, then profiles, one entry each.
void shard::tell_news(const std::shared_ptr<account_spec>& spec, std::size_t i, verdict last,
                      std::function<void(verdict)> done) {
  if (i >= spec->put.size() + spec->profiles.size() || !last.ok()) return done(last);
  bytes data;
  if (i < spec->put.size()) {
    const auto& put = spec->put[i];
    stream::write_settings_entry(data, {spec->account, now_.wall, put.conversation, put.version, put.json});
  } else {
    const auto& profile = spec->profiles[i - spec->put.size()];
    stream::write_profile_entry(data, {spec->account, now_.wall, profile.of, profile.version});
  }
  submit_control(
      partition_of(spec->account), std::move(data),
      [this, spec, i, done = std::move(done)](verdict v) mutable { tell_news(spec, i + 1, v, std::move(done)); });
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
  all->each = [heads, account, device, a = all.get()](std::size_t i, const about& m) {
    if (m.outcome.ok()) heads->parts.push_back({account, a->list[i], device, m.facts->head});
    // Left meanwhile: nothing to set.
    heads->failed = heads->failed || (!m.outcome.ok() && m.outcome.why == reason::busy);
  };
  all->done = [this, heads, account, done = std::move(done)] {
    if (heads->failed) return done(verdict::refuse(reason::busy));
    bytes entry;
    stream::write_cursors_entry(entry, heads->parts);
    submit_control(partition_of(account), std::move(entry), done);
  };
  ask_about(all);
}

shard_status shard::status() const {
  return {.connections = inboxes_.links(),
          .streams = owner_.streams(),
          .inboxes = owner_.inboxes(),
          .waiting = sends_.size() + control_.size() + states_.size(),
          .effects = owner_.effects_owed()};
}

}  // namespace dunlin::engine
