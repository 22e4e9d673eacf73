// What every implementation of the accounts' roles must do; runs on SQLite and on memory.
#include <gmock/gmock.h>

#include "accounts/contract_rig.hpp"

namespace dunlin::accounts {
namespace {

DUNLIN_BOTH_TABLES_ON(Tables, both_tables);

TEST_P(Tables, ANewAccountIsFoundByIdAndByHandle) {
  const auto ada = added("ada");
  const auto by_id = accounts().find(ada.account);
  const auto by_handle = accounts().find_handle("ada");
  ASSERT_TRUE(by_id);
  ASSERT_TRUE(by_handle);
  EXPECT_EQ(by_id->handle, "ada");
  EXPECT_EQ(by_handle->id, ada.account);
  EXPECT_EQ(by_handle->created, now);
  EXPECT_FALSE(by_handle->deleted);
  EXPECT_EQ(accounts().find_handle("ben").error(), errc::unknown_account);
  EXPECT_EQ(accounts().find(random.id<account_id>()).error(), errc::unknown_account);
}

TEST_P(Tables, ATakenHandleIsRefused) {
  added("ada");
  const auto other = entry("ada");
  EXPECT_EQ(accounts().add({&other, 1}, now).error(), errc::handle_taken);
  EXPECT_EQ(accounts().find(other.account).error(), errc::unknown_account);
}

TEST_P(Tables, Q2_TheSameRegistrationAgainSucceedsAndChangesNothing) {
  const auto ada = added("ada");
  const auto again = accounts().add({&ada, 1}, now + 5);
  ASSERT_TRUE(again);
  EXPECT_EQ(*pending().pending_count(), 1U);
  EXPECT_EQ(again->front(), pending().list(0, 10)->front().row);
  EXPECT_EQ(*accounts().account_count(), 1U);
}

TEST_P(Tables, Q2_ARepeatThatWasToldAlreadyHasNothingLeftToTell) {
  const auto ada = added("ada");
  const auto row = pending().list(0, 10)->front().row;
  ASSERT_TRUE(pending().forget({&row, 1}));
  EXPECT_EQ(accounts().add({&ada, 1}, now)->front(), 0U);
}

TEST_P(Tables, Q2_TheSameIdsWithAnotherTokenAreAConflict) {
  auto ada = added("ada");
  ada.hash = hash_of(make_token(random));
  EXPECT_EQ(accounts().add({&ada, 1}, now).error(), errc::conflict);
  auto other = entry("ben");
  other.account = ada.account;
  EXPECT_EQ(accounts().add({&other, 1}, now).error(), errc::conflict);
}

TEST_P(Tables, ATokenThatAnotherDeviceHasIsAConflict) {
  const auto ada = added("ada");
  auto ben = entry("ben");
  ben.hash = ada.hash;
  EXPECT_EQ(accounts().add({&ben, 1}, now).error(), errc::conflict);
  EXPECT_EQ(accounts().find_handle("ben").error(), errc::unknown_account);
  auto second = device_for(ada.account);
  second.hash = ada.hash;
  EXPECT_EQ(credentials().link(second, now).error(), errc::conflict);
}

TEST_P(Tables, ManyAreAddedAllOrNone) {
  added("taken");
  const std::vector entries = {entry("one"), entry("two"), entry("taken")};
  EXPECT_EQ(accounts().add(entries, now).error(), errc::handle_taken);
  EXPECT_EQ(accounts().find_handle("one").error(), errc::unknown_account);
  EXPECT_EQ(*pending().pending_count(), 1U);
  const std::vector twins = {entry("three"), entry("three")};
  EXPECT_EQ(accounts().add(twins, now).error(), errc::handle_taken);
}

TEST_P(Tables, ATokenIsFoundByItsHash) {
  const auto ada = added("ada");
  const auto found = credentials().find(ada.hash);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->who, (identity{ada.account, ada.device}));
  EXPECT_EQ(found->handle, "ada");
  EXPECT_EQ(credentials().find(hash_of(make_token(random))).error(), errc::wrong_token);
}

TEST_P(Tables, ALinkedDeviceHasATokenOfItsOwn) {
  const auto ada = added("ada");
  const auto second = device_for(ada.account);
  ASSERT_TRUE(credentials().link(second, now));
  EXPECT_EQ(credentials().find(second.hash)->who.device, second.id);
  EXPECT_EQ(credentials().devices(ada.account)->size(), 2U);
  EXPECT_EQ(*credentials().device_count(), 2U);
  EXPECT_EQ(accounts().find(ada.account)->version, 2U);
}

TEST_P(Tables, Q2_TheSameLinkAgainSucceedsAndAnotherIsAConflict) {
  const auto ada = added("ada");
  const auto ben = added("ben");
  auto second = device_for(ada.account);
  const auto first = credentials().link(second, now);
  ASSERT_TRUE(first);
  EXPECT_EQ(credentials().link(second, now).value(), *first);
  second.owner = ben.account;
  EXPECT_EQ(credentials().link(second, now).error(), errc::conflict);
}

TEST_P(Tables, ADeviceCannotBeLinkedToNobody) {
  EXPECT_EQ(credentials().link(device_for(random.id<account_id>()), now).error(), errc::unknown_account);
}

TEST_P(Tables, AnAccountHasABoundedNumberOfDevices) {
  const auto ada = added("ada");
  for (std::size_t i = 1; i < devices_per_account; ++i) ASSERT_TRUE(credentials().link(device_for(ada.account), now));
  EXPECT_EQ(credentials().link(device_for(ada.account), now).error(), errc::too_many);
}

TEST_P(Tables, ARevokedDeviceMakesRoomForAnother) {
  const auto ada = added("ada");
  for (std::size_t i = 1; i < devices_per_account; ++i) ASSERT_TRUE(credentials().link(device_for(ada.account), now));
  ASSERT_TRUE(credentials().revoke(ada.device, now));
  EXPECT_TRUE(credentials().link(device_for(ada.account), now));
  EXPECT_EQ(credentials().link(device_for(ada.account), now).error(), errc::too_many);
}

TEST_P(Tables, Q3_ARevokedDevicesTokenIsWorthNothing) {
  const auto ada = added("ada");
  ASSERT_TRUE(credentials().revoke(ada.device, now));
  EXPECT_EQ(credentials().find(ada.hash).error(), errc::wrong_token);
  EXPECT_TRUE(credentials().devices(ada.account)->front().revoked);
  EXPECT_EQ(accounts().add({&ada, 1}, now).error(), errc::conflict);
  EXPECT_EQ(credentials().revoke(random.id<device_id>(), now).error(), errc::unknown_device);
}

TEST_P(Tables, RevokingTwiceIsRevokingOnce) {
  const auto ada = added("ada");
  ASSERT_TRUE(credentials().revoke(ada.device, now));
  const auto rows = *pending().pending_count();
  ASSERT_TRUE(credentials().revoke(ada.device, now));
  EXPECT_EQ(*pending().pending_count(), rows);
  EXPECT_EQ(credentials().devices(ada.account)->front().version, 2U);
}

TEST_P(Tables, AHandleThatLooksLikeOneThatIsTakenIsRefused) {
  added("bobby");
  const auto other = entry("b0b.by");
  EXPECT_EQ(accounts().add({&other, 1}, now).error(), errc::handle_alike);
  EXPECT_EQ(accounts().find(other.account).error(), errc::unknown_account);
  EXPECT_TRUE(*accounts().is_taken("b0b.by"));
  EXPECT_TRUE(*accounts().is_taken("bobby"));
  EXPECT_FALSE(*accounts().is_taken("bob"));
  const std::vector twins = {entry("lili"), entry("1i1i")};
  EXPECT_EQ(accounts().add(twins, now).error(), errc::handle_alike);
}

TEST_P(Tables, AServerIsThereSinceItsFirstAccount) {
  EXPECT_EQ(*accounts().since(), 0);
  const auto ben = entry("ben");
  ASSERT_TRUE(accounts().add({&ben, 1}, now + 10));
  added("ada");
  EXPECT_EQ(*accounts().since(), now);
}

TEST_P(Tables, Q3_OnlyADeviceThatIsNotRevokedLetsAnotherIn) {
  const auto ada = added("ada");
  const auto ben = added("ben");
  auto second = device_for(ada.account);
  second.by = ben.device;
  EXPECT_EQ(credentials().link(second, now).error(), errc::wrong_token);
  second.by = random.id<device_id>();
  EXPECT_EQ(credentials().link(second, now).error(), errc::wrong_token);
  second.by = ada.device;
  ASSERT_TRUE(credentials().link(second, now));
  ASSERT_TRUE(credentials().revoke(ada.device, now));
  auto third = device_for(ada.account);
  third.by = ada.device;
  EXPECT_EQ(credentials().link(third, now).error(), errc::wrong_token);
}

TEST_P(Tables, ADeviceIsRenamedByItsOwnerWithoutTellingAnybody) {
  const auto ada = added("ada");
  const auto ben = added("ben");
  const auto rows = *pending().pending_count();
  ASSERT_TRUE(credentials().rename(ada.account, ada.device, "kitchen"));
  EXPECT_EQ(credentials().devices(ada.account)->front().name, "kitchen");
  EXPECT_EQ(credentials().rename(ben.account, ada.device, "x").error(), errc::unknown_device);
  EXPECT_EQ(credentials().rename(ada.account, random.id<device_id>(), "x").error(), errc::unknown_device);
  ASSERT_TRUE(credentials().revoke(ada.device, now));
  EXPECT_EQ(credentials().rename(ada.account, ada.device, "x").error(), errc::unknown_device);
  EXPECT_EQ(*pending().pending_count(), rows + 1);
}

TEST_P(Tables, WhenADeviceWasSeenNeverGoesBack) {
  const auto ada = added("ada");
  EXPECT_EQ(credentials().devices(ada.account)->front().last_seen, 0);
  const std::vector<std::pair<device_id, wall_ms>> later = {{ada.device, 50}, {random.id<device_id>(), 60}};
  const std::vector<std::pair<device_id, wall_ms>> earlier = {{ada.device, 40}};
  ASSERT_TRUE(credentials().seen(later));
  ASSERT_TRUE(credentials().seen(earlier));
  EXPECT_EQ(credentials().devices(ada.account)->front().last_seen, 50);
}

TEST_P(Tables, ADeletedAccountKeepsItsHandleAndLosesItsTokens) {
  const auto ada = added("ada");
  ASSERT_TRUE(accounts().remove(ada.account, now));
  EXPECT_TRUE(accounts().find(ada.account)->deleted);
  EXPECT_EQ(credentials().find(ada.hash).error(), errc::wrong_token);
  EXPECT_EQ(credentials().link(device_for(ada.account), now).error(), errc::unknown_account);
  const auto other = entry("ada");
  EXPECT_EQ(accounts().add({&other, 1}, now).error(), errc::handle_taken);
  EXPECT_TRUE(accounts().remove(ada.account, now));
  EXPECT_EQ(accounts().remove(random.id<account_id>(), now).error(), errc::unknown_account);
  EXPECT_EQ(*accounts().account_count(), 0U);
  EXPECT_EQ(*credentials().device_count(), 0U);
}

TEST_P(Tables, Q1_EveryChangeLeavesARowThatSaysWhatToTell) {
  const auto ada = added("ada");
  const auto second = device_for(ada.account);
  ASSERT_TRUE(credentials().link(second, now));
  ASSERT_TRUE(credentials().revoke(ada.device, now));
  const auto rows = *pending().list(0, 10);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[1].change.account, ada.account);
  EXPECT_EQ(rows[1].change.version, 3U);
  ASSERT_EQ(rows[1].change.devices.size(), 1U);
  EXPECT_EQ(rows[1].change.devices[0].id, second.id);
  EXPECT_EQ(rows[1].change.devices[0].name, "tablet");
  EXPECT_FALSE(rows[1].change.devices[0].revoked);
  EXPECT_TRUE(rows[2].change.devices[0].revoked);
  EXPECT_EQ(rows[2].change.devices[0].version, 2U);
}

