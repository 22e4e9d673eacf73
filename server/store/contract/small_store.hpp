// For tests: an embedded store so small that everything happens soon. What a test is about it sets by itself.
#pragma once

#include "store/embedded/options.hpp"

namespace dunlin::store {

inline store_options small_store(int shards) {
  store_options o;
  o.shards = shards;
  o.segment_bytes = 24 << 10;
  o.max_unsealed_bytes = 10 * o.segment_bytes;
  o.upkeep_reserve_bytes = 2 << 10;
  o.keep_free_bytes = 0;
  o.max_batch_bytes = 6 << 10;
  o.background_chunk_bytes = 6 << 10;
  return o;
}

}  // namespace dunlin::store
