#include "stream/id_window.hpp"

#include <map>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace dunlin::stream {
namespace {

using place = id_window::place;

message_id nth(std::uint64_t n) { return {n, 0}; }

id_window filled(std::uint64_t from, std::uint64_t step = 10) {
  id_window w;
  for (std::uint64_t i = 0; i < id_window::capacity; ++i) w.accept(nth(from + i * step), i + 1);
  return w;
}

bytes row_of(const id_window& w) {
  bytes row;
  byte_writer out(row);
  w.write(out);
  return row;
}

bool read_back(const bytes& row, id_window& w) {
  byte_reader in(row);
  return w.read(in) && in.at_end();
}

TEST(IdWindow, S3_AnEmptyWindowKnowsNothingAndRefusesNothing) {
  const id_window w;
  EXPECT_EQ(w.find(nth(1)).where, place::fresh);
  EXPECT_EQ(w.size(), 0U);
  EXPECT_TRUE(w.floor().is_zero());
  EXPECT_FALSE(w.passed(nth(1)));
}

TEST(IdWindow, S3_ARetryFindsTheSeqOfItsFirstVerdict) {
  id_window w;
  w.accept(nth(5), 17);
  w.accept(nth(9), 18);
  EXPECT_EQ(w.find(nth(5)).where, place::known);
  EXPECT_EQ(w.find(nth(5)).seq, 17U);
  EXPECT_EQ(w.find(nth(9)).seq, 18U);
  EXPECT_EQ(w.find(nth(7)).where, place::fresh);
}

TEST(IdWindow, S3_IdsMayComeOutOfOrderWhileThereIsRoom) {
  id_window w;
  w.accept(nth(30), 1);
  w.accept(nth(10), 2);
  w.accept(nth(20), 3);
  EXPECT_EQ(w.find(nth(10)).seq, 2U);
  EXPECT_EQ(w.find(nth(20)).seq, 3U);
  EXPECT_EQ(w.find(nth(30)).seq, 1U);
  EXPECT_TRUE(w.floor().is_zero());
}

TEST(IdWindow, S3_WhenFullTheLowestIsDroppedAndBecomesTheFloor) {
  id_window w = filled(100);
  w.accept(nth(5000), 65);
  EXPECT_EQ(w.size(), id_window::capacity);
  EXPECT_EQ(w.floor(), nth(100));
  EXPECT_EQ(w.find(nth(100)).where, place::stale);
  EXPECT_EQ(w.find(nth(99)).where, place::stale);
  EXPECT_EQ(w.find(nth(101)).where, place::fresh);
  EXPECT_EQ(w.find(nth(110)).seq, 2U);
  EXPECT_EQ(w.find(nth(5000)).seq, 65U);
}

TEST(IdWindow, S3_AFullWindowTakesAnIdInItsMiddle) {
  id_window w = filled(100);
  w.accept(nth(5000), 65);  // so that the ring no longer starts at its beginning
  w.accept(nth(333), 66);
  EXPECT_EQ(w.size(), id_window::capacity);
  EXPECT_EQ(w.floor(), nth(110));
  EXPECT_EQ(w.find(nth(333)).seq, 66U);
  EXPECT_EQ(w.find(nth(330)).seq, 24U);
  EXPECT_EQ(w.find(nth(340)).seq, 25U);
  EXPECT_EQ(w.find(nth(120)).seq, 3U);
  EXPECT_EQ(w.find(nth(5000)).seq, 65U);
}

TEST(IdWindow, S3_AnIdBelowAllOfAFullWindowBecomesTheFloorAtOnce) {
  id_window w = filled(100);
  ASSERT_EQ(w.find(nth(50)).where, place::fresh);
  w.accept(nth(50), 65);
  EXPECT_EQ(w.floor(), nth(50));
  EXPECT_EQ(w.find(nth(50)).where, place::stale);  // its retry makes no second record
  EXPECT_EQ(w.find(nth(60)).where, place::fresh);
  EXPECT_EQ(w.find(nth(100)).seq, 1U);
}

TEST(IdWindow, S3_WhatIsKnownOrBelowTheFloorHasPassed) {
  id_window w = filled(100);
  w.accept(nth(5000), 65);
  EXPECT_TRUE(w.passed(nth(110)));
  EXPECT_TRUE(w.passed(nth(7)));
  EXPECT_FALSE(w.passed(nth(111)));
  EXPECT_FALSE(w.passed(nth(6000)));
}

TEST(IdWindow, L5_ARowHoldsTheWholeWindow) {
  id_window w = filled(100);
  w.accept(nth(5000), 65);
  w.accept(nth(5001), 1ULL << 60);
  id_window again;
  ASSERT_TRUE(read_back(row_of(w), again));
  EXPECT_EQ(row_of(again), row_of(w));
  EXPECT_EQ(again.floor(), w.floor());
  EXPECT_EQ(again.find(nth(5001)).seq, 1ULL << 60);
  again.accept(nth(6000), 70);
  w.accept(nth(6000), 70);
  EXPECT_EQ(row_of(again), row_of(w));
}

TEST(IdWindow, RefusesARowThatIsNoWindow) {
  const auto row = [](message_id floor, const std::vector<message_id>& ids) {
    bytes out;
    byte_writer w(out);
    w.id(floor);
    w.varint(ids.size());
    for (const auto& id : ids) {
      w.id(id);
      w.varint(1);
    }
    return out;
  };
  id_window w;
  EXPECT_TRUE(read_back(row(nth(0), {nth(1), nth(2)}), w));
  EXPECT_FALSE(read_back(row(nth(0), {nth(2), nth(1)}), w)) << "not ascending";
  EXPECT_FALSE(read_back(row(nth(0), {nth(1), nth(1)}), w)) << "twice";
  EXPECT_FALSE(read_back(row(nth(1), {nth(1), nth(2)}), w)) << "at the floor";
  EXPECT_FALSE(read_back(row(nth(0), std::vector<message_id>(65)), w)) << "too many";
  bytes cut = row(nth(0), {nth(1), nth(2)});
  cut.pop_back();
  EXPECT_FALSE(read_back(cut, w));
}

// The rule in the words of the rule, with all that was ever accepted at hand.
class model {
 public:
  id_window::found find(message_id id) const {
    const auto it = kept_.find(id);
    if (it != kept_.end()) return {place::known, it->second};
    return {id <= floor_ ? place::stale : place::fresh, 0};
  }
  void accept(message_id id, std::uint64_t seq) {
    kept_[id] = seq;
    if (kept_.size() <= 64) return;
    floor_ = kept_.begin()->first;
    kept_.erase(kept_.begin());
  }
  message_id floor() const { return floor_; }
  std::size_t size() const { return kept_.size(); }

