// Messages between shards that are lost, doubled or late (engine/messages.hpp says by which rule each exchange
// survives).

#include <gtest/gtest.h>

#include "engine/test_rig.hpp"

namespace dunlin::engine {
namespace {

using fate = test_rig::fate;
using mqtt::reason_code;

// A day's patience in seconds: the repeats are the same, and come sooner.
options impatient() {
  options out;
  out.rearm = 10'000;
  out.repeat_marks = 2000;
  out.resend_effects = 1000;
  return out;
}
constexpr mono_ms until_repeated = 13'000;

// Two people on different shards, a conversation on each, and a road that does something to every other message of a
// kind.
struct bad_road {
  test_rig rig{2, impatient(), true};
  test_rig::person ada = rig.add_person(0);
  test_rig::person ben = rig.add_person(1);
  std::vector<stream_id> talks{rig.add_conversation({ada, ben}, 2), rig.add_conversation({ada, ben}, 3)};
  std::unique_ptr<test_device> a = rig.online(ada);
  std::unique_ptr<test_device> b = rig.online(ben);
  seeded_random random{7};
  std::size_t seen = 0;
  std::size_t hit = 0;

  template <class What>
  void befalls(fate f) {
    rig.set_road([this, f](shard_id, shard_id, const message& m) {
      if (!std::holds_alternative<What>(m)) return fate::arrives;
      // The first, then every second on the average, and not in step with anything.
      if (seen++ != 0 && (random.next() & 1) != 0) return fate::arrives;
      ++hit;
      return f;
    });
  }

  void send(test_device& from, std::size_t talk) {
    from.publish(test_rig::topic(talks[talk], "/send"), rig.send_body(rig.next_id(), "n"));
  }

