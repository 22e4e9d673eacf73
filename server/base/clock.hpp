// Time as a value. Nothing below server/app asks the operating system what time it is: code that needs it is given a
// `moment` with each event, or holds a `clock&` that the simulator replaces.
#pragma once

#include <cstdint>

namespace dunlin {

// Milliseconds since 1970-01-01 UTC, as the wall clock says: for what people see (a record's ts). It may jump.
using wall_ms = std::int64_t;
// Milliseconds on a clock that never jumps, from an arbitrary start: for timers and intervals.
using mono_ms = std::int64_t;

struct moment {
  mono_ms mono = 0;
  wall_ms wall = 0;
};

class clock {
 public:
  virtual ~clock() = default;
  [[nodiscard]] virtual moment now() const = 0;
};

class system_clock final : public clock {
 public:
  [[nodiscard]] moment now() const override;
};

}  // namespace dunlin
