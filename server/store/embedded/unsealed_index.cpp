#include "store/embedded/unsealed_index.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace dunlin::store {

unsealed_index::stream_places& unsealed_index::begin(stream_id id, std::uint64_t seq, index_slot& slot) {
  if (free_.empty()) {
    streams_.emplace_back();
    free_.push_back(static_cast<std::uint32_t>(streams_.size() - 1));
  }
  slot = free_.back();
  free_.pop_back();
  streams_[slot].id = id;
  streams_[slot].first = seq;
  return streams_[slot];
}

void unsealed_index::place(const segment_ref& in, std::uint64_t offset) {
  if (in_.empty() || in_.back() != in) in_.push_back(in);
  places_.push_back({static_cast<std::uint32_t>(first_in_ + in_.size() - 1), static_cast<std::uint32_t>(offset)});
}

void unsealed_index::sealed_through(std::uint64_t generation) {
  while (!in_.empty() && in_.front()->header.generation <= generation) {
    while (!places_.empty() && places_.front().segment == first_in_) {
      places_.pop_front();
      ++first_;
    }
    in_.pop_front();
    ++first_in_;
  }
  sweep_at_ = 0;
}

bool unsealed_index::trim(std::size_t index) {
  stream_places& s = streams_[index];
  const auto live = std::partition_point(s.places.begin(), s.places.end(),
                                         [this](std::uint64_t place) { return batch_of(place) < first_; });
  if (live == s.places.end()) {
    s.first = 0;
    std::vector<std::uint64_t>().swap(s.places);
    free_.push_back(static_cast<std::uint32_t>(index));
    return false;
  }
  if (live != s.places.begin()) {
    s.first += static_cast<std::uint64_t>(live - s.places.begin());
    s.places.erase(s.places.begin(), live);
    if (s.places.capacity() > 4 * s.places.size() + 16) s.places.shrink_to_fit();
  }
  return true;
}

bool unsealed_index::sweep() {
  const std::size_t end = sweep_at_ < streams_.size() ? std::min(sweep_at_ + sweep_step, streams_.size()) : 0;
  for (; sweep_at_ < end; ++sweep_at_) {
    if (streams_[sweep_at_].first != 0) trim(sweep_at_);
  }
  return sweep_at_ < streams_.size();
}

bool unsealed_index::holds(stream_id id, index_slot& slot) {
  if (streams_[slot].is_of(id) && trim(slot)) return true;
  slot = 0;
  return false;
}

unsealed_index::range unsealed_index::find(stream_id id, index_slot slot, std::uint64_t from, std::uint64_t through) {
  const stream_places& s = streams_[slot];
  if (!s.is_of(id) || !trim(slot)) return {};
  const std::uint64_t begin = std::max(from, s.first);
  const std::uint64_t end = std::min(through, s.first + s.places.size() - 1);
  if (begin > end) return {};
  return {begin, std::span(s.places).subspan(begin - s.first, end - begin + 1)};
}

unsealed_index::location unsealed_index::locate(std::uint64_t place) const {
  const ticket number = batch_of(place);
  DUNLIN_CHECK(number >= first_ && number <= placed());
  const placed_batch& b = places_[number - first_];
  return {&in_[b.segment - first_in_], b.offset + (place & ((std::uint64_t{1} << offset_bits) - 1))};
}

}  // namespace dunlin::store
