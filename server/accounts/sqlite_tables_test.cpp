// What is SQLite's own: files, versions, damage. What all implementations do is in tables_contract_test.cpp.
#include "accounts/sqlite_tables.hpp"

#include <filesystem>
#include <fstream>
#include <sys/stat.h>

#include <gtest/gtest.h>

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
  ASSERT_TRUE((*tables)->add({&e, 1}, 0));
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
  ASSERT_TRUE((*first)->add({&e, 1}, 0));
  // As after kill -9: a copy of the files as they are now.
  const auto copy = directory.path("copy.db");
  std::filesystem::copy_file(path, copy);
  std::filesystem::copy_file(path + "-wal", copy + "-wal");
  auto second = sqlite_tables::open(copy, random);
  ASSERT_TRUE(second);
  EXPECT_EQ((*second)->find(e.hash)->who.account, e.account);
  EXPECT_EQ(*(*second)->pending_count(), 1U);
}

}  // namespace
}  // namespace dunlin::accounts
