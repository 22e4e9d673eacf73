// What the HTTP server is told of the configuration.
#pragma once

#include "app/config.hpp"
#include "http/services.hpp"

namespace dunlin::app {

// REQUIRES: check(values) found nothing.
http::options web_options(const config& values);
http::self self_of(const config& values);
accounts::signup_policy signup_of(const config& values);
accounts::directory_policy directory_of(const config& values);
// The directory of the app's files: web.root, or the first of these that has an index.html: `web` beside the program,
// share/dunlin/web beside its directory, and web/dist beside a build directory of the source tree. Empty: there is
// none.
std::string web_root_of(const config& values);
// Where people find the app, without a slash at its end; `address` is what the HTTP server listens on.
std::string url_of(const config& values, const std::string& address);

}  // namespace dunlin::app
