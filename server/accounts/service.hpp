// Accounts, devices and tokens as the rest of the server sees them.
//
// Thread rule: any thread may call. The work is done on the store thread; `done` is called exactly once, through the
// executor given with the call, unless the service stops first: then with errc::closed, or not at all if the executor's
// own thread has ended. No call waits or takes a lock. With too much waiting, `done` gets errc::busy.
// What `done` reports as changed is on disk in SQL *and* told to the streams (rule Q1). errc::untold: on disk, and the
// streams will learn of it by themselves.
// Lifetime: the engine must have stopped answering before the service is destroyed, and the queue must have stopped.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "accounts/job_queue.hpp"
#include "accounts/relay.hpp"
#include "accounts/tables.hpp"
#include "accounts/token_cache.hpp"
#include "base/metrics.hpp"

namespace dunlin::accounts {

// What is left out is made by the server; a client that made them itself can repeat the request after a lost answer
// (Q2).
struct registration_request {
  std::string handle;
  std::string device_name;
  std::optional<account_id> account;
  std::optional<device_id> device;
  std::optional<token> secret;
};

struct link_request {
  account_id owner;
  std::string device_name;
  std::optional<device_id> device;
  std::optional<token> secret;
};

struct issued {
  identity who;
  std::string handle;
  token secret;
};

struct totals {
  std::uint64_t accounts = 0;
  std::uint64_t devices = 0;
  std::uint64_t untold = 0;
};

class service {
 public:
  static constexpr std::size_t max_batch = 1000;   // registrations of one call
  static constexpr mono_ms longest_wait = 30'000;  // for the streams to learn of a change; then errc::untold

  template <class T>
  using answer = std::function<void(result<T>)>;

  // REQUIRES: all outlive the service.
  service(table_set tables, engine::control& streams, job_queue& queue, const clock& time, random_source& random,
          metrics& counted);

  // Tells the streams what an earlier run left untold. Before the first call.
  void start();
  // Answers who waits. After it, nothing more is told.
  void stop();

  // Whose token this is, if `user` is the handle or id of its account. errc::wrong_token says nothing more.
  void verify(std::string user, std::string token_text, executor post, answer<identity> done);
  // The same for a bearer token, which has no user beside it.
  void verify_bearer(std::string token_text, executor post, answer<identity> done);

  // All of them or none, in one transaction; at most max_batch. With errc::untold the answer is given all the same:
  // `untold` is true and what was issued is valid.
  struct registered {
    std::vector<issued> all;
    bool untold = false;
  };
  void register_accounts(std::vector<registration_request> requests, executor post, answer<registered> done);
  void link_device(link_request request, executor post, answer<registered> done);
  void revoke_device(device_id device, executor post, answer<void> done);
  void remove_account(account_id account, executor post, answer<void> done);

  // The account of each handle or id, or nothing; deleted ones are found and say so.
  void find(std::vector<std::string> users, executor post, answer<std::vector<std::optional<account>>> done);
  void count(executor post, answer<totals> done);

  // The conversation of two accounts (rule S2).
  [[nodiscard]] stream_id direct(account_id a, account_id b) const { return direct_conversation(tables_.secret, a, b); }

 private:
  template <class T, class Work>
  void run(executor post, answer<T> done, Work work);
  result<identity> check(const std::string& token_text, std::string_view user);
  result<identity> counted(result<identity> who);
  result<issued> link_now(const link_request& request, pending_row& row);
  void when_all_told(const std::vector<pending_row>& rows, std::function<void(status)> done);

  table_set tables_;
  job_queue& queue_;
  const clock& time_;
  random_source& random_;
  relay relay_;
  token_cache cache_;
  bool stopped_ = false;

  counter& verified_;
  counter& wrong_;
  counter& cached_;
  std::atomic<std::uint64_t> busy_{0};
};

}  // namespace dunlin::accounts
