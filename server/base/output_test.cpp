#include "base/output.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace dunlin {
namespace {

// The bytes as a peer would see them, through an iovec array of `pieces`, `step` bytes a write.
bytes drain(output& out, std::size_t pieces = 8, std::size_t step = SIZE_MAX) {
  bytes all;
  std::vector<iovec> into(pieces);
  while (!out.empty()) {
    const std::size_t n = out.gather(into);
    std::size_t written = 0;
    for (std::size_t i = 0; i < n && written < step; ++i) {
      const auto* data = static_cast<const std::uint8_t*>(into[i].iov_base);
      const std::size_t take = std::min(into[i].iov_len, step - written);
      all.insert(all.end(), data, data + take);
      written += take;
    }
    out.consume(written);
  }
  return all;
}

bytes pattern(std::size_t n, std::uint8_t seed) {
  bytes data(n);
  for (std::size_t i = 0; i < n; ++i) data[i] = static_cast<std::uint8_t>(i * 31 + seed);
  return data;
}

TEST(Output, OwnsNothingBeforeTheFirstByteAndAfterTheLast) {
  chunk_pool pool;
  output out(pool);
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(pool.borrowed(), 0U);
  out.append(as_bytes("x"));
  EXPECT_FALSE(out.empty());
  EXPECT_EQ(pool.borrowed(), 1U);
  out.consume(1);
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(pool.borrowed(), 0U);
  EXPECT_EQ(pool.free_chunks(), 1U);
}

TEST(Output, AppendingNothingBorrowsNothing) {
  chunk_pool pool;
  output out(pool);
  out.append({});
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(pool.borrowed(), 0U);
}

TEST(Output, KeepsTheOrderOfPiecesOfEveryKind) {
  chunk_pool pool;
  output out(pool);
  seeded_random random(7);
  bytes expected;
  const auto body = std::make_shared<const bytes>(pattern(100'000, 3));
  for (int i = 0; i < 300; ++i) {
    bytes piece = pattern(1 + random.below(3000), static_cast<std::uint8_t>(i));
    if (i % 3 == 0) {
      piece.resize(1 + random.below(output::max_reserve));
      std::uint8_t* at = out.reserve(piece.size());
      std::copy(piece.begin(), piece.end(), at);
    } else if (i % 50 == 1) {
      const std::size_t offset = random.below(50'000);
      const std::size_t length = random.below(50'000);
      out.append_shared(body, offset, length);
      piece.assign(body->begin() + static_cast<long>(offset), body->begin() + static_cast<long>(offset + length));
    } else {
      out.append(piece);
    }
    expected.insert(expected.end(), piece.begin(), piece.end());
    ASSERT_EQ(out.size(), expected.size());
  }
  EXPECT_EQ(drain(out, 3, 777), expected);
  EXPECT_EQ(pool.borrowed(), 0U);
}

TEST(Output, ALargeBodyIsSharedAndASmallOneCopied) {
  chunk_pool pool;
  output out(pool);
  const auto large = std::make_shared<const bytes>(pattern(output::shared_above + 1, 1));
  const auto small = std::make_shared<const bytes>(pattern(output::shared_above, 1));
  out.append_shared(large, 0, large->size());
  EXPECT_EQ(large.use_count(), 2);
  EXPECT_EQ(pool.borrowed(), 0U);
  out.append_shared(small, 0, small->size());
  EXPECT_EQ(small.use_count(), 1);
  out.consume(large->size());
  EXPECT_EQ(large.use_count(), 1) << "let go as soon as it is written";
  EXPECT_EQ(drain(out), *small);
}

TEST(Output, GatherFillsAtMostWhatItIsGiven) {
  chunk_pool pool;
  output out(pool);
  out.append(pattern(5 * chunk_pool::chunk_size, 0));
  std::array<iovec, 2> two;
  EXPECT_EQ(out.gather(two), 2U);
  std::array<iovec, 16> many;
  EXPECT_EQ(out.gather(many), 6U);
}

TEST(Output, WhatWasGatheredStaysWhileMoreIsAppended) {
  chunk_pool pool;
  output out(pool);
  out.append(as_bytes("first"));
  std::array<iovec, 1> before;
  ASSERT_EQ(out.gather(before), 1U);
  out.append(pattern(40'000, 0));
  EXPECT_EQ(std::string(static_cast<const char*>(before[0].iov_base), 5), "first");
}

TEST(Output, APoolKeepsABoundedNumberOfFreeChunks) {
  chunk_pool pool(2);
  output out(pool);
  out.append(pattern(5 * chunk_pool::chunk_size, 0));
  out.clear();
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(pool.free_chunks(), 2U);
  pool.trim();  // nothing was free all the time since the last one
  EXPECT_EQ(pool.free_chunks(), 2U);
  {
    const output again = [&] {
      output o(pool);
      o.append(bytes(1));
      return o;
    }();
  }
  pool.trim();  // one was needed
  EXPECT_EQ(pool.free_chunks(), 1U);
  pool.trim();
  EXPECT_EQ(pool.free_chunks(), 0U);
  EXPECT_EQ(pool.borrowed(), 0U);
}

TEST(Output, MovesWithWhatItHolds) {
  chunk_pool pool;
  output from(pool);
  from.append(as_bytes("abc"));
  output to(std::move(from));
  output third(pool);
  third.append(as_bytes("dropped"));
  third = std::move(to);
  EXPECT_EQ(drain(third), (bytes{'a', 'b', 'c'}));
  EXPECT_EQ(pool.borrowed(), 0U);
}

}  // namespace
}  // namespace dunlin
