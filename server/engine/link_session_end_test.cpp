// Sessions that end: at their expiry, by a clean start, and with the connection that is taken over (M1).

#include "engine/test_sessions.hpp"

namespace dunlin::engine {
namespace {

using mqtt::reason_code;

TEST_F(sessions, M1_ASessionWaitsInItsAccountsInboxUntilItsExpiry) {
  auto b = connect(true, 60);
  say(2);
  const auto sent = b->messages;
  b->cut();
  EXPECT_EQ(rig.count(1).sessions_kept.value(), 1);  // of the account's shard
  say();
  rig.run(59'900);
  EXPECT_EQ(rig.count(1).sessions_kept.value(), 1);
  b = connect(false, 60);
  EXPECT_TRUE(b->session_present);
  ASSERT_EQ(b->messages.size(), 3U);
  for (const std::size_t i : {0U, 1U}) {
    EXPECT_TRUE(b->messages[i].dup);
    EXPECT_EQ(b->messages[i].packet_id, sent[i].packet_id);
  }
  EXPECT_FALSE(b->messages[2].dup);
  EXPECT_EQ(rig.count(1).sessions_kept.value(), 0);  // with the connection now
}

TEST_F(sessions, M1_ASessionThatNobodyComesBackForIsForgottenAtItsExpiry) {
  connect(true, 60)->cut();
  rig.run(59'900);
  EXPECT_EQ(rig.count(1).sessions_kept.value(), 1);
  rig.run(1'100);
  EXPECT_EQ(rig.count(1).sessions_kept.value(), 0);
}

TEST_F(sessions, M1_AnExpiredSessionIsNeverResumed) {
  auto b = connect(true, 5);
  say(2);
  b->cut();
  rig.run(7000);
  b = connect(false, 5);
  EXPECT_FALSE(b->session_present);
  EXPECT_TRUE(b->messages.empty());
  b->subscribe({"c/+"});
  rig.run();
  EXPECT_EQ(b->count(topic), 2U);
}

TEST_F(sessions, M1_ASessionThatExpiredAMomentAgoIsNotResumedEither) {
  auto b = connect(true, 1);
  rig.jump(1000);
  rig.run(500);  // sessions are looked through each second: half of one ago
  b->cut();
  rig.run(1075);
  b = connect(false, 1);
  EXPECT_FALSE(b->session_present);
}

TEST_F(sessions, ACleanStartEndsTheSessionBefore) {
  auto b = connect(true);
  say();
  b->cut();
  b = connect(true);
  EXPECT_FALSE(b->session_present);
  ASSERT_EQ(b->count(topic), 1U);  // from the cursor, not from the session
  EXPECT_FALSE(b->messages[0].dup);
}

TEST_F(sessions, ASessionWithExpiryZeroEndsAsItIsTakenOver) {
  auto first = connect(true, 0);
  say();
  const auto second = connect(false, 0);
  EXPECT_EQ(first->closed_with, reason_code::session_taken_over);
  EXPECT_FALSE(second->session_present);
  say();
  EXPECT_TRUE(second->messages.empty());  // it has no filters yet
}

TEST_F(sessions, ASessionThatIsTakenOverGoesOnWithTheNewConnection) {
  auto first = connect(true);
  say();
  const auto second = connect(false);
  EXPECT_EQ(first->closed_with, reason_code::session_taken_over);  // DISCONNECT 0x8E
  EXPECT_TRUE(first->closed);
  EXPECT_TRUE(second->session_present);
  ASSERT_EQ(second->messages.size(), 1U);
  EXPECT_TRUE(second->messages[0].dup);
  EXPECT_EQ(second->messages[0].packet_id, first->messages[0].packet_id);
}

TEST_F(sessions, TheVerdictOfAConnectionThatWasTakenOverGoesToNobodyElse) {
  auto first = connect(true);
  rig.store().hold_durable(true);
  const auto packet = first->publish(topic + "/send", rig.send_body(rig.next_id(), "n"));
  rig.run();
  const auto second = connect(false);
  rig.store().hold_durable(false);
  rig.store().sync();
  rig.run();
  EXPECT_EQ(second->ack(packet), nullptr);
  EXPECT_EQ(rig.at(0).applier_partition(2).find_stream(talk)->head, 2U);
}

TEST_F(sessions, ASessionsExpiryIsAtMostWhatTheServerAllows) {
  auto b = connect(true, 0xffffffff);
  b->cut();
  rig.run();
  rig.jump(mono_ms{14} * 24 * 3600 * 1000 + 1);
  rig.run(1100);
  b = connect(false);
  EXPECT_FALSE(b->session_present);
}

}  // namespace
}  // namespace dunlin::engine
