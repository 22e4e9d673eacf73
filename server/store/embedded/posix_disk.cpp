#include "store/embedded/posix_disk.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/log.hpp"

namespace dunlin::store {

namespace {

constexpr std::size_t max_pieces = 64;  // a pwritev
constexpr std::uint64_t page = 4096;

std::error_code failed(std::string_view what, std::string_view path) {
  const int code = errno;
  const std::error_code e = code == ENOENT                     ? errc::not_found
                            : code == ENOSPC || code == EDQUOT ? errc::no_space
                                                               : errc::io;
  if (e != errc::not_found) {
    log_error(
        "disk operation failed",
        {{"operation", what}, {"path", path}, {"error", std::error_code(code, std::system_category()).message()}});
  }
  return e;
}

// Makes the name of a new directory durable.
status sync_parent(const std::string& path) {
  const auto end = path.find_last_not_of('/');
  const auto slash = end == std::string::npos ? end : path.rfind('/', end);
  const std::string parent = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int fd = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return failed("open", parent);
  const status out = ::fsync(fd) == 0 ? ok() : status(failed("fsync", parent));
  ::close(fd);
  return out;
}

// Reads of a file into one buffer that is used again and again, not through the system's cache (O_DIRECT): fresh pages
// of that take longer than all else that a merge does. Not every file system can do it.
class direct_reads {
 public:
  direct_reads() = default;
  ~direct_reads() {
    if (fd_ >= 0) ::close(fd_);
  }
  direct_reads(const direct_reads&) = delete;
  direct_reads& operator=(const direct_reads&) = delete;

  // False: they cannot be done.
  bool open(int other) {
    if (std::exchange(tried_, true)) return fd_ >= 0;
    fd_ = ::open(("/proc/self/fd/" + std::to_string(other)).c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC);
    return fd_ >= 0;
  }
  // False: try it in another way, which says why.
  bool read(std::uint64_t offset, std::span<std::uint8_t> out) {
    const std::uint64_t begun = offset % page;
    const std::size_t wanted = begun + out.size();
    const std::size_t whole = (wanted + page - 1) / page * page;
    if (size_ < whole) {
      buffer_.reset(static_cast<std::uint8_t*>(std::aligned_alloc(page, whole)));
      size_ = buffer_ != nullptr ? whole : 0;
      if (size_ == 0) return false;
    }
    // The last page of a file may be a part of one; anything else that is short is read anew.
    const ssize_t n = ::pread(fd_, buffer_.get(), whole, static_cast<off_t>(offset - begun));
    if (n < 0 || static_cast<std::size_t>(n) < wanted) return false;
    std::memcpy(out.data(), buffer_.get() + begun, out.size());
    return true;
  }

 private:
  struct freed {
    void operator()(std::uint8_t* all) const { std::free(all); }
  };
  int fd_ = -1;
  bool tried_ = false;
  std::unique_ptr<std::uint8_t, freed> buffer_;
  std::size_t size_ = 0;
};

class posix_file final : public file {
 public:
  posix_file(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  ~posix_file() override {
    if (mapped_ != nullptr) ::munmap(mapped_, mapped_size_);
    ::close(fd_);
  }
  posix_file(const posix_file&) = delete;
  posix_file& operator=(const posix_file&) = delete;

  status read_at(std::uint64_t offset, std::span<std::uint8_t> out) override {
    while (!out.empty()) {
      const ssize_t n = ::pread(fd_, out.data(), out.size(), static_cast<off_t>(offset));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return failed("pread", path_);
      if (n == 0) return make_error_code(errc::corrupt);
      out = out.subspan(static_cast<std::size_t>(n));
      offset += static_cast<std::uint64_t>(n);
    }
    return ok();
  }

  status read_once_at(std::uint64_t offset, std::span<std::uint8_t> out) override {
    if (!direct_.open(fd_) || !direct_.read(offset, out)) {
      DUNLIN_TRY(read_at(offset, out));
      let_go_of_cache(offset, out.size());
    }
    return ok();
  }

  status write_at(std::uint64_t offset, std::span<const byte_span> pieces) override {
    std::array<iovec, max_pieces> vec;
    std::size_t count = 0;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      if (!pieces[i].empty()) vec[count++] = {const_cast<std::uint8_t*>(pieces[i].data()), pieces[i].size()};
      if (count == vec.size() || i + 1 == pieces.size()) {
        DUNLIN_TRY_ASSIGN(const std::uint64_t written, write_all(offset, {vec.data(), count}));
        offset += written;
        count = 0;
      }
    }
    return ok();
  }

  status sync() override {
    if (::fdatasync(fd_) != 0) return failed("fdatasync", path_);
    return ok();
  }

  result<std::uint64_t> size() override {
    struct stat info{};
    if (::fstat(fd_, &info) != 0) return failed("fstat", path_);
    return static_cast<std::uint64_t>(info.st_size);
  }

  result<byte_span> map(std::uint64_t length) override {
    if (mapped_ == nullptr) {
      void* const at = ::mmap(nullptr, length, PROT_READ, MAP_SHARED, fd_, 0);
      if (at == MAP_FAILED) return failed("mmap", path_);
      mapped_ = at;
      mapped_size_ = length;
    }
    if (mapped_size_ != length) return make_error_code(errc::conflict);
    return byte_span(static_cast<const std::uint8_t*>(mapped_), mapped_size_);
  }

