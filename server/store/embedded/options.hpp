// What an operator or a test can choose about the embedded store.
#pragma once

#include <cstddef>
#include <cstdint>

namespace dunlin::store {

struct store_options {
  // Shards of this process: each has its own log and history object.
  int shards = 1;

  // Bytes of a log segment. Larger ones waste less at their ends, and keep more in the log of a quiet server.
  std::uint64_t segment_bytes = 64ULL << 20;
  // Prepared segments kept ready. More take disk space, and ride out longer stalls of the background thread.
  std::uint32_t spare_segments = 2;
  // Bound of the unsealed log. More rides out longer bursts, and costs time at start (about 4 s a GiB) and 8 bytes of
  // memory a record.
  std::uint64_t max_unsealed_bytes = 1ULL << 30;
  // Of the prepared segments, so much is for upkeep alone (L3).
  std::uint64_t upkeep_reserve_bytes = 8ULL << 20;
  // The disk counts as full for clients when less is free: what is below is for sealing, merging and SQLite, so that a
  // full disk can be emptied.
  std::uint64_t keep_free_bytes = 256ULL << 20;
  // The largest batch of one shard; an entry may be at most half of it. Larger ones cost memory: three a shard.
  std::size_t max_batch_bytes = 4U << 20;

  // Full segments that are sealed together: sealing starts at the first number and takes up to the second. More make
  // fewer copies of state rows, and a longer start.
  std::uint32_t seal_at_segments = 4;
  std::uint32_t seal_most_segments = 8;
  // So many sealed files of one level are merged into one of the next, up to this level.
  std::uint32_t merge_files = 8;
  std::uint32_t max_level = 3;
  // The background thread writes so much, syncs, and then pauses; the pause gets shorter as the unsealed log grows.
  std::size_t background_chunk_bytes = 1U << 20;
  std::uint32_t background_pause_ms = 20;
  // After ENOSPC in the background.
  std::uint32_t retry_ms = 1000;

  // Reads and loads under way a shard; more cost memory, up to max_read_bytes each.
  std::size_t max_requests = 256;
  std::uint32_t max_read_bytes = 4U << 20;
  std::uint32_t max_read_records = 4096;
  // Rows asked of the shards at a time.
  std::size_t row_window = 256;
};

}  // namespace dunlin::store
