// What the embedded store counts. Each has one writer thread, named here; any thread may read (base/metrics.hpp).
#pragma once

#include "base/metrics.hpp"

namespace dunlin::store {

struct store_counters {
  // The log writer.
  counter rounds;            // a write and a sync each
  counter batches;           // of shards, in those rounds
  counter log_bytes;         // written, with headers and padding
  counter log_stalls;        // rounds put off because no segment was prepared
  histogram sync_us;         // write and sync of a round
  histogram record_sync_us;  // the same, counted once for each record in the round
  gauge unsealed_bytes;      // of segments in use; also set by the background
  gauge segments;            // in use or sealed but still read

  // The background thread.
  counter prepared_bytes;  // zeros, once per new segment file
  counter sealed_bytes;    // of records and indexes
  counter row_bytes;       // state rows, sealed or merged
  counter merged_bytes;    // of records and indexes
  counter sealed_segments;
  counter merges;
  counter hurries;  // times that it went on with the process's own priority
  counter background_no_space;
  counter background_errors;
  gauge disk_full;  // 1: clients are refused
  gauge sealed_files;

  // The reader.
  counter reads;
  counter loads;
  counter corrupt;  // answers that said so
  gauge read_queue;
};

}  // namespace dunlin::store
