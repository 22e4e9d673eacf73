// The commands that ask a running server, on the asking side: one request, replies line by line, an exit code.
#pragma once

#include <iosfwd>

#include "app/command_line.hpp"

namespace dunlin::app {

// Results go to `out`, errors and progress to `err`; progress only if `interactive`. Waits for the server, at most
// 60 s between two of its lines.
exit_code run_client(const client_command& what, std::ostream& out, std::ostream& err, bool interactive);

}  // namespace dunlin::app
