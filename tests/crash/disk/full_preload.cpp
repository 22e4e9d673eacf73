// Preloaded into a server (LD_PRELOAD): a disk that is full for as long as a file exists. What makes a file below a
// directory longer then fails with ENOSPC, as on a real file system, and no room is reported; what overwrites goes on.
// With "low" in the file nothing fails: there is little room left, and that is what is reported.
//
// Environment:
//   DUNLIN_FULL_BELOW  the directory, absolute
//   DUNLIN_FULL_WHILE  the file

#include <cerrno>
#include <cstdlib>
#include <string>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>

#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

namespace {

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

enum class room { enough, low, none };

room left() {
  static const char* const file = std::getenv("DUNLIN_FULL_WHILE");
  if (file == nullptr) return room::enough;
  const int saved = errno;
  const int fd = open(file, O_RDONLY | O_CLOEXEC);
  char word[3] = {};
  const bool low = fd >= 0 && read(fd, word, sizeof word) == 3 && word[0] == 'l';
  if (fd >= 0) close(fd);
  errno = saved;
  return fd < 0 ? room::enough : low ? room::low : room::none;
}

bool is_below(int fd) {
  static const char* const below = std::getenv("DUNLIN_FULL_BELOW");
  if (below == nullptr) return false;
  std::string path(4096, '\0');
  const ssize_t n = readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), path.data(), path.size());
  path.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return path.rfind(below, 0) == 0;
}

// Would bytes up to `end` make this file longer, on a disk that is full?
bool is_refused(int fd, off_t end) {
  if (left() != room::none) return false;
  struct stat found{};
  if (fstat(fd, &found) != 0 || !S_ISREG(found.st_mode) || end <= found.st_size || !is_below(fd)) return false;
  errno = ENOSPC;
  return true;
}

off_t size_of(const iovec* pieces, int count) {
  off_t sum = 0;
  for (int i = 0; i < count; ++i) sum += static_cast<off_t>(pieces[i].iov_len);
  return sum;
}

// Where a write at the descriptor's own position would end; 0 for what is no file.
off_t end_of(int fd, off_t size) {
  const int saved = errno;
  const int flags = fcntl(fd, F_GETFL);
  const off_t at = flags >= 0 && (flags & O_APPEND) != 0 ? lseek(fd, 0, SEEK_END) : lseek(fd, 0, SEEK_CUR);
  errno = saved;
  return at < 0 ? 0 : at + size;
}

template <class Info>
int without_room(int failed, Info* info) {
  if (failed == 0 && left() != room::enough) info->f_bavail = info->f_bfree = 0;
  return failed;
}

}  // namespace

// The C library's functions of the same names; the signatures are theirs.
extern "C" {

ssize_t write(int fd, const void* data, size_t size) {
  static auto* const real = next<ssize_t(int, const void*, size_t)>("write");
  return is_refused(fd, end_of(fd, static_cast<off_t>(size))) ? -1 : real(fd, data, size);
}

ssize_t writev(int fd, const iovec* pieces, int count) {
  static auto* const real = next<ssize_t(int, const iovec*, int)>("writev");
  return is_refused(fd, end_of(fd, size_of(pieces, count))) ? -1 : real(fd, pieces, count);
}

#define DUNLIN_PWRITE(name, offset_type)                                                   \
  ssize_t name(int fd, const void* data, size_t size, offset_type at) {                    \
    static auto* const real = next<ssize_t(int, const void*, size_t, offset_type)>(#name); \
    return is_refused(fd, at + static_cast<off_t>(size)) ? -1 : real(fd, data, size, at);  \
  }
#define DUNLIN_PWRITEV(name, offset_type)                                                  \
  ssize_t name(int fd, const iovec* pieces, int count, offset_type at) {                   \
    static auto* const real = next<ssize_t(int, const iovec*, int, offset_type)>(#name);   \
    return is_refused(fd, at + size_of(pieces, count)) ? -1 : real(fd, pieces, count, at); \
  }
#define DUNLIN_PWRITEV2(name, offset_type)                                                        \
  ssize_t name(int fd, const iovec* pieces, int count, offset_type at, int flags) {               \
    static auto* const real = next<ssize_t(int, const iovec*, int, offset_type, int)>(#name);     \
    return is_refused(fd, at + size_of(pieces, count)) ? -1 : real(fd, pieces, count, at, flags); \
  }
DUNLIN_PWRITE(pwrite, off_t)
DUNLIN_PWRITE(pwrite64, off64_t)
DUNLIN_PWRITEV(pwritev, off_t)
DUNLIN_PWRITEV(pwritev64, off64_t)
DUNLIN_PWRITEV2(pwritev2, off_t)
DUNLIN_PWRITEV2(pwritev64v2, off64_t)

#define DUNLIN_FALLOCATE(name, offset_type)                                         \
  int name(int fd, int mode, offset_type at, offset_type size) {                    \
    static auto* const real = next<int(int, int, offset_type, offset_type)>(#name); \
    return is_refused(fd, at + size) ? -1 : real(fd, mode, at, size);               \
  }
#define DUNLIN_POSIX_FALLOCATE(name, offset_type)                              \
  int name(int fd, offset_type at, offset_type size) {                         \
    static auto* const real = next<int(int, offset_type, offset_type)>(#name); \
    return is_refused(fd, at + size) ? ENOSPC : real(fd, at, size);            \
  }
DUNLIN_FALLOCATE(fallocate, off_t)
DUNLIN_FALLOCATE(fallocate64, off64_t)
DUNLIN_POSIX_FALLOCATE(posix_fallocate, off_t)
DUNLIN_POSIX_FALLOCATE(posix_fallocate64, off64_t)

int fstatvfs(int fd, struct statvfs* info) noexcept {
  static auto* const real = next<int(int, struct statvfs*)>("fstatvfs");
  return without_room(real(fd, info), info);
}
int fstatvfs64(int fd, struct statvfs64* info) noexcept {
  static auto* const real = next<int(int, struct statvfs64*)>("fstatvfs64");
  return without_room(real(fd, info), info);
}
int statvfs(const char* path, struct statvfs* info) noexcept {
  static auto* const real = next<int(const char*, struct statvfs*)>("statvfs");
  return without_room(real(path, info), info);
}
int statvfs64(const char* path, struct statvfs64* info) noexcept {
  static auto* const real = next<int(const char*, struct statvfs64*)>("statvfs64");
  return without_room(real(path, info), info);
}

}  // extern "C"
