// What is left after a kill, by the rules of kept_disk.hpp: a victim process writes, is killed, and its disk is
// restored.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/wait.h>
#include <vector>

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include "tests/crash/disk/dirty_ranges.hpp"
#include "tests/crash/disk/layout.hpp"
#include "tests/crash/disk/restore.hpp"

namespace dunlin::crash {
namespace {

namespace fs = std::filesystem;

class CrashDisk : public testing::Test {
 public:
  CrashDisk() {
    std::string name = (fs::exists("/dev/shm") ? "/dev/shm" : "/tmp") + std::string("/dunlin-crash-XXXXXX");
    root_ = mkdtemp(name.data());
    live_ = root_ + "/live";
    kept_ = root_ + "/kept";
    fs::create_directory(live_);
  }
  ~CrashDisk() override { fs::remove_all(root_); }
  CrashDisk(const CrashDisk&) = delete;
  CrashDisk& operator=(const CrashDisk&) = delete;

 protected:
  // Runs the steps in a process that is killed at their end, then restores its disk.
  restore_result crash(const std::vector<std::string>& steps, const restore_options& how = {}) {
    std::vector<std::string> arguments{DUNLIN_CRASH_VICTIM, live_};
    arguments.insert(arguments.end(), steps.begin(), steps.end());
    std::vector<char*> argv;
    argv.reserve(arguments.size() + 1);
    for (std::string& a : arguments) argv.push_back(a.data());
    argv.push_back(nullptr);
    const pid_t child = fork();
    if (child == 0) {
      setenv("LD_PRELOAD", DUNLIN_CRASH_PRELOAD, 1);
      setenv("DUNLIN_CRASH_LIVE", live_.c_str(), 1);
      setenv("DUNLIN_CRASH_KEPT", kept_.c_str(), 1);
      if (lie_) setenv("DUNLIN_CRASH_LIE", live_.c_str(), 1);
      execv(argv[0], argv.data());
      _exit(127);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the victim ended by itself: " << status;
    restore_options options = how;
    options.live = live_;
    options.kept = kept_;
    return restore(options);
  }

  // The content of a file, or "(none)".
  [[nodiscard]] std::string content(const std::string& name) const {
    std::ifstream in(live_ + "/" + name, std::ios::binary);
    if (!in) return "(none)";
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }
  // Asked of a copy: SQLite tidies up when it opens and closes.
  [[nodiscard]] int rows(const std::string& name) const {
    const std::string copy = root_ + "/copy";
    fs::remove_all(copy);
    fs::copy(live_, copy, fs::copy_options::recursive);
    sqlite3* db = nullptr;
    sqlite3_stmt* query = nullptr;
    int n = -1;
    if (sqlite3_open((copy + "/" + name).c_str(), &db) == SQLITE_OK &&
        sqlite3_prepare_v2(db, "SELECT count(*) FROM t", -1, &query, nullptr) == SQLITE_OK &&
        sqlite3_step(query) == SQLITE_ROW) {
      n = sqlite3_column_int(query, 0);
    }
    sqlite3_finalize(query);
    sqlite3_close(db);
    return n;
  }

  bool lie_ = false;
  std::string root_;
  std::string live_;
  std::string kept_;
};

TEST_F(CrashDisk, KeepsWhatWasSyncedWithItsName) {
  crash({"write a 0 hello", "sync a", "sync ."});
  EXPECT_EQ(content("a"), "hello");
}

TEST_F(CrashDisk, LosesWhatWasNotSynced) {
  crash({"write a 0 hello"});
  EXPECT_EQ(content("a"), "(none)");
}

TEST_F(CrashDisk, AFileWhoseDirectoryWasNotSyncedHasNoName) {
  crash({"write a 0 hello", "sync a"});
  EXPECT_EQ(content("a"), "(none)");
}

TEST_F(CrashDisk, ANameWhoseFileWasNotSyncedIsEmpty) {
  crash({"write a 0 hello", "sync ."});
  EXPECT_EQ(content("a"), "");
}

TEST_F(CrashDisk, LosesWritesAfterTheLastSyncOnly) {
  crash({"write a 0 hello", "sync a", "sync .", "write a 0 HE", "write a 10 more"});
  EXPECT_EQ(content("a"), "hello");
  crash({"write a 0 HE", "datasync a", "write a 2 LLO"});
  EXPECT_EQ(content("a"), "HEllo");
}

TEST_F(CrashDisk, TheProcessItselfSeesItsWrites) {
  crash({"write a 0 hello", "read a hello", "append a x", "read a hellox"});
}

TEST_F(CrashDisk, KeepsRangesOfLargeFiles) {
  crash({"fill a 1000000", "sync a", "sync ."});
  crash({"writev a 500000 HELLO", "datasync a", "write a 700000 LOST"});
  const std::string all = content("a");
  ASSERT_EQ(all.size(), 1000000U);
  EXPECT_EQ(all.substr(499999, 7), "xHELLOx");
  EXPECT_EQ(all.substr(700000, 4), "xxxx");
}

TEST_F(CrashDisk, SeesEveryWayToWrite) {
  crash({"fill a 300000", "append a tail", "sync a", "sync .", "stdio b by stdio", "sync b", "sync .", "rewrite c old",
         "rewrite c new", "sync c", "sync .", "map d mapped", "sync d", "sync .", "write e 0 x", "sync .",
         "dsync e now"});
  EXPECT_EQ(content("a").substr(300000), "tail");
  EXPECT_EQ(content("b"), "by stdio");
  EXPECT_EQ(content("c"), "new");
  EXPECT_EQ(content("d").substr(0, 6), "mapped");
  EXPECT_EQ(content("e"), "now");
}

TEST_F(CrashDisk, WhatATruncationCutOffDoesNotComeBack) {
  crash({"fill a 600000", "sync a", "sync .", "truncate a 400000", "truncate a 600000", "datasync a"});
  const std::string all = content("a");
  ASSERT_EQ(all.size(), 600000U);
  EXPECT_EQ(all[399999], 'x');
  EXPECT_EQ(all[400000], '\0');
}

TEST_F(CrashDisk, ATruncationThatWasNotSyncedDidNotHappen) {
  crash({"write a 0 hello", "sync a", "sync .", "truncate a 1"});
  EXPECT_EQ(content("a"), "hello");
}

TEST_F(CrashDisk, ARenameIsKeptByTheDirectoryOnly) {
  crash({"write a 0 hello", "sync a", "sync .", "rename a b"});
  EXPECT_EQ(content("a"), "hello");
  EXPECT_EQ(content("b"), "(none)");
  crash({"rename a b", "sync ."});
  EXPECT_EQ(content("a"), "(none)");
  EXPECT_EQ(content("b"), "hello");
}

TEST_F(CrashDisk, ARenameOverAFileKeepsTheOldContentUntilTheDirectoryIsSynced) {
  crash({"write a 0 old", "sync a", "sync .", "write t 0 new", "sync t", "rename t a"});
  EXPECT_EQ(content("a"), "old");
  crash({"write t 0 new", "sync t", "rename t a", "sync ."});
  EXPECT_EQ(content("a"), "new");
  EXPECT_EQ(content("t"), "(none)");
}

TEST_F(CrashDisk, AnUnlinkedFileComesBackUntilTheDirectoryIsSynced) {
  crash({"write a 0 hello", "sync a", "sync .", "unlink a"});
  EXPECT_EQ(content("a"), "hello");
  crash({"unlink a", "sync ."});
  EXPECT_EQ(content("a"), "(none)");
}

TEST_F(CrashDisk, ADirectoryIsThereOnceItsParentIsSynced) {
  crash({"mkdir d", "write d/a 0 hello", "sync d/a", "sync d"});
  EXPECT_FALSE(fs::exists(live_ + "/d"));
  crash({"mkdir d", "write d/a 0 hello", "sync d/a", "sync d", "sync ."});
  EXPECT_EQ(content("d/a"), "hello");
  crash({"rename d e", "sync ."});
  EXPECT_EQ(content("e/a"), "hello");
  EXPECT_FALSE(fs::exists(live_ + "/d"));
}

TEST_F(CrashDisk, SqliteKeepsCommitsThatItSynced) {
  crash({"sql db PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t(x); INSERT INTO t VALUES(1);",
         "sql db INSERT INTO t VALUES(2);", "sync ."});
  EXPECT_EQ(rows("db"), 2);
  crash({"sql db PRAGMA synchronous=FULL; INSERT INTO t VALUES(3);"});
  EXPECT_EQ(rows("db"), 3);
}

TEST_F(CrashDisk, SqliteWithoutSyncLosesCommits) {
  crash({"sql db PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t(x); INSERT INTO t VALUES(1);",
         "sync ."});
  crash({"sql db PRAGMA synchronous=OFF; INSERT INTO t VALUES(2);"});
  EXPECT_EQ(rows("db"), 1);
}

TEST_F(CrashDisk, ADiskThatLiesKeepsNothing) {
  lie_ = true;
  crash({"write a 0 hello", "sync a", "sync ."});
  EXPECT_EQ(content("a"), "(none)");
}

TEST_F(CrashDisk, SomeSectorsOfWhatWasNotSyncedCanHaveReachedTheDisk) {
  crash({"fill a 4096", "truncate a 0", "sync a", "sync ."});
  restore_options some;
  some.kept_per_mille = 500;
  const restore_result result = crash({"fill a 1000000"}, some);
  EXPECT_GT(result.sectors_kept, 0U);
  EXPECT_GT(result.sectors_lost, 0U);
  EXPECT_EQ(result.sectors_kept + result.sectors_lost, (1000000U + 511) / 512);
  const std::string all = content("a");
  EXPECT_NE(all.find('x'), std::string::npos);
  EXPECT_NE(all.find('\0'), std::string::npos);
}

TEST_F(CrashDisk, TheSameSeedLosesTheSameSectors) {
  restore_options some;
  some.kept_per_mille = 500;
  some.seed = 42;
  crash({"write a 0 x", "truncate a 0", "sync a", "sync ."});
  crash({"fill a 100000"}, some);
  const std::string first = content("a");
  crash({"truncate a 0", "sync a"});
  crash({"fill a 100000"}, some);
  EXPECT_EQ(content("a"), first);
}

TEST_F(CrashDisk, AJournalThatWasLeftIsCarriedOut) {
  crash({"write a 0 hello", "sync a", "sync ."});
  const node kept = node_at(kept_ + "/tree/a");
  fs::create_hard_link(kept_ + "/tree/a", kept_ + "/content/" + kept.key.text());
  std::ofstream(kept_ + "/journal") << "L " << kept.key.inode << ' ' << kept.key.born_ns << " 0 b\nU 0 0 0 a\n";
  restore_options options;
  options.live = live_;
  options.kept = kept_;
  restore(options);
  EXPECT_EQ(content("b"), "hello");
  EXPECT_EQ(content("a"), "(none)");
}

TEST(DirtyRanges, JoinsWhatTouches) {
  dirty_ranges r;
  r.add(10, 20);
  r.add(30, 40);
  r.add(20, 25);
  EXPECT_EQ(r.ranges(), (std::map<std::uint64_t, std::uint64_t>{{10, 25}, {30, 40}}));
  r.add(0, 50);
  EXPECT_EQ(r.ranges(), (std::map<std::uint64_t, std::uint64_t>{{0, 50}}));
  r.add(60, 60);
  EXPECT_EQ(r.ranges().size(), 1U);
}

}  // namespace
}  // namespace dunlin::crash
