#include "stream/stream_state.hpp"

#include <algorithm>

#include "base/planted.hpp"

namespace dunlin::stream {

namespace {

// The second has what the first has, and more behind it. Where there is no more, the first is written.
constexpr std::uint8_t row_format = 2;
constexpr std::uint8_t longer_row_format = 3;

bool grow(std::uint64_t& mine, std::uint64_t theirs) {
  if (theirs <= mine) return false;
  mine = theirs;
  return true;
}

template <class Range, class Id, class Element>
auto place_of(Range& range, Id Element::* id, const Id& wanted) {
  return std::lower_bound(range.begin(), range.end(), wanted,
                          [id](const Element& e, const Id& w) { return e.*id < w; });
}

// Strictly: what is searched by halves must lie in order, whatever the disk gave back.
template <class Range, class Id>
bool ascending(const Range& range, Id id) {
  return std::adjacent_find(range.begin(), range.end(),
                            [id](const auto& a, const auto& b) { return !(a.*id < b.*id); }) == range.end();
}

}  // namespace

bool marks::merge(const marks& other) {
  if (planted(bug::receipt_goes_back)) {
    const bool changed = !(*this == other);
    *this = other;
    return changed;
  }
  const bool a = grow(got, other.got);
  const bool b = grow(all, other.all);
  const bool c = grow(read, other.read);
  return a || b || c;
}

const member* stream_state::find_among_many(account_id account) const {
  const auto it = place_of(members, &member::account, account);
  return it != members.end() && it->account == account ? &*it : nullptr;
}

const id_window* stream_state::find_among_many(device_id device) const {
  const auto it = place_of(writers, &writer::device, device);
  return it != writers.end() && it->device == device ? &it->accepted : nullptr;
}

member& stream_state::add_member(account_id account, role as) {
  return *members.insert(place_of(members, &member::account, account), member{.account = account, .as = as});
}

bool stream_state::remove_member(account_id account) {
  const auto it = place_of(members, &member::account, account);
  if (it == members.end() || it->account != account) return false;
  members.erase(it);
  return true;
}

id_window& stream_state::window_of(device_id device) {
  const auto it = place_of(writers, &writer::device, device);
  if (it != writers.end() && it->device == device) return it->accepted;
  return writers.insert(it, writer{device, {}})->accepted;
}

account_id stream_state::other_than(account_id account) const {
  for (const auto& m : members) {
    if (m.account != account) return m.account;
  }
  return gone.is_zero() ? account : gone;
}

void stream_state::note_day(day_number day) {
  if (!days.empty() && day <= days.back().day) {
    days.back().through = head;
    return;
  }
  if (days.size() == max_days) days.erase(days.begin());
  days.push_back({day, head});
}

std::uint64_t stream_state::through_day(day_number day) const {
  std::uint64_t through = 0;
  for (const auto& mark : days) {
    if (mark.day <= day) through = mark.through;
  }
  return through;
}

void stream_state::trim(std::uint64_t through) {
  trimmed = through;
  std::erase_if(days, [through](const day_mark& mark) { return mark.through <= through; });
}

void write_row(const stream_state& state, bytes& out) {
  byte_writer w(out);
  const bool longer = !state.picture.empty() || !state.gone.is_zero();
  w.u8(longer ? longer_row_format : row_format);
  w.id(state.id);
  w.u8(static_cast<std::uint8_t>((state.is_account ? 1 : 0) | (state.direct ? 2 : 0) | (state.open ? 4 : 0)));
  w.u8(static_cast<std::uint8_t>(state.keep));
  w.field(as_bytes(state.name));
  w.varint(state.head);
  w.varint(static_cast<std::uint64_t>(state.ts));
  w.varint(state.epoch);
  w.varint(state.trimmed);
  w.varint(state.days.size());
  for (const auto& mark : state.days) {
    w.varint(mark.day);
    w.varint(mark.through);
  }
  w.varint(state.members.size());
  for (const auto& m : state.members) {
    w.id(m.account);
    w.u8(static_cast<std::uint8_t>(m.as));
    w.varint(m.join_seq);
    w.varint(m.at.got);
    w.varint(m.at.all);
    w.varint(m.at.read);
  }
  w.varint(state.writers.size());
  for (const auto& writer : state.writers) {
    w.id(writer.device);
    writer.accepted.write(w);
  }
  if (!longer) return;
  w.field(state.picture);
  w.id(state.gone);
}

bool read_row(byte_span row, stream_state& state) {
  byte_reader r(row);
  const std::uint8_t format = r.u8();
  if (format != row_format && format != longer_row_format) return false;
  state.id = r.id<stream_id>();
  const std::uint8_t flags = r.u8();
  state.is_account = (flags & 1) != 0;
  state.direct = (flags & 2) != 0;
  state.open = (flags & 4) != 0;
  const std::uint8_t keep = r.u8();
  if (flags > 7 || keep > static_cast<std::uint8_t>(retention::until_delivered)) return false;
  state.keep = static_cast<retention>(keep);
  state.name = as_text(r.field());
  state.head = r.varint();
  state.ts = static_cast<wall_ms>(r.varint());
  state.epoch = r.varint();
  state.trimmed = r.varint();
  const std::uint64_t days = r.varint();
  if (days > max_days) return false;
  state.days.clear();
  for (std::uint64_t i = 0; i < days; ++i) {
    const auto day = static_cast<day_number>(r.varint());
    state.days.push_back({day, r.varint()});
  }
  const std::uint64_t members = r.varint();
  if (members > max_members) return false;
  state.members.clear();
  state.members.reserve(members);
  for (std::uint64_t i = 0; i < members; ++i) {
    member m;
    m.account = r.id<account_id>();
    const std::uint8_t as = r.u8();
    if (as > static_cast<std::uint8_t>(role::owner)) return false;
    m.as = static_cast<role>(as);
    m.join_seq = r.varint();
    m.at.got = r.varint();
    m.at.all = r.varint();
    m.at.read = r.varint();
    state.members.push_back(m);
  }
  const std::uint64_t writers = r.varint();
  state.writers.clear();
  for (std::uint64_t i = 0; i < writers && r.ok(); ++i) {
    writer w;
    w.device = r.id<device_id>();
    if (!w.accepted.read(r)) return false;
    state.writers.push_back(std::move(w));
  }
  state.picture.clear();
  state.gone = {};
  if (format == longer_row_format) {
    const byte_span picture = r.field();
    if (!picture.empty() && picture.size() != picture_bytes) return false;
    state.picture.assign(picture.begin(), picture.end());
    state.gone = r.id<account_id>();
  }
  return r.ok() && r.at_end() && ascending(state.days, &day_mark::day) && ascending(state.members, &member::account) &&
         ascending(state.writers, &writer::device);
}

}  // namespace dunlin::stream
