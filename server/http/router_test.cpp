#include "http/router.hpp"

#include <cctype>
#include <fstream>
#include <set>

#include <gtest/gtest.h>

namespace dunlin::http {
namespace {

route where(std::string_view method, std::string_view path) {
  const auto found = find_route(method, path);
  return found.to == nullptr ? route::none : found.to->to;
}

TEST(Router, FindsEachPath) {
  EXPECT_EQ(where("GET", "/healthz"), route::health);
  EXPECT_EQ(where("GET", "/readyz"), route::ready);
  EXPECT_EQ(where("GET", "/metrics"), route::metrics);
  EXPECT_EQ(where("GET", "/v1/state"), route::state);
  EXPECT_EQ(where("GET", "/mqtt"), route::websocket);
  const auto records = find_route("GET", "/v1/conversations/abc/records");
  EXPECT_EQ(records.to->to, route::records);
  EXPECT_EQ(records.id, "abc");
}

TEST(Router, DecodesThePartOfAPathThatStandsForSomething) {
  EXPECT_EQ(find_route("GET", "/v1/conversations/%61b+c/records").id, "ab+c");
  // A slash within it is a part of it, and makes no other path.
  EXPECT_EQ(find_route("GET", "/v1/conversations/a%2fb/records").id, "a/b");
}

TEST(Router, KnowsNothingElse) {
  for (const auto* path :
       {"", "/", "/healthz/", "/HEALTHZ", "//healthz", "/v1/conversations//records", "/v1/conversations/records",
        "/v1/conversations/a/b/records", "/v1/conversations/a/records/", "/v1", "/../metrics"}) {
    EXPECT_EQ(where("GET", path), route::none) << path;
    EXPECT_EQ(find_route("GET", path).allow, "") << path;
  }
}

TEST(Router, SaysWhichMethodsAPathTakes) {
  EXPECT_EQ(where("HEAD", "/metrics"), route::metrics);
  EXPECT_EQ(where("POST", "/metrics"), route::none);
  EXPECT_EQ(find_route("POST", "/metrics").allow, "GET, HEAD, OPTIONS");
  EXPECT_EQ(where("HEAD", "/mqtt"), route::none);
  EXPECT_EQ(find_route("HEAD", "/mqtt").allow, "GET, OPTIONS");
  EXPECT_EQ(where("get", "/metrics"), route::none);
  EXPECT_EQ(find_route("OPTIONS", "*").allow, "GET, HEAD, OPTIONS");
  EXPECT_EQ(find_route("GET", "*").allow, "");
}

TEST(Router, APathThatIsSpeltOutIsNoId) {
  EXPECT_EQ(where("POST", "/v1/links/claim"), route::claim_link);
  EXPECT_EQ(where("GET", "/v1/links/claim"), route::none);
  EXPECT_EQ(find_route("GET", "/v1/links/claim").allow, "POST, OPTIONS");
  EXPECT_EQ(where("GET", "/v1/accounts/lookup"), route::none);
  EXPECT_EQ(where("GET", "/v1/accounts/lookups"), route::profile);
}

// The paths and methods of an OpenAPI document that is written as docs/openapi.yaml is.
std::set<std::string> described() {
  std::ifstream in(DUNLIN_OPENAPI);
  EXPECT_TRUE(in) << DUNLIN_OPENAPI;
  std::set<std::string> out;
  std::string path;
  for (std::string line; std::getline(in, line) && line != "components:";) {
    if (line.starts_with("  /")) path = line.substr(2, line.size() - 3);
    const auto end = line.find(':');
    if (!line.starts_with("    ") || line[4] == ' ' || end != line.size() - 1) continue;
    std::string method;
    for (const char c : line.substr(4, end - 4))
      method += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    if (method != "PARAMETERS") out.insert(method.append(" ").append(path));
  }
  return out;
}

TEST(Router, WhatIsThereIsWhatTheDocumentSays) {
  std::set<std::string> there;
  for (const auto& e : endpoints()) {
    if (e.to == route::websocket) continue;  // no HTTP behind its handshake
    there.insert(std::string(e.method) + " " + std::string(e.path));
  }
  std::set<std::string> said;
  for (auto one : described()) {
    const auto hole = one.find('{');
    if (hole != std::string::npos) one.replace(hole + 1, one.find('}') - hole - 1, "");
    said.insert(one);
  }
  EXPECT_EQ(there, said);
}

TEST(Router, EachMethodOfAPathHasOneHandler) {
  std::set<std::pair<std::string_view, std::string_view>> places;
  std::set<route> handlers;
  for (const auto& e : endpoints()) {
    EXPECT_TRUE(places.emplace(e.method, e.path).second) << e.method << ' ' << e.path;
    EXPECT_TRUE(handlers.insert(e.to).second) << e.method << ' ' << e.path;
    EXPECT_TRUE(e.who == access::device || e.max_body <= small_body) << e.path;
  }
}

}  // namespace
}  // namespace dunlin::http