  // A hint: if it fails the pages stay, and nothing else is different.
  void let_go_of_map() override {
    if (mapped_ != nullptr) ::madvise(mapped_, mapped_size_, MADV_DONTNEED);
  }

  // A hint as well. Only whole pages are let go of: one that was begun by the piece before ends in this one.
  void let_go_of_cache(std::uint64_t offset, std::uint64_t length) override {
    const std::uint64_t begun = offset % page;
    ::posix_fadvise(fd_, static_cast<off_t>(offset - begun), static_cast<off_t>(length + begun), POSIX_FADV_DONTNEED);
  }

 private:
  result<std::uint64_t> write_all(std::uint64_t offset, std::span<iovec> vec) {
    std::uint64_t total = 0;
    while (!vec.empty()) {
      const ssize_t n = ::pwritev(fd_, vec.data(), static_cast<int>(vec.size()), static_cast<off_t>(offset));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return failed("pwritev", path_);
      auto left = static_cast<std::size_t>(n);
      offset += left;
      total += left;
      while (!vec.empty() && left >= vec.front().iov_len) {
        left -= vec.front().iov_len;
        vec = vec.subspan(1);
      }
      if (left > 0) {
        vec.front().iov_base = static_cast<std::uint8_t*>(vec.front().iov_base) + left;
        vec.front().iov_len -= left;
      }
    }
    return total;
  }

  int fd_;
  direct_reads direct_;
  std::string path_;
  void* mapped_ = nullptr;
  std::size_t mapped_size_ = 0;
};

}  // namespace

result<std::unique_ptr<posix_disk>> posix_disk::open_directory(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0) {
    if (const status named = sync_parent(path); !named) return named.error();
  } else if (errno != EEXIST) {
    return failed("mkdir", path);
  }
  const int directory = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return failed("open", path);
  const int lock = ::openat(directory, "LOCK", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) {
    const std::error_code e = failed("open", path + "/LOCK");
    ::close(directory);
    return e;
  }
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    const bool held = errno == EWOULDBLOCK;
    const std::error_code e = held ? make_error_code(errc::locked) : failed("flock", path + "/LOCK");
    ::close(lock);
    ::close(directory);
    return e;
  }
  return std::unique_ptr<posix_disk>(new posix_disk(path, directory, lock));
}

posix_disk::posix_disk(std::string path, int directory, int lock)
    : path_(std::move(path)), directory_(directory), lock_(lock) {}

posix_disk::~posix_disk() {
  ::close(lock_);
  ::close(directory_);
}

result<std::unique_ptr<file>> posix_disk::open(std::string_view path, mode how) {
  const std::string name(path);
  const int flags = how == mode::open_existing ? 0 : how == mode::create_new ? O_CREAT | O_EXCL : O_CREAT;
  const int fd = ::openat(directory_, name.c_str(), O_RDWR | O_CLOEXEC | flags, 0600);
  if (fd < 0) {
    if (errno == EEXIST) return make_error_code(errc::conflict);
    return failed("open", name);
  }
  return std::unique_ptr<file>(std::make_unique<posix_file>(fd, name));
}

status posix_disk::make_directory(std::string_view path) {
  const std::string name(path);
  if (::mkdirat(directory_, name.c_str(), 0700) == 0) return sync_directory(".");
  if (errno != EEXIST) return failed("mkdir", name);
  return ok();
}

status posix_disk::rename(std::string_view from, std::string_view to) {
  const std::string source(from);
  if (::renameat(directory_, source.c_str(), directory_, std::string(to).c_str()) != 0) return failed("rename", source);
  return ok();
}

status posix_disk::remove(std::string_view path) {
  const std::string name(path);
  if (::unlinkat(directory_, name.c_str(), 0) != 0) return failed("unlink", name);
  return ok();
}

result<std::vector<std::string>> posix_disk::list(std::string_view directory) {
  const std::string name(directory);
  const int fd = ::openat(directory_, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return failed("open", name);
  DIR* const stream = ::fdopendir(fd);
  if (stream == nullptr) {
    const std::error_code e = failed("fdopendir", name);
    ::close(fd);
    return e;
  }
  std::vector<std::string> names;
  while (const dirent* found = ::readdir(stream)) {
    const std::string_view entry = found->d_name;
    if (entry != "." && entry != "..") names.emplace_back(entry);
  }
  ::closedir(stream);
  std::sort(names.begin(), names.end());
  return names;
}

status posix_disk::sync_directory(std::string_view directory) {
  const std::string name(directory);
  const int fd = ::openat(directory_, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return failed("open", name);
  const bool done = ::fsync(fd) == 0;
  const status out = done ? ok() : status(failed("fsync", name));
  ::close(fd);
  return out;
}

result<std::uint64_t> posix_disk::free_bytes() {
  struct statvfs info{};
  if (::fstatvfs(directory_, &info) != 0) return failed("statvfs", path_);
  return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
}

}  // namespace dunlin::store
