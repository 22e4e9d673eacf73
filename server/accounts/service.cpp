#include "accounts/service.hpp"

#include <memory>

#include "accounts/handle.hpp"
#include "base/check.hpp"

namespace dunlin::accounts {

namespace {

constexpr std::string_view checks_name = "dunlin_token_checks_total";
constexpr std::string_view checks_help = "Tokens that were checked, by outcome.";

}  // namespace

service::service(table_set tables, engine::control& streams, job_queue& queue, const clock& time, random_source& random,
                 metrics& counted)
    : tables_(tables),
      queue_(queue),
      time_(time),
      random_(random),
      relay_(tables.pending, streams, queue, counted),
      verified_(counted.make_counter(checks_name, checks_help, "outcome=\"ok\"")),
      wrong_(counted.make_counter(checks_name, checks_help, "outcome=\"wrong\"")),
      cached_(counted.make_counter("dunlin_token_cache_hits_total", "Token checks that needed no database.")) {
  counted.make_callback("dunlin_accounts_busy_total", "Requests refused because too much was waiting.", "",
                        [this] { return static_cast<double>(busy_.load(std::memory_order_relaxed)); });
}

void service::start() {
  queue_.post([this] { relay_.wake(); }, job_queue::lane::reserved);
}

void service::stop() {
  queue_.post(
      [this] {
        stopped_ = true;
        relay_.stop();
      },
      job_queue::lane::reserved);
}

// Runs work(finish) on the store thread, where finish(result) answers through the caller's executor.
template <class T, class Work>
void service::run(executor post, answer<T> done, Work work) {
  const auto finish = [post = std::move(post), done = std::move(done)](result<T> outcome) {
    post([done, outcome = std::move(outcome)] { done(outcome); });
  };
  const bool queued = queue_.post([this, finish, work = std::move(work)]() mutable {
    if (stopped_) return finish(errc::closed);
    work(finish);
  });
  if (queued) return;
  busy_.fetch_add(1, std::memory_order_relaxed);
  finish(errc::busy);
}

// errc::wrong_token, or what the tables say. `user`: a handle or an account, or empty where the token alone counts.
result<identity> service::check(const std::string& token_text, std::string_view user) {
  const auto secret = token_from_text(token_text);
  if (!secret) return errc::wrong_token;
  const auto hash = hash_of(*secret);
  const auto login = hash_of_login(hash, user);
  if (const auto* known = cache_.find(login)) {
    cached_.add();
    return *known;
  }
  DUNLIN_TRY_ASSIGN(const credential found, tables_.credentials.find(hash));
  if (!user.empty() && found.handle != user && to_text(found.who.account) != user) return errc::wrong_token;
  cache_.keep(login, found.who);
  return found.who;
}

void service::verify(std::string user, std::string token_text, executor post, answer<identity> done) {
  run<identity>(std::move(post), std::move(done),
                [this, user = std::move(user), token_text = std::move(token_text)](const auto& finish) {
                  // A token alone is no login.
                  finish(counted(user.empty() ? result<identity>(errc::wrong_token) : check(token_text, user)));
                });
}

void service::verify_bearer(std::string token_text, executor post, answer<identity> done) {
  run<identity>(std::move(post), std::move(done), [this, token_text = std::move(token_text)](const auto& finish) {
    finish(counted(check(token_text, {})));
  });
}

result<identity> service::counted(result<identity> who) {
  if (who) verified_.add();
  if (!who && who.error() == errc::wrong_token) wrong_.add();
  return who;
}

// `done` once: with ok when all rows are told, or with the first error; at the latest after longest_wait.
void service::when_all_told(const std::vector<pending_row>& rows, std::function<void(status)> done) {
  struct waiting {
    std::size_t left;
    std::function<void(status)> done;
    void answer(const status& outcome) {
      if (!done) return;
      if (outcome && --left > 0) return;
      std::exchange(done, nullptr)(outcome);
    }
  };
  auto all = std::make_shared<waiting>(waiting{rows.size(), std::move(done)});
  for (const auto row : rows) relay_.when_told(row, [all](const status& outcome) { all->answer(outcome); });
  if (all->done) queue_.post_after(longest_wait, [all] { all->answer(errc::untold); });
  relay_.wake();
}

void service::register_accounts(std::vector<registration_request> requests, executor post, answer<registered> done) {
  DUNLIN_CHECK(!requests.empty() && requests.size() <= max_batch);
  run<registered>(std::move(post), std::move(done), [this, requests = std::move(requests)](const auto& finish) {
    std::vector<registration> entries;
    auto out = std::make_shared<registered>();
    for (const auto& r : requests) {
      if (const auto fine = check_handle(r.handle); !fine) return finish(fine.error());
      if (const auto fine = check_device_name(r.device_name); !fine) return finish(fine.error());
      issued made{{r.account.value_or(random_.id<account_id>()), r.device.value_or(random_.id<device_id>())},
                  r.handle,
                  r.secret.value_or(make_token(random_))};
      entries.push_back({made.who.account, r.handle, made.who.device, r.device_name, hash_of(made.secret)});
      out->all.push_back(std::move(made));
    }
    const auto rows = tables_.accounts.add(entries, time_.now().wall);
    if (!rows) return finish(rows.error());
    when_all_told(*rows, [finish, out](const status& told) {
      if (!told && told.error() != errc::untold) return finish(told.error());
      out->untold = !told;
      finish(*out);
    });
  });
}

result<issued> service::link_now(const link_request& request, pending_row& row) {
  DUNLIN_TRY(check_device_name(request.device_name));
  DUNLIN_TRY_ASSIGN(const auto owner, tables_.accounts.find(request.owner));
  issued made{{request.owner, request.device.value_or(random_.id<device_id>())},
              owner.handle,
              request.secret.value_or(make_token(random_))};
  DUNLIN_TRY_ASSIGN(
      row, tables_.credentials.link({made.who.device, request.owner, request.device_name, hash_of(made.secret)},
                                    time_.now().wall));
  return made;
}

void service::link_device(link_request request, executor post, answer<registered> done) {
  run<registered>(std::move(post), std::move(done), [this, request = std::move(request)](const auto& finish) {
    pending_row row = 0;
    const auto made = link_now(request, row);
    if (!made) return finish(made.error());
    when_all_told({row}, [finish, made = *made](const status& told) {
      if (!told && told.error() != errc::untold) return finish(told.error());
      finish(registered{{made}, !told});
    });
  });
}

// Row, then inbox, then entry (Q3): the cache is emptied in the same job as the row is written, and the entry that the
// relay submits makes the inbox drop the device's connections and refuse new ones.
void service::revoke_device(device_id device, executor post, answer<void> done) {
  run<void>(std::move(post), std::move(done), [this, device](const auto& finish) {
    const auto row = tables_.credentials.revoke(device, time_.now().wall);
    if (!row) return finish(row.error());
    cache_.forget(device);
    when_all_told({*row}, finish);
  });
}

void service::remove_account(account_id account, executor post, answer<void> done) {
  run<void>(std::move(post), std::move(done), [this, account](const auto& finish) {
    const auto row = tables_.accounts.remove(account, time_.now().wall);
    if (!row) return finish(row.error());
    cache_.forget(account);
    when_all_told({*row}, finish);
  });
}

void service::find(std::vector<std::string> users, executor post, answer<std::vector<std::optional<account>>> done) {
  using found_accounts = std::vector<std::optional<account>>;
  run<found_accounts>(std::move(post), std::move(done), [this, users = std::move(users)](const auto& finish) {
    found_accounts out;
    for (const auto& user : users) {
      const auto id = id_from_text<account_id>(user);
      const auto found = id ? tables_.accounts.find(*id) : tables_.accounts.find_handle(user);
      if (!found && found.error() != errc::unknown_account) return finish(found.error());
      out.push_back(found ? std::optional(*found) : std::nullopt);
    }
    finish(std::move(out));
  });
}

void service::count(executor post, answer<totals> done) {
  run<totals>(std::move(post), std::move(done), [this](const auto& finish) {
    const auto accounts = tables_.accounts.account_count();
    const auto devices = tables_.credentials.device_count();
    const auto untold = tables_.pending.pending_count();
    if (!accounts) return finish(accounts.error());
    if (!devices) return finish(devices.error());
    if (!untold) return finish(untold.error());
    finish(totals{*accounts, *devices, *untold});
  });
}

}  // namespace dunlin::accounts
