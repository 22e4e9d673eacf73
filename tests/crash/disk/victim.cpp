// A program that carries out a few file operations and is then killed: what the preloaded library is tested with.
//
//   crash_victim DIR STEP…     each step is words separated by spaces, on paths relative to DIR:
//     write PATH AT TEXT   pwrite, creating the file      append PATH TEXT   write with O_APPEND
//     fill PATH N          N bytes of 'x' from 0          writev PATH AT TEXT
//     truncate PATH N      rewrite PATH TEXT              (rewrite: O_TRUNC, then write)
//     stdio PATH TEXT      with fopen and fputs           map PATH TEXT      through a shared mapping of 4 KiB
//     sync PATH            datasync PATH                  dsync PATH TEXT    pwrite at 0 with O_DSYNC
//     mkdir PATH           rename FROM TO                 unlink PATH
//     sql PATH STATEMENT   through SQLite (kept open)     read PATH TEXT     exits with 3 unless that is the content

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <sstream>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

namespace {

[[noreturn]] void failed(const std::string& step) {
  std::perror(step.c_str());
  std::_Exit(2);
}

int open_or_fail(const std::string& path, int flags) {
  const int fd = open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (fd < 0) failed(path);
  return fd;
}

sqlite3* database(const std::string& path) {
  static std::map<std::string, sqlite3*> opened;
  sqlite3*& db = opened[path];
  if (db == nullptr && sqlite3_open(path.c_str(), &db) != SQLITE_OK) failed(path);
  return db;
}

void map_text(const std::string& path, const std::string& text) {
  const int fd = open_or_fail(path, O_RDWR | O_CREAT);
  if (ftruncate(fd, 4096) != 0) failed(path);
  void* at = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (at == MAP_FAILED) failed(path);
  std::memcpy(at, text.data(), text.size());
}

void check(const std::string& path, const std::string& text) {
  std::string have(text.size() + 1, '\0');
  const int fd = open_or_fail(path, O_RDONLY);
  const ssize_t n = read(fd, have.data(), have.size());
  if (n != static_cast<ssize_t>(text.size()) || have.compare(0, text.size(), text) != 0) std::_Exit(3);
  close(fd);
}

void write_step(const std::string& what, const std::string& path, const std::string& text, off_t at) {
  const int extra = what == "append" ? O_APPEND : what == "rewrite" ? O_TRUNC : what == "dsync" ? O_DSYNC : 0;
  const int fd = open_or_fail(path, O_WRONLY | O_CREAT | extra);
  const iovec piece{const_cast<char*>(text.data()), text.size()};
  const ssize_t n = what == "append" || what == "rewrite" ? write(fd, text.data(), text.size())
                    : what == "writev"                    ? pwritev(fd, &piece, 1, at)
                                                          : pwrite(fd, text.data(), text.size(), at);
  if (n != static_cast<ssize_t>(text.size())) failed(path);
  close(fd);
}

void run(const std::string& dir, const std::string& step) {
  std::istringstream in(step);
  std::string what;
  std::string path;
  in >> what >> path;
  path = path == "." ? dir : dir + "/" + path;
  off_t at = 0;
  if (what == "write" || what == "writev" || what == "fill" || what == "truncate") in >> at;
  std::string text;
  std::getline(in >> std::ws, text);
  if (what == "write" || what == "writev" || what == "append" || what == "rewrite" || what == "dsync") {
    write_step(what, path, text, at);
  } else if (what == "fill") {
    write_step("write", path, std::string(static_cast<std::size_t>(at), 'x'), 0);
  } else if (what == "truncate") {
    const int fd = open_or_fail(path, O_WRONLY);
    if (ftruncate(fd, at) != 0) failed(step);
    close(fd);
  } else if (what == "stdio") {
    FILE* out = std::fopen(path.c_str(), "w");
    if (out == nullptr || std::fputs(text.c_str(), out) < 0 || std::fclose(out) != 0) failed(step);
  } else if (what == "map") {
    map_text(path, text);
  } else if (what == "sync" || what == "datasync") {
    const int fd = open_or_fail(path, O_RDONLY);
    if ((what == "sync" ? fsync(fd) : fdatasync(fd)) != 0) failed(step);
    close(fd);
  } else if (what == "mkdir") {
    if (mkdir(path.c_str(), 0700) != 0) failed(step);
  } else if (what == "rename") {
    if (std::rename(path.c_str(), (dir + "/" + text).c_str()) != 0) failed(step);
  } else if (what == "unlink") {
    if (unlink(path.c_str()) != 0) failed(step);
  } else if (what == "sql") {
    if (sqlite3_exec(database(path), text.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) failed(step);
  } else if (what == "read") {
    check(path, text);
  } else {
    failed("unknown step " + step);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  for (int i = 2; i < argc; ++i) run(argv[1], argv[i]);
  std::raise(SIGKILL);
  return 1;
}
