#include "accounts/token_cache.hpp"

#include <iterator>

namespace dunlin::accounts {

const credential* token_cache::find(const token_hash& hash) {
  const auto found = by_hash_.find(hash);
  if (found == by_hash_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, *found);
  return &(*found)->known;
}

void token_cache::keep(const token_hash& hash, credential known) {
  if (by_hash_.contains(hash)) return;
  if (entries_.size() >= most_) {
    by_hash_.erase(std::prev(entries_.end()));
    entries_.pop_back();
  }
  entries_.push_front({hash, std::move(known)});
  by_hash_.insert(entries_.begin());
}

// A walk over all: revocations are rare, and an index by device would cost every entry.
template <class Matches>
void token_cache::forget_if(Matches matches) {
  for (auto at = entries_.begin(); at != entries_.end();) {
    if (!matches(at->known)) {
      ++at;
      continue;
    }
    by_hash_.erase(at);
    at = entries_.erase(at);
  }
}

void token_cache::forget(device_id device) {
  forget_if([&](const credential& c) { return c.who.device == device; });
}

void token_cache::forget(account_id account) {
  forget_if([&](const credential& c) { return c.who.account == account; });
}

}  // namespace dunlin::accounts
