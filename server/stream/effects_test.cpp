// What other partitions and the relay of accounts tell (partition.hpp, effects.cpp).

#include <gtest/gtest.h>

#include "stream/partition_bench.hpp"

namespace dunlin::stream {
namespace {

using store::row_kind;

class Effects : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(bench.link(anna, annas).ok()); }
  [[nodiscard]] effect_body added(account_id who, stream_id to, std::uint64_t join_seq = 3) const {
    return {.what = effect_kind::added,
            .account = who,
            .conversation = to,
            .time = 2000,
            .join_seq = join_seq,
            .open = true,
            .name = "far group"};
  }
  [[nodiscard]] effect_body removed(account_id who, stream_id from) const {
    return {.what = effect_kind::removed, .account = who, .conversation = from, .time = 2000};
  }
  [[nodiscard]] effect_body leave(account_id who, stream_id from, std::uint64_t join_seq) const {
    return {.what = effect_kind::leave, .account = who, .conversation = from, .time = 2000, .join_seq = join_seq};
  }
  void revoke(device_id device, std::uint64_t version) {
    bench.tell({.account = anna,
                .time = 1000,
                .version = version,
                .has_device = true,
                .device = device,
                .device_version = version,
                .revoked = true});
  }
  [[nodiscard]] std::optional<record_view> record() const { return read_record(bench.out().record); }
  [[nodiscard]] std::uint64_t last() { return bench.state().effects().last(there); }

  static constexpr partition_id there = 0x33;
  const account_id anna = partition_bench::account(1);
  const device_id annas = partition_bench::device(1);
  const stream_id far{std::uint64_t{there} << 56 | 0xc0000, 1};
  const stream_id group = partition_bench::conversation(1);
  partition_bench bench;
};

TEST_F(Effects, O1_AnEffectIsAppliedOnceAndInOrder) {
  EXPECT_TRUE(bench.effect(there, 1, added(anna, far)).ok());
  EXPECT_TRUE(bench.out().keep);
  EXPECT_EQ(last(), 1U);
  const verdict again = bench.effect(there, 1, added(anna, far));
  EXPECT_EQ(again.what, verdict::kind::duplicate);
  EXPECT_EQ(again.seq, 1U);
  EXPECT_FALSE(bench.out().keep);
  EXPECT_TRUE(bench.effect(there, 2, removed(anna, far)).ok());
  EXPECT_EQ(last(), 2U);
}

TEST_F(Effects, O1_AnEffectBehindAGapIsDroppedAndAnsweredWithTheLast) {
  bench.effect(there, 1, added(anna, far));
  const verdict v = bench.effect(there, 3, removed(anna, far));
  EXPECT_EQ(v.what, verdict::kind::duplicate);
  EXPECT_EQ(v.seq, 1U);
  EXPECT_FALSE(bench.out().keep);
  EXPECT_NE(bench.inbox(anna).find(far), nullptr);
  EXPECT_EQ(bench.effect(there, 0, removed(anna, far)).seq, 1U);
}

TEST_F(Effects, O1_EachSourceIsCountedByItself) {
  EXPECT_TRUE(bench.effect(there, 1, added(anna, far)).ok());
  EXPECT_EQ(bench.effect(0x44, 2, removed(anna, far)).what, verdict::kind::duplicate);
  EXPECT_TRUE(bench.effect(0x44, 1, removed(anna, far)).ok());
}

TEST_F(Effects, O1_AnEffectThatDoesNothingIsCountedAllTheSame) {
  bench.effect(there, 1, removed(anna, far));
  EXPECT_TRUE(bench.out().keep);
  EXPECT_EQ(bench.out().seq, 0U);
  EXPECT_EQ(last(), 1U);
  EXPECT_EQ(bench.out().touched, (std::vector<store::row_key>{store::partition_row(partition_bench::here)}));
}

