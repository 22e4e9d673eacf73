// What the HTTP server is told of the configuration.
#pragma once

#include "app/config.hpp"
#include "http/services.hpp"

namespace dunlin::app {

// REQUIRES: check(values) found nothing.
http::options web_options(const config& values);

}  // namespace dunlin::app
