// What happens between two things that are usually far apart: an account leaves while its connection ends, a filter
// changes while a read is under way, a session goes on over a connection of another kind. Each was found by the
// simulator.
#include <gtest/gtest.h>

#include "engine/test_rig.hpp"

namespace dunlin::engine {
namespace {

using fate = test_rig::fate;

std::vector<std::uint64_t> seqs(const test_device& d, const std::string& topic) {
  std::vector<std::uint64_t> out;
  for (const auto& r : d.records(topic)) out.push_back(r.seq);
  return out;
}

// Ada on shard 0, Ben on shard 1, and a conversation of theirs on shard 0.
struct two {
  explicit two(options limits = {}, stream::retention keep = stream::retention::forever) : rig(2, limits) {
    ada = rig.add_person(0);
    ben = rig.add_person(1);
    talk = rig.add_conversation({ada, ben}, 2, true, false, keep);
    topic = test_rig::topic(talk);
    a = rig.online(ada);
  }
  void send(std::string_view text) {
    a->publish(test_rig::topic(talk, "/send"), rig.send_body(rig.next_id(), text));
    rig.run();
  }
  std::unique_ptr<test_device> connect(bool clean, const test_device::connect_options& more = {}) {
    auto options = more;
    options.client_id = to_text(ben.device);
    options.clean_start = clean;
    return rig.connect(ben, options);
  }

