// States of streams and inboxes that leave memory and are read back (L5): nothing that a client can see depends on it.

#include <gtest/gtest.h>

#include "base/log.hpp"
#include "engine/test_rig.hpp"
#include "store/contract/small_store.hpp"
#include "store/embedded/embedded_store.hpp"
#include "store/memory/fault_disk.hpp"

namespace dunlin::engine {
namespace {

using mqtt::reason_code;

options quick() {
  options o;
  o.idle_state = 100;
  o.rearm = 2000;
  o.repeat_marks = 1000;
  o.resend_effects = 500;
  return o;
}

std::size_t in_memory(test_rig& rig, shard_id shards = 2) {
  std::size_t n = 0;
  for (shard_id i = 0; i < shards; ++i) n += rig.at(i).status().streams + rig.at(i).status().inboxes;
  return n;
}

std::vector<std::uint64_t> seqs(const std::vector<stream::record_view>& records) {
  std::vector<std::uint64_t> out;
  for (const auto& r : records) out.push_back(r.seq);
  return out;
}

struct idle_states : testing::Test {
  test_rig rig{2, quick()};
  test_rig::person ada = rig.add_person(0);
  test_rig::person ben = rig.add_person(1);
  stream_id talk = rig.add_conversation({ada, ben}, 2);
  std::string topic = test_rig::topic(talk);
  static constexpr mono_ms long_enough = 6000;  // for who left still armed