TEST_F(Effects, D1_WhoIsAddedHasTheConversationFromTheJoinOnAndARecordOnTheAccountsStream) {
  const std::uint64_t head = bench.stream(account_stream(anna)).head;
  bench.effect(there, 1, added(anna, far, 9));
  const auto* c = bench.inbox(anna).find(far);
  ASSERT_NE(c, nullptr);
  EXPECT_EQ(c->join_seq, 9U);
  EXPECT_EQ(c->cursors, (std::vector<std::uint64_t>{9}));
  EXPECT_EQ(c->read, 9U);
  EXPECT_EQ(c->name, "far group");
  EXPECT_TRUE(c->open);
  EXPECT_EQ(bench.out().stream, account_stream(anna));
  EXPECT_EQ(bench.out().seq, head + 1);
  EXPECT_EQ(record()->kind, static_cast<std::uint32_t>(kind::added));
  const auto body = read_added(record()->body);
  ASSERT_TRUE(body.has_value());
  EXPECT_EQ(body->conversation, far);
  EXPECT_EQ(body->join_seq, 9U);
}

TEST_F(Effects, S6_WhoIsRemovedLosesTheConversationAndLearnsItOnTheAccountsStream) {
  bench.effect(there, 1, added(anna, far));
  bench.effect(there, 2, removed(anna, far));
  EXPECT_EQ(bench.inbox(anna).find(far), nullptr);
  EXPECT_EQ(record()->kind, static_cast<std::uint32_t>(kind::removed));
}

TEST_F(Effects, D1_WhoJoinsAnewStartsAtTheNewJoin) {
  bench.effect(there, 1, added(anna, far, 9));
  bench.move({{anna, far, annas, 30}});
  bench.effect(there, 2, removed(anna, far));
  bench.effect(there, 3, added(anna, far, 20));
  EXPECT_EQ(bench.inbox(anna).find(far)->cursors, (std::vector<std::uint64_t>{20}));
}

TEST_F(Effects, O2_AddedToAnUnknownAccountIsAnsweredWithLeave) {
  const account_id nobody = partition_bench::account(404);
  EXPECT_TRUE(bench.effect(there, 1, added(nobody, far, 9)).ok());
  EXPECT_EQ(bench.out().seq, 0U);
  EXPECT_EQ(bench.state().find_inbox(nobody), nullptr);
  const auto answers = bench.waiting(there);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].what, effect_kind::leave);
  EXPECT_EQ(answers[0].account, nobody);
  EXPECT_EQ(answers[0].conversation, far);
  EXPECT_EQ(answers[0].join_seq, 9U);
}

TEST_F(Effects, O2_AddedToADeletedAccountIsAnsweredWithLeave) {
  bench.tell({.account = anna, .time = 1000, .version = 9, .deleted = true});
  bench.effect(there, 1, added(anna, far));
  EXPECT_EQ(bench.inbox(anna).find(far), nullptr);
  ASSERT_EQ(bench.waiting(there).size(), 1U);
  EXPECT_EQ(bench.waiting(there)[0].what, effect_kind::leave);
}

TEST_F(Effects, O2_AnAccountInTooManyConversationsLeavesTheNext) {
  auto& inbox = bench.inbox(anna);
  for (std::uint64_t n = inbox.conversations.size(); n < max_conversations; ++n) inbox.join({1, n}, 1);
  bench.effect(there, 1, added(anna, far));
  EXPECT_EQ(inbox.conversations.size(), max_conversations);
  EXPECT_EQ(bench.waiting(there).size(), 1U);
  // One that it is in already may join anew.
  bench.effect(there, 2, added(anna, {1, max_conversations - 1}, 40));
  EXPECT_EQ(inbox.find({1, max_conversations - 1})->join_seq, 40U);
}

TEST_F(Effects, O2_LeaveEndsTheMembershipThatItAnswers) {
  const account_id ghost = partition_bench::stranger(7, there);
  bench.create(group, {partition_bench::stranger(1, there), ghost});
  EXPECT_TRUE(bench.effect(there, 1, leave(ghost, group, 1)).ok());
  EXPECT_EQ(bench.stream(group).find_member(ghost), nullptr);
  EXPECT_EQ(bench.out().seq, 2U);
  EXPECT_EQ(record()->kind, static_cast<std::uint32_t>(kind::members));
  EXPECT_EQ(bench.state().told().size(), 0U);
}

