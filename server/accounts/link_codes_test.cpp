#include "accounts/link_codes.hpp"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dunlin::accounts {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr identity ada{{1, 1}, {2, 1}};
constexpr identity adas_tablet{{1, 1}, {2, 2}};
constexpr identity ben{{1, 2}, {2, 3}};
constexpr moment start{1000, 1'700'000'000'000};

class LinkCodes : public testing::Test {
 protected:
  link& opened(device_id device = {9, 9}, moment now = start) {
    return **codes.open(device, "laptop", hash_of(secret), now);
  }
  seeded_random random{4};
  token secret = make_token(random);
  link_codes codes{random};
};

TEST_F(LinkCodes, ACodeIsEightCharactersThatAreTypedInAnyWay) {
  const auto& one = opened();
  ASSERT_EQ(one.code.size(), 8U);
  EXPECT_EQ(one.code.find_first_not_of(link_alphabet), std::string::npos);
  EXPECT_EQ(canonical_code("k7qm-2f9t"), "K7QM2F9T");
  EXPECT_EQ(canonical_code(" K7QM 2F9T "), "K7QM2F9T");
  EXPECT_EQ(canonical_code("oil0-1111"), "01101111");
  for (const auto* text : {"", "K7QM2F9", "K7QM2F9TX", "K7QM2F9U", "K7QM2F9\xc3\xa4"})
    EXPECT_EQ(canonical_code(text), "") << text;
}

TEST_F(LinkCodes, CodesDifferAndUseTheWholeAlphabet) {
  std::set<std::string> seen;
  std::set<char> letters;
  for (std::uint64_t i = 1; i <= 500; ++i) {
    const auto& one = opened({3, i});
    EXPECT_TRUE(seen.insert(one.code).second);
    letters.insert(one.code.begin(), one.code.end());
  }
  EXPECT_EQ(letters.size(), link_alphabet.size());
}

TEST_F(LinkCodes, Q2_ADeviceThatAsksAgainHasTheSameCode) {
  const auto first = opened();
  EXPECT_EQ(opened().id, first.id);
  EXPECT_EQ(opened().code, first.code);
  const auto other = codes.open({9, 9}, "laptop", hash_of(make_token(random)), start);
  EXPECT_NE((*other)->id, first.id);
}

TEST_F(LinkCodes, ACodeIsItsFirstClaimersAlone) {
  const auto& one = opened();
  EXPECT_EQ(*codes.claim(one.code, ada, 1001), &one);
  EXPECT_EQ(*codes.claim(one.code, ada, 1002), &one);
  EXPECT_EQ(one.state, link_state::seen);
  EXPECT_EQ(codes.claim(one.code, ben, 1002).error(), errc::unknown_code);
  EXPECT_EQ(codes.claim(one.code, adas_tablet, 1002).error(), errc::unknown_code);
  EXPECT_EQ(*codes.claimed(one.id, ada, 1002), &one);
  EXPECT_EQ(codes.claimed(one.id, ben, 1002).error(), errc::unknown_link);
  EXPECT_EQ(codes.claim("", ada, 1002).error(), errc::unknown_code);
}

TEST_F(LinkCodes, ACodeIsUsedOnce) {
  auto& one = opened();
  ASSERT_TRUE(codes.claim(one.code, ada, 1001));
  codes.end(one, link_state::linked, 1002);
  EXPECT_EQ(codes.claim(one.code, ada, 1003).error(), errc::unknown_code);
  EXPECT_EQ((*codes.find(one.id, 1003))->state, link_state::linked);
}

TEST_F(LinkCodes, TimeEndsThem) {
  const auto id = opened().id;
  const auto code = opened().code;
  EXPECT_THAT(codes.sweep(1000 + link_codes::lasts - 1), IsEmpty());
  EXPECT_EQ(codes.claim(code, ada, 1000 + link_codes::lasts).error(), errc::unknown_code);
  EXPECT_EQ((*codes.find(id, 1000 + link_codes::lasts))->state, link_state::expired);
  EXPECT_THAT(codes.sweep(1000 + link_codes::lasts + link_codes::remembered), IsEmpty());
  EXPECT_EQ(codes.find(id, 0).error(), errc::unknown_link);
  EXPECT_EQ(codes.size(), 0U);
}

TEST_F(LinkCodes, ASweepNamesWhatItEnds) {
  const auto id = opened().id;
  EXPECT_THAT(codes.sweep(1000 + link_codes::lasts), ElementsAre(id));
  EXPECT_THAT(codes.sweep(1000 + link_codes::lasts), IsEmpty());
  EXPECT_NE(opened({9, 9}, {1000 + link_codes::lasts, 0}).id, id);
}

TEST_F(LinkCodes, TimeDoesNotEndWhatIsDecided) {
  auto& one = opened();
  ASSERT_TRUE(codes.claim(one.code, ada, 1001));
  one.decided = true;
  EXPECT_THAT(codes.sweep(1'000'000), IsEmpty());
  EXPECT_EQ((*codes.find(one.id, 1'000'000))->state, link_state::seen);
}

TEST_F(LinkCodes, Q3_ARevokedDeviceLosesWhatItHasClaimed) {
  auto& one = opened({9, 1});
  auto& other = opened({9, 2});
  auto& done = opened({9, 3});
  for (auto* l : {&one, &done}) ASSERT_TRUE(codes.claim(l->code, ada, 1001));
  ASSERT_TRUE(codes.claim(other.code, adas_tablet, 1001));
  done.decided = true;
  EXPECT_THAT(codes.revoke(ada.device, 1002), ElementsAre(one.id));
  EXPECT_EQ(one.state, link_state::refused);
  EXPECT_EQ(other.state, link_state::seen);
  EXPECT_EQ(done.state, link_state::seen);
}

TEST_F(LinkCodes, AreBoundedUntilSomeAreForgotten) {
  for (std::uint64_t i = 1; i <= link_codes::most; ++i) opened({3, i});
  EXPECT_EQ(codes.open({9, 9}, "", hash_of(secret), start).error(), errc::busy);
  const moment later{1000 + link_codes::lasts, 0};
  EXPECT_EQ(codes.open({9, 9}, "", hash_of(secret), later).error(), errc::busy);
  EXPECT_TRUE(codes.open({9, 9}, "", hash_of(secret), {later.mono + link_codes::remembered, 0}));
  EXPECT_EQ(codes.size(), 1U);
}

}  // namespace
}  // namespace dunlin::accounts
