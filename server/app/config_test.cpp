#include "app/config.hpp"

#include <fstream>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/test_directory.hpp"
#include "app/values.hpp"

namespace dunlin::app {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string refusal(std::string_view toml) {
  const auto read = read_config(default_config(), toml, "dunlin.toml");
  return read ? "(taken)" : read.error().text;
}

TEST(Config, DefaultsAreWhatTheTableSays) {
  const auto c = default_config();
  EXPECT_EQ(c.mqtt, "127.0.0.1:1883");
  EXPECT_EQ(c.http, "127.0.0.1:8080");
  EXPECT_EQ(c.data, "./data");
  EXPECT_EQ(c.max_body, 256U * 1024);
  EXPECT_EQ(c.handshake_timeout, 10'000U);
  EXPECT_EQ(c.session_expiry, 14U * 86'400'000);
  EXPECT_TRUE(c.allowed_origins.empty());
}

TEST(Config, AFileSetsWhatItNamesAndLeavesTheRest) {
  const auto c = read_config(default_config(), R"(
data = "/srv/dunlin"
shards = 2
[listen]
mqtt = "[::1]:0"
[limits]
max_body = "64 KiB"
handshake_timeout = "1500 ms"
[web]
allowed_origins = ["https://chat.example", "https://other.example"]
[logging]
level = "debug"
)",
                             "x");
  ASSERT_TRUE(c) << c.error().text;
  EXPECT_EQ(c->data, "/srv/dunlin");
  EXPECT_EQ(c->shards, 2U);
  EXPECT_EQ(c->mqtt, "[::1]:0");
  EXPECT_EQ(c->http, "127.0.0.1:8080");
  EXPECT_EQ(c->max_body, 65'536U);
  EXPECT_EQ(c->handshake_timeout, 1500U);
  EXPECT_EQ(c->allowed_origins, (std::vector<std::string>{"https://chat.example", "https://other.example"}));
  EXPECT_EQ(c->logging_level, "debug");
}

TEST(Config, AWrongKeyIsRefusedWithFileAndLineAndWhatWasMeant) {
  EXPECT_EQ(refusal("shards = 1\n[limits]\nmax_boddy = \"64 KiB\"\n"),
            "dunlin.toml:3: there is no setting 'limits.max_boddy', did you mean 'limits.max_body'?");
  EXPECT_EQ(refusal("max_body = 4096"),
            "dunlin.toml:1: there is no setting 'max_body', did you mean 'limits.max_body'?");
  EXPECT_EQ(refusal("\n\n[limit]\nmax_body = 4096"),
            "dunlin.toml:3: there is no setting 'limit'; `dunlin config` lists all");
  EXPECT_THAT(refusal("[limits]\nmax_body = { x = 1 }"), StartsWith("dunlin.toml:2: there is no setting"));
}

TEST(Config, AWrongValueIsRefusedWithFileAndLineAndWhatIsRight) {
  EXPECT_EQ(refusal("[limits]\n\nmax_body = \"64 KB\"\n"),
            "dunlin.toml:3: limits.max_body must be a size such as \"64 KiB\", from 1 KiB to 1 MiB");
  EXPECT_THAT(refusal("[limits]\nmax_body = 1"), HasSubstr("dunlin.toml:2: limits.max_body must be"));
  EXPECT_THAT(refusal("[limits]\nmax_body = -1"), HasSubstr("dunlin.toml:2: "));
  EXPECT_THAT(refusal("[limits]\nhandshake_timeout = 10"), HasSubstr("a time such as \"10 s\""));
  EXPECT_THAT(refusal("[listen]\nmqtt = \"1883\""), HasSubstr("dunlin.toml:2: listen.mqtt must be an address"));
  EXPECT_THAT(refusal("[logging]\nlevel = \"loud\""), HasSubstr("debug or info or warn or error or off"));
  EXPECT_THAT(refusal("[web]\nallowed_origins = [1]"), HasSubstr("a list of texts"));
  EXPECT_THAT(refusal("shards = \"2\""), HasSubstr("shards must be a number from 0 to 64"));
  EXPECT_THAT(refusal("shards = true"), HasSubstr("shards must be a number"));
}

TEST(Config, WhatIsNoTomlIsRefusedWithFileAndLine) {
  EXPECT_THAT(refusal("shards = 1\nshards = 2\n"), StartsWith("dunlin.toml:2: "));
  EXPECT_THAT(refusal("a = \n"), StartsWith("dunlin.toml:1: "));
}

TEST(Config, SettingsThatDisagreeAreRefused) {
  auto c = default_config();
  EXPECT_FALSE(check(c));
  c.max_body = 512 * 1024;
  EXPECT_THAT(check(c)->text, HasSubstr("limits.max_packet (320 KiB) must be at least limits.max_body (512 KiB)"));
  c = default_config();
  c.log_segment = 10U << 20;
  c.log_reserve = 1U << 20;
  EXPECT_FALSE(check(c));
  c.log_reserve = 4U << 20;
  EXPECT_THAT(check(c)->text,
              HasSubstr("log.segment_size (10 MiB) must be at least 9 MiB and half of log.reserve (4 MiB)"));
  c = default_config();
  c.log_segment = 512ULL << 20;
  EXPECT_THAT(check(c)->text, HasSubstr("log.max_unsealed (1 GiB) must be at least four of log.segment_size"));
  c = default_config();
  c.proxies = {"127.0.0.1", "10.0.0.0/8", "::1"};
  EXPECT_FALSE(check(c));
  c.web_url = "https://chat.example/app";
  EXPECT_FALSE(check(c));
  for (const auto* url : {"chat.example", "ftp://chat.example", "https://chat.example/#x"}) {
    c.web_url = url;
    EXPECT_THAT(check(c)->text, HasSubstr("web.url"));
  }
  c = default_config();
  c.server_name = "a\nb";
  EXPECT_THAT(check(c)->text, HasSubstr("server.name"));
  c = default_config();
  c.proxies.emplace_back("proxy.example");
  EXPECT_THAT(check(c)->text, HasSubstr("web.proxies: 'proxy.example' is no address"));
}

TEST(Config, AFlagIsRefusedAsClearly) {
  EXPECT_EQ(set_one(default_config(), "limits.max_bod", "1", "--set").error().text,
            "--set: there is no setting 'limits.max_bod', did you mean 'limits.max_body'?");
  EXPECT_EQ(set_one(default_config(), "listen.mqtt", "x", "--mqtt").error().text,
            "--mqtt: listen.mqtt must be an address such as \"127.0.0.1:1883\" or \"[::1]:1883\", not 'x'");
  EXPECT_EQ(set_one(default_config(), "web.allowed_origins", "https://a,https://b", "--set")->allowed_origins.size(),
            2U);
}

TEST(Config, AFileThatCannotBeReadIsNamed) {
  EXPECT_THAT(read_config_file(default_config(), "/nowhere/d.toml").error().text, StartsWith("/nowhere/d.toml: "));
  test_directory directory;
  const auto path = directory.path("d.toml");
  std::ofstream(path) << "shards = 3\n";
  EXPECT_EQ(read_config_file(default_config(), path)->shards, 3U);
}

TEST(Config, WhatIsPrintedIsAFileThatSaysTheSame) {
  auto c = default_config();
  c.shards = 3;
  c.max_body = 12'345;
  c.allowed_origins = {"https://a \"quoted\""};
  const auto again = read_config(default_config(), to_toml(c), "printed");
  ASSERT_TRUE(again) << again.error().text;
  EXPECT_EQ(to_toml(*again), to_toml(c));
  for (const auto& s : settings()) {
    EXPECT_THAT(to_toml(c), HasSubstr(std::string(s.meaning))) << s.name;
  }
}

TEST(Config, TheJsonFormHasEverySettingWithDefaultUnitAndMeaning) {
  const auto all = boost::json::parse(to_json(default_config())).as_array();
  ASSERT_EQ(all.size(), settings().size());
  for (const auto& one : all) {
    for (const auto* key : {"name", "value", "default", "unit", "meaning"}) EXPECT_TRUE(one.as_object().contains(key));
  }
}

TEST(Values, SizesAndTimesHaveUnits) {
  EXPECT_EQ(parse_size("512"), 512U);
  EXPECT_EQ(parse_size("64 KiB"), 65'536U);
  EXPECT_EQ(parse_size("2GiB"), 2ULL << 30);
  EXPECT_FALSE(parse_size("64 kB"));
  EXPECT_FALSE(parse_size(""));
  EXPECT_FALSE(parse_size("-1"));
  EXPECT_FALSE(parse_size("99999999999999999999"));
  EXPECT_FALSE(parse_size("99999999999 GiB"));
  EXPECT_EQ(parse_time("10 s"), 10'000U);
  EXPECT_EQ(parse_time("500ms"), 500U);
  EXPECT_EQ(parse_time("2 min"), 120'000U);
  EXPECT_EQ(parse_time("14 d"), 14U * 86'400'000);
  EXPECT_EQ(parse_time("0"), 0U);
  EXPECT_FALSE(parse_time("10"));
  EXPECT_EQ(size_text(1536), "1536 B");
  EXPECT_EQ(size_text(1 << 20), "1 MiB");
  EXPECT_EQ(time_text(90'000), "90 s");
}

TEST(Values, AddressesAreHostAndPort) {
  EXPECT_EQ(split_address("localhost:0")->port, 0);
  EXPECT_EQ(split_address("[::1]:1883")->host, "::1");
  for (const auto* text : {"", ":1", "a", "a:", "a:b", "a:65536", "::1:1", "[]:1", "a b:1", "a:-1"}) {
    EXPECT_FALSE(split_address(text)) << text;
  }
}

TEST(Values, DistanceCountsTheSlipsOfAHand) {
  EXPECT_EQ(distance("data", "data"), 0U);
  EXPECT_EQ(distance("data", "dat"), 1U);
  EXPECT_EQ(distance("data", "daat"), 1U);
  EXPECT_EQ(distance("", "data"), 4U);
}

}  // namespace
}  // namespace dunlin::app
