// The entries that make conversations and change them.

#include "stream/entry_parts.hpp"

namespace dunlin::stream {

using entry_parts::finish;
using entry_parts::start;

namespace {

void write_accounts(byte_writer& w, const std::vector<account_id>& accounts) {
  w.varint(accounts.size());
  for (const auto& account : accounts) w.id(account);
}

bool read_accounts(byte_reader& r, std::vector<account_id>& accounts) {
  const std::uint64_t n = r.varint();
  if (n > max_members) return false;
  for (std::uint64_t i = 0; i < n; ++i) accounts.push_back(r.id<account_id>());
  return r.ok();
}

// Who asked, under which id: both or neither.
void write_request(byte_writer& w, const request& by) {
  w.id(by.device);
  w.id(by.id);
}

void read_request(byte_reader& r, request& by) {
  by.device = r.id<device_id>();
  by.id = r.id<message_id>();
  if (by.device.is_zero() != by.id.is_zero()) r.fail();
}

byte_span read_picture(byte_reader& r) {
  const byte_span picture = r.field();
  if (!picture.empty() && picture.size() != picture_bytes) r.fail();
  return picture;
}

// What of a change_by entry's look is there.
constexpr std::uint8_t has_name = 1;
constexpr std::uint8_t has_picture = 2;

void read_look(byte_reader& r, conversation_changed& look) {
  const std::uint8_t flags = r.u8();
  if (flags > (has_name | has_picture)) r.fail();
  if ((flags & has_name) != 0) {
    look.name = as_text(r.field());
    if (look.name->size() > max_name_bytes) r.fail();
  }
  if ((flags & has_picture) != 0) look.picture = read_picture(r);
}

}  // namespace

void write_create_entry(bytes& out, const create_entry& create) {
  const bool longer = create.by.is_there() || !create.picture.empty();
  auto w = start(out, longer ? entry_kind::create_by : entry_kind::create);
  w.id(create.stream);
  w.varint(static_cast<std::uint64_t>(create.time));
  w.id(create.creator);
  w.u8(static_cast<std::uint8_t>((create.direct ? 1 : 0) | (create.open ? 2 : 0)));
  w.u8(static_cast<std::uint8_t>(create.keep));
  w.field(as_bytes(create.name));
  write_accounts(w, create.members);
  if (!longer) return;
  write_request(w, create.by);
  w.field(create.picture);
}

std::optional<create_entry> read_create_entry(byte_span data) {
  byte_reader r(data);
  const auto kind = kind_of(data);
  if (kind != entry_kind::create && kind != entry_kind::create_by) return std::nullopt;
  r.u8();
  create_entry entry;
  entry.stream = r.id<stream_id>();
  entry.time = static_cast<wall_ms>(r.varint());
  entry.creator = r.id<account_id>();
  const std::uint8_t flags = r.u8();
  entry.direct = (flags & 1) != 0;
  entry.open = (flags & 2) != 0;
  const std::uint8_t keep = r.u8();
  entry.keep = static_cast<retention>(keep);
  entry.name = as_text(r.field());
  if (flags > 3 || keep > static_cast<std::uint8_t>(retention::until_delivered)) return std::nullopt;
  if (!read_accounts(r, entry.members) || entry.name.size() > max_name_bytes) return std::nullopt;
  if (kind == entry_kind::create_by) {
    read_request(r, entry.by);
    entry.picture = read_picture(r);
  }
  return finish(r, std::move(entry));
}

void write_change_entry(bytes& out, const change_entry& change) {
  const bool longer = change.by.is_there() || change.look.name || change.look.picture;
  auto w = start(out, longer ? entry_kind::change_by : entry_kind::change);
  w.id(change.stream);
  w.varint(static_cast<std::uint64_t>(change.time));
  w.id(change.actor);
  write_accounts(w, change.add);
  write_accounts(w, change.remove);
  w.varint(change.roles.size());
  for (const auto& part : change.roles) {
    w.id(part.account);
    w.u8(static_cast<std::uint8_t>(part.as));
  }
  if (!longer) return;
  write_request(w, change.by);
  w.u8(static_cast<std::uint8_t>((change.look.name ? has_name : 0) | (change.look.picture ? has_picture : 0)));
  if (change.look.name) w.field(as_bytes(*change.look.name));
  if (change.look.picture) w.field(*change.look.picture);
}

std::optional<change_entry> read_change_entry(byte_span data) {
  byte_reader r(data);
  const auto kind = kind_of(data);
  if (kind != entry_kind::change && kind != entry_kind::change_by) return std::nullopt;
  r.u8();
  change_entry entry;
  entry.stream = r.id<stream_id>();
  entry.time = static_cast<wall_ms>(r.varint());
  entry.actor = r.id<account_id>();
  if (!read_accounts(r, entry.add) || !read_accounts(r, entry.remove)) return std::nullopt;
  const std::uint64_t roles = r.varint();
  if (roles > max_members) return std::nullopt;
  for (std::uint64_t i = 0; i < roles && r.ok(); ++i) {
    const auto account = r.id<account_id>();
    const std::uint8_t as = r.u8();
    if (as > static_cast<std::uint8_t>(role::owner)) return std::nullopt;
    entry.roles.push_back({account, static_cast<role>(as)});
  }
  if (kind == entry_kind::change_by) {
    read_request(r, entry.by);
    read_look(r, entry.look);
  }
  return finish(r, std::move(entry));
}

}  // namespace dunlin::stream
