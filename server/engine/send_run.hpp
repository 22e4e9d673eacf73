// Messages of one connection to one conversation of this shard that came in one piece: their entries, one behind the
// other, until they are submitted together. Most of what a message costs from here to the log is paid once a run.
//
// Thread rule: belongs to its shard. Bounds: max_entries, max_bytes.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "engine/messages.hpp"

namespace dunlin::engine {

class send_run {
 public:
  static constexpr std::size_t max_entries = 64;
  static constexpr std::size_t max_bytes = 16 << 10;

  [[nodiscard]] bool empty() const { return entries_.empty(); }
  // The entry may join what is there. False for one that is too large even alone.
  [[nodiscard]] bool takes(std::uint64_t link, stream_id stream, std::size_t size) const {
    return entries_.size() < max_entries && size <= max_bytes - used_ &&
           (empty() || (link == link_ && stream == stream_));
  }
  // Where the entry is to be written. REQUIRES: takes().
  std::uint8_t* add(std::uint64_t link, stream_id stream, std::size_t size, reply_to from) {
    link_ = link;
    stream_ = stream;
    std::uint8_t* const at = bytes_.get() + used_;
    used_ += size;
    entries_.emplace_back(at, size);
    from_.push_back(from);
    return at;
  }
  void clear() {
    used_ = 0;
    entries_.clear();
    from_.clear();
  }

  [[nodiscard]] std::uint64_t link() const { return link_; }
  [[nodiscard]] stream_id stream() const { return stream_; }
  [[nodiscard]] std::size_t size() const { return used_; }
  [[nodiscard]] std::span<const byte_span> entries() const { return entries_; }
  // Who waits for each one's verdict.
  [[nodiscard]] std::span<const reply_to> from() const { return from_; }

 private:
  std::unique_ptr<std::uint8_t[]> bytes_ = std::make_unique_for_overwrite<std::uint8_t[]>(max_bytes);
  std::size_t used_ = 0;
  std::uint64_t link_ = 0;
  stream_id stream_;
  std::vector<byte_span> entries_;
  std::vector<reply_to> from_;
};

}  // namespace dunlin::engine
