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

verdict partition::repeat_create(const stream_state& known, const create_entry& entry) {
  const id_window* window = known.find_window(entry.by.device);
  if (entry.by.is_there() && window != nullptr) {
    const auto found = window->find(entry.by.id);
    if (found.where == id_window::place::known) return verdict::repeat(found.seq);
  }
  const account_id who = entry.by.is_there() ? entry.creator : entry.members[0];
  const bool same = !known.is_account && known.direct == entry.direct && known.find_member(who) != nullptr;
  return same ? verdict::repeat(1) : verdict::refuse(reason::conflict);
}

verdict partition::apply_create(byte_span data) {
  const auto entry = read_create_entry(data);
  if (!entry || entry->members.empty() || (entry->direct && entry->members.size() > 2)) {
    return verdict::refuse(reason::malformed);
  }
  if (entry->by.is_there() && std::count(entry->members.begin(), entry->members.end(), entry->creator) == 0) {
    return verdict::refuse(reason::malformed);
  }
  if (stream_state* known = find_stream(entry->stream)) {
    if (!fresh(known->pos)) return {};
    DUNLIN_CHECK(again_ == nullptr);
    return repeat_create(*known, *entry);
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
  stream.picture.assign(entry->picture.begin(), entry->picture.end());
  members_changed what{.name = entry->name, .picture = entry->picture};
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
  const verdict v = append_own(stream, entry->time, kind::created, entry->creator, body, entry->by);
  if (entry->by.is_there()) stream.window_of(entry->by.device).accept(entry->by.id, stream.head);
  for (const auto& m : what.joined) tell_added(stream, m.account, entry->time, 1);
  return v;
}

void partition::tell_added(const stream_state& stream, account_id account, wall_ms time, std::uint64_t join_seq) {
  effect_body body{.what = effect_kind::added,
                   .account = account,
                   .conversation = stream.id,
                   .time = time,
                   .join_seq = join_seq,
                   .direct = stream.direct,
                   .open = stream.open,
                   .name = stream.name};
  if (rules_ >= 2) {
    body.picture = stream.picture;
    if (stream.direct) body.with = stream.other_than(account);
  }
  tell(body, account_stream(account));
}

namespace {

bool has_owner(const stream_state& stream) {
  return std::any_of(stream.members.begin(), stream.members.end(), [](const auto& m) { return m.as == role::owner; });
}

bool changes_look(const change_entry& entry) { return entry.look.name || entry.look.picture; }
bool changes_members(const change_entry& entry) {
  return !entry.add.empty() || !entry.remove.empty() || !entry.roles.empty();
}

// What a member's role lets it change (S1).
bool may_change(const stream_state& stream, const member& actor, const change_entry& entry) {
  if (actor.as == role::owner) return true;
  if (changes_look(entry)) return actor.as == role::admin;
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

bool partition::refuses(const stream_state& stream, const change_entry& entry, verdict& why) const {
  const id_window* window = entry.by.is_there() ? stream.find_window(entry.by.device) : nullptr;
  const auto found = window == nullptr ? id_window::found{} : window->find(entry.by.id);
  const bool by_operator = entry.actor.is_zero();
  const member* actor = stream.find_member(entry.actor);
  if (found.where == id_window::place::known) {
    // A repeat gets its first verdict, even from who has left with it (S3).
    why = verdict::repeat(found.seq);
  } else if (!by_operator && actor == nullptr) {
    why = verdict::refuse(reason::not_member);
  } else if (found.where == id_window::place::stale) {
    why = verdict::refuse(reason::stale);
    why.floor = window->floor();
  } else if (stream.direct || (!by_operator && !may_change(stream, *actor, entry)) ||
             only_demotes_owners(stream, entry)) {
    why = verdict::refuse(reason::forbidden);
  } else if (entry.add.size() + entry.remove.size() != 0 &&
             outbox_.unreported() + entry.add.size() + entry.remove.size() > max_unreported) {
    why = verdict::refuse(reason::busy);
  } else if (members_after(stream, entry) > max_members) {
    why = verdict::refuse(reason::too_large);
  } else {
    return false;
  }
  return true;
}

verdict partition::apply_change(byte_span data) {
  const auto entry = read_change_entry(data);
  if (!entry || (changes_look(*entry) && changes_members(*entry))) return verdict::refuse(reason::malformed);
  stream_state* stream = find_stream(entry->stream);
  if (stream == nullptr || stream->is_account) return verdict::refuse(reason::not_member);
  if (!fresh(stream->pos)) return {};
  verdict why;
  if (again_ == nullptr && refuses(*stream, *entry, why)) return why;
  const verdict v = changes_look(*entry) ? change_look(*stream, *entry) : change_members(*stream, *entry);
  if (!entry->by.is_there()) return v;
  // Also where nothing was to be done: later there might be, and the request is answered.
  stream->window_of(entry->by.device).accept(entry->by.id, stream->head);
  touch(*stream);
  return v;
}

verdict partition::change_look(stream_state& stream, const change_entry& entry) {
  conversation_changed what = entry.look;
  if (what.name && *what.name == stream.name) what.name.reset();
  if (what.picture && std::ranges::equal(*what.picture, stream.picture)) what.picture.reset();
  if (!what.name && !what.picture) return verdict::repeat(stream.head);
  if (what.name) stream.name = *what.name;
  if (what.picture) stream.picture.assign(what.picture->begin(), what.picture->end());
  bytes body;
  write_conversation_changed(body, what);
  return append_own(stream, entry.time, kind::changed, entry.actor, body, entry.by);
}

verdict partition::change_members(stream_state& stream, const change_entry& entry) {
  members_changed what;
  for (const auto& account : entry.remove) {
    if (stream.remove_member(account)) what.left.push_back(account);
  }
  for (const auto& account : entry.add) {
    if (stream.find_member(account) != nullptr) continue;
    // It joins with the next record: until then the youngest, whoever is asked who is the eldest.
    stream.add_member(account, role::member).join_seq = stream.head + 1;
    what.joined.push_back({account, 0});
  }
  for (const auto& part : entry.roles) {
    member* m = stream.find_member(part.account);
    if (m == nullptr || m->as == part.as) continue;
    m->as = part.as;
    what.set_role({part.account, static_cast<std::uint32_t>(part.as)});
  }
  keep_an_owner(stream, what);
  // Nothing to do: a repeat without an id, whose first verdict is not known any more, but whose effect stands.
  if (what.joined.empty() && what.left.empty() && what.roles.empty()) return verdict::repeat(stream.head);
  return record_change(stream, what, entry);
}

// Records who came and went, and tells them.
verdict partition::record_change(stream_state& stream, const members_changed& what, const change_entry& entry) {
  bytes body;
  write_members_changed(body, what);
  const verdict v = append_own(stream, entry.time, kind::members, entry.actor, body, entry.by);
  for (const auto& account : what.left) {
    tell({.what = effect_kind::removed, .account = account, .conversation = stream.id, .time = entry.time},
         account_stream(account));
  }
  for (const auto& m : what.joined) {
    auto& mine = *stream.find_member(m.account);
    mine.join_seq = stream.head;
    mine.at = {stream.head, stream.head, stream.head};
    tell_added(stream, m.account, entry.time, stream.head);
  }
  return v;
}

}  // namespace dunlin::stream
