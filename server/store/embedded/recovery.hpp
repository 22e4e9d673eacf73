// What a start makes of the segment files (L4): which of them hold the unsealed log, where each one's frames end, and
// whether the end is a torn tail or damage.
//
// A frame that cannot be read, behind which nothing later is, was being written when the process or the machine went
// down: nobody was told that it is durable, it is left out. One that a valid frame of a later batch follows, or that
// the next segment's header says is inside the log, was acknowledged: the start is refused.
#pragma once

#include <functional>

#include "base/random.hpp"
#include "store/embedded/segments.hpp"

namespace dunlin::store {

// What the newest published files say is in them.
struct sealed_point {
  std::uint64_t generation = 0;  // every segment up to this one
  std::uint64_t batch = 0;       // the last batch in them
};

struct recovered_log {
  std::vector<segment_ref> chain;  // oldest first, with header, end and last_batch
  std::vector<segment_ref> unused;
  std::uint64_t highest_generation = 0;  // of any header seen
  std::uint64_t highest_number = 0;      // of any file
  std::uint64_t next_batch = 1;
  std::uint64_t bytes = 0;  // of live frames
};

// Reads the segment files. errc::corrupt, after an error line that says what is wrong where, and errc::newer.
result<recovered_log> scan_log(disk& files, const sealed_point& sealed);

// The segment that the writer goes on in, and the offset and batch of its next frame; no segment if the log is empty.
struct log_end {
  segment_ref current;
  std::uint64_t offset = 0;
  std::uint64_t next_batch = 1;
  // What the next header names, while there is no current segment.
  std::uint64_t previous = 0;
  std::uint64_t previous_end = 0;
  std::uint64_t highest_generation = 0;
};

// Opens a new segment whose header names where the old ones end, and writes the last batch again into it, synced, so
// that all that is read from now on is on stable storage (L4). Hands the segments to `into`.
result<log_end> open_log_end(recovered_log found, const sealed_point& sealed, segments& into, random_source& random);

// Calls take(contents, offset of the contents) for each live frame in order; stops at the first error, which is
// errc::corrupt for a frame that is not what was written.
status each_frame(const segment& in, const std::function<status(byte_span, std::uint64_t)>& take);

}  // namespace dunlin::store
