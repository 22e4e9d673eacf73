// The version of the rules of apply is a part of the partition's state, and changes by an entry alone (L7).

#include <gtest/gtest.h>

#include "store/errc.hpp"
#include "stream/partition.hpp"

namespace dunlin::stream {
namespace {

constexpr partition_id here = 0x11;
const store::row_key own = store::partition_row(here);

bytes raise_to(std::uint32_t version) {
  bytes entry;
  write_rules_entry(entry, version);
  return entry;
}

bytes row_of(const partition& state) {
  bytes row;
  EXPECT_TRUE(state.write_row(own, row));
  return row;
}

struct decided {
  verdict what;
  bool kept = false;
  bool touched_own = false;
};
decided apply(partition& state, store::position pos, const bytes& entry) {
  store::applied out;
  const verdict v = state.apply(pos, entry, out);
  return {v, out.keep, out.touched == std::vector<store::row_key>{own}};
}

std::error_code redo(partition& state, store::position pos, const bytes& entry) {
  const auto done = state.redo({here, pos, entry, {}, {}, 0, 0}, [](const store::row_key&) {});
  return done ? std::error_code{} : done.error();
}

TEST(Rules, L7_APartitionBeginsWithTheFirstAndIsRaisedByAnEntry) {
  partition state(here, 2);
  EXPECT_EQ(state.rules(), first_rules);
  const auto did = apply(state, 1, raise_to(2));
  EXPECT_EQ(did.what.what, verdict::kind::accepted);
  EXPECT_TRUE(did.kept && did.touched_own);
  EXPECT_EQ(state.rules(), 2U);
  partition again(here, 2);
  ASSERT_TRUE(again.load_row(own, 1, row_of(state)));
  EXPECT_EQ(again.rules(), 2U);
}

TEST(Rules, L7_TheRulesThatAreInForceAreADuplicateAndOlderOnesToo) {
  partition state(here);
  const auto same = apply(state, 1, raise_to(first_rules));
  EXPECT_EQ(same.what.what, verdict::kind::duplicate);
  EXPECT_FALSE(same.kept);
  partition raised(here, 2);
  apply(raised, 1, raise_to(2));
  EXPECT_EQ(apply(raised, 2, raise_to(1)).what.what, verdict::kind::duplicate);
  EXPECT_EQ(raised.rules(), 2U);
}

TEST(Rules, L7_UnknownRulesAreRefusedAndChangeNothing) {
  partition state(here);
  const auto did = apply(state, 1, raise_to(rules_version + 1));
  EXPECT_EQ(did.what.why, reason::unsupported);
  EXPECT_FALSE(did.kept);
  bytes zero;
  byte_writer w(zero);
  w.u8(static_cast<std::uint8_t>(entry_kind::rules));
  w.varint(0);
  EXPECT_EQ(apply(state, 1, zero).what.why, reason::malformed);
  EXPECT_EQ(state.rules(), first_rules);
}

TEST(Rules, L7_ARowOfRulesThatAreNotAmongTheLastTwoIsRefusedAndSaysWhich) {
  const bytes first = row_of(partition(here));
  EXPECT_TRUE(partition(here, 2).load_row(own, 1, first));
  EXPECT_EQ(partition(here, 3).load_row(own, 1, first).error(), store::make_error_code(store::errc::older));
  partition raised(here, 2);
  apply(raised, 1, raise_to(2));
  EXPECT_EQ(partition(here, 1).load_row(own, 1, row_of(raised)).error(), store::make_error_code(store::errc::newer));
}

TEST(Rules, L7_AFrameOfNewerRulesOrOfAnUnknownKindIsNotRedone) {
  partition state(here);
  EXPECT_EQ(redo(state, 1, raise_to(rules_version + 1)), store::make_error_code(store::errc::newer));
  EXPECT_EQ(redo(state, 1, {250, 1, 2}), store::make_error_code(store::errc::newer));
  EXPECT_EQ(redo(state, 1, {}), store::make_error_code(store::errc::newer));
}

TEST(Rules, L7_WhatWasDecidedByRulesThatAreNoLongerKnownIsNotRedone) {
  partition state(here, 3);
  bytes trim;
  write_trim_entry(trim, {{std::uint64_t{here} << 56, 1}, 1});
  EXPECT_EQ(redo(state, 1, trim), store::make_error_code(store::errc::older));
}

TEST(Rules, L7_RaisingIsRedone) {
  partition state(here, 2);
  EXPECT_FALSE(redo(state, 1, raise_to(2)));
  EXPECT_EQ(state.rules(), 2U);
  EXPECT_EQ(state.own_pos(), 1U);
  // Included in the row already.
  EXPECT_FALSE(redo(state, 1, raise_to(2)));
  EXPECT_EQ(state.rules(), 2U);
}

}  // namespace
}  // namespace dunlin::stream
