#include "http/router.hpp"

#include <array>

#include "http/message.hpp"

namespace dunlin::http {

namespace {

constexpr std::array table = {
    endpoint{"GET", "/healthz", route::health},
    endpoint{"GET", "/readyz", route::ready},
    endpoint{"GET", "/metrics", route::metrics},
    endpoint{"GET", "/mqtt", route::websocket},

    endpoint{"GET", "/v1/state", route::state, access::device},
    endpoint{"GET", "/v1/conversations/{}/records", route::records, access::device},
    endpoint{"GET", "/v1/conversations/{}/members", route::members, access::device},
};

bool matches(std::string_view pattern, std::string_view path, std::string_view& id) {
  const auto hole = pattern.find("{}");
  if (hole == std::string_view::npos) return path == pattern;
  const auto before = pattern.substr(0, hole);
  const auto after = pattern.substr(hole + 2);
  if (path.size() <= before.size() + after.size() || !path.starts_with(before) || !path.ends_with(after)) return false;
  id = path.substr(before.size(), path.size() - before.size() - after.size());
  return id.find('/') == std::string_view::npos;
}

void add_method(std::string& list, std::string_view method) {
  if (!list.empty()) list += ", ";
  list += method;
}

}  // namespace

std::span<const endpoint> endpoints() { return table; }

routed find_route(std::string_view method, std::string_view path) {
  routed out;
  for (const auto& e : table) {
    std::string_view id;
    if (!matches(e.path, path, id)) continue;
    const bool has_head = e.method == "GET" && e.to != route::websocket;
    add_method(out.allow, e.method);
    if (has_head) add_method(out.allow, "HEAD");
    if (out.to != nullptr || (method != e.method && !(method == "HEAD" && has_head))) continue;
    out.to = &e;
    out.id = decode_path(id);
  }
  if (!out.allow.empty()) add_method(out.allow, "OPTIONS");
  // RFC 9110 section 9.3.7: of the server as a whole.
  if (path == "*" && method == "OPTIONS") out.allow = "GET, HEAD, OPTIONS";
  return out;
}

}  // namespace dunlin::http
