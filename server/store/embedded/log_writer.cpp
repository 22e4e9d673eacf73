#include "store/embedded/log_writer.hpp"

#include <algorithm>
#include <array>
#include <linux/futex.h>
#include <sys/syscall.h>

#include <unistd.h>

#include "base/check.hpp"
#include "base/crc32c.hpp"
#include "base/log.hpp"
#include "base/planted.hpp"
#include "store/embedded/unsealed_index.hpp"

namespace dunlin::store {

namespace {

// Frames are followed by zeros up to the end of their page, so that the kernel need not read a page that it writes.
constexpr std::uint64_t page = 4096;
constexpr std::array<std::uint8_t, page> zeros{};

// Sleeps while the word is what it was; may wake early. (The standard's wait yields the processor several times before
// it sleeps: as many system calls more in each round.)
void sleep_while(const std::atomic<std::uint32_t>& word, std::uint32_t is) {
  ::syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, is, nullptr, nullptr, 0);
}
void wake_sleeper(const std::atomic<std::uint32_t>& word) {
  ::syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

}  // namespace

log_writer::log_writer(segments& files, std::span<handover> shards, random_source& random, writer_calls calls,
                       store_counters& counters)
    : files_(files),
      shards_(shards),
      random_(random),
      calls_(std::move(calls)),
      counters_(counters),
      header_page_(frames_begin) {
  taking_.reserve(shards.size());
  pieces_.reserve(shards.size() + 3);
}

void log_writer::go_on_at(const log_end& end) {
  start_ = end;
  current_ = std::move(start_.current);  // kept once: a segment that is referred to is not recycled
  offset_ = end.offset;
  next_batch_ = end.next_batch;
}

// Picks handed batches that fit into `room` with a frame's header, at least the first.
void log_writer::gather(std::uint64_t room) {
  taking_.clear();
  contents_bytes_ = 0;
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    const std::size_t shard = (first_shard_ + i) % shards_.size();
    handover& h = shards_[shard];
    handed_batch& batch = h.next_batch();
    if (!batch.take_for(handed_batch::owner::writer)) continue;
    const std::uint64_t with_it = frame_header_size + contents_bytes_ + batch.contents.size();
    if (with_it > room || with_it > (std::uint64_t{1} << unsealed_index::offset_bits)) {
      batch.is.store(handed_batch::owner::handed, std::memory_order_release);
      if (taking_.empty()) taking_.push_back(shard);
      break;
    }
    taking_.push_back(shard);
    contents_bytes_ += batch.contents.size();
  }
}

bool log_writer::open_next() {
  segment_header header;
  header.first_batch = next_batch_;
  header.salt = random_.next();
  if (current_ != nullptr) {
    header.generation = std::max(current_->header.generation, start_.highest_generation) + 1;
    header.previous = current_->header.generation;
    header.previous_end = offset_;
    current_->end = offset_;
    current_->last_batch = next_batch_ - 1;
  } else {
    header.generation = start_.highest_generation + 1;
    header.previous = start_.previous;
    header.previous_end = start_.previous_end;
  }
  segment_ref next = files_.take(header, current_);
  calls_.nudge_background();
  if (next == nullptr) return false;
  current_ = std::move(next);
  fresh_ = true;
  offset_ = frames_begin;
  return true;
}

status log_writer::write() {
  pieces_.clear();
  std::uint64_t at = offset_;
  if (fresh_) {
    bytes header;
    write_segment_header(current_->header, header);
    std::copy(header.begin(), header.end(), header_page_.begin());
    pieces_.emplace_back(header_page_);
    at = 0;
  }
  std::array<std::uint8_t, frame_header_size> head;
  pieces_.emplace_back(head);
  std::uint32_t crc = 0;
  for (const std::size_t shard : taking_) {
    batch_buffer& contents = shards_[shard].next_batch().contents;
    contents.sum_entries();
    pieces_.push_back(contents.view());
    crc = crc32c(crc, pieces_.back());
  }
  write_frame_header(current_->header, {static_cast<std::uint32_t>(contents_bytes_), crc, next_batch_}, head.data());
  const std::uint64_t end = offset_ + frame_header_size + contents_bytes_;
  const std::uint64_t padded = std::min((end + page - 1) / page * page, current_->size);
  pieces_.push_back(byte_span(zeros).first(padded - end));
  DUNLIN_TRY(current_->data->write_at(at, pieces_));
  counters_.log_bytes.add(padded - at);
  if (!planted(bug::no_sync)) DUNLIN_TRY(current_->data->sync());
  return ok();
}

