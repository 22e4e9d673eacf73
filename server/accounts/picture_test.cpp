#include "accounts/picture.hpp"

#include <gtest/gtest.h>

#include "accounts/test_pictures.hpp"

namespace dunlin::accounts {
namespace {

void expect(std::string_view data, picture_type type, std::uint32_t width, std::uint32_t height) {
  const auto head = read_picture(as_bytes(data));
  ASSERT_TRUE(head);
  EXPECT_EQ(head->type, type);
  EXPECT_EQ(head->width, width);
  EXPECT_EQ(head->height, height);
}

TEST(Picture, IsKnownByItsBytesWithItsSize) {
  expect(test_png(640, 480), picture_type::png, 640, 480);
  expect(test_jpeg(1024, 7), picture_type::jpeg, 1024, 7);
  expect(test_webp_lossy(200, 100), picture_type::webp, 200, 100);
  expect(test_webp_lossless(300, 16), picture_type::webp, 300, 16);
  expect(test_webp_extended(1000, 1024), picture_type::webp, 1000, 1024);
}

TEST(Picture, AJpegsSizeIsFoundBehindItsOtherSegments) {
  auto data = test_jpeg(20, 30);
  // A comment, fill bytes and a table of a marker that only looks like a frame's.
  const std::string more(
      "\xff\xfe\x00\x06"
      "abcd\xff\xff\xff\xc4\x00\x04xy",
      16);
  data.insert(2, more);
  expect(data, picture_type::jpeg, 20, 30);
}

TEST(Picture, WhatIsCutOrNoneIsRefused) {
  for (const auto& whole :
       {test_png(8, 8), test_jpeg(8, 8), test_webp_lossy(8, 8), test_webp_lossless(8, 8), test_webp_extended(8, 8)}) {
    for (std::size_t n = 0; n < 20; ++n) EXPECT_FALSE(read_picture(as_bytes(whole.substr(0, n)))) << n;
  }
  for (const auto* text :
       {"", "GIF89a\x01\x01\x01\x01", "<svg xmlns='http://www.w3.org/2000/svg'/>", "<html>", "BM", "%PDF-1.7"}) {
    EXPECT_FALSE(read_picture(as_bytes(std::string_view(text)))) << text;
  }
  EXPECT_FALSE(read_picture(as_bytes(test_png(0, 8))));
  EXPECT_FALSE(read_picture(as_bytes(test_jpeg(8, 0))));
}

TEST(Picture, AJpegWithoutAFrameEnds) {
  using namespace std::string_literals;
  for (const auto& data :
       {"\xff\xd8\xff\xda\x00\x04"s + std::string(100, 'x'), "\xff\xd8\xff\xfe\x00\x00"s + std::string(100, 'x'),
        "\xff\xd8\xff\xfe\xff\xff"s + std::string(100, 'x'), "\xff\xd8"s + std::string(100, '\xff')}) {
    EXPECT_FALSE(read_picture(as_bytes(data)));
  }
}

TEST(PictureHash, IsWrittenAsBase32) {
  const auto hash = hash_of_picture(as_bytes(std::string_view("")));
  EXPECT_EQ(hash.bytes[0], 0xe3);  // SHA-256 of nothing: e3b0c442…
  const auto text = to_text(hash);
  EXPECT_EQ(text.size(), 52U);
  EXPECT_EQ(picture_hash_from_text(text), hash);
  EXPECT_FALSE(picture_hash_from_text("x"));
}

}  // namespace
}  // namespace dunlin::accounts
