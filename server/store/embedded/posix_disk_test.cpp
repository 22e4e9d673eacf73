#include "store/embedded/posix_disk.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/vfs.h>

#include <gtest/gtest.h>

#include "store/contract/scratch_directory.hpp"

namespace dunlin::store {
namespace {

TEST(PosixDisk, ASecondServerOnTheSameDirectoryIsRefused) {
  const scratch_directory where;
  auto first = posix_disk::open_directory(where.path());
  ASSERT_TRUE(first);
  const auto second = posix_disk::open_directory(where.path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error(), make_error_code(errc::locked));
  first->reset();
  EXPECT_TRUE(posix_disk::open_directory(where.path()));
}

TEST(PosixDisk, WhatItMakesIsForTheOwnerAlone) {
  const scratch_directory where;
  auto disk = posix_disk::open_directory(where.path() + "/data");
  ASSERT_TRUE(disk);
  ASSERT_TRUE((*disk)->make_directory("log"));
  ASSERT_TRUE((*disk)->open("log/file", disk::mode::create_new));
  using std::filesystem::perms;
  const auto mode = [&](const char* path) {
    return std::filesystem::status(where.path() + "/data" + path).permissions() & perms::mask;
  };
  EXPECT_EQ(mode(""), perms::owner_all);
  EXPECT_EQ(mode("/log"), perms::owner_all);
  EXPECT_EQ(mode("/log/file"), perms::owner_read | perms::owner_write);
}

TEST(PosixDisk, FilesKeepWhatIsWrittenAndMapsShowIt) {
  const scratch_directory where;
  auto disk = posix_disk::open_directory(where.path());
  ASSERT_TRUE(disk);
  auto made = (*disk)->open("a", disk::mode::create_new);
  ASSERT_TRUE(made);
  EXPECT_EQ((*disk)->open("a", disk::mode::create_new).error(), make_error_code(errc::conflict));
  EXPECT_EQ((*disk)->open("b", disk::mode::open_existing).error(), make_error_code(errc::not_found));
  const std::array<byte_span, 3> pieces{as_bytes("one "), byte_span(), as_bytes("two")};
  ASSERT_TRUE((*made)->write_at(2, pieces));
  EXPECT_EQ(*(*made)->size(), 9);
  const auto map = (*made)->map(9);
  ASSERT_TRUE(map);
  EXPECT_EQ(as_text(map->subspan(2)), "one two");
  const byte_span later = as_bytes("ONE");
  ASSERT_TRUE((*made)->write_at(2, {&later, 1}));
  EXPECT_EQ(as_text(map->subspan(2)), "ONE two");
  bytes beyond(3);
  EXPECT_EQ((*made)->read_at(8, beyond).error(), make_error_code(errc::corrupt));
  ASSERT_TRUE((*made)->sync());
  ASSERT_TRUE((*disk)->rename("a", "b"));
  ASSERT_TRUE((*disk)->sync_directory("."));
  EXPECT_EQ(*(*disk)->list("."), (std::vector<std::string>{"LOCK", "b"}));
  ASSERT_TRUE((*disk)->remove("b"));
  EXPECT_EQ((*disk)->remove("b").error(), make_error_code(errc::not_found));
  EXPECT_GT(*(*disk)->free_bytes(), 0);
}

// Of this process's memory, in KiB, what maps of the file at `path` hold.
std::size_t resident_of(const std::string& path) {
  std::ifstream maps("/proc/self/smaps");
  std::size_t sum = 0;
  bool in_it = false;
  for (std::string line; std::getline(maps, line);) {
    if (line.find('/') != std::string::npos) in_it = line.ends_with(path);
    if (in_it && line.starts_with("Rss:")) sum += std::stoul(line.substr(4));
    if (line.starts_with("VmFlags:")) in_it = false;
  }
  return sum;
}

TEST(PosixDisk, AMapThatWasLetGoOfHoldsNoMemoryAndCanBeRead) {
  const scratch_directory where;
  auto disk = posix_disk::open_directory(where.path());
  ASSERT_TRUE(disk);
  auto made = (*disk)->open("a", disk::mode::create_new);
  ASSERT_TRUE(made);
  (*made)->let_go_of_map();  // which there is not
  constexpr std::size_t size = 1 << 20;
  const bytes all(size, 7);
  const byte_span piece(all);
  ASSERT_TRUE((*made)->write_at(0, {&piece, 1}));
  const auto map = (*made)->map(size);
  ASSERT_TRUE(map);
  EXPECT_EQ(bytes(map->begin(), map->end()), all);
  EXPECT_EQ(resident_of(where.path() + "/a"), size / 1024);
  (*made)->let_go_of_map();
  EXPECT_EQ(resident_of(where.path() + "/a"), 0U);
  EXPECT_EQ(bytes(map->begin(), map->end()), all);
}

TEST(PosixDisk, WhatItLetsGoOfOrReadsOnceIsNotInTheSystemsCache) {
  const scratch_directory where;
  struct statfs kind{};
  ASSERT_EQ(::statfs(where.path().c_str(), &kind), 0);
  if (kind.f_type == TMPFS_MAGIC) GTEST_SKIP() << "the temporary directory is kept in memory";
  auto disk = posix_disk::open_directory(where.path());
  ASSERT_TRUE(disk);
  auto made = (*disk)->open("a", disk::mode::create_new);
  ASSERT_TRUE(made);
  // Two pieces that end within a page: what the second one begins in is let go of with it.
  constexpr std::size_t page = 4096;
  const bytes piece(10 * page + 100, 7);
  const byte_span one(piece);
  const std::array<byte_span, 1> pieces{one};
  for (const std::uint64_t at : {std::size_t{0}, piece.size()}) {
    ASSERT_TRUE((*made)->write_at(at, pieces));
    ASSERT_TRUE((*made)->sync());
    (*made)->let_go_of_cache(at, piece.size());
  }
  const auto map = (*made)->map(2 * piece.size());
  ASSERT_TRUE(map);
  std::array<unsigned char, 21> cached{};
  ASSERT_EQ(::mincore(const_cast<std::uint8_t*>(map->data()), map->size(), cached.data()), 0);
  const auto in_cache = [&] {
    return std::count_if(cached.begin(), cached.end() - 1, [](unsigned char c) { return (c & 1U) != 0; });
  };
  EXPECT_EQ(in_cache(), 0);
  // Read once, up to the file's end, which is within a page: the cache is as it was.
  bytes read(piece.size());
  ASSERT_TRUE((*made)->read_once_at(piece.size(), read));
  EXPECT_EQ(read, piece);
  ASSERT_EQ(::mincore(const_cast<std::uint8_t*>(map->data()), map->size(), cached.data()), 0);
  EXPECT_EQ(in_cache(), 0);
  EXPECT_EQ((*made)->read_once_at(piece.size() + 1, read).error(), make_error_code(errc::corrupt));
  ASSERT_TRUE((*made)->read_at(0, read));
  EXPECT_EQ(read, piece);
}

}  // namespace
}  // namespace dunlin::store