void log_writer::release() {
  std::uint64_t at = offset_ + frame_header_size;
  for (const std::size_t shard : taking_) {
    handover& h = shards_[shard];
    handed_batch& batch = h.next_batch();
    batch.in = current_;
    batch.offset = at;
    at += batch.contents.size();
    const ticket when = batch.when;
    h.next = (h.next + 1) % h.batches.size();
    batch.is.store(handed_batch::owner::shard, std::memory_order_release);
    h.durable.store(when, std::memory_order_release);
  }
  const std::int64_t charged =
      static_cast<std::int64_t>(contents_bytes_ + taking_.size() * static_cast<std::size_t>(segments::batch_overhead));
  files_.give_back(charged - static_cast<std::int64_t>(align_frame(at) - offset_));
  offset_ = align_frame(at);
  ++next_batch_;
  fresh_ = false;
  counters_.rounds.add();
  counters_.batches.add(taking_.size());
  for (const std::size_t shard : taking_) calls_.wake(static_cast<int>(shard));
}

void log_writer::fail(std::string_view what, const std::error_code& why) {
  failed_.store(true, std::memory_order_relaxed);
  log_error("the log cannot be written", {{"what", what}, {"error", why.message()}});
  calls_.failed(what);
}

log_writer::outcome log_writer::run_once() {
  if (has_failed()) return outcome::failed;
  gather(current_ == nullptr ? 0 : current_->size - std::min(offset_, current_->size));
  if (taking_.empty()) return outcome::nothing;
  if (contents_bytes_ == 0) {
    // The first batch does not fit, or there is no segment yet.
    if (!open_next()) {
      counters_.log_stalls.add();
      return outcome::stalled;
    }
    gather(current_->size - offset_);
    if (taking_.empty()) return outcome::nothing;  // taken back
    DUNLIN_CHECK(contents_bytes_ > 0);
  }
  first_shard_ = (taking_.back() + 1) % shards_.size();
  const std::uint64_t begin = calls_.now_us();
  if (const status written = write(); !written) {
    fail("write or sync of a log segment", written.error());
    return outcome::failed;
  }
  const std::uint64_t took = calls_.now_us() - begin;
  counters_.sync_us.observe_us(took);
  std::uint64_t records = 0;
  for (const std::size_t shard : taking_) records += shards_[shard].next_batch().records;
  counters_.record_sync_us.observe_us(took, records);
  release();
  return outcome::wrote;
}

void log_writer::run() {
  while (true) {
    const std::uint32_t seen = signal_.load(std::memory_order_acquire);
    const bool stopping = stop_.load(std::memory_order_acquire);
    const outcome what = run_once();
    if (what == outcome::wrote) continue;
    if (what == outcome::failed || stopping) return;
    // A shard that hands over after the round looked sees `sleeps_`, or its signal ends the wait at once.
    sleeps_.store(true, std::memory_order_seq_cst);
    sleep_while(signal_, seen);
    sleeps_.store(false, std::memory_order_relaxed);
  }
}

void log_writer::nudge() {
  signal_.fetch_add(1, std::memory_order_seq_cst);
  if (sleeps_.load(std::memory_order_seq_cst)) wake_sleeper(signal_);
}

void log_writer::request_stop() {
  stop_.store(true, std::memory_order_release);
  signal_.fetch_add(1, std::memory_order_seq_cst);
  wake_sleeper(signal_);
}

}  // namespace dunlin::store
