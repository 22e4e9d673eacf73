#include "base/id.hpp"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

TEST(Id, IsWrittenAsTheBase32OfItsBytesMostSignificantFirst) {
  EXPECT_EQ(to_text(account_id{0, 0}), "aaaaaaaaaaaaaaaaaaaaaaaaaa");
  EXPECT_EQ(to_text(account_id{~0ULL, ~0ULL}),
            "7777777777777777777777777"
            "4");
  // base32("0123456789abcdef") of RFC 4648, computed by Python's base64.b32encode.
  EXPECT_EQ(to_text(account_id{0x3031323334353637, 0x3839616263646566}), "gaytemzugu3doobzmfrggzdfmy");
}

TEST(Id, ReadsBackWhatItWrote) {
  for (std::uint64_t i = 0; i < 64; ++i) {
    const account_id id{1ULL << i, 0x8000000000000001ULL >> (63 - i)};
    EXPECT_EQ(id_from_text<account_id>(to_text(id)), id);
  }
}

TEST(Id, RefusesEverySpellingButTheCanonicalOne) {
  EXPECT_FALSE(id_from_text<account_id>(""));
  EXPECT_FALSE(id_from_text<account_id>("aaaaaaaaaaaaaaaaaaaaaaaaa"));
  EXPECT_FALSE(id_from_text<account_id>("aaaaaaaaaaaaaaaaaaaaaaaaaaa"));
  EXPECT_FALSE(id_from_text<account_id>("Aaaaaaaaaaaaaaaaaaaaaaaaaa"));
  EXPECT_FALSE(id_from_text<account_id>("aaaaaaaaaaaaaaaaaaaaaaaaa1"));
  EXPECT_FALSE(id_from_text<account_id>("aaaaaaaaaaaaaaaaaaaaaaaaab"));  // a spare bit set
}

TEST(Id, FallsIntoThePartitionOfItsFirstByte) {
  EXPECT_EQ(partition_of(stream_id{0xab00000000000000, 1}), 0xab);
  EXPECT_EQ(to_bytes(stream_id{0xab00000000000000, 1})[0], 0xab);
}

}  // namespace
}  // namespace dunlin
