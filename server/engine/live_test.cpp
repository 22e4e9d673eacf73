// What is never stored: to whom it goes, and how much of it (P2).

#include <gtest/gtest.h>

#include "base/wire.hpp"
#include "engine/test_presence.hpp"

namespace dunlin::engine {
namespace {

using mqtt::reason_code;

bytes live(std::string_view body) {
  bytes out;
  wire_writer(out).text(3, body);
  return out;
}

struct live_of : presence_of {
  std::string lives = test_rig::topic(talk, "/live");
};

TEST_F(live_of, P2_GoesToTheOtherDevicesOfTheSenderAndToNobodyElseThanMembers) {
  auto other = ada;
  other.device = rig.add_device(ada);
  other.token = "token:" + to_text(other.device);
  auto phone = rig.online(ada);
  auto laptop = rig.online(other);
  auto b = rig.online(ben);
  auto e = rig.online(eve);
  phone->publish(lives, live("typing"), 0);
  rig.run();
  EXPECT_EQ(phone->count(lives), 0U);
  EXPECT_EQ(laptop->count(lives), 1U);
  EXPECT_EQ(b->count(lives), 1U);
  EXPECT_EQ(e->count(lives), 0U);
}

TEST_F(live_of, P2_WhatNoMemberSaysGoesNowhereAndIsCounted) {
  auto b = rig.online(ben);
  auto e = rig.online(eve);
  const auto known = e->publish(lives, live("x"));
  const auto unknown = e->publish(test_rig::topic(stream_id{9, 9}, "/live"), live("x"));
  rig.run();
  EXPECT_EQ(b->count(lives), 0U);
  EXPECT_EQ(e->ack(known)->reason, e->ack(unknown)->reason);
  EXPECT_EQ(rig.count(0).live_dropped.value() + rig.count(1).live_dropped.value(), 2U);
}

TEST_F(live_of, P2_AFloodIsDroppedAndCountedAndOthersGoOn) {
  auto a = rig.online(ada);
  auto second = rig.connect(ada, {.client_id = "second"});
  auto b = rig.online(ben);
  for (int i = 0; i < 200; ++i) a->publish(lives, live("flood"), 0);
  const auto last = a->publish(lives, live("flood"));
  second->publish(lives, live("other"), 0);
  rig.run();
  const auto most = options().presence.live_a_second;
  EXPECT_EQ(b->count(lives), most + 1U);
  EXPECT_EQ(a->ack(last)->reason, reason_code::quota_exceeded);
  EXPECT_EQ(rig.count(0).live_dropped.value(), 201U - most);
  rig.run(1000);
  a->publish(lives, live("again"), 0);
  rig.run();
  EXPECT_EQ(b->count(lives), most + 2U);
}

TEST_F(live_of, P2_AFormerMemberIsToldNothing) {
  auto a = rig.online(ada);
  auto b = rig.online(ben);
  rig.change(talk, {}, {ben.account});
  a->publish(lives, live("x"), 0);
  rig.run();
  EXPECT_EQ(b->count(lives), 0U);
}

}  // namespace
}  // namespace dunlin::engine
