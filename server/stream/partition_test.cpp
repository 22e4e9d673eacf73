#include "stream/partition.hpp"

#include <gtest/gtest.h>

#include "stream/partition_bench.hpp"

namespace dunlin::stream {
namespace {

using store::row_kind;

// A group of two accounts that both live in this partition, with a device each.
class Partition : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(bench.link(anna, annas).ok());
    ASSERT_TRUE(bench.link(ben, bens).ok());
    ASSERT_EQ(bench.create(group, {anna, ben}).seq, 1U);
  }
  [[nodiscard]] stream_state& stream() { return bench.stream(group); }
  // Nothing changed, and the log keeps nothing.
  void expect_refused(const verdict& v, reason why) {
    EXPECT_EQ(v.what, verdict::kind::refused);
    EXPECT_EQ(word(v.why), word(why));
    EXPECT_FALSE(bench.out().keep);
  }

  const account_id anna = partition_bench::account(1);
  const account_id ben = partition_bench::account(2);
  const account_id zoe = partition_bench::account(26);
  const device_id annas = partition_bench::device(1);
  const device_id bens = partition_bench::device(2);
  const stream_id group = partition_bench::conversation(1);
  partition_bench bench;

  static message_id id(std::uint64_t n) { return partition_bench::message(n); }
};

TEST_F(Partition, S1_ASendGetsTheNextSeqAndItsRecordIsWhatTheSenderWrote) {
  const verdict v = bench.send(group, anna, annas, id(1), {.time = 5000, .body = "first"});
  EXPECT_EQ(v.what, verdict::kind::accepted);
  EXPECT_EQ(v.seq, 2U);
  EXPECT_EQ(v.ts, 5000);
  EXPECT_TRUE(bench.out().keep);
  EXPECT_EQ(bench.out().seq, 2U);
  EXPECT_EQ(bench.out().stream, group);
  EXPECT_EQ(bench.out().slot, &stream().slot);
  EXPECT_TRUE(bench.out().outcome.empty());
  const auto record = read_record(bench.out().record);
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->account, anna);
  EXPECT_EQ(record->device, annas);
  EXPECT_EQ(record->id, id(1));
  EXPECT_EQ(as_text(record->body), "first");
  EXPECT_EQ(stream().head, 2U);
}

TEST_F(Partition, S3_ARetryIsADuplicateOfTheFirstSeqAndChangesNothing) {
  bench.send(group, anna, annas, id(1));
  bench.send(group, anna, annas, id(2));
  const verdict v = bench.send(group, anna, annas, id(1));
  EXPECT_EQ(v.what, verdict::kind::duplicate);
  EXPECT_EQ(v.seq, 2U);
  EXPECT_FALSE(bench.out().keep);
  EXPECT_EQ(stream().head, 3U);
}

TEST_F(Partition, S3_TheSameIdOfTwoDevicesIsTwoMessages) {
  EXPECT_EQ(bench.send(group, anna, annas, id(1)).seq, 2U);
  EXPECT_EQ(bench.send(group, ben, bens, id(1)).what, verdict::kind::accepted);
}

TEST_F(Partition, S3_AnIdAtOrBelowTheFloorIsStaleAndTheFloorIsToldWithIt) {
  for (std::uint64_t n = 10; n < 10 + 65; ++n) ASSERT_TRUE(bench.send(group, anna, annas, id(n)).ok());
  const verdict v = bench.send(group, anna, annas, id(10));
  expect_refused(v, reason::stale);
  EXPECT_EQ(v.floor, id(10));
  expect_refused(bench.send(group, anna, annas, id(3)), reason::stale);
}

TEST_F(Partition, S3_ASendThatNamesAnUnacceptedPredecessorWaits) {
  expect_refused(bench.send(group, anna, annas, id(2), {.after = id(1)}), reason::waits);
  EXPECT_TRUE(bench.send(group, anna, annas, id(1)).ok());
  EXPECT_EQ(bench.send(group, anna, annas, id(2), {.after = id(1)}).seq, 3U);
}

TEST_F(Partition, S3_APredecessorBelowTheFloorHasPassed) {
  for (std::uint64_t n = 10; n < 10 + 65; ++n) ASSERT_TRUE(bench.send(group, anna, annas, id(n)).ok());
  EXPECT_TRUE(bench.send(group, anna, annas, id(100), {.after = id(4)}).ok());
}

