// Preloaded into a server (LD_PRELOAD): notes what it writes below a directory, and what it syncs (kept_disk.hpp).
//
// Environment:
//   DUNLIN_CRASH_LIVE     the directory, absolute; without it nothing is noted
//   DUNLIN_CRASH_KEPT     where that goes which survives
//   DUNLIN_CRASH_SYNC_US  a sync takes up to that many microseconds before anything is kept, so that kills fall into it
//   DUNLIN_CRASH_LIE      a sync of a file with this in its path keeps nothing: the tests' tests must find such a disk
//
// What goes past it, and would be lost where it should be kept (so a test fails, it never passes wrongly): io_uring,
// aio, direct system calls, msync, and stdio's own writes into files above 256 KiB.

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <ctime>
#include <string>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include "tests/crash/disk/kept_disk.hpp"

namespace {

using dunlin::crash::kept_disk;

struct settings {
  unsigned sync_us = 0;
  const char* lie = nullptr;
};

// Set once before main; never destroyed, since threads may write until the very end.
kept_disk* disk = nullptr;
settings config;
// The library's own calls go straight through.
thread_local bool inside = false;

class entered {
 public:
  entered() : saved_errno_(errno) { inside = true; }
  entered(const entered&) = delete;
  entered& operator=(const entered&) = delete;
  ~entered() {
    inside = false;
    errno = saved_errno_;
  }

 private:
  int saved_errno_;
};

bool is_active() { return disk != nullptr && !inside; }

__attribute__((constructor)) void start() {
  const char* live = std::getenv("DUNLIN_CRASH_LIVE");
  const char* kept = std::getenv("DUNLIN_CRASH_KEPT");
  if (live == nullptr || kept == nullptr) return;
  const entered guard;
  if (const char* us = std::getenv("DUNLIN_CRASH_SYNC_US")) config.sync_us = static_cast<unsigned>(std::atoi(us));
  config.lie = std::getenv("DUNLIN_CRASH_LIE");
  disk = new kept_disk(live, kept);
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

// Different for each sync, without a lock: a Weyl sequence.
unsigned delay_us() {
  static std::atomic<unsigned> step{0};
  return (step.fetch_add(0x9e3779b9U) >> 8) % config.sync_us;
}

bool is_lied_about(int fd) {
  if (config.lie == nullptr) return false;
  std::string path(4096, '\0');
  const ssize_t n = readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), path.data(), path.size());
  path.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return path.find(config.lie) != std::string::npos;
}

int keep(int fd) {
  if (!is_active()) return 0;
  if (fcntl(fd, F_GETFD) < 0) return -1;
  const entered guard;
  if (config.sync_us > 0) {
    const timespec pause{0, static_cast<long>(delay_us()) * 1000};
    nanosleep(&pause, nullptr);
  }
  if (!is_lied_about(fd)) disk->sync(fd);
  return 0;
}

void note_range(int fd, off_t begin, ssize_t n) {
  if (n <= 0 || !is_active()) return;
  const entered guard;
  disk->wrote(fd, static_cast<std::uint64_t>(begin), static_cast<std::uint64_t>(n));
  const int flags = fcntl(fd, F_GETFL);
  if (flags >= 0 && (flags & O_DSYNC) != 0 && !is_lied_about(fd)) disk->sync(fd);
}

// A write at the descriptor's own position, which has moved by n.
void note_moved(int fd, ssize_t n) {
  if (n <= 0 || !is_active()) return;
  off_t end = -1;
  {
    const entered guard;
    end = lseek(fd, 0, SEEK_CUR);  // fails for what is no file
  }
  if (end >= n) note_range(fd, end - n, n);
}

void note_changed(int fd, bool for_good) {
  if (!is_active()) return;
  const entered guard;
  disk->changed(fd, for_good);
}

// What a truncation cuts off must be gone from what is kept, even if the file grows again afterwards.
off_t size_of(int fd) {
  if (!is_active()) return 0;
  const entered guard;
  return static_cast<off_t>(dunlin::crash::node_of(fd).size);
}

