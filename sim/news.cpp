#include "sim/news.hpp"

namespace dunlin::sim {

std::uint64_t news_table::put(account_id account, stream_id conversation, std::string json) {
  auto& now = settings_[{account, conversation}];
  now = {now.version + 1, std::move(json)};
  rows_[++last_] = {account, conversation};
  return now.version;
}

std::uint64_t news_table::change_profile(account_id account) {
  rows_[++last_] = {account, {}};
  return ++profiles_[account];
}

result<std::vector<accounts::pending_change>> news_table::list(accounts::pending_row after, std::size_t limit) {
  std::vector<accounts::pending_change> out;
  for (auto at = rows_.upper_bound(after); at != rows_.end() && out.size() < limit; ++at) {
    const auto& [number, what] = *at;
    engine::account_spec change;
    change.account = what.account;
    if (what.conversation) {
      const auto& now = settings_.at({what.account, *what.conversation});
      change.put.push_back({*what.conversation, now.version, now.json});
    } else {
      change.profiles.push_back({what.account, profiles_.at(what.account)});
    }
    out.push_back({number, std::move(change)});
  }
  return out;
}

status news_table::forget(std::span<const accounts::pending_row> rows) {
  for (const auto number : rows) rows_.erase(number);
  return ok();
}

}  // namespace dunlin::sim
