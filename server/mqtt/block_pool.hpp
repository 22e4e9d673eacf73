// Lends small blocks in powers of two from 64 bytes to 64 KiB, for rings that exist only while they are not empty: a
// window of one message borrows and gives back a ring with each message, which must not cost a trip to the heap.
//
// Thread rule: one thread. A block may also be freed with `discard` on any thread, without the pool (a session that
// outlived the shard on which it borrowed).
// Bounds: keeps at most `max_free_bytes` of each size; what is borrowed is bounded by the rings' own limits.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>

namespace dunlin::mqtt {

class block_pool {
 public:
  static constexpr std::size_t smallest = 64;
  static constexpr std::size_t largest = 64 * 1024;

  explicit block_pool(std::size_t max_free_bytes = 256 * 1024) : max_free_bytes_(max_free_bytes) {}
  block_pool(const block_pool&) = delete;
  block_pool& operator=(const block_pool&) = delete;
  ~block_pool() {
    for (shelf& s : shelves_) {
      while (s.first != nullptr) {
        void* block = s.first;
        s.first = s.first->next;
        ::operator delete(block);
      }
    }
  }

  // The contents are unspecified. REQUIRES: size is a power of two from smallest to largest; the same for give_back.
  void* borrow(std::size_t size) {
    shelf& s = shelf_of(size);
    if (s.first == nullptr) return ::operator new(size);
    node* block = s.first;
    s.first = block->next;
    s.bytes -= size;
    return block;
  }
  void give_back(void* block, std::size_t size) {
    shelf& s = shelf_of(size);
    if (s.bytes + size > max_free_bytes_) {
      ::operator delete(block);
      return;
    }
    s.first = new (block) node{s.first};
    s.bytes += size;
  }
  // What nobody borrows, of all sizes.
  [[nodiscard]] std::size_t free_bytes() const {
    std::size_t sum = 0;
    for (const shelf& s : shelves_) sum += s.bytes;
    return sum;
  }
  static void discard(void* block) { ::operator delete(block); }

 private:
  struct node {
    node* next;
  };
  struct shelf {
    node* first = nullptr;
    std::size_t bytes = 0;
  };
  shelf& shelf_of(std::size_t size) { return shelves_[static_cast<std::size_t>(std::countr_zero(size)) - 6]; }

  std::array<shelf, 11> shelves_;
  std::size_t max_free_bytes_;
};

}  // namespace dunlin::mqtt
