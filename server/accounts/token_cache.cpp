#include "accounts/token_cache.hpp"

namespace dunlin::accounts {

const identity* token_cache::find(const token_hash& login) {
  const auto found = by_login_.find(login);
  if (found == by_login_.end()) return nullptr;
  (*found)->is = state::used;
  return &(*found)->who;
}

void token_cache::keep(const token_hash& login, const identity& who) {
  if (by_login_.contains(login)) return;
  entry& e = free_entry();
  e = {login, who, state::kept};
  by_login_.insert(&e);
}

token_cache::entry& token_cache::free_entry() {
  if (free_.empty() && entries_.size() < most_) return entries_.add();
  while (free_.empty()) {
    entry& e = entries_[hand_];
    hand_ = hand_ + 1 == entries_.size() ? 0 : hand_ + 1;
    if (e.is == state::used) {
      e.is = state::kept;
    } else {
      drop(e);
    }
  }
  entry& e = *free_.back();
  free_.pop_back();
  return e;
}

void token_cache::drop(entry& e) {
  by_login_.erase(&e);
  e.is = state::free;
  free_.push_back(&e);
}

// A walk over all: revocations are rare, and an index by device would cost every entry.
template <class Matches>
void token_cache::forget_if(Matches matches) {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].is != state::free && matches(entries_[i].who)) drop(entries_[i]);
  }
}

void token_cache::forget(device_id device) {
  forget_if([&](const identity& who) { return who.device == device; });
}

void token_cache::forget(account_id account) {
  forget_if([&](const identity& who) { return who.account == account; });
}

}  // namespace dunlin::accounts