TEST_F(Partition, S3_ARepeatGetsItsFirstVerdictEvenFromWhoHasLeftSince) {
  bench.send(group, ben, bens, id(1));
  ASSERT_TRUE(bench.change(group, ben, {}, {ben}).ok());
  EXPECT_EQ(bench.send(group, ben, bens, id(1)).what, verdict::kind::duplicate);
  expect_refused(bench.send(group, ben, bens, id(2)), reason::not_member);
}

TEST_F(Partition, S3_AWindowOutlivesMembership) {
  bench.send(group, ben, bens, id(7));
  ASSERT_TRUE(bench.change(group, anna, {}, {ben}).ok());
  ASSERT_TRUE(bench.change(group, anna, {ben}, {}).ok());
  EXPECT_EQ(bench.send(group, ben, bens, id(7)).what, verdict::kind::duplicate);
}

TEST_F(Partition, S3_ARefusedSendLeavesNoTrace) {
  const bytes before = bench.row({row_kind::stream, group});
  expect_refused(bench.send(group, zoe, partition_bench::device(99), id(1)), reason::not_member);
  expect_refused(bench.send(group, anna, annas, id(2), {.after = id(1)}), reason::waits);
  EXPECT_EQ(bench.row({row_kind::stream, group}), before);
}

TEST_F(Partition, AStrangerSeesNoDifferenceBetweenAForeignAndAnUnknownConversation) {
  const verdict foreign = bench.send(group, zoe, partition_bench::device(99), id(1));
  const verdict unknown = bench.send(partition_bench::conversation(404), zoe, partition_bench::device(99), id(1));
  const verdict accounts = bench.send(account_stream(anna), zoe, partition_bench::device(99), id(1));
  EXPECT_EQ(foreign.why, reason::not_member);
  EXPECT_EQ(unknown.why, reason::not_member);
  EXPECT_EQ(accounts.why, reason::not_member);
}

TEST_F(Partition, NobodySendsToAnAccountsOwnStream) {
  expect_refused(bench.send(account_stream(anna), anna, annas, id(1)), reason::not_member);
}

TEST_F(Partition, TextIsForOpenConversationsOnly) {
  const auto text = static_cast<std::uint32_t>(kind::text);
  expect_refused(bench.send(group, anna, annas, id(1), {.kind = text}), reason::not_open);
  const stream_id open = partition_bench::conversation(2);
  ASSERT_TRUE(bench.create(open, {anna}, false, true).ok());
  EXPECT_TRUE(bench.send(open, anna, annas, id(1), {.kind = text}).ok());
}

TEST_F(Partition, AnEntryWithAKindOfTheServersOwnIsRefused) {
  bytes entry;
  write_send_entry(entry, {group, 1000, anna, annas, {.id = id(1), .kind = first_kind_of_server}});
  expect_refused(bench.apply(entry), reason::malformed);
}

TEST_F(Partition, AnEntryThatCannotBeReadIsRefused) {
  expect_refused(bench.apply({}), reason::malformed);
  for (std::uint8_t k = 0; k < 12; ++k) expect_refused(bench.apply(bytes{k, 1, 2, 3}), reason::malformed);
}

TEST_F(Partition, S4_TimeNeverFallsWithinAStream) {
  EXPECT_EQ(bench.send(group, anna, annas, id(1), {.time = 9000}).ts, 9000);
  EXPECT_EQ(bench.send(group, ben, bens, id(2), {.time = 4000}).ts, 9000);
  EXPECT_EQ(bench.send(group, anna, annas, id(3), {.time = 9001}).ts, 9001);
}

TEST_F(Partition, R1_MarksMergeByMaximumAndOnlyWhatGrewIsKept) {
  for (std::uint64_t n = 1; n <= 5; ++n) bench.send(group, anna, annas, id(n));
  EXPECT_TRUE(bench.mark({{group, ben, {5, 4, 2}}}).ok());
  EXPECT_TRUE(bench.out().keep);
  EXPECT_EQ(bench.out().seq, 0U);
  EXPECT_EQ(bench.out().touched, (std::vector<store::row_key>{{row_kind::stream, group}}));
  bench.mark({{group, ben, {3, 5, 1}}});
  EXPECT_EQ(stream().find_member(ben)->at, (marks{5, 5, 2}));
  bench.mark({{group, ben, {4, 4, 2}}});
  EXPECT_FALSE(bench.out().keep);
}