TEST_F(Effects, O2_LeaveDoesNotEndALaterMembership) {
  const account_id late = partition_bench::stranger(7, there);
  const account_id owner = partition_bench::stranger(1, there);
  bench.create(group, {owner, late});
  bench.change(group, owner, {}, {late});
  bench.change(group, owner, {late}, {});
  bench.effect(there, 1, leave(late, group, 1));
  EXPECT_EQ(bench.out().seq, 0U);
  EXPECT_NE(bench.stream(group).find_member(late), nullptr);
}

TEST_F(Effects, O2_LeaveFromWhatIsUnknownDoesNothing) {
  EXPECT_TRUE(bench.effect(there, 1, leave(anna, partition_bench::conversation(404), 1)).ok());
  EXPECT_EQ(bench.out().seq, 0U);
  EXPECT_EQ(last(), 1U);
}

TEST_F(Effects, O3_EffectsAreAppliedAndAnsweredBeyondTheBound) {
  const std::vector<account_id> many = partition_bench::strangers(max_members);
  for (std::uint64_t n = 0; n < max_unreported / max_members; ++n) {
    ASSERT_TRUE(bench.create(partition_bench::conversation(100 + n), many).ok());
  }
  ASSERT_TRUE(bench.state().effects().is_full());
  EXPECT_TRUE(bench.effect(there, 1, added(anna, far)).ok());
  EXPECT_TRUE(bench.effect(there, 2, added(partition_bench::account(404), far)).ok());
  EXPECT_EQ(bench.state().effects().unreported(), max_unreported + 1);
}

TEST_F(Effects, Q1_ANewAccountHasAnInboxAndAStreamThatBothReachTheirRows) {
  const account_id ben = partition_bench::account(2);
  EXPECT_TRUE(bench.tell({.account = ben, .time = 1000, .version = 1}).ok());
  EXPECT_TRUE(bench.out().keep);
  EXPECT_EQ(bench.out().touched, (std::vector<store::row_key>{{row_kind::inbox, account_stream(ben)},
                                                              {row_kind::stream, account_stream(ben)}}));
  ASSERT_EQ(bench.stream(account_stream(ben)).members.size(), 1U);
  EXPECT_TRUE(bench.stream(account_stream(ben)).is_account);
  EXPECT_NE(bench.inbox(ben).find(account_stream(ben)), nullptr);
}

TEST_F(Effects, Q1_ARepeatedAccountEntryDoesNothing) {
  const std::uint64_t head = bench.stream(account_stream(anna)).head;
  const verdict v = bench.link(anna, annas);
  EXPECT_EQ(v.what, verdict::kind::duplicate);
  EXPECT_FALSE(bench.out().keep);
  EXPECT_EQ(bench.stream(account_stream(anna)).head, head);
}

TEST_F(Effects, Q1_AnOlderVersionDoesNothing) {
  bench.tell({.account = anna, .time = 1000, .version = 9, .deleted = true});
  bench.tell({.account = anna, .time = 1000, .version = 8, .deleted = false});
  EXPECT_FALSE(bench.out().keep);
  EXPECT_TRUE(bench.inbox(anna).deleted);
}

TEST_F(Effects, D1_ALinkedDeviceStartsAtZeroAndCountsInAll) {
  bench.effect(there, 1, added(anna, far, 9));
  bench.move({{anna, far, annas, 30}});
  const device_id tablet = partition_bench::device(2);
  EXPECT_TRUE(bench.link(anna, tablet, 2).ok());
  EXPECT_EQ(record()->kind, static_cast<std::uint32_t>(kind::device_linked));
  const auto& inbox = bench.inbox(anna);
  EXPECT_EQ(inbox.find(far)->cursors, (std::vector<std::uint64_t>{30, 0}));
  EXPECT_EQ(inbox.marks_of(*inbox.find(far)), (marks{30, 0, 9}));
}

