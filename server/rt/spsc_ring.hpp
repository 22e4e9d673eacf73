// A bounded queue from one thread to one other, without locks.
//
// Thread rule: one producer calls push and room, one consumer calls pop and available; they may be the same thread.
// Construction and destruction belong to whoever owns both.
//
// Each side keeps the other's index as it last saw it and looks again only when that is not enough, so a queue that is
// neither full nor empty costs one shared cache line's transfer per look, not per element.
//
// Bounds: `capacity` elements, a power of two; the memory is taken at construction.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <memory>
#include <utility>

#include "base/check.hpp"
#include "base/prefetch.hpp"

namespace dunlin::rt {

template <class T>
class spsc_ring {
 public:
  // REQUIRES: a power of two.
  explicit spsc_ring(std::size_t capacity) : mask_(capacity - 1) {
    DUNLIN_CHECK(std::has_single_bit(capacity));
    slots_ = std::allocator<T>().allocate(capacity);
  }
  spsc_ring(const spsc_ring&) = delete;
  spsc_ring& operator=(const spsc_ring&) = delete;
  ~spsc_ring() {
    const std::size_t tail = tail_.load(std::memory_order_acquire);
    for (std::size_t at = head_.load(std::memory_order_acquire); at != tail; ++at) std::destroy_at(&slots_[at & mask_]);
    std::allocator<T>().deallocate(slots_, capacity());
  }

  [[nodiscard]] std::size_t capacity() const { return mask_ + 1; }

  // The producer's: takes `value` if more than `kept_free` places are free; else leaves it as it is.
  [[nodiscard]] bool push(T&& value, std::size_t kept_free = 0) {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    if (capacity() - (tail - seen_head_) <= kept_free) {
      seen_head_ = head_.load(std::memory_order_acquire);
      if (capacity() - (tail - seen_head_) <= kept_free) return false;
    }
    std::construct_at(&slots_[tail & mask_], std::move(value));
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }
  // The producer's: at least this many places are free.
  [[nodiscard]] std::size_t room() {
    seen_head_ = head_.load(std::memory_order_acquire);
    return capacity() - (tail_.load(std::memory_order_relaxed) - seen_head_);
  }

  // The consumer's: at least this many elements can be popped.
  [[nodiscard]] std::size_t available() {
    seen_tail_ = tail_.load(std::memory_order_acquire);
    return seen_tail_ - head_.load(std::memory_order_relaxed);
  }
  // The consumer's. REQUIRES: available() said that there is one, not popped since.
  [[nodiscard]] T pop() {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    DUNLIN_CHECK(head != seen_tail_);
    T& slot = slots_[head & mask_];
    T value = std::move(slot);
    std::destroy_at(&slot);
    head_.store(head + 1, std::memory_order_release);
    return value;
  }

 private:
  std::size_t mask_;
  T* slots_;
  // The producer's line, then the consumer's.
  alignas(cache_line) std::atomic<std::size_t> tail_{0};
  std::size_t seen_head_ = 0;
  alignas(cache_line) std::atomic<std::size_t> head_{0};
  std::size_t seen_tail_ = 0;
};

}  // namespace dunlin::rt
