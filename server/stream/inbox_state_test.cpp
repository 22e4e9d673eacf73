#include "stream/inbox_state.hpp"

#include <gtest/gtest.h>

namespace dunlin::stream {
namespace {

constexpr stream_id first{1, 1};
constexpr stream_id second{2, 1};

inbox_state with_devices(std::size_t n) {
  inbox_state inbox;
  inbox.account = {9, 9};
  for (std::size_t i = 0; i < n; ++i) inbox.devices.push_back({device_id{7, i + 1}, 1, 0});
  return inbox;
}

TEST(Inbox, FindsConversationsHoweverTheyCame) {
  inbox_state inbox = with_devices(1);
  inbox.join(second, 1);
  inbox.join(first, 1);
  EXPECT_EQ(inbox.find(first)->id, first);
  EXPECT_EQ(inbox.find(second)->id, second);
  EXPECT_EQ(inbox.find({3, 1}), nullptr);
  EXPECT_TRUE(inbox.leave(first));
  EXPECT_FALSE(inbox.leave(first));
  EXPECT_EQ(inbox.find(first), nullptr);
}

TEST(Inbox, D1_EveryDevicesCursorStartsAtTheJoin) {
  inbox_state inbox = with_devices(2);
  EXPECT_EQ(inbox.join(first, 5).cursors, (std::vector<std::uint64_t>{5, 5}));
  EXPECT_EQ(inbox.find(first)->read, 5U);
}

TEST(Inbox, D1_AJoinAnewNeverMovesACursorBack) {
  inbox_state inbox = with_devices(2);
  inbox.join(first, 5).cursors[1] = 20;
  EXPECT_EQ(inbox.join(first, 9).cursors, (std::vector<std::uint64_t>{9, 20}));
}

TEST(Inbox, R1_R3_GotIsTheFurthestAllTheLeastOfThoseThatAreActive) {
  inbox_state inbox = with_devices(3);
  auto& c = inbox.join(first, 1);
  c.cursors = {4, 9, 2};
  c.read = 3;
  EXPECT_EQ(inbox.marks_of(c), (marks{9, 2, 3}));
  inbox.devices[2].seen = 100;
  inbox.devices[1].seen = 70;
  inbox.devices[0].seen = 69;
  EXPECT_EQ(inbox.marks_of(c, 69), (marks{9, 2, 3}));
  EXPECT_EQ(inbox.marks_of(c, 70), (marks{9, 2, 3}));
  EXPECT_EQ(inbox.marks_of(c, 71), (marks{2, 2, 3}));
  EXPECT_EQ(inbox.marks_of(c, 101), (marks{0, 0, 3}));
  inbox.revoke(2, {inbox.devices[2].id, 2, 2});
  EXPECT_EQ(inbox.marks_of(c), (marks{9, 4, 3}));
  inbox.revoke(1, {inbox.devices[1].id, 2, 3});
  EXPECT_EQ(inbox.marks_of(c), (marks{4, 4, 3}));
  inbox.revoke(0, {inbox.devices[0].id, 2, 4});
  EXPECT_EQ(inbox.marks_of(c), (marks{0, 0, 3}));
}

TEST(Inbox, D1_ANewDeviceTakesARevokedOnesPlaceAndNoneOfItsCursors) {
  inbox_state inbox = with_devices(3);
  auto& c = inbox.join(first, 1);
  c.cursors = {4, 9, 2};
  const device_id gone = inbox.devices[1].id;
  inbox.revoke(1, {gone, 2, 5});
  EXPECT_EQ(inbox.find_device(gone), inbox_state::npos);
  EXPECT_NE(inbox.find_revoked(gone), nullptr);
  EXPECT_EQ(inbox.join(second, 7).cursors.size(), 3U);
  EXPECT_EQ(inbox.add_device({{8, 8}, 1, 40}), 1U);
  EXPECT_EQ(inbox.find(first)->cursors, (std::vector<std::uint64_t>{4, 0, 2}));
  EXPECT_EQ(inbox.find(second)->cursors[1], 0U);
  EXPECT_EQ(inbox.add_device({{8, 9}, 1, 40}), 3U);
}

TEST(Inbox, Q3_OnlyTheLatestRevokedDevicesAreRememberedOneByOne) {
  inbox_state inbox = with_devices(1);
  for (std::uint64_t n = 1; n <= max_revoked + 3; ++n) inbox.remember({{5, n}, 2, 10 + n});
  EXPECT_EQ(inbox.revoked.size(), max_revoked);
  EXPECT_EQ(inbox.find_revoked({5, 3}), nullptr);
  EXPECT_NE(inbox.find_revoked({5, 4}), nullptr);
  EXPECT_EQ(inbox.revoked_before, 13U);
}

TEST(Inbox, L5_ARowHoldsEverythingButWhatIsInMemoryOnly) {
  inbox_state inbox = with_devices(2);
  inbox.version = 77;
  inbox.deleted = true;
  inbox.devices[0].seen = 20'000;
  inbox.revoke(1, {inbox.devices[1].id, 3, 70});
  inbox.revoked_before = 12;
  auto& c = inbox.join(first, 5);
  c.direct = true;
  c.name = "name";
  c.cursors = {1ULL << 63, 3};
  inbox.join(second, 1).open = true;
  bytes row;
  write_row(inbox, row);
  inbox_state again;
  ASSERT_TRUE(read_row(row, again));
  bytes rewritten;
  write_row(again, rewritten);
  EXPECT_EQ(rewritten, row);
  EXPECT_EQ(again.version, 77U);
  EXPECT_TRUE(again.deleted);
  EXPECT_EQ(again.devices[0].seen, 20'000U);
  EXPECT_TRUE(again.devices[1].id.is_zero());
  ASSERT_EQ(again.revoked.size(), 1U);
  EXPECT_EQ(again.revoked[0].account_at, 70U);
  EXPECT_EQ(again.revoked_before, 12U);
  EXPECT_TRUE(again.find(first)->direct);
  EXPECT_EQ(again.find(first)->name, "name");
  EXPECT_EQ(again.find(first)->cursors[0], 1ULL << 63);
  EXPECT_TRUE(again.find(second)->open);
}

TEST(Inbox, L7_ARowWithoutWhatTheFirstRulesDidNotKnowIsWrittenAsItWasThen) {
  inbox_state inbox = with_devices(1);
  inbox.join(first, 5);
  inbox.join(second, 5);
  bytes before;
  write_row(inbox, before);
  EXPECT_EQ(before[0], 2);
  inbox.find(second)->settings = 300;
  inbox.settings = 1;
  inbox.note_profile({{9, 9}, 7});
  inbox.note_profile({{8, 8}, 1});
  bytes row;
  write_row(inbox, row);
  EXPECT_EQ(row[0], 3);
  inbox_state again;
  ASSERT_TRUE(read_row(row, again));
  EXPECT_EQ(again.settings, 1U);
  EXPECT_EQ(again.find(first)->settings, 0U);
  EXPECT_EQ(again.find(second)->settings, 300U);
  ASSERT_EQ(again.profiles.size(), 2U);
  EXPECT_EQ(again.profiles[0].account, (account_id{9, 9}));
  EXPECT_EQ(again.profiles[1].version, 1U);
  // What was in the state before does not shine through.
  ASSERT_TRUE(read_row(before, again));
  EXPECT_EQ(again.settings, 0U);
  EXPECT_TRUE(again.profiles.empty());
}

TEST(Inbox, RefusesARowWhoseConversationsAreNotInOrder) {
  inbox_state inbox = with_devices(1);
  inbox.join(first, 5);
  inbox.join(second, 5);
  std::swap(inbox.conversations[0], inbox.conversations[1]);
  bytes row;
  write_row(inbox, row);
  inbox_state again;
  EXPECT_FALSE(read_row(row, again));
}

}  // namespace
}  // namespace dunlin::stream
