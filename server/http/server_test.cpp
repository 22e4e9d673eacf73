#include <regex>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>

#include "http/test_rig.hpp"
#include "stream/wire.hpp"

namespace dunlin::http {
namespace {

using testing::HasSubstr;
using testing::Not;

class Endpoints : public HttpServer {
 protected:
  Endpoints() {
    ada = add("ada");
    ben = add("ben");
    engine::conversation_spec spec;
    spec.id = conversation;
    spec.members = {ada.who.account};
    streams.create(spec, [](const auto&) {});
    std::vector<bytes> records;
    for (std::uint64_t seq = 1; seq <= 5; ++seq) {
      bytes record(stream::record_head_max);
      record.resize(stream::write_record_head(record.data(), seq, 1000));
      const auto body = "m" + std::to_string(seq);
      stream::record_view rest;
      rest.body = as_bytes(body);
      stream::write_record_rest(record, rest);
      records.push_back(std::move(record));
    }
    streams.put_records(conversation, std::move(records));
  }
  [[nodiscard]] std::string path(const std::string& query = "") const {
    return "/v1/conversations/" + to_text(conversation) + "/records" + query;
  }

  stream_id conversation{77, 88};
  accounts::issued ada;
  accounts::issued ben;
};

TEST_F(Endpoints, HealthSaysThatTheProcessAnswers) {
  const auto answer = get("/healthz");
  EXPECT_EQ(status_of(answer), 200);
  EXPECT_THAT(answer, HasSubstr("X-Content-Type-Options: nosniff"));
  EXPECT_THAT(answer, HasSubstr("Content-Security-Policy: default-src 'none'"));
  EXPECT_THAT(answer, HasSubstr("Cache-Control: no-store"));
}

TEST_F(Endpoints, ReadinessFollowsTheServersState) {
  EXPECT_EQ(status_of(get("/readyz")), 200);
  state = readiness::degraded;
  EXPECT_EQ(status_of(get("/readyz")), 200);
  EXPECT_THAT(get("/readyz"), HasSubstr("degraded"));
  state = readiness::draining;
  EXPECT_EQ(status_of(get("/readyz")), 503);
  state = readiness::starting;
  EXPECT_EQ(status_of(get("/readyz")), 503);
}

TEST_F(Endpoints, MetricsAreWhatPrometheusReads) {
  const auto answer = get("/metrics");
  EXPECT_EQ(status_of(answer), 200);
  EXPECT_THAT(answer, HasSubstr("text/plain; version=0.0.4"));
  // https://prometheus.io/docs/instrumenting/exposition_formats: comments and samples, each a line.
  const std::regex comment(R"(# (HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]* .+)");
  const std::regex sample(
      R"re([a-zA-Z_:][a-zA-Z0-9_:]*(\{[a-zA-Z_][a-zA-Z0-9_]*="[^"\\\n]*"(,[a-zA-Z_][a-zA-Z0-9_]*="[^"\\\n]*")*\})? (-?[0-9.]+(e[-+]?[0-9]+)?|\+Inf|NaN))re");
  std::istringstream lines(body_of(answer));
  int samples = 0;
  for (std::string line; std::getline(lines, line);) {
    const bool is_comment = line.starts_with('#');
    EXPECT_TRUE(std::regex_match(line, is_comment ? comment : sample)) << line;
    samples += is_comment ? 0 : 1;
  }
  EXPECT_GT(samples, 10);
  EXPECT_EQ(answer.find("NaN"), std::string::npos);
}

TEST_F(Endpoints, AMemberReadsARange) {
  const auto answer = get(path("?from=2&limit=2"), bearer(ada));
  ASSERT_EQ(status_of(answer), 200) << answer;
  const auto body = boost::json::parse(body_of(answer)).as_object();
  EXPECT_EQ(body.at("head"), 5);
  const auto& records = body.at("records").as_array();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].at("seq"), 2);
  EXPECT_EQ(records[1].at("body"), "bTM=");
  EXPECT_THAT(answer, HasSubstr("Vary: Accept"));
}

TEST_F(Endpoints, ARangeIsGivenAsProtobufToWhoAsks) {
  const auto answer = get(path(), bearer(ada) + "Accept: application/x-protobuf\r\n");
  ASSERT_EQ(status_of(answer), 200);
  EXPECT_THAT(answer, HasSubstr("Content-Type: application/x-protobuf"));
  EXPECT_EQ(body_of(answer)[0], '\x0a');
}

TEST_F(Endpoints, UnknownAndForeignConversationsLookTheSame) {
  const auto foreign = get(path(), bearer(ben));
  const auto unknown = get("/v1/conversations/" + to_text(stream_id{1, 1}) + "/records", bearer(ben));
  const auto nonsense = get("/v1/conversations/nonsense/records", bearer(ben));
  EXPECT_EQ(status_of(foreign), 404);
  EXPECT_EQ(foreign, unknown);
  EXPECT_EQ(foreign, nonsense);
  EXPECT_THAT(foreign, HasSubstr("urn:dunlin:problem:not-member"));
}

TEST_F(Endpoints, WrongParametersAreRefused) {
  for (const auto* query :
       {"?from=0", "?from=-1", "?from=x", "?from=", "?limit=0", "?limit=1001", "?from=99999999999999999999"}) {
    const auto answer = get(path(query), bearer(ada));
    EXPECT_EQ(status_of(answer), 400) << query;
    EXPECT_THAT(answer, HasSubstr("urn:dunlin:problem:bad-parameter"));
  }
}

TEST_F(Endpoints, WithoutARightTokenThereIsNothingToSee) {
  for (const auto& headers :
       {std::string(), std::string("Authorization: Basic eDp5\r\n"), std::string("Authorization: Bearer x\r\n"),
        "Authorization: Bearer " + std::string(52, 'a') + "\r\n"}) {
    for (const auto& target : {path(), std::string("/v1/state")}) {
      const auto answer = get(target, headers);
      EXPECT_EQ(status_of(answer), 401) << headers;
      EXPECT_THAT(answer, HasSubstr("WWW-Authenticate: Bearer realm=\"dunlin\""));
      EXPECT_THAT(answer, HasSubstr("urn:dunlin:problem:unauthorized"));
    }
  }
  EXPECT_EQ(metric("dunlin_token_checks_total{outcome=\"wrong\"}"), 4U);
}

TEST_F(Endpoints, D10_TheStateIsTheDevicesOwn) {
  engine::state_answer state_of_ada;
  state_of_ada.at = 3;
  state_of_ada.conversations.push_back({conversation, 1, 5, 2, 2, 1, 1, false, true, "Group"});
  streams.put_state(ada.who.account, state_of_ada);
  const auto answer = get("/v1/state", bearer(ada));
  ASSERT_EQ(status_of(answer), 200);
  const auto body = boost::json::parse(body_of(answer)).as_object();
  EXPECT_EQ(body.at("account").as_string(), to_text(ada.who.account));
  EXPECT_EQ(body.at("device").as_string(), to_text(ada.who.device));
  EXPECT_EQ(body.at("at"), 3);
  EXPECT_EQ(body.at("conversations").as_array().size(), 1U);
  EXPECT_EQ(body.at("profile").at("handle"), "ada");
  EXPECT_TRUE(body.at("settings").is_null());
}

TEST_F(Endpoints, MembersAreListedForMembersAlone) {
  streams.put_members(conversation, {{ada.who.account, stream::role::owner, 1}});
  const auto path_of = [](const std::string& id) { return "/v1/conversations/" + id + "/members"; };
  const auto answer = get(path_of(to_text(conversation)), bearer(ada));
  ASSERT_EQ(status_of(answer), 200) << answer;
  const auto list = boost::json::parse(body_of(answer)).at("members").as_array();
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].at("account").as_string(), to_text(ada.who.account));
  const auto foreign = get(path_of(to_text(conversation)), bearer(ben));
  EXPECT_EQ(status_of(foreign), 404);
  EXPECT_EQ(foreign, get(path_of(to_text(stream_id{1, 1})), bearer(ben)));
  EXPECT_EQ(foreign, get(path_of("nonsense"), bearer(ben)));
  EXPECT_EQ(status_of(get(path_of(to_text(conversation)))), 401);
}