  test_rig rig;
  test_rig::person ada;
  test_rig::person ben;
  stream_id talk;
  std::string topic;
  std::unique_ptr<test_device> a;
};

TEST(Races, D4_WhoIsRemovedAndDisconnectsBeforeThatIsDurableLeavesNothingBehind) {
  two t;
  auto b = t.rig.online(t.ben);
  EXPECT_EQ(t.rig.at(1).boxes().places(), 2U);
  // What its inbox says to the stream leaves when the removal is durable, just before its connections are told.
  t.rig.set_road([&](shard_id, shard_id, const message& m) {
    if (std::holds_alternative<effect_kept>(m)) b->cut();
    return fate::arrives;
  });
  t.rig.change(t.talk, {}, {t.ben.account});
  t.rig.run();
  EXPECT_EQ(t.rig.at(1).boxes().places(), 0U);
}

TEST(Races, D1_WhoIsRemovedAndAddedAtOnceHasOneFeedThatBeginsAtTheJoin) {
  two t;
  auto b = t.rig.online(t.ben);
  t.send("before");
  EXPECT_TRUE(t.rig.change(t.talk, {t.ben.account}, {t.ben.account}).ok());
  t.send("after");
  EXPECT_EQ(seqs(*b, t.topic), (std::vector<std::uint64_t>{2, 4}));
  EXPECT_EQ(t.rig.at(1).boxes().places(), 2U);
  b->cut();
  EXPECT_EQ(t.rig.at(1).boxes().places(), 0U);
}

TEST(Races, D3_MarksReportedAfterAReconnectDoNotNameThePlaceOfTheConnectionBefore) {
  two t;
  // The conversation lies between two others, so that its place is given to itself again, under another name.
  t.rig.add_conversation({t.ada, t.ben}, 4);
  auto b = t.rig.online(t.ben);
  t.send("one");
  bytes receipt;
  stream::write_receipt(receipt, {.read = 2});
  b->publish(test_rig::topic(t.talk, "/receipt"), receipt);
  t.rig.run(50);
  // It is noted, and will be reported within 50 ms; Ben comes back sooner.
  b->cut();
  b = t.connect(true);
  b->auto_ack = false;
  b->subscribe(test_rig::all_filters());
  t.rig.run(200);
  t.send("two");
  EXPECT_EQ(b->records(t.topic).back().seq, 3U);
}

TEST(Races, D6_AnAnswerToAReadOfAFeedBeforeIsNotTakenForTheOneOfThePresent) {
  two t({.inline_records = 1, .read_records = 2, .kept_recent = 1});
  for (int i = 0; i < 6; ++i) t.send("missed");
  auto b = t.connect(true);
  b->auto_ack = false;
  int answers = 0;
  t.rig.set_road([&](shard_id, shard_id, const message& m) {
    return std::holds_alternative<records>(m) && ++answers > 1 ? fate::late : fate::arrives;
  });
  b->subscribe({"c/+"});
  t.rig.run();
  EXPECT_EQ(seqs(*b, t.topic), (std::vector<std::uint64_t>{2, 3}));
  b->unsubscribe({"c/+"});
  b->subscribe({"c/+"});
  t.rig.run();
  b->messages.clear();
  t.rig.set_road({});
  t.rig.arrive_late();
  t.rig.run();
  EXPECT_EQ(seqs(*b, t.topic), (std::vector<std::uint64_t>{2, 3, 4, 5, 6, 7}));
}

TEST(Races, M2_WhatASessionHasInFlightAndIsTooLargeForTheNextConnectionIsSaidAndPassed) {
  two t;
  auto b = t.connect(true, {.expiry_s = 600});
  b->auto_ack = false;
  b->subscribe({"c/+", "me/now"});
  t.rig.run();
  t.send(std::string(500, 'x'));
  EXPECT_EQ(seqs(*b, t.topic), (std::vector<std::uint64_t>{2}));
  b->cut();
  b = t.connect(false, {.expiry_s = 600, .max_packet = 300});
  t.rig.run();
  EXPECT_TRUE(b->session_present);
  EXPECT_EQ(b->notices(3).size(), 1U);
  t.send("small");
  EXPECT_EQ(seqs(*b, t.topic), (std::vector<std::uint64_t>{3}));
  t.rig.run(1100);
  b->cut();
  b = t.connect(true);
  b->subscribe({"c/+"});
  t.rig.run();
  EXPECT_EQ(b->count(t.topic), 0U) << "the cursor has passed both";
}

TEST(Races, M2_ARecordThatIsNoTextIsNeverSentAgainAsOne) {
  two t;
  auto b = t.connect(true, {.expiry_s = 600});
  b->auto_ack = false;
  b->subscribe({"c/+", "c/+/text"});
  t.rig.run();
  t.send("a message");
  b->unsubscribe({"c/+"});
  t.rig.run();
  b->cut();
  b = t.connect(false, {.expiry_s = 600});
  t.rig.run();
  EXPECT_EQ(b->count(test_rig::topic(t.talk, "/text")), 0U);
  EXPECT_EQ(seqs(*b, t.topic), (std::vector<std::uint64_t>{2}));
}

TEST(Races, D9_AGapOfASessionIsNotKeptForAConnectionThatFillsNone) {
  two t({.heads_first_behind = 4, .heads_first_last = 2});
  for (int i = 0; i < 8; ++i) t.send("missed");
  auto b = t.connect(true, {.expiry_s = 600, .dunlin = true});
  b->auto_ack = false;
  b->subscribe({"c/+"});
  t.rig.run();
  EXPECT_EQ(seqs(*b, t.topic), (std::vector<std::uint64_t>{8, 9}));
  b->cut();
  b = t.connect(false, {.expiry_s = 600});
  t.rig.run();
  EXPECT_TRUE(b->session_present);
  auto got = seqs(*b, t.topic);
  std::sort(got.begin(), got.end());
  got.erase(std::unique(got.begin(), got.end()), got.end());
  EXPECT_EQ(got, (std::vector<std::uint64_t>{2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(Races, D6_HaveThroughIsNotedAlsoForAConversationThatNobodyIsSubscribedTo) {
  two t;
  for (int i = 0; i < 3; ++i) t.send("read by range");
  auto b = t.connect(true);
  t.rig.run();
  bytes receipt;
  stream::write_receipt(receipt, {.have_through = 3});
  const auto first = b->publish(test_rig::topic(t.talk, "/receipt"), receipt);
  receipt.clear();
  stream::write_receipt(receipt, {.have_through = 1000});
  t.rig.run(200);
  ASSERT_NE(b->ack(first), nullptr);
  EXPECT_EQ(b->ack(first)->reason, mqtt::reason_code::success);
  b->subscribe({"c/+"});
  t.rig.run();
  EXPECT_EQ(seqs(*b, t.topic), (std::vector<std::uint64_t>{4}));
  // Past the head it goes to the head, so that nothing that comes is hidden.
  b->unsubscribe({"c/+"});
  b->publish(test_rig::topic(t.talk, "/receipt"), receipt);
  t.rig.run(200);
  t.send("new");
  b->messages.clear();
  b->subscribe({"c/+"});
  t.rig.run();
  EXPECT_EQ(seqs(*b, t.topic), (std::vector<std::uint64_t>{5}));
}

TEST(Races, M4_ARefusalOfQoS2IsSaidAgainWhereItGotLostWithItsConnection) {
  two t;
  const auto options = test_device::connect_options{.version = mqtt::protocol_version::v3_1_1};
  auto b = t.connect(false, options);
  b->subscribe({"me/now"});
  t.rig.run();
  const std::string nowhere = test_rig::topic(stream_id{2, 2}, "/send");
  const bytes body = t.rig.send_body(t.rig.next_id(), "for strangers");
  b->reads = false;
  const auto id = b->publish(nowhere, body, 2);
  t.rig.run();
  b->cut();
  b = t.connect(false, options);
  b->publish_again(id, nowhere, body, 2);
  t.rig.run();
  EXPECT_TRUE(b->session_present);
  EXPECT_EQ(b->notices(2).size(), 1U);
  ASSERT_NE(b->ack(id), nullptr);
  EXPECT_EQ(b->ack(id)->type, mqtt::packet_type::pubrec);
  b->pubrel(id);
  t.rig.run();
  EXPECT_EQ(b->ack(id)->type, mqtt::packet_type::pubcomp);
}

TEST(Races, S6_WhatWasSaidWhileAMemberWasAwayDoesNotComeAlongWhenItIsBack) {
  for (const bool arms_first : {true, false}) {
    SCOPED_TRACE(arms_first ? "armed before it is released" : "armed after it is released");
    two t;
    const auto b = t.rig.online(t.ben);
    t.send("before");
    t.rig.store().hold_durable(true);
    auto& owner = t.rig.at(0);
    owner.change_members({.id = t.talk, .remove = {t.ben.account}}, [](const stream::verdict&) {});
    t.rig.run();
    t.send("behind his back");
    owner.change_members({.id = t.talk, .add = {t.ben.account}}, [](const stream::verdict&) {});
    t.rig.run();
    // His inbox arms and knows nothing of his going: that is lost on the way, and comes when it is repeated.
    t.rig.set_road([](shard_id, shard_id, const message& m) {
      return std::holds_alternative<effect>(m) ? fate::lost : fate::arrives;
    });
    if (arms_first) t.rig.at(1).on_link_gap(0);
    t.rig.run();
    t.rig.store().hold_durable(false);
    t.rig.store().sync();
    if (!arms_first) t.rig.at(1).on_link_gap(0);
    t.rig.run(200);
    t.rig.set_road({});
    t.rig.run(10'000);
    t.send("after");
    const auto got = seqs(*b, t.topic);
    EXPECT_EQ(std::count(got.begin(), got.end(), 4), 0) << "which is what was said behind his back";
    EXPECT_EQ(got.back(), 6U);
  }
}

TEST(Races, L2_MarksThatAreNotDurableAreToldToNobodyWhoArms) {
  two t;
  const auto cy = t.rig.add_person(5);
  t.send("hello");
  const auto b = t.rig.online(t.ben);
  t.rig.run(2000);
  bytes receipt;
  stream::write_receipt(receipt, {.read = 2});
  b->publish(test_rig::topic(t.talk, "/receipt"), receipt);
  t.rig.run(75);  // Ben's own entry is durable, and reported to the stream
  t.rig.store().hold_durable(true);
  t.rig.run(1500);  // which has it in its log now, as it has that somebody joined
  t.rig.at(0).change_members({.id = t.talk, .add = {cy.account}}, [](const stream::verdict&) {});
  t.rig.run();
  const auto read_told = [&t] {
    std::uint64_t most = 0;
    for (const auto& m : t.a->messages) {
      if (m.topic == test_rig::topic(t.talk, "/receipt")) most = std::max(most, stream::read_receipt(m.payload)->read);
    }
    return most;
  };
  t.a->cut();
  t.a = t.rig.online(t.ada);
  t.rig.run(100);
  EXPECT_LT(read_told(), 2U);
  t.rig.store().hold_durable(false);
  t.rig.store().sync();
  t.rig.run(2000);
  EXPECT_EQ(read_told(), 2U);
}

}  // namespace
}  // namespace dunlin::engine
