// How one shard's batches come to the log writer and what comes back: buffers that change owners, no lock, and no
// allocation once they have grown.
//
// The shard fills its open batch and hands it over at a flush, in exchange for the buffer of one that was written. Two
// of a shard may be with the writer: the one that it writes, and the one that it goes on with at once, without waiting
// for the shard. As long as it has not begun with that, the shard may take it back and go on filling it.
#pragma once

#include <array>
#include <atomic>

#include "base/prefetch.hpp"
#include "store/embedded/segments.hpp"

namespace dunlin::store {

struct handed_batch {
  // Whose everything below is. From `handed` both try to make it their own.
  enum class owner : std::uint8_t { shard, handed, writer };
  std::atomic<owner> is{owner::shard};
  batch_buffer contents;
  ticket when = 0;
  std::uint64_t records = 0;
  // Where the writer put it.
  segment_ref in;
  std::uint64_t offset = 0;

  // True if it was handed over and is now `whose`.
  bool take_for(owner whose) {
    auto expected = owner::handed;
    return is.compare_exchange_strong(expected, whose, std::memory_order_acq_rel, std::memory_order_relaxed);
  }
};

struct alignas(cache_line) handover {
  // In turn.
  std::array<handed_batch, 2> batches;
  std::size_t next = 0;  // of them for the writer, who alone knows it
  handed_batch& next_batch() { return batches[next]; }

  // Everything of the shard up to here is on stable storage. Any thread reads it.
  alignas(cache_line) std::atomic<ticket> durable{0};
};

}  // namespace dunlin::store
