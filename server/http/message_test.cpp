#include "http/message.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

namespace dunlin::http {
namespace {

TEST(Problem, HasAStableTypeAndTheStatus) {
  const auto p = problem(404, "not_member", "No such conversation", "a \"detail\"");
  EXPECT_EQ(p.status, 404);
  EXPECT_EQ(p.content_type, "application/problem+json");
  const auto body = boost::json::parse(p.body).as_object();
  EXPECT_EQ(body.at("type"), "urn:dunlin:problem:not-member");
  EXPECT_EQ(body.at("status"), 404);
  EXPECT_EQ(body.at("title"), "No such conversation");
  EXPECT_EQ(body.at("detail"), "a \"detail\"");
}

TEST(Query, GivesParametersDecoded) {
  EXPECT_EQ(query_value("from=3&limit=7", "limit"), "7");
  EXPECT_EQ(query_value("a=%41+b%2", "a"), "A b%2");
  EXPECT_EQ(query_value("from&x=1", "from"), "");
  EXPECT_EQ(query_value("x=1&x=2", "x"), "1");
  EXPECT_EQ(query_value("%66rom=5", "from"), "5");
  EXPECT_FALSE(query_value("fromm=3", "from"));
  EXPECT_FALSE(query_value("", "from"));
  EXPECT_FALSE(query_value("&&&", "from"));
}

TEST(BearerToken, IsWhatStandsBehindTheScheme) {
  EXPECT_EQ(bearer_token("Bearer abc"), "abc");
  EXPECT_EQ(bearer_token("bearer  abc "), "abc");
  EXPECT_FALSE(bearer_token(""));
  EXPECT_FALSE(bearer_token("Bearer"));
  EXPECT_FALSE(bearer_token("Basic abc"));
}

TEST(Accept, AsksForProtobufByName) {
  constexpr auto type = "application/x-protobuf";
  EXPECT_TRUE(accepts("application/x-protobuf", type));
  EXPECT_TRUE(accepts("Application/X-Protobuf;q=0.9, */*", type));
  EXPECT_FALSE(accepts("application/json, */*", type));
  EXPECT_FALSE(accepts("*/*, application/x-protobuf", type));
  EXPECT_FALSE(accepts("application/x-protobuf;q=0", type));
  EXPECT_FALSE(accepts("", type));
}

}  // namespace
}  // namespace dunlin::http
