// The control plane's door: changes under an id, what is told to accounts, and what is read of conversations.

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "engine/test_rig.hpp"

namespace dunlin::engine {
namespace {

using stream::reason;
using stream::verdict;

class Control : public testing::Test {
 protected:
  verdict create(const conversation_spec& spec) {
    return wait<verdict>([&](auto done) { at(spec.id).create(spec, std::move(done)); });
  }
  verdict change(const members_spec& spec) {
    return wait<verdict>([&](auto done) { at(spec.id).change_members(spec, std::move(done)); });
  }
  verdict look(const look_spec& spec) {
    return wait<verdict>([&](auto done) { at(spec.id).change_look(spec, std::move(done)); });
  }
  verdict tell(const account_spec& spec) {
    return wait<verdict>([&](auto done) { rig.home(spec.account).tell_account(spec, std::move(done)); });
  }
  members_answer members(const test_rig::person& reader, stream_id id) {
    return wait<members_answer>([&](auto done) { at(id).read_members(reader.account, id, std::move(done)); });
  }
  audience_answer audience(const test_rig::person& who, stream_id from = {}) {
    return wait<audience_answer>(
        [&](auto done) { rig.home(who.account).read_audience(who.account, from, std::move(done)); });
  }
  state_answer state(const test_rig::person& who) {
    return wait<state_answer>(
        [&](auto done) { rig.home(who.account).read_state(who.account, who.device, std::move(done)); });
  }
  state_answer::conversation state_of(const test_rig::person& who, stream_id id) {
    const auto all = state(who);
    const auto found = std::ranges::find(all.conversations, id, &state_answer::conversation::id);
    EXPECT_NE(found, all.conversations.end());
    return found == all.conversations.end() ? state_answer::conversation{} : *found;
  }
  std::string say(test_device& from, stream_id to, std::string_view text) {
    const auto packet = from.publish(test_rig::topic(to, "/send"), rig.send_body(rig.next_id(), text));
    rig.run();
    return from.ack(packet)->properties.at("seq");
  }
  template <class Answer>
  Answer wait(const std::function<void(std::function<void(Answer)>)>& ask) {
    std::optional<Answer> out;
    ask([&out](Answer a) { out = std::move(a); });
    rig.run(50);
    EXPECT_TRUE(out.has_value());
    return out.value_or(Answer{});
  }
  shard& at(stream_id id) { return rig.at(partition_of(id) % 2); }

  test_rig rig{2};
  test_rig::person ada = rig.add_person(0);
  test_rig::person ben = rig.add_person(1);
  test_rig::person cleo = rig.add_person(3);
  stream_id group = rig.add_conversation({ada, ben}, 2);
  stream_id direct = rig.add_conversation({ada, ben}, 5, false, true);
  const bytes picture = bytes(stream::picture_bytes, 7);
};

TEST_F(Control, WhatWaitsForNothingIsAnsweredBeforeItsShardSleeps) {
  rig.run();
  auto& home = rig.home(cleo.account);
  const auto answers = [&](const std::function<void(std::function<void()>)>& ask) {
    bool answered = false;
    ask([&answered] { answered = true; });
    for (home.flush(); home.idle_for() == 0; home.flush()) home.turn({1'000'000, 1'700'000'000'000});
    return answered;
  };
  EXPECT_TRUE(answers([&](const auto& done) {
    home.read_state(cleo.account, cleo.device, [done](const state_answer& /*s*/) { done(); });
  }));
  // Cleo is no member: refused, without an entry in the log.
  const members_spec stranger{
      .id = direct, .actor = cleo.account, .add = {cleo.account}, .by = {cleo.device, rig.next_id()}};
  EXPECT_TRUE(
      answers([&](const auto& done) { home.change_members(stranger, [done](const verdict& /*v*/) { done(); }); }));
}

TEST_F(Control, S3_ARepeatedChangeIsAnsweredWithTheFirstSeq) {
  auto b = rig.online(ben);
  const members_spec spec{.id = group, .actor = ada.account, .add = {cleo.account}, .by = {ada.device, rig.next_id()}};
  const auto first = change(spec);
  EXPECT_EQ(first.seq, 2U);
  const auto again = change(spec);
  EXPECT_EQ(again.what, verdict::kind::duplicate);
  EXPECT_EQ(again.seq, 2U);
  const auto got = b->records(test_rig::topic(group));
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].device, ada.device);
  EXPECT_EQ(got[0].id, spec.by.id);
}

