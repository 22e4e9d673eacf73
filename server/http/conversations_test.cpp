#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>

#include "accounts/test_pictures.hpp"
#include "http/test_rig.hpp"

namespace dunlin::http {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;

class Conversations : public HttpServer {
 protected:
  Conversations() {
    ada = add("ada");
    ben = add("ben");
    carla = add("carla");
  }
  std::string record_id() { return to_text(random.message(1'700'000'000'000)); }
  std::string post(const std::string& path, json::object body, const accounts::issued& who) {
    if (!body.contains("id")) body["id"] = record_id();
    return send("POST", path, json::serialize(body), bearer(who));
  }
  std::string create(const json::object& body) { return post("/v1/conversations", body, ada); }
  std::string direct_with(const accounts::issued& who, const accounts::issued& other) {
    return post("/v1/conversations", {{"kind", "direct"}, {"with", to_text(other.who.account)}}, who);
  }
  json::object group() const {
    return {{"kind", "group"},
            {"conversation", to_text(talk)},
            {"name", "Trip"},
            {"members", {to_text(ben.who.account), to_text(carla.who.account)}}};
  }
  std::string change(const json::object& body, const accounts::issued& who) {
    return post("/v1/conversations/" + to_text(talk) + "/changes", body, who);
  }
  static std::string made(const std::string& answer) {
    return std::string(json::parse(body_of(answer)).at("conversation").as_string());
  }

