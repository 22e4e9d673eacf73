#include "accounts/profile_news.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"

namespace dunlin::accounts {

profile_news::profile_news(engine::control& streams, job_queue& queue, metrics& counted)
    : streams_(streams),
      queue_(queue),
      told_total_(counted.make_counter("dunlin_accounts_profiles_told_total",
                                       "Accounts that were told that another's profile has changed.")) {}

profile_news::change* profile_news::find(std::uint64_t id) {
  const auto found = changes_.find(id);
  return found == changes_.end() ? nullptr : &found->second;
}

void profile_news::tell(account_id of, std::uint64_t version, std::function<void()> done) {
  changes_[++last_] = {.of = of, .version = version, .done = std::move(done), .next = {}, .part = {}, .told = {}};
  begin_some();
}

void profile_news::begin_some() {
  std::size_t under_way = 0;
  for (auto& [id, one] : changes_) {
    if (under_way++ == at_a_time) return;
    if (std::exchange(one.begun, true)) continue;
    ask(id, first_delay);
  }
}

void profile_news::after(mono_ms delay, std::uint64_t id, std::function<void()> work) {
  queue_.post_after(delay, [this, id, work = std::move(work)] {
    if (find(id) != nullptr) work();
  });
}

void profile_news::ask(std::uint64_t id, mono_ms delay) {
  const auto& one = changes_.at(id);
  // On the shard's thread: only posts. One part for each change, and `window` verdicts.
  streams_.read_audience(one.of, one.next, [this, id, delay](const engine::audience_answer& part) {
    queue_.post([this, id, part, delay] { take(id, part, delay); }, job_queue::lane::reserved);
  });
}

void profile_news::take(std::uint64_t id, const engine::audience_answer& part, mono_ms delay) {
  auto* one = find(id);
  if (one == nullptr) return;
  if (!part.outcome.ok()) return after(delay, id, [this, id, delay] { ask(id, std::min(2 * delay, longest_delay)); });
  one->next = part.next;
  one->part.clear();
  one->at = 0;
  std::ranges::copy_if(part.accounts, std::back_inserter(one->part),
                       [one](account_id account) { return !one->told.contains(account); });
  go_on(id);
}

void profile_news::go_on(std::uint64_t id) {
  auto* one = find(id);
  while (one != nullptr && one->waiting < window && one->at < one->part.size()) {
    ++one->waiting;
    submit(id, one->part[one->at++], first_delay);
    one = find(id);
  }
  if (one == nullptr || one->waiting != 0) return;
  if (!one->next.is_zero()) return ask(id, first_delay);
  const auto done = std::move(one->done);
  changes_.erase(id);
  done();
  begin_some();
}

void profile_news::submit(std::uint64_t id, account_id account, mono_ms delay) {
  const auto& one = changes_.at(id);
  engine::account_spec news;
  news.account = account;
  news.profiles.push_back({one.of, one.version});
  streams_.tell_account(std::move(news), [this, id, account, delay](const stream::verdict& outcome) {
    queue_.post([this, id, account, outcome, delay] { answered(id, account, outcome, delay); },
                job_queue::lane::reserved);
  });
}

void profile_news::answered(std::uint64_t id, account_id account, const stream::verdict& outcome, mono_ms delay) {
  auto* one = find(id);
  if (one == nullptr) return;
  if (!outcome.ok()) {
    const bool expected = outcome.why == stream::reason::busy || outcome.why == stream::reason::no_space;
    if (!expected) {
      log_error("accounts: a stream refused the news of a profile, trying again",
                {{"account", to_text(account)}, {"reason", stream::word(outcome.why)}});
      delay = longest_delay;
    }
    return after(delay, id, [this, id, account, delay] { submit(id, account, std::min(2 * delay, longest_delay)); });
  }
  told_total_.add();
  if (one->told.size() < max_remembered) one->told.insert(account);
  --one->waiting;
  go_on(id);
}

}  // namespace dunlin::accounts
