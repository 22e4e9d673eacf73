#include "engine/catch_up.hpp"

#include <algorithm>

namespace dunlin::engine {

namespace {

bool goes_before(const catch_up::place& a, const catch_up::place& b) {
  if (a.own != b.own) return a.own;  // all of it: conversations may wait for it
  if (a.rounds != b.rounds) return a.rounds < b.rounds;
  return a.ts > b.ts;
}

}  // namespace

void catch_up::add(const place& what) {
  places_.insert(std::upper_bound(places_.begin(), places_.end(), what, goes_before), what);
}

void catch_up::served(std::size_t i) {
  place again = places_[i];
  remove(i);
  ++again.rounds;
  add(again);
}

}  // namespace dunlin::engine
