#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>

#include "http/test_rig.hpp"

namespace dunlin::http {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

class Devices : public HttpServer {
 protected:
  Devices() {
    ada = add("ada");
    ben = add("ben");
    tablet = linked(ada.who.account, "tablet");
  }
  accounts::issued linked(account_id owner, const std::string& name) {
    std::promise<accounts::issued> made;
    accounts::link_request link;
    link.owner = owner;
    link.device_name = name;
    accounts.link_device(link, direct, [&](const auto& r) { made.set_value(r->all.front()); });
    return made.get_future().get();
  }
  json::array list(const accounts::issued& who) {
    return json::parse(body_of(get("/v1/devices", bearer(who)))).at("devices").as_array();
  }
  static std::string path(device_id device) { return "/v1/devices/" + to_text(device); }

  accounts::issued ada;
  accounts::issued ben;
  accounts::issued tablet;
};

TEST_F(Devices, AreListedTheEldestFirstAndKnowThemselves) {
  const auto all = list(tablet);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].at("device").as_string(), to_text(ada.who.device));
  EXPECT_EQ(all[0].at("current"), false);
  EXPECT_EQ(all[0].at("last_seen"), 0);
  EXPECT_EQ(all[1].at("name"), "tablet");
  EXPECT_EQ(all[1].at("current"), true);
  EXPECT_GE(all[1].at("last_seen").as_int64(), all[1].at("created").as_int64());
}

TEST_F(Devices, AreRenamedByTheirOwner) {
  EXPECT_EQ(status_of(send("PATCH", path(tablet.who.device), R"({"name":"Kitchen"})", bearer(ada))), 204);
  EXPECT_EQ(list(ada)[1].at("name"), "Kitchen");
  EXPECT_EQ(status_of(send("PATCH", path(tablet.who.device), R"({"name":"x"})", bearer(ben))), 404);
  EXPECT_EQ(status_of(send("PATCH", "/v1/devices/x", R"({"name":"x"})", bearer(ada))), 404);
  for (const auto* body : {R"({"name":"a\nb"})", R"({})", R"({"name":1})"}) {
    EXPECT_EQ(status_of(send("PATCH", path(tablet.who.device), body, bearer(ada))), 422) << body;
  }
}

TEST_F(Devices, Q3_OneThatIsRevokedIsOutAtOnce) {
  EXPECT_EQ(list(tablet).size(), 2U);
  EXPECT_EQ(status_of(send("DELETE", path(tablet.who.device), "", bearer(ben))), 404);
  EXPECT_EQ(status_of(send("DELETE", path(tablet.who.device), "", bearer(ada))), 204);
  EXPECT_TRUE(streams.told().back().devices.front().revoked);
  EXPECT_EQ(status_of(get("/v1/devices", bearer(tablet))), 401);
  EXPECT_EQ(list(ada).size(), 1U);
  // A repeat after a lost answer.
  EXPECT_EQ(status_of(send("DELETE", path(tablet.who.device), "", bearer(ada))), 204);
  EXPECT_EQ(status_of(send("DELETE", path(device_id{1, 1}), "", bearer(ada))), 404);
}

TEST_F(Devices, ADeviceMayLogItselfOut) {
  EXPECT_EQ(status_of(send("DELETE", path(tablet.who.device), "", bearer(tablet))), 204);
  EXPECT_EQ(status_of(get("/v1/devices", bearer(tablet))), 401);
}

class SettingsOverHttp : public Devices {
 protected:
  SettingsOverHttp() {
    engine::conversation_spec spec;
    spec.id = talk;
    spec.members = {ada.who.account};
    streams.create(spec, [](const auto&) {});
  }
  std::string put(const std::string& at, const std::string& body) { return send("PUT", at, body, bearer(ada)); }
  stream_id talk{7, 8};
  std::string of_talk = "/v1/conversations/" + to_text(stream_id{7, 8}) + "/settings";
};

TEST_F(SettingsOverHttp, AreGivenBackAsTheyWere) {
  EXPECT_EQ(body_of(get("/v1/settings", bearer(ada))), R"({"version":0,"settings":{}})");
  EXPECT_EQ(body_of(put("/v1/settings", R"({"theme": "dark", "n": [1.50, null]})")), R"({"version":1})");
  EXPECT_EQ(body_of(put(of_talk, R"({"pinned":true})")), R"({"version":2})");
  EXPECT_EQ(body_of(get("/v1/settings", bearer(tablet))),
            R"({"version":1,"settings":{"theme": "dark", "n": [1.50, null]}})");
  EXPECT_EQ(body_of(get(of_talk, bearer(ada))), R"({"version":2,"settings":{"pinned":true}})");
  EXPECT_EQ(body_of(get("/v1/settings", bearer(ben))), R"({"version":0,"settings":{}})");
}

TEST_F(SettingsOverHttp, Q1_AreToldToTheOtherDevices) {
  put(of_talk, R"({"pinned": true})");
  const auto told = streams.told().back();
  EXPECT_EQ(told.account, ada.who.account);
  EXPECT_EQ(told.version, 0U);
  ASSERT_EQ(told.put.size(), 1U);
  EXPECT_EQ(told.put[0].conversation, talk);
  EXPECT_EQ(told.put[0].version, 1U);
  EXPECT_EQ(told.put[0].json, R"({"pinned": true})");
  const auto times = streams.told().size();
  put(of_talk, R"({"pinned": true})");
  EXPECT_EQ(streams.told().size(), times);
}

TEST_F(SettingsOverHttp, AreAnObjectOfAtMost4KiB) {
  EXPECT_EQ(status_of(put("/v1/settings", "[]")), 400);
  EXPECT_EQ(status_of(put("/v1/settings", "x")), 400);
  EXPECT_EQ(status_of(put("/v1/settings", R"({"a":")" + std::string(4096 - 8, 'x') + "\"}")), 200);
  EXPECT_EQ(status_of(put("/v1/settings", R"({"a":")" + std::string(4096 - 7, 'x') + "\"}")), 413);
  EXPECT_EQ(status_of(send("PUT", "/v1/settings", "{}", bearer(ada), "text/plain")), 415);
}

TEST_F(SettingsOverHttp, OfAConversationAreForItsMembers) {
  for (const auto& at : {of_talk, "/v1/conversations/" + to_text(stream_id{1, 1}) + "/settings",
                         std::string("/v1/conversations/x/settings")}) {
    EXPECT_EQ(status_of(send("PUT", at, "{}", bearer(ben))), 404) << at;
    const auto answer = get(at, bearer(ben));
    EXPECT_EQ(status_of(answer), 404) << at;
    EXPECT_THAT(answer, HasSubstr("urn:dunlin:problem:not-member"));
  }
}

}  // namespace
}  // namespace dunlin::http
