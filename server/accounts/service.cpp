#include "accounts/service.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "accounts/handle.hpp"
#include "base/check.hpp"
#include "base/log.hpp"

namespace dunlin::accounts {

namespace {

constexpr std::string_view checks_name = "dunlin_token_checks_total";
constexpr std::string_view checks_help = "Tokens that were checked, by outcome.";

}  // namespace

service::service(table_set tables, engine::control& streams, job_queue& queue, const clock& time, random_source& random,
                 metrics& counted)
    : desk_(tables, streams, queue, time, random, counted),
      verified_(counted.make_counter(checks_name, checks_help, "outcome=\"ok\"")),
      wrong_(counted.make_counter(checks_name, checks_help, "outcome=\"wrong\"")),
      cached_(counted.make_counter("dunlin_token_cache_hits_total", "Token checks that needed no database.")) {}

void service::start() {
  desk_.queue.post([this] { desk_.told_by.wake(); }, job_queue::lane::reserved);
}

void service::stop() {
  desk_.queue.post(
      [this] {
        keep_seen();
        desk_.stopped = true;
        desk_.told_by.stop();
      },
      job_queue::lane::reserved);
}

// errc::wrong_token, or what the tables say. `user`: a handle or an account, or empty where the token alone counts.
result<identity> service::check(const std::string& token_text, std::string_view user) {
  const auto secret = token_from_text(token_text);
  if (!secret) return errc::wrong_token;
  const auto hash = hash_of(*secret);
  const auto login = hash_of_login(hash, user);
  if (const auto* known = desk_.cache.find(login)) {
    cached_.add();
    note_seen(known->device);
    return *known;
  }
  DUNLIN_TRY_ASSIGN(const credential found, desk_.tables.credentials.find(hash));
  if (!user.empty() && found.handle != user && to_text(found.who.account) != user) return errc::wrong_token;
  desk_.cache.keep(login, found.who);
  note_seen(found.who.device);
  return found.who;
}

void service::verify(std::string user, std::string token_text, executor post, answer<identity> done) {
  desk_.run<identity>(std::move(post), std::move(done),
                      [this, user = std::move(user), token_text = std::move(token_text)](const auto& finish) {
                        // A token alone is no login.
                        finish(counted(user.empty() ? result<identity>(errc::wrong_token) : check(token_text, user)));
                      });
}

void service::verify_bearer(std::string token_text, executor post, answer<identity> done) {
  desk_.run<identity>(std::move(post), std::move(done), [this, token_text = std::move(token_text)](const auto& finish) {
    finish(counted(check(token_text, {})));
  });
}

result<identity> service::counted(result<identity> who) {
  if (who) verified_.add();
  if (!who && who.error() == errc::wrong_token) wrong_.add();
  return who;
}

void service::register_accounts(std::vector<registration_request> requests, executor post, answer<registered> done) {
  DUNLIN_CHECK(!requests.empty() && requests.size() <= max_batch);
  desk_.run<registered>(std::move(post), std::move(done), [this, requests = std::move(requests)](const auto& finish) {
    std::vector<registration> entries;
    auto out = std::make_shared<registered>();
    for (const auto& r : requests) {
      if (const auto fine = check_handle(r.handle); !fine) return finish(fine.error());
      if (const auto fine = check_device_name(r.device_name); !fine) return finish(fine.error());
      issued made{{r.account.value_or(desk_.random.id<account_id>()), r.device.value_or(desk_.random.id<device_id>())},
                  r.handle,
                  r.secret.value_or(make_token(desk_.random))};
      entries.push_back({made.who.account, r.handle, made.who.device, r.device_name, hash_of(made.secret), {}, {}});
      out->all.push_back(std::move(made));
    }
    const auto rows = desk_.tables.accounts.add(entries, desk_.time.now().wall);
    if (!rows) return finish(rows.error());
    desk_.told_by.when_all_told(*rows, [finish, out](const status& told) {
      if (!told && told.error() != errc::untold) return finish(told.error());
      out->untold = !told;
      finish(*out);
    });
  });
}

result<issued> service::link_now(const link_request& request, pending_row& row) {
  DUNLIN_TRY(check_device_name(request.device_name));
  DUNLIN_TRY_ASSIGN(const auto owner, desk_.tables.accounts.find(request.owner));
  issued made{{request.owner, request.device.value_or(desk_.random.id<device_id>())},
              owner.handle,
              request.secret.value_or(make_token(desk_.random))};
  DUNLIN_TRY_ASSIGN(row, desk_.tables.credentials.link(
                             {made.who.device, request.owner, request.device_name, hash_of(made.secret), std::nullopt},
                             desk_.time.now().wall));
  return made;
}

void service::link_device(link_request request, executor post, answer<registered> done) {
  desk_.run<registered>(std::move(post), std::move(done), [this, request = std::move(request)](const auto& finish) {
    pending_row row = 0;
    const auto made = link_now(request, row);
    if (!made) return finish(made.error());
    desk_.told_by.when_all_told({row}, [finish, made = *made](const status& told) {
      if (!told && told.error() != errc::untold) return finish(told.error());
      finish(registered{{made}, !told});
    });
  });
}

// Row, then inbox, then entry (Q3): the cache is emptied in the same job as the row is written, and the entry that the
// relay submits makes the inbox drop the device's connections and refuse new ones.
void service::revoke_now(device_id device, const std::function<void(status)>& finish) {
  const auto row = desk_.tables.credentials.revoke(device, desk_.time.now().wall);
  if (!row) return finish(row.error());
  desk_.cache.forget(device);
  revoked_(device);
  desk_.told_by.when_all_told({*row}, finish);
}

void service::revoke_device(device_id device, executor post, answer<void> done) {
  desk_.run<void>(std::move(post), std::move(done), [this, device](const auto& finish) { revoke_now(device, finish); });
}

void service::revoke_own(account_id owner, device_id device, executor post, answer<void> done) {
  desk_.run<void>(std::move(post), std::move(done), [this, owner, device](const auto& finish) {
    const auto all = desk_.tables.credentials.devices(owner);
    if (!all) return finish(all.error());
    if (std::ranges::count(*all, device, &accounts::device::id) == 0) return finish(errc::unknown_device);
    revoke_now(device, finish);
  });
}

void service::devices(account_id owner, executor post, answer<std::vector<device>> done) {
  desk_.get<std::vector<device>>(std::move(post), std::move(done), [this, owner]() -> result<std::vector<device>> {
    DUNLIN_TRY_ASSIGN(auto all, desk_.tables.credentials.devices(owner));
    std::erase_if(all, [](const device& d) { return d.revoked; });
    for (auto& d : all) {
      if (const auto found = seen_.find(d.id); found != seen_.end()) d.last_seen = std::max(d.last_seen, found->second);
    }
    std::ranges::stable_sort(all, {}, &device::created);
    return all;
  });
}

void service::rename_device(account_id owner, device_id device, std::string name, executor post, answer<void> done) {
  desk_.get<void>(std::move(post), std::move(done), [this, owner, device, name = std::move(name)]() -> status {
    DUNLIN_TRY(check_device_name(name));
    return desk_.tables.credentials.rename(owner, device, name);
  });
}

void service::note_seen(device_id device) {
  seen_[device] = desk_.time.now().wall;
  if (seen_.size() >= max_seen) return keep_seen();
  if (std::exchange(seen_due_, true)) return;
  desk_.queue.post_after(seen_delay, [this] {
    if (!desk_.stopped) keep_seen();
  });
}

void service::keep_seen() {
  seen_due_ = false;
  if (seen_.empty()) return;
  const std::vector<std::pair<device_id, wall_ms>> when(seen_.begin(), seen_.end());
  seen_.clear();
  // Not tried again: what is lost is when somebody was there, and they will be again.
  if (const auto kept = desk_.tables.credentials.seen(when); !kept) {
    log_warn("accounts: when devices were last seen could not be written", {{"why", kept.error().message()}});
  }
}

void service::remove_account(account_id account, executor post, answer<void> done) {
  desk_.run<void>(std::move(post), std::move(done), [this, account](const auto& finish) {
    const auto devices = desk_.tables.credentials.devices(account);
    if (!devices) return finish(devices.error());
    const auto row = desk_.tables.accounts.remove(account, desk_.time.now().wall);
    if (!row) return finish(row.error());
    desk_.cache.forget(account);
    for (const auto& d : *devices) revoked_(d.id);
    desk_.told_by.when_all_told({*row}, finish);
  });
}

void service::find(std::vector<std::string> users, executor post, answer<std::vector<std::optional<account>>> done) {
  using found_accounts = std::vector<std::optional<account>>;
  desk_.run<found_accounts>(std::move(post), std::move(done), [this, users = std::move(users)](const auto& finish) {
    found_accounts out;
    for (const auto& user : users) {
      const auto id = id_from_text<account_id>(user);
      const auto found = id ? desk_.tables.accounts.find(*id) : desk_.tables.accounts.find_handle(user);
      if (!found && found.error() != errc::unknown_account) return finish(found.error());
      out.push_back(found ? std::optional(*found) : std::nullopt);
    }
    finish(std::move(out));
  });
}

void service::count(executor post, answer<totals> done) {
  desk_.run<totals>(std::move(post), std::move(done), [this](const auto& finish) {
    const auto accounts = desk_.tables.accounts.account_count();
    const auto devices = desk_.tables.credentials.device_count();
    const auto untold = desk_.tables.pending.pending_count();
    if (!accounts) return finish(accounts.error());
    if (!devices) return finish(devices.error());
    if (!untold) return finish(untold.error());
    finish(totals{*accounts, *devices, *untold});
  });
}

}  // namespace dunlin::accounts
