// What should never happen ends the process with a message, in every build: going on would be to guess.
// What the network, the disk or a user can cause is an error value instead (base/result.hpp).
#pragma once

#include <cstdio>
#include <cstdlib>

namespace dunlin::detail {
[[noreturn]] inline void check_failed(const char* what, const char* file, int line) {
  std::fprintf(stderr, "dunlin: impossible state: %s (%s:%d)\n", what, file, line);
  std::abort();
}
}  // namespace dunlin::detail

#define DUNLIN_CHECK(condition)                                       \
  do {                                                                \
    if (!(condition)) [[unlikely]] {                                  \
      ::dunlin::detail::check_failed(#condition, __FILE__, __LINE__); \
    }                                                                 \
  } while (false)
