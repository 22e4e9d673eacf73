// A clock that a test moves by hand.
#pragma once

#include "base/clock.hpp"

namespace dunlin::accounts {

struct still_clock final : clock {
  [[nodiscard]] moment now() const override { return at; }
  void advance(mono_ms by) { at = {at.mono + by, at.wall + by}; }

  moment at{1, 1'700'000'000'000};
};

}  // namespace dunlin::accounts