  stream_id talk{5, 6};
  accounts::issued ada;
  accounts::issued ben;
  accounts::issued carla;
};

TEST_F(Conversations, S2_TwoPeopleHaveOneDirectConversationWhoeverBegins) {
  const auto first = direct_with(ada, ben);
  const auto second = direct_with(ben, ada);
  EXPECT_EQ(status_of(first), 201) << first;
  EXPECT_EQ(status_of(second), 200);
  EXPECT_EQ(made(first), made(second));
  ASSERT_EQ(streams.conversations().size(), 1U);
  const auto spec = streams.conversations().begin()->second;
  EXPECT_TRUE(spec.direct);
  EXPECT_THAT(spec.members, testing::UnorderedElementsAre(ada.who.account, ben.who.account));
  EXPECT_NE(made(direct_with(ada, carla)), made(first));
}

TEST_F(Conversations, AGroupIsItsMakersAndARepeatIsTheSame) {
  const auto first = create(group());
  ASSERT_EQ(status_of(first), 201) << first;
  EXPECT_EQ(made(first), to_text(talk));
  EXPECT_EQ(status_of(create(group())), 200);
  const auto spec = streams.conversations().at(talk);
  EXPECT_EQ(spec.name, "Trip");
  EXPECT_FALSE(spec.direct);
  EXPECT_THAT(spec.members, ElementsAre(ada.who.account, ben.who.account, carla.who.account));
}

TEST_F(Conversations, WhatIsWrongIsNamed) {
  const auto refused = [&](const std::string& field, const auto& value) {
    auto body = group();
    body[field] = value;
    const auto answer = create(body);
    const auto problem = json::parse(body_of(answer)).as_object();
    return std::to_string(status_of(answer)) + " " + std::string(problem.at("field").as_string());
  };
  EXPECT_EQ(refused("kind", "channel"), "422 kind");
  EXPECT_EQ(refused("conversation", "x"), "422 conversation");
  EXPECT_EQ(refused("name", " "), "422 name");
  EXPECT_EQ(refused("name", std::string(129, 'x')), "422 name");
  EXPECT_EQ(refused("members", json::array{"x"}), "422 members");
  EXPECT_EQ(refused("members", json::array{to_text(account_id{1, 1})}), "404 members");
  EXPECT_EQ(refused("id", "x"), "422 id");
  EXPECT_EQ(refused("with", to_text(ben.who.account)), "422 with");
  json::array many;
  for (std::uint64_t i = 1; i <= 1024; ++i) many.emplace_back(to_text(account_id{1, i}));
  EXPECT_EQ(refused("members", many), "422 members");
  EXPECT_EQ(status_of(direct_with(ada, ada)), 409);
  EXPECT_TRUE(streams.conversations().empty());
}

TEST_F(Conversations, NobodyIsPutTogetherWithWhoIsNotThere) {
  accounts::issued nobody;
  nobody.who.account = {1, 1};
  const auto unknown = direct_with(ada, nobody);
  EXPECT_EQ(status_of(unknown), 404);
  EXPECT_THAT(unknown, HasSubstr("urn:dunlin:problem:unknown-account"));
  std::promise<void> gone;
  accounts.remove_account(ben.who.account, direct, [&](const auto&) { gone.set_value(); });
  gone.get_future().wait();
  EXPECT_EQ(status_of(direct_with(ada, ben)), 404);
}

TEST_F(Conversations, AnIdThatIsSomethingElsesIsAConflict) {
  create(group());
  streams.answer_next({stream::verdict::refuse(stream::reason::conflict)});
  EXPECT_EQ(status_of(create(group())), 409);
}

TEST_F(Conversations, MembersComeAndGoInTheNameOfWhoAsks) {
  const auto added = change({{"add", {to_text(carla.who.account)}}, {"remove", {to_text(ben.who.account)}}}, ada);
  ASSERT_EQ(status_of(added), 200) << added;
  EXPECT_EQ(body_of(added), R"({"seq":1})");
  ASSERT_EQ(streams.changes().size(), 1U);
  const auto first = streams.changes()[0];
  EXPECT_EQ(first.id, talk);
  EXPECT_EQ(first.actor, ada.who.account);
  EXPECT_THAT(first.add, ElementsAre(carla.who.account));
  EXPECT_THAT(first.remove, ElementsAre(ben.who.account));
}

TEST_F(Conversations, S3_WhatMakesARecordHasTheDevicesIdOfIt) {
  const auto id = record_id();
  const auto same = [&](const stream::request& by) {
    return by.device == ada.who.device && to_text(by.id) == id && !by.id.is_zero();
  };
  auto body = group();
  body["id"] = id;
  ASSERT_EQ(status_of(create(body)), 201);
  EXPECT_TRUE(same(streams.conversations().at(talk).by));
  EXPECT_EQ(streams.conversations().at(talk).creator, ada.who.account);
  ASSERT_EQ(status_of(change({{"id", id}, {"remove", {to_text(ben.who.account)}}}, ada)), 200);
  EXPECT_TRUE(same(streams.changes().at(0).by));
  ASSERT_EQ(status_of(change({{"id", id}, {"name", "Journey"}}, ada)), 200);
  EXPECT_TRUE(same(streams.looks().at(0).by));
  EXPECT_EQ(status_of(change({{"id", to_text(message_id{1, 1})}, {"name", "Journey"}}, ada)), 422);
}

class Looks : public Conversations {
 protected:
  std::string kept(std::uint32_t n) {
    const auto answer = send("PUT", "/v1/pictures", accounts::test_png(n, 1), bearer(ada), "image/png");
    return std::string(json::parse(body_of(answer)).at("picture").as_string());
  }
};

TEST_F(Looks, AGroupIsRenamedAndGetsAPicture) {
  const auto picture = kept(1);
  ASSERT_EQ(status_of(change({{"name", "Journey"}, {"picture", picture}}, ada)), 200);
  ASSERT_EQ(streams.looks().size(), 1U);
  const auto look = streams.looks()[0];
  EXPECT_EQ(look.id, talk);
  EXPECT_EQ(look.actor, ada.who.account);
  EXPECT_EQ(look.name, "Journey");
  const auto hash = accounts::picture_hash_from_text(picture)->bytes;
  EXPECT_EQ(look.picture, bytes(hash.begin(), hash.end()));
  ASSERT_EQ(status_of(change({{"picture", nullptr}}, ada)), 200);
  EXPECT_EQ(streams.looks()[1].picture, bytes{});
  EXPECT_EQ(streams.looks()[1].name, std::nullopt);
  EXPECT_TRUE(streams.changes().empty());
}

TEST_F(Looks, AGroupIsMadeWithAPicture) {
  auto body = group();
  body["picture"] = kept(1);
  ASSERT_EQ(status_of(create(body)), 201);
  EXPECT_EQ(streams.conversations().at(talk).picture.size(), 32U);
}

TEST_F(Looks, OnlyAPictureThatIsKeptForGoodIsTaken) {
  const auto own = send("PUT", "/v1/account/picture", accounts::test_png(9, 9), bearer(ada), "image/png");
  const auto hash = json::parse(body_of(own)).at("picture");
  const auto answer = change({{"picture", hash}}, ada);
  EXPECT_EQ(status_of(answer), 404);
  EXPECT_THAT(answer, HasSubstr("urn:dunlin:problem:unknown-picture"));
  auto body = group();
  body["picture"] = hash;
  EXPECT_EQ(status_of(create(body)), 404);
  EXPECT_TRUE(streams.looks().empty());
}

TEST_F(Looks, WhatIsWrongIsNamed) {
  EXPECT_EQ(status_of(change({{"name", " "}}, ada)), 422);
  EXPECT_EQ(status_of(change({{"picture", "x"}}, ada)), 422);
  EXPECT_EQ(status_of(change({{"picture", 1}}, ada)), 422);
  EXPECT_EQ(status_of(change({{"name", "Journey"}, {"leave", true}}, ada)), 422);
  EXPECT_EQ(status_of(change({{"name", "Journey"}, {"remove", {to_text(ben.who.account)}}}, ada)), 422);
  EXPECT_TRUE(streams.looks().empty());
}

TEST_F(Conversations, RolesAreGivenByName) {
  ASSERT_EQ(status_of(change({{"roles", {{to_text(ben.who.account), "admin"}}}}, ada)), 200);
  const auto given = streams.changes().at(0).roles;
  ASSERT_EQ(given.size(), 1U);
  EXPECT_EQ(given[0].account, ben.who.account);
  EXPECT_EQ(given[0].as, stream::role::admin);
  EXPECT_EQ(status_of(change({{"roles", {{to_text(ben.who.account), "king"}}}}, ada)), 422);
  EXPECT_EQ(status_of(change({{"roles", {{"x", "admin"}}}}, ada)), 422);
}

TEST_F(Conversations, WhoLeavesRemovesThemselves) {
  ASSERT_EQ(status_of(change({{"leave", true}}, ben)), 200);
  EXPECT_THAT(streams.changes().at(0).remove, ElementsAre(ben.who.account));
  EXPECT_EQ(streams.changes().at(0).actor, ben.who.account);
  EXPECT_EQ(status_of(change({{"leave", true}, {"add", {to_text(carla.who.account)}}}, ben)), 422);
  EXPECT_EQ(status_of(change({{"leave", false}}, ben)), 422);
  EXPECT_EQ(status_of(change({}, ben)), 422);
  EXPECT_EQ(status_of(change({{"add", json::array()}}, ben)), 200);
}

TEST_F(Conversations, WhatTheStreamRefusesIsSaid) {
  using stream::reason;
  using stream::verdict;
  for (const auto& [why, status] :
       {std::pair{reason::not_member, 404}, std::pair{reason::forbidden, 403}, std::pair{reason::too_large, 409},
        std::pair{reason::busy, 503}, std::pair{reason::no_space, 507}}) {
    streams.answer_next({verdict::refuse(why)});
    EXPECT_EQ(status_of(change({{"leave", true}}, ada)), status);
  }
  EXPECT_EQ(status_of(post("/v1/conversations/x/changes", {{"leave", true}}, ada)), 404);
  EXPECT_EQ(status_of(change({{"add", {to_text(account_id{1, 1})}}}, ada)), 404);
}

}  // namespace
}  // namespace dunlin::http
