// What is SQLite's own: files, versions, damage. What all implementations do is in tables_contract_test.cpp.
#include "accounts/sqlite_tables.hpp"

#include <filesystem>
#include <fstream>
#include <sys/stat.h>

#include <gtest/gtest.h>

#include "accounts/handle.hpp"
#include "accounts/profile_tables.hpp"
#include "accounts/sqlite.hpp"
#include "accounts/sqlite_schema.hpp"
#include "accounts/test_directory.hpp"

namespace dunlin::accounts {
namespace {

class SqliteTables : public testing::Test {
 protected:
  result<std::unique_ptr<sqlite_tables>> open() { return sqlite_tables::open(path, random); }

  test_directory directory;
  std::string path = directory.path("accounts.db");
  seeded_random random{2};
};

TEST_F(SqliteTables, FilesAreReadableByTheirOwnerAlone) {
  std::ofstream(path).close();
  std::filesystem::permissions(path, std::filesystem::perms(0644));
  auto tables = open();
  ASSERT_TRUE(tables);
  const registration e{random.id<account_id>(), "ada", random.id<device_id>(), "", hash_of(make_token(random))};
  ASSERT_TRUE((*tables)->tables().accounts.add({&e, 1}, 0));
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
    struct stat found{};
    ASSERT_EQ(::stat(entry.path().c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777, 0600U) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 2);  // the database and its write-ahead log
}

TEST_F(SqliteTables, AFileOfANewerVersionIsRefused) {
  ASSERT_TRUE(open());
  {
    auto db = sqlite_database::open(path);
    ASSERT_TRUE(db->execute("PRAGMA user_version = " + std::to_string(schema_version + 1)));
  }
  EXPECT_EQ(open().error(), errc::newer);
}

TEST_F(SqliteTables, WhatIsNoDatabaseIsRefused) {
  std::ofstream(path) << std::string(8192, 'x');
  EXPECT_EQ(open().error(), errc::corrupt);
}

TEST_F(SqliteTables, EachDatabaseHasASecretOfItsOwn) {
  const auto first = open();
  auto second = sqlite_tables::open(directory.path("other.db"), random);
  EXPECT_NE((*first)->tables().secret, (*second)->tables().secret);
}

TEST_F(SqliteTables, WhatIsAcknowledgedIsInTheFileBeforeItIsClosed) {
  auto first = open();
  const registration e{random.id<account_id>(), "ada", random.id<device_id>(), "", hash_of(make_token(random))};
  ASSERT_TRUE((*first)->tables().accounts.add({&e, 1}, 0));
  // As after kill -9: a copy of the files as they are now.
  const auto copy = directory.path("copy.db");
  std::filesystem::copy_file(path, copy);
  std::filesystem::copy_file(path + "-wal", copy + "-wal");
  auto second = sqlite_tables::open(copy, random);
  ASSERT_TRUE(second);
  EXPECT_EQ((*second)->tables().credentials.find(e.hash)->who.account, e.account);
  EXPECT_EQ(*(*second)->tables().pending.pending_count(), 1U);
}

// A file as version 1 left it: two accounts, a deleted one, a revoked device, a change that was not told.
class OldFile : public SqliteTables {
 protected:
  OldFile() {
    auto db = sqlite_database::open(path);
    EXPECT_TRUE(migrate(*db, 1));
    EXPECT_EQ(*db->number("PRAGMA user_version"), 1);
    EXPECT_TRUE(load_secret(*db, random));
    sqlite_statement account(db->handle(),
                             "INSERT INTO accounts(id, handle, version, created, deleted) VALUES(?1, ?2, 1, ?3, ?4)");
    sqlite_statement device(db->handle(),
                            "INSERT INTO devices(id, account, name, token_hash, version, created, revoked) "
                            "VALUES(?1, ?2, 'phone', ?3, 1, 5, ?4)");
    EXPECT_TRUE(account.bind(ada, std::string("ada.l"), wall_ms{700}, std::optional<std::int64_t>()).run());
    EXPECT_TRUE(account.bind(twin, std::string("ada-1"), wall_ms{600}, std::optional<std::int64_t>()).run());
    EXPECT_TRUE(account.bind(gone, std::string("gone"), wall_ms{800}, std::optional<std::int64_t>(900)).run());
    EXPECT_TRUE(device.bind(phone, ada, hash_of(secret).bytes, std::optional<std::int64_t>()).run());
    EXPECT_TRUE(device.bind(lost, ada, hash_of(make_token(random)).bytes, std::optional<std::int64_t>(9)).run());
    sqlite_statement pending(db->handle(), "INSERT INTO pending(account, device) VALUES(?1, ?2)");
    EXPECT_TRUE(pending.bind(ada, phone).run());
  }

