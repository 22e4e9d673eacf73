// How entries begin and end, for the files that write and read them.
#pragma once

#include <optional>
#include <utility>

#include "stream/entry.hpp"

namespace dunlin::stream::entry_parts {

inline byte_writer start(bytes& out, entry_kind kind) {
  byte_writer w(out);
  w.u8(static_cast<std::uint8_t>(kind));
  return w;
}

inline bool is(byte_reader& r, entry_kind kind) { return r.u8() == static_cast<std::uint8_t>(kind); }

template <class Entry>
std::optional<Entry> finish(const byte_reader& r, Entry&& entry) {
  if (!r.ok() || !r.at_end()) return std::nullopt;
  return std::forward<Entry>(entry);
}

}  // namespace dunlin::stream::entry_parts
