// Writes one sealed file, from records in order and then rows in order; paced from outside: who calls adds until
// wants_write(), then lets write_some() write and sync, then pauses.
//
// Thread rule: one thread. Until finish() has succeeded the file is no sealed file; it is known to nobody, and an open
// of the store removes it. Bounds: memory is what is not written yet, and eight bytes a key up to max_filter_keys.
#pragma once

#include <memory>
#include <string>

#include "store/disk.hpp"
#include "store/embedded/sealed_format.hpp"

namespace dunlin::store {

class sealed_writer {
 public:
  // `written_at_once`: what write_some() writes before it syncs.
  static result<std::unique_ptr<sealed_writer>> create(disk& files, std::string path, std::size_t written_at_once);

  // REQUIRES: ascending (stream, seq), and before the first row.
  void add_record(const sealed_record& record);
  // REQUIRES: ascending key.
  void add_row(const sealed_row& row);

  [[nodiscard]] bool wants_write() const { return buffer_.size() >= at_once_; }
  status write_some();
  // Writes the rest, index, filter and footer, and syncs. Nothing may be added any more.
  status finish();

  [[nodiscard]] std::uint64_t size() const { return written_ + buffer_.size(); }
  [[nodiscard]] std::uint64_t records() const { return footer_.records; }
  [[nodiscard]] std::uint64_t rows() const { return footer_.rows; }
  // Of size(), those in chunks of rows and in the index of these.
  [[nodiscard]] std::uint64_t row_bytes() const { return row_bytes_; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  struct index {
    bytes block;  // entries of the index block that is open
    sort_key block_first;
    bytes top;
  };

  sealed_writer(std::unique_ptr<file> out, std::string path, std::size_t written_at_once)
      : out_(std::move(out)), path_(std::move(path)), at_once_(written_at_once) {}
  extent put(byte_span contents);
  void end_record_chunk();
  void end_row_chunk();
  extent put_index(const index& of, byte_span contents);
  void add_entry(index& to, const sort_key& first, const extent& at);
  extent end_index(index& of);
  void add_hash(std::uint8_t tag, stream_id id);

  std::unique_ptr<file> out_;
  std::string path_;
  std::size_t at_once_;
  bytes buffer_;
  std::uint64_t written_ = 0;

  record_chunk_builder chunk_;
  stream_id last_stream_;
  bytes rows_;
  sort_key rows_first_;
  std::uint64_t row_bytes_ = 0;
  index record_index_;
  index row_index_;
  std::vector<std::uint64_t> hashes_;
  bool filter_ = true;
  footer footer_;
};

}  // namespace dunlin::store
