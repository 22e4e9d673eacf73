#include "accounts/token.hpp"

#include <set>

#include <gtest/gtest.h>

namespace dunlin::accounts {
namespace {

TEST(Token, TextAndBackIsTheSame) {
  seeded_random random(3);
  for (int i = 0; i < 100; ++i) {
    const auto t = make_token(random);
    const auto text = to_text(t);
    EXPECT_EQ(text.size(), token_text_size);
    EXPECT_EQ(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567"), std::string::npos);
    ASSERT_TRUE(token_from_text(text));
    EXPECT_EQ(token_from_text(text)->bytes, t.bytes);
  }
}

TEST(Token, TextIsBase32AsTheStandardSays) {
  token t;
  EXPECT_EQ(to_text(t), std::string(52, 'a'));
  t.bytes.fill(0xff);
  EXPECT_EQ(to_text(t), std::string(51, '7') + "q");
  t.bytes.fill(0);
  t.bytes[0] = 'f';
  t.bytes[1] = 'o';
  t.bytes[2] = 'o';
  EXPECT_EQ(to_text(t).substr(0, 5), "mzxw6");  // RFC 4648 section 10: "foo"
}

TEST(Token, HasOneSpelling) {
  EXPECT_FALSE(token_from_text(std::string(51, 'a') + "b"));
  EXPECT_FALSE(token_from_text(std::string(51, 'a')));
  EXPECT_FALSE(token_from_text(std::string(53, 'a')));
  EXPECT_FALSE(token_from_text(std::string(51, 'a') + "A"));
  EXPECT_FALSE(token_from_text(std::string(51, 'a') + "1"));
  EXPECT_FALSE(token_from_text(""));
}

TEST(Token, TheHashIsSha256OfTheBytes) {
  const auto h = hash_of(token{});
  // SHA-256 of 32 zero bytes.
  EXPECT_EQ(h.bytes[0], 0x66);
  EXPECT_EQ(h.bytes[1], 0x68);
  EXPECT_EQ(h.bytes[31], 0x25);
  token other;
  other.bytes[31] = 1;
  EXPECT_FALSE(h == hash_of(other));
  EXPECT_TRUE(h == hash_of(token{}));
}

TEST(DirectConversation, S2_TwoStartsMeetInOneStream) {
  seeded_random random(4);
  server_secret secret{};
  random.fill(secret);
  const auto a = random.id<account_id>();
  const auto b = random.id<account_id>();
  EXPECT_EQ(direct_conversation(secret, a, b), direct_conversation(secret, b, a));
  EXPECT_NE(direct_conversation(secret, a, b), direct_conversation(secret, a, random.id<account_id>()));
  server_secret other = secret;
  other[0] ^= 1;
  EXPECT_NE(direct_conversation(secret, a, b), direct_conversation(other, a, b));
}

TEST(DirectConversation, S2_TheIdNeverChangesBetweenVersions) {
  // SHA-256 of 32 zero bytes, an id of ones and an id of twos: sha256sum says the same.
  const account_id one{0x0101010101010101U, 0x0101010101010101U};
  const account_id two{0x0202020202020202U, 0x0202020202020202U};
  EXPECT_EQ(to_text(direct_conversation(server_secret{}, two, one)), "lh4ni32b5yb4qo6m6mpbtcb2ou");
}

}  // namespace
}  // namespace dunlin::accounts