TEST_F(Partition, R1_AMarkNeverPassesTheHead) {
  bench.mark({{group, ben, {900, 900, 900}}});
  EXPECT_EQ(stream().find_member(ben)->at, (marks{1, 1, 1}));
  bench.send(group, anna, annas, id(1));
  bench.mark({{group, ben, {900, 2, 0}}});
  EXPECT_EQ(stream().find_member(ben)->at, (marks{2, 2, 1}));
}

TEST_F(Partition, R1_OneEntryCarriesMarksOfManyAndPassesOverWhoIsNoMember) {
  bench.send(group, anna, annas, id(1));
  bench.mark({{group, anna, {2, 2, 2}},
              {group, zoe, {2, 2, 2}},
              {partition_bench::conversation(404), ben, {2, 2, 2}},
              {group, ben, {2, 1, 1}}});
  EXPECT_EQ(stream().find_member(anna)->at, (marks{2, 2, 2}));
  EXPECT_EQ(stream().find_member(ben)->at, (marks{2, 1, 1}));
  EXPECT_EQ(bench.out().touched.size(), 1U);
}

TEST_F(Partition, R1_JoiningSetsTheMarksToTheJoinSeqAndLeavingForgetsThem) {
  bench.send(group, anna, annas, id(1));
  bench.mark({{group, ben, {2, 2, 2}}});
  bench.change(group, anna, {}, {ben});
  bench.mark({{group, ben, {3, 3, 3}}});
  EXPECT_EQ(stream().find_member(ben), nullptr);
  bench.change(group, anna, {ben}, {});
  EXPECT_EQ(stream().find_member(ben)->join_seq, 4U);
  EXPECT_EQ(stream().find_member(ben)->at, (marks{4, 4, 4}));
}

TEST_F(Partition, D1_CursorsAndReadMarksGrowOnlyAndOneEntryCarriesMany) {
  // ben's inbox has the group once its effect has come.
  bench.effect(partition_bench::here, 1, bench.waiting(partition_bench::here)[0]);
  bench.effect(partition_bench::here, 2, bench.waiting(partition_bench::here)[1]);
  bench.move({{ben, group, bens, 7}, {ben, group, {}, 5}, {anna, group, annas, 3}});
  EXPECT_EQ(bench.inbox(ben).find(group)->cursors, (std::vector<std::uint64_t>{7}));
  EXPECT_EQ(bench.inbox(ben).find(group)->read, 5U);
  EXPECT_EQ(bench.inbox(anna).find(group)->cursors, (std::vector<std::uint64_t>{3}));
  EXPECT_EQ(bench.out().touched.size(), 2U);
  bench.move({{ben, group, bens, 6}, {ben, group, {}, 4}});
  EXPECT_FALSE(bench.out().keep);
  EXPECT_EQ(bench.inbox(ben).find(group)->cursors[0], 7U);
}

TEST_F(Partition, D1_CursorsOfWhatIsUnknownArePassedOver) {
  bench.move({{zoe, group, annas, 7}, {ben, partition_bench::conversation(404), bens, 7}, {ben, group, annas, 7}});
  EXPECT_FALSE(bench.out().keep);
}

TEST_F(Partition, R3_ATrimMovesForwardUpToTheHeadOnly) {
  for (std::uint64_t n = 1; n <= 5; ++n) bench.send(group, anna, annas, id(n));
  EXPECT_TRUE(bench.trim(group, 4).ok());
  EXPECT_EQ(stream().trimmed, 4U);
  EXPECT_EQ(bench.out().touched, (std::vector<store::row_key>{{row_kind::stream, group}}));
  EXPECT_EQ(bench.trim(group, 3).what, verdict::kind::duplicate);
  EXPECT_FALSE(bench.out().keep);
  EXPECT_EQ(bench.trim(group, 7).what, verdict::kind::duplicate);
  EXPECT_EQ(stream().trimmed, 4U);
  expect_refused(bench.trim(partition_bench::conversation(404), 1), reason::not_member);
}

