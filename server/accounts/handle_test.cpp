#include "accounts/handle.hpp"

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
