#include "store/memory/fault_disk.hpp"

#include <algorithm>
#include <cstring>
#include <set>

#include "base/check.hpp"

namespace dunlin::store {

struct fault_disk::inode {
  struct pending_write {
    std::uint64_t offset = 0;
    bytes data;
    bool clean = false;  // a sync of it failed: no later one writes it
  };
  bytes seen;
  bytes durable;
  std::vector<pending_write> pending;

  // As the process sees it. Never moves the bytes once they are mapped, since maps cover the whole file.
  void put(std::uint64_t offset, byte_span data) {
    if (seen.size() < offset + data.size()) seen.resize(offset + data.size());
    if (!data.empty()) std::memcpy(seen.data() + offset, data.data(), data.size());
  }
  // What a sync that succeeds does. A sector that was written again since a sync of it failed is written as it is seen.
  void write_back();
  static void put_durable(bytes& to, std::uint64_t offset, byte_span data) {
    if (to.size() < offset + data.size()) to.resize(offset + data.size());
    if (!data.empty()) std::memcpy(to.data() + offset, data.data(), data.size());
  }
};

void fault_disk::inode::write_back() {
  std::set<std::uint64_t> dirty;
  for (const auto& w : pending) {
    if (w.clean || w.data.empty()) continue;
    for (std::uint64_t s = w.offset / sector; s <= (w.offset + w.data.size() - 1) / sector; ++s) dirty.insert(s);
  }
  std::vector<pending_write> lost;
  for (const auto& w : pending) {
    for (std::uint64_t at = w.offset; at < w.offset + w.data.size();) {
      const std::uint64_t end = std::min(w.offset + w.data.size(), (at / sector + 1) * sector);
      const byte_span part = byte_span(w.data).subspan(at - w.offset, end - at);
      if (dirty.contains(at / sector)) {
        put_durable(durable, at, part);
      } else {
        lost.push_back({at, bytes(part.begin(), part.end()), true});
      }
      at = end;
    }
  }
  pending = std::move(lost);
}

// A creation (`to` alone), a rename, or a removal (`from` alone) that is not synced.
struct fault_disk::change {
  std::string from;
  std::string to;
  std::shared_ptr<inode> node;
};

namespace {

std::string_view directory_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view(".") : path.substr(0, slash);
}

}  // namespace

class fault_disk::open_file final : public file {
 public:
  open_file(fault_disk& owner, std::shared_ptr<inode> node, std::string path)
      : disk_(owner), node_(std::move(node)), path_(std::move(path)), epoch_(owner.epoch_) {}

  status read_at(std::uint64_t offset, std::span<std::uint8_t> out) override {
    const std::lock_guard hold(disk_.lock_);
    DUNLIN_TRY(disk_.alive(epoch_));
    if (offset > node_->seen.size() || node_->seen.size() - offset < out.size()) return make_error_code(errc::corrupt);
    if (out.empty()) return ok();
    std::memcpy(out.data(), node_->seen.data() + offset, out.size());
    if (disk_.flip_) {
      const std::uint64_t at = ++disk_.reads_ * 0x9e3779b97f4a7c15U >> 13;
      out[at % out.size()] ^= static_cast<std::uint8_t>(1U << (at >> 40 & 7));
    }
    return ok();
  }

  status write_at(std::uint64_t offset, std::span<const byte_span> pieces) override {
    const std::lock_guard hold(disk_.lock_);
    DUNLIN_TRY(disk_.alive(epoch_));
    return disk_.write(*node_, path_, offset, pieces);
  }

  status sync() override {
    const std::lock_guard hold(disk_.lock_);
    DUNLIN_TRY(disk_.alive(epoch_));
    DUNLIN_TRY(disk_.step());
    if (due(disk_.fail_sync_, path_)) {
      ++disk_.given_.syncs_failed;
      for (auto& w : node_->pending) w.clean = true;
      return make_error_code(disk_.fail_sync_.error);
    }
    node_->write_back();
    return ok();
  }

  result<std::uint64_t> size() override {
    const std::lock_guard hold(disk_.lock_);
    DUNLIN_TRY(disk_.alive(epoch_));
    return node_->seen.size();
  }

  result<byte_span> map(std::uint64_t length) override {
    const std::lock_guard hold(disk_.lock_);
    DUNLIN_TRY(disk_.alive(epoch_));
    if (!disk_.maps_ || length != node_->seen.size()) return make_error_code(errc::io);
    return byte_span(node_->seen);
  }

