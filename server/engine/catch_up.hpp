// What a connection had missed when it attached, in the order in which it is fed (rule D9): the account's own stream
// as a whole, then conversations, the latest first; each gets one read, then the next, round and round.
//
// Thread rule: belongs to its connection's shard. Memory: nothing once all is caught up.
#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.hpp"

namespace dunlin::engine {

class catch_up {
 public:
  struct place {
    std::uint32_t conversation = 0;  // the inboxes' handle
    std::uint64_t until = 0;         // the head when it attached: from there on it is news
    wall_ms ts = 0;                  // of that head
    bool own = false;                // the account's own stream
    std::uint32_t rounds = 0;        // reads that it has had
  };

  void add(const place& what);
  [[nodiscard]] bool empty() const { return places_.empty(); }
  [[nodiscard]] std::size_t size() const { return places_.size(); }
  // The i-th in the order of feeding.
  [[nodiscard]] const place& at(std::size_t i) const { return places_[i]; }
  // It is read now: behind all others, where its next turn is.
  void served(std::size_t i);
  void remove(std::size_t i) { places_.erase(places_.begin() + static_cast<std::ptrdiff_t>(i)); }

 private:
  std::vector<place> places_;  // few; a deque would take half a kilobyte from each that connects
};

}  // namespace dunlin::engine
