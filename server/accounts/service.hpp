// Accounts, devices and tokens as the rest of the server sees them.
//
// Thread rule: any thread may call. The work is done on the store thread; `done` is called exactly once, through the
// executor given with the call, unless the service stops first: then with errc::closed, or not at all if the executor's
// own thread has ended. No call waits or takes a lock. With too much waiting, `done` gets errc::busy.
// What `done` reports as changed is on disk in SQL *and* told to the streams (rule Q1). errc::untold: on disk, and the
// streams will learn of it by themselves.
// Lifetime: the engine must have stopped answering before the service is destroyed, and the queue must have stopped.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "accounts/desk.hpp"
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
  static constexpr std::size_t max_batch = 1000;  // registrations of one call
  // How late it may be on disk that a device was there; a crash loses as much.
  static constexpr mono_ms seen_delay = 300'000;
  static constexpr std::size_t max_seen = 65'536;  // devices that wait for it; with as many it does not wait

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

  // The devices of an account that are not revoked, the eldest first.
  void devices(account_id owner, executor post, answer<std::vector<device>> done);
  // Errors: unknown_device, also for another account's.
  void rename_device(account_id owner, device_id device, std::string name, executor post, answer<void> done);
  void revoke_own(account_id owner, device_id device, executor post, answer<void> done);

  // The account of each handle or id, or nothing; deleted ones are found and say so.
  void find(std::vector<std::string> users, executor post, answer<std::vector<std::optional<account>>> done);
  void count(executor post, answer<totals> done);

  // The conversation of two accounts (rule S2).
  [[nodiscard]] stream_id direct(account_id a, account_id b) const {
    return direct_conversation(desk_.tables.secret, a, b);
  }

  // For the other services, which work beside this one.
  desk& works_with() { return desk_; }
  // Called on the store thread with each device that was revoked, in the job that did it (Q3).
  void on_revoked(std::function<void(device_id)> what) { revoked_ = std::move(what); }

 private:
  result<identity> check(const std::string& token_text, std::string_view user);
  result<identity> counted(result<identity> who);
  result<issued> link_now(const link_request& request, pending_row& row);
  void revoke_now(device_id device, const std::function<void(status)>& finish);
  void note_seen(device_id device);
  void keep_seen();

  desk desk_;
  std::function<void(device_id)> revoked_ = [](device_id) {};
  std::unordered_map<device_id, wall_ms> seen_;
  bool seen_due_ = false;

  counter& verified_;
  counter& wrong_;
  counter& cached_;
};

}  // namespace dunlin::accounts
