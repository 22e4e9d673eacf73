// Changes that a member's device asks for under an id, and those of a group's name and picture (members.cpp).

#include <gtest/gtest.h>

#include "stream/partition_bench.hpp"

namespace dunlin::stream {
namespace {

class Changes : public testing::Test {
 protected:
  Changes() {
    bench.raise_rules();
    bench.create(group, {anna, ben, cleo});
    bench.give_role(group, anna, {{ben, role::admin}});
  }
  void expect_refused(const verdict& v, reason why) {
    EXPECT_EQ(v.what, verdict::kind::refused);
    EXPECT_EQ(word(v.why), word(why));
    EXPECT_FALSE(bench.out().keep);
  }
  [[nodiscard]] change_entry by(account_id who, std::uint64_t id) const {
    return {.stream = group, .time = 2000, .actor = who, .by = {phone, partition_bench::message(id)}};
  }
  verdict add(account_id who, std::uint64_t id, account_id whom) {
    auto entry = by(who, id);
    entry.add = {whom};
    return bench.change(entry);
  }
  verdict leave(account_id who, std::uint64_t id) {
    auto entry = by(who, id);
    entry.remove = {who};
    return bench.change(entry);
  }
  verdict rename(account_id who, std::uint64_t id, std::string_view name) {
    auto entry = by(who, id);
    entry.look.name = name;
    return bench.change(entry);
  }
  // The record of the last change.
  [[nodiscard]] record_view record() const { return read_record(bench.out().record).value(); }
  [[nodiscard]] bytes body() const { return {record().body.begin(), record().body.end()}; }

