#include "app/requests.hpp"

#include <gtest/gtest.h>

namespace dunlin::app {
namespace {

TEST(Requests, EachIsReadAsItWasWritten) {
  const std::vector<request> all = {account_add{"ada", "phone"},
                                    account_remove{"ada"},
                                    device_add{"ada", ""},
                                    device_mint{15'000, "p"},
                                    device_revoke{"abc"},
                                    conversation_add{{"ada", "ben"}, "N\n\"", true, true},
                                    members_change{"id", {"a"}, {"b", "c"}, {"d"}, "admin"},
                                    status_query{}};
  for (const auto& one : all) {
    const auto line = to_line(one);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    const auto back = read_request(line);
    ASSERT_TRUE(back) << line;
    EXPECT_EQ(back->index(), one.index());
    EXPECT_EQ(to_line(*back), line);
  }
}

TEST(Requests, WhatIsNoneIsRefused) {
  for (const auto* line :
       {"", "x", "[]", "{}", R"({"do":"fly"})", R"({"do":7})", R"({"do":"account.add","handle":7})",
        R"({"do":"account.add","handle":"a","more":1})", R"({"do":"device.mint","count":-1,"prefix":"p"})",
        R"({"do":"conversation.add","members":"ada"})", R"({"do":"conversation.add","members":[1]})",
        R"({"do":[[[[[[]]]]]]})"}) {
    EXPECT_FALSE(read_request(line)) << line;
  }
}

TEST(Requests, ALongListOfMembersFitsIntoALine) {
  conversation_add add;
  add.members.assign(max_members, std::string(32, 'a'));
  EXPECT_LT(to_line(add).size(), max_request_line);
  EXPECT_TRUE(read_request(to_line(add)));
  add.members.emplace_back("one-more");
  EXPECT_FALSE(read_request(to_line(add)));
}

}  // namespace
}  // namespace dunlin::app
