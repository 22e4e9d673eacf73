// Tells all who share a conversation with an account that its profile is another (rule Q1): asks the engine for its
// audience, part by part, and tells each account's stream, `window` of them at a time for each change.
//
// How far it is is kept in memory alone: what a crash interrupts is begun anew, and an account that was told of a
// version is not told of it twice (stream::partition). Who shares a conversation is as the account's inbox knows it;
// who comes to share one later reads the profile then.
//
// Thread rule: the store thread (job_queue) alone.
// Bounds: `at_a_time` changes are told, the others wait; how many those are, their caller bounds.
// A refusal is repeated with back-off for as long as it takes: nobody is left out.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <vector>

#include "accounts/job_queue.hpp"
#include "base/metrics.hpp"
#include "engine/control.hpp"

namespace dunlin::accounts {

class profile_news {
 public:
  static constexpr std::size_t at_a_time = 4;
  static constexpr std::size_t window = 64;
  static constexpr std::size_t max_remembered = 8192;  // accounts that were told, so that other parts leave them out
  static constexpr mono_ms first_delay = 20;
  static constexpr mono_ms longest_delay = 5000;

  // REQUIRES: all outlive it; after stop(), `streams` may still answer as long as `queue` lives.
  profile_news(engine::control& streams, job_queue& queue, metrics& counted);

  // `done` is called once, when all are told; never after stop().
  void tell(account_id of, std::uint64_t version, std::function<void()> done);
  void stop() { changes_.clear(); }

  // Changes that are told, or wait.
  [[nodiscard]] std::size_t under_way() const { return changes_.size(); }

 private:
  struct change {
    account_id of;
    std::uint64_t version = 0;
    std::function<void()> done;
    bool begun = false;
    stream_id next;                // where the next part of the audience begins; zero: there is none
    std::vector<account_id> part;  // the one at hand
    std::size_t at = 0;            // of it, who is next
    std::size_t waiting = 0;       // for verdicts, or to be told again
    std::set<account_id> told;
  };

  void begin_some();
  // `delay`: before it is asked or told again, should it be refused; each time twice as long.
  void ask(std::uint64_t id, mono_ms delay);
  void take(std::uint64_t id, const engine::audience_answer& part, mono_ms delay);
  void go_on(std::uint64_t id);
  void submit(std::uint64_t id, account_id account, mono_ms delay);
  void answered(std::uint64_t id, account_id account, const stream::verdict& outcome, mono_ms delay);
  // If the change is still there then.
  void after(mono_ms delay, std::uint64_t id, std::function<void()> work);
  change* find(std::uint64_t id);

  engine::control& streams_;
  job_queue& queue_;
  std::map<std::uint64_t, change> changes_;  // in the order of their coming
  std::uint64_t last_ = 0;

  counter& told_total_;
};

}  // namespace dunlin::accounts
