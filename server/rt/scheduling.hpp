// What a thread asks of Linux's scheduler (sched_setattr(2)). Needs no privilege: nothing here makes a share larger.
//
// Thread rule: any; it is the calling thread's. Before Linux 6.12 a slice is accepted and means nothing.
#pragma once

#include <chrono>
#include <system_error>

namespace dunlin::rt {

struct scheduling {
  // Added to the nice value: at 19 the thread gets a seventieth of what another gets that also wants the processor.
  int nicer_by = 0;
  // How long it wants to run at a time, 0.1 to 100 ms; 0: as the system has it. It changes no share: who wakes with a
  // shorter slice takes the processor at once from who runs with a longer one.
  std::chrono::microseconds slice{0};
};

// An error, and nothing is changed, where the system refuses it. A thread that the operator gave another policy than
// the usual one keeps all as it is.
std::error_code ask_scheduler(const scheduling& wish);

}  // namespace dunlin::rt
