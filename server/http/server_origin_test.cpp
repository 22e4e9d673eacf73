// Which pages may ask, and how often who may.
#include <gmock/gmock.h>

#include "http/origin.hpp"
#include "http/test_rig.hpp"

namespace dunlin::http {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Page, IsOwnNamedOrForeign) {
  const std::vector<std::string> named = {"https://app.example"};
  EXPECT_EQ(page_of("", "chat.example", named), page::none);
  EXPECT_EQ(page_of("https://chat.example", "chat.example", named), page::own);
  EXPECT_EQ(page_of("https://APP.example", "chat.example", named), page::named);
  for (const auto* origin :
       {"null", "https://app.example.evil", "https://evil/chat.example", "chat.example", "http://app.example"}) {
    EXPECT_EQ(page_of(origin, "chat.example", named), page::foreign) << origin;
  }
  const std::vector<std::string> all = {"*"};
  EXPECT_EQ(page_of("null", "chat.example", all), page::named);
}

options with_limits() {
  options o;
  o.named_origins = {"https://app.example"};
  o.proxies = {*parse_network("127.0.0.1")};
  o.limits[static_cast<std::size_t>(limit::sign_ins)] = {3, 3'600'000};
  return o;
}

class Admission : public HttpServer {
 protected:
  Admission() : HttpServer(with_limits()) {}
};

TEST_F(Admission, AForeignPageGetsNothing) {
  const auto ada = add("ada");
  const auto answer = get("/v1/state", bearer(ada) + "Origin: https://evil.example\r\n");
  EXPECT_EQ(status_of(answer), 403);
  EXPECT_THAT(answer, HasSubstr("urn:dunlin:problem:foreign-origin"));
  EXPECT_THAT(answer, Not(HasSubstr("Access-Control-Allow-Origin")));
  EXPECT_EQ(metric("dunlin_http_bad_requests_total{reason=\"foreign_origin\"}"), 1U);
}

TEST_F(Admission, PagesOfItsOwnNeedNoLeave) {
  const auto ada = add("ada");
  const auto answer = get("/v1/state", bearer(ada) + "Origin: http://x\r\n");
  EXPECT_EQ(status_of(answer), 200);
  EXPECT_THAT(answer, Not(HasSubstr("Access-Control-Allow-Origin")));
}

TEST_F(Admission, ANamedPageIsToldThatItMayRead) {
  const auto ada = add("ada");
  const std::string origin = "Origin: https://app.example\r\n";
  for (const auto& [headers, status] : {std::pair{bearer(ada) + origin, 200}, std::pair{origin, 401},
                                        std::pair{std::string("Authorization: x\r\n") + origin, 401}}) {
    const auto answer = get("/v1/state", headers);
    EXPECT_EQ(status_of(answer), status);
    EXPECT_THAT(answer, HasSubstr("Access-Control-Allow-Origin: https://app.example\r\n"));
    EXPECT_THAT(answer, HasSubstr("Vary: Origin\r\n"));
  }
}

TEST_F(Admission, ANamedPageMayAskWhatItMaySend) {
  test_client client(port);
  client.send(
      "OPTIONS /v1/state HTTP/1.1\r\nHost: x\r\nOrigin: https://app.example\r\n"
      "Access-Control-Request-Method: GET\r\nAccess-Control-Request-Headers: authorization\r\n\r\n");
  const auto answer = client.answer();
  EXPECT_EQ(status_of(answer), 204);
  EXPECT_THAT(answer, HasSubstr("Access-Control-Allow-Methods: GET, HEAD, OPTIONS\r\n"));
  EXPECT_THAT(answer, HasSubstr("Access-Control-Allow-Headers: Authorization, Content-Type, If-None-Match\r\n"));
}

TEST_F(Admission, WhoShowsManyWrongTokensWaits) {
  const auto ada = add("ada");
  const std::string wrong = "Authorization: Bearer wrong\r\n";
  for (int i = 0; i < 3; ++i) EXPECT_EQ(status_of(get("/v1/state", wrong)), 401);
  const auto answer = get("/v1/state", wrong);
  EXPECT_EQ(status_of(answer), 429);
  EXPECT_THAT(answer, HasSubstr("urn:dunlin:problem:rate-limited"));
  EXPECT_THAT(answer, testing::ContainsRegex("Retry-After: 1[0-9][0-9][0-9]\r\n"));
  EXPECT_EQ(metric("dunlin_http_rate_limited_total{limit=\"sign_ins\"}"), 1U);
  // The right one waits too: it might be a guess.
  EXPECT_EQ(status_of(get("/v1/state", bearer(ada))), 429);
  // Another client behind the same proxy does not.
  EXPECT_EQ(status_of(get("/v1/state", bearer(ada) + "X-Forwarded-For: 192.0.2.1\r\n")), 200);
}

TEST_F(Admission, WhatNeedsNoTokenIsAnsweredAllTheSame) {
  for (int i = 0; i < 5; ++i) get("/v1/state", "Authorization: Bearer wrong\r\n");
  EXPECT_EQ(status_of(get("/healthz")), 200);
}

TEST_F(Admission, ARequestHasOneAuthorization) {
  const auto ada = add("ada");
  EXPECT_EQ(status_of(get("/v1/state", bearer(ada) + bearer(ada))), 400);
}

}  // namespace
}  // namespace dunlin::http