TEST_F(Control, D8_AChangeComesBackToTheDeviceThatAskedForIt) {
  auto a = rig.online(ada);
  look({.id = group, .actor = ada.account, .name = "new", .picture = {}, .by = {ada.device, rig.next_id()}});
  const auto got = a->records(test_rig::topic(group));
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].kind, static_cast<std::uint32_t>(stream::kind::changed));
}

TEST_F(Control, S3_AChangeIsKnownAgainAfterACrash) {
  const look_spec spec{
      .id = group, .actor = ada.account, .name = "new", .picture = picture, .by = {ada.device, rig.next_id()}};
  EXPECT_EQ(look(spec).seq, 2U);
  rig.crash(1);
  const auto again = wait<verdict>([&](auto done) { rig.at(0).change_look(spec, std::move(done)); });
  EXPECT_EQ(again.what, verdict::kind::duplicate);
  EXPECT_EQ(again.seq, 2U);
}

TEST_F(Control, S2_ACreateOfAMembersDeviceIsItsRecord) {
  auto b = rig.online(ben);
  const conversation_spec spec{.id = {std::uint64_t{8} << 56, 1},
                               .name = "club",
                               .members = {ada.account, ben.account},
                               .creator = ada.account,
                               .by = {ada.device, rig.next_id()},
                               .picture = picture};
  EXPECT_EQ(create(spec).seq, 1U);
  EXPECT_EQ(create(spec).what, verdict::kind::duplicate);
  rig.run(6000);
  const auto added = b->records("me").back();
  const auto told = stream::read_added(added.body);
  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(told->name, "club");
  EXPECT_EQ(bytes(told->picture.begin(), told->picture.end()), picture);
}

TEST_F(Control, D10_TheStateSaysWhatAConversationIsNow) {
  look({.id = group, .actor = ada.account, .name = "new name", .picture = picture, .by = {}});
  const auto c = state_of(ben, group);
  EXPECT_EQ(c.name, "new name");
  EXPECT_EQ(c.picture, picture);
  EXPECT_EQ(c.as, stream::role::member);
  EXPECT_EQ(c.members, 2U);
  EXPECT_TRUE(c.with.is_zero());
  EXPECT_FALSE(c.left);
  EXPECT_EQ(state_of(ada, group).as, stream::role::owner);
  EXPECT_EQ(state_of(ada, direct).with, ben.account);
  EXPECT_EQ(state_of(ben, direct).with, ada.account);
}

TEST_F(Control, D10_TheStateHasTheLastRecordFromMemoryAndFromTheHistory) {
  auto a = rig.online(ada);
  say(*a, group, "one");
  say(*a, group, "two");
  const auto check = [this] {
    const auto c = state_of(ben, group);
    const auto last = stream::read_record(c.last);
    ASSERT_TRUE(last.has_value());
    EXPECT_EQ(c.head, 3U);
    EXPECT_EQ(last->seq, 3U);
    EXPECT_EQ(as_text(last->body), "two");
    EXPECT_EQ(last->account, ada.account);
    EXPECT_FALSE(c.last_is_cut);
  };
  check();
  rig.crash(2);
  check();
}

TEST_F(Control, D10_ALastRecordThatIsTooLargeIsGivenWithoutItsBody) {
  auto a = rig.online(ada);
  say(*a, group, std::string(max_last_body, 'x'));
  EXPECT_FALSE(state_of(ben, group).last_is_cut);
  say(*a, group, std::string(max_last_body + 1, 'x'));
  const auto c = state_of(ben, group);
  EXPECT_TRUE(c.last_is_cut);
  const auto last = stream::read_record(c.last);
  ASSERT_TRUE(last.has_value());
  EXPECT_EQ(last->seq, 3U);
  EXPECT_EQ(last->device, ada.device);
  EXPECT_TRUE(last->body.empty());
}

