// How the log looks on disk (docs/storage-format.md has the grammar): a segment's header, the frames behind it, and the
// entries in a frame. Everything here is bytes in, values out; no I/O.
//
// A frame is what one round wrote. Its checksum covers the segment's generation and a random salt, so that neither the
// remains of a recycled segment nor bytes that a client chose can pass for a frame.
#pragma once

#include <array>
#include <memory>
#include <optional>

#include "base/check.hpp"
#include "base/prefetch.hpp"
#include "store/log.hpp"

namespace dunlin::store {

inline constexpr std::uint32_t log_format_version = 1;
// The header has a page of its own, so that no frame shares a sector with it.
inline constexpr std::uint64_t frames_begin = 4096;
inline constexpr std::size_t segment_header_size = 64;
// Frames start at sectors: a sector that holds an acknowledged frame is never written again.
inline constexpr std::uint64_t frame_alignment = 512;
inline constexpr std::size_t frame_header_size = 24;
inline constexpr std::size_t entry_header_size = 8;
// What an entry costs in the log besides its own bytes, its outcome and the rows it touched (17 bytes each), at most.
inline constexpr std::size_t entry_overhead = 96;

inline std::uint64_t align_frame(std::uint64_t offset) {
  return (offset + frame_alignment - 1) & ~(frame_alignment - 1);
}

struct segment_header {
  std::uint64_t generation = 0;    // of this use of the file; grows over the whole log
  std::uint64_t salt = 0;          // random, new with each generation
  std::uint64_t previous = 0;      // the generation before in the chain; 0: none
  std::uint64_t previous_end = 0;  // where that one's frames end (L4)
  std::uint64_t first_batch = 0;   // the number of the first frame here
};

// Exactly segment_header_size bytes.
void write_segment_header(const segment_header& header, bytes& out);
enum class header_state { valid, none, newer };
header_state read_segment_header(byte_span data, segment_header& out);

struct frame_header {
  std::uint32_t length = 0;  // of the contents
  std::uint32_t contents_crc = 0;
  std::uint64_t batch = 0;
};

// Exactly frame_header_size bytes at `out`.
void write_frame_header(const segment_header& segment, const frame_header& frame, std::uint8_t* out);
// Nothing if these bytes are no frame header of this use of the segment. The contents are not looked at.
std::optional<frame_header> read_frame_header(const segment_header& segment, byte_span data);

// Entries, one behind the other, in memory that grows without being zeroed first.
class batch_buffer {
 public:
  [[nodiscard]] byte_span view() const { return {data_.get(), size_}; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  void clear() { size_ = summed_ = 0; }
  // Room for n more bytes; `grew` says how many of them were used.
  std::uint8_t* room(std::size_t n) {
    if (capacity_ - size_ < n) [[unlikely]]
      enlarge(n);
    return data_.get() + size_;
  }
  void grew(std::size_t n) { size_ += n; }
  // Writes the checksums of the entries that have none. Left until nothing more is added: a sum of what has just been
  // written waits for all of those stores, and one after the other's, where many can be under way side by side.
  void sum_entries();

 private:
  void enlarge(std::size_t n);

  std::unique_ptr<std::uint8_t[]> data_;
  std::size_t size_ = 0;
  std::size_t summed_ = 0;  // so far
  std::size_t capacity_ = 0;
};

// Bits of an entry's flags.
namespace entry_flags {
inline constexpr std::uint8_t has_record = 1;
inline constexpr std::uint8_t record_in_outcome = 2;
inline constexpr std::uint8_t stream_in_entry = 4;  // behind the entry's first byte, where most entries carry it
inline constexpr std::uint8_t has_touched = 8;
}  // namespace entry_flags

// Appends the entry with what it did. REQUIRES: did.record lies in `entry` or in did.outcome.
void append_entry(batch_buffer& out, partition_id partition, position pos, byte_span entry, const applied& did);
// An entry written from `begin`, in the buffer's room, to `end` becomes part of the buffer, without its checksum.
inline void end_entry(batch_buffer& out, std::uint8_t* begin, const std::uint8_t* end) {
  const auto size = static_cast<std::uint32_t>(end - begin);
  std::memcpy(begin, &size, 4);
  out.grew(size);
}
// The same for entries of runs, of which most have the same time.
class run_appender {
 public:
  // REQUIRES: `entry` has the stream's id behind its first byte.
  [[gnu::always_inline]] void append(batch_buffer& out, partition_id partition, position pos, byte_span entry,
                                     const applied_run::made& did) {
    DUNLIN_CHECK(did.record_at <= entry.size());
    if (did.ts != ts_) [[unlikely]]
      encode(did.ts);
    std::uint8_t* const begin = out.room(entry_overhead + entry.size());
    // The log's writer read this memory last, on another core: the next entry's, too.
    prefetch_to_write(begin + 4 * cache_line, 4 * cache_line);
    raw_writer w(begin + entry_header_size);
    w.u8(partition);
    w.u8(entry_flags::has_record | entry_flags::stream_in_entry);
    w.varint(pos);
    w.varint(entry.size());
    w.raw(entry);
    w.u8(0);  // no outcome
    w.varint(did.seq);
    std::memcpy(w.at(), ts_bytes_.data(), ts_bytes_.size());
    w.skip(ts_size_);
    w.varint(did.record_at);
    w.varint(entry.size() - did.record_at);
    end_entry(out, begin, w.at());
  }

 private:
  void encode(std::int64_t ts);

  std::int64_t ts_ = 0;
  std::array<std::uint8_t, 16> ts_bytes_{};  // as it is written, and what is behind it
  std::size_t ts_size_ = 1;
};

struct entry_view {
  replayed what;
  byte_span record;      // if what.seq is not 0
  byte_span touched;     // encoded keys, for each_touched
  std::size_t size = 0;  // of all of it, header included
};

// The entry at the begin of `data`: errors are malformed or short data, or a checksum that does not match. The check of
// the sum can be left out where a frame's has been made.
bool read_entry(byte_span data, bool check, entry_view& out);
// Only the length and partition, for who skips: false at malformed data.
bool peek_entry(byte_span data, partition_id& partition, std::size_t& size);

// Calls take(row_key) for each key touched besides the stream's.
template <class Take>
void each_touched(const entry_view& entry, Take take) {
  byte_reader in(entry.touched);
  while (!in.at_end()) {
    const std::uint8_t kind = in.u8();
    if (kind == 0x80) {
      take(partition_row(entry.what.partition));
    } else {
      take(row_key{static_cast<row_kind>(kind), in.id<stream_id>()});
    }
  }
}

}  // namespace dunlin::store