int opened(int fd, int flags) {
  if (fd >= 0 && (flags & O_TRUNC) != 0) note_changed(fd, false);
  return fd;
}

bool has_mode(int flags) { return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE; }

}  // namespace

// The C library's functions of the same names; the signatures are theirs.
extern "C" {

#define DUNLIN_OPEN(name)                                              \
  int name(const char* path, int flags, ...) {                         \
    static auto* const real = next<int(const char*, int, ...)>(#name); \
    mode_t mode = 0;                                                   \
    if (has_mode(flags)) {                                             \
      va_list rest;                                                    \
      va_start(rest, flags);                                           \
      mode = va_arg(rest, mode_t);                                     \
      va_end(rest);                                                    \
    }                                                                  \
    return opened(real(path, flags, mode), flags);                     \
  }
#define DUNLIN_OPENAT(name)                                                 \
  int name(int at, const char* path, int flags, ...) {                      \
    static auto* const real = next<int(int, const char*, int, ...)>(#name); \
    mode_t mode = 0;                                                        \
    if (has_mode(flags)) {                                                  \
      va_list rest;                                                         \
      va_start(rest, flags);                                                \
      mode = va_arg(rest, mode_t);                                          \
      va_end(rest);                                                         \
    }                                                                       \
    return opened(real(at, path, flags, mode), flags);                      \
  }
DUNLIN_OPEN(open)
DUNLIN_OPEN(open64)
DUNLIN_OPENAT(openat)
DUNLIN_OPENAT(openat64)

int creat(const char* path, mode_t mode) { return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char* path, mode_t mode) { return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

ssize_t write(int fd, const void* data, size_t size) {
  static auto* const real = next<ssize_t(int, const void*, size_t)>("write");
  const ssize_t n = real(fd, data, size);
  note_moved(fd, n);
  return n;
}

ssize_t writev(int fd, const iovec* pieces, int count) {
  static auto* const real = next<ssize_t(int, const iovec*, int)>("writev");
  const ssize_t n = real(fd, pieces, count);
  note_moved(fd, n);
  return n;
}

#define DUNLIN_PWRITE(name, offset_type)                                                   \
  ssize_t name(int fd, const void* data, size_t size, offset_type at) {                    \
    static auto* const real = next<ssize_t(int, const void*, size_t, offset_type)>(#name); \
    const ssize_t n = real(fd, data, size, at);                                            \
    note_range(fd, at, n);                                                                 \
    return n;                                                                              \
  }
#define DUNLIN_PWRITEV(name, offset_type)                                                \
  ssize_t name(int fd, const iovec* pieces, int count, offset_type at) {                 \
    static auto* const real = next<ssize_t(int, const iovec*, int, offset_type)>(#name); \
    const ssize_t n = real(fd, pieces, count, at);                                       \
    note_range(fd, at, n);                                                               \
    return n;                                                                            \
  }
#define DUNLIN_PWRITEV2(name, offset_type)                                                    \
  ssize_t name(int fd, const iovec* pieces, int count, offset_type at, int flags) {           \
    static auto* const real = next<ssize_t(int, const iovec*, int, offset_type, int)>(#name); \
    const ssize_t n = real(fd, pieces, count, at, flags);                                     \
    if (at >= 0) {                                                                            \
      note_range(fd, at, n);                                                                  \
    } else {                                                                                  \
      note_moved(fd, n);                                                                      \
    }                                                                                         \
    if (n > 0 && (flags & (RWF_DSYNC | RWF_SYNC)) != 0) keep(fd);                             \
    return n;                                                                                 \
  }
DUNLIN_PWRITE(pwrite, off_t)
DUNLIN_PWRITE(pwrite64, off64_t)
DUNLIN_PWRITEV(pwritev, off_t)
DUNLIN_PWRITEV(pwritev64, off64_t)
DUNLIN_PWRITEV2(pwritev2, off_t)
DUNLIN_PWRITEV2(pwritev64v2, off64_t)

#define DUNLIN_FTRUNCATE(name, offset_type)                       \
  int name(int fd, offset_type size) noexcept {                   \
    static auto* const real = next<int(int, offset_type)>(#name); \
    const off_t before = size_of(fd);                             \
    const int failed = real(fd, size);                            \
    if (failed == 0) note_range(fd, size, before - size);         \
    return failed;                                                \
  }
DUNLIN_FTRUNCATE(ftruncate, off_t)
DUNLIN_FTRUNCATE(ftruncate64, off64_t)

#define DUNLIN_FALLOCATE(name, offset_type)                                         \
  int name(int fd, int mode, offset_type at, offset_type size) {                    \
    static auto* const real = next<int(int, int, offset_type, offset_type)>(#name); \
    const int failed = real(fd, mode, at, size);                                    \
    if (failed == 0) note_range(fd, at, size);                                      \
    return failed;                                                                  \
  }
#define DUNLIN_POSIX_FALLOCATE(name, offset_type)                              \
  int name(int fd, offset_type at, offset_type size) {                         \
    static auto* const real = next<int(int, offset_type, offset_type)>(#name); \
    const int failed = real(fd, at, size);                                     \
    if (failed == 0) note_range(fd, at, size);                                 \
    return failed;                                                             \
  }
DUNLIN_FALLOCATE(fallocate, off_t)
DUNLIN_FALLOCATE(fallocate64, off64_t)
DUNLIN_POSIX_FALLOCATE(posix_fallocate, off_t)
DUNLIN_POSIX_FALLOCATE(posix_fallocate64, off64_t)

ssize_t copy_file_range(int in, off64_t* in_at, int out, off64_t* out_at, size_t size, unsigned flags) {
  static auto* const real = next<ssize_t(int, off64_t*, int, off64_t*, size_t, unsigned)>("copy_file_range");
  const ssize_t n = real(in, in_at, out, out_at, size, flags);
  if (n > 0) note_changed(out, false);
  return n;
}

ssize_t sendfile(int out, int in, off_t* at, size_t size) noexcept {
  static auto* const real = next<ssize_t(int, int, off_t*, size_t)>("sendfile");
  const ssize_t n = real(out, in, at, size);
  note_moved(out, n);
  return n;
}
ssize_t sendfile64(int out, int in, off64_t* at, size_t size) noexcept { return sendfile(out, in, at, size); }

#define DUNLIN_MMAP(name, offset_type)                                                                       \
  void* name(void* where, size_t size, int protection, int flags, int fd, offset_type at) noexcept {         \
    static auto* const real = next<void*(void*, size_t, int, int, int, offset_type)>(#name);                 \
    void* const mapped = real(where, size, protection, flags, fd, at);                                       \
    const bool shared = (flags & MAP_TYPE) == MAP_SHARED || (flags & MAP_TYPE) == MAP_SHARED_VALIDATE;       \
    if (mapped != MAP_FAILED && fd >= 0 && shared && (protection & PROT_WRITE) != 0) note_changed(fd, true); \
    return mapped;                                                                                           \
  }
DUNLIN_MMAP(mmap, off_t)
DUNLIN_MMAP(mmap64, off64_t)

// The kernel is not asked: what it has is thrown away after the kill, and what counts is kept here.
int fsync(int fd) {
  static auto* const real = next<int(int)>("fsync");
  return is_active() ? keep(fd) : real(fd);
}
int fdatasync(int fd) {
  static auto* const real = next<int(int)>("fdatasync");
  return is_active() ? keep(fd) : real(fd);
}
int syncfs(int /*fd*/) noexcept {
  if (!is_active() || config.lie != nullptr) return 0;
  const entered guard;
  disk->sync_all();
  return 0;
}
void sync() noexcept { syncfs(-1); }

}  // extern "C"
