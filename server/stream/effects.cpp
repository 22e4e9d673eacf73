// The part of apply that concerns what other partitions and the relay of SQL tell: effects and accounts.

#include "base/check.hpp"
#include "stream/partition.hpp"

namespace dunlin::stream {

verdict partition::apply_effect(byte_span data) {
  const auto entry = read_effect_entry(data);
  if (!entry) return verdict::refuse(reason::malformed);
  const auto body = read_effect_body(entry->body);
  if (!body) return verdict::refuse(reason::malformed);
  if (again_ == nullptr) {
    // Dropped: known, or one before it is missing. The answer says how far we are (O1).
    if (entry->n != outbox_.last(entry->from) + 1) return verdict::repeat(outbox_.last(entry->from));
  }
  if (fresh(own_pos_)) outbox_.set_last(entry->from, entry->n);
  if (again_ != nullptr && again_->seq == 0) {
    // It made no record, so it changed no stream and no inbox.
    if (fresh(own_pos_)) own_pos_ = now_;
    return verdict::accept(0, 0);
  }
  verdict v;
  switch (body->what) {
    case effect_kind::added: v = apply_added(*body); break;
    case effect_kind::removed: v = apply_removed(*body); break;
    case effect_kind::leave: v = apply_leave(*body); break;
  }
  if (fresh(own_pos_)) touch_own();
  return v;
}

verdict partition::apply_added(const effect_body& body) {
  inbox_state* inbox = find_inbox(body.account);
  stream_state* stream = find_stream(account_stream(body.account));
  const bool gone = inbox == nullptr || stream == nullptr || inbox->deleted ||
                    (again_ == nullptr && inbox->find(body.conversation) == nullptr &&
                     inbox->conversations.size() >= max_conversations);
  if (again_ == nullptr && gone) {
    tell({.what = effect_kind::leave,
          .account = body.account,
          .conversation = body.conversation,
          .time = body.time,
          .join_seq = body.join_seq},
         body.conversation);
    return verdict::accept(0, 0);
  }
  DUNLIN_CHECK(inbox != nullptr && stream != nullptr);
  if (fresh(inbox->pos)) {
    auto& c = inbox->join(body.conversation, body.join_seq);
    c.direct = body.direct;
    c.open = body.open;
    c.name = body.name;
    touch(*inbox);
  }
  if (!fresh(stream->pos)) return {};
  bytes content;
  write_added(content, {.conversation = body.conversation,
                        .join_seq = body.join_seq,
                        .direct = body.direct,
                        .open = body.open,
                        .name = body.name,
                        .picture = body.picture,
                        .with = body.with});
  return append_own(*stream, body.time, kind::added, {}, content);
}

verdict partition::apply_removed(const effect_body& body) {
  inbox_state* inbox = find_inbox(body.account);
  stream_state* stream = find_stream(account_stream(body.account));
  if (again_ == nullptr && (inbox == nullptr || stream == nullptr || inbox->find(body.conversation) == nullptr)) {
    return verdict::accept(0, 0);
  }
  DUNLIN_CHECK(inbox != nullptr && stream != nullptr);
  if (fresh(inbox->pos)) {
    inbox->leave(body.conversation);
    touch(*inbox);
  }
  if (!fresh(stream->pos)) return {};
  bytes content;
  write_removed(content, body.conversation);
  return append_own(*stream, body.time, kind::removed, {}, content);
}

verdict partition::apply_leave(const effect_body& body) {
  stream_state* stream = find_stream(body.conversation);
  if (stream == nullptr || !fresh(stream->pos)) return verdict::accept(0, 0);
  // Whoever was removed and added anew meanwhile gets an answer for that too: this one is about the former join.
  const member* gone = stream->find_member(body.account);
  if (gone == nullptr || gone->join_seq != body.join_seq) return verdict::accept(0, 0);
  stream->remove_member(body.account);
  if (stream->direct) stream->gone = body.account;
  members_changed what{.left = {body.account}};
  keep_an_owner(*stream, what);
  bytes content;
  write_members_changed(content, what);
  return append_own(*stream, body.time, kind::members, body.account, content);
}

verdict partition::apply_account(byte_span data) {
  const auto entry = read_account_entry(data);
  if (!entry) return verdict::refuse(reason::malformed);
  const stream_id own = account_stream(entry->account);
  inbox_state* inbox = find_inbox(entry->account);
  stream_state* stream = find_stream(own);
  if (stream != nullptr && !stream->is_account) return verdict::refuse(reason::conflict);
  DUNLIN_CHECK(again_ != nullptr || (inbox == nullptr) == (stream == nullptr));
  const bool inbox_is_fresh = inbox == nullptr || fresh(inbox->pos);
  const bool stream_is_fresh = stream == nullptr || fresh(stream->pos);
  if (inbox == nullptr) {
    inbox = (inboxes_[entry->account] = std::make_unique<inbox_state>()).get();
    arrived_.push_back({store::row_kind::inbox, own});
    inbox->account = entry->account;
    inbox->join(own, 0);
    touch(*inbox);
  }
  const bool is_new = stream == nullptr;
  if (is_new) {
    stream = (streams_[own] = std::make_unique<stream_state>()).get();
    arrived_.push_back({store::row_kind::stream, own});
    stream->id = own;
    stream->is_account = true;
    stream->add_member(entry->account, role::owner);
  }
  auto device = device_change::none;
  if (inbox_is_fresh) {
    if (entry->version > inbox->version) {
      inbox->version = entry->version;
      inbox->deleted = entry->deleted;
      touch(*inbox);
    }
    if (entry->has_device) device = upsert_device(*inbox, *entry);
  }
  const bool record = again_ != nullptr ? again_->seq != 0 : device == device_change::visible;
  if (record && stream_is_fresh) {
    bytes content;
    write_device(content, entry->device, entry->device_name);
    return append_own(*stream, entry->time, entry->revoked ? kind::device_revoked : kind::device_linked, entry->account,
                      content);
  }
  if (is_new) touch(*stream);  // without a record it is a part of its own that must reach its row
  if (device == device_change::refused) return verdict::refuse(reason::forbidden);
  if (device == device_change::stale) return verdict::refuse(reason::conflict);
  // Who told of a device that is known is not to take it for new, and set its cursors to the heads (D1).
  const bool is_news = inbox->pos == now_ && !entry->has_device;
  return is_news ? verdict::accept(stream->head, stream->ts) : verdict::repeat(stream->head);
}

// Upserts by version. `visible`: the account's own stream tells of it. `stale`: it cannot be told from what a device
// said that was revoked long ago; its sender reads its rows anew at the next start (Q1).
partition::device_change partition::upsert_device(inbox_state& inbox, const account_entry& entry) {
  const revoked_device as_revoked{entry.device, entry.device_version, entry.version};
  if (const std::size_t i = inbox.find_device(entry.device); i != inbox_state::npos) {
    auto& device = inbox.devices[i];
    if (entry.device_version <= device.version) return device_change::none;
    touch(inbox);
    if (entry.revoked) {
      inbox.revoke(i, as_revoked);
      return device_change::visible;
    }
    device.version = entry.device_version;
    return device_change::none;
  }
  // Revoked is for good, whatever comes late (Q3).
  if (inbox.find_revoked(entry.device) != nullptr) return device_change::none;
  if (entry.version < inbox.revoked_before) return entry.revoked ? device_change::none : device_change::stale;
  if (entry.revoked) {
    inbox.remember(as_revoked);
    touch(inbox);
    return device_change::none;
  }
  if (inbox.add_device({entry.device, entry.device_version, day_of(entry.time)}) == inbox_state::npos) {
    return device_change::refused;
  }
  touch(inbox);
  return device_change::visible;
}

verdict partition::apply_seen(byte_span data) {
  const auto entry = read_seen_entry(data);
  if (!entry) return verdict::refuse(reason::malformed);
  for (const auto& part : entry->parts) {
    inbox_state* inbox = find_inbox(part.account);
    if (inbox == nullptr || !(fresh(inbox->pos) || inbox->pos == now_)) continue;
    const std::size_t i = inbox->find_device(part.device);
    if (i == inbox_state::npos || inbox->devices[i].seen >= entry->day) continue;
    inbox->devices[i].seen = entry->day;
    touch(*inbox);
  }
  return verdict::accept(0, 0);
}

// A deleted account leaves its conversations, some with each entry, so that none tells more than others may take (O3).
// The verdict's seq says how many are left.
verdict partition::apply_depart(byte_span data) {
  const auto entry = read_depart_entry(data);
  if (!entry) return verdict::refuse(reason::malformed);
  inbox_state* inbox = find_inbox(entry->account);
  if (inbox == nullptr || !fresh(inbox->pos)) return verdict::refuse(reason::not_member);
  if (!inbox->deleted) return verdict::refuse(reason::conflict);
  const stream_id own = account_stream(entry->account);
  std::vector<inbox_conversation> left;
  for (const auto& c : inbox->conversations) {
    if (c.id != own && left.size() < max_departures) left.push_back(c);
  }
  if (left.empty()) return verdict::repeat(0);
  if (again_ == nullptr && outbox_.unreported() + left.size() > max_unreported) return verdict::refuse(reason::busy);
  for (const auto& c : left) {
    inbox->leave(c.id);
    tell({.what = effect_kind::leave,
          .account = entry->account,
          .conversation = c.id,
          .time = entry->time,
          .join_seq = c.join_seq},
         c.id);
  }
  touch(*inbox);
  return verdict::accept(inbox->conversations.size() - (inbox->find(own) != nullptr ? 1 : 0), 0);
}

std::vector<store::row_key> parts_of(byte_span data) {
  using store::row_kind;
  std::vector<store::row_key> keys;
  const auto what = kind_of(data);
  if (!what) return keys;
  const auto both = [&keys](account_id account) {
    keys.push_back({row_kind::inbox, account_stream(account)});
    keys.push_back({row_kind::stream, account_stream(account)});
  };
  switch (*what) {
    case entry_kind::marks:
      if (const auto parts = read_marks_entry(data)) {
        for (const auto& part : *parts) keys.push_back({row_kind::stream, part.stream});
      }
      return keys;
    case entry_kind::cursors:
      if (const auto parts = read_cursors_entry(data)) {
        for (const auto& part : *parts) keys.push_back({row_kind::inbox, account_stream(part.account)});
      }
      return keys;
    case entry_kind::effect: {
      const auto entry = read_effect_entry(data);
      const auto body = entry ? read_effect_body(entry->body) : std::nullopt;
      if (!body) return keys;
      if (body->what == effect_kind::leave) {
        keys.push_back({row_kind::stream, body->conversation});
      } else {
        both(body->account);
      }
      return keys;
    }
    case entry_kind::account:
      if (const auto entry = read_account_entry(data)) both(entry->account);
      return keys;
    case entry_kind::seen:
      if (const auto entry = read_seen_entry(data)) {
        for (const auto& part : entry->parts) keys.push_back({row_kind::inbox, account_stream(part.account)});
      }
      return keys;
    case entry_kind::depart:
      if (const auto entry = read_depart_entry(data)) {
        keys.push_back({row_kind::inbox, account_stream(entry->account)});
      }
      return keys;
    case entry_kind::settings:
      if (const auto entry = read_settings_entry(data)) both(entry->account);
      return keys;
    case entry_kind::profile:
      if (const auto entry = read_profile_entry(data)) both(entry->account);
      return keys;
    case entry_kind::rules: return keys;
    case entry_kind::send:
    case entry_kind::create:
    case entry_kind::create_by:
    case entry_kind::change:
    case entry_kind::change_by:
    case entry_kind::trim: break;
  }
  // The others name their stream right behind the kind.
  if (data.size() >= 17) keys.push_back({row_kind::stream, id_from_bytes<stream_id>(data.subspan<1, 16>())});
  return keys;
}

}  // namespace dunlin::stream
