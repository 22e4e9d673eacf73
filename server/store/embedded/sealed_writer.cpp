#include "store/embedded/sealed_writer.hpp"

#include "base/check.hpp"

namespace dunlin::store {

result<std::unique_ptr<sealed_writer>> sealed_writer::create(disk& files, std::string path,
                                                             std::size_t written_at_once) {
  DUNLIN_TRY_ASSIGN(std::unique_ptr<file> out, files.open(path, disk::mode::create_new));
  return std::unique_ptr<sealed_writer>(new sealed_writer(std::move(out), std::move(path), written_at_once));
}

extent sealed_writer::put(byte_span contents) {
  const extent at{size(), chunk_header_size + contents.size()};
  write_chunk(contents, buffer_);
  return at;
}

void sealed_writer::add_hash(std::uint8_t tag, stream_id id) {
  if (hashes_.size() >= max_filter_keys) {
    filter_ = false;
    hashes_.clear();
    hashes_.shrink_to_fit();
  }
  if (filter_) hashes_.push_back(filter_hash(tag, id));
}

void sealed_writer::add_record(const sealed_record& record) {
  DUNLIN_CHECK(footer_.rows == 0);
  if (!chunk_.empty() && (chunk_.size() >= chunk_target || chunk_.size() + record.body.size() + 64 > chunk_limit)) {
    end_record_chunk();
  }
  if (footer_.records == 0 || record.stream != last_stream_) {
    DUNLIN_CHECK(footer_.records == 0 || record.stream > last_stream_);
    last_stream_ = record.stream;
    add_hash(filter_records, record.stream);
  }
  chunk_.add(record.stream, record.seq, record.ts, record.body);
  ++footer_.records;
}

void sealed_writer::end_record_chunk() {
  if (chunk_.empty()) return;
  const sort_key first = chunk_.first();
  const extent at = put(chunk_.finish());
  chunk_.clear();
  add_entry(record_index_, first, at);
}

void sealed_writer::add_row(const sealed_row& row) {
  if (footer_.rows == 0) footer_.record_top = end_index(record_index_);
  if (!rows_.empty() && (rows_.size() >= chunk_target || rows_.size() + row.data.size() + 64 > chunk_limit)) {
    end_row_chunk();
  }
  if (rows_.empty()) rows_first_ = key_of(row.key);
  add_hash(static_cast<std::uint8_t>(row.key.kind), row.key.id);
  write_row(row, rows_);
  ++footer_.rows;
}

void sealed_writer::end_row_chunk() {
  if (rows_.empty()) return;
  const extent at = put(rows_);
  row_bytes_ += at.length;
  rows_.clear();
  add_entry(row_index_, rows_first_, at);
}

// What finds rows counts with them.
extent sealed_writer::put_index(const index& of, byte_span contents) {
  const extent at = put(contents);
  if (&of == &row_index_) row_bytes_ += at.length;
  return at;
}

void sealed_writer::add_entry(index& to, const sort_key& first, const extent& at) {
  if (to.block.empty()) to.block_first = first;
  write_index_entry({first, at}, to.block);
  if (to.block.size() < index_block_entries * index_entry_size) return;
  write_index_entry({to.block_first, put_index(to, to.block)}, to.top);
  to.block.clear();
}

// What is open of chunks and index; returns where the top of the index lies.
extent sealed_writer::end_index(index& of) {
  if (&of == &record_index_) {
    end_record_chunk();
  } else {
    end_row_chunk();
  }
  if (!of.block.empty()) write_index_entry({of.block_first, put_index(of, of.block)}, of.top);
  of.block.clear();
  const extent at = put_index(of, of.top);
  of.top.clear();
  return at;
}

status sealed_writer::write_some() {
  if (buffer_.empty()) return ok();
  const byte_span piece(buffer_);
  DUNLIN_TRY(out_->write_at(written_, {&piece, 1}));
  DUNLIN_TRY(out_->sync());
  out_->let_go_of_cache(written_, buffer_.size());
  written_ += buffer_.size();
  buffer_.clear();
  return ok();
}

status sealed_writer::finish() {
  if (footer_.rows == 0) footer_.record_top = end_index(record_index_);
  footer_.row_top = end_index(row_index_);
  if (filter_ && !hashes_.empty()) footer_.filter = put(build_filter(hashes_));
  write_footer(footer_, buffer_);
  return write_some();
}

}  // namespace dunlin::store
