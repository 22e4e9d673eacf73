// How often something may be done in a second, by each of many who mostly do it rarely: who does it at all is kept
// until the second is over, and nobody else costs anything.
//
// Thread rule: its owner's. Memory: 16 bytes for each who did it in this second.
#pragma once

#include <cstdint>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/clock.hpp"

namespace dunlin::presence {

class budget {
 public:
  explicit budget(std::uint32_t a_second) : a_second_(a_second) {}

  // False: `who` has done it as often as it may in this second.
  bool take(std::uint64_t who, mono_ms now) {
    constexpr mono_ms second = 1000;
    if (now - since_ >= second) {
      since_ = now;
      done_.clear();
    }
    auto& n = done_[who];
    if (n >= a_second_) return false;
    ++n;
    return true;
  }

 private:
  std::uint32_t a_second_;
  mono_ms since_ = 0;
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> done_;
};

}  // namespace dunlin::presence
