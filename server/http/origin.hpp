// Which web pages may talk to this server: its own, and those of the origins that the operator named.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace dunlin::http {

enum class page : std::uint8_t {
  none,     // no browser, or a page that only reads from its own server: no Origin
  own,      // of this server itself
  named,    // of an origin that the operator named
  foreign,  // of any other
};

// Browsers always say where a page is from when it reaches for another server. "*" in `named` stands for all.
page page_of(std::string_view origin, std::string_view host, std::span<const std::string> named);

// What an answer to a page of a named origin must say so that the page may read it (CORS, Fetch section 3.2).
void allow_origin(response& out, std::string_view origin);
// The answer to what browsers ask before they let such a page send a token or JSON.
response preflight(std::string_view origin, std::string_view methods);

}  // namespace dunlin::http
