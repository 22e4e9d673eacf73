// The logins that were right lately, so that a storm of reconnects does not cost a database look-up each.
//
// Thread rule: the store thread alone, which also makes revocations: so nobody can be let in by an entry that a
// revocation has outdated. Bounded: one that was not used lately makes room (second chance: a hand goes around, passes
// who was used since it came by the last time, and takes the next).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

#include "accounts/tables.hpp"
#include "base/chunked.hpp"

namespace dunlin::accounts {

class token_cache {
 public:
  static constexpr std::size_t capacity = 65'536;  // about 85 bytes each

  explicit token_cache(std::size_t most = capacity) : most_(most) {}

  // By hash_of_login. Null: not known. Valid until the next call.
  [[nodiscard]] const identity* find(const token_hash& login);
  void keep(const token_hash& login, const identity& who);
  void forget(device_id device);
  void forget(account_id account);
  [[nodiscard]] std::size_t size() const { return by_login_.size(); }

 private:
  enum class state : std::uint8_t { free, kept, used };  // used: since the hand came by
  struct entry {
    token_hash login;
    identity who;
    state is = state::free;
  };
  // Entries are found by the hash that stands in them.
  struct login_at {
    using is_transparent = void;
    std::size_t operator()(const token_hash& login) const { return std::hash<token_hash>()(login); }
    std::size_t operator()(const entry* e) const { return (*this)(e->login); }
  };
  struct same_login {
    using is_transparent = void;
    bool operator()(const entry* a, const entry* b) const { return a == b; }
    bool operator()(const entry* a, const token_hash& b) const { return a->login == b; }
    bool operator()(const token_hash& a, const entry* b) const { return a == b->login; }
  };
  entry& free_entry();
  void drop(entry& e);
  template <class Matches>
  void forget_if(Matches matches);

  std::size_t most_;
  chunked<entry> entries_;
  std::vector<entry*> free_;
  std::size_t hand_ = 0;
  boost::unordered_flat_set<entry*, login_at, same_login> by_login_;
};

}  // namespace dunlin::accounts
