// The part of apply that makes conversations and changes who is in them.

#include <algorithm>

#include "base/check.hpp"
#include "stream/partition.hpp"

namespace dunlin::stream {

namespace {

void sort_once(std::vector<account_id>& accounts) {
  std::sort(accounts.begin(), accounts.end());
  accounts.erase(std::unique(accounts.begin(), accounts.end()), accounts.end());
}

// How many members the stream will have.
std::size_t members_after(const stream_state& stream, const change_entry& change) {
  std::vector<account_id> left;
  for (const auto& account : change.remove) {
    if (stream.find_member(account) != nullptr) left.push_back(account);
  }
  sort_once(left);
  std::vector<account_id> joined;
  for (const auto& account : change.add) {
    const bool stays = stream.find_member(account) != nullptr && !std::binary_search(left.begin(), left.end(), account);
    if (!stays) joined.push_back(account);
  }
  sort_once(joined);
  return stream.members.size() - left.size() + joined.size();
}

}  // namespace

verdict partition::apply_create(byte_span data) {
  const auto entry = read_create_entry(data);
  if (!entry || entry->members.empty() || (entry->direct && entry->members.size() > 2)) {
    return verdict::refuse(reason::malformed);
  }
  if (stream_state* known = find_stream(entry->stream)) {
    if (!fresh(known->pos)) return {};
    DUNLIN_CHECK(again_ == nullptr);
    const bool same = !known->is_account && known->direct == entry->direct && known->find_member(entry->members[0]);
    return same ? verdict::repeat(1) : verdict::refuse(reason::conflict);
  }
  if (again_ == nullptr && outbox_.unreported() + entry->members.size() > max_unreported) {
    return verdict::refuse(reason::busy);
  }
  auto& stream = *(streams_[entry->stream] = std::make_unique<stream_state>());
  arrived_.push_back({store::row_kind::stream, entry->stream});
  stream.id = entry->stream;
  stream.direct = entry->direct;
  stream.open = entry->open;
  stream.keep = entry->keep;
  stream.name = entry->name;
  members_changed what{.name = entry->name};
  for (const auto& account : entry->members) {
    if (stream.find_member(account) != nullptr) continue;
    const role as = what.joined.empty() && !entry->direct ? role::owner : role::member;
    auto& m = stream.add_member(account, as);
    m.join_seq = 1;
    m.at = {1, 1, 1};
    what.joined.push_back({account, static_cast<std::uint32_t>(as)});
  }
  bytes body;
  write_members_changed(body, what);
  const verdict v = append_own(stream, entry->time, kind::created, entry->creator, body);
  for (const auto& m : what.joined) {
    tell({.what = effect_kind::added,
          .account = m.account,
          .conversation = stream.id,
          .time = entry->time,
          .join_seq = 1,
          .direct = stream.direct,
          .open = stream.open,
          .name = stream.name},
         account_stream(m.account));
  }
  return v;
}

namespace {

bool has_owner(const stream_state& stream) {
  return std::any_of(stream.members.begin(), stream.members.end(), [](const auto& m) { return m.as == role::owner; });
}

// What a member's role lets it change (S1).
bool may_change(const stream_state& stream, const member& actor, const change_entry& entry) {
  if (actor.as == role::owner) return true;
  if (!entry.roles.empty()) return false;
  const bool only_self = entry.add.empty() && entry.remove.size() == 1 && entry.remove[0] == actor.account;
  if (actor.as == role::member) return only_self;
  return std::none_of(entry.remove.begin(), entry.remove.end(), [&](account_id account) {
    const member* other = stream.find_member(account);
    return other != nullptr && other->as == role::owner;
  });
}

// True if the roles of the entry leave members without an owner that had one, though no owner left.
bool only_demotes_owners(const stream_state& stream, const change_entry& entry) {
  const auto role_after = [&](const member& m) {
    role as = m.as;
    for (const auto& part : entry.roles) {
      if (part.account == m.account) as = part.as;
    }
    return as;
  };
  const auto leaves = [&](account_id account) {
    return std::find(entry.remove.begin(), entry.remove.end(), account) != entry.remove.end();
  };
  bool demoted = false;
  for (const auto& m : stream.members) {
    if (leaves(m.account)) continue;
    if (role_after(m) == role::owner) return false;
    demoted = demoted || m.as == role::owner;
  }
  for (const auto& part : entry.roles) {
    const bool joins = std::find(entry.add.begin(), entry.add.end(), part.account) != entry.add.end();
    if (joins && part.as == role::owner) return false;
  }
  return demoted;
}

}  // namespace

void partition::keep_an_owner(stream_state& stream, members_changed& what) {
  if (stream.direct || stream.members.empty() || has_owner(stream)) return;
  auto& next = *std::min_element(stream.members.begin(), stream.members.end(), [](const member& a, const member& b) {
    if (a.as != b.as) return a.as > b.as;
    return a.join_seq < b.join_seq;
  });
  next.as = role::owner;
  what.set_role({next.account, static_cast<std::uint32_t>(role::owner)});
}

verdict partition::apply_change(byte_span data) {
  const auto entry = read_change_entry(data);
  if (!entry) return verdict::refuse(reason::malformed);
  stream_state* stream = find_stream(entry->stream);
  if (stream == nullptr || stream->is_account) return verdict::refuse(reason::not_member);
  if (!fresh(stream->pos)) return {};
  const bool by_operator = entry->actor.is_zero();
  const member* actor = stream->find_member(entry->actor);
  if (!by_operator && actor == nullptr) return verdict::refuse(reason::not_member);
  if (stream->direct || (!by_operator && !may_change(*stream, *actor, *entry)) ||
      only_demotes_owners(*stream, *entry)) {
    return verdict::refuse(reason::forbidden);
  }
  if (again_ == nullptr && outbox_.unreported() + entry->add.size() + entry->remove.size() > max_unreported) {
    return verdict::refuse(reason::busy);
  }
  if (members_after(*stream, *entry) > max_members) return verdict::refuse(reason::too_large);
  members_changed what;
  for (const auto& account : entry->remove) {
    if (stream->remove_member(account)) what.left.push_back(account);
  }
  for (const auto& account : entry->add) {
    if (stream->find_member(account) != nullptr) continue;
    // It joins with the next record: until then the youngest, whoever is asked who is the eldest.
    stream->add_member(account, role::member).join_seq = stream->head + 1;
    what.joined.push_back({account, 0});
  }
  for (const auto& part : entry->roles) {
    member* m = stream->find_member(part.account);
    if (m == nullptr || m->as == part.as) continue;
    m->as = part.as;
    what.set_role({part.account, static_cast<std::uint32_t>(part.as)});
  }
  keep_an_owner(*stream, what);
  // Nothing to do: a repeat, whose first verdict is not known any more, but whose effect stands.
  if (what.joined.empty() && what.left.empty() && what.roles.empty()) return verdict::repeat(stream->head);
  return record_change(*stream, what, entry->actor, entry->time);
}

// Records who came and went, and tells them.
verdict partition::record_change(stream_state& stream, const members_changed& what, account_id actor, wall_ms time) {
  bytes body;
  write_members_changed(body, what);
  const verdict v = append_own(stream, time, kind::members, actor, body);
  for (const auto& account : what.left) {
    tell({.what = effect_kind::removed, .account = account, .conversation = stream.id, .time = time},
         account_stream(account));
  }
  for (const auto& m : what.joined) {
    auto& mine = *stream.find_member(m.account);
    mine.join_seq = stream.head;
    mine.at = {stream.head, stream.head, stream.head};
    tell({.what = effect_kind::added,
          .account = m.account,
          .conversation = stream.id,
          .time = time,
          .join_seq = stream.head,
          .direct = stream.direct,
          .open = stream.open,
          .name = stream.name},
         account_stream(m.account));
  }
  return v;
}

}  // namespace dunlin::stream
