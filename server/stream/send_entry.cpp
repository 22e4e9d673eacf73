// The entry of a message, read for each one at fixed places, and the part of apply that decides on it.

#include "stream/send_entry.hpp"

#include <array>
#include <cstring>

#include "base/check.hpp"
#include "stream/partition.hpp"

namespace dunlin::stream {

namespace {

// The places of account, device and id in a record's rest.
constexpr std::size_t device_at = id_field_size;
constexpr std::size_t id_at = 2 * id_field_size;

bool is_id_field(byte_span rest, std::size_t at, std::uint8_t field) {
  const std::array<std::uint8_t, 2> begin{static_cast<std::uint8_t>(data_tag(field)), 16};
  return std::memcmp(rest.data() + at, begin.data(), begin.size()) == 0;
}

// REQUIRES: the 18 bytes from `at` on are there.
template <class Id>
Id id_in(byte_span rest, std::size_t at) {
  return id_from_bytes<Id>(std::span<const std::uint8_t, 16>(rest.data() + at + 2, 16));
}

// The kind that stands behind the ids, unless it is zero; one of the server's own is none of a message.
bool read_kind(byte_span rest, std::uint32_t& kind) {
  const bool has_kind = rest.size() >= ids_of_rest + 2 && rest[ids_of_rest] == number_tag(6);
  kind = has_kind ? rest[ids_of_rest + 1] : 0;
  return kind < first_kind_of_server;
}

}  // namespace

void write_send_entry(bytes& out, const new_send& what) {
  out.resize(size_of_entry(what.send));
  write_send_entry(out.data(), what);
}

std::optional<send_entry> read_send_entry(byte_span data) {
  if (data.size() < send_head || data[0] != static_cast<std::uint8_t>(entry_kind::send)) return std::nullopt;
  const std::uint8_t has_after = data[send_head - 1];
  const std::size_t head = send_head + (has_after == 0 ? 0 : message_id::size);
  if (has_after > 1 || data.size() < head + ids_of_rest) return std::nullopt;
  // What apply asks of a record's rest, without a parse of the whole (write_record_rest).
  const byte_span rest = data.subspan(head);
  if (!is_id_field(rest, 0, 3) || !is_id_field(rest, device_at, 4) || !is_id_field(rest, id_at, 5)) return std::nullopt;
  const auto account = id_in<account_id>(rest, 0);
  const auto device = id_in<device_id>(rest, device_at);
  const auto id = id_in<message_id>(rest, id_at);
  std::uint32_t kind = 0;
  // No message's sender, and the floor of a window that never dropped anything.
  if (account.is_zero() || device.is_zero() || id.is_zero() || !read_kind(rest, kind)) return std::nullopt;
  const auto after = has_after == 0 ? message_id() : id_in<message_id>(data, send_head - 2);
  wall_ms time = 0;
  std::memcpy(&time, data.data() + 17, sizeof time);
  // Made where it is returned: this runs once a message.
  return std::optional<send_entry>(std::in_place, id_from_bytes<stream_id>(data.subspan<1, 16>()), time, account,
                                   device, id, after, kind, rest);
}

bool read_send_entry_like(byte_span data, byte_span last, send_entry& entry) {
  constexpr std::size_t kind_and_stream = 1 + 16;
  if (data.size() < send_head || last.size() < send_head || data[send_head - 1] > 1) return false;
  const bool has_after = data[send_head - 1] == 1;
  const std::size_t head = send_head + (has_after ? 16 : 0);
  if (data.size() < head + ids_of_rest) return false;
  const byte_span rest = data.subspan(head);
  if (std::memcmp(data.data(), last.data(), kind_and_stream) != 0) return false;
  if (std::memcmp(rest.data(), entry.rest.data(), id_at) != 0 || !is_id_field(rest, id_at, 5)) return false;
  const auto id = id_in<message_id>(rest, id_at);
  std::uint32_t kind = 0;
  if (id.is_zero() || !read_kind(rest, kind)) return false;
  entry.id = id;
  entry.kind = kind;
  std::memcpy(&entry.time, data.data() + kind_and_stream, sizeof entry.time);
  entry.after = has_after ? id_in<message_id>(data, send_head - 2) : message_id();
  entry.rest = rest;
  return true;
}

inline partition::sender partition::sender_of(stream_state& stream, const send_entry& entry) {
  return {!stream.is_account && stream.find_member(entry.account) != nullptr, stream.find_window(entry.device)};
}

inline bool partition::is_next(const stream_state& stream, const sender& from, const send_entry& entry) {
  return from.is_member && from.window != nullptr && from.window->is_next(entry.id, entry.after) &&
         (entry.kind != static_cast<std::uint32_t>(kind::text) || stream.open);
}

std::optional<verdict> partition::refusal(const stream_state& stream, const sender& from, const send_entry& entry) {
  if (stream.is_account) return verdict::refuse(reason::not_member);
  const auto found = from.window == nullptr ? id_window::found{} : from.window->find(entry.id);
  // A repeat gets its first verdict even from who has left since (S3).
  if (found.where == id_window::place::known) return verdict::repeat(found.seq);
  if (!from.is_member) return verdict::refuse(reason::not_member);
  if (entry.kind == static_cast<std::uint32_t>(kind::text) && !stream.open) return verdict::refuse(reason::not_open);
  if (found.where == id_window::place::stale) {
    auto why = verdict::refuse(reason::stale);
    why.floor = from.window->floor();
    return why;
  }
  if (!entry.after.is_zero() && (from.window == nullptr || !from.window->passed(entry.after))) {
    return verdict::refuse(reason::waits);
  }
  return std::nullopt;
}

verdict partition::apply_send(byte_span data) {
  const auto entry = read_send_entry(data);
  if (!entry) return verdict::refuse(reason::malformed);
  stream_state* stream = find_stream(entry->stream);
  if (stream == nullptr || stream->is_account) return verdict::refuse(reason::not_member);
  if (!fresh(stream->pos)) return {};
  const sender from = sender_of(*stream, *entry);
  if (again_ == nullptr && !is_next(*stream, from, *entry)) {
    if (const auto why = refusal(*stream, from, *entry)) return *why;
  }
  // Only now: who is refused leaves no trace in the state (S3).
  id_window& window = from.window != nullptr ? *from.window : stream->window_of(entry->device);
  const verdict v = append(*stream, entry->time, entry->rest);
  window.accept(entry->id, stream->head);
  return v;
}

std::size_t partition::apply_run(stream_state& stream, store::position first, std::span<const byte_span> entries,
                                 std::vector<verdict>& others, store::applied_run& out) {
  now_ = first;
  auto entry = read_send_entry(entries.front());
  sender from = entry ? sender_of(stream, *entry) : sender();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto& made = out.list[i];
    made.seq = 0;
    if (i != 0 && !(entry && read_send_entry_like(entries[i], entries[i - 1], *entry))) [[unlikely]] {
      entry = read_send_entry(entries[i]);
      if (entry) from = sender_of(stream, *entry);
    }
    if (!entry) [[unlikely]] {
      others.push_back(verdict::refuse(reason::malformed));
      continue;
    }
    DUNLIN_CHECK(entry->stream == stream.id);
    if (is_next(stream, from, *entry)) [[likely]] {
      from.window->accept_next(entry->id, stream.head + 1);
    } else {
      if (const auto why = refusal(stream, from, *entry)) {
        others.push_back(*why);
        continue;
      }
      if (from.window == nullptr) from.window = &stream.window_of(entry->device);
      from.window->accept(entry->id, stream.head + 1);
    }
    advance(stream, entry->time);
    made = {stream.head, stream.ts, entries[i].size() - entry->rest.size()};
    ++now_;
  }
  if (now_ == first) return 0;
  pos_ = now_ - 1;
  out.stream = stream.id;
  out.slot = &stream.slot;
  return now_ - first;
}

}  // namespace dunlin::stream
