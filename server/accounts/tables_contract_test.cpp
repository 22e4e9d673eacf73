// What every implementation of the accounts' roles must do; runs on SQLite and on memory.
#include <filesystem>
#include <functional>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/memory_tables.hpp"
#include "accounts/sqlite_tables.hpp"
#include "accounts/test_directory.hpp"

namespace dunlin::accounts {
namespace {

// A database that can be closed and opened again: what was committed must be there.
struct store {
  virtual ~store() = default;
  virtual table_set tables() = 0;
  virtual void reopen() = 0;
};

struct memory_store final : store {
  table_set tables() override { return held.tables(); }
  void reopen() override {}
  seeded_random random{1};
  memory_tables held{random};
};

struct sqlite_store final : store {
  sqlite_store() { reopen(); }
  table_set tables() override { return held->tables(); }
  void reopen() override {
    held.reset();
    auto opened = sqlite_tables::open(directory.path("accounts.db"), random);
    held = std::move(*opened);
  }
  test_directory directory;
  seeded_random random{1};
  std::unique_ptr<sqlite_tables> held;
};

using factory = std::function<std::unique_ptr<store>()>;

class Tables : public testing::TestWithParam<std::pair<const char*, factory>> {
 protected:
  registration entry(const std::string& handle) {
    return {random.id<account_id>(), handle, random.id<device_id>(), "phone", hash_of(make_token(random))};
  }
  registration added(const std::string& handle) {
    const auto e = entry(handle);
    EXPECT_TRUE(accounts().add({&e, 1}, now));
    return e;
  }
  new_device device_for(account_id owner) {
    return {random.id<device_id>(), owner, "tablet", hash_of(make_token(random))};
  }
  account_table& accounts() { return held->tables().accounts; }
  credential_table& credentials() { return held->tables().credentials; }
  pending_table& pending() { return held->tables().pending; }

  std::unique_ptr<store> held = GetParam().second();
  seeded_random random{7};
  static constexpr wall_ms now = 1'700'000'000'000;
};

INSTANTIATE_TEST_SUITE_P(
    All, Tables,
    testing::Values(std::pair<const char*, factory>("memory", [] { return std::make_unique<memory_store>(); }),
                    std::pair<const char*, factory>("sqlite", [] { return std::make_unique<sqlite_store>(); })),
    [](const auto& instance) { return std::string(instance.param.first); });

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
