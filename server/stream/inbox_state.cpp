#include "stream/inbox_state.hpp"

#include <algorithm>

namespace dunlin::stream {

namespace {
// The second has what the first has, and more behind it. Where there is no more, the first is written.
constexpr std::uint8_t row_format = 2;
constexpr std::uint8_t longer_row_format = 3;

template <class Range>
auto place_of(Range& conversations, stream_id id) {
  return std::lower_bound(conversations.begin(), conversations.end(), id,
                          [](const inbox_conversation& c, stream_id i) { return c.id < i; });
}
}  // namespace

std::size_t inbox_state::find_device(device_id device) const {
  if (device.is_zero()) return npos;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    if (devices[i].id == device) return i;
  }
  return npos;
}

std::size_t inbox_state::add_device(const inbox_device& device) {
  const auto free = std::find_if(devices.begin(), devices.end(), [](const auto& d) { return d.id.is_zero(); });
  const auto place = static_cast<std::size_t>(free - devices.begin());
  if (place == max_devices) return npos;
  if (free == devices.end()) devices.emplace_back();
  devices[place] = device;
  for (auto& c : conversations) {
    c.cursors.resize(devices.size());
    c.cursors[place] = 0;
  }
  return place;
}

void inbox_state::revoke(std::size_t place, const revoked_device& as) {
  devices[place] = {};
  for (auto& c : conversations) c.cursors[place] = 0;
  remember(as);
}

void inbox_state::remember(const revoked_device& gone) {
  if (revoked.size() == max_revoked) {
    revoked_before = std::max(revoked_before, revoked.front().account_at);
    revoked.erase(revoked.begin());
  }
  revoked.push_back(gone);
}

revoked_device* inbox_state::find_revoked(device_id device) {
  const auto it = std::find_if(revoked.begin(), revoked.end(), [&](const auto& r) { return r.id == device; });
  return it == revoked.end() ? nullptr : &*it;
}

std::uint64_t inbox_state::profile_told(account_id other) const {
  const auto it = std::find_if(profiles.begin(), profiles.end(), [&](const auto& p) { return p.account == other; });
  return it == profiles.end() ? 0 : it->version;
}

void inbox_state::note_profile(const told_profile& told) {
  std::erase_if(profiles, [&](const auto& p) { return p.account == told.account; });
  if (profiles.size() == max_profiles_told) profiles.erase(profiles.begin());
  profiles.push_back(told);
}

inbox_conversation* inbox_state::find(stream_id conversation) {
  const auto it = place_of(conversations, conversation);
  return it != conversations.end() && it->id == conversation ? &*it : nullptr;
}

const inbox_conversation* inbox_state::find(stream_id conversation) const {
  const auto it = place_of(conversations, conversation);
  return it != conversations.end() && it->id == conversation ? &*it : nullptr;
}

inbox_conversation& inbox_state::join(stream_id conversation, std::uint64_t join_seq) {
  auto it = place_of(conversations, conversation);
  if (it == conversations.end() || it->id != conversation) {
    it = conversations.insert(it, inbox_conversation{});
    it->id = conversation;
  }
  it->join_seq = join_seq;
  it->read = std::max(it->read, join_seq);
  it->cursors.resize(devices.size());
  for (auto& cursor : it->cursors) cursor = std::max(cursor, join_seq);
  return *it;
}

bool inbox_state::leave(stream_id conversation) {
  const auto it = place_of(conversations, conversation);
  if (it == conversations.end() || it->id != conversation) return false;
  conversations.erase(it);
  return true;
}

marks inbox_state::marks_of(const inbox_conversation& conversation, day_number since) const {
  marks out{.read = conversation.read};
  bool first = true;
  for (std::size_t i = 0; i < devices.size() && i < conversation.cursors.size(); ++i) {
    if (!devices[i].is_active(since)) continue;
    const std::uint64_t cursor = conversation.cursors[i];
    out.got = std::max(out.got, cursor);
    out.all = first ? cursor : std::min(out.all, cursor);
    first = false;
  }
  return out;
}

void write_row(const inbox_state& state, bytes& out) {
  byte_writer w(out);
  const bool longer = state.settings != 0 || !state.profiles.empty() ||
                      std::any_of(state.conversations.begin(), state.conversations.end(),
                                  [](const auto& c) { return c.settings != 0; });
  w.u8(longer ? longer_row_format : row_format);
  w.id(state.account);
  w.varint(state.version);
  w.u8(state.deleted ? 1 : 0);
  w.varint(state.devices.size());
  for (const auto& device : state.devices) {
    w.id(device.id);
    w.varint(device.version);
    w.varint(device.seen);
  }
  w.varint(state.revoked.size());
  for (const auto& gone : state.revoked) {
    w.id(gone.id);
    w.varint(gone.version);
    w.varint(gone.account_at);
  }
  w.varint(state.revoked_before);
  w.varint(state.conversations.size());
  for (const auto& c : state.conversations) {
    w.id(c.id);
    w.varint(c.join_seq);
    w.varint(c.read);
    w.u8(static_cast<std::uint8_t>((c.direct ? 1 : 0) | (c.open ? 2 : 0)));
    w.field(as_bytes(c.name));
    for (const auto cursor : c.cursors) w.varint(cursor);
  }
  if (!longer) return;
  w.varint(state.settings);
  for (const auto& c : state.conversations) w.varint(c.settings);
  w.varint(state.profiles.size());
  for (const auto& told : state.profiles) {
    w.id(told.account);
    w.varint(told.version);
  }
}

bool read_row(byte_span row, inbox_state& state) {
  byte_reader r(row);
  const std::uint8_t format = r.u8();
  if (format != row_format && format != longer_row_format) return false;
  state.account = r.id<account_id>();
  state.version = r.varint();
  state.deleted = r.u8() != 0;
  const std::uint64_t devices = r.varint();
  if (devices > max_devices) return false;
  state.devices.assign(devices, {});
  for (auto& device : state.devices) {
    device.id = r.id<device_id>();
    device.version = r.varint();
    device.seen = static_cast<day_number>(r.varint());
  }
  const std::uint64_t revoked = r.varint();
  if (revoked > max_revoked) return false;
  state.revoked.assign(revoked, {});
  for (auto& gone : state.revoked) {
    gone.id = r.id<device_id>();
    gone.version = r.varint();
    gone.account_at = r.varint();
  }
  state.revoked_before = r.varint();
  const std::uint64_t conversations = r.varint();
  if (conversations > max_conversations + 1) return false;
  state.conversations.clear();
  for (std::uint64_t i = 0; i < conversations && r.ok(); ++i) {
    inbox_conversation c;
    c.id = r.id<stream_id>();
    c.join_seq = r.varint();
    c.read = r.varint();
    const std::uint8_t flags = r.u8();
    c.direct = (flags & 1) != 0;
    c.open = (flags & 2) != 0;
    c.name = as_text(r.field());
    c.cursors.resize(devices);
    for (auto& cursor : c.cursors) cursor = r.varint();
    if (flags > 3 || (i != 0 && !(state.conversations.back().id < c.id))) return false;
    state.conversations.push_back(std::move(c));
  }
  state.settings = 0;
  state.profiles.clear();
  if (format == longer_row_format) {
    state.settings = r.varint();
    for (auto& c : state.conversations) c.settings = r.varint();
    const std::uint64_t profiles = r.varint();
    if (profiles > max_profiles_told) return false;
    state.profiles.assign(profiles, {});
    for (auto& told : state.profiles) {
      told.account = r.id<account_id>();
      told.version = r.varint();
    }
  }
  return r.ok() && r.at_end();
}

}  // namespace dunlin::stream
