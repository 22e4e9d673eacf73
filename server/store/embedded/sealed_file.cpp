#include "store/embedded/sealed_file.hpp"

#include <algorithm>

#include "base/log.hpp"

namespace dunlin::store {

std::string sealed_file::path_of(std::uint64_t number) { return "history/" + std::to_string(number) + ".sealed"; }

result<std::shared_ptr<sealed_file>> sealed_file::open(disk& files, std::uint64_t number, std::uint64_t size) {
  const std::string path = path_of(number);
  const auto damaged = [&](std::string_view what) {
    log_error("a file of the history is damaged", {{"file", path}, {"what", what}});
    return make_error_code(errc::corrupt);
  };
  std::shared_ptr<sealed_file> out(new sealed_file);
  out->number_ = number;
  out->size_ = size;
  auto opened = files.open(path, disk::mode::open_existing);
  if (!opened) return opened.error() == errc::not_found ? damaged("it is missing") : opened.error();
  out->data_ = std::move(*opened);
  DUNLIN_TRY_ASSIGN(const std::uint64_t real_size, out->data_->size());
  if (real_size != size || size < footer_size) return damaged("its size is wrong");
  bytes tail(footer_size);
  DUNLIN_TRY(out->data_->read_at(size - footer_size, tail));
  switch (read_footer(tail, out->footer_)) {
    case footer_state::valid: break;
    case footer_state::damaged: return damaged("its footer cannot be read");
    case footer_state::newer:
      log_error("a file of the history was written by a newer version of Dunlin", {{"file", path}});
      return make_error_code(errc::newer);
  }
  const auto load = [&](const extent& at, bytes& into) -> status {
    bytes buffer;
    DUNLIN_TRY_ASSIGN(const byte_span contents, out->read_chunk_at(at, buffer));
    into.assign(contents.begin(), contents.end());
    return ok();
  };
  auto loaded = load(out->footer_.record_top, out->record_top_);
  if (loaded) loaded = load(out->footer_.row_top, out->row_top_);
  if (loaded && out->footer_.filter.length > 0) loaded = load(out->footer_.filter, out->filter_);
  if (!loaded) return damaged("its index cannot be read");
  if (out->record_top_.size() % index_entry_size != 0 || out->row_top_.size() % index_entry_size != 0) {
    return damaged("its index is malformed");
  }
  return out;
}

result<byte_span> sealed_file::read_chunk_at(const extent& at, bytes& buffer) const {
  if (!holds(at) || at.length < chunk_header_size) return make_error_code(errc::corrupt);
  buffer.resize(at.length);
  DUNLIN_TRY(data_->read_at(at.offset, buffer));
  const auto contents = read_chunk(buffer);
  if (!contents) return make_error_code(errc::corrupt);
  return *contents;
}

sealed_file::chunk_cursor sealed_file::cursor(byte_span top, reads how) const {
  chunk_cursor out;
  out.of_ = this;
  out.top_ = top;
  out.how_ = how;
  return out;
}

// The chunks of an index block lie one after the other.
result<byte_span> sealed_file::chunk_cursor::read_ahead(const extent& at) {
  const std::uint64_t end = chunk_at_ + chunk_.size();
  if (at.offset < chunk_at_ || at.offset >= end || at.length > end - at.offset) {
    const extent last = read_index_entry(entries_, entries_.size() / index_entry_size - 1).at;
    if (!of_->holds(at) || !of_->holds(last) || last.offset < at.offset) return make_error_code(errc::corrupt);
    const std::uint64_t rest = last.offset + last.length - at.offset;
    chunk_.resize(std::max<std::size_t>(at.length, std::min<std::size_t>(rest, read_ahead_bytes)));
    chunk_at_ = at.offset;
    DUNLIN_TRY(of_->data_->read_once_at(chunk_at_, chunk_));
  }
  const auto contents = read_chunk(byte_span(chunk_).subspan(at.offset - chunk_at_, at.length));
  if (!contents) return make_error_code(errc::corrupt);
  return *contents;
}

result<more> sealed_file::chunk_cursor::load_block(std::size_t i) {
  entries_ = {};
  next_entry_ = 0;
  if (i >= top_.size() / index_entry_size) return more::no;
  next_block_ = i + 1;
  DUNLIN_TRY_ASSIGN(entries_, of_->read_chunk_at(read_index_entry(top_, i).at, block_));
  if (entries_.empty() || entries_.size() % index_entry_size != 0) return make_error_code(errc::corrupt);
  return more::yes;
}

result<more> sealed_file::chunk_cursor::seek(const sort_key& key) {
  const std::size_t block = find_index_entry(top_, key).value_or(0);
  DUNLIN_TRY_ASSIGN(const more found, load_block(block));
  if (found == more::yes) next_entry_ = find_index_entry(entries_, key).value_or(0);
  return found;
}

result<more> sealed_file::chunk_cursor::next() {
  if (next_entry_ * index_entry_size >= entries_.size()) {
    DUNLIN_TRY_ASSIGN(const more found, load_block(next_block_));
    if (found == more::no) return more::no;
  }
  const extent at = read_index_entry(entries_, next_entry_).at;
  DUNLIN_TRY_ASSIGN(contents_, how_ == reads::once ? read_ahead(at) : of_->read_chunk_at(at, chunk_));
  ++next_entry_;
  return more::yes;
}

result<std::optional<sealed_row>> sealed_file::find_row(const row_key& key, bytes& data) const {
  std::optional<sealed_row> none;
  if (!may_have(filter_hash(static_cast<std::uint8_t>(key.kind), key.id))) return none;
  chunk_cursor at = row_chunks();
  DUNLIN_TRY_ASSIGN(const more found, at.seek(key_of(key)));
  if (found == more::no) return none;
  DUNLIN_TRY_ASSIGN(const more has_chunk, at.next());
  if (has_chunk == more::no) return none;
  row_walk walk(at.contents());
  while (walk.next()) {
    if (walk.row().key != key) continue;
    sealed_row out = walk.row();
    data.assign(out.data.begin(), out.data.end());
    out.data = data;
    return std::optional<sealed_row>(out);
  }
  if (!walk.ok()) return make_error_code(errc::corrupt);
  return none;
}

}  // namespace dunlin::store
