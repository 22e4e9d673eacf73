// What is told of an account on presence/{account} (rule P1), and what two shards say to each other about it: plain
// data. The account's shard has the board (board.hpp); the shard of who wants to know has the watches (watches.hpp).
//
// Two accounts share a conversation if it stands in both inboxes, each of which is on its own shard. So the one side
// names conversations, and the other says which of them the account is in. From then on each side looks after its own:
// what is told goes by a conversation, and only as long as both are in it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.hpp"
#include "base/id.hpp"

namespace dunlin::presence {

using shard_id = std::uint16_t;

// What others see of an account.
struct state {
  bool online = false;
  // Of who is not online: when it last was, rounded down to a minute, or to a day where no more is known. 0: nothing
  // is.
  wall_ms last_seen = 0;

  friend bool operator==(const state&, const state&) = default;
};

struct limits {
  mono_ms settle = 300;       // after which a connection that has said nothing of itself counts as active
  mono_ms grace = 5000;       // after its last active connection an account is offline
  mono_ms told_every = 1000;  // changes of one account are told at most so often
  mono_ms lease = 60'000;     // P1
  mono_ms renew = 20'000;     // leases are renewed at least so often, where nothing is lost
  mono_ms ask_again = 1000;   // what was not answered is asked again after this
  std::uint32_t watches_of_device = 100;
  std::uint32_t watches = 262'144;         // of a shard's connections; about 100 bytes each
  std::uint32_t leases = 262'144;          // on a shard's accounts; 32 bytes each
  std::uint32_t leases_of_account = 4096;  // on one
  std::uint32_t remembered = 65'536;       // accounts of a shard whose last minute is kept once they are offline
  std::uint32_t watches_a_second = 100;    // that a connection may begin
  std::uint32_t live_a_second = 32;        // that a connection may send (P2)
};

// Conversations that one question names at most. Who is in more asks several.
inline constexpr std::size_t most_named = 1024;

// To the account's shard: is it in one of these conversations?
struct question {
  account_id about;
  // Of a new watch: echoed, and one conversation is enough. 0: a renewal of leases, by each that is named.
  std::uint32_t number = 0;
  std::shared_ptr<const std::vector<stream_id>> by;  // ascending, at most most_named
};

// From there: an answer, or a change.
struct word {
  account_id about;
  std::uint32_t number = 0;     // of the question
  bool all = false;             // a change: `by` is every lease that the shard has
  bool full = false;            // in one at least, but there is no room for more leases
  state now;                    // nothing where `by` is empty
  std::vector<stream_id> by;    // ascending: the account is in these, and is told of by them
  std::vector<stream_id> gone;  // ascending: asked for or leased before, and the account is not in them
};

struct addressed {
  shard_id to = 0;
  word what;
};

}  // namespace dunlin::presence
