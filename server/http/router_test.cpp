#include "http/router.hpp"

#include <gtest/gtest.h>

namespace dunlin::http {
namespace {

TEST(Router, FindsEachPath) {
  EXPECT_EQ(find_route("GET", "/healthz").to, route::health);
  EXPECT_EQ(find_route("GET", "/readyz").to, route::ready);
  EXPECT_EQ(find_route("GET", "/metrics").to, route::metrics);
  EXPECT_EQ(find_route("GET", "/v1/state").to, route::state);
  EXPECT_EQ(find_route("GET", "/mqtt").to, route::websocket);
  const auto records = find_route("GET", "/v1/conversations/abc/records");
  EXPECT_EQ(records.to, route::records);
  EXPECT_EQ(records.id, "abc");
}

TEST(Router, KnowsNothingElse) {
  for (const auto* path :
       {"", "/", "/healthz/", "/HEALTHZ", "//healthz", "/v1/conversations//records", "/v1/conversations/records",
        "/v1/conversations/a/b/records", "/v1/conversations/a/records/", "/v1", "/../metrics"}) {
    EXPECT_EQ(find_route("GET", path).to, route::none) << path;
    EXPECT_FALSE(find_route("GET", path).allowed) << path;
  }
}

TEST(Router, SaysWhichMethodsAPathTakes) {
  EXPECT_TRUE(find_route("HEAD", "/metrics").allowed);
  EXPECT_TRUE(find_route("OPTIONS", "/metrics").allowed);
  EXPECT_FALSE(find_route("POST", "/metrics").allowed);
  EXPECT_EQ(find_route("POST", "/metrics").allow, "GET, HEAD, OPTIONS");
  EXPECT_FALSE(find_route("HEAD", "/mqtt").allowed);
  EXPECT_FALSE(find_route("get", "/metrics").allowed);
  EXPECT_TRUE(find_route("OPTIONS", "*").allowed);
  EXPECT_FALSE(find_route("GET", "*").allowed);
}

}  // namespace
}  // namespace dunlin::http
