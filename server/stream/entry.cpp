#include "stream/entry.hpp"

#include "stream/entry_parts.hpp"

namespace dunlin::stream {

using entry_parts::finish;
using entry_parts::is;
using entry_parts::start;

namespace {

// The number of parts, if that many could lie in what remains.
std::uint64_t read_count(byte_reader& r, std::size_t least_bytes_each) {
  const std::uint64_t n = r.varint();
  if (n > r.remaining() / least_bytes_each) r.fail();
  return r.ok() ? n : 0;
}

// An effect body's first byte is its effect_kind, or this: `added`, with a picture or the other account behind it.
constexpr std::uint8_t added_longer = 4;

}  // namespace

std::uint32_t rules_of(byte_span entry) {
  const auto kind = kind_of(entry);
  if (kind && *kind >= first_kind_of_rules_2) return 2;
  if (kind != entry_kind::effect) return 1;
  const auto effect = read_effect_entry(entry);
  return effect && !effect->body.empty() && effect->body[0] == added_longer ? 2 : 1;
}

void write_marks_entry(bytes& out, const std::vector<mark_part>& parts) {
  auto w = start(out, entry_kind::marks);
  w.varint(parts.size());
  for (const auto& part : parts) {
    w.id(part.stream);
    w.id(part.account);
    w.varint(part.at.got);
    w.varint(part.at.all);
    w.varint(part.at.read);
  }
}

std::optional<std::vector<mark_part>> read_marks_entry(byte_span data) {
  byte_reader r(data);
  if (!is(r, entry_kind::marks)) return std::nullopt;
  std::vector<mark_part> parts(read_count(r, 35));
  for (auto& part : parts) {
    part.stream = r.id<stream_id>();
    part.account = r.id<account_id>();
    part.at.got = r.varint();
    part.at.all = r.varint();
    part.at.read = r.varint();
  }
  return finish(r, std::move(parts));
}

void write_cursors_entry(bytes& out, const std::vector<cursor_part>& parts) {
  auto w = start(out, entry_kind::cursors);
  w.varint(parts.size());
  for (const auto& part : parts) {
    w.id(part.account);
    w.id(part.stream);
    w.id(part.device);
    w.varint(part.seq);
  }
}

std::optional<std::vector<cursor_part>> read_cursors_entry(byte_span data) {
  byte_reader r(data);
  if (!is(r, entry_kind::cursors)) return std::nullopt;
  std::vector<cursor_part> parts(read_count(r, 49));
  for (auto& part : parts) {
    part.account = r.id<account_id>();
    part.stream = r.id<stream_id>();
    part.device = r.id<device_id>();
    part.seq = r.varint();
  }
  return finish(r, std::move(parts));
}

void write_effect_body(bytes& out, const effect_body& body) {
  byte_writer w(out);
  const bool longer = body.what == effect_kind::added && (!body.picture.empty() || !body.with.is_zero());
  w.u8(longer ? added_longer : static_cast<std::uint8_t>(body.what));
  w.id(body.account);
  w.id(body.conversation);
  w.varint(static_cast<std::uint64_t>(body.time));
  if (body.what == effect_kind::removed) return;
  w.varint(body.join_seq);
  if (body.what == effect_kind::leave) return;
  w.u8(static_cast<std::uint8_t>((body.direct ? 1 : 0) | (body.open ? 2 : 0)));
  w.field(as_bytes(body.name));
  if (!longer) return;
  w.field(body.picture);
  w.id(body.with);
}

std::optional<effect_body> read_effect_body(byte_span data) {
  byte_reader r(data);
  effect_body body;
  const std::uint8_t what = r.u8();
  if (what < 1 || what > added_longer) return std::nullopt;
  body.what = what == added_longer ? effect_kind::added : static_cast<effect_kind>(what);
  body.account = r.id<account_id>();
  body.conversation = r.id<stream_id>();
  body.time = static_cast<wall_ms>(r.varint());
  if (body.what != effect_kind::removed) body.join_seq = r.varint();
  if (body.what == effect_kind::added) {
    const std::uint8_t flags = r.u8();
    body.direct = (flags & 1) != 0;
    body.open = (flags & 2) != 0;
    body.name = as_text(r.field());
    if (flags > 3) r.fail();
  }
  if (what == added_longer) {
    body.picture = r.field();
    body.with = r.id<account_id>();
    if (!body.picture.empty() && body.picture.size() != picture_bytes) r.fail();
  }
  return finish(r, std::move(body));
}

void write_effect_entry(bytes& out, partition_id from, std::uint64_t n, byte_span body) {
  auto w = start(out, entry_kind::effect);
  w.u8(from);
  w.varint(n);
  w.raw(body);
}

std::optional<effect_entry> read_effect_entry(byte_span data) {
  byte_reader r(data);
  if (!is(r, entry_kind::effect)) return std::nullopt;
  effect_entry entry;
  entry.from = r.u8();
  entry.n = r.varint();
  entry.body = r.rest();
  return finish(r, std::move(entry));
}

void write_account_entry(bytes& out, const account_entry& account) {
  auto w = start(out, entry_kind::account);
  w.id(account.account);
  w.varint(static_cast<std::uint64_t>(account.time));
  w.varint(account.version);
  w.u8(static_cast<std::uint8_t>((account.deleted ? 1 : 0) | (account.has_device ? 2 : 0) | (account.revoked ? 4 : 0)));
  if (!account.has_device) return;
  w.id(account.device);
  w.varint(account.device_version);
  w.field(as_bytes(account.device_name));
}

std::optional<account_entry> read_account_entry(byte_span data) {
  byte_reader r(data);
  if (!is(r, entry_kind::account)) return std::nullopt;
  account_entry entry;
  entry.account = r.id<account_id>();
  entry.time = static_cast<wall_ms>(r.varint());
  entry.version = r.varint();
  const std::uint8_t flags = r.u8();
  entry.deleted = (flags & 1) != 0;
  entry.has_device = (flags & 2) != 0;
  entry.revoked = (flags & 4) != 0;
  if (flags > 7) r.fail();
  if (entry.has_device) {
    entry.device = r.id<device_id>();
    entry.device_version = r.varint();
    entry.device_name = as_text(r.field());
    if (entry.device.is_zero()) r.fail();  // a place without a device
  }
  return finish(r, std::move(entry));
}

void write_settings_entry(bytes& out, const settings_entry& settings) {
  auto w = start(out, entry_kind::settings);
  w.id(settings.account);
  w.varint(static_cast<std::uint64_t>(settings.time));
  w.id(settings.conversation);
  w.varint(settings.version);
  w.field(as_bytes(settings.json));
}

std::optional<settings_entry> read_settings_entry(byte_span data) {
  byte_reader r(data);
  if (!is(r, entry_kind::settings)) return std::nullopt;
  settings_entry entry;
  entry.account = r.id<account_id>();
  entry.time = static_cast<wall_ms>(r.varint());
  entry.conversation = r.id<stream_id>();
  entry.version = r.varint();
  entry.json = as_text(r.field());
  if (entry.version == 0 || entry.json.size() > max_settings_bytes) r.fail();
  return finish(r, std::move(entry));
}

void write_profile_entry(bytes& out, const profile_entry& profile) {
  auto w = start(out, entry_kind::profile);
  w.id(profile.account);
  w.varint(static_cast<std::uint64_t>(profile.time));
  w.id(profile.of);
  w.varint(profile.version);
}

std::optional<profile_entry> read_profile_entry(byte_span data) {
  byte_reader r(data);
  if (!is(r, entry_kind::profile)) return std::nullopt;
  profile_entry entry;
  entry.account = r.id<account_id>();
  entry.time = static_cast<wall_ms>(r.varint());
  entry.of = r.id<account_id>();
  entry.version = r.varint();
  if (entry.version == 0 || entry.of.is_zero()) r.fail();
  return finish(r, std::move(entry));
}

void write_trim_entry(bytes& out, const trim_entry& trim) {
  auto w = start(out, entry_kind::trim);
  w.id(trim.stream);
  w.varint(trim.through);
}

std::optional<trim_entry> read_trim_entry(byte_span data) {
  byte_reader r(data);
  if (!is(r, entry_kind::trim)) return std::nullopt;
  trim_entry entry;
  entry.stream = r.id<stream_id>();
  entry.through = r.varint();
  return finish(r, std::move(entry));
}

void write_rules_entry(bytes& out, std::uint32_t version) { start(out, entry_kind::rules).varint(version); }

std::optional<std::uint32_t> read_rules_entry(byte_span data) {
  byte_reader r(data);
  if (!is(r, entry_kind::rules)) return std::nullopt;
  const std::uint64_t version = r.varint();
  if (version == 0 || version > ~std::uint32_t{0}) r.fail();
  return finish(r, static_cast<std::uint32_t>(version));
}

void write_seen_entry(bytes& out, const seen_entry& seen) {
  auto w = start(out, entry_kind::seen);
  w.varint(seen.day);
  w.varint(seen.parts.size());
  for (const auto& part : seen.parts) {
    w.id(part.account);
    w.id(part.device);
  }
}

std::optional<seen_entry> read_seen_entry(byte_span data) {
  byte_reader r(data);
  if (!is(r, entry_kind::seen)) return std::nullopt;
  seen_entry entry;
  const std::uint64_t day = r.varint();
  if (day > ~day_number{0}) return std::nullopt;
  entry.day = static_cast<day_number>(day);
  entry.parts.resize(read_count(r, 32));
  for (auto& part : entry.parts) {
    part.account = r.id<account_id>();
    part.device = r.id<device_id>();
  }
  return finish(r, std::move(entry));
}

void write_depart_entry(bytes& out, const depart_entry& depart) {
  auto w = start(out, entry_kind::depart);
  w.id(depart.account);
  w.varint(static_cast<std::uint64_t>(depart.time));
}

std::optional<depart_entry> read_depart_entry(byte_span data) {
  byte_reader r(data);
  if (!is(r, entry_kind::depart)) return std::nullopt;
  depart_entry entry;
  entry.account = r.id<account_id>();
  entry.time = static_cast<wall_ms>(r.varint());
  return finish(r, std::move(entry));
}

}  // namespace dunlin::stream
