// The metrics of the process and of its store that no counter of a shard has.
//
// Thread rule: called once each, before anybody asks for the metrics.
#pragma once

#include <cstddef>

#include "accounts/store_thread.hpp"
#include "base/metrics.hpp"
#include "store/embedded/counters.hpp"

namespace dunlin::app {

// Memory, descriptors and processor time under the names that Prometheus's own libraries use, and the build's version.
void show_process(metrics& all);
// Lifetime: the counters outlive the last exposition.
void show_store(metrics& all, const store::store_counters& counted);
// Lifetime: as above.
void show_accounts(metrics& all, const accounts::store_thread& thread);

}  // namespace dunlin::app
