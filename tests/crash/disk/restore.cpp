#include "tests/crash/disk/restore.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <sys/stat.h>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "base/random.hpp"
#include "tests/crash/disk/layout.hpp"

namespace dunlin::crash {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t sector = 512;
constexpr std::size_t block = 256 * sector;

struct open_file {
  explicit open_file(const std::string& path, int flags, mode_t mode = 0)
      : fd(open(path.c_str(), flags | O_CLOEXEC, mode)) {
    if (fd < 0) broken("open", path);
  }
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;
  ~open_file() { close(fd); }
  int fd;
};

std::size_t read_block(int fd, std::uint64_t at, std::array<char, block>& out) {
  const ssize_t n = pread(fd, out.data(), out.size(), static_cast<off_t>(at));
  if (n < 0) broken("read", "a kept file");
  std::memset(out.data() + n, 0, out.size() - static_cast<std::size_t>(n));
  return static_cast<std::size_t>(n);
}

// Writes into the kept file some of the sectors in which the live one differs from it.
void mix(const std::string& live, const std::string& kept, unsigned per_mille, seeded_random& random,
         restore_result& result) {
  const open_file from(live, O_RDONLY);
  const open_file to(kept, O_RDWR);
  const std::uint64_t end = node_of(from.fd).size;
  std::array<char, block> now{};
  std::array<char, block> old{};
  for (std::uint64_t at = 0; at < end; at += block) {
    const std::size_t n = read_block(from.fd, at, now);
    const std::size_t had = read_block(to.fd, at, old);
    if (n == had && std::memcmp(now.data(), old.data(), n) == 0) continue;
    for (std::size_t s = 0; s < n; s += sector) {
      const std::size_t size = std::min(sector, n - s);
      if (s + size <= had && std::memcmp(now.data() + s, old.data() + s, size) == 0) continue;
      if (random.below(1000) >= per_mille) {
        ++result.sectors_lost;
        continue;
      }
      ++result.sectors_kept;
      if (pwrite(to.fd, now.data() + s, size, static_cast<off_t>(at + s)) < 0) broken("write", kept);
    }
  }
}

// Copies, leaving holes where there are only zeros: prepared log segments are mostly that.
void copy(const std::string& from_path, const std::string& to_path, const node& n) {
  const open_file from(from_path, O_RDONLY);
  const open_file to(to_path, O_WRONLY | O_CREAT | O_EXCL, n.mode);
  static constexpr std::array<char, block> zeros{};
  std::array<char, block> data{};
  for (std::uint64_t at = 0; at < n.size; at += block) {
    const std::size_t got = read_block(from.fd, at, data);
    if (std::memcmp(data.data(), zeros.data(), got) == 0) continue;
    if (pwrite(to.fd, data.data(), got, static_cast<off_t>(at)) < 0) broken("write", to_path);
  }
  if (ftruncate(to.fd, static_cast<off_t>(n.size)) != 0) broken("truncate", to_path);
  if (fchmod(to.fd, n.mode) != 0) broken("chmod", to_path);
}

void copy_tree(const std::string& from, const std::string& to, restore_result& result) {
  for (const auto& entry : fs::directory_iterator(from)) {
    const std::string target = to + "/" + entry.path().filename().string();
    const node n = node_at(entry.path().native());
    if (n.kind == node_kind::directory) {
      if (mkdir(target.c_str(), n.mode) != 0) broken("mkdir", target);
      copy_tree(entry.path().native(), target, result);
    } else {
      copy(entry.path().native(), target, n);
      ++result.files;
    }
  }
}

void mix_all(const restore_options& options, restore_result& result) {
  seeded_random random(options.seed);
  std::vector<std::string> names;
  std::error_code none;
  for (fs::recursive_directory_iterator it(options.live, none), end; it != end; it.increment(none)) {
    if (it->is_regular_file(none)) names.push_back(fs::relative(it->path(), options.live).string());
  }
  // Sorted, so that a seed means the same whatever order the directory is read in.
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    const std::string live = options.live + "/" + name;
    const std::string kept = options.kept + "/tree/" + name;
    // Only where the durable name still stands for the same file.
    const node content = node_at(options.kept + "/content/" + node_at(live).key.text());
    if (content.kind != node_kind::file || node_at(kept).key != content.key) continue;
    mix(live, kept, options.kept_per_mille, random, result);
  }
}

}  // namespace

restore_result restore(const restore_options& options) {
  restore_result result;
  fs::create_directories(options.kept + "/tree");
  redo_journal(options.kept);
  if (options.kept_per_mille > 0) mix_all(options, result);
  const mode_t mode = std::max<mode_t>(node_at(options.live).mode, 0700);
  fs::remove_all(options.live);
  if (mkdir(options.live.c_str(), mode) != 0) broken("mkdir", options.live);
  copy_tree(options.kept + "/tree", options.live, result);
  return result;
}

}  // namespace dunlin::crash
