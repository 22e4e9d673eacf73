// The real `disk`: one data directory, locked for one process.
//
// The directory is made with mode 0700 and files with 0600: nobody else reads who talks to whom. The lock is an flock
// on the file LOCK in it, held until the object goes, so that a second server on the same directory is refused.
#pragma once

#include "store/disk.hpp"

namespace dunlin::store {

class posix_disk final : public disk {
 public:
  // Makes the directory if there is none. errc::locked: another process has it.
  static result<std::unique_ptr<posix_disk>> open_directory(const std::string& path);
  ~posix_disk() override;
  posix_disk(const posix_disk&) = delete;
  posix_disk& operator=(const posix_disk&) = delete;

  result<std::unique_ptr<file>> open(std::string_view path, mode how) override;
  status make_directory(std::string_view path) override;
  status rename(std::string_view from, std::string_view to) override;
  status remove(std::string_view path) override;
  result<std::vector<std::string>> list(std::string_view directory) override;
  status sync_directory(std::string_view directory) override;
  result<std::uint64_t> free_bytes() override;

 private:
  posix_disk(std::string path, int directory, int lock);

  std::string path_;
  int directory_;
  int lock_;
};

}  // namespace dunlin::store
