// The shard's part in presence (rules P1, P2): between the board of its own accounts, the watches of its connections,
// and other shards. What is decided stands in server/presence; here it is only carried.
//
//   SUBSCRIBE → watch → presence_ask → board of the account's shard → presence_words → watch → PUBLISH
//
// Thread rule: belongs to its shard. Lifetime: owner, inboxes and clock outlive it.
#pragma once

#include <deque>
#include <functional>
#include <vector>

#include "engine/counters.hpp"
#include "engine/messages.hpp"
#include "engine/options.hpp"
#include "presence/board.hpp"
#include "presence/budget.hpp"
#include "presence/watches.hpp"

namespace dunlin::engine {

class device_link;  // NOLINT(cppcoreguidelines-virtual-class-destructor): it is final, as only its definition can say
class inboxes;
class outbound;
class owner;

// What the device's people do, as far as the connection says. `arriving`: it is new, and has not said.
enum class activity : std::uint8_t { arriving, active, background };

class presences final : private presence::memberships {
 public:
  // Calls `then` once the account's inbox is in memory, or known not to be there; `ok`: it could be looked for.
  // False: too many are looked for now.
  using look_up = std::function<bool(account_id who, std::function<void(bool ok)> then)>;

  presences(shard_id self, owner& mine, inboxes& boxes, outbound& out, const options& limits, counters& counts,
            const moment& clock, look_up look);

  // --- from connections
  // asked: what becomes of it is told by device_link::on_presence.
  presence::watches::begun watch(const device_link& link, account_id about);
  void unwatch(const device_link& link, account_id about);
  // What it is to be told, if it is due; this counts as told.
  std::optional<presence::watches::told> take_due(const device_link& link, account_id about);
  // All that the resumed session watches.
  void resume(device_link& link);
  void set_activity(device_link& link, activity doing);
  // P2: it has sent less than it may in this second.
  bool may_send_live(const device_link& link);

  // --- from inboxes
  void attached(const device_link& link);
  void detached(device_link& link);
  // The account's conversations may be others now.
  void conversations_changed(account_id account);

  // --- from shards
  void take(const presence_ask& m);
  void take(const presence_words& m);
  // A link to that shard lost something.
  void on_link_gap(shard_id from);

  // Questions of this turn go out.
  void flush();
  void tick();

 private:
  const stream::inbox_state* inbox_of(account_id who) override;
  presence::word answer(shard_id from, const presence::question& q);
  void post_words(shard_id to, std::vector<presence::word>&& list);
  void post(std::vector<presence::addressed>&& list);
  void tell(std::vector<presence::event>&& events);
  void settle();

  shard_id self_;
  owner& owner_;
  inboxes& boxes_;
  outbound& out_;
  const options& limits_;
  counters& counts_;
  const moment& now_;
  look_up look_;
  presence::board board_;
  presence::watches watches_;
  presence::budget begins_;
  presence::budget lives_;
  struct arrival {
    std::uint64_t link;
    mono_ms at;
  };
  std::deque<arrival> arriving_;
};

}  // namespace dunlin::engine
