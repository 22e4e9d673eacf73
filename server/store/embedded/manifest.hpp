// The truth about the history: which files it is made of, how far into the log they reach, and the last sealed position
// of each partition. Replaced as a whole, by writing a new one beside it and renaming; files that it does not name are
// left over from a crash and removed at start.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "store/disk.hpp"
#include "store/embedded/recovery.hpp"

namespace dunlin::store {

struct manifest {
  struct entry {
    std::uint64_t number = 0;
    std::uint32_t level = 0;  // 0: sealed from the log; n: merged from level n - 1
    std::uint64_t size = 0;
    friend bool operator==(const entry&, const entry&) = default;
  };
  sealed_point sealed;
  std::array<position, partition_count> positions{};
  std::uint64_t next_number = 1;
  // Oldest first: of two files with records of a stream, or a row of a key, the later one has the newer.
  std::vector<entry> files;
};

bytes encode(const manifest& m);
// errc::corrupt, errc::newer.
result<manifest> decode_manifest(byte_span data);

// An empty one if there is none yet.
result<manifest> load_manifest(disk& files);
// Returns when it is durable. After an error the old one or the new one is the truth; what either names must stay.
status store_manifest(disk& files, const manifest& m);

}  // namespace dunlin::store
