// What a shard tells of its own accounts: who is online, since when not, and which shards have leases to hear of it
// (rule P1). An account that nobody watches costs nothing while it is online, and a mark in `seen_memory` afterwards.
//
// A lease is a shard's leave to hear of an account, by a conversation that the account is in. It ends 60 s after its
// last renewal, and with the conversation. So a watcher that is gone, with its shard or without, is forgotten by
// itself, and what is lost on the way is told with the answer to the next renewal.
//
//   active → online is told at once;  not active → grace → offline is told;  never two changes within `told_every`
//
// Thread rule: belongs to its shard. What it is to send stands in the lists that it is given.
// Bounds: limits::leases, leases_of_account and remembered.
#pragma once

#include <memory>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "presence/presence.hpp"
#include "presence/seen_memory.hpp"
#include "stream/inbox_state.hpp"

namespace dunlin::presence {

// What the asked shard knows of an account by itself.
struct facts {
  const stream::inbox_state* inbox = nullptr;  // null: there is no such account
  bool active = false;                         // as note_active said last
};

class board {
 public:
  explicit board(const limits& all) : limits_(all), seen_(all.remembered) {}

  // From now on a connection of the account is active, or none is any more. REQUIRES: before, it was the other way.
  void note_active(account_id who, bool active, moment now);

  // Renews what is leased to the shard already, without a look at the account. False: something of it is not, and
  // `answer` is to be called, with the account's inbox.
  bool renew(shard_id from, const question& q, moment now, word& out);
  word answer(shard_id from, const question& q, const facts& about, moment now);

  // The account's conversations may be others now: leases by those that it has left end, and their shards are told.
  void conversations_changed(account_id who, const stream::inbox_state* inbox, std::vector<addressed>& out);

  // Changes that are due are told; leases that ran out go.
  void tick(moment now, std::vector<addressed>& out);
  // A change found no room on its way: it comes again with a later tick.
  void tell_again(account_id who);

  [[nodiscard]] std::size_t leases() const { return leases_; }
  [[nodiscard]] std::size_t watched() const { return entries_.size(); }

 private:
  struct lease {
    stream_id by;
    mono_ms until = 0;
    shard_id to = 0;
  };
  // An account with leases.
  struct entry {
    account_id who;
    state shown;  // what was told last
    bool active = false;
    bool listed = false;  // in pending_
    bool untold = false;  // a change found no room
    mono_ms since = 0;    // when `active` became so
    mono_ms told_at = 0;
    wall_ms last_active = 0;    // 0: as `shown` says
    std::vector<lease> leases;  // ascending by shard and conversation
  };

  entry* find(account_id who);
  entry& ensure(account_id who, const facts& about, moment now);
  lease* find_lease(entry& e, shard_id to, stream_id by);
  // False: no room.
  bool lease_to(entry& e, shard_id to, stream_id by, moment now);
  void list(entry& e);
  [[nodiscard]] bool is_due(const entry& e, moment now) const;
  void tell(entry& e, moment now, std::vector<addressed>& out);
  // An account without leases is forgotten, but for when it was active.
  void forget_if_unwatched(entry& e);
  void sweep(moment now);

  const limits& limits_;
  seen_memory seen_;
  std::vector<std::unique_ptr<entry>> entries_;
  boost::unordered_flat_map<account_id, std::uint32_t, std::hash<account_id>> places_;  // in entries_
  std::vector<account_id> pending_;                                                     // a change of them may be due
  std::size_t leases_ = 0;
  std::size_t sweep_at_ = 0;
  mono_ms swept_ = 0;
};

}  // namespace dunlin::presence
