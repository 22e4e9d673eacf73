#include "bench/client/tally.hpp"

#include <algorithm>

namespace dunlin::bench {

void tally::receive(std::uint64_t number) {
  if (number >= next_) [[likely]] {
    const std::uint64_t gap = number - next_;
    if (gap >= memory) {
      bits_.fill(0);
    } else {
      for (std::uint64_t n = next_; n < number; ++n) set(n, false);
    }
    set(number, true);
    next_ = number + 1;
    ++received_;
    return;
  }
  if (next_ - number > memory || seen(number)) {
    ++doubled_;
    return;
  }
  set(number, true);
  ++received_;
  ++reordered_;
}

}  // namespace dunlin::bench