TEST_F(Endpoints, HeadIsGetWithoutTheBody) {
  test_client client(port);
  client.send("HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto head = client.answer(true);
  const auto whole = client.answer();
  EXPECT_EQ(status_of(head), 200);
  EXPECT_EQ(head, whole.substr(0, whole.find("\r\n\r\n") + 4));
  EXPECT_FALSE(body_of(whole).empty());
}

TEST_F(Endpoints, OtherMethodsAreToldWhichAreRight) {
  test_client client(port);
  client.send(
      "POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcOPTIONS /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto post = client.answer();
  EXPECT_EQ(status_of(post), 405);
  EXPECT_THAT(post, HasSubstr("Allow: GET, HEAD, OPTIONS"));
  const auto options = client.answer();
  EXPECT_EQ(status_of(options), 204);
  EXPECT_THAT(options, HasSubstr("Allow: GET, HEAD, OPTIONS"));
  EXPECT_THAT(options, Not(HasSubstr("Content-Length")));
}

TEST_F(Endpoints, UnknownPathsAreNotFound) {
  const auto answer = get("/nothing");
  EXPECT_EQ(status_of(answer), 404);
  EXPECT_THAT(answer, HasSubstr("application/problem+json"));
}

TEST_F(Endpoints, AConnectionTakesOneRequestAfterTheOther) {
  test_client client(port);
  for (int i = 0; i < 3; ++i) {
    client.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(status_of(client.answer()), 200);
  }
  client.send("GET http://x/healthz HTTP/1.0\r\n\r\n");
  EXPECT_EQ(status_of(client.until_closed()), 200);
}

TEST_F(Endpoints, ABodyThatWaitsToBeAskedForIsAnsweredWithoutIt) {
  test_client client(port);
  client.send("GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n");
  const auto answer = client.until_closed();
  EXPECT_EQ(status_of(answer), 200);
  EXPECT_THAT(answer, HasSubstr("Connection: close"));
}

TEST_F(Endpoints, StopAnswersWhatIsUnderWayAndClosesWhatIsIdle) {
  test_client idle(port);
  idle.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(status_of(idle.answer()), 200);
  streams.hold();
  test_client busy(port);
  busy.send("GET " + path() + " HTTP/1.1\r\nHost: x\r\n" + bearer(ada) + "\r\n");
  while (streams.held() == 0) std::this_thread::yield();
  on_thread([this] { web->stop(); });
  EXPECT_EQ(idle.until_closed(), "");
  streams.release();
  EXPECT_EQ(status_of(busy.until_closed()), 200);
}

TEST_F(Endpoints, AWebSocketIsHandedOverWithWhatCameBehindIt) {
  test_client client(port);
  client.send(
      "GET /mqtt HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: mqtt\r\n\r\nearly");
  const auto answer = client.answer();
  EXPECT_EQ(status_of(answer), 101);
  EXPECT_THAT(answer, HasSubstr("Connection: Upgrade\r\n"));
  EXPECT_THAT(answer, HasSubstr("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("Content-Length")));
  auto got = handed.get_future().get();
  std::string read(as_text(got.read));
  while (read.size() < 5) {
    pollfd readable{got.fd, POLLIN, 0};
    ASSERT_GT(::poll(&readable, 1, patience_ms), 0);
    char chunk[16];
    const auto n = ::recv(got.fd, chunk, sizeof chunk, 0);
    ASSERT_GT(n, 0);
    read.append(chunk, static_cast<std::size_t>(n));
  }
  EXPECT_EQ(read, "early");
  EXPECT_EQ(::send(got.fd, "late", 4, MSG_NOSIGNAL), 4);
  ::close(got.fd);
  EXPECT_EQ(client.until_closed(), "late");
}

TEST_F(Endpoints, AForeignPageGetsNoWebSocket) {
  test_client client(port);
  client.send(
      "GET /mqtt HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
      "Origin: https://evil.example\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      "Sec-WebSocket-Protocol: mqtt\r\n\r\n");
  const auto answer = client.until_closed();
  EXPECT_EQ(status_of(answer), 403);
  EXPECT_THAT(answer, HasSubstr("urn:dunlin:problem:foreign-origin"));
  EXPECT_EQ(metric("dunlin_http_upgrades_refused_total{reason=\"foreign_origin\"}"), 1U);
}

}  // namespace
}  // namespace dunlin::http
