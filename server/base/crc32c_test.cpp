#include "base/crc32c.hpp"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

TEST(Crc32c, GivesTheVectorsOfRfc3720) {
  EXPECT_EQ(crc32c(0, bytes(32, 0x00)), 0x8a9136aaU);
  EXPECT_EQ(crc32c(0, bytes(32, 0xff)), 0x62a8ab43U);
  EXPECT_EQ(crc32c(0, as_bytes("123456789")), 0xe3069283U);
}

TEST(Crc32c, OfPartsIsThatOfTheWhole) {
  const auto whole = as_bytes("a frame of the log, in two parts");
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    EXPECT_EQ(crc32c(crc32c(0, whole.first(cut)), whole.subspan(cut)), crc32c(0, whole));
  }
}

}  // namespace
}  // namespace dunlin
