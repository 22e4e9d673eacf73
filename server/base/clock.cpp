#include "base/clock.hpp"

#include <chrono>

namespace dunlin {

moment system_clock::now() const {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  return {.mono = duration_cast<milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count(),
          .wall = duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

}  // namespace dunlin
