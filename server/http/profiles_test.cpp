#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>

#include "accounts/test_pictures.hpp"
#include "http/test_rig.hpp"

namespace dunlin::http {
namespace {

namespace json = boost::json;
using accounts::test_jpeg;
using accounts::test_png;
using accounts::test_webp_lossy;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Profiles : public HttpServer {
 protected:
  explicit Profiles(options o = {}) : HttpServer(std::move(o)) {
    ada = add("ada");
    ben = add("ben");
  }
  static json::object object(const std::string& answer) {
    EXPECT_EQ(status_of(answer), 200) << answer;
    return json::parse(body_of(answer)).as_object();
  }
  json::object own() { return object(get("/v1/account", bearer(ada))); }
  std::string change(const std::string& body) { return send("PATCH", "/v1/account", body, bearer(ada)); }
  std::string put(const std::string& path, const std::string& data) {
    return send("PUT", path, data, bearer(ada), "application/octet-stream");
  }
  std::vector<std::string> search(const std::string& query) {
    std::vector<std::string> out;
    const auto answer = object(get("/v1/directory" + query, bearer(ben)));
    for (const auto& one : answer.at("profiles").as_array()) {
      out.emplace_back(one.at("handle").as_string());
    }
    return out;
  }

  accounts::issued ada;
  accounts::issued ben;
};

TEST_F(Profiles, ShowWhatTheirAccountsSaid) {
  const auto before = own();
  EXPECT_EQ(before.at("account").as_string(), to_text(ada.who.account));
  EXPECT_EQ(before.at("name"), "ada");
  EXPECT_EQ(before.at("version"), 1);
  EXPECT_TRUE(before.at("picture").is_null());
  EXPECT_GT(before.at("created").as_int64(), 0);
  const auto after = object(change(R"({"name":"Ada Lovelace","about":"Numbers"})"));
  EXPECT_EQ(after.at("version"), 2);
  const auto seen = object(get("/v1/accounts/" + to_text(ada.who.account), bearer(ben)));
  EXPECT_EQ(seen.at("name"), "Ada Lovelace");
  EXPECT_EQ(seen.at("about"), "Numbers");
  EXPECT_FALSE(seen.contains("created"));
  EXPECT_EQ(object(get("/v1/accounts/%40ADA", bearer(ben))), seen);
}

TEST_F(Profiles, Q1_AChangeIsAnsweredWhenTheAccountKnowsAndOthersLearnOfIt) {
  streams.put_audience(ada.who.account, {{ben.who.account}});
  EXPECT_EQ(status_of(change(R"({"name":"Ada Lovelace"})")), 200);
  const auto told_of = [&](account_id account) {
    std::vector<std::uint64_t> out;
    for (const auto& spec : streams.told()) {
      for (const auto& p : spec.profiles) {
        if (spec.account == account && p.of == ada.who.account) out.push_back(p.version);
      }
    }
    return out;
  };
  EXPECT_THAT(told_of(ada.who.account), ElementsAre(2));
  on_store([] { return 0; });
  put("/v1/account/picture", test_png(1, 1));
  EXPECT_THAT(told_of(ada.who.account), ElementsAre(2, 3));
  on_store([] { return 0; });
  EXPECT_THAT(told_of(ben.who.account), ElementsAre(2, 3));
}

TEST_F(Profiles, Q1_WhatCannotBeToldNowIsSaidAndARepeatWaitsForIt) {
  streams.answer_next({stream::verdict::refuse(stream::reason::no_space)});
  const auto answer = change(R"({"name":"Ada Lovelace"})");
  EXPECT_EQ(status_of(answer), 503);
  EXPECT_THAT(answer, HasSubstr("urn:dunlin:problem:untold"));
  EXPECT_EQ(object(change(R"({"name":"Ada Lovelace"})")).at("version"), 2);
}

TEST_F(Profiles, WhatIsWrongIsNamedAndChangesNothing) {
  for (const auto* body :
       {R"({"name":""})", R"({"name":null})", R"({"name":"x","about":"\u202e"})", R"({"handle":"x"})"}) {
    EXPECT_EQ(status_of(change(body)), 422) << body;
  }
  EXPECT_EQ(status_of(change("[]")), 400);
  EXPECT_EQ(own().at("version"), 1);
}

TEST_F(Profiles, UnknownOnesAreNotFound) {
  for (const auto* who : {"x", "@carla", "@", "ada"}) {
    const auto answer = get("/v1/accounts/" + std::string(who), bearer(ben));
    EXPECT_EQ(status_of(answer), 404) << who;
    EXPECT_THAT(answer, HasSubstr("urn:dunlin:problem:unknown-account"));
  }
  EXPECT_EQ(status_of(get("/v1/accounts/" + to_text(account_id{1, 1}), bearer(ben))), 404);
}

TEST_F(Profiles, ManyAreLookedUpAtOnce) {
  const json::object wanted{
      {"accounts", {to_text(ben.who.account), to_text(account_id{1, 1}), to_text(ada.who.account)}}};
  const auto found = object(send("POST", "/v1/accounts/lookup", json::serialize(wanted), bearer(ben)));
  EXPECT_EQ(found.at("profiles").as_array().size(), 2U);
  json::array many;
  for (int i = 0; i < 101; ++i) many.emplace_back(to_text(ada.who.account));
  EXPECT_EQ(
      status_of(send("POST", "/v1/accounts/lookup", json::serialize(json::object{{"accounts", many}}), bearer(ben))),
      422);
}

TEST_F(Profiles, AreFoundInTheDirectory) {
  change(R"({"name":"Augusta King"})");
  EXPECT_THAT(search("?q=king"), ElementsAre("ada"));
  EXPECT_THAT(search("?q=@ada"), ElementsAre("ada"));
  EXPECT_THAT(search(""), ElementsAre("ada", "ben"));
  EXPECT_THAT(search("?limit=1"), ElementsAre("ada"));
  EXPECT_THAT(search("?q=nobody"), IsEmpty());
  for (const auto* query : {"?limit=0", "?limit=51", "?limit=x"}) {
    EXPECT_EQ(status_of(get("/v1/directory" + std::string(query), bearer(ben))), 400) << query;
  }
  EXPECT_EQ(status_of(get("/v1/directory?q=" + std::string(129, 'x'), bearer(ben))), 400);
}

TEST_F(Profiles, APictureIsKnownByItsBytesAndServedInert) {
  for (const auto& [data, type] :
       {std::pair{test_png(1024, 1024), "image/png"}, std::pair{test_jpeg(3, 4), "image/jpeg"},
        std::pair{test_webp_lossy(5, 6), "image/webp"}}) {
    const auto set = object(put("/v1/account/picture", data));
    const std::string hash(set.at("picture").as_string());
    EXPECT_EQ(hash.size(), 52U);
    EXPECT_EQ(own().at("picture").as_string(), hash);
    const auto answer = get("/v1/pictures/" + hash, bearer(ben));
    ASSERT_EQ(status_of(answer), 200);
    EXPECT_EQ(body_of(answer), data);
    EXPECT_THAT(answer, HasSubstr("Content-Type: " + std::string(type) + "\r\n"));
    EXPECT_THAT(answer, HasSubstr("X-Content-Type-Options: nosniff\r\n"));
    EXPECT_THAT(answer, HasSubstr("Content-Security-Policy: default-src 'none'; sandbox; frame-ancestors 'none'\r\n"));
    EXPECT_THAT(answer, HasSubstr("Cache-Control: private, max-age=31536000, immutable\r\n"));
    const auto known = get("/v1/pictures/" + hash, bearer(ben) + "If-None-Match: \"" + hash + "\"\r\n");
    EXPECT_EQ(status_of(known), 304);
    EXPECT_EQ(body_of(known), "");
  }
  EXPECT_EQ(own().at("version"), 4);
}

TEST_F(Profiles, WhatIsNoPictureIsRefused) {
  const auto refused = [&](const std::string& data) {
    const int own_picture = status_of(put("/v1/account/picture", data));
    EXPECT_EQ(status_of(put("/v1/pictures", data)), own_picture);
    return own_picture;
  };
  EXPECT_EQ(refused("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"), 415);
  EXPECT_EQ(refused("GIF89a" + std::string(100, 'x')), 415);
  EXPECT_EQ(refused("<html>" + test_png(8, 8)), 415);
  EXPECT_EQ(refused(""), 415);
  EXPECT_EQ(refused(test_png(1025, 8)), 422);
  EXPECT_EQ(refused(test_jpeg(8, 1025)), 422);
  EXPECT_TRUE(own().at("picture").is_null());
}

TEST_F(Profiles, APictureHasAtMost256KiB) {
  const auto fits = test_png(8, 8, std::string(256 * 1024 - 33, 'x'));
  EXPECT_EQ(status_of(put("/v1/account/picture", fits)), 200);
  EXPECT_EQ(status_of(put("/v1/account/picture", fits + "x")), 413);
}

TEST_F(Profiles, OnlyWhoHasATokenSendsALargeBody) {
  test_client client(port);
  client.send("PUT /v1/pictures HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n");
  // Answered without having waited for the rest.
  EXPECT_EQ(status_of(client.until_closed()), 401);
}

TEST_F(Profiles, APictureGoesAndOneOfAGroupStays) {
  const auto mine = object(put("/v1/account/picture", test_png(1, 1))).at("picture");
  const auto kept = object(put("/v1/pictures", test_png(2, 2))).at("picture");
  const auto gone = object(send("DELETE", "/v1/account/picture", "", bearer(ada)));
  EXPECT_TRUE(gone.at("picture").is_null());
  EXPECT_EQ(status_of(get("/v1/pictures/" + std::string(mine.as_string()), bearer(ben))), 404);
  EXPECT_EQ(status_of(get("/v1/pictures/" + std::string(kept.as_string()), bearer(ben))), 200);
  EXPECT_EQ(status_of(get("/v1/pictures/" + std::string(kept.as_string()))), 401);
  EXPECT_EQ(status_of(get("/v1/pictures/../x", bearer(ben))), 404);
}

options limited() {
  options o;
  for (const auto which : {limit::lookups, limit::directory, limit::uploads, limit::writes}) {
    o.limits[static_cast<std::size_t>(which)] = {2, 3'600'000};
  }
  return o;
}

class LimitedProfiles : public Profiles {
 protected:
  LimitedProfiles() : Profiles(limited()) {}
};

TEST_F(LimitedProfiles, OneAccountMayAskSoOften) {
  const auto third = [&](auto ask) {
    EXPECT_NE(status_of(ask(ada)), 429);
    EXPECT_NE(status_of(ask(ada)), 429);
    EXPECT_NE(status_of(ask(ben)), 429);
    return status_of(ask(ada));
  };
  EXPECT_EQ(third([&](const auto& who) { return get("/v1/accounts/@ada", bearer(who)); }), 429);
  EXPECT_EQ(third([&](const auto& who) { return get("/v1/directory", bearer(who)); }), 429);
  EXPECT_EQ(third([&](const auto& who) { return send("PUT", "/v1/pictures", "x", bearer(who)); }), 429);
  EXPECT_EQ(third([&](const auto& who) { return send("PATCH", "/v1/account", "{}", bearer(who)); }), 429);
}

}  // namespace
}  // namespace dunlin::http
