// How sealed files look on disk (docs/storage-format.md has the grammar): chunks of records sorted by (stream, seq),
// then chunks of rows sorted by key, index blocks between them, and at the end a filter and a footer. Bytes in, values
// out; no I/O.
#pragma once

#include <array>
#include <optional>

#include "store/log.hpp"

namespace dunlin::store {

inline constexpr std::uint32_t sealed_format_version = 1;
// A chunk is closed when it has so many bytes: a read of a few records costs one or two of them.
inline constexpr std::size_t chunk_target = 8 << 10;
// A chunk is never larger than this, unless one record or row alone is.
inline constexpr std::size_t chunk_limit = 64 << 10;
inline constexpr std::size_t chunk_header_size = 8;
inline constexpr std::size_t index_entry_size = 40;
inline constexpr std::size_t index_block_entries = 100;
inline constexpr std::size_t footer_size = 128;
// Files with more keys have no filter: at ten bits a key it would no longer be small.
inline constexpr std::size_t max_filter_keys = 4 << 20;

// What chunks are sorted by: (stream, seq) for records, (kind, id) for rows.
struct sort_key {
  std::uint64_t a = 0, b = 0, c = 0;
  friend auto operator<=>(const sort_key&, const sort_key&) = default;
};
inline sort_key key_of(stream_id stream, std::uint64_t seq) { return {stream.hi, stream.lo, seq}; }
inline sort_key key_of(const row_key& key) { return {static_cast<std::uint64_t>(key.kind), key.id.hi, key.id.lo}; }

// Where a chunk, an index block or the filter lies; the length has the chunk's header in it.
struct extent {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

struct index_entry {
  sort_key first;  // of the chunk, or of the index block
  extent at;
};

// A chunk's header in front of `contents`: length and CRC-32C.
void write_chunk(byte_span contents, bytes& out);
// The contents, if length and checksum are right.
std::optional<byte_span> read_chunk(byte_span chunk);

void write_index_entry(const index_entry& entry, bytes& out);
index_entry read_index_entry(byte_span entries, std::size_t i);
// The last entry whose key is not greater than `key`, or nothing if all are greater.
std::optional<std::size_t> find_index_entry(byte_span entries, const sort_key& key);

struct footer {
  extent record_top;  // the index of the records' index blocks
  extent row_top;
  extent filter;  // length 0: none
  std::uint64_t records = 0;
  std::uint64_t rows = 0;
};
void write_footer(const footer& f, bytes& out);
enum class footer_state { valid, damaged, newer };
footer_state read_footer(byte_span data, footer& out);

// Builds the contents of a chunk of records: runs of one stream with dense seqs.
class record_chunk_builder {
 public:
  void add(stream_id stream, std::uint64_t seq, std::int64_t ts, byte_span body);
  [[nodiscard]] bool empty() const { return contents_.empty() && count_ == 0; }
  [[nodiscard]] std::size_t size() const { return contents_.size() + run_.size(); }
  [[nodiscard]] const sort_key& first() const { return first_; }
  // Valid until the next add.
  const bytes& finish();
  void clear();

 private:
  void end_run();

  bytes contents_;
  sort_key first_;
  stream_id stream_;
  std::uint64_t first_seq_ = 0;
  std::uint64_t count_ = 0;
  std::int64_t base_ts_ = 0;
  std::int64_t ts_ = 0;
  bytes run_;  // the records of the run that is open
};

struct sealed_record {
  stream_id stream;
  std::uint64_t seq = 0;
  std::int64_t ts = 0;
  byte_span body;
};

// Walks over the records of a chunk, whose contents must outlive it. Malformed contents end the walk with ok() false.
class record_walk {
 public:
  record_walk() : record_walk(byte_span()) {}
  explicit record_walk(byte_span contents) : in_(contents), run_(byte_span()) {}

  bool next();
  // Goes on before the first record of (stream, seq) or behind it, skipping whole runs.
  bool seek(stream_id stream, std::uint64_t seq);
  [[nodiscard]] const sealed_record& record() const { return record_; }
  [[nodiscard]] bool ok() const { return in_.ok() && run_.ok(); }

 private:
  bool next_run();
  bool next_in_run();

  byte_reader in_;
  byte_reader run_;
  std::uint64_t left_ = 0;  // records of the run
  sealed_record record_;
};

struct sealed_row {
  row_key key;
  position pos = 0;
  std::uint64_t kept_from = 0;
  byte_span data;
};
void write_row(const sealed_row& row, bytes& out);

class row_walk {
 public:
  row_walk() : row_walk(byte_span()) {}
  explicit row_walk(byte_span contents) : in_(contents) {}
  bool next();
  [[nodiscard]] const sealed_row& row() const { return row_; }
  [[nodiscard]] bool ok() const { return in_.ok(); }

 private:
  byte_reader in_;
  sealed_row row_;
};

// A Bloom filter with ten bits and six probes a key: about one in a hundred absent keys looks present.
std::uint64_t filter_hash(std::uint8_t tag, stream_id id);
inline constexpr std::uint8_t filter_records = 0xff;  // the tag of "has records of this stream"; rows have their kind
bytes build_filter(const std::vector<std::uint64_t>& hashes);
bool filter_may_have(byte_span filter, std::uint64_t hash);

}  // namespace dunlin::store
