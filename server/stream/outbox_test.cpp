#include "stream/outbox.hpp"

#include <gtest/gtest.h>

namespace dunlin::stream {
namespace {

const bytes body = {1, 2, 3};

bytes row_of(const outbox& box) {
  bytes row;
  byte_writer w(row);
  box.write(w);
  return row;
}

bool read_back(const bytes& row, outbox& box) {
  byte_reader in(row);
  return box.read(in) && in.at_end();
}

TEST(Outbox, O1_NumbersAreDensePerTarget) {
  outbox box;
  EXPECT_EQ(box.add(7, body), 1U);
  EXPECT_EQ(box.add(7, body), 2U);
  EXPECT_EQ(box.add(9, body), 1U);
  EXPECT_EQ(box.unreported(), 3U);
}

TEST(Outbox, O1_ForgetsWhatTheTargetReportsAndNothingElse) {
  outbox box;
  for (int i = 0; i < 4; ++i) box.add(7, body);
  box.add(9, body);
  box.forget(7, 2);
  EXPECT_EQ(box.unreported(), 3U);
  EXPECT_EQ(box.waiting().at(7).front().n, 3U);
  box.forget(7, 1);
  EXPECT_EQ(box.unreported(), 3U);
  box.forget(7, 4);
  EXPECT_FALSE(box.waiting().contains(7));
  EXPECT_EQ(box.add(7, body), 5U);
}

TEST(Outbox, O3_IsFullAtTheBoundOfAllTargetsTogether) {
  outbox box;
  for (std::size_t i = 0; i < max_unreported; ++i) {
    EXPECT_FALSE(box.is_full());
    box.add(static_cast<partition_id>(i), body);
  }
  EXPECT_TRUE(box.is_full());
  box.forget(0, 1);
  EXPECT_FALSE(box.is_full());
}

TEST(Outbox, L5_RedoAddsWhatTheRowDoesNotInclude) {
  outbox box;
  box.add(7, body);
  box.redo(7, 1, body);
  EXPECT_EQ(box.unreported(), 1U);
  box.redo(7, 2, body);
  EXPECT_EQ(box.unreported(), 2U);
  EXPECT_EQ(box.add(7, body), 3U);
}

TEST(Outbox, L5_ARowHoldsWhatIsOwedAndHowFarAllAre) {
  outbox box;
  for (int i = 0; i < 4; ++i) box.add(7, body);
  box.add(255, {});
  box.forget(7, 2);
  box.set_last(0, 1ULL << 40);
  outbox again;
  again.add(3, body);  // what was there before goes
  ASSERT_TRUE(read_back(row_of(box), again));
  EXPECT_EQ(row_of(again), row_of(box));
  EXPECT_EQ(again.unreported(), 3U);
  EXPECT_EQ(again.last(0), 1ULL << 40);
  EXPECT_EQ(again.add(7, body), 5U);
}

TEST(Outbox, RefusesARowWhoseNumbersAreNotDense) {
  const auto row = [](std::uint64_t sent, std::uint64_t first, std::uint64_t second) {
    bytes out;
    byte_writer w(out);
    w.u8(1);
    w.u8(7);
    w.varint(sent);
    w.varint(0);
    w.u8(0);
    w.varint(1);
    w.u8(7);
    w.varint(2);
    w.varint(first);
    w.field(body);
    w.varint(second);
    w.field(body);
    return out;
  };
  outbox box;
  EXPECT_TRUE(read_back(row(5, 4, 5), box));
  EXPECT_FALSE(read_back(row(5, 3, 4), box)) << "the last is missing";
  EXPECT_FALSE(read_back(row(5, 3, 5), box));
  EXPECT_FALSE(read_back(row(5, 5, 4), box));
  EXPECT_FALSE(read_back(row(1, 0, 1), box));
}

}  // namespace
}  // namespace dunlin::stream
