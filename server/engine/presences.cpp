#include "engine/presences.hpp"

#include <algorithm>
#include <utility>

#include "engine/inboxes.hpp"

namespace dunlin::engine {

namespace {
// Questions or words in one message.
constexpr std::size_t most_in_one = 256;
}  // namespace

presences::presences(shard_id self, owner& mine, inboxes& boxes, outbound& out, const options& limits, counters& counts,
                     const moment& clock, look_up look)
    : self_(self),
      owner_(mine),
      boxes_(boxes),
      out_(out),
      limits_(limits),
      counts_(counts),
      now_(clock),
      look_(std::move(look)),
      board_(limits.presence),
      watches_(limits.presence, *this),
      begins_(limits.presence.watches_a_second),
      lives_(limits.presence.live_a_second) {}

const stream::inbox_state* presences::inbox_of(account_id who) { return owner_.inbox(who); }

// --- connections ------------------------------------------------------------------------------------------------

presence::watches::begun presences::watch(const device_link& link, account_id about) {
  if (!begins_.take(link.id(), now_.mono)) return presence::watches::begun::full;
  return watches_.begin(link.id(), link.account(), about);
}

void presences::unwatch(const device_link& link, account_id about) { watches_.end(link.id(), about); }

std::optional<presence::watches::told> presences::take_due(const device_link& link, account_id about) {
  return watches_.take_due(link.id(), about);
}

void presences::resume(device_link& link) {
  std::vector<presence::event> events;
  for (const auto about : link.watched()) {
    const auto begun = watches_.begin(link.id(), link.account(), about, true);
    if (begun == presence::watches::begun::asked) continue;
    const bool full = begun == presence::watches::begun::full;
    if (full) counts_.presence_full.add();
    events.push_back({full ? presence::event::kind::full : presence::event::kind::due, link.id(), about});
  }
  for (const auto& e : events) link.on_presence(e);
}

void presences::set_activity(device_link& link, activity doing) {
  if (link.doing() == doing) return;
  const bool before = boxes_.is_active(link.account());
  link.set_doing(doing);
  const bool after = boxes_.is_active(link.account());
  if (before != after) board_.note_active(link.account(), after, now_);
}

bool presences::may_send_live(const device_link& link) { return lives_.take(link.id(), now_.mono); }

void presences::attached(const device_link& link) { arriving_.push_back({link.id(), now_.mono}); }

void presences::detached(device_link& link) {
  set_activity(link, activity::arriving);
  const std::vector<account_id> all(link.watched().begin(), link.watched().end());
  for (const auto about : all) {
    // What nobody has granted yet is no part of the session.
    if (!watches_.end(link.id(), about)) link.wanted().drop_presence(about);
  }
}

// Who has said nothing of itself by now counts as active.
void presences::settle() {
  while (!arriving_.empty() && now_.mono - arriving_.front().at >= limits_.presence.settle) {
    auto* link = boxes_.find_link(arriving_.front().link);
    arriving_.pop_front();
    if (link != nullptr && link->is_open() && link->doing() == activity::arriving)
      set_activity(*link, activity::active);
  }
}

void presences::conversations_changed(account_id account) {
  std::vector<presence::addressed> words;
  board_.conversations_changed(account, owner_.inbox(account), words);
  post(std::move(words));
  boxes_.for_each_link_of(account, [this](const device_link& link) {
    for (const auto about : link.watched()) watches_.recheck(link.id(), about);
  });
}

// --- other shards -----------------------------------------------------------------------------------------------

presence::word presences::answer(shard_id from, const presence::question& q) {
  return board_.answer(from, q, {owner_.inbox(q.about), boxes_.is_active(q.about)}, now_);
}

void presences::take(const presence_ask& m) {
  std::vector<presence::word> words;
  for (const auto& q : m.list) {
    presence::word w;
    if (board_.renew(m.from, q, now_, w)) {
      words.push_back(std::move(w));
    } else if (owner_.inbox(q.about) != nullptr) {
      words.push_back(answer(m.from, q));
    } else {
      const bool looks = look_(q.about, [this, from = m.from, q](bool ok) {
        if (!ok) return counts_.presence_dropped.add();
        std::vector<presence::word> one;
        one.push_back(answer(from, q));
        post_words(from, std::move(one));
      });
      if (!looks) counts_.presence_dropped.add();
    }
  }
  post_words(m.from, std::move(words));
}

void presences::post_words(shard_id to, std::vector<presence::word>&& list) {
  for (std::size_t at = 0; at < list.size(); at += most_in_one) {
    const auto from = list.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = from + static_cast<std::ptrdiff_t>(std::min(most_in_one, list.size() - at));
    message words(presence_words{{std::make_move_iterator(from), std::make_move_iterator(end)}});
    if (out_.post(to, std::move(words))) continue;
    const auto& kept = std::get<presence_words>(words);  // NOLINT(bugprone-use-after-move): untouched without credit
    counts_.presence_dropped.add(kept.list.size());
    for (const auto& w : kept.list) {
      if (w.all) board_.tell_again(w.about);
    }
  }
}

void presences::post(std::vector<presence::addressed>&& list) {
  std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.to < b.to; });
  for (std::size_t i = 0; i < list.size();) {
    const shard_id to = list[i].to;
    std::vector<presence::word> words;
    for (; i < list.size() && list[i].to == to; ++i) words.push_back(std::move(list[i].what));
    post_words(to, std::move(words));
  }
}

void presences::take(const presence_words& m) {
  std::vector<presence::event> events;
  for (const auto& w : m.list) {
    if (w.full) counts_.presence_full.add();
    watches_.take(w, now_, events);
  }
  tell(std::move(events));
}

void presences::tell(std::vector<presence::event>&& events) {
  for (const auto& e : events) {
    if (auto* link = boxes_.find_link(e.link)) link->on_presence(e);
  }
}

void presences::on_link_gap(shard_id from) {
  watches_.renew_if([&](account_id about) { return owner_.shard_of(partition_of(about)) == from; });
}

void presences::flush() {
  if (!watches_.has_questions()) return;
  std::vector<presence::question> questions;
  std::vector<presence::event> events;
  watches_.flush(now_, questions, events);
  const auto shard_of = [this](const presence::question& q) { return owner_.shard_of(partition_of(q.about)); };
  std::stable_sort(questions.begin(), questions.end(),
                   [&](const auto& a, const auto& b) { return shard_of(a) < shard_of(b); });
  for (std::size_t i = 0; i < questions.size();) {
    const shard_id to = shard_of(questions[i]);
    presence_ask ask{.from = self_, .list = {}};
    for (; i < questions.size() && shard_of(questions[i]) == to && ask.list.size() < most_in_one; ++i) {
      ask.list.push_back(std::move(questions[i]));
    }
    const std::size_t n = ask.list.size();
    if (!out_.post(to, std::move(ask))) counts_.presence_dropped.add(n);  // asked again, or renewed the next time
  }
  tell(std::move(events));
}

void presences::tick() {
  settle();
  std::vector<presence::addressed> words;
  board_.tick(now_, words);
  post(std::move(words));
  std::vector<presence::event> events;
  watches_.tick(now_, events);
  tell(std::move(events));
  counts_.presence_watches.set(static_cast<std::int64_t>(watches_.size()));
  counts_.presence_leases.set(static_cast<std::int64_t>(board_.leases()));
}

}  // namespace dunlin::engine
