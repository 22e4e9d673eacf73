// `dunlin serve`: everything put together, from the data directory to the listening sockets, until a signal ends it.
#pragma once

#include "app/command_line.hpp"

namespace dunlin::app {

// Runs the server; returns when it has stopped. Errors are on standard error.
exit_code serve(const serve_command& what);

}  // namespace dunlin::app
