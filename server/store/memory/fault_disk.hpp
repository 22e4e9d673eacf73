// A `disk` in memory that can do to files what power cuts, bad cables and full disks do; for tests and the simulator.
//
// Every file has what the process sees and what would be there after a power cut. Writes not yet synced are kept or
// lost 512-byte sector by sector (of several writes to a sector any prefix may have arrived), creations, renames and
// removals not yet synced one by one. A process that merely dies loses nothing: drop the objects and open anew.
//
// After a failed sync the writes that it was for may be lost at the next crash even if a later sync succeeds, as on
// Linux, where a failed write-back marks pages clean.
//
// Thread rule: any thread (one lock). Files opened before a crash fail from then on.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "store/disk.hpp"

namespace dunlin::store {

class fault_disk final : public disk {
 public:
  static constexpr std::size_t sector = 512;

  explicit fault_disk(std::uint64_t capacity = std::uint64_t{1} << 40);
  ~fault_disk() override;
  fault_disk(const fault_disk&) = delete;
  fault_disk& operator=(const fault_disk&) = delete;

  result<std::unique_ptr<file>> open(std::string_view path, mode how) override;
  status make_directory(std::string_view path) override;
  status rename(std::string_view from, std::string_view to) override;
  status remove(std::string_view path) override;
  result<std::vector<std::string>> list(std::string_view directory) override;
  status sync_directory(std::string_view directory) override;
  result<std::uint64_t> free_bytes() override;

  // The power goes and comes back: decides by `random` what survived. Files opened before are dead.
  void crash(seeded_random& random);
  // The power goes at the operation after `operations` more that change something: that one may be torn by the crash,
  // and all later ones fail, until crash().
  void cut_power_after(std::uint64_t operations);
  [[nodiscard]] bool power_is_cut() const;
  // Operations that changed something so far: writes, syncs, creations, renames, removals, directory syncs.
  [[nodiscard]] std::uint64_t operations() const;

  // The next write, counted from 0, to a path that starts with `prefix` fails with `e`, half done.
  void fail_write(std::string_view prefix, errc e, std::uint64_t after = 0);
  void fail_sync(std::string_view prefix, errc e, std::uint64_t after = 0);
  void set_capacity(std::uint64_t bytes);
  [[nodiscard]] std::uint64_t used() const;
  // Each read gives one flipped bit, from now on.
  void flip_bits_in_reads(bool on);
  // Off: `map` fails, so that everything is read with read_at (and flipped).
  void allow_maps(bool on);

  // For tests that look and meddle: the bytes of a file as the process sees them.
  [[nodiscard]] bytes content(std::string_view path) const;
  void overwrite(std::string_view path, std::uint64_t offset, byte_span data);

  // How often each fault was given.
  struct counts {
    std::uint64_t crashes = 0;
    std::uint64_t sectors_lost = 0;
    std::uint64_t writes_torn = 0;
    std::uint64_t directory_operations_lost = 0;
    std::uint64_t writes_failed = 0;
    std::uint64_t syncs_failed = 0;
    std::uint64_t full = 0;
  };
  [[nodiscard]] counts given() const;

 private:
  struct inode;
  class open_file;
  struct change;
  struct planned {
    std::string prefix;
    errc error = errc::io;
    std::uint64_t after = 0;
    bool on = false;
  };

  status alive(std::uint64_t epoch) const;
  status step();
  static bool due(planned& p, std::string_view path);
  status write(inode& node, const std::string& path, std::uint64_t offset, std::span<const byte_span> pieces);
  void crash(inode& node, seeded_random& random);
  std::shared_ptr<inode> find(std::string_view path) const;

  mutable std::mutex lock_;
  std::uint64_t capacity_;
  std::uint64_t epoch_ = 0;
  std::uint64_t operations_ = 0;
  std::uint64_t cut_at_ = ~0ULL;
  bool flip_ = false;
  bool maps_ = true;
  std::uint64_t reads_ = 0;
  planned fail_write_;
  planned fail_sync_;
  std::map<std::string, std::shared_ptr<inode>, std::less<>> seen_;
  std::map<std::string, std::shared_ptr<inode>, std::less<>> durable_;
  std::vector<change> changes_;
  counts given_;
};

}  // namespace dunlin::store
