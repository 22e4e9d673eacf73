// The entry of a message: read for each one, at fixed places.

#include "stream/send_entry.hpp"

#include <cstring>

namespace dunlin::stream {

namespace {

// The places of account, device and id in a record's rest.
constexpr std::size_t device_at = id_field_size;
constexpr std::size_t id_at = 2 * id_field_size;

bool is_id_field(byte_span rest, std::size_t at, std::uint8_t field) {
  return rest[at] == data_tag(field) && rest[at + 1] == 16;
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

// What apply asks of a record's rest, without a parse of the whole (write_send_entry).
bool read_start_of_rest(send_entry& entry) {
  const byte_span rest = entry.rest;
  if (rest.size() < ids_of_rest) return false;
  if (!is_id_field(rest, 0, 3) || !is_id_field(rest, device_at, 4) || !is_id_field(rest, id_at, 5)) return false;
  entry.account = id_in<account_id>(rest, 0);
  entry.device = id_in<device_id>(rest, device_at);
  entry.id = id_in<message_id>(rest, id_at);
  // No message's sender, and the floor of a window that never dropped anything.
  if (entry.account.is_zero() || entry.device.is_zero() || entry.id.is_zero()) return false;
  return read_kind(rest, entry.kind);
}

}  // namespace

void write_send_entry(bytes& out, const new_send& what) {
  out.resize(size_of_entry(what.send));
  write_send_entry(out.data(), what);
}

std::optional<send_entry> read_send_entry(byte_span data) {
  // Made where it is returned: this runs once a message.
  std::optional<send_entry> entry(std::in_place);
  const std::uint8_t has_after = data.size() < send_head ? std::uint8_t{0xff} : data[send_head - 1];
  const std::size_t head = send_head + (has_after == 0 ? 0 : 16);
  if (has_after > 1 || data.size() < head || data[0] != static_cast<std::uint8_t>(entry_kind::send)) {
    entry.reset();
    return entry;
  }
  entry->stream = id_from_bytes<stream_id>(data.subspan<1, 16>());
  std::memcpy(&entry->time, data.data() + 17, sizeof entry->time);
  if (has_after == 1) {
    entry->after = id_from_bytes<message_id>(std::span<const std::uint8_t, 16>(data.data() + send_head, 16));
  }
  entry->rest = data.subspan(head);
  if (!read_start_of_rest(*entry)) entry.reset();
  return entry;
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

}  // namespace dunlin::stream
