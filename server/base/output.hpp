// Bytes that wait to be written to a peer: an append-only chain of 16 KiB chunks that are borrowed from a pool while
// there is something to send. An idle `output` is three pointers and owns nothing.
//
// Thread rule: a pool and all outputs that borrow from it belong to one thread. A body appended by reference may be
// owned by other threads too; it must not change any more.
//
// Lifetime: the pool outlives its outputs. Spans given are copied before the call returns.
//
// Bounds: an output has no limit of its own: who appends looks at size(). A pool keeps a bounded number of free chunks,
// and fewer when trimmed; what is borrowed at a time is bounded by what all outputs hold.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <sys/uio.h>

#include "base/bytes.hpp"
#include "base/check.hpp"

namespace dunlin {

namespace detail {

// What a chain is made of: a chunk, whose bytes stand behind this header in the same 16 KiB, or a reference to a body.
struct output_link {
  output_link* next = nullptr;
  const std::uint8_t* begin = nullptr;  // the first byte not sent
  std::uint8_t* end = nullptr;          // behind the last byte; of a chunk: where the next one goes
  std::uint8_t* limit = nullptr;        // end of a chunk's room; of a reference the same as `end`
  bool reference = false;
};

}  // namespace detail

class chunk_pool {
 public:
  static constexpr std::size_t chunk_size = 16 * 1024;

  // Keeps at most `max_free` chunks that nobody borrows; the others go back to the system.
  explicit chunk_pool(std::size_t max_free = 1024) : max_free_(max_free) {}
  chunk_pool(const chunk_pool&) = delete;
  chunk_pool& operator=(const chunk_pool&) = delete;
  // All chunks must be back.
  ~chunk_pool();

  // Gives half of the chunks back to the system that nobody borrowed since the last time: to be called now and then, so
  // that what a burst needed does not stay for good.
  void trim();

  [[nodiscard]] std::size_t borrowed() const { return borrowed_; }
  [[nodiscard]] std::size_t free_chunks() const { return free_count_; }

 private:
  friend class output;
  // REQUIRES: there is a free one.
  detail::output_link* borrow() {
    detail::output_link* const chunk = free_;
    free_ = chunk->next;
    least_free_ = std::min(least_free_, --free_count_);
    ++borrowed_;
    return chunk;
  }
  void grow();  // by a free chunk
  void give_back(detail::output_link* chunk) {
    --borrowed_;
    if (free_count_ >= max_free_) [[unlikely]] {
      return give_up(chunk);
    }
    keep(chunk);
  }
  void keep(detail::output_link* chunk) {
    chunk->next = free_;
    free_ = chunk;
    ++free_count_;
  }
  void give_up(detail::output_link* chunk);  // keeps it if the system does not take it

  detail::output_link* free_ = nullptr;
  std::size_t free_count_ = 0;
  std::size_t least_free_ = 0;  // since the last trim
  std::size_t max_free_;
  std::size_t borrowed_ = 0;
};

class output {
 public:
  // What reserve() can give in one piece.
  static constexpr std::size_t max_reserve = 4096;
  // Bodies larger than this are kept by reference in append_shared, others are copied.
  static constexpr std::size_t shared_above = 16 * 1024;

  explicit output(chunk_pool& pool) : pool_(&pool) {}
  output(output&& other) noexcept : pool_(other.pool_), head_(other.head_), tail_(other.tail_) {
    other.head_ = other.tail_ = nullptr;
  }
  output& operator=(output&& other) noexcept;
  output(const output&) = delete;
  output& operator=(const output&) = delete;
  ~output() { clear(); }

  void append(byte_span data) {
    if (tail_ != nullptr && static_cast<std::size_t>(tail_->limit - tail_->end) >= data.size()) [[likely]] {
      if (!data.empty()) std::memcpy(tail_->end, data.data(), data.size());
      tail_->end += data.size();
      return;
    }
    append_slowly(data);
  }

  // n bytes in one piece that count as appended; the caller fills all of them before anything else is done with the
  // output. REQUIRES: 1 <= n <= max_reserve.
  std::uint8_t* reserve(std::size_t n) {
    std::uint8_t* at = room(n);
    grew(n);
    return at;
  }

  // The same in two steps, for who knows only afterwards how many it fills: room for up to n bytes, which appends
  // nothing, and how many of them were used. REQUIRES: 1 <= n <= max_reserve; nothing else is done with the output
  // between.
  std::uint8_t* room(std::size_t n) {
    DUNLIN_CHECK(n - 1 < max_reserve);
    if (tail_ == nullptr || static_cast<std::size_t>(tail_->limit - tail_->end) < n) [[unlikely]] {
      add_chunk();
    }
    return tail_->end;
  }
  void grew(std::size_t n) { tail_->end += n; }

  // `length` bytes of *body from `offset`: by reference if they are more than shared_above. REQUIRES: they are inside.
  void append_shared(const shared_bytes& body, std::size_t offset, std::size_t length);

  // O(chunks), of which there are few.
  [[nodiscard]] std::size_t size() const {
    std::size_t sum = 0;
    for (const detail::output_link* link = head_; link != nullptr; link = link->next) {
      sum += static_cast<std::size_t>(link->end - link->begin);
    }
    return sum;
  }
  [[nodiscard]] bool empty() const { return head_ == nullptr; }

  // All of it, if that is one piece, as it mostly is; otherwise nothing. It stays valid as long as those of gather().
  [[nodiscard]] byte_span only_piece() const {
    return head_ != nullptr && head_ == tail_ ? byte_span(head_->begin, head_->end) : byte_span();
  }
  // It has been written. REQUIRES: there is one.
  void drop_only_piece() {
    detail::output_link* const link = head_;
    head_ = tail_ = nullptr;
    give_back(link);
  }
  // Describes the first bytes, in order, in up to `into.size()` pieces; returns the number of pieces used. They stay
  // valid until the next consume, clear or destruction; appending leaves them valid.
  [[nodiscard]] std::size_t gather(std::span<iovec> into) const;
  // The first n bytes have been written. REQUIRES: n <= size().
  void consume(std::size_t n);
  void clear();

 private:
  void append_slowly(byte_span data);
  void add_chunk();
  [[gnu::noinline]] void add_new_chunk();
  void drop_head();
  void give_back(detail::output_link* link) {
    if (link->reference) [[unlikely]] {
      return drop_reference(link);
    }
    pool_->give_back(link);
  }
  static void drop_reference(detail::output_link* link);

  chunk_pool* pool_;
  detail::output_link* head_ = nullptr;
  detail::output_link* tail_ = nullptr;
};

static_assert(sizeof(output) <= 24);

}  // namespace dunlin