 private:
  fault_disk& disk_;
  std::shared_ptr<inode> node_;
  std::string path_;
  std::uint64_t epoch_;
};

fault_disk::fault_disk(std::uint64_t capacity) : capacity_(capacity) {}
fault_disk::~fault_disk() = default;

status fault_disk::alive(std::uint64_t epoch) const {
  if (epoch != epoch_) return make_error_code(errc::io);
  return ok();
}

status fault_disk::step() {
  if (operations_ >= cut_at_) return make_error_code(errc::io);
  ++operations_;
  return ok();
}

bool fault_disk::due(planned& p, std::string_view path) {
  if (!p.on || !path.starts_with(p.prefix)) return false;
  if (p.after-- > 0) return false;
  p.on = false;
  return true;
}

status fault_disk::write(inode& node, const std::string& path, std::uint64_t offset,
                         std::span<const byte_span> pieces) {
  bytes data;
  for (const byte_span piece : pieces) data.insert(data.end(), piece.begin(), piece.end());
  // The write that the power cut hits is still under way: the crash decides what of it arrived.
  const bool hit = operations_ == cut_at_;
  if (!hit) DUNLIN_TRY(step());
  const std::uint64_t end = offset + data.size();
  if (end > node.seen.size()) {
    std::uint64_t total = 0;
    for (const auto& [name, found] : seen_) total += found->seen.size();
    if (total + (end - node.seen.size()) > capacity_) {
      ++given_.full;
      return make_error_code(errc::no_space);
    }
  }
  const bool fails = due(fail_write_, path);
  if (fails) {
    ++given_.writes_failed;
    data.resize(data.size() / 2);
  }
  node.put(offset, data);
  node.pending.push_back({offset, std::move(data), false});
  if (fails) return make_error_code(fail_write_.error);
  if (hit) {
    ++operations_;
    return make_error_code(errc::io);
  }
  return ok();
}

std::shared_ptr<fault_disk::inode> fault_disk::find(std::string_view path) const {
  const auto at = seen_.find(path);
  return at == seen_.end() ? nullptr : at->second;
}

result<std::unique_ptr<file>> fault_disk::open(std::string_view path, mode how) {
  const std::lock_guard hold(lock_);
  std::shared_ptr<inode> node = find(path);
  if (node == nullptr) {
    if (how == mode::open_existing) return make_error_code(errc::not_found);
    DUNLIN_TRY(step());
    node = std::make_shared<inode>();
    seen_.emplace(path, node);
    changes_.push_back({"", std::string(path), node});
  } else if (how == mode::create_new) {
    return make_error_code(errc::conflict);
  }
  return std::unique_ptr<file>(std::make_unique<open_file>(*this, std::move(node), std::string(path)));
}

status fault_disk::make_directory(std::string_view /*path*/) { return ok(); }

status fault_disk::rename(std::string_view from, std::string_view to) {
  const std::lock_guard hold(lock_);
  std::shared_ptr<inode> node = find(from);
  if (node == nullptr) return make_error_code(errc::not_found);
  DUNLIN_TRY(step());
  seen_.erase(std::string(from));
  seen_[std::string(to)] = node;
  changes_.push_back({std::string(from), std::string(to), std::move(node)});
  return ok();
}

status fault_disk::remove(std::string_view path) {
  const std::lock_guard hold(lock_);
  std::shared_ptr<inode> node = find(path);
  if (node == nullptr) return make_error_code(errc::not_found);
  DUNLIN_TRY(step());
  seen_.erase(std::string(path));
  changes_.push_back({std::string(path), "", std::move(node)});
  return ok();
}

result<std::vector<std::string>> fault_disk::list(std::string_view directory) {
  const std::lock_guard hold(lock_);
  std::vector<std::string> names;
  for (const auto& [path, node] : seen_) {
    if (directory_of(path) == directory) names.push_back(path.substr(directory == "." ? 0 : directory.size() + 1));
  }
  return names;
}

status fault_disk::sync_directory(std::string_view directory) {
  const std::lock_guard hold(lock_);
  DUNLIN_TRY(step());
  for (const change& c : changes_) {
    if (directory_of(c.to.empty() ? c.from : c.to) != directory) continue;
    if (!c.from.empty()) durable_.erase(c.from);
    if (!c.to.empty()) durable_[c.to] = c.node;
  }
  std::erase_if(changes_, [&](const change& c) { return directory_of(c.to.empty() ? c.from : c.to) == directory; });
  return ok();
}

