// What a disk would still have if the power failed now: follows the writes of one process below one directory (the
// volatile one), and at each fsync or fdatasync copies what that makes durable into the kept directory
// (disk/layout.hpp).
//
// The rules are POSIX's, read strictly:
// - fsync or fdatasync of a file keeps its bytes and its length, not its name;
// - fsync of a directory keeps its names as they are (created, renamed, unlinked), not what stands in the files: a name
//   whose file was never synced comes back as an empty file;
// - a directory that is not kept in its parent is not there, with all that is in it.
//
// Thread rule: any thread; one lock inside. A write is noted after it was done and before its caller goes on, so that
// every write that a sync follows is kept by it.
// Bounds: a map entry per file seen.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "tests/crash/disk/dirty_ranges.hpp"
#include "tests/crash/disk/layout.hpp"

namespace dunlin::crash {

class kept_disk {
 public:
  // Both absolute. What is kept already must stand in `live` as it is (restore.hpp does that), or the process ends.
  kept_disk(std::string live, std::string kept);

  // Bytes [begin, begin + n) of the file behind `fd` have changed.
  void wrote(int fd, std::uint64_t begin, std::uint64_t n);
  // Anything in it may have changed (truncated, mapped writable); `for_good`: may change at any time from now on.
  void changed(int fd, bool for_good);
  // The file or directory behind `fd` is synced. Does nothing for what is not below the volatile directory.
  void sync(int fd);
  // All of them, as sync(2) does.
  void sync_all();
  // Is this a file below the volatile directory?
  bool is_ours(int fd);

 private:
  struct file {
    bool ours = false;
    bool has_content = false;
    bool wholly_dirty = false;
    bool always_dirty = false;
    dirty_ranges dirty;
  };
  struct directory {
    bool durable = false;
    std::string path;  // where it durably is, relative
    std::map<std::string, node> entries;
  };

  file& file_of(int fd, const node& n);
  void load(const std::string& relative);
  void sync_file(int fd, const node& n, file& f);
  void sync_directory(int fd, const node& n);
  void ensure_content(const node& n);
  void plan_entry(const std::string& path, const node& n, std::vector<change>& plan);
  [[nodiscard]] std::string content_path(const file_key& key) const { return kept_ + "/content/" + key.text(); }
  // False if it is not below the volatile directory.
  bool relative_path(int fd, std::string& out) const;

  const std::string live_;
  const std::string kept_;
  std::mutex lock_;
  std::map<file_key, file> files_;
  std::map<file_key, directory> directories_;
};

}  // namespace dunlin::crash
