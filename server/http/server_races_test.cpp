// Fifty clients that ask for the same at once, over sockets.
#include <algorithm>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include "http/test_rig.hpp"

namespace dunlin::http {
namespace {

namespace json = boost::json;
constexpr int crowd = 50;

class Races : public HttpServer {
 protected:
  std::string invited(std::uint64_t uses) {
    std::promise<std::string> code;
    people.add_invite({uses, 0, {}}, direct, [&](const auto& made) { code.set_value(made->code); });
    return code.get_future().get();
  }
  std::uint64_t used(const std::string& code) {
    return on_store([&] { return tables.tables().invites.find(code)->used; });
  }
  std::string request(const std::string& handle, const std::string& code) {
    return json::serialize(json::object{{"invite", code},
                                        {"account", to_text(random.id<account_id>())},
                                        {"handle", handle},
                                        {"name", "Somebody"},
                                        {"device", to_text(random.id<device_id>())},
                                        {"device_name", "phone"},
                                        {"token", to_text(accounts::make_token(random))}});
  }
  std::vector<int> sign_up(const std::vector<std::string>& bodies) {
    return at_once(crowd,
                   [&](int i) { return status_of(send("POST", "/v1/accounts", bodies[static_cast<std::size_t>(i)])); });
  }
};

TEST_F(Races, OneInviteWithOneUseLetsOneIn) {
  const auto code = invited(1);
  std::vector<std::string> bodies;
  for (int i = 0; i < crowd; ++i) bodies.push_back(request("person" + std::to_string(i), code));
  const auto statuses = sign_up(bodies);
  EXPECT_EQ(std::ranges::count(statuses, 201), 1);
  EXPECT_EQ(std::ranges::count(statuses, 410), crowd - 1);
  EXPECT_EQ(on_store([&] { return *tables.account_count(); }), 1U);
  EXPECT_EQ(used(code), 1U);
}

TEST_F(Races, OneHandleIsGivenOnceWhateverItLooksLike) {
  const auto code = invited(crowd);
  std::vector<std::string> bodies;
  const std::vector<std::string> looks = {"bobby", "b0bby", "b.obby", "bob-by", "bobb_y"};
  for (int i = 0; i < crowd; ++i) bodies.push_back(request(looks[static_cast<std::size_t>(i) % looks.size()], code));
  const auto statuses = sign_up(bodies);
  EXPECT_EQ(std::ranges::count(statuses, 201), 1);
  EXPECT_EQ(std::ranges::count(statuses, 409), crowd - 1);
  EXPECT_EQ(used(code), 1U);
}

TEST_F(Races, Q2_OneSignUpSentManyTimesIsOne) {
  const auto code = invited(1);
  const std::vector<std::string> bodies(crowd, request("ada", code));
  const auto statuses = sign_up(bodies);
  EXPECT_EQ(std::ranges::count(statuses, 201), 1);
  EXPECT_EQ(std::ranges::count(statuses, 200), crowd - 1);
  EXPECT_EQ(streams.told().size(), 1U);
}

TEST_F(Races, OneLinkCodeIsClaimedByOne) {
  std::vector<accounts::issued> everybody;
  for (int i = 0; i < crowd; ++i) everybody.push_back(add("person" + std::to_string(i)));
  const json::object asks{{"device", to_text(device_id{9, 9})},
                          {"device_name", "laptop"},
                          {"token", to_text(accounts::make_token(random))}};
  const auto opened = json::parse(body_of(send("POST", "/v1/links", json::serialize(asks)))).as_object();
  const auto body = json::serialize(json::object{{"code", opened.at("code")}});
  const auto statuses = at_once(crowd, [&](int i) {
    return status_of(send("POST", "/v1/links/claim", body, bearer(everybody[static_cast<std::size_t>(i)])));
  });
  EXPECT_EQ(std::ranges::count(statuses, 200), 1);
  EXPECT_EQ(std::ranges::count(statuses, 404), crowd - 1);
}

TEST_F(Races, Q2_OneConfirmationSentManyTimesLinksOnce) {
  const auto ada = add("ada");
  const json::object asks{{"device", to_text(device_id{9, 9})},
                          {"device_name", "laptop"},
                          {"token", to_text(accounts::make_token(random))}};
  const auto opened = json::parse(body_of(send("POST", "/v1/links", json::serialize(asks)))).as_object();
  send("POST", "/v1/links/claim", json::serialize(json::object{{"code", opened.at("code")}}), bearer(ada));
  const auto path = "/v1/links/" + std::string(opened.at("link").as_string()) + "/confirm";
  const auto statuses = at_once(crowd, [&](int) { return status_of(send("POST", path, "{}", bearer(ada))); });
  EXPECT_EQ(std::ranges::count(statuses, 200), crowd);
  EXPECT_EQ(streams.told().size(), 2U);
}

TEST_F(Races, S2_TwoWhoBeginADirectConversationAtOnceMeetInOne) {
  const accounts::issued both[] = {add("ada"), add("ben")};
  std::vector<message_id> ids;
  for (int i = 0; i < crowd; ++i) ids.push_back(random.message(1'700'000'000'000));
  const auto answers = at_once(crowd, [&](int i) {
    const auto& who = both[i % 2];
    const auto& other = both[(i + 1) % 2];
    const json::object body{
        {"id", to_text(ids[static_cast<std::size_t>(i)])}, {"kind", "direct"}, {"with", to_text(other.who.account)}};
    return send("POST", "/v1/conversations", json::serialize(body), bearer(who));
  });
  EXPECT_EQ(std::ranges::count(answers, 201, status_of), 1);
  EXPECT_EQ(std::ranges::count(answers, 200, status_of), crowd - 1);
  for (const auto& answer : answers) EXPECT_EQ(body_of(answer), body_of(answers[0]));
  EXPECT_EQ(streams.conversations().size(), 1U);
}

}  // namespace
}  // namespace dunlin::http