constexpr wall_ms day = 86'400'000;

TEST_F(Partition, R3_AStreamThatTimeTrimsKnowsTheLastSeqOfEachDay) {
  const stream_id brief = partition_bench::conversation(7);
  bench.create({.stream = brief,
                .time = 5 * day,
                .creator = anna,
                .keep = retention::until_delivered,
                .name = "brief",
                .members = {anna}});
  auto& s = bench.stream(brief);
  for (std::uint64_t n = 1; n <= 6; ++n) {
    bench.send(brief, anna, annas, id(n), {.time = static_cast<wall_ms>(5 + n / 3) * day + 7});
  }
  EXPECT_EQ(s.days, (std::vector<day_mark>{{5, 3}, {6, 6}, {7, 7}}));
  EXPECT_EQ(s.through_day(4), 0U);
  EXPECT_EQ(s.through_day(5), 3U);
  EXPECT_EQ(s.through_day(6), 6U);
  EXPECT_EQ(s.through_day(99), 7U);
  bench.trim(brief, 4);
  EXPECT_EQ(s.days, (std::vector<day_mark>{{6, 6}, {7, 7}}));
  bench.trim(brief, 7);
  EXPECT_TRUE(s.days.empty());
  EXPECT_EQ(s.through_day(99), 0U);
}

TEST_F(Partition, R3_DaysAreBoundedAndTheOldestCountToTheNext) {
  const account_id local = partition_bench::account(9);
  for (std::uint64_t n = 1; n <= max_days + 4; ++n) {
    bench.tell({.account = local,
                .time = static_cast<wall_ms>(n) * day,
                .version = n,
                .has_device = true,
                .device = partition_bench::device(100 + n % 2),
                .device_version = n,
                .revoked = n > 2});
    bench.effect(0x77, n, {.account = local, .conversation = {1, n}, .time = static_cast<wall_ms>(n) * day});
  }
  const auto& s = bench.stream(account_stream(local));
  ASSERT_EQ(s.days.size(), max_days);
  EXPECT_EQ(s.days.front().day, 5U);
  EXPECT_EQ(s.days.back(), (day_mark{max_days + 4, s.head}));
}

TEST_F(Partition, R3_AStreamThatIsKeptForEverCountsNoDays) {
  bench.send(group, anna, annas, id(1), {.time = 5 * day});
  EXPECT_TRUE(stream().days.empty());
}

TEST_F(Partition, L5_KnowsWhichPartsAnEntryIsAbout) {
  bytes entry;
  write_trim_entry(entry, {group, 1});
  EXPECT_EQ(parts_of(entry), (std::vector<store::row_key>{{row_kind::stream, group}}));
  entry.clear();
  write_cursors_entry(entry, {{anna, group, annas, 1}, {ben, group, bens, 1}});
  EXPECT_EQ(parts_of(entry), (std::vector<store::row_key>{{row_kind::inbox, account_stream(anna)},
                                                          {row_kind::inbox, account_stream(ben)}}));
  EXPECT_TRUE(parts_of({}).empty());
}

TEST_F(Partition, L5_ARowOfAnotherPartIsRefused) {
  const bytes row = bench.row({row_kind::stream, group});
  partition fresh(partition_bench::here);
  EXPECT_FALSE(fresh.load_row({row_kind::stream, partition_bench::conversation(2)}, 1, row));
  EXPECT_FALSE(fresh.load_row({row_kind::inbox, group}, 1, row));
  EXPECT_TRUE(fresh.load_row({row_kind::stream, group}, 1, row));
}

TEST_F(Partition, L7_ARowOfNewerRulesIsRefused) {
  bytes row = bench.row(store::partition_row(partition_bench::here));
  partition fresh(partition_bench::here);
  EXPECT_TRUE(fresh.load_row(store::partition_row(partition_bench::here), 1, row));
  row[1] = rules_version + 1;
  EXPECT_FALSE(fresh.load_row(store::partition_row(partition_bench::here), 1, row));
  row[1] = 0;
  EXPECT_FALSE(fresh.load_row(store::partition_row(partition_bench::here), 1, row));
}

}  // namespace
}  // namespace dunlin::stream
