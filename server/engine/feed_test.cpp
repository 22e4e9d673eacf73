#include "engine/feed.hpp"

#include <gtest/gtest.h>

namespace dunlin::engine {
namespace {

feed at(std::uint64_t cursor) { return feed(1, cursor); }

TEST(Feed, D6_AnAcknowledgementMovesTheCursorIfItContinuesIt) {
  auto f = at(4);
  f.note_sent(5);
  f.note_sent(6);
  f.note_sent(7);
  EXPECT_FALSE(f.ack(6));
  EXPECT_EQ(f.acked(), 4U);
  EXPECT_TRUE(f.ack(5));
  EXPECT_EQ(f.acked(), 6U);
  EXPECT_TRUE(f.ack(7));
  EXPECT_EQ(f.acked(), 7U);
}

TEST(Feed, D6_AcknowledgementsInAnyOrderMoveTheCursorToTheFirstThatIsOutstanding) {
  auto f = at(0);
  for (std::uint64_t seq = 1; seq <= 6; ++seq) f.note_sent(seq);
  EXPECT_TRUE(f.ack(1));   // in order: nothing is listed
  EXPECT_FALSE(f.ack(1));  // again
  EXPECT_FALSE(f.ack(7));  // never sent
  EXPECT_FALSE(f.ack(4));  // out of order
  EXPECT_FALSE(f.ack(3));
  EXPECT_EQ(f.acked(), 1U);
  f.note_sent(7);
  EXPECT_TRUE(f.ack(2));
  EXPECT_EQ(f.acked(), 4U);
  EXPECT_TRUE(f.ack(5));
  EXPECT_TRUE(f.ack(6));
  EXPECT_TRUE(f.ack(7));
  f.note_sent(8);
  EXPECT_FALSE(f.note_passed(9, 9));
  EXPECT_TRUE(f.ack(8));
  EXPECT_EQ(f.acked(), 9U);
}

TEST(Feed, D6_ASeqThatIsNeverSentCountsWithWhatPrecedesIt) {
  auto f = at(0);
  f.note_sent(1);
  EXPECT_FALSE(f.note_passed(2, 5));
  EXPECT_EQ(f.acked(), 0U);
  EXPECT_TRUE(f.ack(1));
  EXPECT_EQ(f.acked(), 5U);
  EXPECT_TRUE(f.note_passed(6, 6));
  EXPECT_EQ(f.acked(), 6U);
}

TEST(Feed, D6_AboveAGapTheCursorMovesOnlyByHaveThrough) {
  auto f = at(10);
  f.note_gap(11, 300);
  f.note_sent(301);
  EXPECT_FALSE(f.ack(301));
  EXPECT_EQ(f.acked(), 10U);
  EXPECT_TRUE(f.have_through(300));
  EXPECT_EQ(f.acked(), 301U);
}

TEST(Feed, HaveThroughInsideAGapLeavesTheRestOfIt) {
  auto f = at(10);
  f.note_gap(11, 300);
  f.note_sent(301);
  f.ack(301);
  EXPECT_TRUE(f.have_through(100));
  EXPECT_EQ(f.acked(), 100U);
  EXPECT_TRUE(f.have_through(300));
  EXPECT_EQ(f.acked(), 301U);
}

TEST(Feed, HaveThroughAboveWhatWasSentIsIgnored) {
  auto f = at(3);
  EXPECT_FALSE(f.have_through(4));
  EXPECT_EQ(f.acked(), 3U);
}

TEST(Feed, D8_TheCursorPassesAnEchoWithTheAcknowledgementOfALaterRecord) {
  auto f = at(0);
  EXPECT_TRUE(f.expect_echo(1));
  EXPECT_TRUE(f.take_echo(1));
  EXPECT_FALSE(f.take_echo(1));
  f.note_echoed(1);
  EXPECT_EQ(f.acked(), 0U);
  f.note_sent(2);
  EXPECT_TRUE(f.ack(2));
  EXPECT_EQ(f.acked(), 2U);
}

TEST(Feed, D8_AnEchoIsPassedByHaveThroughToo) {
  auto f = at(0);
  f.note_echoed(1);
  EXPECT_TRUE(f.have_through(1));
  EXPECT_EQ(f.acked(), 1U);
}

TEST(Feed, D6_TheCursorPassesWhatWasOnlyToldOfWithTheAcknowledgementOfALaterRecord) {
  auto f = at(0);
  f.note_sent(1);
  f.note_told(2, 2);
  EXPECT_TRUE(f.ack(1));
  EXPECT_EQ(f.acked(), 1U);
  EXPECT_TRUE(f.is_unsure());
  f.note_sent(3);
  EXPECT_TRUE(f.ack(3));
  EXPECT_EQ(f.acked(), 3U);
  EXPECT_FALSE(f.is_unsure());
}

TEST(Feed, D6_ToldOfInsteadOfSentAgainIsNotAcknowledged) {
  auto f = at(0);
  f.note_sent(1);
  f.note_sent(2);
  EXPECT_FALSE(f.told_instead(1));
  EXPECT_FALSE(f.told_instead(1));
  EXPECT_EQ(f.acked(), 0U);
  EXPECT_TRUE(f.ack(2));
  EXPECT_EQ(f.acked(), 2U);
}

TEST(Feed, AnEchoOfWhatWasSentAlreadyIsNotExpected) {
  auto f = at(5);
  EXPECT_FALSE(f.expect_echo(5));
  EXPECT_TRUE(f.expect_echo(6));
}

TEST(Feed, AnUnknownOrRepeatedAcknowledgementChangesNothing) {
  auto f = at(0);
  f.note_sent(1);
  EXPECT_FALSE(f.ack(2));
  EXPECT_TRUE(f.ack(1));
  EXPECT_FALSE(f.ack(1));
  EXPECT_EQ(f.acked(), 1U);
}

}  // namespace
}  // namespace dunlin::engine
