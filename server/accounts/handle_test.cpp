#include "accounts/handle.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "accounts/errc.hpp"

namespace dunlin::accounts {
namespace {

TEST(Handle, TakesWhatFollowsTheRule) {
  for (const auto* text : {"ada", "a1", "0x", "ada.lovelace", "ada_l", "a-b", "p15000"}) {
    EXPECT_TRUE(check_handle(text)) << text;
  }
  EXPECT_TRUE(check_handle(std::string(32, 'a')));
}

TEST(Handle, RefusesWhatDoesNot) {
  for (const auto* text : {"", "a", "Ada", ".ada", "_ada", "-ada", "a b", "a/b", "a#", "a+", "$sys", "ad\xc3\xa4"}) {
    EXPECT_EQ(check_handle(text).error(), errc::bad_handle) << text;
  }
  EXPECT_FALSE(check_handle(std::string(33, 'a')));
  EXPECT_FALSE(check_handle(std::string_view("a\0b", 3)));
}

TEST(Handle, RefusesWhatLooksLikeAnId) {
  EXPECT_FALSE(check_handle(std::string(26, 'a')));
  EXPECT_FALSE(check_handle("abcdefghijklmnopqrstuvwxyz"));
  EXPECT_TRUE(check_handle("abcdefghijklmnopqrstuvwxy1"));  // 1 is no letter of base32
  EXPECT_TRUE(check_handle(std::string(25, 'a')));
}

TEST(Handle, IsWhatWhoTypedItMeans) {
  EXPECT_EQ(canonical_handle(" @Ada.Lovelace "), "ada.lovelace");
  EXPECT_EQ(canonical_handle("ada"), "ada");
  EXPECT_EQ(canonical_handle("@@ada"), "@ada");
  EXPECT_EQ(canonical_handle(""), "");
}

TEST(Handle, LookAlikesHaveOneSkeleton) {
  for (const auto& [one, other] : std::initializer_list<std::pair<const char*, const char*>>{{"ada", "a.d.a"},
                                                                                             {"ada_l", "ada-1"},
                                                                                             {"bob", "b0b"},
                                                                                             {"lili", "1i1l"},
                                                                                             {"mia", "rnia"},
                                                                                             {"mia", "r.n-ia"},
                                                                                             {"walter", "vvalter"},
                                                                                             {"paypal", "paypa1"}}) {
    EXPECT_EQ(skeleton_of(one), skeleton_of(other)) << one << ' ' << other;
  }
  for (const auto& [one, other] : std::initializer_list<std::pair<const char*, const char*>>{
           {"ada", "adb"}, {"p1", "p11"}, {"p10", "p1"}, {"ben", "bern"}, {"a2", "az"}}) {
    EXPECT_NE(skeleton_of(one), skeleton_of(other)) << one << ' ' << other;
  }
}

TEST(Handle, NumbersBehindAPrefixNeverLookAlike) {
  std::set<std::string> seen;
  for (int i = 0; i < 20'000; ++i) EXPECT_TRUE(seen.insert(skeleton_of("p" + std::to_string(i))).second) << i;
}

TEST(Handle, TheServersOwnVoiceIsReserved) {
  for (const auto* text :
       {"admin", "adm1n", "a.d-m_in", "support", "supp0rt", "system", "rnoderator", "no-reply", "dunlin"}) {
    EXPECT_TRUE(is_reserved(text)) << text;
  }
  for (const auto* text : {"ada", "ali", "mia", "admin.ada", "supporter", "rob"})
    EXPECT_FALSE(is_reserved(text)) << text;
}

TEST(DisplayName, ShowsSomethingOnOneLine) {
  for (const auto* text : {"Ada", "Ada Lovelace", "Zo\u00eb", "\u0410\u043d\u043d\u0430", "\U0001f468\u200d\U0001f469",
                           "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"}) {
    EXPECT_TRUE(check_display_name(text)) << text;
  }
  for (const auto* text : {"", " ", " Ada", "Ada ", "\u00a0\u200b", "\u3164", "a\nb", "a\tb", "\x7f", "a\u0085",
                           "\u202eada", "\u2066ada", "a\u2028", "\xff", "\xed\xa0\x80"}) {
    EXPECT_EQ(check_display_name(text).error(), errc::bad_display_name) << text;
  }
  EXPECT_TRUE(check_display_name(std::string(128, 'x')));
  EXPECT_FALSE(check_display_name(std::string(129, 'x')));
}

TEST(About, MayHaveLines) {
  EXPECT_TRUE(check_about(""));
  EXPECT_TRUE(check_about("On the shore.\nBack on Monday."));
  for (const auto* text : {"a\rb", "a\tb", "\u202e", "\xff"})
    EXPECT_EQ(check_about(text).error(), errc::bad_about) << text;
  EXPECT_TRUE(check_about(std::string(512, 'x')));
  EXPECT_FALSE(check_about(std::string(513, 'x')));
}

TEST(DeviceName, IsShortUtf8WithoutControlCharacters) {
  for (const auto* text : {"", "Ada's phone", "T\xc3\xa9l\xc3\xa9phone", "\xe2\x98\x8e", "\xf0\x9f\x93\xb1"}) {
    EXPECT_TRUE(check_device_name(text)) << text;
  }
  for (const auto* text :
       {"a\nb", "\x7f", "\xff", "\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x98"}) {
    EXPECT_EQ(check_device_name(text).error(), errc::bad_name);
  }
  EXPECT_TRUE(check_device_name(std::string(64, 'x')));
  EXPECT_FALSE(check_device_name(std::string(65, 'x')));
}

}  // namespace
}  // namespace dunlin::accounts
