// crash_restore LIVE KEPT [PER_MILLE SEED]: what restore.hpp says, for scripts.

#include <cstdio>
#include <cstdlib>

#include "tests/crash/disk/restore.hpp"

int main(int argc, char** argv) {
  if (argc != 3 && argc != 5) {
    std::fprintf(stderr, "usage: crash_restore LIVE KEPT [PER_MILLE SEED]\n");
    return 2;
  }
  dunlin::crash::restore_options options{argv[1], argv[2], 0, 1};
  if (argc == 5) {
    options.kept_per_mille = static_cast<unsigned>(std::strtoul(argv[3], nullptr, 10));
    options.seed = std::strtoull(argv[4], nullptr, 10);
  }
  const dunlin::crash::restore_result result = dunlin::crash::restore(options);
  std::printf("files=%llu sectors_kept=%llu sectors_lost=%llu\n", static_cast<unsigned long long>(result.files),
              static_cast<unsigned long long>(result.sectors_kept),
              static_cast<unsigned long long>(result.sectors_lost));
  return 0;
}
