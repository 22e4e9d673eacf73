#include "mqtt/topic.hpp"

#include <string>

#include <gtest/gtest.h>

namespace dunlin::mqtt {
namespace {

using namespace std::string_literals;

TEST(MqttText, TakesWellFormedUtf8OfEveryLength) {
  for (const auto& text :
       {""s, "plain ascii, longer than a word"s, "straße"s, "€"s, "𝄞 and 𝄞"s, "\x7f"s, "\xef\xbf\xbf"s,
        "\xf4\x8f\xbf\xbf"s, "\xed\x9f\xbf"s, "\xee\x80\x80"s, "\xc2\x80"s, "\xe0\xa0\x80"s}) {
    EXPECT_TRUE(is_valid_text(text)) << text;
  }
}

TEST(MqttText, RefusesWhatIsNotUtf8OrHoldsZeroWhereverItStands) {
  const std::string bad[] = {"\0"s,
                             "\x80"s,
                             "\xbf"s,
                             "\xc0\x80"s,
                             "\xc1\xbf"s,
                             "\xc2"s,
                             "\xc2\x41"s,
                             "\xe0\x9f\xbf"s,
                             "\xe2\x82"s,
                             "\xed\xa0\x80"s,
                             "\xed\xbf\xbf"s,
                             "\xf0\x8f\xbf\xbf"s,
                             "\xf4\x90\x80\x80"s,
                             "\xf5\x80\x80\x80"s,
                             "\xff"s,
                             "\xf0\x9f\x92"s};
  for (const std::string& piece : bad) {
    for (std::size_t before = 0; before < 18; ++before) {
      for (const std::size_t after : {0U, 1U, 9U}) {
        EXPECT_FALSE(is_valid_text(std::string(before, 'a') + piece + std::string(after, 'b')));
      }
    }
  }
}

TEST(MqttText, EveryCodePointIsValidExceptSurrogatesAndZero) {
  for (char32_t c = 0; c <= 0x110000; ++c) {
    std::string text;
    const auto put = [&](char32_t v) { text += static_cast<char>(v); };
    if (c < 0x80) {
      put(c);
    } else if (c < 0x800) {
      put(0xc0 | c >> 6), put(0x80 | (c & 63));
    } else if (c < 0x10000) {
      put(0xe0 | c >> 12), put(0x80 | (c >> 6 & 63)), put(0x80 | (c & 63));
    } else {
      put(0xf0 | c >> 18), put(0x80 | (c >> 12 & 63)), put(0x80 | (c >> 6 & 63)), put(0x80 | (c & 63));
    }
    const bool valid = c != 0 && (c < 0xd800 || c > 0xdfff) && c <= 0x10ffff;
    ASSERT_EQ(is_valid_text(text), valid) << static_cast<std::uint32_t>(c);
  }
}

TEST(MqttTopic, ATopicNameHasNoWildcardsAnywhere) {
  EXPECT_TRUE(is_valid_topic("c/aaaaaaaaaaaaaaaaaaaaaaaaaa/send"));
  EXPECT_TRUE(is_valid_topic("/"));
  EXPECT_TRUE(is_valid_topic("$SYS/x"));
  for (std::size_t at = 0; at < 20; ++at) {
    for (const char wildcard : {'+', '#'}) {
      std::string topic(20, 'x');
      topic[at] = wildcard;
      EXPECT_FALSE(is_valid_topic(topic)) << topic;
      EXPECT_TRUE(is_valid_text(topic));
    }
  }
}

TEST(MqttTopic, WildcardsInFiltersStandAloneInTheirLevel) {
  for (const char* good :
       {"#", "+", "a/#", "+/+", "a/+/b", "/", "/+", "+/", "a//b", "$SYS/#", "$share/g/a/#", "$share/g/+"}) {
    EXPECT_TRUE(is_valid_filter(good)) << good;
  }
  for (const char* bad : {"", "a#", "#a", "a/#/b", "#/", "a+", "+a", "a/b+/c", "++", "a/##", "$share/g", "$share//x",
                          "$share/", "$share/g/", "$share/g+/x", "$share/#/x", "$share/g/a#"}) {
    EXPECT_FALSE(is_valid_filter(bad)) << bad;
  }
}

TEST(MqttTopic, ASharedFilterHasAGroupAndAFilter) {
  const auto parts = parse_shared("$share/group/a/+");
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->group, "group");
  EXPECT_EQ(parts->filter, "a/+");
  EXPECT_FALSE(parse_shared("a/+"));
  EXPECT_FALSE(parse_shared("$shared/a/b"));
}

TEST(MqttTopic, LevelsAreCountedWithoutRecursion) {
  EXPECT_EQ(levels_of("a"), 1U);
  EXPECT_EQ(levels_of("a/b"), 2U);
  EXPECT_EQ(levels_of(std::string(60'000, '/')), 60'001U);
}

}  // namespace
}  // namespace dunlin::mqtt
