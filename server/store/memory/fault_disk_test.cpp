// The disk that everything else is tested on must lose what a real one may lose, and nothing else.
#include "store/memory/fault_disk.hpp"

#include <gtest/gtest.h>

namespace dunlin::store {
namespace {

status write(file& to, std::uint64_t offset, std::string_view text) {
  const byte_span piece = as_bytes(text);
  return to.write_at(offset, {&piece, 1});
}

TEST(FaultDisk, WhatASyncDidNotWriteNeverComesBackOverWhatALaterOneWrote) {
  const std::string lost(fault_disk::sector, 'l');
  const std::string kept(fault_disk::sector, 'k');
  bool ever_lost = false;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(seed);
    fault_disk disk;
    {
      const auto made = disk.open("f", disk::mode::create_new);
      ASSERT_TRUE(made && disk.sync_directory("."));
      file& f = **made;
      // The first sector is written anew after a sync of it failed, the second is not.
      ASSERT_TRUE(write(f, 0, lost + lost));
      disk.fail_sync("f", errc::io);
      ASSERT_FALSE(f.sync());
      ASSERT_TRUE(write(f, 0, kept));
      ASSERT_TRUE(f.sync());
    }
    seeded_random chance(seed);
    disk.crash(chance);
    const bytes after = disk.content("f");
    ASSERT_GE(after.size(), fault_disk::sector);
    EXPECT_EQ(as_text(byte_span(after).first(fault_disk::sector)), kept);
    ever_lost = ever_lost || after.size() < 2 * fault_disk::sector ||
                as_text(byte_span(after).subspan(fault_disk::sector)) != lost;
  }
  EXPECT_TRUE(ever_lost) << "a failed sync loses something at times";
}

}  // namespace
}  // namespace dunlin::store
