// How one shard's batch comes to the log writer and what comes back: two buffers that change owners, no lock, and no
// allocation once they have grown.
//
// The shard fills its open batch; at a flush, if the writer has given the other buffer back, it swaps the two and sets
// `handed`. The writer writes it, says where it lies, and clears `handed`. So at most one batch of a shard is under
// way.
#pragma once

#include <atomic>

#include "store/embedded/segments.hpp"

namespace dunlin::store {

struct alignas(64) handover {
  // True: batch and `when` belong to the writer; false: all below but `durable` belongs to the shard.
  std::atomic<bool> handed{false};
  batch_buffer batch;
  ticket when = 0;
  std::uint64_t records = 0;  // in the batch
  // Where the writer put it.
  segment_ref in;
  std::uint64_t offset = 0;

  // Everything of the shard up to here is on stable storage. Any thread reads it.
  alignas(64) std::atomic<ticket> durable{0};
};

}  // namespace dunlin::store
