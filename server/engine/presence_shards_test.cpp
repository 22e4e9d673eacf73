// Presence between shards, and on roads that lose (P1).

#include <gtest/gtest.h>

#include "engine/test_presence.hpp"

namespace dunlin::engine {
namespace {

using fate = test_rig::fate;
using mqtt::reason_code;

struct presence_across : testing::TestWithParam<int> {};

TEST_P(presence_across, P1_EverybodyIsToldOfEverybodyWhoSharesAConversation) {
  test_rig rig(static_cast<shard_id>(GetParam()));
  std::vector<test_rig::person> people;
  for (std::uint8_t i = 0; i < 6; ++i) people.push_back(rig.add_person(i));
  // Two groups of three.
  rig.add_conversation({people[0], people[1], people[2]}, 7);
  rig.add_conversation({people[3], people[4], people[5]}, 8);
  std::vector<std::unique_ptr<test_device>> devices;
  std::vector<std::string> filters;
  for (const auto& p : people) filters.push_back(topic_of(p));
  for (const auto& p : people) {
    devices.push_back(rig.online(p, {}));
    devices.back()->subscribe(filters);
  }
  rig.run(3000);
  devices[1]->publish("me/state", as_bytes("background"), 0);
  devices[5]->cut();
  rig.run(surely_offline);
  for (std::size_t i = 0; i < 5; ++i) {
    for (std::size_t j = 0; j < 6; ++j) {
      SCOPED_TRACE(std::to_string(i) + " of " + std::to_string(j));
      const bool shared = i / 3 == j / 3;
      ASSERT_EQ(devices[i]->subacks.size(), 6U);
      EXPECT_EQ(devices[i]->subacks[j], shared ? reason_code::granted_qos_0 : reason_code::not_authorized);
      const auto all = told(*devices[i], people[j]);
      ASSERT_EQ(all.empty(), !shared);
      EXPECT_EQ(shared && all.back().online, shared && j != 1 && j != 5);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shards, presence_across, testing::Values(1, 2, 3, 5));

struct presence_on_bad_roads : presence_of {
  presence_on_bad_roads() : presence_of(2, {}, true) {}
  template <class What>
  void lose() {
    rig.set_road([](shard_id, shard_id, const message& m) {
      return std::holds_alternative<What>(m) ? fate::lost : fate::arrives;
    });
  }
};

TEST_F(presence_on_bad_roads, P1_AChangeThatWasLostIsToldWithARenewal) {
  auto b = bare(ben);
  auto a = watching();
  rig.run(2000);
  lose<presence_words>();
  leave(*b);
  EXPECT_TRUE(told(*a, ben).back().online);
  rig.set_road({});
  rig.run(21'000);
  EXPECT_FALSE(told(*a, ben).back().online);
  EXPECT_EQ(told(*a, ben).size(), 2U);
}

TEST_F(presence_on_bad_roads, P1_AChangeThatWasLostIsToldAtOnceWhereTheGapIsSeen) {
  auto b = bare(ben);
  auto a = watching();
  rig.run(2000);
  lose<presence_words>();
  leave(*b);
  rig.set_road({});
  rig.home(ada.account).on_link_gap(1);
  rig.run(100);
  EXPECT_FALSE(told(*a, ben).back().online);
}

TEST_F(presence_on_bad_roads, P1_AQuestionThatWasLostIsAskedAgain) {
  auto b = bare(ben);
  auto a = bare(ada);
  lose<presence_ask>();
  a->subscribe({topic_of(ben)});
  rig.run(500);
  EXPECT_TRUE(a->subacks.empty());
  rig.set_road({});
  rig.run(1000);
  EXPECT_EQ(a->subacks, std::vector{reason_code::granted_qos_0});
}

TEST_F(presence_on_bad_roads, P1_WhatNobodyAnswersInTimeIsRefusedAndMayBeAskedForAgain) {
  auto b = bare(ben);
  auto a = bare(ada);
  lose<presence_ask>();
  a->subscribe({topic_of(ben)});
  rig.run(4000);
  EXPECT_EQ(a->subacks, std::vector{reason_code::unspecified_error});
  rig.set_road({});
  rig.run(5000);
  EXPECT_TRUE(told(*a, ben).empty());
  a->subscribe({topic_of(ben)});
  rig.run(100);
  EXPECT_EQ(a->subacks.back(), reason_code::granted_qos_0);
}

TEST_F(presence_on_bad_roads, P1_OfAShardThatIsSilentForALeaseNothingIsKnown) {
  auto b = bare(ben);
  auto a = watching();
  lose<presence_ask>();
  rig.run(75'000);
  EXPECT_EQ(told(*a, ben), (std::vector<seen_state>{{.online = true}, {}}));
  EXPECT_EQ(rig.count(1).presence_leases.value(), 0) << "a lease outlives its renewals";
  rig.set_road({});
  rig.run(21'000);
  EXPECT_EQ(told(*a, ben).size(), 3U);
  EXPECT_TRUE(told(*a, ben).back().online);
}

TEST_F(presence_on_bad_roads, P1_TheEndThatWasLostIsFoundByARenewalAndNothingIsToldMeanwhile) {
  auto b = bare(ben);
  auto a = watching();
  rig.run(2000);
  lose<presence_words>();
  rig.change(talk, {}, {ben.account});
  rig.run(1000);
  rig.set_road({});
  leave(*b);
  rig.run(25'000);
  EXPECT_EQ(told(*a, ben), (std::vector<seen_state>{{.online = true}, {}}));
}

TEST_F(presence_on_bad_roads, P1_AWordThatFoundNoRoomComesAgain) {
  auto b = bare(ben);
  auto a = watching();
  rig.run(2000);
  rig.set_road([](shard_id, shard_id, const message& m) {
    return std::holds_alternative<presence_words>(m) ? fate::no_credit : fate::arrives;
  });
  leave(*b);
  EXPECT_GT(rig.count(1).presence_dropped.value(), 0U);
  rig.set_road({});
  rig.run(1500);
  EXPECT_FALSE(told(*a, ben).back().online);
}

TEST_F(presence_on_bad_roads, P1_WordsThatComeTwiceOrLateDoNoHarm) {
  for (const auto what : {fate::twice, fate::late}) {
    auto b = bare(ben);
    auto a = watching();
    rig.run(2000);
    rig.set_road([what](shard_id, shard_id, const message& m) {
      const bool is = std::holds_alternative<presence_words>(m) || std::holds_alternative<presence_ask>(m);
      return is ? what : fate::arrives;
    });
    for (int i = 0; i < 4; ++i) {
      leave(*b);
      b = bare(ben);
      rig.run(2000);
      if (i % 2 == 0) rig.arrive_late();
    }
    rig.set_road({});
    rig.arrive_late();
    rig.run(21'000);
    EXPECT_TRUE(told(*a, ben).back().online);
    a->cut();
  }
}

}  // namespace
}  // namespace dunlin::engine