  account_id ada{1, 1};
  account_id twin{1, 2};
  account_id gone{1, 3};
  device_id phone{2, 1};
  device_id lost{2, 2};
  token secret = make_token(random);
};

TEST_F(OldFile, IsBroughtToThisVersionWithAllThatIsInIt) {
  auto opened = open();
  ASSERT_TRUE(opened);
  const auto t = (*opened)->tables();
  EXPECT_EQ(t.credentials.find(hash_of(secret))->who, (identity{ada, phone}));
  EXPECT_EQ(t.accounts.find_handle("ada.l")->id, ada);
  EXPECT_EQ(*t.accounts.account_count(), 2U);
  EXPECT_EQ(*t.accounts.since(), 600);
  EXPECT_EQ(t.pending.list(0, 10)->size(), 1U);
  const auto devices = *t.credentials.devices(ada);
  ASSERT_EQ(devices.size(), 2U);
  EXPECT_EQ(devices[0].last_seen, 0);
  EXPECT_TRUE(devices[1].revoked);
  auto db = sqlite_database::open(path);
  EXPECT_EQ(*db->number("PRAGMA user_version"), schema_version);
  EXPECT_EQ(*db->number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check != 'ok'"), 0);
  EXPECT_EQ(*db->number("SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

TEST_F(OldFile, ItsAccountsAreShownByTheirHandlesAndFound) {
  auto opened = open();
  const auto t = (*opened)->tables();
  const auto shown = t.profiles.find(ada);
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->name, "ada.l");
  EXPECT_EQ(shown->version, 1U);
  EXPECT_FALSE(shown->picture);
  EXPECT_EQ(t.profiles.find(gone).error(), errc::unknown_account);
  EXPECT_EQ(t.profiles.search("ada", 10)->size(), 2U);
  EXPECT_EQ(t.profiles.search("gone", 10)->size(), 0U);
  EXPECT_EQ(t.profiles.change(ada, {"Ada", std::nullopt})->version, 2U);
  EXPECT_TRUE(t.accounts.remove(twin, 1));
}

TEST_F(OldFile, ItsLookAlikesStayAndNoMoreCome) {
  auto opened = open();
  const auto t = (*opened)->tables();
  EXPECT_TRUE(*t.accounts.is_taken("a-d-a-l"));
  EXPECT_TRUE(*t.accounts.is_taken("g0ne"));
  EXPECT_FALSE(*t.accounts.is_taken("ben"));
  const registration e{{1, 9}, "adal", {2, 9}, "", hash_of(make_token(random))};
  EXPECT_EQ(t.accounts.add({&e, 1}, 0).error(), errc::handle_alike);
}

TEST_F(OldFile, ItsAccountsCountAsTold) {
  auto opened = open();
  const auto t = (*opened)->tables();
  EXPECT_TRUE(t.pending.give_up(t.pending.list(0, 1)->front().row, 0)->account.is_zero());
}

TEST_F(SqliteTables, TheMigrationsSkeletonIsTheProgramsOwn) {
  auto db = sqlite_database::open(path);
  ASSERT_TRUE(migrate(*db, 1));
  constexpr std::string_view alphabet = "abcilmnrvw01._-";
  std::vector<std::string> handles;
  for (int i = 0; i < 2000; ++i) {
    std::string handle = "h";
    for (int n = 0; n < 12; ++n) handle += alphabet[random.below(alphabet.size())];
    handles.push_back(handle);
    sqlite_statement insert(db->handle(),
                            "INSERT OR IGNORE INTO accounts(id, handle, version, created) VALUES(?1, ?2, 1, 0)");
    ASSERT_TRUE(insert.bind(random.id<account_id>(), handle).run());
  }
  ASSERT_TRUE(migrate(*db));
  for (const auto& handle : handles) {
    sqlite_statement select(db->handle(), "SELECT skeleton FROM accounts WHERE handle = ?1");
    ASSERT_TRUE(*select.bind(handle).step());
    EXPECT_EQ(select.text(0), skeleton_of(handle)) << handle;
  }
}

TEST_F(SqliteTables, NamesAreFoundWhateverTheirCaseAndAccents) {
  auto opened = open();
  const auto t = (*opened)->tables();
  const registration e{
      {1, 1}, "zoe", {2, 2}, "", hash_of(make_token(random)), "Zo\u00eb \u00c5ngstr\u00f6m \u0410\u043d\u043d\u0430",
      ""};
  ASSERT_TRUE(t.accounts.add({&e, 1}, 0));
  for (const auto* text : {"zoe", "zo\u00cb", "angstrom", "\u00e5ngst", "\u0430\u043d", "\u0410\u041d\u041d"}) {
    EXPECT_EQ(t.profiles.search(text, 10)->size(), 1U) << text;
  }
}

}  // namespace
}  // namespace dunlin::accounts