TEST_F(Control, D10_WhatTheLastRecordsOfAStateHoldIsBounded) {
  auto a = rig.online(ada);
  constexpr std::size_t most = max_state_bodies / max_last_body;
  const std::string large(max_last_body - 200, 'x');
  for (std::size_t i = 0; i < most + most / 8; ++i) {
    const auto id = rig.add_conversation({ada, ben}, static_cast<std::uint8_t>(i));
    a->publish(test_rig::topic(id, "/send"), rig.send_body(rig.next_id(), large));
  }
  rig.run();
  std::size_t all = 0;
  std::size_t without = 0;
  for (const auto& c : state(ben).conversations) {
    all += c.last.size();
    without += c.last.empty() ? 1 : 0;
  }
  EXPECT_LE(all, max_state_bodies);
  EXPECT_GT(without, 0U);
}

TEST_F(Control, S6_WhoJoinedLaterIsNotShownWhatWasSaidBefore) {
  auto a = rig.online(ada);
  say(*a, group, "before");
  change({.id = group, .actor = ada.account, .add = {cleo.account}});
  rig.run(6000);
  const auto c = state_of(cleo, group);
  const auto last = stream::read_record(c.last);
  ASSERT_TRUE(last.has_value());
  EXPECT_EQ(last->kind, static_cast<std::uint32_t>(stream::kind::members));
  EXPECT_EQ(c.join_seq, last->seq);
}

TEST_F(Control, D10_ADirectConversationsOtherIsNamedAfterItHasLeft) {
  tell({.account = ben.account, .version = 9, .deleted = true, .devices = {{ben.device, 2, true, ""}}});
  rig.run(6000);
  const auto c = state_of(ada, direct);
  EXPECT_EQ(c.with, ben.account);
  EXPECT_EQ(c.members, 1U);
}

TEST_F(Control, D10_WhatTheAccountHasLeftIsMarkedUntilItsInboxKnows) {
  // The group is another shard's than Ben's inbox, which hears of nothing.
  const auto id = rig.add_conversation({ada, ben}, 4);
  rig.set_road([](shard_id, shard_id, const message& m) {
    return std::holds_alternative<effect>(m) ? test_rig::fate::lost : test_rig::fate::arrives;
  });
  change({.id = id, .actor = ada.account, .remove = {ben.account}});
  const auto c = state_of(ben, id);
  EXPECT_TRUE(c.left);
  EXPECT_EQ(c.join_seq, 1U);
  EXPECT_TRUE(c.last.empty());
  rig.set_road({});
  rig.run(6000);
  const auto all = state(ben);
  EXPECT_EQ(std::ranges::find(all.conversations, id, &state_answer::conversation::id), all.conversations.end());
}

TEST_F(Control, MembersAreToldToMembersAlone) {
  change({.id = group, .actor = ada.account, .add = {cleo.account}, .roles = {{ben.account, stream::role::admin}}});
  const auto all = members(ben, group);
  EXPECT_TRUE(all.outcome.ok());
  ASSERT_EQ(all.members.size(), 3U);
  EXPECT_TRUE(std::ranges::is_sorted(all.members, {}, &members_answer::member::account));
  const auto of = [&](const test_rig::person& who) {
    return *std::ranges::find(all.members, who.account, &members_answer::member::account);
  };
  EXPECT_EQ(of(ada).as, stream::role::owner);
  EXPECT_EQ(of(ben).as, stream::role::admin);
  EXPECT_EQ(of(cleo).join_seq, 2U);
  EXPECT_EQ(members(cleo, direct).outcome.why, reason::not_member);
  EXPECT_EQ(members(cleo, {std::uint64_t{2} << 56, 404}).outcome.why, reason::not_member);
  EXPECT_EQ(members(ada, account_stream(ada.account)).outcome.why, reason::not_member);
}

