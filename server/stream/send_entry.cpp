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
                                   device, send_facts{id, after, kind}, rest);
}

inline partition::sender partition::sender_of(stream_state& stream, account_id account, device_id device) {
  return {!stream.is_account && stream.find_member(account) != nullptr, stream.find_window(device)};
}

inline bool partition::is_next(const stream_state& stream, const sender& from, const send_facts& what) {
  return from.is_member && from.window != nullptr && from.window->is_next(what.id, what.after) &&
         (what.kind != static_cast<std::uint32_t>(kind::text) || stream.open);
}

std::optional<verdict> partition::refusal(const stream_state& stream, const sender& from, const send_facts& what) {
  if (stream.is_account) return verdict::refuse(reason::not_member);
  const auto found = from.window == nullptr ? id_window::found{} : from.window->find(what.id);
  // A repeat gets its first verdict even from who has left since (S3).
  if (found.where == id_window::place::known) return verdict::repeat(found.seq);
  if (!from.is_member) return verdict::refuse(reason::not_member);
  if (what.kind == static_cast<std::uint32_t>(kind::text) && !stream.open) return verdict::refuse(reason::not_open);
  if (found.where == id_window::place::stale) {
    auto why = verdict::refuse(reason::stale);
    why.floor = from.window->floor();
    return why;
  }
  if (!what.after.is_zero() && (from.window == nullptr || !from.window->passed(what.after))) {
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
  const sender from = sender_of(*stream, entry->account, entry->device);
  if (again_ == nullptr && !is_next(*stream, from, entry->facts)) {
    if (const auto why = refusal(*stream, from, entry->facts)) return *why;
  }
  // Only now: who is refused leaves no trace in the state (S3).
  id_window& window = from.window != nullptr ? *from.window : stream->window_of(entry->device);
  const verdict v = append(*stream, entry->time, entry->rest);
  window.accept(entry->facts.id, stream->head);
  return v;
}

std::size_t partition::apply_run(stream_state& stream, store::position first, const message_run& run,
                                 std::vector<verdict>& others, store::applied_run& out) {
  now_ = first;
  sender from = sender_of(stream, run.account, run.device);
  for (std::size_t i = 0; i < run.list.size(); ++i) {
    const auto& [facts, record_at] = run.list[i];
    auto& made = out.list[i];
    if (is_next(stream, from, facts)) [[likely]] {
      from.window->accept_next(facts.id, stream.head + 1);
    } else {
      if (const auto why = refusal(stream, from, facts)) {
        made.seq = 0;
        others.push_back(*why);
        continue;
      }
      if (from.window == nullptr) from.window = &stream.window_of(run.device);
      from.window->accept(facts.id, stream.head + 1);
    }
    advance(stream, run.time);
    made = {stream.head, stream.ts, record_at};
    ++now_;
  }
  if (now_ == first) return 0;
  pos_ = now_ - 1;
  out.stream = stream.id;
  out.slot = &stream.slot;
  return now_ - first;
}

}  // namespace dunlin::stream
