#include "accounts/relay.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/log.hpp"

namespace dunlin::accounts {

relay::relay(pending_table& rows, engine::control& streams, job_queue& queue, const clock& time, metrics& counted)
    : rows_(rows),
      streams_(streams),
      queue_(queue),
      news_(streams, queue, counted),
      time_(time),
      told_total_(
          counted.make_counter("dunlin_accounts_told_total", "Changes of accounts that the streams learned of.")),
      refused_total_(counted.make_counter("dunlin_accounts_tell_refusals_total",
                                          "Changes of accounts that a stream refused for now; each is repeated.")),
      under_way_(counted.make_gauge("dunlin_accounts_telling", "Changes of accounts that are being told to streams.")) {
}

void relay::wake() {
  if (load_due_) return;
  load();
}

void relay::when_told(pending_row row, told done) {
  // Rows are loaded in order: one that was loaded and is no longer under way has been told.
  const bool over = row == 0 || (row <= last_loaded_ && !flight_.contains(row));
  if (over) return done(ok());
  waiting_.emplace(row, std::move(done));
}

void relay::when_all_told(const std::vector<pending_row>& rows, told done) {
  struct waiting {
    std::size_t left;
    told done;
    void answer(const status& outcome) {
      if (!done) return;
      if (outcome && --left > 0) return;
      std::exchange(done, nullptr)(outcome);
    }
  };
  auto all = std::make_shared<waiting>(waiting{rows.size(), std::move(done)});
  for (const auto row : rows) when_told(row, [all](const status& outcome) { all->answer(outcome); });
  if (all->done) queue_.post_after(longest_wait, [all] { all->answer(errc::untold); });
  wake();
}

void relay::stop() {
  if (!told_.empty()) forget_told();
  stopped_ = true;
  news_.stop();
  for (auto& [row, done] : std::exchange(waiting_, {})) done(errc::closed);
}

void relay::retry(mono_ms delay, job work) {
  queue_.post_after(delay, [this, work = std::move(work)] {
    if (!stopped_) work();
  });
}

std::size_t relay::room() const {
  if (stopped_ || told_.size() >= max_unforgotten) return 0;
  // Any row under way may be of a profile, which spreads then.
  const std::size_t either = flight_.size() + spreading();
  return std::min(window - flight_.size(), max_spreading - std::min(either, max_spreading));
}

void relay::load() {
  load_due_ = false;
  while (const auto wanted = room()) {
    auto found = rows_.list(last_loaded_, wanted);
    if (!found) {
      log_warn("accounts: changes could not be read, trying again", {{"why", found.error().message()}});
      load_due_ = true;
      retry(table_delay_, [this] { load(); });
      table_delay_ = std::min(2 * table_delay_, longest_delay);
      return;
    }
    table_delay_ = first_delay;
    for (auto& row : *found) {
      last_loaded_ = row.row;
      flight_.emplace(row.row, telling{std::move(row.change)});
      submit(row.row);
    }
    under_way_.set(static_cast<std::int64_t>(flight_.size()));
    if (found->size() < wanted) return;
  }
}

// The seam between SQL and the streams, and the only one: here a row that says what changed becomes a call of
// engine::control.
void relay::submit(pending_row row) {
  const auto found = flight_.find(row);
  if (found == flight_.end()) return;
  // On the shard's thread: only posts. The number of these is bounded by the window.
  streams_.tell_account(found->second.change, [this, row](const stream::verdict& outcome) {
    queue_.post([this, row, outcome] { answered(row, outcome); }, job_queue::lane::reserved);
  });
}

void relay::answered(pending_row row, const stream::verdict& outcome) {
  const auto found = flight_.find(row);
  if (stopped_ || found == flight_.end()) return;
  if (outcome.ok()) return was_told(row);
  refused_total_.add();
  if (outcome.why == stream::reason::conflict && gives_up(row)) return;
  auto& delay = found->second.delay;
  const bool expected = outcome.why == stream::reason::busy || outcome.why == stream::reason::no_space;
  if (!expected) {
    log_error("accounts: a stream refused what it must take, trying again",
              {{"row", row}, {"reason", stream::word(outcome.why)}});
    delay = longest_delay;
  }
  if (outcome.why != stream::reason::busy) answer(row, errc::untold);
  retry(delay, [this, row] { submit(row); });
  delay = std::min(2 * delay, longest_delay);
}

void relay::was_told(pending_row row) {
  told_total_.add();
  const auto change = std::move(flight_.at(row).change);
  flight_.erase(row);
  under_way_.set(static_cast<std::int64_t>(flight_.size()));
  answer(row, ok());
  const auto own = std::ranges::find(change.profiles, change.account, &engine::account_spec::profile::of);
  if (own == change.profiles.end() || change.deleted) return finish(row);
  news_.tell(change.account, own->version, [this, row] { finish(row); });
  wake();
}

void relay::finish(pending_row row) {
  told_.insert(row);
  if (forget_due_) return;
  forget_due_ = true;
  queue_.at_turn_end([this] { forget_told(); });
}

// True if the row is gone for good, with all others of its account.
bool relay::gives_up(pending_row row) {
  const auto gone = rows_.give_up(row, time_.now().wall);
  if (!gone || gone->account.is_zero()) return false;
  log_warn("accounts: a new account's id is a conversation's; it was deleted", {{"row", row}});
  given_up_(gone->account);
  for (const auto one : gone->rows) {
    flight_.erase(one);
    answer(one, errc::conflict);
  }
  under_way_.set(static_cast<std::int64_t>(flight_.size()));
  queue_.at_turn_end([this] { wake(); });  // there is room for another
  return true;
}

void relay::forget_told() {
  forget_due_ = false;
  if (stopped_) return;
  const std::vector<pending_row> rows(told_.begin(), told_.end());
  if (const auto gone = rows_.forget(rows); !gone) {
    // Told again after a restart, which does nothing: so only the space of the rows is lost meanwhile.
    log_warn("accounts: told changes could not be deleted, trying again", {{"why", gone.error().message()}});
    forget_due_ = true;
    retry(table_delay_, [this] { forget_told(); });
    table_delay_ = std::min(2 * table_delay_, longest_delay);
    return;
  }
  told_.clear();
  wake();
}

void relay::answer(pending_row row, const status& outcome) {
  const auto [first, last] = waiting_.equal_range(row);
  std::vector<told> answered;
  for (auto at = first; at != last; ++at) answered.push_back(std::move(at->second));
  waiting_.erase(first, last);
  for (const auto& done : answered) done(outcome);
}

}  // namespace dunlin::accounts
