#include "store/embedded/segments.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "base/check.hpp"
#include "base/log.hpp"

namespace dunlin::store {

namespace {

constexpr std::string_view making_path = "log/making.tmp";

// What new segments are filled with, piece by piece.
constexpr std::array<std::uint8_t, std::size_t{64} << 10> zeros{};

std::string path_of(std::uint64_t number) { return "log/" + std::to_string(number) + ".seg"; }

}  // namespace

std::uint64_t number_of_segment(const std::string& path) {
  std::uint64_t number = 0;
  const std::size_t begin = path.rfind('/') + 1;
  std::from_chars(path.data() + begin, path.data() + path.size(), number);
  return number;
}

result<byte_span> segment::read(std::uint64_t offset, std::size_t length, bytes& buffer) const {
  if (offset > size || length > size - offset) return make_error_code(errc::corrupt);
  if (!map.empty()) return map.subspan(offset, length);
  buffer.resize(length);
  DUNLIN_TRY(data->read_at(offset, buffer));
  return byte_span(buffer);
}

status read_entry_at(const segment& in, std::uint64_t offset, bytes& buffer, entry_view& out) {
  DUNLIN_TRY_ASSIGN(const byte_span head, in.read(offset, entry_header_size, buffer));
  std::uint32_t size = 0;
  std::memcpy(&size, head.data(), sizeof size);
  DUNLIN_TRY_ASSIGN(const byte_span entry, in.read(offset, size, buffer));
  if (!read_entry(entry, true, out)) return make_error_code(errc::corrupt);
  return ok();
}

result<segment_ref> open_segment(disk& files, const std::string& path) {
  auto out = std::make_shared<segment>();
  out->path = path;
  DUNLIN_TRY_ASSIGN(out->data, files.open(path, disk::mode::open_existing));
  DUNLIN_TRY_ASSIGN(out->size, out->data->size());
  if (out->size == 0) return out;
  if (auto mapped = out->data->map(out->size)) out->map = *mapped;
  return out;
}

segments::segments(disk& files, const store_options& options, store_counters& counters)
    : files_(files),
      options_(options),
      counters_(counters),
      most_segments_(std::max<std::size_t>(options.max_unsealed_bytes / options.segment_bytes,
                                           std::size_t{options.spare_segments} + 1)) {
  // Otherwise clients might wait while all that may be prepared is.
  DUNLIN_CHECK(usable(options.segment_bytes) * options.spare_segments >
               static_cast<std::int64_t>(options.upkeep_reserve_bytes + 2 * options.max_batch_bytes) +
                   options.shards * kept_credit(options));
}

std::int64_t segments::usable(std::uint64_t size) const {
  // A frame that does not fit leaves the end of its segment unused: at most one batch.
  const std::uint64_t lost = frames_begin + options_.max_batch_bytes + 2 * frame_alignment;
  return size > lost ? static_cast<std::int64_t>(size - lost) : 0;
}

void segments::adopt_live(std::vector<segment_ref> chain, std::uint64_t sealed_generation) {
  const std::lock_guard hold(lock_);
  live_.assign(chain.begin(), chain.end());
  sealed_.store(sealed_generation, std::memory_order_release);
  count();
}

void segments::go_on() {
  const std::lock_guard hold(lock_);
  last_is_open_ = true;
  const segment& s = *live_.back();
  credit_.fetch_add(usable(s.size) - static_cast<std::int64_t>(s.end - frames_begin), std::memory_order_relaxed);
}

void segments::adopt_free(std::vector<segment_ref> found) {
  for (auto& s : found) {
    if (s->size != options_.segment_bytes) {
      const std::string path = s->path;
      s.reset();
      if (!files_.remove(path)) log_warn("an unused log segment could not be removed", {{"path", path}});
      continue;
    }
    const std::lock_guard hold(lock_);
    give(std::move(s));
  }
}

status segments::write_zeros(std::uint64_t size) {
  DUNLIN_TRY_ASSIGN(const std::unique_ptr<file> made, files_.open(making_path, disk::mode::open_or_create));
  const bytes chunk(std::min<std::uint64_t>(size, options_.background_chunk_bytes));
  for (std::uint64_t at = 0; at < size; at += chunk.size()) {
    const byte_span piece = byte_span(chunk).first(std::min<std::uint64_t>(chunk.size(), size - at));
    DUNLIN_TRY(made->write_at(at, {&piece, 1}));
  }
  return made->sync();
}

result<segment_ref> segments::create(std::uint64_t size) {
  DUNLIN_CHECK(next_number_ > 0);
  if (const status written = write_zeros(size); !written) {
    // What there is of it would take the room that is wanting.
    if (!files_.remove(making_path)) log_warn("a half made log segment could not be removed");
    return written.error();
  }
  const std::string path = path_of(next_number_++);
  DUNLIN_TRY(files_.rename(making_path, path));
  DUNLIN_TRY(files_.sync_directory(directory));
  return open_segment(files_, path);
}

segment_ref segments::take(const segment_header& header, const segment_ref& close) {
  const std::lock_guard hold(lock_);
  if (prepared_.empty()) return nullptr;
  DUNLIN_CHECK(close == nullptr || close == live_.back());
  segment_ref next = std::move(prepared_.back());
  prepared_.pop_back();
  next->header = header;
  if (close != nullptr) {
    // Less of its end was lost than usable() supposed: what was borrowed beyond comes back.
    credit_.fetch_add(static_cast<std::int64_t>(close->end - frames_begin) - usable(close->size),
                      std::memory_order_relaxed);
  }
  live_.push_back(next);
  last_is_open_ = true;
  count();
  return next;
}

std::vector<segment_ref> segments::closed(std::size_t most) const {
  const std::lock_guard hold(lock_);
  const std::size_t n = live_.size() - (last_is_open_ ? 1 : 0);
  return {live_.begin(), live_.begin() + static_cast<std::ptrdiff_t>(std::min(n, most))};
}

std::size_t segments::closed_count() const {
  const std::lock_guard hold(lock_);
  return live_.size() - (last_is_open_ ? 1 : 0);
}

std::vector<segment_ref> segments::live() const {
  const std::lock_guard hold(lock_);
  return {live_.begin(), live_.end()};
}

void segments::let_go_of_maps() const {
  for (const auto& s : live()) s->data->let_go_of_map();
}

bool segments::has_prepared() const {
  const std::lock_guard hold(lock_);
  return !prepared_.empty();
}

void segments::sealed_through(std::uint64_t generation) {
  const std::lock_guard hold(lock_);
  while (!live_.empty() && live_.front()->header.generation <= generation) {
    retired_.push_back(std::move(live_.front()));
    live_.pop_front();
  }
  sealed_.store(generation, std::memory_order_release);
  count();
}

void segments::count() {
  counters_.segments.set(static_cast<std::int64_t>(live_.size() + retired_.size()));
  counters_.unsealed_bytes.set(static_cast<std::int64_t>(live_.size() * options_.segment_bytes));
}

// Whoever still reads a retired segment holds a reference; nobody can take a new one.
void segments::recycle() {
  const std::lock_guard hold(lock_);
  for (std::size_t i = 0; i < retired_.size();) {
    if (retired_[i].use_count() > 1) {
      ++i;
      continue;
    }
    // Counting once up and down takes over what those who let go did before.
    segment_ref(retired_[i]).reset();
    segment_ref s = std::move(retired_[i]);
    retired_.erase(retired_.begin() + static_cast<std::ptrdiff_t>(i));
    if (s->size == options_.segment_bytes) {
      // The sealer has read all of it.
      s->data->let_go_of_map();
      give(std::move(s));
      given_ = true;
    } else {
      const std::string path = s->path;
      s.reset();
      if (!files_.remove(path)) log_warn("a sealed log segment could not be removed", {{"path", path}});
    }
    count();
  }
}

result<progress> segments::prepare_some(std::size_t most) {
  recycle();
  if (making_ == nullptr) {
    const std::lock_guard hold(lock_);
    if (prepared_.size() >= options_.spare_segments) return progress::idle;
    if (live_.size() + prepared_.size() + retired_.size() >= most_segments_) return progress::idle;
  }
  if (making_ == nullptr) {
    DUNLIN_TRY(begin_file());
    return progress::worked;
  }
  const std::uint64_t size = std::min<std::uint64_t>(most, options_.segment_bytes - made_);
  std::vector<byte_span> pieces;
  for (std::uint64_t at = 0; at < size; at += zeros.size()) {
    pieces.push_back(byte_span(zeros).first(std::min<std::uint64_t>(zeros.size(), size - at)));
  }
  auto written = making_->write_at(made_, pieces);
  if (written) written = making_->sync();
  if (!written) {
    making_.reset();
    if (!files_.remove(making_path)) log_warn("a half made log segment could not be removed");
    return written.error();
  }
  made_ += size;
  counters_.prepared_bytes.add(size);
  if (made_ == options_.segment_bytes) DUNLIN_TRY(finish_file());
  return progress::worked;
}

status segments::begin_file() {
  DUNLIN_TRY_ASSIGN(const std::uint64_t room, files_.free_bytes());
  if (room < options_.keep_free_bytes + options_.segment_bytes) return make_error_code(errc::no_space);
  DUNLIN_TRY_ASSIGN(making_, files_.open(making_path, disk::mode::open_or_create));
  made_ = 0;
  return ok();
}

status segments::finish_file() {
  DUNLIN_CHECK(next_number_ > 0);
  making_.reset();
  const std::string path = path_of(next_number_++);
  DUNLIN_TRY(files_.rename(making_path, path));
  DUNLIN_TRY(files_.sync_directory(directory));
  DUNLIN_TRY_ASSIGN(segment_ref made, open_segment(files_, path));
  const std::lock_guard hold(lock_);
  give(std::move(made));
  given_ = true;
  return ok();
}

std::uint32_t segments::fill() const {
  const std::lock_guard hold(lock_);
  return static_cast<std::uint32_t>(live_.size() * 256 / most_segments_);
}

bool segments::borrow(std::int64_t amount, std::int64_t floor) {
  // Never less than there is, not even for a moment: another shard would wait for it.
  std::int64_t have = credit_.load();
  do {
    if (have - amount < floor) return false;
  } while (!credit_.compare_exchange_weak(have, have - amount));
  return true;
}

void segments::give(segment_ref prepared) {
  credit_.fetch_add(usable(prepared->size));
  prepared_.push_back(std::move(prepared));
}

bool segments::take_waiting() {
  const bool enough = credit_.load() > static_cast<std::int64_t>(options_.upkeep_reserve_bytes);
  return enough && waiting_.load() && waiting_.exchange(false);
}

void segments::set_full(bool on) {
  if (full_.load(std::memory_order_relaxed) == on) return;
  full_.store(on, std::memory_order_relaxed);
  counters_.disk_full.set(on ? 1 : 0);
  if (on) {
    log_error("the disk is full: writes of clients are refused until there is room");
  } else {
    log_info("there is room on the disk again");
  }
}

}  // namespace dunlin::store
