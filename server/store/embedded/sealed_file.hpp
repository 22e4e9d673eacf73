// One sealed file, open for reading. It never changes; in memory are the top of its index (one entry for about 800 KiB
// of records) and its filter.
//
// Thread rule: any thread, at the same time. Errors: errc::corrupt whenever a checksum or a structure is wrong, never
// wrong data; errc::io.
#pragma once

#include <memory>
#include <string>

#include "store/disk.hpp"
#include "store/embedded/sealed_format.hpp"

namespace dunlin::store {

// Whether there was one more.
enum class more { no, yes };
// Whether what was read may be read again soon. What is read once, from begin to end, is read in large pieces, and need
// not be in the system's cache.
enum class reads { again, once };

class sealed_file {
 public:
  // Of what is read once; or a chunk, if that is larger.
  static constexpr std::size_t read_ahead_bytes = 512 << 10;

  static std::string path_of(std::uint64_t number);
  // `size` as the manifest says.
  static result<std::shared_ptr<sealed_file>> open(disk& files, std::uint64_t number, std::uint64_t size);

  [[nodiscard]] std::uint64_t number() const { return number_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] std::uint64_t records() const { return footer_.records; }
  [[nodiscard]] std::uint64_t rows() const { return footer_.rows; }
  [[nodiscard]] bool may_have(std::uint64_t hash) const { return filter_may_have(filter_, hash); }

  // Steps from chunk to chunk through the records or the rows, in order.
  class chunk_cursor {
   public:
    // Before the chunk that would hold `key`: the last one that does not begin behind it, or the first.
    result<more> seek(const sort_key& key);
    // The contents of the next chunk, valid until the next call.
    result<more> next();
    [[nodiscard]] byte_span contents() const { return contents_; }

   private:
    friend class sealed_file;
    result<more> load_block(std::size_t i);
    result<byte_span> read_ahead(const extent& at);

    const sealed_file* of_ = nullptr;
    byte_span top_;
    reads how_ = reads::again;
    std::size_t next_block_ = 0;
    bytes block_;
    byte_span entries_;
    std::size_t next_entry_ = 0;
    bytes chunk_;  // where chunks are read once: all that was read ahead, from chunk_at_
    std::uint64_t chunk_at_ = 0;
    byte_span contents_;
  };
  [[nodiscard]] chunk_cursor record_chunks(reads how = reads::again) const { return cursor(record_top_, how); }
  [[nodiscard]] chunk_cursor row_chunks(reads how = reads::again) const { return cursor(row_top_, how); }

  // The row of `key`, if this file has one; its data are copied to `data`, which the row refers to.
  result<std::optional<sealed_row>> find_row(const row_key& key, bytes& data) const;

 private:
  sealed_file() = default;
  [[nodiscard]] chunk_cursor cursor(byte_span top, reads how) const;
  // All of it lies in the file.
  [[nodiscard]] bool holds(const extent& at) const { return at.offset <= size_ && at.length <= size_ - at.offset; }
  result<byte_span> read_chunk_at(const extent& at, bytes& buffer) const;

  std::unique_ptr<file> data_;
  std::uint64_t number_ = 0;
  std::uint64_t size_ = 0;
  footer footer_;
  bytes record_top_;
  bytes row_top_;
  bytes filter_;
};

}  // namespace dunlin::store
