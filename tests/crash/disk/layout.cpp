#include "tests/crash/disk/layout.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

namespace dunlin::crash {

namespace fs = std::filesystem;

namespace {

node to_node(const struct statx& s) {
  node out;
  out.key.inode = s.stx_ino;
  if ((s.stx_mask & STATX_BTIME) != 0) {
    out.key.born_ns = static_cast<std::uint64_t>(s.stx_btime.tv_sec) * 1'000'000'000U + s.stx_btime.tv_nsec;
  }
  out.mode = s.stx_mode & 07777U;
  out.size = s.stx_size;
  out.kind = S_ISREG(s.stx_mode) ? node_kind::file : S_ISDIR(s.stx_mode) ? node_kind::directory : node_kind::other;
  return out;
}

node look(int fd, const char* path, int flags) {
  struct statx s{};
  const int wanted = STATX_TYPE | STATX_MODE | STATX_INO | STATX_SIZE | STATX_BTIME;
  if (statx(fd, path, flags | AT_STATX_DONT_SYNC, wanted, &s) != 0) return {};
  return to_node(s);
}

void carry_out(const std::string& kept, const change& c) {
  const std::string path = kept + "/tree/" + c.path;
  std::error_code error;
  switch (c.what) {
    case change::kind::link: {
      const std::string content = kept + "/content/" + c.content.text();
      const std::string fresh = kept + "/new";
      unlink(fresh.c_str());
      if (link(content.c_str(), fresh.c_str()) != 0) broken("link", content);
      if (std::rename(fresh.c_str(), path.c_str()) != 0) broken("rename", path);
      // Renaming one link of a file onto another does nothing and leaves both (POSIX).
      unlink(fresh.c_str());
      return;
    }
    case change::kind::unlink:
      if (unlink(path.c_str()) != 0 && errno != ENOENT) broken("unlink", path);
      return;
    case change::kind::make_directory:
      if (mkdir(path.c_str(), c.mode) != 0 && errno != EEXIST) broken("mkdir", path);
      return;
    case change::kind::remove_directory:
      fs::remove_all(path, error);
      if (error) broken("remove", path);
      return;
  }
}

}  // namespace

node node_of(int fd) { return look(fd, "", AT_EMPTY_PATH); }
node node_at(const std::string& path) { return look(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW); }

void broken(const char* what, std::string_view path) {
  std::fprintf(stderr, "crash disk: %s %.*s: %s\n", what, static_cast<int>(path.size()), path.data(),
               std::strerror(errno));
  std::_Exit(99);
}

void apply_changes(const std::string& kept, const std::vector<change>& changes) {
  if (changes.size() > 1) {
    std::ostringstream text;
    for (const change& c : changes) {
      text << static_cast<char>(c.what) << ' ' << c.content.inode << ' ' << c.content.born_ns << ' ' << c.mode << ' '
           << c.path << '\n';
    }
    const std::string fresh = kept + "/journal.new";
    std::ofstream out(fresh);
    out << text.str() << std::flush;
    out.close();
    if (!out) broken("write", fresh);
    if (std::rename(fresh.c_str(), (kept + "/journal").c_str()) != 0) broken("rename", fresh);
  }
  for (const change& c : changes) carry_out(kept, c);
  if (changes.size() > 1) unlink((kept + "/journal").c_str());
}

void redo_journal(const std::string& kept) {
  const std::string path = kept + "/journal";
  std::ifstream in(path);
  if (!in) return;
  change c;
  char what = 0;
  while (in >> what >> c.content.inode >> c.content.born_ns >> c.mode && in.get() == ' ' && std::getline(in, c.path)) {
    c.what = static_cast<change::kind>(what);
    carry_out(kept, c);
  }
  unlink(path.c_str());
}

void copy_range(int from, int to, std::uint64_t begin, std::uint64_t end) {
  std::array<char, 128 * 1024> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before read
  while (begin < end) {
    const std::size_t wanted = end - begin < buffer.size() ? static_cast<std::size_t>(end - begin) : buffer.size();
    const ssize_t n = pread(from, buffer.data(), wanted, static_cast<off_t>(begin));
    if (n < 0) broken("read", "a file to be kept");
    if (n == 0) return;
    if (pwrite(to, buffer.data(), static_cast<std::size_t>(n), static_cast<off_t>(begin)) != n) {
      broken("write", "a kept file");
    }
    begin += static_cast<std::uint64_t>(n);
  }
}

}  // namespace dunlin::crash
