// The segment files of the log: which are prepared, which hold the unsealed log, which are sealed and wait until nobody
// reads them any more; and the account of their space (L3, L6).
//
// A file is zeroed once and then used again and again: overwriting written blocks costs a third of appending. What use
// it is in is said by the header that the writer puts into it (frame.hpp), never by its name.
//
// Thread rule: any thread; one lock that no shard takes. Shards take and give back credit, which is one atomic number.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/prefetch.hpp"
#include "store/disk.hpp"
#include "store/embedded/counters.hpp"
#include "store/embedded/frame.hpp"
#include "store/embedded/options.hpp"

namespace dunlin::store {

// What a step of background work did.
enum class progress { idle, worked };

// One use of a segment file. Immutable once the writer has left it, except `end` which is set then. Who holds a
// reference may read: the file is not used again before the last one is gone.
struct segment {
  std::string path;
  std::unique_ptr<file> data;
  std::uint64_t size = 0;
  byte_span map;  // of the whole file; empty where it cannot be mapped
  segment_header header;
  std::uint64_t end = 0;         // where the live frames end
  std::uint64_t last_batch = 0;  // the number of the last live frame

  // Bytes of the segment: a view of the map, or read into `buffer`.
  result<byte_span> read(std::uint64_t offset, std::size_t length, bytes& buffer) const;
  // An entry here is read soon: who reads many at random places waits for memory most of the time.
  void prefetch(std::uint64_t offset) const {
    if (offset + entry <= map.size()) dunlin::prefetch(map.data() + offset, entry);
  }
  static constexpr std::size_t entry = 4 * cache_line;  // mostly
  // How many entries ahead of the one being read that helps.
  static constexpr std::size_t prefetch_ahead = 8;
};
using segment_ref = std::shared_ptr<segment>;

// The entry at `offset`, checked; errc::corrupt if there is none. `buffer` holds it where the segment is not mapped.
status read_entry_at(const segment& in, std::uint64_t offset, bytes& buffer, entry_view& out);

// `path` opened, with its size and map.
result<segment_ref> open_segment(disk& files, const std::string& path);
std::uint64_t number_of_segment(const std::string& path);

class segments {
 public:
  static constexpr std::string_view directory = "log";
  // What a batch is charged besides its entries: at least what a frame's header and alignment take. The writer gives
  // back what it did not take.
  static constexpr std::int64_t batch_overhead = 2 * frame_alignment;
  // What each shard may keep of the credit, whether it uses it or not: all of them a sixteenth of a batch.
  static std::int64_t kept_credit(const store_options& options) {
    return static_cast<std::int64_t>(options.max_batch_bytes / 16) / options.shards;
  }

  segments(disk& files, const store_options& options, store_counters& counters);

  // At start: no file has this number or a higher one.
  void number_files_from(std::uint64_t number) { next_number_ = number; }
  // At start: what recovery found.
  void adopt_live(std::vector<segment_ref> chain, std::uint64_t sealed_generation);
  void adopt_free(std::vector<segment_ref> found);
  // Nobody has read the log for a while: what was read of it need not stay in this process's memory.
  void let_go_of_maps() const;
  // The writer goes on in the last of the live segments.
  void go_on();
  // Makes a zeroed file at once, without pause; for starts.
  result<segment_ref> create(std::uint64_t bytes);

  // The writer: the next prepared segment, which becomes the last live one; null if there is none. `close` is the one
  // before, with its end set.
  segment_ref take(const segment_header& header, const segment_ref& close);

  // The sealer. The oldest live segments that the writer has left, up to `most`.
  std::vector<segment_ref> closed(std::size_t most) const;
  [[nodiscard]] std::size_t closed_count() const;
  [[nodiscard]] std::vector<segment_ref> live() const;
  [[nodiscard]] bool has_prepared() const;
  // Everything up to this generation is in published files.
  void sealed_through(std::uint64_t generation);
  [[nodiscard]] std::uint64_t sealed_generation() const { return sealed_.load(std::memory_order_acquire); }

  // The background: one bounded piece of preparing or recycling, of at most `most` bytes. no_space if the disk is
  // (nearly) full.
  result<progress> prepare_some(std::size_t most);
  [[nodiscard]] std::uint64_t segment_bytes() const { return options_.segment_bytes; }
  // Of the bound on the unsealed log, in 1/256.
  [[nodiscard]] std::uint32_t fill() const;

  // Credit in bytes of log. `floor` must be left over; false: nothing is taken.
  bool borrow(std::int64_t amount, std::int64_t floor);
  void give_back(std::int64_t amount) { credit_.fetch_add(amount, std::memory_order_relaxed); }
  [[nodiscard]] std::int64_t credit() const { return credit_.load(std::memory_order_relaxed); }
  // What frames of one more segment may take.
  [[nodiscard]] std::int64_t usable(std::uint64_t size) const;
  // Whether clients are refused because the disk is full.
  [[nodiscard]] bool is_full() const { return full_.load(std::memory_order_relaxed); }
  void set_full(bool on);
  // Before a shard is told to wait. It tries to borrow once more afterwards: what was given between woke nobody.
  void someone_waits() { waiting_.store(true); }
  // The background: shards wait, and there is credit for them, wherever it came from. They are to be woken, all of
  // them, which is said once.
  bool take_waiting();
  // The background: a segment has been prepared since this was asked last.
  bool take_given() { return std::exchange(given_, false); }

 private:
  void recycle();
  status write_zeros(std::uint64_t size);
  status begin_file();
  status finish_file();
  void count();
  // One more is prepared, and there is credit for it. REQUIRES: lock_ is held.
  void give(segment_ref prepared);

  disk& files_;
  const store_options& options_;
  store_counters& counters_;
  const std::size_t most_segments_;

  mutable std::mutex lock_;
  std::deque<segment_ref> live_;  // oldest first; the last is the writer's
  bool last_is_open_ = false;
  std::vector<segment_ref> prepared_;
  std::vector<segment_ref> retired_;

  // Of the background alone: the file being zeroed.
  std::unique_ptr<file> making_;
  std::uint64_t made_ = 0;
  std::uint64_t next_number_ = 0;
  bool given_ = false;  // since it was asked last

  std::atomic<std::uint64_t> sealed_{0};
  std::atomic<std::int64_t> credit_{0};
  std::atomic<bool> full_{false};
  std::atomic<bool> waiting_{false};
};

}  // namespace dunlin::store