TEST_P(Tables, Q1_ADeletionTellsAllDevices) {
  const auto ada = added("ada");
  ASSERT_TRUE(credentials().link(device_for(ada.account), now));
  const auto row = accounts().remove(ada.account, now);
  const auto rows = *pending().list(*row - 1, 10);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_TRUE(rows[0].change.deleted);
  EXPECT_EQ(rows[0].change.devices.size(), 2U);
}

TEST_P(Tables, PendingRowsAreListedInOrderAndForgottenForGood) {
  for (const auto* name : {"p1", "p2", "p3"}) added(name);
  const auto first = *pending().list(0, 2);
  ASSERT_EQ(first.size(), 2U);
  EXPECT_LT(first[0].row, first[1].row);
  const auto rest = *pending().list(first[1].row, 2);
  ASSERT_EQ(rest.size(), 1U);
  const std::vector rows = {first[0].row, first[1].row, rest[0].row};
  ASSERT_TRUE(pending().forget(rows));
  ASSERT_TRUE(pending().forget(rows));
  EXPECT_EQ(*pending().pending_count(), 0U);
  added("p4");
  EXPECT_GT(pending().list(0, 2)->front().row, rest[0].row);
}

TEST_P(Tables, AnAccountThatNobodyWasToldOfCanBeGivenUp) {
  const auto ada = added("ada");
  const auto row = pending().list(0, 10)->front().row;
  const auto second = profiles().change(ada.account, {"Ada", std::nullopt})->row;
  const auto gone = pending().give_up(row, now);
  EXPECT_EQ(gone->account, ada.account);
  EXPECT_THAT(gone->rows, testing::ElementsAre(row, second));
  EXPECT_TRUE(accounts().find(ada.account)->deleted);
  EXPECT_EQ(credentials().find(ada.hash).error(), errc::wrong_token);
  EXPECT_EQ(*pending().pending_count(), 0U);
  EXPECT_TRUE(pending().give_up(row, now)->account.is_zero());
}

TEST_P(Tables, AnAccountThatWasToldOfCannotBeGivenUp) {
  const auto ada = added("ada");
  const auto first = pending().list(0, 10)->front().row;
  ASSERT_TRUE(pending().forget({&first, 1}));
  const auto row = credentials().link(device_for(ada.account), now);
  EXPECT_TRUE(pending().give_up(*row, now)->account.is_zero());
  EXPECT_FALSE(accounts().find(ada.account)->deleted);
  EXPECT_EQ(*pending().pending_count(), 1U);
}

TEST_P(Tables, WhatWasCommittedIsThereAfterOpeningAgain) {
  const auto ada = added("ada");
  const auto secret = held->tables().secret;
  held->reopen();
  EXPECT_EQ(credentials().find(ada.hash)->who.account, ada.account);
  EXPECT_EQ(*pending().pending_count(), 1U);
  EXPECT_EQ(held->tables().secret, secret);
}

}  // namespace
}  // namespace dunlin::accounts
