// The history role: the records of streams by range, and the newest state row of a stream, an inbox or a partition
// (rules L5, L6, R3).
//
// Requests are answered later through `poll`, in any order, by the token they carry; so the same code runs on threads
// and in a simulator, and no shard waits for a disk. What a read gives may be newer than what is durable: the caller
// holds answers back by its own ticket (L2).
//
// Rows flow the other way: the store asks for the rows of what changed (`poll_wanted`), the shard gives them when it
// likes (`give_row`), and learns when they are on disk (`poll_published`). Rows have a ticket and are published only
// when that is durable.
//
// Thread rule: each shard has its own `history` object, used by its thread alone.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <system_error>
#include <vector>

#include "base/bytes.hpp"
#include "store/log.hpp"

namespace dunlin::store {

struct read_request {
  std::uint64_t token = 0;
  stream_id stream;
  index_slot slot = 0;            // the stream's, as it is now
  std::uint64_t from = 1;         // the first seq wanted
  std::uint64_t through = ~0ULL;  // the last seq wanted, at most the head now
  std::uint32_t max_records = 0;
  std::uint32_t max_bytes = 0;  // of bodies; at least one record is given where there is one
};

struct stored_record {
  std::uint64_t seq = 0;
  std::int64_t ts = 0;
  byte_span body;  // the wire body without seq and ts; a view into read_answer::data
};

struct read_answer {
  std::uint64_t token = 0;
  std::error_code error;
  std::vector<stored_record> records;  // ascending seq; seqs that were trimmed are missing
  shared_bytes data;                   // what the bodies lie in
};

struct load_answer {
  std::uint64_t token = 0;
  std::error_code error;
  bool found = false;
  position pos = 0;
  bytes row;
};

struct published_row {
  row_key key;
  position pos = 0;
};

class history {
 public:
  virtual ~history() = default;

  // False: too many requests are under way, ask again after the next poll. At most `max_bytes` of memory each.
  virtual bool read(const read_request& request) = 0;
  // The newest row of `key` (L5: idle state is read back). False as above.
  virtual bool load(std::uint64_t token, const row_key& key) = 0;

  // Moves what has been answered since the last call to the ends of the vectors.
  virtual void poll(std::vector<read_answer>& reads, std::vector<load_answer>& loads) = 0;

  // Up to `most` keys whose rows are wanted now. Each must be answered by give_row or skip_row.
  virtual void poll_wanted(std::vector<row_key>& keys, std::size_t most) = 0;
  // `kept_from`: records of the stream below this seq may be dropped (trimmed); 0 for other rows.
  virtual void give_row(const row_key& key, position pos, ticket when, std::uint64_t kept_from, byte_span row) = 0;
  // The state is not in memory, so its newest row is published already.
  virtual void skip_row(const row_key& key) = 0;
  virtual void poll_published(std::vector<published_row>& rows) = 0;
  // True if `slot` still points to unsealed records; clears it otherwise.
  virtual bool holds_unsealed(stream_id stream, index_slot& slot) = 0;

  // At start, before anything runs: the newest row of `key`, waiting for it.
  virtual load_answer load_now(const row_key& key) = 0;
};

}  // namespace dunlin::store
