#include "http/origin.hpp"

#include <algorithm>

namespace dunlin::http {

page page_of(std::string_view origin, std::string_view host, std::span<const std::string> named) {
  if (origin.empty()) return page::none;
  const auto scheme = origin.find("://");
  if (scheme != std::string_view::npos && equal_fold(origin.substr(scheme + 3), host)) return page::own;
  const bool is_named = std::ranges::any_of(named, [&](const auto& o) { return o == "*" || equal_fold(o, origin); });
  return is_named ? page::named : page::foreign;
}

void allow_origin(response& out, std::string_view origin) {
  out.headers.emplace_back("Access-Control-Allow-Origin", origin);
  out.headers.emplace_back("Access-Control-Expose-Headers", "ETag, Retry-After");
  out.headers.emplace_back("Cross-Origin-Resource-Policy", "cross-origin");
  out.headers.emplace_back("Vary", "Origin");
}

response preflight(std::string_view origin, std::string_view methods) {
  response out;
  out.status = 204;
  allow_origin(out, origin);
  out.headers.emplace_back("Allow", methods);
  out.headers.emplace_back("Access-Control-Allow-Methods", methods);
  out.headers.emplace_back("Access-Control-Allow-Headers", "Authorization, Content-Type, If-None-Match");
  out.headers.emplace_back("Access-Control-Max-Age", "600");
  return out;
}

}  // namespace dunlin::http
