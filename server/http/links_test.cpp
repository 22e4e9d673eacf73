#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>

#include "http/test_rig.hpp"

namespace dunlin::http {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

class Links : public HttpServer {
 protected:
  explicit Links(options o = {}) : HttpServer(std::move(o)) { ada = add("ada"); }

  static json::object object(const std::string& answer) { return json::parse(body_of(answer)).as_object(); }
  std::string open() {
    const json::object body{{"device", to_text(laptop)}, {"device_name", "laptop"}, {"token", to_text(secret)}};
    return send("POST", "/v1/links", json::serialize(body));
  }
  [[nodiscard]] std::string with_token() const { return "Authorization: Bearer " + to_text(secret) + "\r\n"; }
  std::string wait(const std::string& link, const std::string& query = "") {
    return get("/v1/links/" + link + query, with_token());
  }
  std::string claim(const std::string& code, const accounts::issued& who) {
    return send("POST", "/v1/links/claim", json::serialize(json::object{{"code", code}}), bearer(who));
  }
  std::string decide(const std::string& link, const std::string& how, const accounts::issued& who) {
    return send("POST", "/v1/links/" + link + "/" + how, "{}", bearer(who));
  }

  device_id laptop{9, 9};
  accounts::token secret = accounts::make_token(random);
  accounts::issued ada;
};

TEST_F(Links, ANewDeviceIsLetIn) {
  const auto opened = open();
  ASSERT_EQ(status_of(opened), 201) << opened;
  const std::string link(object(opened).at("link").as_string());
  const std::string code(object(opened).at("code").as_string());
  EXPECT_THAT(code, testing::MatchesRegex("[0-9A-Z]{4}-[0-9A-Z]{4}"));
  EXPECT_EQ(body_of(open()), body_of(opened));
  EXPECT_EQ(body_of(wait(link)), R"({"state":"waiting"})");

  auto waits = std::async(std::launch::async, [&] { return wait(link, "?wait=25"); });
  const auto claimed = claim(code, ada);
  ASSERT_EQ(status_of(claimed), 200) << claimed;
  EXPECT_EQ(object(claimed).at("link").as_string(), link);
  EXPECT_EQ(object(claimed).at("device_name"), "laptop");
  EXPECT_EQ(body_of(waits.get()), R"({"state":"seen","handle":"ada"})");
  EXPECT_EQ(body_of(wait(link, "?wait=25")), R"({"state":"seen","handle":"ada"})");
  EXPECT_EQ(status_of(get("/v1/devices", with_token())), 401);

  auto waits_on = std::async(std::launch::async, [&] { return wait(link, "?wait=25&state=seen"); });
  EXPECT_EQ(status_of(decide(link, "confirm", ada)), 200);
  EXPECT_EQ(body_of(waits_on.get()),
            R"({"state":"linked","handle":"ada","account":")" + to_text(ada.who.account) + "\"}");
  EXPECT_EQ(object(get("/v1/devices", with_token())).at("devices").as_array().size(), 2U);
}

TEST_F(Links, ARefusedDeviceIsToldAndStaysOut) {
  const auto opened = object(open());
  const std::string link(opened.at("link").as_string());
  claim(std::string(opened.at("code").as_string()), ada);
  EXPECT_EQ(status_of(decide(link, "refuse", ada)), 200);
  EXPECT_EQ(body_of(wait(link)), R"({"state":"refused"})");
  const auto late = decide(link, "confirm", ada);
  EXPECT_EQ(status_of(late), 409);
  EXPECT_THAT(late, HasSubstr("urn:dunlin:problem:link-over"));
}

