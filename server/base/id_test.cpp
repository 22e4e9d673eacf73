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

TEST(Id, EachByteInEachPlaceIsReadAsItsGroupOrRefused) {
  constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  const std::string good = to_text(account_id{0x0123456789abcdef, 0xfedcba9876543210});
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = good;
      text[at] = static_cast<char>(byte);
      const std::size_t group = alphabet.find(text[at]);
      const bool valid = group != std::string_view::npos && (at != 25 || (group & 3) == 0);
      const auto id = id_from_text<account_id>(text);
      ASSERT_EQ(id.has_value(), valid) << at << " " << byte;
      if (!id) continue;
      ASSERT_EQ(to_text(*id), text);
      const std::size_t bit = 5 * at;  // from the top
      if (at < 12) {
        ASSERT_EQ(id->hi >> (59 - bit) & 31, group);
      } else if (at > 12 && at < 25) {
        ASSERT_EQ(id->lo >> (123 - bit) & 31, group);
      }
    }
  }
}

TEST(Id, FallsIntoThePartitionOfItsFirstByte) {
  EXPECT_EQ(partition_of(stream_id{0xab00000000000000, 1}), 0xab);
  EXPECT_EQ(to_bytes(stream_id{0xab00000000000000, 1})[0], 0xab);
}

}  // namespace
}  // namespace dunlin
