// Messages of one connection to one conversation of this shard that came in one piece: their entries, one behind the
// other, until they are submitted together. Most of what a message costs from here to the log is paid once a run.
//
// Thread rule: belongs to its shard. Bounds: max_entries, max_bytes.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "engine/sends.hpp"

namespace dunlin::engine {

class send_run {
 public:
  static constexpr std::size_t max_entries = 64;
  static constexpr std::size_t max_bytes = 16 << 10;

  [[nodiscard]] bool empty() const { return entries_.empty(); }
  // The entry may join what is there: same connection and conversation, next among its messages. False for one that is
  // too large even alone.
  [[nodiscard]] bool takes(const sends::sender& who, std::size_t size) const {
    if (size > max_bytes - used_) return false;
    return empty() || (entries_.size() < max_entries && who.link == first_.link && who.stream == first_.stream &&
                       who.token.qos == first_.token.qos && who.token.position == first_.token.position + count());
  }
  // Where the entry is to be written. REQUIRES: takes().
  std::uint8_t* add(const sends::sender& who, std::size_t size) {
    if (empty()) first_ = who;
    std::uint8_t* const at = bytes_.get() + used_;
    used_ += size;
    entries_.emplace_back(at, size);
    return at;
  }
  void clear() {
    used_ = 0;
    entries_.clear();
  }

  // Who sent the first.
  [[nodiscard]] const sends::sender& first() const { return first_; }
  [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(entries_.size()); }
  [[nodiscard]] std::size_t size() const { return used_; }
  [[nodiscard]] std::span<const byte_span> entries() const { return entries_; }

 private:
  std::unique_ptr<std::uint8_t[]> bytes_ = std::make_unique_for_overwrite<std::uint8_t[]>(max_bytes);
  std::size_t used_ = 0;
  sends::sender first_;
  std::vector<byte_span> entries_;
};

}  // namespace dunlin::engine
