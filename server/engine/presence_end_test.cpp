// Until when presence is told: conversations that end, sessions that go on, accounts that are not in memory (P1, M2).

#include <gtest/gtest.h>

#include "engine/test_presence.hpp"

namespace dunlin::engine {
namespace {

using fate = test_rig::fate;
using mqtt::reason_code;

TEST_F(presence_of, P1_WithTheLastSharedConversationItEnds) {
  for (const bool target_leaves : {true, false}) {
    SCOPED_TRACE(target_leaves);
    auto b = bare(ben);
    auto a = watching();
    rig.change(talk, {}, {target_leaves ? ben.account : ada.account});
    rig.run(1000);
    EXPECT_EQ(told(*a, ben), (std::vector<seen_state>{{.online = true}, {}}));
    leave(*b);
    b = bare(ben);
    rig.run(120'000);
    EXPECT_EQ(told(*a, ben).size(), 2U) << "it is told on";
    a->subscribe({topic_of(ben)});
    rig.run();
    EXPECT_EQ(a->subacks.back(), reason_code::not_authorized);
    rig.change(talk, {target_leaves ? ben.account : ada.account}, {});
    rig.run(1000);
    a->subscribe({topic_of(ben)});
    rig.run();
    EXPECT_EQ(a->subacks.back(), reason_code::granted_qos_0);
  }
}

TEST_F(presence_of, P1_WhoAsksAgainWhileItEndsIsRefusedAtOnce) {
  auto b = bare(ben);
  auto a = watching();
  rig.set_road([](shard_id, shard_id, const message& m) {
    return std::holds_alternative<presence_ask>(m) ? fate::late : fate::arrives;
  });
  rig.change(talk, {}, {ben.account});
  a->subscribe({topic_of(ben)});
  rig.run(100);
  rig.set_road({});
  rig.arrive_late();
  rig.run(100);
  EXPECT_EQ(a->subacks.back(), reason_code::not_authorized);
  EXPECT_EQ(told(*a, ben), (std::vector<seen_state>{{.online = true}}));
}

TEST_F(presence_of, P1_WhileAnotherConversationIsSharedItGoesOn) {
  const auto other = rig.add_conversation({ada, ben, eve}, 4);
  auto b = bare(ben);
  auto a = watching();
  rig.change(talk, {}, {ben.account});
  rig.run(1000);
  leave(*b);
  EXPECT_FALSE(told(*a, ben).back().online);
  EXPECT_NE(told(*a, ben).back().last_seen, 0);
  rig.change(other, {}, {ada.account});
  rig.run(1000);
  EXPECT_EQ(told(*a, ben).back(), seen_state{});
}

TEST_F(presence_of, P1_WhoUnsubscribesIsToldNothing) {
  auto b = bare(ben);
  auto a = watching();
  a->unsubscribe({topic_of(ben)});
  rig.run();
  leave(*b);
  EXPECT_EQ(told(*a, ben).size(), 1U);
}

TEST_F(presence_of, P1_AnUnsubscribeBeforeTheSubackEndsIt) {
  auto b = bare(ben);
  auto a = bare(ada);
  a->subscribe({topic_of(ben)});
  a->unsubscribe({topic_of(ben)});
  rig.run();
  EXPECT_EQ(a->subacks, (std::vector{reason_code::granted_qos_0, reason_code::success}));  // the other is the UNSUBACK
  leave(*b);
  EXPECT_TRUE(told(*a, ben).empty());
}

TEST_F(presence_of, M3_ASubscriptionIdentifierComesAlong) {
  auto b = bare(ben);
  auto a = bare(ada);
  a->subscribe({topic_of(ben)}, 1, 77);
  rig.run();
  ASSERT_EQ(a->messages.size(), 1U);
  EXPECT_EQ(a->messages[0].identifiers, std::vector<std::uint32_t>{77});
}

TEST_F(presence_of, M2_AResumedSessionIsToldWhatIsSoNow) {
  auto a = rig.connect(ada, {.client_id = to_text(ada.device), .expiry_s = 600});
  a->subscribe({topic_of(ben)});
  rig.run();
  ASSERT_FALSE(told(*a, ben).back().online);
  a->cut();
  auto b = bare(ben);
  rig.run(2000);
  auto again = rig.connect(ada, {.client_id = to_text(ada.device), .clean_start = false, .expiry_s = 600});
  ASSERT_TRUE(again->session_present);
  EXPECT_EQ(told(*again, ben), (std::vector<seen_state>{{.online = true}}));
}

TEST_F(presence_of, M2_WhatAResumedSessionMayNoLongerHearEndsWithAWord) {
  auto b = bare(ben);
  auto a = rig.connect(ada, {.client_id = to_text(ada.device), .expiry_s = 600});
  a->subscribe({topic_of(ben)});
  rig.run();
  a->cut();
  rig.change(talk, {}, {ben.account});
  auto again = rig.connect(ada, {.client_id = to_text(ada.device), .clean_start = false, .expiry_s = 600});
  ASSERT_TRUE(again->session_present);
  rig.run(1000);
  EXPECT_EQ(told(*again, ben), (std::vector<seen_state>{{}}));
  leave(*b);
  EXPECT_EQ(told(*again, ben).size(), 1U);
}

TEST_F(presence_of, M2_WhatWasNotGrantedYetIsNoPartOfTheSession) {
  auto a = rig.connect(ada, {.client_id = to_text(ada.device), .expiry_s = 600});
  rig.set_road([](shard_id, shard_id, const message& m) {
    return std::holds_alternative<presence_words>(m) ? fate::lost : fate::arrives;
  });
  a->subscribe({topic_of(ben), topic_of(eve)});
  rig.run();
  a->cut();
  rig.set_road({});
  auto again = rig.connect(ada, {.client_id = to_text(ada.device), .clean_start = false, .expiry_s = 600});
  ASSERT_TRUE(again->session_present);
  auto b = bare(ben);
  rig.run(5000);
  EXPECT_TRUE(again->messages.empty());
}

TEST_F(presence_of, P1_ARevokedDeviceIsNotOnline) {
  auto b = bare(ben);
  auto a = watching();
  rig.run(2000);
  std::optional<stream::verdict> done;
  rig.home(ben.account)
      .tell_account({.account = ben.account, .version = 2, .devices = {{ben.device, 2, true, "phone"}}},
                    [&](stream::verdict v) { done = v; });
  rig.run(surely_offline);
  ASSERT_TRUE(done && done->ok());
  EXPECT_FALSE(told(*a, ben).back().online);
}

TEST_F(presence_of, P1_ADeviceThatReadsNothingIsToldTheLatestAlone) {
  auto b = bare(ben);
  auto a = watching();
  a->subscribe({"c/+"});
  rig.run();
  a->reads = false;
  // Its output fills up.
  for (int i = 0; i < 12; ++i) {
    b->publish(test_rig::topic(talk, "/send"), rig.send_body(rig.next_id(), std::string(20'000, 'x')));
    rig.run();
  }
  for (int i = 0; i < 3; ++i) {
    leave(*b);
    b = bare(ben);
    rig.run(2000);
  }
  a->reads = true;
  rig.run(1000);
  EXPECT_LE(told(*a, ben).size(), 3U);
  EXPECT_TRUE(told(*a, ben).back().online);
}

struct presence_at_rest : presence_of {
  static options tidy() {
    options out;
    out.idle_state = 1000;
    return out;
  }
  presence_at_rest() : presence_of(2, tidy()) {}
};

TEST_F(presence_at_rest, P1_AnAccountThatIsNotInMemoryIsLookedUp) {
  leave(*bare(ben));
  rig.seal();
  rig.sleep(5 * minute);
  ASSERT_EQ(rig.home(ben.account).applier_partition(1).find_inbox(ben.account), nullptr);
  auto a = watching();
  ASSERT_EQ(told(*a, ben).size(), 1U);
  EXPECT_FALSE(told(*a, ben)[0].online);
  EXPECT_EQ(told(*a, ben)[0].last_seen % minute, 0);
  auto e = bare(eve);
  e->subscribe({topic_of(ben)});
  rig.run();
  EXPECT_EQ(e->subacks, std::vector{reason_code::not_authorized});
}

TEST_F(presence_at_rest, R3_AfterARestartTheDayIsKnown) {
  leave(*bare(ben), 2000);
  rig.crash(3);
  auto a = watching();
  ASSERT_EQ(told(*a, ben).size(), 1U);
  EXPECT_EQ(told(*a, ben)[0].last_seen, 1'700'000'000'000 / day * day);
}

}  // namespace
}  // namespace dunlin::engine
