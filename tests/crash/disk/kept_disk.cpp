#include "tests/crash/disk/kept_disk.hpp"

#include <array>
#include <cerrno>
#include <filesystem>
#include <sys/stat.h>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace dunlin::crash {

namespace fs = std::filesystem;

namespace {

// Files up to this size are kept whole at each sync, so that writes past the library (through stdio) are seen too.
constexpr std::uint64_t small_file = 256U << 10;

std::string join(const std::string& a, const std::string& b) { return a.empty() ? b : b.empty() ? a : a + "/" + b; }

}  // namespace

kept_disk::kept_disk(std::string live, std::string kept) : live_(std::move(live)), kept_(std::move(kept)) {
  fs::create_directories(kept_ + "/tree");
  redo_journal(kept_);
  // Keys are of this run's files: content is named anew from the tree.
  fs::remove_all(kept_ + "/content");
  fs::create_directories(kept_ + "/content");
  load("");
}

void kept_disk::load(const std::string& relative) {
  const std::string tree = join(kept_ + "/tree", relative);
  const std::string live = join(live_, relative);
  const node self = node_at(live);
  if (self.kind == node_kind::none && relative.empty() && fs::is_empty(tree)) return;
  if (self.kind != node_kind::directory) broken("not restored:", live);
  directory d{true, relative, {}};
  for (const auto& entry : fs::directory_iterator(tree)) {
    const std::string name = entry.path().filename().string();
    const node n = node_at(join(live, name));
    if (n.kind == node_kind::none) broken("not restored:", join(live, name));
    d.entries.emplace(name, n);
    if (n.kind == node_kind::directory) {
      load(join(relative, name));
      continue;
    }
    if (link(entry.path().c_str(), content_path(n.key).c_str()) != 0) broken("link", entry.path().native());
    file& f = files_[n.key];
    f.ours = true;
    f.has_content = true;
  }
  directories_[self.key] = std::move(d);
}

bool kept_disk::relative_path(int fd, std::string& out) const {
  std::array<char, 4096> buffer{};
  const std::string self = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t n = readlink(self.c_str(), buffer.data(), buffer.size());
  if (n <= 0) return false;
  const std::string_view path(buffer.data(), static_cast<std::size_t>(n));
  if (!path.starts_with(live_)) return false;
  if (path.size() > live_.size() && path[live_.size()] != '/') return false;
  out = path.size() > live_.size() ? path.substr(live_.size() + 1) : "";
  return true;
}

kept_disk::file& kept_disk::file_of(int fd, const node& n) {
  const auto [it, fresh] = files_.try_emplace(n.key);
  if (fresh) {
    std::string path;
    it->second.ours = relative_path(fd, path);
    it->second.wholly_dirty = true;
  }
  return it->second;
}

void kept_disk::wrote(int fd, std::uint64_t begin, std::uint64_t n) {
  const node target = node_of(fd);
  if (target.kind != node_kind::file) return;
  const std::lock_guard hold(lock_);
  file& f = file_of(fd, target);
  if (f.ours) f.dirty.add(begin, begin + n);
}

void kept_disk::changed(int fd, bool for_good) {
  const node target = node_of(fd);
  if (target.kind != node_kind::file) return;
  const std::lock_guard hold(lock_);
  file& f = file_of(fd, target);
  f.wholly_dirty = true;
  f.always_dirty = f.always_dirty || for_good;
}

bool kept_disk::is_ours(int fd) {
  const node target = node_of(fd);
  if (target.kind != node_kind::file) return false;
  const std::lock_guard hold(lock_);
  return file_of(fd, target).ours;
}

void kept_disk::sync(int fd) {
  const node target = node_of(fd);
  const std::lock_guard hold(lock_);
  if (target.kind == node_kind::directory) return sync_directory(fd, target);
  if (target.kind != node_kind::file) return;
  file& f = file_of(fd, target);
  if (f.ours) sync_file(fd, target, f);
}

