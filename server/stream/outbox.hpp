// What one partition owes to others and has had from them (rules O1 to O3): effects per target in dense order, kept
// until the target reports them applied and durable; and how far each source's effects were applied here.
//
// Thread rule: belongs to the shard of its partition. What is acknowledged is forgotten in memory only: an effect that
// comes back after a restart is sent again and dropped by its target.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "base/bytes.hpp"
#include "base/id.hpp"

namespace dunlin::stream {

// Above this many unreported effects a partition refuses client entries that would make more (O3).
inline constexpr std::size_t max_unreported = 4096;

class outbox {
 public:
  struct effect {
    std::uint64_t n = 0;
    bytes body;
  };

  // The next effect to `to`; returns its n.
  std::uint64_t add(partition_id to, byte_span body);
  // What a redone frame says that it added.
  void redo(partition_id to, std::uint64_t n, byte_span body);
  // The target has applied everything up to n, durably.
  void forget(partition_id to, std::uint64_t n);

  [[nodiscard]] std::size_t unreported() const { return unreported_; }
  [[nodiscard]] bool is_full() const { return unreported_ >= max_unreported; }
  // Unreported effects by target, ascending n.
  [[nodiscard]] const std::map<partition_id, std::deque<effect>>& waiting() const { return waiting_; }

  // The inbound side: the last effect of `from` applied here.
  [[nodiscard]] std::uint64_t last(partition_id from) const { return last_[from]; }
  void set_last(partition_id from, std::uint64_t n) { last_[from] = n; }

  void write(byte_writer& out) const;
  bool read(byte_reader& in);

 private:
  std::array<std::uint64_t, partition_count> sent_{};  // the highest n given, per target
  std::array<std::uint64_t, partition_count> last_{};
  std::map<partition_id, std::deque<effect>> waiting_;
  std::size_t unreported_ = 0;
};

}  // namespace dunlin::stream
