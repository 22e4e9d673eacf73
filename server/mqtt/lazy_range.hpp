// A list inside a packet that is walked where it lies, without being collected first.
//
// It has one of two sources: bytes of a packet that the decoder has validated whole, or an array of the caller's (for
// packets that are to be encoded). It is a view: the packet or the array must remain live. Walking it cannot fail.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>

#include "base/bytes.hpp"

namespace dunlin::mqtt {

// `Reader::next(at, end, value)` reads the next item of the wire form and moves `at` behind it; false at the end.
template <class T, class Reader>
class lazy_range {
 public:
  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = const T*;
    using reference = const T&;

    iterator() = default;
    explicit iterator(const lazy_range& range)
        : at_(range.raw_.data()),
          end_(range.raw_.data() + range.raw_.size()),
          item_(range.items_.data()),
          items_end_(range.items_.data() + range.items_.size()) {
      ++*this;
    }
    reference operator*() const { return value_; }
    pointer operator->() const { return &value_; }
    iterator& operator++() {
      if (Reader::next(at_, end_, value_)) return *this;
      if (item_ != items_end_) {
        value_ = *item_++;
      } else {
        done_ = true;
      }
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& it, std::default_sentinel_t) { return it.done_; }

   private:
    const std::uint8_t* at_ = nullptr;
    const std::uint8_t* end_ = nullptr;
    const T* item_ = nullptr;
    const T* items_end_ = nullptr;
    T value_{};
    bool done_ = false;
  };

  lazy_range() = default;
  // Validated wire bytes.
  explicit lazy_range(byte_span raw) : raw_(raw) {}
  // The caller's own items.
  explicit lazy_range(std::span<const T> items) : items_(items) {}

  [[nodiscard]] iterator begin() const { return iterator(*this); }
  [[nodiscard]] std::default_sentinel_t end() const { return {}; }

 private:
  byte_span raw_;
  std::span<const T> items_;
};

}  // namespace dunlin::mqtt