  static std::vector<std::uint64_t> seqs(const test_device& of, stream_id talk) {
    std::vector<std::uint64_t> out;
    for (const auto& r : of.records(test_rig::topic(talk))) out.push_back(r.seq);
    return out;
  }
  std::uint64_t told_delivered(const test_device& to, std::size_t talk) {
    std::uint64_t out = 0;
    for (const auto& m : to.messages) {
      if (m.topic != test_rig::topic(talks[talk], "/receipt")) continue;
      out = std::max(out, stream::read_receipt(m.payload)->delivered);
    }
    return out;
  }
};

// Ten messages each way in each conversation; then everybody has everything once, in order, and knows of it.
template <class What>
void all_arrives_in_spite_of(fate f) {
  SCOPED_TRACE(static_cast<int>(f));
  bad_road road;
  auto& rig = road.rig;
  road.befalls<What>(f);
  for (int i = 0; i < 10; ++i) {
    road.send(*road.a, 0);
    road.send(*road.a, 1);
    rig.run(100);
    rig.arrive_late();
  }
  const auto added = rig.add_conversation({road.ada, road.ben}, 5);
  for (int i = 0; i < 10; ++i) {
    road.send(*road.b, 0);
    road.send(*road.b, 1);
    rig.run(100);
    rig.arrive_late();
  }
  rig.set_road({});  // and what was lost is repeated
  rig.arrive_late();
  rig.run(until_repeated);
  EXPECT_GT(road.hit, 0U);
  for (const auto* device : {road.a.get(), road.b.get()}) {
    EXPECT_EQ(device->acks.size(), 20U);
    for (const auto& ack : device->acks) EXPECT_EQ(ack.reason, reason_code::success) << ack.reason_string;
    const auto self = device == road.a.get() ? road.ada.account : road.ben.account;
    for (const auto talk : road.talks) {
      // Own ones come whole where their verdict came after them (D8).
      const auto got = device->records(test_rig::topic(talk));
      std::size_t others = 0;
      for (std::size_t i = 0; i < got.size(); ++i) {
        others += got[i].account != self ? 1 : 0;
        EXPECT_TRUE(i == 0 || got[i - 1].seq < got[i].seq);
      }
      EXPECT_EQ(others, 10U);
    }
    bool told = false;
    for (const auto& r : device->records("me")) {
      const auto body = stream::read_added(r.body);
      told = told || (body && body->conversation == added);
    }
    EXPECT_TRUE(told);
  }
  for (const std::size_t i : {0U, 1U}) {
    const auto* s = rig.at(i == 0 ? 0 : 1).applier_partition(partition_of(road.talks[i])).find_stream(road.talks[i]);
    EXPECT_EQ(s->head, 21U);  // the first is the conversation's own
    EXPECT_GE(road.told_delivered(*road.a, i), 11U);
  }
}

template <class What>
void all_arrives() {
  for (const fate f : {fate::lost, fate::twice, fate::late}) all_arrives_in_spite_of<What>(f);
}

TEST(lossy, S3_ASubmitMayBeLostDoubledOrLate) { all_arrives<submit>(); }
TEST(lossy, S3_AVerdictMayBeLostDoubledOrLate) { all_arrives<verdicts>(); }
TEST(lossy, D5_AnArmMayBeLostDoubledOrLate) { all_arrives<arms>(); }
TEST(lossy, D5_TheAnswerToAnArmMayBeLostDoubledOrLate) { all_arrives<armed_list>(); }
TEST(lossy, D5_NewsMayBeLostDoubledOrLate) { all_arrives<news>(); }
TEST(lossy, R1_AReportOfMarksMayBeLostDoubledOrLate) { all_arrives<marks_reports>(); }
TEST(lossy, R1_TheAnswerToMarksMayBeLostDoubledOrLate) { all_arrives<marks_kept>(); }
TEST(lossy, R2_ReceiptsMayBeLostDoubledOrLate) { all_arrives<receipts_news>(); }

// What was missed is read from another shard.
template <class What>
void the_backlog_arrives() {
  for (const fate f : {fate::lost, fate::twice, fate::late}) {
    SCOPED_TRACE(static_cast<int>(f));
    bad_road road;
    auto& rig = road.rig;
    road.b->cut();
    for (int i = 0; i < 100; ++i) road.send(*road.a, 0);
    rig.run();
    road.befalls<What>(f);
    auto b = rig.connect(road.ben, {.client_id = to_text(road.ben.device), .receive_maximum = 60});
    b->subscribe({"me", "me/now", "c/+"});
    rig.run(100);
    rig.arrive_late();
    rig.run(100);
    rig.set_road({});
    rig.arrive_late();
    rig.run(until_repeated);
    EXPECT_GT(road.hit, 0U);
    const auto got = bad_road::seqs(*b, road.talks[0]);
    ASSERT_EQ(got.size(), 100U);
    EXPECT_EQ(got.back(), 101U);
    EXPECT_TRUE(b->caught_up());
  }
}

TEST(lossy, D5_AReadMayBeLostDoubledOrLate) { the_backlog_arrives<read>(); }
TEST(lossy, D5_TheAnswerToAReadMayBeLostDoubledOrLate) { the_backlog_arrives<records>(); }

// An effect on another shard: somebody is added, and removed.
template <class What>
void effects_arrive() {
  for (const fate f : {fate::lost, fate::twice, fate::late}) {
    SCOPED_TRACE(static_cast<int>(f));
    bad_road road;
    auto& rig = road.rig;
    const auto group = rig.add_conversation({road.ada}, 2);
    road.befalls<What>(f);
    for (int i = 0; i < 5; ++i) {
      rig.change(group, {road.ben.account}, {});
      rig.change(group, {}, {road.ben.account});
    }
    for (int i = 0; i < 15; ++i) {
      rig.run(1100);
      rig.arrive_late();
    }
    EXPECT_GT(road.hit, 0U);
    std::vector<std::uint32_t> kinds;
    for (const auto& r : road.b->records("me")) {
      const bool about = as_text(r.body).find(as_text(to_bytes(group))) != std::string_view::npos;
      if (about) kinds.push_back(r.kind);
    }
    ASSERT_EQ(kinds.size(), 10U);
    for (std::size_t i = 0; i < kinds.size(); ++i) EXPECT_EQ(kinds[i], i % 2 == 0 ? 80U : 81U);
    EXPECT_EQ(rig.at(0).applier_partition(2).effects().unreported(), 0U);
  }
}

TEST(lossy, O1_AnEffectMayBeLostDoubledOrLate) { effects_arrive<effect>(); }
TEST(lossy, O1_TheAnswerToAnEffectMayBeLostDoubledOrLate) { effects_arrive<effect_kept>(); }

TEST(lossy, M2_TheReadOfWhatIsSentAgainMayBeLost) {
  bad_road road;
  auto& rig = road.rig;
  const test_device::connect_options options{.client_id = to_text(road.ben.device), .expiry_s = 3600};
  auto b = rig.connect(road.ben, options);
  b->auto_ack = false;
  b->subscribe({"c/+"});
  rig.run();
  for (int i = 0; i < 3; ++i) road.send(*road.a, 0);
  rig.run();
  ASSERT_EQ(b->messages.size(), 3U);
  b->cut();
  road.befalls<read>(fate::lost);
  auto resumed = options;
  resumed.clean_start = false;
  b = rig.connect(road.ben, resumed);
  EXPECT_TRUE(b->session_present);
  EXPECT_GT(road.hit, 0U);
  EXPECT_TRUE(b->messages.empty());
  rig.set_road({});
  rig.run(until_repeated);
  ASSERT_EQ(b->messages.size(), 3U);
  for (const auto& m : b->messages) EXPECT_TRUE(m.dup);
}

TEST(lossy, AConversationsCreationThatIsLostIsAnsweredBusyAndARepeatMakesOne) {
  bad_road road;
  auto& rig = road.rig;
  road.befalls<submit>(fate::lost);
  const conversation_spec spec{.id = {std::uint64_t{3} << 56, 1}, .members = {road.ada.account}};
  std::vector<stream::verdict> got;
  rig.at(0).create(spec, [&](stream::verdict v) { got.push_back(v); });
  rig.run(11'000);
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].why, stream::reason::busy);
  rig.set_road({});
  rig.at(0).create(spec, [&](stream::verdict v) { got.push_back(v); });
  rig.run();
  ASSERT_EQ(got.size(), 2U);
  EXPECT_TRUE(got[1].ok());
}

// --- gaps (D5) --------------------------------------------------------------------------------------------------

TEST(gap, D5_OnlineConversationsAreArmedAtOnceAndInOneMessage) {
  bad_road road;
  auto& rig = road.rig;
  for (int i = 0; i < 3; ++i) rig.add_conversation({road.ada, road.ben}, 2);
  road.befalls<news>(fate::lost);
  road.send(*road.a, 0);
  rig.run(100);
  ASSERT_EQ(road.b->count(test_rig::topic(road.talks[0])), 0U);
  std::vector<std::size_t> batches;
  rig.set_road([&](shard_id from, shard_id, const message& m) {
    if (const auto* batch = std::get_if<arms>(&m); batch != nullptr && from == 1) batches.push_back(batch->list.size());
    return fate::arrives;
  });
  rig.at(1).on_link_gap(0);
  rig.run();
  EXPECT_EQ(road.b->count(test_rig::topic(road.talks[0])), 1U);
  ASSERT_FALSE(batches.empty());
  EXPECT_EQ(batches[0], 4U);
}

TEST(gap, D5_OutstandingReadsAreSentAgain) {
  bad_road road;
  auto& rig = road.rig;
  road.b->cut();
  for (int i = 0; i < 5; ++i) road.send(*road.a, 0);
  rig.run();
  road.befalls<records>(fate::lost);
  road.b = rig.online(road.ben);
  EXPECT_EQ(road.b->count(test_rig::topic(road.talks[0])), 0U);
  rig.set_road({});
  rig.at(1).on_link_gap(0);
  rig.run();
  EXPECT_EQ(road.b->count(test_rig::topic(road.talks[0])), 5U);
}

TEST(gap, D5_WhoIsAwayIsArmedAgainOnlyOnceItIsBack) {
  bad_road road;
  auto& rig = road.rig;
  road.b->cut();
  rig.run();
  std::size_t asked = 0;
  rig.set_road([&](shard_id from, shard_id, const message& m) {
    asked += from == 1 && std::holds_alternative<arms>(m) ? 1 : 0;
    return fate::arrives;
  });
  rig.at(1).on_link_gap(0);
  rig.run(until_repeated);
  EXPECT_EQ(asked, 0U);
  road.b = rig.online(road.ben);
  EXPECT_GT(asked, 0U);
}

TEST(gap, D5_EveryBitIsArmedAgainWithinFiveMinutes) {
  test_rig rig{2};
  const auto ada = rig.add_person(0);
  const auto ben = rig.add_person(1);
  const auto talk = rig.add_conversation({ada, ben}, 2);
  const auto b = rig.online(ben);
  rig.run(1000);
  std::size_t armed_again = 0;
  rig.set_road([&](shard_id, shard_id, const message& m) {
    const auto* batch = std::get_if<arms>(&m);
    if (batch == nullptr) return fate::arrives;
    for (const auto& one : batch->list) armed_again += one.stream == talk ? 1 : 0;
    return fate::arrives;
  });
  rig.run(300'000);
  EXPECT_GE(armed_again, 1U);
  EXPECT_LE(armed_again, 2U);
}

TEST(gap, O1_EffectsOfThatShardGoOutAgain) {
  bad_road road;
  auto& rig = road.rig;
  road.befalls<effect>(fate::lost);
  const auto group = rig.add_conversation({road.ben}, 2);
  EXPECT_EQ(rig.home(road.ben.account).applier_partition(1).find_inbox(road.ben.account)->find(group), nullptr);
  rig.set_road({});
  rig.at(0).on_link_gap(1);
  rig.run();
  EXPECT_NE(rig.home(road.ben.account).applier_partition(1).find_inbox(road.ben.account)->find(group), nullptr);
}

TEST(gap, S3_SendsThatWaitForThatShardGoOutAgain) {
  bad_road road;
  road.befalls<submit>(fate::lost);
  road.send(*road.a, 1);
  road.rig.run();
  EXPECT_TRUE(road.a->acks.empty());
  road.rig.set_road({});
  road.rig.at(0).on_link_gap(1);
  road.rig.run();
  EXPECT_EQ(road.a->acks.size(), 1U);
}

}  // namespace
}  // namespace dunlin::engine
