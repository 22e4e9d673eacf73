// Whose presence a shard's connections want to hear of, by which conversation each may, and what they are to be told
// (rule P1).
//
// A watch asks the account's shard until it is told of a conversation that both are in, and is told of changes by that
// one. Where it ends for either of them, the watch asks anew, and is told nothing until there is another one; there is
// none: the watch is over, and is told that, once. Leases are renewed for all watches of an account together.
//
//   asked → told by a conversation ⇄ asked again → over
//     └→ refused
//
// Thread rule: belongs to its shard. Questions and events stand in the lists that it is given.
// Bounds: limits::watches.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "presence/presence.hpp"
#include "stream/inbox_state.hpp"

namespace dunlin::presence {

// The conversations of the accounts whose connections watch.
class memberships {
 public:
  // Null: it has none here.
  virtual const stream::inbox_state* inbox_of(account_id who) = 0;

 protected:
  ~memberships() = default;
};

// What became of a watch.
struct event {
  enum class kind : std::uint8_t {
    granted,  // and it is due
    refused,  // they share no conversation: it is gone
    full,     // there is no room for its lease: it is gone
    due,      // there is something to be told: see take_due
  };
  kind what = kind::due;
  std::uint64_t link = 0;
  account_id about;
  bool over = false;  // refused or full, and it had been granted: it is not gone, but due to be told that it is over
};

class watches {
 public:
  watches(const limits& all, memberships& known) : limits_(all), known_(known) {}

  // A connection of `asker` wants to hear of `about`. known: it may, and is due; asked: an event says what becomes of
  // it; full: there is no room. Again for the same: it is due again. `resumed`: it was granted to an earlier
  // connection, so that it is not refused but over.
  enum class begun : std::uint8_t { known, asked, full };
  begun begin(std::uint64_t link, account_id asker, account_id about, bool resumed = false);
  // Whether it had been granted.
  bool end(std::uint64_t link, account_id about);
  // The asker's conversations may be others now.
  void recheck(std::uint64_t link, account_id about);

  void take(const word& from, moment now, std::vector<event>& events);
  [[nodiscard]] bool has_questions() const { return !to_ask_.empty() || !to_renew_.empty(); }
  // The questions to be sent now.
  void flush(moment now, std::vector<question>& out, std::vector<event>& events);
  void tick(moment now, std::vector<event>& events);
  // Something of those accounts may have got lost: renewed at once.
  template <class Predicate>
  void renew_if(Predicate&& is_lost) {
    for (const auto& w : list_) {
      if (is_lost(w->about)) list_renewal(*w);
    }
  }

  // What a watch is to be told, if it is due: told with this. Over: nothing comes after it, and `end` is to be called.
  struct told {
    state what;
    bool over = false;
  };
  std::optional<told> take_due(std::uint64_t link, account_id about);

  [[nodiscard]] std::size_t size() const { return watchers_; }

 private:
  struct watcher {
    std::uint64_t link = 0;
    account_id asker;
    stream_id by;               // zero: not told, but asking
    stream_id asked_through;    // named up to here in the question under way
    stream_id passed_through;   // up to here is shared none
    std::uint32_t number = 0;   // of that question; 0: to be asked
    std::uint32_t version = 0;  // of what it was told
    mono_ms asked_at = 0;
    bool granted = false;  // it was, once
    bool due = false;
    bool over = false;
    bool listed = false;  // in to_ask_
  };
  // Of one account.
  struct watch {
    account_id about;
    bool known = false;         // heard of within a lease
    bool listed = false;        // in to_renew_
    std::uint32_t version = 1;  // of `now`
    state now;
    mono_ms heard_at = 0;
    mono_ms renewed_at = 0;
    std::vector<watcher> watchers;  // ascending by link
  };
  struct place {
    account_id about;
    std::uint64_t link;
  };

  watch* find(account_id about);
  static watcher* find(watch& w, std::uint64_t link);
  // By a conversation that another watch of this account is told by.
  stream_id shared_here(const watch& w, account_id asker);
  void list_ask(const watch& w, watcher& x);
  void list_renewal(watch& w);
  void ask_anew(watch& w, watcher& x);
  // False: the watcher is refused, and is to go.
  bool hear(watch& w, watcher& x, const word& from, std::vector<event>& events);
  bool refuse(const watch& w, watcher& x, event::kind why, std::vector<event>& events);
  static void set_due(const watch& w, watcher& x, std::vector<event>& events);
  void ask(watch& w, watcher& x, moment now, std::vector<question>& out, std::vector<event>& events);
  void renew(watch& w, moment now, std::vector<question>& out);
  void drop_watcher(watch& w, std::size_t i);
  void drop_if_empty(watch& w);
  [[nodiscard]] std::shared_ptr<const std::vector<stream_id>> names_of(account_id asker, stream_id above);

  const limits& limits_;
  memberships& known_;
  std::vector<std::unique_ptr<watch>> list_;
  boost::unordered_flat_map<account_id, std::uint32_t, std::hash<account_id>> places_;  // in list_
  std::size_t watchers_ = 0;
  std::uint32_t next_number_ = 1;
  std::vector<place> to_ask_;
  std::vector<place> asked_;  // not answered
  std::vector<account_id> to_renew_;
  // What was named last, for the next question of the same asker.
  struct {
    account_id asker;
    stream_id above;
    std::shared_ptr<const std::vector<stream_id>> list;
  } named_;
  std::size_t sweep_at_ = 0;
  mono_ms looked_at_ = 0;
};

}  // namespace dunlin::presence
