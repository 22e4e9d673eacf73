// What a record's rest is made of, for the files that write it. Done once for each message, and so inline.
#pragma once

#include "stream/wire.hpp"

namespace dunlin::stream::rest_parts {

[[gnu::always_inline]] inline void write_id_field(raw_writer& out, std::uint8_t field, const auto& id) {
  out.u8(static_cast<std::uint8_t>(data_tag(field)));
  out.u8(16);
  out.id(id);
}

// Mostly there is none of the numbers.
inline bool has_numbers(const auto& of) { return (of.kind | of.urgency | of.expires_in | of.redacts | of.epoch) != 0; }

// What stands behind the ids: of a record, or of a Send that becomes one.
[[gnu::always_inline]] inline std::size_t size_behind_ids(const auto& of) {
  const auto number = [](std::uint64_t v) { return v == 0 ? 0 : 1 + varint_size(v); };
  std::size_t size = 0;
  if (has_numbers(of)) {
    size = number(of.kind) + number(of.urgency) + number(of.expires_in) + number(of.redacts) + number(of.epoch);
  }
  return of.body.empty() ? size : size + 1 + varint_size(of.body.size()) + of.body.size();
}

[[gnu::always_inline]] inline void write_behind_ids(raw_writer& out, const auto& of) {
  if (has_numbers(of)) {
    const auto number = [&out](std::uint8_t field, std::uint64_t value) {
      if (value == 0) return;
      out.u8(static_cast<std::uint8_t>(number_tag(field)));
      out.varint(value);
    };
    number(6, of.kind);
    number(7, of.urgency);
    number(8, of.expires_in);
    number(9, of.redacts);
    number(10, of.epoch);
  }
  if (of.body.empty()) return;
  out.u8(static_cast<std::uint8_t>(data_tag(11)));
  out.varint(of.body.size());
  out.raw(of.body);
}

}  // namespace dunlin::stream::rest_parts
