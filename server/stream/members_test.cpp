// Conversations are made, and people come and go (partition.hpp, members.cpp).

#include <gtest/gtest.h>

#include "stream/partition_bench.hpp"

namespace dunlin::stream {
namespace {

using store::row_kind;

class Members : public testing::Test {
 protected:
  void expect_refused(const verdict& v, reason why) {
    EXPECT_EQ(v.what, verdict::kind::refused);
    EXPECT_EQ(word(v.why), word(why));
    EXPECT_FALSE(bench.out().keep);
  }
  // Whom `added` or `removed` was told to, in order.
  [[nodiscard]] std::vector<account_id> told(effect_kind what) const {
    std::vector<account_id> accounts;
    for (const auto& body : bench.waiting(there)) {
      if (body.what == what) accounts.push_back(body.account);
    }
    return accounts;
  }

  static constexpr partition_id there = 0x22;
  const account_id anna = partition_bench::stranger(1);
  const account_id ben = partition_bench::stranger(2);
  const account_id zoe = partition_bench::stranger(26);
  const stream_id group = partition_bench::conversation(1);
  partition_bench bench;
};

TEST_F(Members, S1_ACreatedConversationBeginsWithTheRecordOfItsMembers) {
  const verdict v = bench.create(group, {anna, ben});
  EXPECT_EQ(v.what, verdict::kind::accepted);
  EXPECT_EQ(v.seq, 1U);
  const auto record = read_record(bench.out().record);
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->kind, static_cast<std::uint32_t>(kind::created));
  EXPECT_EQ(record->account, anna);
  const auto& members = bench.stream(group).members;
  ASSERT_EQ(members.size(), 2U);
  EXPECT_EQ(members[0].as, role::owner);
  EXPECT_EQ(members[1].as, role::member);
  EXPECT_EQ(members[1].join_seq, 1U);
  EXPECT_EQ(members[1].at, (marks{1, 1, 1}));
}

TEST_F(Members, O1_EveryMembersPartitionIsToldOfACreatedConversation) {
  bench.create(group, {anna, ben});
  EXPECT_EQ(told(effect_kind::added), (std::vector<account_id>{anna, ben}));
  const auto body = bench.waiting(there)[1];
  EXPECT_EQ(body.conversation, group);
  EXPECT_EQ(body.join_seq, 1U);
  EXPECT_EQ(body.name, "a name");
  EXPECT_EQ(bench.out().touched, (std::vector<store::row_key>{store::partition_row(partition_bench::here)}));
  ASSERT_EQ(bench.state().told().size(), 2U);
  EXPECT_EQ(bench.state().told()[1].to, there);
  EXPECT_EQ(bench.state().told()[1].n, 2U);
}

TEST_F(Members, S2_ARepeatedCreateIsADuplicate) {
  bench.create(group, {anna, ben});
  const verdict v = bench.create(group, {anna, ben});
  EXPECT_EQ(v.what, verdict::kind::duplicate);
  EXPECT_EQ(v.seq, 1U);
  EXPECT_FALSE(bench.out().keep);
  EXPECT_EQ(bench.waiting(there).size(), 2U);
}

TEST_F(Members, S2_TwoStartsOfADirectChatMeetInOneStream) {
  bench.create(group, {anna, ben}, true);
  EXPECT_EQ(bench.stream(group).find_member(anna)->as, role::member);
  const verdict v = bench.create(group, {ben, anna}, true);
  EXPECT_EQ(v.what, verdict::kind::duplicate);
}

TEST_F(Members, S2_AnIdThatIsInUseForSomethingElseIsAConflict) {
  bench.create(group, {anna, ben});
  expect_refused(bench.create(group, {zoe}), reason::conflict);
  expect_refused(bench.create(group, {anna, ben}, true), reason::conflict);
  const account_id local = partition_bench::account(1);
  bench.link(local, partition_bench::device(1));
  expect_refused(bench.create(account_stream(local), {local}), reason::conflict);
}

TEST_F(Members, ACreateMustNameMembersAndADirectOneAtMostTwo) {
  expect_refused(bench.create(group, {}), reason::malformed);
  expect_refused(bench.create(group, {anna, ben, zoe}, true), reason::malformed);
  EXPECT_EQ(bench.state().find_stream(group), nullptr);
}

TEST_F(Members, AMemberNamedTwiceIsOneMember) {
  bench.create(group, {anna, ben, anna, ben});
  EXPECT_EQ(bench.stream(group).members.size(), 2U);
  EXPECT_EQ(told(effect_kind::added).size(), 2U);
}

TEST_F(Members, S6_WhoJoinsReadsFromTheRecordOfTheJoin) {
  bench.create(group, {anna});
  const verdict v = bench.change(group, anna, {ben}, {});
  EXPECT_EQ(v.seq, 2U);
  EXPECT_EQ(bench.stream(group).find_member(ben)->join_seq, 2U);
  EXPECT_EQ(bench.waiting(there).back().join_seq, 2U);
  const auto record = read_record(bench.out().record);
  EXPECT_EQ(record->kind, static_cast<std::uint32_t>(kind::members));
  EXPECT_EQ(record->account, anna);
}

TEST_F(Members, S6_WhoIsRemovedLearnsItInHisOwnPartitionAlone) {
  bench.create(group, {anna, ben});
  EXPECT_EQ(bench.change(group, anna, {}, {ben}).seq, 2U);
  EXPECT_EQ(bench.stream(group).find_member(ben), nullptr);
  EXPECT_EQ(told(effect_kind::removed), (std::vector<account_id>{ben}));
}

TEST_F(Members, AnAccountThatIsRemovedAndAddedInOneEntryJoinsAnew) {
  bench.create(group, {anna, ben});
  bench.change(group, anna, {ben}, {ben});
  EXPECT_EQ(bench.stream(group).find_member(ben)->join_seq, 2U);
  const auto bodies = bench.waiting(there);
  ASSERT_EQ(bodies.size(), 4U);
  EXPECT_EQ(bodies[2].what, effect_kind::removed);
  EXPECT_EQ(bodies[3].what, effect_kind::added);
}

TEST_F(Members, ARepeatedChangeIsADuplicateAndChangesNothing) {
  bench.create(group, {anna});
  bench.change(group, anna, {ben}, {});
  const verdict v = bench.change(group, anna, {ben}, {});
  EXPECT_EQ(v.what, verdict::kind::duplicate);
  EXPECT_FALSE(bench.out().keep);
}

TEST_F(Members, S1_AnAdminAddsAndRemovesButNoOwnerAndGivesNoRoles) {
  bench.create(group, {anna, ben});
  EXPECT_TRUE(bench.give_role(group, anna, {{ben, role::admin}}).ok());
  EXPECT_TRUE(bench.change(group, ben, {zoe}, {}).ok());
  expect_refused(bench.change(group, ben, {}, {anna}), reason::forbidden);
  expect_refused(bench.change(group, ben, {}, {zoe, anna}), reason::forbidden);
  expect_refused(bench.give_role(group, ben, {{zoe, role::admin}}), reason::forbidden);
  expect_refused(bench.give_role(group, ben, {{ben, role::owner}}), reason::forbidden);
  EXPECT_TRUE(bench.change(group, ben, {}, {zoe}).ok());
  EXPECT_TRUE(bench.change(group, anna, {}, {ben}).ok());
}

TEST_F(Members, S1_ARoleIsRecordedAndGivingItAgainIsADuplicate) {
  bench.create(group, {anna, ben});
  EXPECT_EQ(bench.give_role(group, anna, {{ben, role::admin}, {zoe, role::admin}}).seq, 2U);
  bytes expected;
  write_members_changed(expected, {.roles = {{ben, 1}}});
  const auto body = read_record(bench.out().record)->body;
  EXPECT_EQ(bytes(body.begin(), body.end()), expected);
  EXPECT_EQ(bench.stream(group).find_member(ben)->as, role::admin);
  // A role is no join.
  EXPECT_EQ(bench.stream(group).find_member(ben)->join_seq, 1U);
  EXPECT_EQ(bench.state().told().size(), 0U);
  EXPECT_EQ(bench.give_role(group, anna, {{ben, role::admin}}).what, verdict::kind::duplicate);
}

TEST_F(Members, S1_AnOwnerMakesAnotherAndMayStepDownThenButNotBefore) {
  bench.create(group, {anna, ben});
  expect_refused(bench.give_role(group, anna, {{anna, role::member}}), reason::forbidden);
  expect_refused(bench.give_role(group, {}, {{anna, role::admin}}), reason::forbidden);
  EXPECT_TRUE(bench.give_role(group, anna, {{anna, role::member}, {ben, role::owner}}).ok());
  EXPECT_EQ(bench.stream(group).find_member(anna)->as, role::member);
  EXPECT_EQ(bench.stream(group).find_member(ben)->as, role::owner);
}

TEST_F(Members, S1_WhenTheLastOwnerLeavesTheEldestAdminTakesOverElseTheEldestMember) {
  bench.create(group, {ben});
  bench.change(group, ben, {zoe}, {});
  bench.change(group, ben, {anna}, {});
  bench.give_role(group, ben, {{anna, role::admin}});
  bench.change(group, ben, {}, {ben});
  bytes expected;
  write_members_changed(expected, {.left = {ben}, .roles = {{anna, 2}}});
  const auto body = read_record(bench.out().record)->body;
  EXPECT_EQ(bytes(body.begin(), body.end()), expected);
  EXPECT_EQ(bench.stream(group).find_member(anna)->as, role::owner);
  EXPECT_EQ(bench.stream(group).find_member(zoe)->as, role::member);
  bench.change(group, anna, {ben}, {anna});
  // Who joins with the same entry is the youngest.
  EXPECT_EQ(bench.stream(group).find_member(zoe)->as, role::owner);
  EXPECT_EQ(bench.stream(group).find_member(ben)->as, role::member);
}

TEST_F(Members, S1_TheOneWhoTakesOverMayHaveJoinedWithTheSameEntry) {
  bench.create(group, {anna});
  bench.change(group, anna, {ben}, {anna});
  bytes expected;
  write_members_changed(expected, {.joined = {{ben, 2}}, .left = {anna}});
  const auto body = read_record(bench.out().record)->body;
  EXPECT_EQ(bytes(body.begin(), body.end()), expected);
}

TEST_F(Members, APlainMemberMayOnlyLeave) {
  bench.create(group, {anna, ben});
  expect_refused(bench.change(group, ben, {zoe}, {}), reason::forbidden);
  expect_refused(bench.change(group, ben, {}, {anna}), reason::forbidden);
  expect_refused(bench.change(group, ben, {zoe}, {ben}), reason::forbidden);
  expect_refused(bench.give_role(group, ben, {{ben, role::owner}}), reason::forbidden);
  EXPECT_TRUE(bench.change(group, ben, {}, {ben}).ok());
}

TEST_F(Members, AStrangerChangesNothingAndSeesNoDifferenceToAnUnknownConversation) {
  bench.create(group, {anna});
  expect_refused(bench.change(group, zoe, {zoe}, {}), reason::not_member);
  expect_refused(bench.change(partition_bench::conversation(404), zoe, {zoe}, {}), reason::not_member);
}

TEST_F(Members, TheOperatorChangesWithoutBeingAMember) {
  bench.create(group, {anna});
  EXPECT_TRUE(bench.change(group, {}, {ben}, {anna}).ok());
  EXPECT_EQ(bench.stream(group).members.size(), 1U);
}

TEST_F(Members, ADirectChatKeepsItsTwo) {
  bench.create(group, {anna, ben}, true);
  expect_refused(bench.change(group, anna, {zoe}, {}), reason::forbidden);
  expect_refused(bench.change(group, {}, {zoe}, {}), reason::forbidden);
  expect_refused(bench.change(group, anna, {}, {anna}), reason::forbidden);
}

TEST_F(Members, MoreThanTheMostMembersAreRefusedAsAWhole) {
  const std::vector<account_id> many = partition_bench::strangers(max_members);
  ASSERT_TRUE(bench.create(group, many).ok());
  expect_refused(bench.change(group, many[0], {anna}, {}), reason::too_large);
  expect_refused(bench.change(group, many[0], {anna, ben}, {many[1]}), reason::too_large);
  EXPECT_TRUE(bench.change(group, many[0], {anna}, {many[1]}).ok());
  EXPECT_TRUE(bench.change(group, many[0], {many[2]}, {many[2]}).ok());
  EXPECT_EQ(bench.change(group, many[0], {many[3]}, {}).what, verdict::kind::duplicate);
  EXPECT_EQ(bench.stream(group).members.size(), max_members);
  partition fresh(partition_bench::here);
  EXPECT_TRUE(fresh.load_row({row_kind::stream, group}, 1, bench.row({row_kind::stream, group})));
}

TEST_F(Members, O3_ClientEntriesThatWouldTellMoreThanTheBoundAreBusy) {
  const std::vector<account_id> many = partition_bench::strangers(max_members);
  for (std::uint64_t n = 0; n < max_unreported / max_members; ++n) {
    ASSERT_TRUE(bench.create(partition_bench::conversation(100 + n), many).ok());
  }
  ASSERT_TRUE(bench.state().effects().is_full());
  expect_refused(bench.create(group, {anna}), reason::busy);
  EXPECT_EQ(bench.state().find_stream(group), nullptr);
  expect_refused(bench.change(partition_bench::conversation(100), many[0], {}, {many[1]}), reason::busy);
  // What makes none goes on.
  EXPECT_TRUE(
      bench.send(partition_bench::conversation(100), many[0], partition_bench::device(1), partition_bench::message(1))
          .ok());
  bench.state().effects().forget(there, 1);
  EXPECT_TRUE(bench.create(group, {anna}).ok());
}

}  // namespace
}  // namespace dunlin::stream
