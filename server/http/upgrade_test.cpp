#include "http/upgrade.hpp"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace dunlin::http {
namespace {

upgrade_request good() {
  upgrade_request r;
  r.http_1_1 = true;
  r.host = "chat.example:8080";
  r.upgrade = "websocket";
  r.connection = "keep-alive, Upgrade";
  r.key = "dGhlIHNhbXBsZSBub25jZQ==";
  r.version = "13";
  r.protocols = "mqttv3.1, mqtt";
  return r;
}

response answer(const upgrade_request& r, std::vector<std::string> allowed = {}) { return answer_upgrade(r, allowed); }

std::string header(const response& r, std::string_view name) {
  const auto found = std::ranges::find(r.headers, name, [](const auto& h) { return std::string_view(h.first); });
  return found == r.headers.end() ? "" : found->second;
}

TEST(Upgrade, AnswersAsTheStandardsExampleSays) {
  const auto r = answer(good());
  EXPECT_EQ(r.status, 101);
  EXPECT_EQ(header(r, "Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");  // RFC 6455 section 1.3
  EXPECT_EQ(header(r, "Sec-WebSocket-Protocol"), "mqtt");
}

TEST(Upgrade, RefusesWhatIsNoHandshake) {
  auto r = good();
  r.upgrade = "";
  EXPECT_EQ(answer(r).status, 426);
  r = good();
  r.connection = "close";
  EXPECT_EQ(answer(r).status, 426);
  r = good();
  r.http_1_1 = false;
  EXPECT_EQ(answer(r).status, 400);
  r = good();
  r.has_body = true;
  EXPECT_EQ(answer(r).status, 400);
}

TEST(Upgrade, RefusesAnotherVersionAndSaysWhichIsRight) {
  auto r = good();
  r.version = "8";
  EXPECT_EQ(answer(r).status, 426);
  EXPECT_EQ(header(answer(r), "Sec-WebSocket-Version"), "13");
}

TEST(Upgrade, RefusesAKeyThatIsNone) {
  for (const auto* key : {"", "x", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZ!==", "dGhlIHNhbXBsZSBub25jZQAA"}) {
    auto r = good();
    r.key = key;
    EXPECT_EQ(answer(r).status, 400) << key;
  }
}

TEST(Upgrade, NeedsTheSubProtocolOfMqtt) {
  for (const auto* list : {"", "mqttv3.1", "mqtt5", "chat, mqttx"}) {
    auto r = good();
    r.protocols = list;
    EXPECT_EQ(answer(r).status, 400) << list;
  }
}

TEST(Upgrade, LetsPagesInThatAreItsOwnOrNamedAndNoOthers) {
  auto r = good();
  r.origin = "http://chat.example:8080";
  EXPECT_EQ(answer(r).status, 101);
  for (const auto* origin : {"https://evil.example", "null", "http://chat.example",
                             "http://chat.example:8080.evil.example", "http://evil.example/chat.example:8080"}) {
    r.origin = origin;
    EXPECT_EQ(answer(r).status, 403) << origin;
  }
  r.origin = "https://other.example";
  EXPECT_EQ(answer(r, {"https://other.example"}).status, 101);
  EXPECT_EQ(answer(r, {"*"}).status, 101);
  EXPECT_EQ(answer(r, {"https://other.example.evil"}).status, 403);
}

}  // namespace
}  // namespace dunlin::http
