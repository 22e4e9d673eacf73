#include "stream/id_window.hpp"

#include <algorithm>

#include "base/planted.hpp"

namespace dunlin::stream {

std::size_t id_window::below(message_id id) const {
  std::size_t low = 0;
  std::size_t high = ids_.size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (at(middle).id < id) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

id_window::found id_window::search(message_id id) const {
  if (planted(bug::no_id_window)) return {};
  const std::size_t i = below(id);
  if (i < ids_.size() && at(i).id == id) return {place::known, at(i).seq};
  if (id <= floor_) return {place::stale, 0};
  return {};
}

void id_window::insert(message_id id, std::uint64_t seq) {
  if (ids_.size() != capacity && is_highest(id)) return ids_.push_back({id, seq});  // first_ is 0 until it is full
  const auto i = static_cast<std::ptrdiff_t>(below(id));
  if (ids_.size() != capacity) {
    ids_.insert(ids_.begin() + i, {id, seq});
    return;
  }
  if (i == 0) {  // lower than all that are kept: it is the one to be dropped
    floor_ = id;
    return;
  }
  floor_ = at(0).id;
  std::rotate(ids_.begin(), ids_.begin() + static_cast<std::ptrdiff_t>(first_), ids_.end());
  first_ = 0;
  // The lowest leaves, those between it and the new one's place move down by one.
  std::move(ids_.begin() + 1, ids_.begin() + i, ids_.begin());
  ids_[static_cast<std::size_t>(i) - 1] = {id, seq};
}

void id_window::write(byte_writer& out) const {
  out.id(floor_);
  out.varint(ids_.size());
  for (std::size_t i = 0; i < ids_.size(); ++i) {
    out.id(at(i).id);
    out.varint(at(i).seq);
  }
}

bool id_window::read(byte_reader& in) {
  floor_ = in.id<message_id>();
  const std::uint64_t n = in.varint();
  if (n > capacity) return false;
  ids_.clear();
  first_ = 0;
  for (std::uint64_t i = 0; i < n; ++i) {
    const auto id = in.id<message_id>();
    const auto seq = in.varint();
    ids_.push_back({id, seq});
  }
  const auto not_rising = [](const accepted& a, const accepted& b) { return !(a.id < b.id); };
  if (!in.ok() || std::adjacent_find(ids_.begin(), ids_.end(), not_rising) != ids_.end()) return false;
  return ids_.empty() ? floor_.is_zero() : floor_ < ids_.front().id;
}

}  // namespace dunlin::stream
