#include "base/crc32c.hpp"

#include <algorithm>

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

TEST(Crc32c, OfLongDataIsThatOfItsParts) {
  bytes data(10'000);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(i * i >> 3);
  for (const std::size_t size : {1535U, 1536U, 1537U, 4096U, 10'000U}) {
    const byte_span whole = byte_span(data).first(size);
    std::uint32_t parts = 0;
    for (std::size_t at = 0; at < size; at += 100) {
      parts = crc32c(parts, whole.subspan(at, std::min<std::size_t>(100, size - at)));
    }
    EXPECT_EQ(crc32c(0, whole), parts) << size;
  }
}

}  // namespace
}  // namespace dunlin
