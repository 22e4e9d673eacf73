// After a crash: makes the volatile directory what the kept one says, as a machine finds its disk after a power cut.
//
// Thread rule: none, but no process may use the volatile directory meanwhile.
#pragma once

#include <cstdint>
#include <string>

namespace dunlin::crash {

struct restore_options {
  std::string live;
  std::string kept;
  // Of the 512-byte sectors written and not synced, how many in 1,000 had reached the disk all the same. Names are
  // never among them. 0: all that was not synced is lost.
  unsigned kept_per_mille = 0;
  std::uint64_t seed = 1;  // which ones
};

struct restore_result {
  std::uint64_t files = 0;
  std::uint64_t sectors_kept = 0;  // by kept_per_mille
  std::uint64_t sectors_lost = 0;  // in files that the crash left; those of files that were lost whole do not count
};

// Ends the process with a message if the test's own directories cannot be written.
restore_result restore(const restore_options& options);

}  // namespace dunlin::crash