TEST_F(Control, L2_NothingIsReadThatACrashCouldTakeBack) {
  rig.store().hold_durable(true);
  rig.at(0).change_members({.id = group, .actor = ada.account, .add = {cleo.account}}, [](const verdict&) {});
  std::optional<members_answer> got;
  rig.at(0).read_members(ben.account, group, [&got](members_answer a) { got = std::move(a); });
  rig.run(200);
  EXPECT_FALSE(got.has_value());
  rig.store().sync();
  rig.run();
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(got->members.size(), 3U);
}

TEST_F(Control, AnAudienceIsEverybodyWhoSharesAConversation) {
  EXPECT_EQ(audience(ada).accounts, std::vector<account_id>{ben.account});
  EXPECT_TRUE(audience(cleo).accounts.empty());
  rig.add_conversation({cleo, ada}, 6);
  auto both = audience(ada);
  EXPECT_TRUE(both.outcome.ok());
  EXPECT_EQ(both.accounts, (std::vector<account_id>{ben.account, cleo.account}));
  EXPECT_TRUE(both.next.is_zero());
  EXPECT_TRUE(audience({{9, 9}, {}, {}}).accounts.empty());
}

TEST_F(Control, AnAudienceIsToldInPartsThatCoverIt) {
  std::set<account_id> expected{ben.account};
  for (int i = 0; i < 40; ++i) {
    const auto other = rig.add_person(static_cast<std::uint8_t>(10 + i));
    rig.add_conversation({ada, other}, static_cast<std::uint8_t>(3 * i));
    expected.insert(other.account);
  }
  std::set<account_id> got;
  stream_id from;
  std::size_t parts = 0;
  do {
    const auto part = audience(ada, from);
    ASSERT_TRUE(part.outcome.ok());
    EXPECT_LE(part.accounts.size(), 16U);
    got.insert(part.accounts.begin(), part.accounts.end());
    from = part.next;
    ++parts;
  } while (!from.is_zero());
  EXPECT_EQ(got, expected);
  EXPECT_EQ(parts, 3U);
}

TEST_F(Control, Q1_SettingsAndProfilesReachTheDevicesOnMe) {
  auto b = rig.online(ben);
  const std::size_t before = b->records("me").size();
  const account_spec spec{.account = ben.account,
                          .version = 2,
                          .put = {{{}, 3, "{}"}, {group, 1, R"({"muted":true})"}},
                          .profiles = {{ada.account, 4}}};
  EXPECT_TRUE(tell(spec).ok());
  EXPECT_TRUE(tell(spec).ok());
  const auto got = b->records("me");
  ASSERT_EQ(got.size(), before + 3);
  EXPECT_EQ(got[before].kind, static_cast<std::uint32_t>(stream::kind::settings));
  EXPECT_EQ(got[before + 1].kind, static_cast<std::uint32_t>(stream::kind::settings));
  EXPECT_EQ(got[before + 2].kind, static_cast<std::uint32_t>(stream::kind::profile));
}

TEST_F(Control, Q1_NewsForAnAccountThatIsNotThereMakesNone) {
  const account_id nobody{std::uint64_t{1} << 56, 404};
  EXPECT_TRUE(tell({.account = nobody, .version = 0, .profiles = {{ada.account, 4}}}).ok());
  EXPECT_EQ(rig.home(nobody).applier_partition(1).find_inbox(nobody), nullptr);
}

TEST_F(Control, L7_PartitionsAreRaisedToTheNewestRulesOnceAtTheFirstStart) {
  EXPECT_EQ(rig.at(0).applier_partition(2).rules(), stream::rules_version);
  const auto pos = rig.at(0).applier_partition(200).pos();
  EXPECT_EQ(pos, 1U);
  rig.crash(2);
  rig.run(100);
  EXPECT_EQ(rig.at(0).applier_partition(200).rules(), stream::rules_version);
  EXPECT_EQ(rig.at(0).applier_partition(200).pos(), pos);
}

}  // namespace
}  // namespace dunlin::engine