  const account_id anna = partition_bench::stranger(1);  // owner
  const account_id ben = partition_bench::stranger(2);   // admin
  const account_id cleo = partition_bench::stranger(3);  // member
  const account_id zoe = partition_bench::stranger(26);
  const device_id phone = partition_bench::device(1);
  const stream_id group = partition_bench::conversation(1);
  const bytes picture = bytes(picture_bytes, 7);
  partition_bench bench;
};

TEST_F(Changes, S3_ARepeatOfAChangeGetsItsFirstVerdictAndMakesNoSecondRecord) {
  const verdict first = add(anna, 1, zoe);
  EXPECT_EQ(first.seq, 3U);
  EXPECT_EQ(record().device, phone);
  EXPECT_EQ(record().id, partition_bench::message(1));
  bench.change(group, {}, {}, {zoe});
  const verdict again = add(anna, 1, zoe);
  EXPECT_EQ(again.what, verdict::kind::duplicate);
  EXPECT_EQ(again.seq, 3U);
  EXPECT_FALSE(bench.out().keep);
  EXPECT_EQ(bench.stream(group).find_member(zoe), nullptr);
}

TEST_F(Changes, S3_WhoLeavesGetsTheVerdictOfItsLeavingAgain) {
  EXPECT_EQ(leave(cleo, 1).seq, 3U);
  const verdict again = leave(cleo, 1);
  EXPECT_EQ(again.what, verdict::kind::duplicate);
  EXPECT_EQ(again.seq, 3U);
  expect_refused(leave(cleo, 2), reason::not_member);
}

TEST_F(Changes, S3_AChangeThatHadNothingToDoDoesNothingWhenItIsRepeated) {
  const verdict first = add(anna, 1, cleo);
  EXPECT_EQ(first.what, verdict::kind::duplicate);
  EXPECT_EQ(first.seq, 2U);
  bench.change(group, {}, {}, {cleo});
  EXPECT_EQ(add(anna, 1, cleo).seq, 2U);
  EXPECT_EQ(bench.stream(group).find_member(cleo), nullptr);
}

TEST_F(Changes, S3_AChangeSharesTheWindowOfTheDevicesMessages) {
  for (std::uint64_t n = 1; n <= id_window::capacity + 1; ++n) {
    bench.send(group, anna, phone, partition_bench::message(10 + n));
  }
  const verdict old = rename(anna, 5, "late");
  expect_refused(old, reason::stale);
  EXPECT_EQ(old.floor, partition_bench::message(11));
  EXPECT_EQ(rename(anna, 12, "as that message").what, verdict::kind::duplicate);
  EXPECT_TRUE(rename(anna, 1000, "new").ok());
  EXPECT_EQ(bench.send(group, anna, phone, partition_bench::message(1000)).what, verdict::kind::duplicate);
}

TEST_F(Changes, S3_WhatIsRefusedIsNotRemembered) {
  expect_refused(rename(cleo, 1, "no"), reason::forbidden);
  EXPECT_EQ(bench.stream(group).find_window(phone), nullptr);
  bench.give_role(group, anna, {{cleo, role::admin}});
  EXPECT_EQ(rename(cleo, 1, "yes").what, verdict::kind::accepted);
}

TEST_F(Changes, S1_OwnersAndAdminsChangeNameAndPictureMembersDoNot) {
  EXPECT_EQ(rename(anna, 1, "one").what, verdict::kind::accepted);
  EXPECT_EQ(rename(ben, 2, "two").what, verdict::kind::accepted);
  EXPECT_EQ(bench.stream(group).name, "two");
  expect_refused(rename(cleo, 3, "three"), reason::forbidden);
  expect_refused(rename(zoe, 4, "four"), reason::not_member);
  change_entry operators{.stream = group, .time = 2000};
  operators.look.name = "five";
  EXPECT_EQ(bench.change(operators).what, verdict::kind::accepted);
}

TEST_F(Changes, ANameOrPictureIsRecordedAsWhatHasChanged) {
  auto entry = by(ben, 1);
  entry.look.name = "a name";  // which it has
  entry.look.picture = picture;
  EXPECT_EQ(bench.change(entry).seq, 3U);
  EXPECT_EQ(record().kind, static_cast<std::uint32_t>(kind::changed));
  EXPECT_EQ(record().account, ben);
  bytes expected;
  write_conversation_changed(expected, {.picture = picture});
  EXPECT_EQ(body(), expected);
  EXPECT_EQ(bench.stream(group).picture, picture);
  entry = by(ben, 2);
  entry.look.picture = byte_span();
  bench.change(entry);
  expected.clear();
  write_conversation_changed(expected, {.picture = byte_span()});
  EXPECT_EQ(body(), expected);
  EXPECT_TRUE(bench.stream(group).picture.empty());
  EXPECT_EQ(bench.state().told().size(), 0U);
}

TEST_F(Changes, ANameThatItHasIsADuplicateOfTheHead) {
  const verdict v = rename(anna, 1, "a name");
  EXPECT_EQ(v.what, verdict::kind::duplicate);
  EXPECT_EQ(v.seq, 2U);
}

TEST_F(Changes, WhoIsInItAndWhatItLooksLikeAreNotChangedTogether) {
  auto entry = by(anna, 1);
  entry.look.name = "both";
  entry.add = {zoe};
  expect_refused(bench.change(entry), reason::malformed);
}

TEST_F(Changes, ADirectChatHasNoNameAndNoPictureOfItsOwn) {
  const stream_id direct = partition_bench::conversation(2);
  bench.create(direct, {anna, ben}, true);
  change_entry entry{.stream = direct, .time = 2000, .actor = anna};
  entry.look.picture = picture;
  expect_refused(bench.change(entry), reason::forbidden);
}

TEST_F(Changes, WhoJoinsIsToldOfTheLookThatItHasNow) {
  rename(anna, 1, "new name");
  auto entry = by(anna, 2);
  entry.look.picture = picture;
  bench.change(entry);
  add(anna, 3, zoe);
  const auto told = bench.waiting(0x22).back();
  EXPECT_EQ(told.name, "new name");
  EXPECT_EQ(bytes(told.picture.begin(), told.picture.end()), picture);
}

TEST_F(Changes, S2_ACreateUnderAnIdIsADuplicateEvenForACreatorWhoHasLeft) {
  const stream_id other = partition_bench::conversation(3);
  const create_entry what{.stream = other,
                          .time = 1000,
                          .creator = anna,
                          .name = "n",
                          .members = {anna, ben},
                          .by = {phone, partition_bench::message(9)},
                          .picture = picture};
  EXPECT_EQ(bench.create(what).seq, 1U);
  EXPECT_EQ(record().account, anna);
  EXPECT_EQ(record().device, phone);
  EXPECT_EQ(record().id, partition_bench::message(9));
  bytes expected;
  write_members_changed(expected,
                        {.joined = {{anna, 2}, {ben, 0}}, .left = {}, .name = "n", .roles = {}, .picture = picture});
  EXPECT_EQ(body(), expected);
  bench.change(other, anna, {}, {anna});
  EXPECT_EQ(bench.create(what).what, verdict::kind::duplicate);
  EXPECT_EQ(bench.create(what).seq, 1U);
  auto another = what;
  another.by.id = partition_bench::message(10);
  expect_refused(bench.create(another), reason::conflict);
}

TEST_F(Changes, S2_BothStartADirectChatAndTheSecondIsADuplicateOfTheFirst) {
  const stream_id direct = partition_bench::conversation(2);
  create_entry what{.stream = direct,
                    .time = 1000,
                    .creator = anna,
                    .direct = true,
                    .members = {anna, ben},
                    .by = {phone, partition_bench::message(1)}};
  EXPECT_EQ(bench.create(what).what, verdict::kind::accepted);
  const auto told = bench.waiting(0x22);
  EXPECT_EQ(told[told.size() - 2].with, ben);
  EXPECT_EQ(told.back().with, anna);
  what.creator = ben;
  what.by = {partition_bench::device(2), partition_bench::message(2)};
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(bench.create(what).what, verdict::kind::duplicate);
    EXPECT_FALSE(bench.out().keep);
  }
  EXPECT_EQ(bench.stream(direct).head, 1U);
}

TEST_F(Changes, ACreatorMustBeAmongTheMembers) {
  expect_refused(bench.create({.stream = partition_bench::conversation(3),
                               .time = 1000,
                               .creator = zoe,
                               .members = {anna},
                               .by = {phone, partition_bench::message(1)}}),
                 reason::malformed);
}

TEST_F(Changes, ADirectChatRemembersWithWhomItWas) {
  const stream_id direct = partition_bench::conversation(2);
  bench.create(direct, {anna, ben}, true);
  EXPECT_EQ(bench.stream(direct).other_than(anna), ben);
  bench.effect(0x22, 1, {.what = effect_kind::leave, .account = ben, .conversation = direct, .join_seq = 1});
  EXPECT_EQ(bench.stream(direct).other_than(anna), ben);
  stream_state again;
  ASSERT_TRUE(read_row(bench.row({store::row_kind::stream, direct}), again));
  EXPECT_EQ(again.other_than(anna), ben);
  const stream_id alone = partition_bench::conversation(4);
  bench.create(alone, {anna}, true);
  EXPECT_EQ(bench.stream(alone).other_than(anna), anna);
}

TEST_F(Changes, O3_ANewNameIsTakenWhateverIsOwedToOthers) {
  const auto many = partition_bench::strangers(max_members);
  for (std::uint64_t n = 0; !bench.state().effects().is_full(); ++n) {
    if (!bench.create(partition_bench::conversation(100 + n), many).ok()) break;
  }
  expect_refused(bench.create(partition_bench::conversation(99), many), reason::busy);
  EXPECT_EQ(rename(anna, 1, "new").what, verdict::kind::accepted);
}

TEST(ChangesOfOldRules, L7_WhatNewerRulesDecideWaitsForThem) {
  partition_bench bench;
  const stream_id group = partition_bench::conversation(1);
  const account_id anna = partition_bench::stranger(1);
  bench.create(group, {anna});
  EXPECT_TRUE(bench.waiting(0x22)[0].with.is_zero());
  change_entry entry{.stream = group, .time = 2000, .actor = anna};
  entry.look.name = "new";
  EXPECT_EQ(bench.change(entry).why, reason::busy);
  EXPECT_FALSE(bench.out().keep);
  const effect_body told{.account = partition_bench::account(1), .conversation = group, .join_seq = 1, .with = anna};
  bench.link(partition_bench::account(1), partition_bench::device(1));
  EXPECT_EQ(bench.effect(0x22, 1, told).why, reason::busy);
  EXPECT_EQ(bench.state().effects().last(0x22), 0U);
  bench.raise_rules();
  EXPECT_TRUE(bench.change(entry).ok());
  EXPECT_TRUE(bench.effect(0x22, 1, told).ok());
}

}  // namespace
}  // namespace dunlin::stream
