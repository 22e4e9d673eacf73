// What the services of the accounts work with, and how the rest of the server reaches it: a call is posted to the store
// thread, done there, and answered through the executor that came with it.
//
// Thread rule: `run` from any thread; everything else on the store thread. No call waits or takes a lock. With too much
// waiting, the answer is errc::busy; after stop() it is errc::closed.
#pragma once

#include <atomic>
#include <functional>
#include <utility>

#include "accounts/job_queue.hpp"
#include "accounts/relay.hpp"
#include "accounts/tables.hpp"
#include "accounts/token_cache.hpp"
#include "base/random.hpp"

namespace dunlin::accounts {

template <class T>
using answer = std::function<void(result<T>)>;

class desk {
 public:
  // REQUIRES: all outlive the desk.
  desk(table_set t, engine::control& streams, job_queue& q, const clock& c, random_source& r, metrics& counted)
      : tables(t), queue(q), time(c), random(r), told_by(t.pending, streams, q, c, counted) {
    told_by.on_given_up([this](account_id account) { cache.forget(account); });
    counted.make_callback("dunlin_accounts_busy_total", "Requests refused because too much was waiting.", "",
                          [this] { return static_cast<double>(busy_.load(std::memory_order_relaxed)); });
  }

  // Runs work(finish) on the store thread, where finish(result), once, is the answer.
  template <class T, class Work>
  void run(executor post, answer<T> done, Work work) {
    const auto finish = [post = std::move(post), done = std::move(done)](result<T> outcome) {
      post([done, outcome = std::move(outcome)] { done(outcome); });
    };
    const bool queued = queue.post([this, finish, work = std::move(work)]() mutable {
      if (stopped) return finish(errc::closed);
      work(finish);
    });
    if (queued) return;
    busy_.fetch_add(1, std::memory_order_relaxed);
    finish(errc::busy);
  }
  // The same for work that gives its result at once.
  template <class T, class Work>
  void get(executor post, answer<T> done, Work work) {
    run<T>(std::move(post), std::move(done), [work = std::move(work)](const auto& finish) mutable { finish(work()); });
  }

  table_set tables;
  job_queue& queue;
  const clock& time;
  random_source& random;
  relay told_by;
  token_cache cache;
  bool stopped = false;

 private:
  std::atomic<std::uint64_t> busy_{0};
};

}  // namespace dunlin::accounts