TEST_F(Links, WrongCodesAndForeignLinksAreUnknown) {
  const auto ben = add("ben");
  const auto opened = object(open());
  const std::string link(opened.at("link").as_string());
  EXPECT_EQ(status_of(claim("AAAA-AAAA", ada)), 404);
  EXPECT_EQ(status_of(claim("x", ada)), 404);
  EXPECT_EQ(status_of(decide(link, "confirm", ada)), 404);
  claim(std::string(opened.at("code").as_string()), ada);
  const auto taken = claim(std::string(opened.at("code").as_string()), ben);
  EXPECT_EQ(status_of(taken), 404);
  EXPECT_THAT(taken, HasSubstr("urn:dunlin:problem:code-unknown"));
  EXPECT_EQ(status_of(decide(link, "confirm", ben)), 404);
  EXPECT_EQ(status_of(decide("x", "refuse", ada)), 404);
}

TEST_F(Links, OnlyTheNewDeviceMayWait) {
  const std::string link(object(open()).at("link").as_string());
  EXPECT_EQ(status_of(get("/v1/links/" + link)), 401);
  EXPECT_EQ(status_of(get("/v1/links/" + link, bearer(ada))), 401);
  EXPECT_EQ(status_of(wait(to_text(device_id{1, 1}))), 404);
  EXPECT_EQ(status_of(wait("x")), 404);
  for (const auto* query : {"?wait=26", "?wait=-1", "?wait=x", "?state=linked"})
    EXPECT_EQ(status_of(wait(link, query)), 400) << query;
}

TEST_F(Links, WhatIsWrongIsNamed) {
  for (const auto* body : {R"({})", R"({"device":"x"})", R"({"code":"AAAA-AAAA"})"}) {
    EXPECT_EQ(status_of(send("POST", "/v1/links", body)), 422) << body;
  }
  EXPECT_EQ(status_of(send("POST", "/v1/links/claim", "{}", bearer(ada))), 422);
  EXPECT_EQ(status_of(send("POST", "/v1/links/claim", R"({"code":"AAAA-AAAA"})")), 401);
}

TEST_F(Links, Q3_ARevokedDeviceLetsNobodyIn) {
  const auto opened = object(open());
  const std::string link(opened.at("link").as_string());
  claim(std::string(opened.at("code").as_string()), ada);
  auto waits = std::async(std::launch::async, [&] { return wait(link, "?wait=25&state=seen"); });
  EXPECT_EQ(status_of(send("DELETE", "/v1/devices/" + to_text(ada.who.device), "", bearer(ada))), 204);
  EXPECT_EQ(body_of(waits.get()), R"({"state":"refused"})");
}

options limited() {
  options o;
  o.limits[static_cast<std::size_t>(limit::links)] = {2, 3'600'000};
  o.limits[static_cast<std::size_t>(limit::claims)] = {4, 3'600'000};
  o.limits[static_cast<std::size_t>(limit::misses)] = {6, 3'600'000};
  return o;
}

class LimitedLinks : public Links {
 protected:
  LimitedLinks() : Links(limited()) {}
};

TEST_F(LimitedLinks, TriesAreLimitedPerAccountAndInTotal) {
  const auto ben = add("ben");
  const auto carla = add("carla");
  for (int i = 0; i < 4; ++i) EXPECT_EQ(status_of(claim("AAAA-AAAA", ada)), 404);
  EXPECT_EQ(status_of(claim("AAAA-AAAA", ada)), 429);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(status_of(claim("AAAA-AAAA", ben)), 404);
  // Six were wrong: nobody may try any more, whoever it is.
  EXPECT_EQ(status_of(claim("AAAA-AAAA", ben)), 429);
  EXPECT_EQ(status_of(claim("AAAA-AAAA", carla)), 429);
  EXPECT_EQ(metric("dunlin_http_rate_limited_total{limit=\"claims\"}"), 1U);
  EXPECT_EQ(metric("dunlin_http_rate_limited_total{limit=\"misses\"}"), 2U);
}

TEST_F(LimitedLinks, OneAddressAsksForSoManyCodes) {
  EXPECT_EQ(status_of(open()), 201);
  EXPECT_EQ(status_of(open()), 201);
  EXPECT_EQ(status_of(open()), 429);
}

}  // namespace
}  // namespace dunlin::http
