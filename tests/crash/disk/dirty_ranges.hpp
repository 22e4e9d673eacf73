// The parts of a file that have been written since its last sync: disjoint half-open ranges of bytes.
//
// Thread rule: none; a plain value. Bounds: neighbours are joined; a file written at random in small pieces costs a map
// node a piece until it is synced.
#pragma once

#include <cstdint>
#include <map>

namespace dunlin::crash {

class dirty_ranges {
 public:
  void add(std::uint64_t begin, std::uint64_t end) {
    if (begin >= end) return;
    auto it = ranges_.upper_bound(begin);
    if (it != ranges_.begin()) {
      const auto before = std::prev(it);
      if (before->second >= begin) it = before;
    }
    while (it != ranges_.end() && it->first <= end) {
      begin = begin < it->first ? begin : it->first;
      end = end > it->second ? end : it->second;
      it = ranges_.erase(it);
    }
    ranges_.emplace(begin, end);
  }
  void clear() { ranges_.clear(); }
  [[nodiscard]] bool empty() const { return ranges_.empty(); }
  // begin → end, ascending.
  [[nodiscard]] const std::map<std::uint64_t, std::uint64_t>& ranges() const { return ranges_; }

 private:
  std::map<std::uint64_t, std::uint64_t> ranges_;
};

}  // namespace dunlin::crash