  stream::stream_state* stream() {
    return rig.at(partition_of(talk) % 2).applier_partition(partition_of(talk)).find_stream(talk);
  }
  // `a` says something, and all but what is in use leaves memory.
  std::uint64_t say(test_device& from, message_id id) {
    const auto packet = from.publish(topic + "/send", rig.send_body(id, "hello"));
    rig.run();
    const auto* ack = from.ack(packet);
    return ack == nullptr || !ack->properties.contains("seq") ? 0 : std::stoull(ack->properties.at("seq"));
  }
  void forget() {
    rig.run(2000);  // cursors and marks are logged
    rig.seal();
    rig.run(long_enough);
    ASSERT_EQ(in_memory(rig), 0U);
  }
};

TEST_F(idle_states, L5_WhatNobodyUsesLeavesMemoryOnceItsRowIsPublished) {
  rig.run(long_enough);
  // Three streams and two inboxes, nowhere else yet.
  EXPECT_EQ(in_memory(rig), 5U);
  EXPECT_EQ(rig.count(0).states_evicted.value() + rig.count(1).states_evicted.value(), 0U);
  forget();
  EXPECT_EQ(rig.count(0).states_evicted.value() + rig.count(1).states_evicted.value(), 5U);
  EXPECT_EQ(rig.count(0).states_in_memory.value() + rig.count(1).states_in_memory.value(), 0);
}

TEST_F(idle_states, L5_AMessageToAStreamThatLeftMemoryContinuesIt) {
  auto a = rig.online(ada);
  ASSERT_EQ(say(*a, rig.next_id()), 2U);
  a.reset();
  forget();
  a = rig.online(ada);
  EXPECT_EQ(say(*a, rig.next_id()), 3U);
  auto b = rig.online(ben);
  EXPECT_EQ(seqs(b->records(topic)), (std::vector<std::uint64_t>{2, 3}));
  EXPECT_GT(rig.count(0).states_read_back.value() + rig.count(1).states_read_back.value(), 0U);
}

TEST_F(idle_states, L5_S3_ARetryIsKnownAfterItsStreamLeftMemory) {
  auto a = rig.online(ada);
  const auto id = rig.next_id();
  ASSERT_EQ(say(*a, id), 2U);
  a.reset();
  forget();
  a = rig.online(ada);
  EXPECT_EQ(say(*a, id), 2U);
  auto b = rig.online(ben);
  EXPECT_EQ(b->count(topic), 1U);
}

TEST_F(idle_states, L5_S6_MembershipIsWhatItWas) {
  const auto eve = rig.add_person(4);
  const auto group = rig.add_conversation({ada, ben}, 6);
  forget();
  EXPECT_TRUE(rig.change(group, {eve.account}, {ben.account}).ok());
  forget();
  auto a = rig.online(ada);
  auto e = rig.online(eve);
  auto b = rig.online(ben);
  topic = test_rig::topic(group);
  EXPECT_EQ(say(*b, rig.next_id()), 0U);
  EXPECT_EQ(say(*a, rig.next_id()), 3U);
  EXPECT_EQ(seqs(e->records(topic)), (std::vector<std::uint64_t>{3}));
  EXPECT_EQ(b->count(topic), 0U);
}

TEST_F(idle_states, L5_ACrashAfterItLosesNothing) {
  auto a = rig.online(ada);
  say(*a, rig.next_id());
  a.reset();
  forget();
  a = rig.online(ada);
  say(*a, rig.next_id());
  rig.crash(3);
  a = rig.online(ada);
  EXPECT_EQ(say(*a, rig.next_id()), 4U);
  auto b = rig.online(ben);
  EXPECT_EQ(seqs(b->records(topic)), (std::vector<std::uint64_t>{2, 3, 4}));
}

TEST_F(idle_states, L5_D2_AStreamWithAMemberConnectedAndArmedStays) {
  auto a = rig.online(ada);
  rig.run(2000);
  rig.seal();
  rig.run(4 * long_enough);
  ASSERT_NE(stream(), nullptr);
  auto* before = stream();
  say(*a, rig.next_id());
  rig.seal();
  rig.run(long_enough);
  EXPECT_EQ(stream(), before);
  // Ben is away: his are not in memory.
  EXPECT_EQ(rig.at(1).applier_partition(1).find_inbox(ben.account), nullptr);
  EXPECT_NE(rig.at(0).applier_partition(0).find_inbox(ada.account), nullptr);
}

TEST_F(idle_states, L5_AReadUnderWayKeepsItsStream) {
  auto a = rig.online(ada);
  say(*a, rig.next_id());
  a.reset();
  forget();
  rig.store().hold_reads(true);
  std::optional<records_answer> got;
  rig.at(0).read_records({.reader = ben.account, .conversation = talk, .from = 1}, [&](auto r) { got = std::move(r); });
  rig.run();
  rig.store().answer();  // the state; the records themselves are not read yet
  rig.run(long_enough);
  EXPECT_FALSE(got);
  EXPECT_NE(stream(), nullptr);
  rig.store().hold_reads(false);
  rig.run();
  ASSERT_TRUE(got);
  EXPECT_TRUE(got->outcome.ok());
  EXPECT_EQ(got->records.size(), 2U);
}

TEST_F(idle_states, L5_MarksReportedAndNotYetLoggedKeepTheirStream) {
  auto a = rig.online(ada);
  say(*a, rig.next_id());
  a.reset();
  forget();
  // The stream is read back, clean, and would leave before its marks are in the log.
  rig.at(0).deliver(marks_reports{0, {{talk, ben.account, 0, {2, 2, 2}}}});
  rig.run();
  ASSERT_NE(stream(), nullptr);
  ASSERT_EQ(stream()->find_member(ben.account)->at.all, 1U);
  rig.run(long_enough);
  rig.seal();
  rig.run(long_enough);
  ASSERT_EQ(stream(), nullptr);
  const auto b = rig.online(ben);
  EXPECT_EQ(stream()->find_member(ben.account)->at.read, 2U);
}

TEST_F(idle_states, L5_ALoginWhoseStateCannotBeReadIsToldSo) {
  forget();
  rig.store().fail_next_load(store::errc::io);
  log_start(log_level::off, false);
  test_device a(rig, 0);
  a.connect(to_text(ada.account), ada.token, {.client_id = to_text(ada.device)});
  rig.run();
  EXPECT_EQ(a.connack, reason_code::server_unavailable);
  auto again = rig.online(ada);
  EXPECT_TRUE(again->connected);
}

TEST(States, L5_WithTooMuchBeingReadBackALoginIsToldToComeAgain) {
  auto limits = quick();
  limits.parked = 1;
  test_rig rig(1, limits);
  const auto ada = rig.add_person(0);
  const auto ben = rig.add_person(1);
  rig.seal();
  rig.run(1000);
  ASSERT_EQ(in_memory(rig, 1), 0U);
  rig.store().hold_reads(true);
  test_device a(rig, 0);
  test_device b(rig, 0);
  a.connect(to_text(ada.account), ada.token, {.client_id = to_text(ada.device)});
  b.connect(to_text(ben.account), ben.token, {.client_id = to_text(ben.device)});
  rig.run();
  EXPECT_NE(a.closed, b.closed);
  rig.store().hold_reads(false);
  rig.store().answer();
  rig.run();
  EXPECT_NE(a.connected, b.connected);
  EXPECT_EQ((a.connected ? b : a).connack, reason_code::server_unavailable);
}

TEST(States, L5_AboveTheNumberThatMemoryIsMeantForTheOldestLeaveWithoutWaiting) {
  auto limits = quick();
  limits.idle_state = 1'000'000'000;
  limits.states_in_memory = 10;
  test_rig rig(1, limits);
  for (std::uint8_t i = 0; i < 20; ++i) rig.add_person(i);
  EXPECT_EQ(in_memory(rig, 1), 40U);
  rig.seal();
  rig.run(1000);
  EXPECT_EQ(in_memory(rig, 1), 10U);
}

TEST(States, L5_MemoryFallsAfterAHundredThousandStreamsWereTouched) {
  constexpr std::size_t accounts = 100'000;
  test_rig rig(2, quick());
  seeded_random random(7);
  std::size_t told = 0;
  for (std::size_t i = 0; i < accounts; ++i) {
    const auto account = random.id<account_id>();
    rig.home(account).tell_account({.account = account, .version = 1}, [&](stream::verdict v) { told += v.ok(); });
    if (i % 1000 == 999) rig.run();
  }
  ASSERT_EQ(told, accounts);
  ASSERT_EQ(in_memory(rig), 2 * accounts);
  rig.seal();
  rig.run(20'000);
  EXPECT_EQ(in_memory(rig), 0U);
}

// One shard over the embedded store on a disk in memory, everything on one thread.
class whole_shard final : public credentials, public links {
 public:
  explicit whole_shard(store::fault_disk& files) : files_(files) { start(); }

  void start() {
    auto opened = store::embedded_store::open(files_, small(), random_, {[](int) {}, [](std::string_view) { FAIL(); }});
    ASSERT_TRUE(opened);
    store_ = std::move(*opened);
    shard_ = std::make_unique<shard>(surroundings{.self = 0,
                                                  .shards = 1,
                                                  .log = store_->shard_log(0),
                                                  .history = store_->shard_history(0),
                                                  .other_shards = *this,
                                                  .logins = *this,
                                                  .random = random_,
                                                  .counts = counts_,
                                                  .limits = limits_});
    ASSERT_TRUE(shard_->load_partitions());
    ASSERT_TRUE(store_->recover(0, shard_->applier()));
    shard_->recovered();
  }
  void crash() {
    shard_.reset();
    store_.reset();
    files_.crash(random_);
    start();
  }
  void run(mono_ms ms) {
    for (mono_ms i = 0; i < ms; ++i) {
      now_.mono += 1;
      now_.wall += 1;
      shard_->turn(now_);
      shard_->flush();
      while (store_->step_writer()) {
      }
      for (int k = 0; k < 8 && store_->step_background(now_.mono); ++k) {
      }
      while (store_->step_reader()) {
      }
    }
  }
  void add(account_id account, device_id device) {
    std::optional<stream::verdict> done;
    shard_->tell_account({.account = account, .version = 1, .devices = {{device, 1, false, "phone"}}},
                         [&](stream::verdict v) { done = v; });
    run(60);
    EXPECT_TRUE(done && done->ok());
  }
  stream::verdict create(stream_id id, account_id owner) {
    std::optional<stream::verdict> done;
    shard_->create({.id = id, .name = "c", .members = {owner}}, [&](stream::verdict v) { done = v; });
    run(30);
    EXPECT_TRUE(done);
    return done.value_or(stream::verdict{});
  }
  void send(stream_id id, account_id from, device_id device, std::size_t size) {
    submit s{.partition = partition_of(id), .from = {0, 1}};
    const std::string body(size, 'b');
    stream::write_send_entry(s.entry,
                             {id, now_.wall, from, device, {.id = random_.message(now_.wall), .body = as_bytes(body)}});
    shard_->deliver(std::move(s));
    run(5);
  }
  records_answer read(stream_id id, account_id reader) {
    std::optional<records_answer> got;
    shard_->read_records({.reader = reader, .conversation = id, .from = 1, .limit = 1000},
                         [&](records_answer r) { got = std::move(r); });
    run(60);
    EXPECT_TRUE(got);
    return got.value_or(records_answer{});
  }
  [[nodiscard]] std::size_t streams() const { return shard_->status().streams; }
  [[nodiscard]] std::uint64_t sealed() const { return store_->counters().sealed_segments.value(); }
  seeded_random& random() { return random_; }

  void verify(shard_id, std::uint64_t, client_key, std::string, std::string) override { FAIL(); }
  bool send(shard_id, message&&) override { return false; }

 private:
  static store::store_options small() {
    store::store_options o = store::small_store(1);
    o.background_pause_ms = 0;
    o.seal_at_segments = 1;
    o.seal_most_segments = 1;
    o.merge_files = 2;
    o.retry_ms = 20;
    return o;
  }

  store::fault_disk& files_;
  seeded_random random_{11};
  options limits_ = quick();
  metrics metrics_;
  counters counts_{metrics_, 0};
  std::unique_ptr<store::embedded_store> store_;
  std::unique_ptr<shard> shard_;
  moment now_{1'000'000, 1'700'000'000'000};
};

TEST(States, L5_SealingGoesOnForAsLongAsThereIsLogToSeal) {
  log_start(log_level::off, false);
  store::fault_disk files;
  whole_shard one(files);
  const stream_id id{1, 1};
  one.add({1, 2}, {1, 3});
  ASSERT_TRUE(one.create(id, {1, 2}).ok());
  // Far more than the shard's ring of published rows has places for.
  for (int i = 0; i < 1000; ++i) one.send(id, {1, 2}, {1, 3}, 1000);
  EXPECT_GT(one.sealed(), 35U);
  EXPECT_EQ(one.read(id, {1, 2}).head, 1001U);
}

TEST(States, L5_OnTheEmbeddedStoreStreamsLeaveAndComeBackWithAllTheyHad) {
  log_start(log_level::off, false);
  store::fault_disk files;
  whole_shard one(files);
  const device_id device{1, 3};
  one.add({1, 2}, device);
  constexpr std::uint64_t streams = 200;
  const auto id = [](std::uint64_t n) { return stream_id{n << 56, n}; };
  for (std::uint64_t n = 0; n < streams; ++n) ASSERT_TRUE(one.create(id(n), {1, 2}).ok());
  for (std::uint64_t n = 0; n < streams; ++n) one.send(id(n), {1, 2}, device, 100);
  // What follows in another stream pushes all of it out of the log.
  for (int i = 0; i < 300; ++i) one.send(id(0), {1, 2}, device, 1000);
  one.run(2000);
  EXPECT_LT(one.streams(), 60U);
  for (std::uint64_t n = 1; n < streams; ++n) {
    if (n == streams / 2) one.crash();
    one.send(id(n), {1, 2}, device, 100);
    const auto got = one.read(id(n), {1, 2});
    ASSERT_TRUE(got.outcome.ok()) << n;
    ASSERT_EQ(got.head, 3U) << n;
    ASSERT_EQ(got.records.size(), 3U) << n;
  }
}

}  // namespace
}  // namespace dunlin::engine