TEST_F(Effects, Q3_ARevokedDeviceCountsNoMoreAndItsAccountLearnsIt) {
  bench.effect(there, 1, added(anna, far, 9));
  bench.move({{anna, far, annas, 30}});
  const device_id tablet = partition_bench::device(2);
  bench.link(anna, tablet, 2);
  bench.tell({.account = anna,
              .time = 1000,
              .version = 3,
              .has_device = true,
              .device = tablet,
              .device_version = 3,
              .revoked = true});
  EXPECT_EQ(record()->kind, static_cast<std::uint32_t>(kind::device_revoked));
  const auto& inbox = bench.inbox(anna);
  EXPECT_EQ(inbox.marks_of(*inbox.find(far)), (marks{30, 30, 9}));
}

TEST_F(Effects, D1_ADeviceThatIsKnownIsNotTakenForNewWhenItsAccountChanged) {
  // Who told would set the cursors of a new one to the heads.
  const verdict v = bench.link(anna, annas, 2);
  EXPECT_TRUE(bench.out().keep);
  EXPECT_EQ(bench.out().seq, 0U);
  EXPECT_EQ(v.what, verdict::kind::duplicate);
}

TEST_F(Effects, Q3_ARevokedDeviceNeverComesBackAndItsPlaceIsTheNextOnes) {
  bench.effect(there, 1, added(anna, far, 9));
  const device_id tablet = partition_bench::device(2);
  bench.link(anna, tablet, 2);
  bench.move({{anna, far, tablet, 30}});
  revoke(tablet, 3);
  // Late, and newer than it can be.
  EXPECT_EQ(bench.link(anna, tablet, 2).what, verdict::kind::duplicate);
  EXPECT_EQ(bench.link(anna, tablet, 4).what, verdict::kind::duplicate);
  EXPECT_EQ(bench.inbox(anna).find_device(tablet), inbox_state::npos);
  bench.move({{anna, far, tablet, 40}});
  const device_id watch = partition_bench::device(3);
  EXPECT_EQ(bench.link(anna, watch, 5).what, verdict::kind::accepted);
  EXPECT_EQ(bench.inbox(anna).find_device(watch), 1U);
  EXPECT_EQ(bench.inbox(anna).find(far)->cursors[1], 0U);
}

TEST_F(Effects, Q3_OnlyDevicesThatAreNotRevokedCountTowardsTheMost) {
  std::uint64_t version = 2;
  for (std::uint64_t n = 2; n < 3 * max_devices; ++n) {
    ASSERT_TRUE(bench.link(anna, partition_bench::device(n), version++).ok()) << n;
    revoke(partition_bench::device(n), version++);
  }
  EXPECT_EQ(bench.inbox(anna).devices.size(), 2U);
  EXPECT_EQ(bench.inbox(anna).revoked.size(), max_revoked);
  // Longer gone than is remembered: it is not taken for a new one, and its sender hears that it is not told.
  EXPECT_EQ(bench.link(anna, partition_bench::device(2), 2).why, reason::conflict);
  EXPECT_EQ(bench.link(anna, partition_bench::device(3 * max_devices - 1), 2).what, verdict::kind::duplicate);
  EXPECT_TRUE(bench.link(anna, partition_bench::device(999), version).ok());
}

