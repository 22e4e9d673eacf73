// The tokens that were verified lately, so that a storm of reconnects does not cost a database look-up each.
//
// Thread rule: the store thread alone, which also makes revocations: so nobody can be let in by an entry that a
// revocation has outdated. Bounded: the one unused for longest makes room.
#pragma once

#include <cstddef>
#include <list>
#include <optional>

#include <boost/unordered/unordered_flat_set.hpp>

#include "accounts/tables.hpp"

namespace dunlin::accounts {

class token_cache {
 public:
  static constexpr std::size_t capacity = 65'536;  // about 140 bytes each

  explicit token_cache(std::size_t most = capacity) : most_(most) {}

  // Valid until the next call.
  [[nodiscard]] const credential* find(const token_hash& hash);
  void keep(const token_hash& hash, credential known);
  void forget(device_id device);
  void forget(account_id account);
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct entry {
    token_hash hash;
    credential known;
  };
  using place = std::list<entry>::iterator;
  // Places are found by the hash that stands in them.
  struct hash_at {
    using is_transparent = void;
    std::size_t operator()(const token_hash& hash) const { return std::hash<token_hash>()(hash); }
    std::size_t operator()(place at) const { return (*this)(at->hash); }
  };
  struct same_hash {
    using is_transparent = void;
    bool operator()(place a, place b) const { return a == b; }
    bool operator()(place a, const token_hash& b) const { return a->hash == b; }
    bool operator()(const token_hash& a, place b) const { return a == b->hash; }
  };
  template <class Matches>
  void forget_if(Matches matches);

  std::size_t most_;
  std::list<entry> entries_;  // the one used last in front
  boost::unordered_flat_set<place, hash_at, same_hash> by_hash_;
};

}  // namespace dunlin::accounts
