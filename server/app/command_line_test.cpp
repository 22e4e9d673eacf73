#include "app/command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dunlin::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

template <class T>
T as(const std::vector<std::string>& arguments) {
  auto parsed = parse(arguments);
  if (const auto* end = std::get_if<finished>(&parsed)) ADD_FAILURE() << end->text;
  return std::get<T>(parsed);
}

template <class T>
T asked(const std::vector<std::string>& arguments) {
  return std::get<T>(as<client_command>(arguments).what);
}

finished ended(const std::vector<std::string>& arguments) {
  const auto parsed = parse(arguments);
  const auto* end = std::get_if<finished>(&parsed);
  return end == nullptr ? finished{exit_code::failed, "(taken)"} : *end;
}

TEST(CommandLine, ServeTakesAFileAndFlagsOverIt) {
  const auto serve =
      as<serve_command>({"serve", "--config", "d.toml", "--data", "/srv", "--mqtt", "0.0.0.0:0", "--http", "[::1]:0",
                         "--ready-file", "r", "--set", "shards=2", "--set", "log.reserve=4 MiB"});
  EXPECT_EQ(serve.from.file, "d.toml");
  EXPECT_EQ(serve.ready_file, "r");
  auto from = serve.from;
  from.file.clear();
  const auto c = read(from);
  ASSERT_TRUE(c) << c.error().text;
  EXPECT_EQ(c->data, "/srv");
  EXPECT_EQ(c->mqtt, "0.0.0.0:0");
  EXPECT_EQ(c->http, "[::1]:0");
  EXPECT_EQ(c->shards, 2U);
  EXPECT_EQ(c->log_reserve, 4U << 20);
}

TEST(CommandLine, ServeAloneHasTheDefaults) {
  const auto c = read(as<serve_command>({"serve"}).from);
  ASSERT_TRUE(c);
  EXPECT_EQ(to_toml(*c), to_toml(default_config()));
}

TEST(CommandLine, WrongSettingsAreRefusedTogether) {
  const auto raised =
      as<serve_command>({"serve", "--set", "limits.max_body=1 MiB", "--set", "limits.max_packet=2 MiB"});
  EXPECT_TRUE(read(raised.from));
  const auto alone = as<serve_command>({"serve", "--set", "limits.max_body=1 MiB"});
  EXPECT_THAT(read(alone.from).error().text, HasSubstr("limits.max_packet"));
  EXPECT_EQ(ended({"serve", "--set", "shards"}).code, exit_code::usage);
}

