// When accounts were active last, for those who are not any more: the latest `most` of them at least. Of who was before
// that, or in an earlier life of the server, the inbox knows the day (R3).
//
// Thread rule: its owner's. Memory: 40 bytes each, for at most twice `most` accounts.
#pragma once

#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/clock.hpp"
#include "base/id.hpp"

namespace dunlin::presence {

class seen_memory {
 public:
  explicit seen_memory(std::size_t most) : most_(most) {}

  void note(account_id who, moment when) {
    young_[who] = when;
    if (young_.size() < most_) return;
    old_ = std::move(young_);  // and whoever was seen before them is forgotten
    young_ = {};
  }
  // Null: not known. Valid until the next note.
  [[nodiscard]] const moment* find(account_id who) const {
    for (const auto* part : {&young_, &old_}) {
      const auto it = part->find(who);
      if (it != part->end()) return &it->second;
    }
    return nullptr;
  }
  [[nodiscard]] std::size_t size() const { return young_.size() + old_.size(); }

 private:
  using marks = boost::unordered_flat_map<account_id, moment, std::hash<account_id>>;
  std::size_t most_;
  marks young_;
  marks old_;
};

}  // namespace dunlin::presence
