#include "http/router.hpp"

#include <array>

namespace dunlin::http {

namespace {

struct entry {
  std::string_view before;  // {id}, or the whole path
  std::string_view after;
  bool has_id;
  route to;
};

constexpr std::string_view reading = "GET, HEAD, OPTIONS";

constexpr std::array entries = {
    entry{"/healthz", "", false, route::health},
    entry{"/readyz", "", false, route::ready},
    entry{"/metrics", "", false, route::metrics},
    entry{"/v1/state", "", false, route::state},
    entry{"/v1/conversations/", "/records", true, route::records},
    entry{"/v1/conversations/", "/members", true, route::members},
    entry{"/mqtt", "", false, route::websocket},
};

bool matches(const entry& e, std::string_view path, std::string_view& id) {
  if (!e.has_id) return path == e.before;
  if (path.size() <= e.before.size() + e.after.size() || !path.starts_with(e.before) || !path.ends_with(e.after)) {
    return false;
  }
  id = path.substr(e.before.size(), path.size() - e.before.size() - e.after.size());
  return id.find('/') == std::string_view::npos;
}

}  // namespace

routed find_route(std::string_view method, std::string_view path) {
  for (const auto& e : entries) {
    std::string_view id;
    if (!matches(e, path, id)) continue;
    const auto allow = e.to == route::websocket ? std::string_view("GET, OPTIONS") : reading;
    const bool allowed = method == "GET" || method == "OPTIONS" || (method == "HEAD" && e.to != route::websocket);
    return {e.to, std::string(id), allowed, allow};
  }
  // RFC 9110 section 9.3.7: of the server as a whole.
  return {route::none, {}, path == "*" && method == "OPTIONS", reading};
}

}  // namespace dunlin::http
