#include "http/json_body.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

namespace dunlin::http {
namespace {

request with(std::string body, std::string type = "application/json") {
  request out;
  out.content_type = std::move(type);
  out.body = std::move(body);
  return out;
}

// The status and field of what is wrong with a body, of which `take` takes the fields.
template <class Take>
std::pair<int, std::string> fault_of(const request& what, Take take) {
  json_body body(what);
  take(body);
  const auto wrong = body.wrong();
  if (!wrong) return {200, ""};
  const auto json = boost::json::parse(wrong->body).as_object();
  const auto* field = json.if_contains("field");
  return {wrong->status, field == nullptr ? "" : std::string(field->as_string())};
}

using fault = std::pair<int, std::string>;
constexpr auto nothing = [](json_body&) {};
constexpr auto a_name = [](json_body& body) { body.text("name", 5); };

TEST(JsonBody, GivesItsFields) {
  const auto what =
      with(R"({"name":"Zoë","id":"aaaaaaaaaaaaaaaaaaaaaaaaae","all":["x","y"],"on":true,"roles":{"k":"v"},"none":"n"})",
           "Application/JSON; charset=utf-8");
  json_body body(what);
  EXPECT_EQ(body.text("name", 4), "Zoë");
  EXPECT_EQ(body.id<account_id>("id"), (account_id{0, 1}));
  EXPECT_EQ(body.texts_if("all", 2), (std::vector<std::string>{"x", "y"}));
  EXPECT_TRUE(body.flag_if("on"));
  EXPECT_FALSE(body.flag_if("off"));
  EXPECT_EQ(body.pairs_if("roles", 1), (std::vector<std::pair<std::string, std::string>>{{"k", "v"}}));
  EXPECT_EQ(body.text_if("none", 1), "n");
  EXPECT_EQ(body.text_if("nothing", 1), std::nullopt);
  EXPECT_EQ(body.id_if<account_id>("nobody"), std::nullopt);
  EXPECT_FALSE(body.wrong());
}

TEST(JsonBody, AnotherMediaTypeGets415) {
  for (const auto* type : {"", "text/plain", "application/jsonx", "application/x-www-form-urlencoded"}) {
    EXPECT_EQ(fault_of(with("{}", type), nothing).first, 415) << type;
  }
}

TEST(JsonBody, WhatIsNoObjectGets400) {
  for (const auto* text : {"", "x", "[]", "\"x\"", "1", "null", "{", "{} {}", "{\"a\":\"\xff\"}", "{\"a\":NaN}",
                           R"({"a":{"b":{"c":{"d":{}}}}})"}) {
    EXPECT_EQ(fault_of(with(text), nothing).first, 400) << text;
  }
}

TEST(JsonBody, AWrongFieldGets422WithItsName) {
  EXPECT_EQ(fault_of(with("{}"), a_name), (fault{422, "name"}));
  EXPECT_EQ(fault_of(with(R"({"name":1})"), a_name), (fault{422, "name"}));
  EXPECT_EQ(fault_of(with(R"({"name":null})"), a_name), (fault{422, "name"}));
  EXPECT_EQ(fault_of(with(R"({"name":"sixsix"})"), a_name), (fault{422, "name"}));
  EXPECT_EQ(fault_of(with(R"({"name":"a","more":1})"), a_name), (fault{422, "more"}));
  EXPECT_EQ(fault_of(with(R"({"name":"a"})"), a_name), (fault{200, ""}));
  const auto an_id = [](json_body& body) { body.id<account_id>("id"); };
  for (const auto* id :
       {"", "x", "aaaaaaaaaaaaaaaaaaaaaaaaaa", "AAAAAAAAAAAAAAAAAAAAAAAAAE", "aaaaaaaaaaaaaaaaaaaaaaaaab"}) {
    EXPECT_EQ(fault_of(with(R"({"id":")" + std::string(id) + "\"}"), an_id), (fault{422, "id"})) << id;
  }
}

TEST(JsonBody, ARecordsIdIsAUuidOfVersion7) {
  const auto an_id = [](json_body& body) { body.record_id(); };
  const auto with_id = [&](message_id id) { return fault_of(with(R"({"id":")" + to_text(id) + "\"}"), an_id); };
  EXPECT_EQ(with_id({0x018bcfe56800'7fffU, 0xbfff'ffff'ffff'ffffU}), (fault{200, ""}));
  EXPECT_EQ(with_id({0x018bcfe56800'4fffU, 0xbfff'ffff'ffff'ffffU}), (fault{422, "id"}));
  EXPECT_EQ(with_id({0x018bcfe56800'7fffU, 0xffff'ffff'ffff'ffffU}), (fault{422, "id"}));
}

TEST(JsonBody, NullIsSomethingElseThanNothing) {
  const auto what = with(R"({"a":null,"b":"x"})");
  json_body body(what);
  const auto null = body.text_or_null_if("a", 1);
  ASSERT_TRUE(null);
  EXPECT_FALSE(*null);
  EXPECT_EQ(body.text_or_null_if("b", 1).value(), "x");
  EXPECT_FALSE(body.text_or_null_if("c", 1));
  EXPECT_FALSE(body.wrong());
}

TEST(JsonBody, ListsAndObjectsAreBounded) {
  const auto list = [](json_body& body) { body.texts_if("all", 2); };
  for (const auto* all : {R"(["a","b","c"])", R"(["a",1])", R"({})", R"("a")"}) {
    EXPECT_EQ(fault_of(with("{\"all\":" + std::string(all) + "}"), list), (fault{422, "all"})) << all;
  }
  const auto pairs = [](json_body& body) { body.pairs_if("all", 1); };
  for (const auto* all : {R"({"a":"b","c":"d"})", R"({"a":1})", R"([])"}) {
    EXPECT_EQ(fault_of(with("{\"all\":" + std::string(all) + "}"), pairs), (fault{422, "all"})) << all;
  }
}

TEST(JsonBody, TheFirstFaultIsTold) {
  const auto both = [](json_body& body) {
    body.text("a", 5);
    body.text("b", 5);
  };
  EXPECT_EQ(fault_of(with(R"({"b":1,"a":1,"c":1})"), both), (fault{422, "a"}));
}

TEST(AnObject, IsTakenWhateverIsInIt) {
  EXPECT_FALSE(not_an_object(with(R"({"a":{"b":[1,null,{"c":"d"}]}})"), 100));
  EXPECT_EQ(not_an_object(with("[]"), 100)->status, 400);
  EXPECT_EQ(not_an_object(with(R"({"a":"bcd"})"), 5)->status, 413);
  EXPECT_EQ(not_an_object(with("{}", "text/plain"), 5)->status, 415);
  EXPECT_EQ(not_an_object(with(std::string(40, '[') + std::string(40, ']')), 100)->status, 400);
}

}  // namespace
}  // namespace dunlin::http
