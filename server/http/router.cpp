#include "http/router.hpp"

#include <algorithm>
#include <array>

#include "accounts/picture.hpp"
#include "http/message.hpp"

namespace dunlin::http {

namespace {

constexpr std::uint64_t picture_body = accounts::max_picture_bytes;

constexpr std::array table = {
    endpoint{"GET", "/healthz", route::health},
    endpoint{"GET", "/readyz", route::ready},
    endpoint{"GET", "/metrics", route::metrics},
    endpoint{"GET", "/mqtt", route::websocket},

    endpoint{"GET", "/v1/server", route::server},
    endpoint{"GET", "/v1/invites/{}", route::invite},
    endpoint{"GET", "/v1/handles/{}", route::handle},
    endpoint{"POST", "/v1/accounts", route::sign_up, access::open, small_body},

    endpoint{"GET", "/v1/account", route::account, access::device},
    endpoint{"PATCH", "/v1/account", route::change_account, access::device, small_body},
    endpoint{"PUT", "/v1/account/picture", route::put_own_picture, access::device, picture_body},
    endpoint{"DELETE", "/v1/account/picture", route::delete_own_picture, access::device},
    endpoint{"PUT", "/v1/pictures", route::keep_picture, access::device, picture_body},
    endpoint{"GET", "/v1/pictures/{}", route::picture, access::device},
    endpoint{"POST", "/v1/accounts/lookup", route::look_up, access::device, small_body},
    endpoint{"GET", "/v1/accounts/{}", route::profile, access::device},
    endpoint{"GET", "/v1/directory", route::directory, access::device},
    endpoint{"GET", "/v1/devices", route::devices, access::device},
    endpoint{"PATCH", "/v1/devices/{}", route::rename_device, access::device, small_body},
    endpoint{"DELETE", "/v1/devices/{}", route::revoke_device, access::device},
    endpoint{"GET", "/v1/settings", route::settings, access::device},
    endpoint{"PUT", "/v1/settings", route::put_settings, access::device, small_body},
    endpoint{"GET", "/v1/conversations/{}/settings", route::conversation_settings, access::device},
    endpoint{"PUT", "/v1/conversations/{}/settings", route::put_conversation_settings, access::device, small_body},

    endpoint{"POST", "/v1/links", route::open_link, access::open, small_body},
    endpoint{"POST", "/v1/links/claim", route::claim_link, access::device, small_body},
    endpoint{"GET", "/v1/links/{}", route::wait_for_link, access::open},
    endpoint{"POST", "/v1/links/{}/confirm", route::confirm_link, access::device},
    endpoint{"POST", "/v1/links/{}/refuse", route::refuse_link, access::device},
    endpoint{"POST", "/v1/conversations", route::create_conversation, access::device, small_body},
    endpoint{"POST", "/v1/conversations/{}/changes", route::change_conversation, access::device, small_body},

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
  // A path that is spelt out is not an {id} besides.
  const bool spelt = std::ranges::count(table, path, &endpoint::path) > 0;
  for (const auto& e : table) {
    std::string_view id;
    if (spelt ? e.path != path : !matches(e.path, path, id)) continue;
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
