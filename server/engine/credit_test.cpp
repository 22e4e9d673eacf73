// Without credit a shard stops reading sockets, and nothing is refused for want of it.

#include <gtest/gtest.h>

#include "engine/test_rig.hpp"

namespace dunlin::engine {
namespace {

using mqtt::reason_code;
using fate = test_rig::fate;

constexpr std::uint32_t few = 8;

struct little_credit : testing::Test {
  static options limits() {
    options out;
    out.open_sends = few;
    out.open_send_bytes = 4096;
    return out;
  }

  test_rig rig{2, limits()};
  test_rig::person ada = rig.add_person(0);
  test_rig::person ben = rig.add_person(1);
  stream_id here = rig.add_conversation({ada, ben}, 2);   // of ada's shard
  stream_id there = rig.add_conversation({ada, ben}, 3);  // of ben's
  std::vector<std::uint16_t> sent;

  void send(test_device& from, stream_id to, int count, std::size_t size = 1) {
    for (int i = 0; i < count; ++i) {
      sent.push_back(from.publish(test_rig::topic(to, "/send"), rig.send_body(rig.next_id(), std::string(size, 'x'))));
    }
  }
  // Each was accepted, in the order of sending.
  void expect_accepted(const test_device& by) {
    ASSERT_EQ(by.acks.size(), sent.size());
    for (std::size_t i = 0; i < sent.size(); ++i) {
      EXPECT_EQ(by.acks[i].packet_id, sent[i]);
      EXPECT_EQ(by.acks[i].reason, reason_code::success) << by.acks[i].reason_string;
      EXPECT_EQ(by.acks[i].properties.at("seq"), std::to_string(i + 2));
    }
  }
  std::int64_t kept_by_owners() { return rig.count(0).entries_kept.value() + rig.count(1).entries_kept.value(); }
};

TEST_F(little_credit, L6_WithoutSpaceInTheLogTheSocketIsStoppedAndNothingIsRefused) {
  auto a = rig.online(ada);
  auto b = rig.online(ben);
  rig.store().set_space(store::space::wait, store::space::granted);
  send(*a, there, 100);
  rig.run(500);
  EXPECT_TRUE(a->acks.empty());
  EXPECT_GT(a->unread(), 0U);
  EXPECT_EQ(kept_by_owners(), few);
  EXPECT_EQ(rig.count(0).sends_kept.value(), 1);
  EXPECT_EQ(rig.count(0).sockets_stopped.value(), 1U);
  rig.store().set_space(store::space::granted, store::space::granted);
  rig.run();
  expect_accepted(*a);
  EXPECT_EQ(b->count(test_rig::topic(there)), 100U);
  EXPECT_EQ(kept_by_owners(), 0);
  EXPECT_EQ(rig.count(0).sends_kept.value(), 0);
}

TEST_F(little_credit, L6_TheOwnersOwnConnectionsWaitTheSameWay) {
  auto a = rig.online(ada);
  rig.store().set_space(store::space::wait, store::space::granted);
  send(*a, here, 100);
  rig.run(500);
  EXPECT_GT(a->unread(), 0U);
  EXPECT_EQ(kept_by_owners(), few);
  rig.store().set_space(store::space::granted, store::space::granted);
  rig.run();
  expect_accepted(*a);
}

TEST_F(little_credit, L6_TheBytesThatWaitAreBoundedToo) {
  auto a = rig.online(ada);
  rig.store().set_space(store::space::wait, store::space::granted);
  send(*a, there, 20, 1500);
  rig.run(500);
  EXPECT_EQ(kept_by_owners(), 2);
  rig.store().set_space(store::space::granted, store::space::granted);
  rig.run();
  expect_accepted(*a);
}

TEST_F(little_credit, L6_WhatWaitsIsRefusedOnceTheDiskIsFull) {
  auto a = rig.online(ada);
  rig.store().set_space(store::space::wait, store::space::granted);
  send(*a, there, 20);
  rig.run(500);
  rig.store().set_space(store::space::full, store::space::granted);
  rig.run();
  ASSERT_EQ(a->acks.size(), 20U);
  for (const auto& ack : a->acks) EXPECT_EQ(ack.reason_string, "no_space");
}

TEST_F(little_credit, AConversationMadeWhileTheLogHasNoSpaceWaitsToo) {
  rig.store().set_space(store::space::wait, store::space::granted);
  std::optional<stream::verdict> done;
  conversation_spec spec{.id = {std::uint64_t{5} << 56, 1}, .open = true, .members = {ada.account, ben.account}};
  rig.at(0).create(spec, [&](stream::verdict v) { done = v; });
  rig.run(500);
  EXPECT_FALSE(done.has_value());
  rig.store().set_space(store::space::granted, store::space::granted);
  rig.run();
  ASSERT_TRUE(done.has_value());
  EXPECT_TRUE(done->ok());
}

TEST_F(little_credit, WhileOneConnectionIsStoppedAllOthersGoOn) {
  const auto cam = rig.add_person(4);
  const auto own = rig.add_conversation({cam, ben}, 4);    // cam's shard is ada's
  const auto other = rig.add_conversation({ben, cam}, 5);  // ben's shard is the one that is not reached
  auto a = rig.online(ada);
  auto b = rig.online(ben);
  auto c = rig.online(cam);
  rig.set_road([](shard_id from, shard_id, const message& m) {
    return from == 0 && std::holds_alternative<submit>(m) ? fate::late : fate::arrives;
  });
  send(*a, there, 30);
  for (int i = 0; i < 30; ++i) {
    c->publish(test_rig::topic(own, "/send"), rig.send_body(rig.next_id(), "n"));
    b->publish(test_rig::topic(other, "/send"), rig.send_body(rig.next_id(), "n"));
  }
  rig.run(500);
  EXPECT_TRUE(a->acks.empty());
  EXPECT_GT(a->unread(), 0U);
  EXPECT_EQ(c->acks.size(), 30U);
  EXPECT_EQ(b->acks.size(), 30U);
  EXPECT_EQ(c->count(test_rig::topic(other)), 30U);
  rig.set_road({});
  rig.arrive_late();
  rig.run();
  expect_accepted(*a);
}

TEST_F(little_credit, AMailboxWithRoomForOneMessageDelaysAndLosesNothing) {
  auto a = rig.online(ada);
  auto b = rig.online(ben);
  rig.set_credit(1);
  send(*a, there, 60);
  for (int i = 0; i < 60; ++i) b->publish(test_rig::topic(here, "/send"), rig.send_body(rig.next_id(), "n"));
  rig.run(3000);
  expect_accepted(*a);
  EXPECT_EQ(b->acks.size(), 60U);
  EXPECT_EQ(a->count(test_rig::topic(here)), 60U);
  EXPECT_EQ(b->count(test_rig::topic(there)), 60U);
  EXPECT_GT(rig.count(0).sockets_stopped.value(), 0U);
}

TEST_F(little_credit, AConnectionThatEndsWhileItIsStoppedLeavesItsMessageOnItsWay) {
  auto a = rig.online(ada);
  auto b = rig.online(ben);
  rig.store().set_space(store::space::wait, store::space::granted);
  send(*a, there, 20);
  rig.run(500);
  a->cut();
  rig.run();
  rig.store().set_space(store::space::granted, store::space::granted);
  rig.run();
  EXPECT_EQ(b->count(test_rig::topic(there)), few + 1);
  EXPECT_EQ(rig.count(0).sends_kept.value(), 0);
}

TEST_F(little_credit, L6_TheOrderIsKeptEvenIfTheStateLeftMemoryMeanwhile) {
  auto a = rig.online(ada, {});
  ASSERT_TRUE(rig.store().seal());
  rig.run(100);
  ASSERT_FALSE(rig.store().is_sealing());
  rig.store().set_space(store::space::wait, store::space::granted);
  send(*a, there, 6);
  rig.run(100);
  rig.at(1).applier_partition(partition_of(there)).drop_stream(there);
  rig.store().hold_reads(true);
  rig.store().set_space(store::space::granted, store::space::granted);
  rig.run(100);
  send(*a, there, 6);
  rig.run(100);
  rig.store().hold_reads(false);
  rig.run(100);
  expect_accepted(*a);
}

TEST_F(little_credit, D2_ASignalWithoutCreditWaitsAndIsNotLost) {
  auto a = rig.online(ada, {});
  auto b = rig.online(ben);
  rig.set_road([](shard_id, shard_id, const message& m) {
    return std::holds_alternative<news>(m) ? fate::no_credit : fate::arrives;
  });
  send(*a, here, 5);
  rig.run(200);
  EXPECT_EQ(b->count(test_rig::topic(here)), 0U);
  rig.set_road({});
  rig.run();
  EXPECT_EQ(b->count(test_rig::topic(here)), 5U);
}

TEST_F(little_credit, D3_AnArmIsAnsweredEvenWithoutCreditForNews) {
  auto a = rig.online(ada, {});
  send(*a, here, 5);
  rig.run();
  rig.set_road([](shard_id, shard_id, const message& m) {
    return std::holds_alternative<news>(m) ? fate::no_credit : fate::arrives;
  });
  auto b = rig.online(ben);
  rig.run(200);
  rig.set_road({});
  rig.run();
  EXPECT_EQ(b->count(test_rig::topic(here)), 5U);
}

TEST_F(little_credit, D3_AReadWithoutCreditIsAskedAgain) {
  auto a = rig.online(ada, {});
  send(*a, here, 5);
  rig.run();
  rig.set_road([](shard_id, shard_id, const message& m) {
    return std::holds_alternative<read>(m) ? fate::no_credit : fate::arrives;
  });
  auto b = rig.online(ben, {"c/+"});
  rig.run(200);
  rig.set_road({});
  rig.run(1100);
  EXPECT_EQ(b->count(test_rig::topic(here)), 5U);
}

TEST_F(little_credit, R2_ReceiptsWithoutCreditAreToldOnceThereIsSome) {
  auto a = rig.online(ada);
  auto b = rig.online(ben);
  rig.set_road([](shard_id, shard_id, const message& m) {
    return std::holds_alternative<receipts_news>(m) ? fate::no_credit : fate::arrives;
  });
  send(*a, there, 1);
  rig.run(2500);
  const auto told = [&] {
    std::uint64_t delivered = 0;
    for (const auto& m : a->messages) {
      if (m.topic != test_rig::topic(there, "/receipt")) continue;
      delivered = std::max(delivered, stream::read_receipt(m.payload)->delivered);
    }
    return delivered;
  };
  EXPECT_LT(told(), 2U);
  rig.set_road({});
  rig.run(50);
  EXPECT_EQ(told(), 2U);
}

// After a start everybody who was away reads at once, from what is no longer at hand.
TEST(Credit, D3_ReadsThatTheStoreHasNoRoomForWaitForItAndAreNotRefused) {
  test_rig rig(2, {.kept_recent = 1});
  const auto ada = rig.add_person(0);
  const auto talk = rig.add_conversation({ada, rig.add_person(0)}, 0);
  const auto a = rig.online(ada);
  for (int i = 0; i < 10; ++i) a->publish(test_rig::topic(talk, "/send"), rig.send_body(rig.next_id(), "said"));
  rig.run();
  constexpr std::size_t all = 2 * store::memory_store::max_requests;
  std::size_t answered = 0;
  for (std::size_t i = 0; i < all; ++i) {
    rig.at(i % 2).read_records({.reader = ada.account, .conversation = talk, .from = 1, .limit = 1},
                               [&](const auto& r) {
                                 EXPECT_TRUE(r.outcome.ok());
                                 ++answered;
                               });
  }
  rig.run();
  EXPECT_EQ(answered, all);
}

}  // namespace
}  // namespace dunlin::engine
