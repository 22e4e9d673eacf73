#include "accounts/token_cache.hpp"

namespace dunlin::accounts {

const credential* token_cache::find(const token_hash& hash) {
  const auto found = by_hash_.find(hash);
  if (found == by_hash_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return &found->second->known;
}

void token_cache::keep(const token_hash& hash, credential known) {
  if (by_hash_.contains(hash)) return;
  if (entries_.size() >= most_) {
    by_hash_.erase(entries_.back().hash);
    entries_.pop_back();
  }
  entries_.push_front({hash, std::move(known)});
  by_hash_.emplace(hash, entries_.begin());
}

// A walk over all: revocations are rare, and an index by device would cost every entry.
template <class Matches>
void token_cache::forget_if(Matches matches) {
  for (auto at = entries_.begin(); at != entries_.end();) {
    if (!matches(at->known)) {
      ++at;
      continue;
    }
    by_hash_.erase(at->hash);
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
