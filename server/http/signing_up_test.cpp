#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>

#include "http/test_rig.hpp"

namespace dunlin::http {
namespace {

using testing::HasSubstr;
namespace json = boost::json;

class SigningUp : public HttpServer {
 protected:
  explicit SigningUp(options o = {}) : HttpServer(std::move(o)) {}

  std::string invited(std::uint64_t uses = 1, mono_ms lasts = 0, std::optional<account_id> from = {}) {
    std::promise<std::string> code;
    people.add_invite({uses, lasts, from}, direct, [&](const auto& made) { code.set_value(made->code); });
    return code.get_future().get();
  }
  json::object request(const std::string& handle, const std::string& code) {
    return {{"invite", code},
            {"account", to_text(random.id<account_id>())},
            {"handle", handle},
            {"name", "Ada"},
            {"device", to_text(random.id<device_id>())},
            {"device_name", "phone"},
            {"token", to_text(accounts::make_token(random))}};
  }
  std::string sign_up(const json::object& what) const { return send("POST", "/v1/accounts", json::serialize(what)); }
  static std::string problem_of(const std::string& answer) {
    const auto body = json::parse(body_of(answer)).as_object();
    const auto* field = body.if_contains("field");
    return std::string(body.at("type").as_string()).substr(19) + (field ? " " + std::string(field->as_string()) : "");
  }
};

TEST_F(SigningUp, TheServerSaysWhatItIs) {
  add("ada");
  const auto answer = get("/v1/server");
  ASSERT_EQ(status_of(answer), 200);
  const auto body = json::parse(body_of(answer)).as_object();
  EXPECT_EQ(body.at("name"), "Test");
  EXPECT_EQ(body.at("version"), "0.0");
  EXPECT_EQ(body.at("signup"), "invite");
  EXPECT_EQ(body.at("directory"), "members");
  EXPECT_EQ(body.at("accounts"), 1);
  EXPECT_GT(body.at("since").as_int64(), 0);
  EXPECT_EQ(body.at("data_id").as_string().size(), 26U);
}

TEST_F(SigningUp, AnInviteIsShownToWhoOpensIt) {
  const auto ada = add("ada");
  const auto from_ada = json::parse(body_of(get("/v1/invites/" + invited(1, 60'000, ada.who.account)))).as_object();
  EXPECT_EQ(from_ada.at("from").at("handle"), "ada");
  EXPECT_GT(from_ada.at("expires").as_int64(), 0);
  EXPECT_EQ(body_of(get("/v1/invites/" + invited())), "{}");
  const auto unknown = get("/v1/invites/nothing");
  EXPECT_EQ(status_of(unknown), 404);
  EXPECT_EQ(problem_of(unknown), "invite-unknown");
}

TEST_F(SigningUp, Q2_WhoHasAnInviteComesInAndARepeatGetsTheSame) {
  const auto wanted = request("ada", invited());
  const auto first = sign_up(wanted);
  ASSERT_EQ(status_of(first), 201) << first;
  const auto body = json::parse(body_of(first)).as_object();
  EXPECT_EQ(body.at("account"), wanted.at("account"));
  EXPECT_EQ(body.at("device"), wanted.at("device"));
  EXPECT_EQ(body.at("handle"), "ada");
  const auto again = sign_up(wanted);
  EXPECT_EQ(status_of(again), 200);
  EXPECT_EQ(body_of(again), body_of(first));
  const auto token = std::string(wanted.at("token").as_string());
  EXPECT_EQ(status_of(get("/v1/state", "Authorization: Bearer " + token + "\r\n")), 200);
  EXPECT_EQ(metric("dunlin_sign_ups_total{outcome=\"accepted\"}"), 1U);
  EXPECT_EQ(metric("dunlin_sign_ups_total{outcome=\"repeated\"}"), 1U);
}

TEST_F(SigningUp, Q1_ItIsAnsweredOnceTheStreamsKnow) {
  streams.answer_next({stream::verdict::refuse(stream::reason::no_space)});
  const auto wanted = request("ada", invited());
  const auto untold = sign_up(wanted);
  EXPECT_EQ(status_of(untold), 503);
  EXPECT_EQ(problem_of(untold), "untold");
  EXPECT_THAT(untold, HasSubstr("Retry-After: 1\r\n"));
  // It is told by itself; who asks again is answered when it is.
  EXPECT_EQ(status_of(sign_up(wanted)), 200);
}

TEST_F(SigningUp, WhatIsWrongIsNamed) {
  const auto code = invited();
  const auto refused = [&](const std::string& field, const auto& value) {
    auto wanted = request("ada", code);
    wanted[field] = value;
    const auto answer = sign_up(wanted);
    return std::to_string(status_of(answer)) + " " + problem_of(answer);
  };
  EXPECT_EQ(refused("handle", "Ada"), "422 bad-handle handle");
  EXPECT_EQ(refused("handle", "admin"), "422 bad-handle handle");
  EXPECT_EQ(refused("handle", std::string(33, 'a')), "422 bad-field handle");
  EXPECT_EQ(refused("name", " "), "422 bad-field name");
  EXPECT_EQ(refused("name", nullptr), "422 bad-field name");
  EXPECT_EQ(refused("about", std::string(600, 'x')), "422 bad-field about");
  EXPECT_EQ(refused("device_name", "a\nb"), "422 bad-field device_name");
  EXPECT_EQ(refused("account", "x"), "422 bad-field account");
  EXPECT_EQ(refused("device", 7), "422 bad-field device");
  EXPECT_EQ(refused("token", "x"), "422 bad-field token");
  EXPECT_EQ(refused("more", true), "422 bad-field more");
  EXPECT_EQ(refused("invite", "x"), "404 invite-unknown");
  EXPECT_EQ(status_of(send("POST", "/v1/accounts", "{")), 400);
  EXPECT_EQ(status_of(send("POST", "/v1/accounts", "{}", "", "text/plain")), 415);
  EXPECT_EQ(status_of(send("POST", "/v1/accounts", std::string(70'000, ' '))), 413);
}

TEST_F(SigningUp, ATakenHandleAndAnInviteThatIsOverAreConflicts) {
  const auto code = invited(2);
  ASSERT_EQ(status_of(sign_up(request("bobby", code))), 201);
  for (const auto* handle : {"bobby", "b0bby"}) {
    const auto taken = sign_up(request(handle, code));
    EXPECT_EQ(status_of(taken), 409);
    EXPECT_EQ(problem_of(taken), "handle-taken handle");
  }
  ASSERT_EQ(status_of(sign_up(request("carla", code))), 201);
  const auto used = sign_up(request("dora", code));
  EXPECT_EQ(status_of(used), 410);
  EXPECT_EQ(problem_of(used), "invite-used");
}

TEST_F(SigningUp, AHandleIsCheckedForWhoHasAnInvite) {
  const auto code = invited();
  add("ada");
  EXPECT_EQ(body_of(get("/v1/handles/%40Ben?invite=" + code)), R"({"handle":"ben","free":true})");
  EXPECT_EQ(body_of(get("/v1/handles/ada?invite=" + code)), R"({"handle":"ada","free":false})");
  EXPECT_EQ(problem_of(get("/v1/handles/%20?invite=" + code)), "bad-handle handle");
  EXPECT_EQ(status_of(get("/v1/handles/ben")), 404);
}

TEST_F(SigningUp, ABodyThatWaitsToBeAskedForIsAskedFor) {
  const auto text = json::serialize(request("ada", invited()));
  test_client client(port);
  client.send(
      "POST /v1/accounts HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Type: application/json\r\n"
      "Content-Length: " +
      std::to_string(text.size()) + "\r\n\r\n");
  EXPECT_EQ(client.answer(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send(text);
  EXPECT_EQ(status_of(client.answer()), 201);
}

TEST_F(SigningUp, AChunkedBodyIsABody) {
  const auto text = json::serialize(request("ada", invited()));
  std::string chunks =
      "POST /v1/accounts HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n";
  for (std::size_t at = 0; at < text.size(); at += 10) {
    const auto part = text.substr(at, 10);
    chunks += "\r\n" + std::string(1, "0123456789a"[part.size()]) + "\r\n" + part;
  }
  chunks.replace(chunks.find("\r\n\r\n\r\n"), 6, "\r\n\r\n");
  test_client client(port);
  client.send(chunks + "\r\n0\r\n\r\n");
  EXPECT_EQ(status_of(client.answer()), 201);
}

options limited() {
  options o;
  o.limits[static_cast<std::size_t>(limit::sign_ups)] = {3, 3'600'000};
  o.limits[static_cast<std::size_t>(limit::checks)] = {2, 60'000};
  return o;
}

class LimitedSigningUp : public SigningUp {
 protected:
  LimitedSigningUp() : SigningUp(limited()) {}
};

TEST_F(LimitedSigningUp, OneAddressMayTrySoOften) {
  const auto code = invited(10);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(status_of(sign_up(request("x", code))), 422);
  const auto late = sign_up(request("ada", code));
  EXPECT_EQ(status_of(late), 429);
  EXPECT_EQ(problem_of(late), "rate-limited");
  EXPECT_EQ(metric("dunlin_http_rate_limited_total{limit=\"sign_ups\"}"), 1U);
  EXPECT_EQ(status_of(get("/v1/invites/x")), 404);
  EXPECT_EQ(status_of(get("/v1/handles/ada?invite=x")), 404);
  EXPECT_EQ(status_of(get("/v1/invites/x")), 429);
}

}  // namespace
}  // namespace dunlin::http
