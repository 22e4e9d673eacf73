// Faults put in on purpose, so that the simulator can prove that it would find them. They exist only in the variants of
// the libraries that the simulator is built from (dunlin_NAME_planted, cmake/dunlin.cmake); everywhere else `planted`
// is constant false and the branch is not compiled into the program.
//
// Thread rule: switched before a run starts, on the simulator's only thread.
#pragma once

#include <cstdint>

namespace dunlin {

enum class bug : std::uint8_t {
  no_sync,                  // the log reports durable without a sync
  release_before_durable,   // answers leave the owner before their entry is durable (L2)
  arm_unconditionally,      // an arm sets the bit though the head has moved on (D3)
  no_id_window,             // a retry is not recognized (S3)
  effect_forgotten_early,   // an effect is forgotten before its target applied it durably (O1)
  recovery_in_old_segment,  // a start goes on writing behind the old tail (L4)
  cursor_jumps_gap,         // an acknowledgement above a gap moves the cursor (D6)
  receipt_goes_back,        // a mark is set instead of merged by max (R1)
  presence_to_strangers,    // presence is told without a shared conversation (P1)
  lease_outlives_member,    // a lease goes on when its account has left the conversation (P1)
};
inline constexpr int bug_count = 10;

#ifdef DUNLIN_PLANTED_BUGS

inline std::uint32_t planted_bugs = 0;

inline bool planted(bug b) { return (planted_bugs >> static_cast<unsigned>(b) & 1U) != 0; }
inline void plant(bug b, bool on) {
  const std::uint32_t bit = 1U << static_cast<unsigned>(b);
  planted_bugs = on ? planted_bugs | bit : planted_bugs & ~bit;
}

#else

constexpr bool planted(bug /*b*/) { return false; }

#endif

}  // namespace dunlin