TEST_F(Effects, R3_ADeviceIsSeenOnTheDayItIsLinkedAndOnLaterOnes) {
  EXPECT_EQ(bench.inbox(anna).devices[0].seen, 0U);
  const auto see = [&](day_number day) {
    bytes entry;
    write_seen_entry(entry, {day, {{anna, annas}, {anna, partition_bench::device(404)}}});
    bench.apply(entry);
    return bench.out().keep;
  };
  EXPECT_TRUE(see(20'000));
  EXPECT_FALSE(see(20'000));
  EXPECT_FALSE(see(19'999));
  EXPECT_EQ(bench.inbox(anna).devices[0].seen, 20'000U);
}

TEST_F(Effects, O3_ADeletedAccountLeavesItsConversationsInSteps) {
  for (std::uint64_t n = 1; n <= 150; ++n) {
    bench.effect(there, n, added(anna, {std::uint64_t{there} << 56, n}, n));
  }
  bytes entry;
  write_depart_entry(entry, {anna, 2000});
  EXPECT_EQ(bench.apply(entry).why, reason::conflict);  // it is not deleted
  bench.tell({.account = anna, .time = 1000, .version = 9, .deleted = true});
  EXPECT_EQ(bench.apply(entry).seq, 150 - max_departures);
  ASSERT_EQ(bench.waiting(there).size(), max_departures);
  EXPECT_EQ(bench.waiting(there)[6].what, effect_kind::leave);
  EXPECT_EQ(bench.waiting(there)[6].conversation, (stream_id{std::uint64_t{there} << 56, 7}));
  EXPECT_EQ(bench.waiting(there)[6].join_seq, 7U);
  EXPECT_EQ(bench.apply(entry).seq, 150 - 2 * max_departures);
  EXPECT_EQ(bench.apply(entry).seq, 0U);
  EXPECT_EQ(bench.inbox(anna).conversations.size(), 1U);
  EXPECT_EQ(bench.apply(entry).what, verdict::kind::duplicate);
  EXPECT_EQ(bench.waiting(there).size(), 150U);
}

TEST_F(Effects, O3_ADeletedAccountWaitsWhereTooMuchIsUnreported) {
  bench.effect(there, 1, added(anna, far));
  bench.tell({.account = anna, .time = 1000, .version = 9, .deleted = true});
  const std::vector<account_id> many = partition_bench::strangers(max_members);
  for (std::uint64_t n = 0; n < max_unreported / max_members; ++n) {
    ASSERT_TRUE(bench.create(partition_bench::conversation(100 + n), many).ok());
  }
  bytes entry;
  write_depart_entry(entry, {anna, 2000});
  EXPECT_EQ(bench.apply(entry).why, reason::busy);
  EXPECT_NE(bench.inbox(anna).find(far), nullptr);
  bench.state().effects().forget(0x22, 1);
  EXPECT_TRUE(bench.apply(entry).ok());
}

TEST_F(Effects, S1_WhenTheLastOwnerLeavesTheEldestTakesOver) {
  const account_id owner = partition_bench::stranger(9, there);
  const account_id younger = partition_bench::stranger(1, there);
  const account_id elder = partition_bench::stranger(2, there);
  bench.create(group, {owner, elder});
  bench.change(group, owner, {younger}, {});
  EXPECT_TRUE(bench.effect(there, 1, leave(owner, group, 1)).ok());
  EXPECT_EQ(bench.stream(group).find_member(elder)->as, role::owner);
  EXPECT_EQ(bench.stream(group).find_member(younger)->as, role::member);
}

TEST_F(Effects, ADeviceBeyondTheMostIsRefusedAndTheAccountsOwnPartStands) {
  for (std::uint64_t n = 2; n <= max_devices; ++n) ASSERT_TRUE(bench.link(anna, partition_bench::device(n), n).ok());
  const verdict v = bench.tell({.account = anna,
                                .time = 1000,
                                .version = 99,
                                .deleted = true,
                                .has_device = true,
                                .device = partition_bench::device(999),
                                .device_version = 1});
  EXPECT_EQ(v.why, reason::forbidden);
  EXPECT_EQ(bench.inbox(anna).devices.size(), max_devices);
  EXPECT_TRUE(bench.inbox(anna).deleted);
}

TEST_F(Effects, AnAccountWhoseIdIsAConversationsIsAConflict) {
  bench.create(group, {anna});
  EXPECT_EQ(bench.tell({.account = account_of(group), .time = 1000, .version = 1}).why, reason::conflict);
  EXPECT_FALSE(bench.out().keep);
}

}  // namespace
}  // namespace dunlin::stream
