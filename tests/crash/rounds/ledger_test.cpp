#include "tests/crash/rounds/ledger.hpp"

#include <gtest/gtest.h>

namespace dunlin::crash {
namespace {

class LedgerTest : public testing::Test {
 protected:
  LedgerTest() {
    ada_ = all_.add_device({1, 1}, {1, 0});
    ben_ = all_.add_device({2, 1}, {2, 0});
    chat_ = all_.add_conversation({9, 9}, {ada_, ben_});
  }
  static message_id id(std::uint64_t n) { return {n, 1}; }
  static bytes body(std::uint64_t n) { return bytes(8, static_cast<std::uint8_t>(n)); }
  void send(std::uint64_t n) { all_.send(ada_, chat_, id(n), hash_of(body(n))); }
  // Ada's message n at a seq, to somebody.
  void receive(place who, std::uint64_t seq, std::uint64_t n, std::int64_t ts = 5) {
    const bytes text = body(n);
    stream::record_view r;
    r.seq = seq;
    r.ts = ts;
    r.account = {1, 0};
    r.device = {1, 1};
    r.id = id(n);
    r.body = text;
    all_.receive(who, chat_, r);
  }
  void expect_wrong(const std::string& part) const {
    EXPECT_NE(all_.wrong().find(part), std::string::npos) << "got: " << all_.wrong();
  }

  ledger all_;
  place ada_ = 0;
  place ben_ = 0;
  place chat_ = 0;
};

TEST_F(LedgerTest, IsContentWithARunWithoutFaults) {
  for (const std::uint64_t n : {1, 2, 3}) {
    send(n);
    all_.accept(ada_, id(n), n + 1);
    receive(ben_, n + 1, n);
  }
  EXPECT_TRUE(all_.is_complete(ben_));
  all_.finish();
  EXPECT_EQ(all_.wrong(), "");
}

TEST_F(LedgerTest, TakesARedeliveryOnANewConnection) {
  send(1);
  all_.accept(ada_, id(1), 2);
  receive(ben_, 2, 1);
  all_.connect(ben_);
  receive(ben_, 2, 1);
  EXPECT_EQ(all_.seen().redeliveries, 1U);
  all_.finish();
  EXPECT_EQ(all_.wrong(), "");
}

TEST_F(LedgerTest, FindsALostMessage) {
  send(1);
  all_.accept(ada_, id(1), 2);
  EXPECT_FALSE(all_.is_complete(ben_));
  all_.finish();
  expect_wrong("was acknowledged and is not in");
}

TEST_F(LedgerTest, FindsAMessageThatStandsTwice) {
  send(1);
  receive(ben_, 2, 1);
  receive(ben_, 3, 1);
  expect_wrong("once more");
}

TEST_F(LedgerTest, FindsASeqThatChangedItsContent) {
  send(1);
  send(2);
  receive(ben_, 2, 1);
  all_.connect(ben_);
  receive(ben_, 2, 2);
  expect_wrong("changed its content");
}

TEST_F(LedgerTest, FindsATimeThatChanged) {
  send(1);
  receive(ben_, 2, 1, 5);
  receive(ada_, 2, 1, 6);
  expect_wrong("changed its content");
}

TEST_F(LedgerTest, FindsARetryWithAnotherVerdict) {
  send(1);
  all_.accept(ada_, id(1), 2);
  all_.accept(ada_, id(1), 3);
  expect_wrong("and, before, at seq 2");
}

TEST_F(LedgerTest, FindsAVerdictThatIsNotTrue) {
  send(1);
  send(2);
  receive(ben_, 2, 1);
  all_.accept(ada_, id(2), 2);
  expect_wrong("where another message stands");
}

TEST_F(LedgerTest, FindsARecordThatGoesBackOnOneConnection) {
  send(1);
  send(2);
  receive(ben_, 2, 1);
  receive(ben_, 3, 2);
  receive(ben_, 2, 1);
  expect_wrong("on one connection");
}

TEST_F(LedgerTest, FindsAGapOfRecordsThatOthersHaveSeen) {
  const place carla = all_.add_device({3, 1}, {3, 0});
  const place group = all_.add_conversation({8, 8}, {ada_, ben_, carla});
  (void)group;
  send(1);
  send(2);
  receive(ada_, 2, 1);
  receive(ben_, 3, 2);
  expect_wrong("came without seq 2");
}

TEST_F(LedgerTest, FindsAGapThatNobodyHasSeenAtTheEnd) {
  send(1);
  all_.accept(ada_, id(1), 5);
  receive(ben_, 5, 1);
  all_.finish();
  expect_wrong("is missing");
}

TEST_F(LedgerTest, FindsASendersMessagesOutOfOrder) {
  send(1);
  send(2);
  all_.accept(ada_, id(1), 3);
  all_.accept(ada_, id(2), 2);
  receive(ben_, 2, 2);
  receive(ben_, 3, 1);
  all_.finish();
  expect_wrong("out of its sender's order");
}

TEST_F(LedgerTest, FindsTimesThatFall) {
  send(1);
  send(2);
  receive(ben_, 2, 1, 9);
  receive(ben_, 3, 2, 8);
  expect_wrong("older");
}

TEST_F(LedgerTest, FindsAForgedBody) {
  all_.send(ada_, chat_, id(1), 12345);
  receive(ben_, 2, 1);
  expect_wrong("another body");
}

TEST_F(LedgerTest, FindsADeviceThatMissedARecord) {
  const place carla = all_.add_device({3, 1}, {3, 0});
  chat_ = all_.add_conversation({8, 8}, {ada_, ben_, carla});
  send(1);
  all_.accept(ada_, id(1), 2);
  receive(ben_, 2, 1);
  all_.finish();
  expect_wrong("never reached device");
}

}  // namespace
}  // namespace dunlin::crash
