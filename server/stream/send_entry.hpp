// A message from its Send to its entry. Done once for each, and so inline.
#pragma once

#include "stream/entry.hpp"
#include "stream/rest_parts.hpp"

namespace dunlin::stream {

// A send entry up to its record's rest, without `after`: kind, stream, time, whether `after` is there.
inline constexpr std::size_t send_head = 1 + 16 + 8 + 1;

// The usual Send, as protobuf's own writers put it: the id, a kind below 128 unless zero, a body below 128 bytes or
// none, `after` or none. False if it is another; then `send` means nothing. REQUIRES: `send` is as it was made.
inline bool read_usual_send(byte_span data, send_view& send) {
  const auto is_id = [data](std::size_t at, std::uint32_t field) {
    return data[at] == data_tag(field) && data[at + 1] == 16;
  };
  if (data.size() < id_field_size || !is_id(0, 1)) return false;
  send.id = id_from_bytes<message_id>(data.subspan<2, 16>());
  std::size_t at = id_field_size;
  std::size_t left = data.size() - at;
  if (left >= 2 && data[at] == number_tag(2) && data[at + 1] < 0x80) {
    send.kind = data[at + 1];
    at += 2;
    left -= 2;
  }
  if (left >= 2 && data[at] == data_tag(7) && data[at + 1] < 0x80 && data[at + 1] <= left - 2) {
    send.body = data.subspan(at + 2, data[at + 1]);
    at += 2 + send.body.size();
    left -= 2 + send.body.size();
  }
  if (left == id_field_size && is_id(at, 8)) {
    send.after = id_from_bytes<message_id>(std::span<const std::uint8_t, 16>(data.data() + at + 2, 16));
    left = 0;
  }
  return left == 0;
}

// Where in its entry the record's rest begins.
inline std::size_t rest_in_entry(const send_view& send) { return send_head + (send.after.is_zero() ? 0 : 16); }

// What reading its entry will give.
inline message_run::message message_of_run(const send_view& send) {
  return {{send.id, send.after, send.kind}, static_cast<std::uint32_t>(rest_in_entry(send))};
}

// Of the entry that a Send becomes.
inline std::size_t size_of_entry(const send_view& send) {
  return rest_in_entry(send) + ids_of_rest + rest_parts::size_behind_ids(send);
}

// Into memory that has size_of_entry bytes.
[[gnu::always_inline]] inline void write_send_entry(std::uint8_t* at, const new_send& what) {
  raw_writer w(at);
  w.u8(static_cast<std::uint8_t>(entry_kind::send));
  w.id(what.stream);
  w.u64(static_cast<std::uint64_t>(what.time));
  w.u8(what.send.after.is_zero() ? 0 : 1);
  if (!what.send.after.is_zero()) w.id(what.send.after);
  rest_parts::write_id_field(w, 3, what.account);
  rest_parts::write_id_field(w, 4, what.device);
  rest_parts::write_id_field(w, 5, what.send.id);
  rest_parts::write_behind_ids(w, what.send);
}

}  // namespace dunlin::stream
