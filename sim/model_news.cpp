// What must be true of changes under an id, and of what accounts are told of settings and profiles.

#include <algorithm>

#include "sim/model.hpp"

namespace dunlin::sim {

void model::changed(stream_id id, device_id device, message_id change, std::uint64_t seq) {
  const auto [it, fresh] = streams_.at(id).changes.emplace(seq, std::pair(device, change));
  if (!fresh) world_.fail(world_.name(id), "{} was promised to two changes", seq);
}

// Its place is that of the record with its id, which is there once (see `saw`).
void model::check_changes(stream_id id, const truth& t) const {
  for (const auto& [seq, who] : t.changes) {
    const auto at = t.records.find(seq);
    if (at == t.records.end() && t.until_delivered) continue;
    if (at == t.records.end()) world_.fail(world_.name(id), "the change that was accepted as {} is lost", seq);
    if (std::pair(at->second.device, at->second.id) != who) {
      world_.fail(world_.name(id), "a change was accepted as {}, where something else is", seq);
    }
  }
}

void model::settings_put(account_id account, stream_id conversation, std::uint64_t version, const std::string& json) {
  settings_[{account, conversation}][version] = json;
}

void model::profile_changed(account_id account, std::uint64_t version) {
  profiles_[account] = version;
  // Where the account knows that it is a member, others are told from now on.
  auto& where = audiences_[account];
  where.clear();
  for (const auto& [seq, r] : streams_.at(account_stream(account)).records) {
    if (r.kind != kind_added) continue;
    const auto to = parse_added(as_bytes(r.body));
    if (to) where.insert(to->conversation);
  }
}

bool model::share(stream_id conversation, account_id a, account_id b) const {
  const auto& certain = streams_.at(conversation).certain;
  return certain.contains(a) && certain.contains(b);
}

void model::check_settings(account_id account, const record& r, told& so_far) const {
  const auto about = world_.name(account);
  const auto s = parse_settings(as_bytes(r.body));
  if (!s) world_.fail(about, "settings in {} cannot be read", r.seq);
  const auto put = settings_.find({account, s->conversation});
  const bool known = put != settings_.end() && put->second.contains(s->version);
  if (!known || put->second.at(s->version) != s->json) {
    world_.fail(about, "{} tells of settings that nobody put", r.seq);
  }
  // Of a conversation that it has left in between they may come again, and in any order.
  auto& last = so_far.settings[s->conversation];
  const bool stayed = s->conversation.is_zero() || share(s->conversation, account, account);
  if (stayed && s->version <= last) {
    world_.fail(about, "{} tells of version {} of settings, after {}", r.seq, s->version, last);
  }
  last = std::max(last, s->version);
}

void model::check_profile(account_id account, const record& r, told& so_far) const {
  const auto about = world_.name(account);
  const auto p = parse_profile(as_bytes(r.body));
  if (!p) world_.fail(about, "a profile in {} cannot be read", r.seq);
  const auto now = profiles_.find(p->account);
  auto& last = so_far.profiles[p->account];
  if (now == profiles_.end() || p->version > now->second || p->version <= last) {
    world_.fail(about, "{} tells of version {} of the profile of {}, after {}", r.seq, p->version,
                world_.name(p->account), last);
  }
  last = p->version;
}

model::told model::told_on(account_id account) const {
  told out;
  for (const auto& [seq, r] : streams_.at(account_stream(account)).records) {
    if (r.kind == kind_settings) check_settings(account, r, out);
    if (r.kind == kind_profile) check_profile(account, r, out);
  }
  return out;
}

void model::check_news(const std::set<account_id>& hear) const {
  std::map<account_id, told> all;
  for (const auto& account : hear) all[account] = told_on(account);
  for (const auto& [what, versions] : settings_) {
    const auto& [account, conversation] = what;
    if (!hear.contains(account)) continue;
    const auto last = all[account].settings[conversation];
    if (last != versions.rbegin()->first) {
      world_.fail(world_.name(account), "it was told of version {} of its settings, and {} was put", last,
                  versions.rbegin()->first);
    }
  }
  for (const auto& [account, version] : profiles_) {
    const auto& where = audiences_.at(account);
    for (const auto& other : hear) {
      const bool shared = hear.contains(account) && std::any_of(where.begin(), where.end(),
                                                                [&](stream_id c) { return share(c, account, other); });
      const auto last = all[other].profiles[account];
      if ((other == account || shared) && last != version) {
        world_.fail(world_.name(other), "it was told of version {} of the profile of {}, which has {}", last,
                    world_.name(account), version);
      }
    }
  }
}

}  // namespace dunlin::sim