 private:
  std::map<message_id, std::uint64_t> kept_;
  message_id floor_;
};

void compare_with_model(std::uint64_t seed) {
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  seeded_random random(seed);
  const std::uint64_t spread = 1 + random.below(400);  // how far out of order
  const std::uint64_t late = 1 + random.below(30);
  id_window window;
  model truth;
  std::uint64_t seq = 0;
  for (std::uint64_t step = 0; step < 600; ++step) {
    const std::uint64_t highest = 1000 + 3 * step;
    const message_id id = nth(random.one_in(late) ? highest - random.below(spread) : highest + random.below(3));
    const auto expected = truth.find(id);
    const auto found = window.find(id);
    ASSERT_EQ(found.where, expected.where) << "step " << step;
    ASSERT_EQ(found.seq, expected.seq) << "step " << step;
    if (found.where == place::fresh) {
      ++seq;
      truth.accept(id, seq);
      window.accept(id, seq);
    }
    ASSERT_EQ(window.floor(), truth.floor()) << "step " << step;
    ASSERT_EQ(window.size(), truth.size()) << "step " << step;
    if (random.one_in(40)) {
      id_window again;
      ASSERT_TRUE(read_back(row_of(window), again));
      window = again;
    }
  }
}

TEST(IdWindow, S3_BehavesAsAMapOfAllIdsDoes) {
  for (std::uint64_t seed = 1; seed <= 300 && !testing::Test::HasFatalFailure(); ++seed) compare_with_model(seed);
}

}  // namespace
}  // namespace dunlin::stream
