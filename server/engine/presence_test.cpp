// Presence on the wire: who is told of whom, and what (P1).

#include <gtest/gtest.h>

#include "engine/test_presence.hpp"

namespace dunlin::engine {
namespace {

using fate = test_rig::fate;
using mqtt::protocol_version;
using mqtt::reason_code;

TEST_F(presence_of, P1_TheCurrentOneComesWithTheSubscribe) {
  auto b = bare(ben);
  auto a = watching();
  EXPECT_EQ(told(*a, ben), (std::vector<seen_state>{{.online = true}}));
}

TEST_F(presence_of, P1_NothingIsToldBeforeTheSuback) {
  auto b = bare(ben);
  auto a = bare(ada);
  rig.set_road([](shard_id, shard_id, const message& m) {
    return std::holds_alternative<presence_words>(m) ? fate::late : fate::arrives;
  });
  a->subscribe({topic_of(ben), "me"});
  rig.run(500);
  EXPECT_TRUE(a->subacks.empty());
  EXPECT_TRUE(told(*a, ben).empty());
  rig.arrive_late();
  rig.run();
  EXPECT_EQ(a->subacks, (std::vector{reason_code::granted_qos_0, reason_code::granted_qos_1}));
  EXPECT_EQ(told(*a, ben).size(), 1U);
}

TEST_F(presence_of, P1_EachChangeIsToldOnce) {
  auto a = watching();
  auto b = bare(ben);
  rig.run(2000);
  leave(*b);
  b = bare(ben);
  rig.run(2000);
  rig.run(120'000);
  const auto all = told(*a, ben);
  ASSERT_EQ(all.size(), 4U);
  EXPECT_FALSE(all[0].online);
  EXPECT_TRUE(all[1].online);
  EXPECT_FALSE(all[2].online);
  EXPECT_TRUE(all[3].online);
}

TEST_F(presence_of, P1_AStrangerIsRefusedAsAnUnknownAccountIs) {
  auto b = bare(ben);
  auto e = bare(eve);
  e->subscribe({topic_of(ben), "presence/" + to_text(account_id{7, 7})});
  rig.run();
  EXPECT_EQ(e->subacks, (std::vector{reason_code::not_authorized, reason_code::not_authorized}));
  auto old = rig.connect(eve, {.client_id = "old", .version = protocol_version::v3_1_1});
  old->subscribe({topic_of(ben), "presence/" + to_text(account_id{7, 7})});
  rig.run();
  EXPECT_EQ(old->subacks, (std::vector{reason_code::unspecified_error, reason_code::unspecified_error}));
  leave(*b);
  EXPECT_TRUE(told(*e, ben).empty());
  EXPECT_TRUE(told(*old, ben).empty());
}

TEST_F(presence_of, P1_WithAnUnknownConversationInCommonIsStillAStranger) {
  auto mixed = rig.add_conversation({ada, eve}, 4);
  auto b = bare(ben);
  auto e = bare(eve);
  e->subscribe({topic_of(ben), topic_of(ada)});
  rig.run();
  EXPECT_EQ(e->subacks, (std::vector{reason_code::not_authorized, reason_code::granted_qos_0}));
  EXPECT_FALSE(mixed.is_zero());
}

TEST_F(presence_of, M3_OtherFiltersBelowPresenceAreRefused) {
  auto a = bare(ada);
  const std::string bens = topic_of(ben);
  a->subscribe({"presence/+", "presence/#", "presence", "presence/x", bens + "/x", bens + "x", "$share/g/" + bens,
                "presence/" + std::string(26, 'a')});
  rig.run();
  ASSERT_EQ(a->subacks.size(), 8U);
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(a->subacks[i], i == 6 ? reason_code::topic_filter_invalid : reason_code::not_authorized) << i;
  }
  const auto packet = a->publish(bens, {});
  rig.run();
  EXPECT_EQ(a->ack(packet)->reason, reason_code::not_authorized);
}

TEST_F(presence_of, P1_OfflineIsToldAfterAGraceWithTheMinute) {
  auto b = bare(ben);
  auto a = watching();
  rig.run(2000);
  b->cut();
  rig.run(4500);
  EXPECT_EQ(told(*a, ben).size(), 1U);
  rig.run(1000);
  ASSERT_EQ(told(*a, ben).size(), 2U);
  const auto last = told(*a, ben).back();
  EXPECT_FALSE(last.online);
  EXPECT_EQ(last.last_seen % minute, 0);
  EXPECT_GT(last.last_seen, 1'700'000'000'000 - minute);
}

TEST_F(presence_of, P1_AReloadIsNotTold) {
  auto b = bare(ben);
  auto a = watching();
  for (int i = 0; i < 5; ++i) {
    leave(*b, 3000);
    b = bare(ben);
  }
  rig.run(surely_offline);
  EXPECT_EQ(told(*a, ben).size(), 1U);
}

TEST_F(presence_of, P1_AConnectionInTheBackgroundDoesNotCount) {
  auto b = bare(ben);
  auto a = watching();
  rig.run(2000);
  says(*b, "background");
  rig.run(surely_offline);
  EXPECT_FALSE(told(*a, ben).back().online);
  EXPECT_NE(told(*a, ben).back().last_seen, 0);
  says(*b, "active");
  rig.run(2000);
  EXPECT_TRUE(told(*a, ben).back().online);
  EXPECT_EQ(told(*a, ben).size(), 3U);
}

TEST_F(presence_of, P1_WhoWakesInTheBackgroundIsNotSeen) {
  auto b = bare(ben);
  auto a = watching();
  says(*b, "background");
  rig.run(surely_offline);
  const auto before = told(*a, ben);
  leave(*b, 10 * minute);
  b = rig.online(ben, {});
  says(*b, "background");
  rig.run(surely_offline);
  leave(*b);
  EXPECT_EQ(told(*a, ben), before);
  a->subscribe({topic_of(ben)});
  rig.run();
  EXPECT_EQ(told(*a, ben).back(), before.back());
}

TEST_F(presence_of, P1_OneActiveConnectionOfAllDevicesIsEnough) {
  auto other = ben;
  other.device = rig.add_device(ben);
  other.token = "token:" + to_text(other.device);
  auto phone = bare(ben);
  auto laptop = bare(other);
  auto tool = rig.connect(ben, {.client_id = "tool"});
  rig.run(settled);
  auto a = watching();
  says(*phone, "background");
  leave(*laptop);
  EXPECT_EQ(told(*a, ben).size(), 1U) << "the third is there";
  leave(*tool);
  EXPECT_FALSE(told(*a, ben).back().online);
}

TEST_F(presence_of, P1_AnotherStateThanTheTwoIsMalformed) {
  auto b = bare(ben);
  for (const std::string_view what : {"", "Active", "active ", "away", "\x01"}) {
    const auto packet = b->publish("me/state", as_bytes(what));
    rig.run();
    EXPECT_EQ(b->ack(packet)->reason, reason_code::payload_format_invalid) << what;
    EXPECT_EQ(b->ack(packet)->reason_string, "malformed");
  }
  for (const std::string_view what : {"active", "background"}) {
    const auto packet = b->publish("me/state", as_bytes(what));
    rig.run();
    EXPECT_EQ(b->ack(packet)->reason, reason_code::success) << what;
  }
}

TEST_F(presence_of, P1_TheHundredAndFirstOfADeviceIsRefused) {
  std::vector<test_rig::person> many;
  for (int i = 0; i < 101; ++i) many.push_back(rig.add_person(static_cast<std::uint8_t>(i)));
  std::vector<test_rig::person> all = many;
  all.push_back(ada);
  rig.add_conversation(all, 5);
  auto a = bare(ada);
  auto second = rig.connect(ada, {.client_id = "second"});
  std::vector<std::string> filters;
  for (int i = 0; i < 60; ++i) filters.push_back(topic_of(many[static_cast<std::size_t>(i)]));
  a->subscribe(filters);
  rig.run(1000);
  EXPECT_EQ(a->subacks, std::vector(60, reason_code::granted_qos_0));
  filters.clear();
  for (int i = 60; i < 101; ++i) filters.push_back(topic_of(many[static_cast<std::size_t>(i)]));
  second->subscribe(filters);
  rig.run(1000);
  ASSERT_EQ(second->subacks.size(), 41U);
  EXPECT_EQ(second->subacks[39], reason_code::granted_qos_0);
  EXPECT_EQ(second->subacks[40], reason_code::quota_exceeded);
  a->subscribe({topic_of(many[0])});  // again: no further one
  a->unsubscribe({topic_of(many[1])});
  second->subscribe({filters.back()});
  rig.run(1000);
  EXPECT_EQ(a->subacks.back(), reason_code::granted_qos_0);
  EXPECT_EQ(second->subacks.back(), reason_code::granted_qos_0);
}

}  // namespace
}  // namespace dunlin::engine
