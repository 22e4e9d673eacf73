#include "base/bytes.hpp"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

TEST(Bytes, ReadsBackEachKindOfField) {
  bytes out;
  byte_writer w(out);
  w.u8(7);
  w.u16(0x1234);
  w.u32(0xdeadbeef);
  w.u64(1ULL << 63);
  w.varint(300);
  w.id(device_id{1, 2});
  w.field(as_bytes("hello"));
  byte_reader r(out);
  EXPECT_EQ(r.u8(), 7);
  EXPECT_EQ(r.u16(), 0x1234);
  EXPECT_EQ(r.u32(), 0xdeadbeef);
  EXPECT_EQ(r.u64(), 1ULL << 63);
  EXPECT_EQ(r.varint(), 300U);
  EXPECT_EQ(r.id<device_id>(), (device_id{1, 2}));
  EXPECT_EQ(as_text(r.field()), "hello");
  EXPECT_TRUE(r.ok());
  EXPECT_TRUE(r.at_end());
}

TEST(Bytes, EveryVarintReadsBackInItsSize) {
  for (int bit = 0; bit < 64; ++bit) {
    for (const std::uint64_t v : {1ULL << bit, (1ULL << bit) - 1}) {
      bytes out;
      byte_writer(out).varint(v);
      EXPECT_EQ(out.size(), varint_size(v));
      byte_reader r(out);
      EXPECT_EQ(r.varint(), v);
      EXPECT_TRUE(r.ok() && r.at_end());
    }
  }
}

TEST(Bytes, AShortFieldFailsTheReaderForGood) {
  const bytes data{1, 2, 3};
  byte_reader r(data);
  EXPECT_EQ(r.u32(), 0U);
  EXPECT_FALSE(r.ok());
  EXPECT_EQ(r.u8(), 0U);
  EXPECT_TRUE(r.rest().empty());
}

TEST(Bytes, ALengthPastTheEndIsRefusedBeforeAnythingIsTaken) {
  const bytes data{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 'x'};
  byte_reader r(data);
  EXPECT_TRUE(r.field().empty());
  EXPECT_FALSE(r.ok());
}

TEST(Bytes, AVarintOverSixtyFourBitsIsRefused) {
  const bytes data{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02};
  byte_reader r(data);
  r.varint();
  EXPECT_FALSE(r.ok());
}

}  // namespace
}  // namespace dunlin