result<std::uint64_t> fault_disk::free_bytes() {
  const std::uint64_t in_use = used();
  const std::lock_guard hold(lock_);
  return capacity_ > in_use ? capacity_ - in_use : 0;
}

std::uint64_t fault_disk::used() const {
  const std::lock_guard hold(lock_);
  std::uint64_t total = 0;
  for (const auto& [name, node] : seen_) total += node->seen.size();
  return total;
}

void fault_disk::crash(inode& node, seeded_random& random) {
  // Half of the crashes lose or keep whole files; the others decide sector by sector.
  const std::uint64_t manner = random.below(4);
  std::map<std::uint64_t, std::vector<const inode::pending_write*>> dirty;
  for (const auto& w : node.pending) {
    if (w.data.empty()) continue;
    for (std::uint64_t s = w.offset / sector; s <= (w.offset + w.data.size() - 1) / sector; ++s) {
      dirty[s].push_back(&w);
    }
  }
  bool lost = false;
  bool kept = false;
  for (const auto& [s, writes] : dirty) {
    const std::size_t arrived = manner == 0 ? 0 : manner == 1 ? writes.size() : random.below(writes.size() + 1);
    given_.sectors_lost += arrived < writes.size() ? 1 : 0;
    (arrived < writes.size() ? lost : kept) = true;
    for (std::size_t i = 0; i < arrived; ++i) {
      const auto& w = *writes[i];
      const std::uint64_t begin = std::max(w.offset, s * sector);
      const std::uint64_t end = std::min(w.offset + w.data.size(), (s + 1) * sector);
      inode::put_durable(node.durable, begin, byte_span(w.data).subspan(begin - w.offset, end - begin));
    }
  }
  if (lost && kept) ++given_.writes_torn;
  node.pending.clear();
  node.seen = node.durable;
}

void fault_disk::crash(seeded_random& random) {
  const std::lock_guard hold(lock_);
  ++epoch_;
  ++given_.crashes;
  for (const change& c : changes_) {
    if (random.one_in(2)) {
      ++given_.directory_operations_lost;
      continue;
    }
    if (!c.from.empty()) durable_.erase(c.from);
    if (!c.to.empty()) durable_[c.to] = c.node;
  }
  changes_.clear();
  seen_ = durable_;
  for (const auto& [path, node] : seen_) crash(*node, random);
  cut_at_ = ~0ULL;
  fail_write_.on = false;
  fail_sync_.on = false;
}

void fault_disk::cut_power_after(std::uint64_t operations) {
  const std::lock_guard hold(lock_);
  cut_at_ = operations_ + operations;
}
bool fault_disk::power_is_cut() const {
  const std::lock_guard hold(lock_);
  return operations_ >= cut_at_;
}
std::uint64_t fault_disk::operations() const {
  const std::lock_guard hold(lock_);
  return operations_;
}
void fault_disk::fail_write(std::string_view prefix, errc e, std::uint64_t after) {
  const std::lock_guard hold(lock_);
  fail_write_ = {std::string(prefix), e, after, true};
}
void fault_disk::fail_sync(std::string_view prefix, errc e, std::uint64_t after) {
  const std::lock_guard hold(lock_);
  fail_sync_ = {std::string(prefix), e, after, true};
}
void fault_disk::set_capacity(std::uint64_t bytes) {
  const std::lock_guard hold(lock_);
  capacity_ = bytes;
}
void fault_disk::flip_bits_in_reads(bool on) {
  const std::lock_guard hold(lock_);
  flip_ = on;
}
void fault_disk::allow_maps(bool on) {
  const std::lock_guard hold(lock_);
  maps_ = on;
}
bytes fault_disk::content(std::string_view path) const {
  const std::lock_guard hold(lock_);
  const auto node = find(path);
  return node == nullptr ? bytes{} : node->seen;
}
void fault_disk::overwrite(std::string_view path, std::uint64_t offset, byte_span data) {
  const std::lock_guard hold(lock_);
  const auto node = find(path);
  DUNLIN_CHECK(node != nullptr);
  node->put(offset, data);
  inode::put_durable(node->durable, offset, data);
}
fault_disk::counts fault_disk::given() const {
  const std::lock_guard hold(lock_);
  return given_;
}

}  // namespace dunlin::store
