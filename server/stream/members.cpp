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
  std::vector<member_view> joined;
  for (const auto& account : entry->members) {
    if (stream.find_member(account) != nullptr) continue;
    const role as = joined.empty() && !entry->direct ? role::owner : role::member;
    auto& m = stream.add_member(account, as);
    m.join_seq = 1;
    m.at = {1, 1, 1};
    joined.push_back({account, static_cast<std::uint32_t>(as)});
  }
  bytes body;
  write_members_changed(body, joined, {}, entry->name);
  const verdict v = append_own(stream, entry->time, kind::created, entry->creator, body);
  for (const auto& m : joined) {
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

verdict partition::apply_change(byte_span data) {
  const auto entry = read_change_entry(data);
  if (!entry) return verdict::refuse(reason::malformed);
  stream_state* stream = find_stream(entry->stream);
  if (stream == nullptr || stream->is_account) return verdict::refuse(reason::not_member);
  if (!fresh(stream->pos)) return {};
  const bool by_operator = entry->actor.is_zero();
  const member* actor = stream->find_member(entry->actor);
  if (!by_operator && actor == nullptr) return verdict::refuse(reason::not_member);
  const bool only_self = entry->add.empty() && entry->remove.size() == 1 && entry->remove[0] == entry->actor;
  if (!by_operator && actor->as == role::member && !only_self) return verdict::refuse(reason::forbidden);
  if (stream->direct) return verdict::refuse(reason::forbidden);
  if (again_ == nullptr && outbox_.unreported() + entry->add.size() + entry->remove.size() > max_unreported) {
    return verdict::refuse(reason::busy);
  }
  if (members_after(*stream, *entry) > max_members) return verdict::refuse(reason::too_large);
  std::vector<member_view> joined;
  std::vector<account_id> left;
  for (const auto& account : entry->remove) {
    if (stream->remove_member(account)) left.push_back(account);
  }
  for (const auto& account : entry->add) {
    if (stream->find_member(account) != nullptr) continue;
    stream->add_member(account, role::member);
    joined.push_back({account, 0});
  }
  // Nothing to do: a repeat, whose first verdict is not known any more, but whose effect stands.
  if (joined.empty() && left.empty()) return verdict::repeat(stream->head);
  return record_change(*stream, joined, left, entry->actor, entry->time);
}

// Records who came and went, and tells them.
verdict partition::record_change(stream_state& stream, const std::vector<member_view>& joined,
                                 const std::vector<account_id>& left, account_id actor, wall_ms time) {
  bytes body;
  write_members_changed(body, joined, left, {});
  const verdict v = append_own(stream, time, kind::members, actor, body);
  for (const auto& account : left) {
    tell({.what = effect_kind::removed, .account = account, .conversation = stream.id, .time = time},
         account_stream(account));
  }
  for (const auto& m : joined) {
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