void kept_disk::sync_all() {
  std::error_code error;
  for (fs::recursive_directory_iterator it(live_, error), end; it != end; it.increment(error)) {
    const int fd = open(it->path().c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) continue;
    sync(fd);
    close(fd);
  }
  const int root = open(live_.c_str(), O_RDONLY | O_CLOEXEC);
  if (root < 0) return;
  sync(root);
  close(root);
}

void kept_disk::ensure_content(const node& n) {
  file& f = files_[n.key];
  f.ours = true;
  if (f.has_content) return;
  const int fd = open(content_path(n.key).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, n.mode);
  if (fd < 0) broken("create", content_path(n.key));
  close(fd);
  f.has_content = true;
  f.wholly_dirty = true;
}

void kept_disk::sync_file(int fd, const node& n, file& f) {
  ensure_content(n);
  // Opened anew, since `fd` may be for writing only. This works for a file without a name too.
  const int from = open(("/proc/self/fd/" + std::to_string(fd)).c_str(), O_RDONLY | O_CLOEXEC);
  const int to = open(content_path(n.key).c_str(), O_WRONLY | O_CLOEXEC);
  if (from < 0 || to < 0) broken("open", content_path(n.key));
  if (f.wholly_dirty || f.always_dirty || n.size <= small_file) {
    copy_range(from, to, 0, n.size);
  } else {
    for (const auto& [begin, end] : f.dirty.ranges()) copy_range(from, to, begin, end < n.size ? end : n.size);
  }
  if (ftruncate(to, static_cast<off_t>(n.size)) != 0) broken("truncate", content_path(n.key));
  if (fchmod(to, n.mode) != 0) broken("chmod", content_path(n.key));
  f.dirty.clear();
  f.wholly_dirty = false;
  close(from);
  close(to);
}

void kept_disk::plan_entry(const std::string& path, const node& n, std::vector<change>& plan) {
  if (n.kind == node_kind::file) {
    ensure_content(n);
    plan.push_back({change::kind::link, path, n.key, 0});
    return;
  }
  plan.push_back({change::kind::make_directory, path, {}, n.mode});
  directory& d = directories_[n.key];
  d.durable = true;
  d.path = path;
  for (const auto& [name, child] : d.entries) plan_entry(join(path, name), child, plan);
}

void kept_disk::sync_directory(int fd, const node& n) {
  std::string relative;
  if (!relative_path(fd, relative)) return;
  directory& d = directories_[n.key];
  if (relative.empty()) d.durable = true;
  std::map<std::string, node> entries;
  for (const auto& entry : fs::directory_iterator(join(live_, relative))) {
    const node found = node_at(entry.path().native());
    if (found.kind != node_kind::file && found.kind != node_kind::directory) continue;
    entries.emplace(entry.path().filename().string(), found);
  }
  std::vector<change> plan;
  if (d.durable) {
    for (const auto& [name, found] : entries) {
      const auto before = d.entries.find(name);
      if (before != d.entries.end() && before->second.key == found.key) continue;
      if (before != d.entries.end() &&
          (before->second.kind == node_kind::directory) != (found.kind == node_kind::directory)) {
        const bool was_directory = before->second.kind == node_kind::directory;
        plan.push_back(
            {was_directory ? change::kind::remove_directory : change::kind::unlink, join(d.path, name), {}, 0});
      }
      plan_entry(join(d.path, name), found, plan);
    }
    for (const auto& [name, before] : d.entries) {
      if (entries.contains(name)) continue;
      const bool was_directory = before.kind == node_kind::directory;
      plan.push_back(
          {was_directory ? change::kind::remove_directory : change::kind::unlink, join(d.path, name), {}, 0});
    }
  }
  directories_[n.key].entries = std::move(entries);
  apply_changes(kept_, plan);
}

}  // namespace dunlin::crash