TEST(CommandLine, AccountsAndDevices) {
  const auto command = as<client_command>({"account", "add", "ada", "--device-name", "phone", "--data", "d", "--json"});
  EXPECT_EQ(command.data, "d");
  EXPECT_TRUE(command.json);
  EXPECT_EQ(std::get<account_add>(command.what).handle, "ada");
  EXPECT_EQ(std::get<account_add>(command.what).device_name, "phone");
  EXPECT_EQ(as<client_command>({"account", "add", "ada"}).data, "./data");
  EXPECT_EQ(asked<account_remove>({"account", "remove", "ada"}).user, "ada");
  EXPECT_EQ(asked<device_add>({"device", "add", "ada"}).user, "ada");
  EXPECT_EQ(asked<device_revoke>({"device", "revoke", "abc"}).device, "abc");
  const auto mint = as<client_command>({"device", "mint", "--count", "15000", "--prefix", "p", "--out", "f"});
  EXPECT_EQ(std::get<device_mint>(mint.what).count, 15'000U);
  EXPECT_EQ(std::get<device_mint>(mint.what).prefix, "p");
  EXPECT_EQ(mint.out, "f");
}

TEST(CommandLine, Conversations) {
  const auto add = asked<conversation_add>(
      {"conversation", "add", "--members", "ada,ben,carla", "--name", "A, B", "--open", "--keep", "until-delivered"});
  EXPECT_THAT(add.members, ElementsAre("ada", "ben", "carla"));
  EXPECT_EQ(add.name, "A, B");
  EXPECT_TRUE(add.open);
  EXPECT_TRUE(add.until_delivered);
  const auto plain = asked<conversation_add>({"conversation", "add", "--members", "ada,ben"});
  EXPECT_FALSE(plain.open);
  EXPECT_FALSE(plain.until_delivered);
  const auto more = asked<members_change>({"conversation", "members", "add", "id", "--members", "x,y"});
  EXPECT_EQ(more.conversation, "id");
  EXPECT_THAT(more.add, ElementsAre("x", "y"));
  const auto fewer = asked<members_change>({"conversation", "members", "remove", "id", "--members", "x"});
  EXPECT_THAT(fewer.remove, ElementsAre("x"));
  const auto given =
      asked<members_change>({"conversation", "members", "role", "id", "--members", "x,y", "--role", "admin"});
  EXPECT_THAT(given.give, ElementsAre("x", "y"));
  EXPECT_EQ(given.role, "admin");
  EXPECT_EQ(ended({"conversation", "members", "role", "id", "--members", "x", "--role", "king"}).code,
            exit_code::usage);
}

TEST(CommandLine, Invites) {
  const auto add = asked<invite_add>({"invite", "add", "--uses", "3", "--expires", "12h", "--from", "ada"});
  EXPECT_EQ(add.uses, 3U);
  EXPECT_EQ(add.lasts, 12U * 3'600'000);
  EXPECT_EQ(add.from, "ada");
  const auto plain = asked<invite_add>({"invite", "add"});
  EXPECT_EQ(plain.uses, 1U);
  EXPECT_EQ(plain.lasts, 7U * 86'400'000);
  EXPECT_EQ(asked<invite_add>({"invite", "add", "--expires", "0"}).lasts, 0U);
  EXPECT_EQ(asked<invite_revoke>({"invite", "revoke", "abc"}).code, "abc");
  asked<invite_list>({"invite", "list"});
  for (const auto& wrong :
       {std::vector<std::string>{"--uses", "0"}, {"--uses", "x"}, {"--expires", "7"}, {"--expires", "soon"}}) {
    std::vector<std::string> all = {"invite", "add"};
    all.insert(all.end(), wrong.begin(), wrong.end());
    EXPECT_EQ(ended(all).code, exit_code::usage) << wrong[1];
  }
}

TEST(CommandLine, TheVersionAndHelpEndWithSuccess) {
  EXPECT_EQ(ended({"--version"}).code, exit_code::ok);
  EXPECT_THAT(ended({"--version"}).text, HasSubstr("dunlin 0."));
  EXPECT_THAT(ended({"--help"}).text, HasSubstr("Exit codes:"));
  for (const auto& path : std::vector<std::vector<std::string>>{{"serve"},
                                                                {"account", "add"},
                                                                {"account", "remove"},
                                                                {"device", "add"},
                                                                {"device", "mint"},
                                                                {"device", "revoke"},
                                                                {"conversation", "add"},
                                                                {"conversation", "members", "add"},
                                                                {"conversation", "members", "remove"},
                                                                {"conversation", "members", "role"},
                                                                {"status"},
                                                                {"config"}}) {
    auto arguments = path;
    arguments.emplace_back("--help");
    const auto help = ended(arguments);
    EXPECT_EQ(help.code, exit_code::ok) << path.front();
    EXPECT_THAT(help.text, HasSubstr("Example")) << path.back();
  }
}

TEST(CommandLine, WhatIsWrongIsUsage) {
  for (const auto& arguments :
       std::vector<std::vector<std::string>>{{},
                                             {"fly"},
                                             {"serve", "--fast"},
                                             {"serve", "now"},
                                             {"account"},
                                             {"account", "add"},
                                             {"account", "add", "a", "b"},
                                             {"device", "mint", "--count", "x", "--prefix", "p", "--out", "f"},
                                             {"device", "mint", "--count", "3"},
                                             {"conversation", "add"},
                                             {"conversation", "add", "--members", "a,b", "--keep", "days"},
                                             {"conversation", "members", "add", "--members", "a"}}) {
    const auto end = ended(arguments);
    EXPECT_EQ(end.code, exit_code::usage) << testing::PrintToString(arguments);
    EXPECT_FALSE(end.text.empty());
  }
}

TEST(CommandLine, AWordThatIsNoCommandIsNamed) {
  EXPECT_THAT(ended({"acount", "add", "ada"}).text, HasSubstr("no command 'acount', did you mean 'account'?"));
  EXPECT_THAT(ended({"device", "mnt"}).text, HasSubstr("no command 'mnt', did you mean 'mint'?"));
  EXPECT_THAT(ended({"fly"}).text, HasSubstr("no command 'fly'\n"));
  EXPECT_THAT(ended({}).text, HasSubstr("subcommand is required"));
}

}  // namespace
}  // namespace dunlin::app
