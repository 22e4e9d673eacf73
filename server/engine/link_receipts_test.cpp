// Marks and receipts as devices see them (D1, R1, R2).

#include <gtest/gtest.h>

#include "engine/test_rig.hpp"

namespace dunlin::engine {
namespace {

struct receipts_of : testing::Test {
  test_rig rig{2};
  test_rig::person ada = rig.add_person(0);
  test_rig::person ben = rig.add_person(1);
  test_rig::person cam = rig.add_person(4);
  stream_id talk = rig.add_conversation({ada, ben, cam}, 2);
  std::string topic = test_rig::topic(talk);
  std::unique_ptr<test_device> a = rig.online(ada);

  void say(int count = 1, std::size_t size = 1) {
    for (int i = 0; i < count; ++i) {
      a->publish(topic + "/send", rig.send_body(rig.next_id(), std::string(size, 'x')));
    }
    rig.run();
  }
  std::uint16_t reads_through(test_device& by, std::uint64_t seq) {
    bytes body;
    stream::write_receipt(body, {.read = seq});
    return by.publish(topic + "/receipt", body);
  }
  std::vector<stream::receipt_view> told(const test_device& to) {
    std::vector<stream::receipt_view> out;
    for (const auto& m : to.messages) {
      if (m.topic == topic + "/receipt") out.push_back(*stream::read_receipt(m.payload));
    }
    return out;
  }
  stream::receipt_view most(const test_device& to) {
    stream::receipt_view out;
    for (const auto& r : told(to)) {
      out.delivered = std::max(out.delivered, r.delivered);
      out.read = std::max(out.read, r.read);
      out.own_read = std::max(out.own_read, r.own_read);
    }
    return out;
  }
  const stream::marks& marks_of(const test_rig::person& who) {
    return rig.at(0).applier_partition(2).find_stream(talk)->find_member(who.account)->at;
  }
  test_rig::person second_device(const test_rig::person& of) {
    auto out = of;
    out.device = rig.add_device(of);
    out.token = "token:" + to_text(out.device);
    return out;
  }
};

TEST_F(receipts_of, R1_GotIsOfTheFurthestDeviceAllOfTheOneBehind) {
  const auto tablet = second_device(ben);
  auto b = rig.online(ben);
  say(3);
  rig.run(3000);
  EXPECT_EQ(marks_of(ben).got, 4U);
  EXPECT_EQ(marks_of(ben).all, 1U);
  auto other = rig.online(tablet);
  rig.run(3000);
  EXPECT_EQ(marks_of(ben).all, 4U);
}

TEST_F(receipts_of, R1_ARevokedDeviceIsNotWaitedFor) {
  const auto tablet = second_device(ben);
  auto b = rig.online(ben);
  say(3);
  rig.run(3000);
  ASSERT_EQ(marks_of(ben).all, 1U);
  std::optional<stream::verdict> done;
  rig.home(ben.account)
      .tell_account({.account = ben.account, .version = 2, .devices = {{tablet.device, 2, true, "tablet"}}},
                    [&](stream::verdict v) { done = v; });
  rig.run(61'000);
  ASSERT_TRUE(done && done->ok());
  EXPECT_EQ(marks_of(ben).all, 4U);
}

TEST_F(receipts_of, R2_EachWriterIsToldTheLowestOfTheOthers) {
  auto b = rig.online(ben);
  auto c = rig.online(cam);
  say(3);
  reads_through(*b, 4);
  reads_through(*c, 3);
  rig.run(3000);
  EXPECT_EQ(most(*a).delivered, 4U);
  EXPECT_EQ(most(*a).read, 3U);
  EXPECT_EQ(most(*b).read, 1U);  // ada has read nothing
  reads_through(*a, 4);
  rig.run(3000);
  EXPECT_EQ(most(*b).read, 3U);
  EXPECT_EQ(most(*c).read, 4U);
}

TEST_F(receipts_of, R2_NothingIsToldUnlessSomethingMoved) {
  auto b = rig.online(ben);
  auto c = rig.online(cam);
  say();
  rig.run(3000);
  const auto before = told(*a).size();
  rig.run(10'000);
  reads_through(*b, 1);  // known already
  rig.run(3000);
  EXPECT_EQ(told(*a).size(), before);
}

TEST_F(receipts_of, R2_AReceiptNeverGoesBack) {
  auto b = rig.online(ben);
  auto c = rig.online(cam);
  say(5);
  reads_through(*b, 6);
  reads_through(*c, 6);
  rig.run(3000);
  reads_through(*b, 2);
  rig.run(3000);
  std::uint64_t last = 0;
  for (const auto& r : told(*a)) {
    EXPECT_GE(r.read, last);
    last = std::max(last, r.read);
  }
  EXPECT_EQ(last, 6U);
}

TEST_F(receipts_of, R2_AConnectionWithoutRoomGetsTheCurrentReceiptsOnceItHas) {
  auto b = rig.online(ben);
  auto c = rig.online(cam);
  say(3);
  rig.run(3000);
  // Ada's own large messages come back to a second connection of hers that does not read.
  auto slow = rig.connect(ada, {.client_id = "tool"});
  slow->subscribe({"c/+", "c/+/receipt"}, 0);
  rig.run();
  slow->messages.clear();
  slow->reads = false;
  say(2, 200 * 1024);
  for (std::uint64_t seq = 2; seq <= 6; ++seq) {
    reads_through(*b, seq);
    reads_through(*c, seq);
    rig.run(2000);
  }
  slow->reads = true;
  rig.run();
  const auto got = told(*slow);
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].read, 6U);
  EXPECT_EQ(got[0].delivered, 6U);
}

TEST_F(receipts_of, R2_AReadMarkGoesToTheAccountsOtherDevices) {
  const auto tablet = second_device(ben);
  auto b = rig.online(ben);
  auto other = rig.online(tablet);
  say();
  reads_through(*b, 2);
  rig.run(1000);
  EXPECT_EQ(most(*other).own_read, 2U);
  EXPECT_EQ(most(*b).own_read, 0U);
}

TEST_F(receipts_of, R2_AReadMarkReachesAnOtherDeviceThatConnectsLater) {
  const auto tablet = second_device(ben);
  auto b = rig.online(ben);
  say();
  reads_through(*b, 2);
  rig.run(1000);
  auto other = rig.online(tablet);
  EXPECT_EQ(most(*other).own_read, 2U);
}

TEST_F(receipts_of, R2_WhoWasAwayIsToldTheCurrentReceipts) {
  auto b = rig.online(ben);
  auto c = rig.online(cam);
  say(3);
  a->cut();
  reads_through(*b, 4);
  reads_through(*c, 3);
  rig.run(3000);
  a = rig.online(ada);
  EXPECT_EQ(most(*a).delivered, 4U);
  EXPECT_EQ(most(*a).read, 3U);
}

TEST_F(receipts_of, R2_WhoSubscribesToReceiptsLaterIsToldTheCurrentOnes) {
  auto b = rig.online(ben);
  auto c = rig.online(cam);
  say(3);
  rig.run(3000);
  auto tool = rig.connect(ada, {.client_id = "tool"});
  tool->subscribe({"c/+"});
  rig.run();
  EXPECT_TRUE(told(*tool).empty());
  tool->subscribe({"c/+/receipt"});
  rig.run();
  EXPECT_EQ(most(*tool).delivered, 4U);
}

TEST_F(receipts_of, D1_ThePubackOfAReceiptLeavesOnceItsEntryIsDurable) {
  auto b = rig.online(ben);
  say();
  rig.run(3000);
  rig.store().hold_durable(true);
  const auto packet = reads_through(*b, 2);
  rig.run(3000);
  EXPECT_EQ(b->ack(packet), nullptr);
  rig.store().hold_durable(false);
  rig.store().sync();
  rig.run(100);
  EXPECT_NE(b->ack(packet), nullptr);
}

TEST_F(receipts_of, D1_CursorsOfASecondAreOneEntryOfTheirPartition) {
  auto b = rig.online(ben);
  rig.run(3000);
  const auto before = rig.store().reserved(store::space_for::upkeep);
  for (int i = 0; i < 20; ++i) {
    say();
    rig.run(25);
  }
  rig.run(2000);
  // Cursors of ben's partition, and marks of the conversation's: a few in two and a half seconds, for twenty records.
  EXPECT_LE(rig.store().reserved(store::space_for::upkeep) - before, 10U);
}

TEST_F(receipts_of, D6_ACursorBelowAnAcknowledgedOneNeverComesBack) {
  auto b = rig.online(ben);
  say(5);
  rig.run(1500);
  bytes body;
  stream::write_receipt(body, {.have_through = 3});
  const auto packet = b->publish(topic + "/receipt", body);
  rig.run(1500);
  EXPECT_NE(b->ack(packet), nullptr);
  b->cut();
  b = rig.online(ben);
  EXPECT_EQ(b->count(topic), 0U);
}

TEST_F(receipts_of, D6_HaveThroughAboveTheHeadHidesNothing) {
  auto b = rig.online(ben);
  bytes body;
  stream::write_receipt(body, {.have_through = 100});
  b->publish(topic + "/receipt", body);
  rig.run(1500);
  say();
  EXPECT_EQ(b->count(topic), 1U);
  b->cut();
  say();
  b = rig.online(ben);
  EXPECT_EQ(b->records(topic).back().seq, 3U);
}

}  // namespace
}  // namespace dunlin::engine
