// A growing array in pieces: elements never move, so growing costs no copy, and no memory that only the copy needed.
// What takes its place among tens of thousands of connections is kept in one.
//
// Thread rule: none; a plain value. Elements are made with their piece, and live as long as the array.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace dunlin {

template <class T, std::size_t piece = 256>
class chunked {
 public:
  T& operator[](std::size_t i) { return pieces_[i / piece][i % piece]; }
  const T& operator[](std::size_t i) const { return pieces_[i / piece][i % piece]; }
  [[nodiscard]] std::size_t size() const { return size_; }
  // One more, as it was made.
  T& add() {
    if (size_ == pieces_.size() * piece) pieces_.push_back(std::make_unique<T[]>(piece));
    return (*this)[size_++];
  }

 private:
  std::vector<std::unique_ptr<T[]>> pieces_;
  std::size_t size_ = 0;
};

}  // namespace dunlin
