// The only door of the stores to the operating system's files, so that a simulator can stand behind it and lose what
// was not synced, tear writes, fill up and fail.
//
// Thread rule: a `disk` may be used from several threads; a `file` from one at a time, except `read_at`, which may run
// beside a writer of other bytes.
// Paths are relative to the data directory. Errors: store::errc::io, no_space, not_found; the message of the operating
// system is logged where it happens.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "store/errc.hpp"

namespace dunlin::store {

class file {
 public:
  virtual ~file() = default;
  // Reads exactly out.size() bytes, or fails (a short file is errc::corrupt).
  virtual status read_at(std::uint64_t offset, std::span<std::uint8_t> out) = 0;
  // The same of what is hardly read again soon: past the system's cache, where that can be. One thread at a time.
  virtual status read_once_at(std::uint64_t offset, std::span<std::uint8_t> out) { return read_at(offset, out); }
  // Writes all pieces one after the other from `offset`; after an error it is unknown what was written.
  virtual status write_at(std::uint64_t offset, std::span<const byte_span> pieces) = 0;
  // Returns when all that was written is on stable storage, length included.
  virtual status sync() = 0;
  virtual result<std::uint64_t> size() = 0;
  // A view of the whole file that shows later writes within `length`; valid while the file is open. An error where the
  // file cannot be mapped: then read_at serves.
  virtual result<byte_span> map(std::uint64_t length) = 0;
  // What was read through the map is not counted as this process's memory until it is read again; it stays in the
  // system's cache. Any thread may read meanwhile.
  virtual void let_go_of_map() {}
  // What was written there and synced is hardly read soon: the system's cache need not keep it.
  virtual void let_go_of_cache(std::uint64_t /*offset*/, std::uint64_t /*length*/) {}
};

class disk {
 public:
  virtual ~disk() = default;
  enum class mode { open_existing, create_new, open_or_create };
  virtual result<std::unique_ptr<file>> open(std::string_view path, mode how) = 0;
  virtual status make_directory(std::string_view path) = 0;  // durable; no error if it exists
  virtual status rename(std::string_view from, std::string_view to) = 0;
  virtual status remove(std::string_view path) = 0;
  virtual result<std::vector<std::string>> list(std::string_view directory) = 0;
  // Makes creations, renames and removals in `directory` durable.
  virtual status sync_directory(std::string_view directory) = 0;
  virtual result<std::uint64_t> free_bytes() = 0;
};

}  // namespace dunlin::store
