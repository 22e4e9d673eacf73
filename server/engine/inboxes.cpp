#include "engine/inboxes.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace dunlin::engine {

namespace {
constexpr std::size_t max_slots = 0xffffff;
}  // namespace

inboxes::inboxes(shard_id self, owner& mine, outbound& out, const options& limits, counters& counts, presences& seen)
    : self_(self), owner_(mine), out_(out), limits_(limits), counts_(counts), presences_(seen) {
  slots_.add();
  generations_.push_back(0);
}

// --- conversations ----------------------------------------------------------------------------------------------

std::uint32_t inboxes::ensure_slot(live_inbox& inbox, stream::inbox_conversation& c) {
  if (c.live != 0) return c.live;
  std::uint32_t i = 0;
  if (free_slots_.empty()) {
    DUNLIN_CHECK(slots_.size() < max_slots);
    i = static_cast<std::uint32_t>(slots_.size());
    slots_.add();
    generations_.push_back(1);
  } else {
    i = free_slots_.back();
    free_slots_.pop_back();
  }
  auto& slot = slots_[i];
  slot = live_conversation();
  slot.inbox = &inbox;
  slot.stream = c.id;
  slot.next = inbox.first & 0xffffff;
  inbox.first = i;
  c.live = handle_of(i);
  return c.live;
}

void inboxes::drop_slot(std::size_t i) {
  auto& gone = slots_[i];
  auto* state = owner_.inbox(gone.inbox->account);
  auto* c = state == nullptr ? nullptr : state->find(gone.stream);
  if (c != nullptr && c->live == handle_of(i)) c->live = 0;
  std::uint32_t before = gone.inbox->first;
  if (before == i) {
    gone.inbox->first = gone.next;
  } else {
    while (slots_[before].next != i) before = slots_[before].next;
    slots_[before].next = gone.next;
  }
  gone = live_conversation();
  // A handle of the old generation means nothing any more; zero stays "none".
  generations_[i] = static_cast<std::uint8_t>(generations_[i] == 255 ? 1 : generations_[i] + 1);
  free_slots_.push_back(static_cast<std::uint32_t>(i));
}

void inboxes::list_arm(std::uint32_t handle) {
  auto& c = slot(handle);
  if (c.listed || c.state != live_conversation::bit::unarmed) return;
  c.listed = true;
  to_arm_.push_back(handle);
}

void inboxes::flush(moment now) {
  if (to_arm_.empty()) return;
  std::swap(to_arm_, arming_);  // an answer that is here at once may list others
  for (const auto handle : arming_) {
    auto& c = slot(handle);
    if (!c.listed || !is_current(handle)) continue;
    c.listed = false;
    if (c.inbox == nullptr || c.inbox->links.empty()) continue;
    const shard_id to = owner_.shard_of(partition_of(c.stream));
    c.state = live_conversation::bit::asked;
    c.asked_s = static_cast<std::uint32_t>(now.mono / 1000);
    arm a{c.stream, c.inbox->account, handle, c.known, {}};
    if (to == self_) {
      // Within a shard no report is lost, so it need not be repeated where it is due, or has been answered (R1).
      const bool reports = !c.kept && !c.marks_due;
      if (reports) a.at = marks_now(c);
      if (const auto answer = owner_.arm_here(a, reports, now)) {
        take(*answer);
        continue;
      }
    }
    if (arms_to_.size() <= to) arms_to_.resize(to + std::size_t{1});
    a.at = marks_now(c);
    arms_to_[to].list.push_back(a);
  }
  arming_.clear();
  for (std::size_t to = 0; to < arms_to_.size(); ++to) {
    if (arms_to_[to].list.empty()) continue;
    arms_to_[to].from = self_;
    message batch(std::move(arms_to_[to]));
    arms_to_[to].list.clear();
    if (out_.post(static_cast<shard_id>(to), std::move(batch))) continue;
    counts_.link_no_credit.add();
    for (const auto& a : std::get<arms>(batch).list) {  // NOLINT(bugprone-use-after-move): untouched without credit
      slot(a.handle).state = live_conversation::bit::unarmed;
      list_arm(a.handle);
    }
  }
}

void inboxes::take(const armed_list& m) {
  for (const auto& a : m.list) take(a);
}

void inboxes::take(const armed& a) {
  auto* c = valid(a.handle, a.stream);
  if (c == nullptr) return;
  if (!a.member) {
    c->state = live_conversation::bit::unarmed;  // we shall hear of it on the account's stream
    return;
  }
  // Late for a place we have left since: the bit is set for `known`, which is below; the owner's next record clears
  // it, and until then nothing is missed, since what raised us came from a read.
  c->state = live_conversation::bit::armed;
  // Where a report is due anyway, its answer says it.
  if (!c->kept && !c->marks_due) c->kept = a.at.covers(marks_now(*c));
  if (a.known >= c->known) c->ts = std::max(c->ts, a.ts);
  c->known = std::max(c->known, a.known);
  merge_receipts(a.handle, a.others);
  if (!is_settled(a.handle)) raise_and_arm(*c, a.handle, c->known);
}

void inboxes::take(const news& m) {
  const record_span records = m.records ? record_span(*m.records) : record_span();
  for (const auto handle : m.handles) {
    if (take(news_view{m.stream, m.head, m.ts, handle, records}) != news_taken::and_armed) continue;
    // The owner does not see it: a real arm sets the bit.
    slot(handle).state = live_conversation::bit::unarmed;
    list_arm(handle);
  }
}

news_taken inboxes::take(const news_view& m) {
  auto* const c = valid(m.handle, m.stream);
  if (c == nullptr) return news_taken::yes;
  c->state = live_conversation::bit::unarmed;
  c->ts = std::max(c->ts, m.ts);
  const standing now = raise(*c, m.handle, m.head, m.records);
  // Marks that are to be repeated go with a real arm (R1).
  if (now == standing::all && !c->listed && (c->kept || c->marks_due)) {
    c->state = live_conversation::bit::armed;
    return news_taken::and_armed;
  }
  if (now != standing::none) list_arm(m.handle);
  return news_taken::yes;
}

void inboxes::take(urgent_news& m) {
  for (const auto& account : m.accounts) {
    auto* state = owner_.inbox(account);
    auto* c = state == nullptr ? nullptr : state->find(m.stream);
    if (c != nullptr && c->live != 0) raise_and_arm(slot(c->live), c->live, m.head);
  }
}

bool inboxes::is_settled(std::uint32_t handle) {
  const auto& c = slot(handle);
  for (auto* link : c.inbox->links) {
    const auto* at = link->find_feed(handle);
    if (at != nullptr && (!at->attached || at->sent() < c.known)) return false;
  }
  return true;
}

// The head is at least `head`; `records`, if there, are the newest up to it.
inboxes::standing inboxes::raise(live_conversation& c, std::uint32_t handle, std::uint64_t head, record_span records) {
  c.known = std::max(c.known, head);
  bool any = false;
  bool all = true;
  // Links may come and go in what follows: their own list is walked by index.
  auto* const inbox = c.inbox;
  for (std::size_t i = 0; inbox != nullptr && i < inbox->links.size(); ++i) {
    auto& link = *inbox->links[i];
    auto* const at = link.find_feed(handle);
    if (at == nullptr) continue;
    const bool first = !at->attached;
    if (first) [[unlikely]]
      link.on_known(*at, c.known, c.ts);
    if (!records.empty() && link.takes_along(*at) && at->sent() + 1 >= records.front().seq) {
      link.on_records(*at, records);
    }
    if (at->sent() >= c.known) [[likely]] {
      any = true;
      // It may be the last one that "caught up" has waited for (D9).
      if (first) link.pump_soon();
      continue;
    }
    all = false;
    if (at->missed) {
      link.pump_soon();  // others that were missed may become known in this turn, and go before
    } else {
      link.pump();
    }
  }
  if (!any) return standing::none;
  return all ? standing::all : standing::some;
}

void inboxes::raise_and_arm(live_conversation& c, std::uint32_t handle, std::uint64_t head) {
  if (raise(c, handle, head, {}) != standing::none) list_arm(handle);
}

void inboxes::stands(device_link& /*link*/, feed& at) {
  const auto& c = slot(at.conversation());
  if (c.state == live_conversation::bit::unarmed) list_arm(at.conversation());
}

bool inboxes::read_on(device_link& link, feed& at, std::uint32_t records) {
  const auto& c = slot(at.conversation());
  at.asked = static_cast<std::uint16_t>(std::min({records, limits_.read_records, feed::max_asked}));
  read r{.stream = c.stream,
         .account = link.account(),
         .first = at.sent() + 1,
         .max_records = at.asked,
         .max_bytes = limits_.read_bytes,
         .from = {self_, link.id() << 32 | at.conversation()}};
  at.reading = out_.post(owner_.shard_of(partition_of(c.stream)), std::move(r));
  if (at.reading) return true;
  counts_.link_no_credit.add();
  link.pump_again();
  return false;
}

void inboxes::take(records& m) {
  auto* link = find_link(m.token >> 32);
  if (link == nullptr) return;
  const auto handle = static_cast<std::uint32_t>(m.token);
  if ((handle & 0xffffff) == 0) return link->on_resend(m, static_cast<std::uint8_t>(handle >> 24));
  auto* at = link->find_feed(handle);
  // An answer to a feed that has begun anew since is none of its own: what lies between would be passed over.
  if (at == nullptr || !at->reading || m.first != at->sent() + 1) return;
  at->reading = false;
  if (!m.outcome.ok()) return link->on_read_refused(*at, m.outcome.why);
  auto& c = slot(at->conversation());
  c.known = std::max(c.known, m.head);
  link->on_records(*at, m.list ? record_span(*m.list) : record_span(),
                   std::max(m.trimmed, m.join_seq == 0 ? 0 : m.join_seq - 1));
  link->pump();
}

// --- events of the owner on this shard --------------------------------------------------------------------------

void inboxes::on_own_event(const own_event& event) {
  if (event.what == own_event::kind::inbox_changed) return changed(account_of(event.about));
  if (event.what != own_event::kind::cursors_kept || event.value == 0) return;
  const auto first =
      std::partition(waiting_.begin(), waiting_.end(), [&](const waiting_receipt& w) { return w.tag != event.value; });
  const std::vector<waiting_receipt> done(first, waiting_.end());
  waiting_.erase(first, waiting_.end());
  for (const auto& w : done) {
    auto* sender = find_link(w.link);
    if (sender != nullptr) sender->receipt_kept(w.tag);
    const auto it = inboxes_.find(w.account);
    if (it == inboxes_.end()) continue;
    auto* state = owner_.inbox(w.account);
    auto* c = state == nullptr ? nullptr : state->find(w.conversation);
    if (c != nullptr && c->live != 0) marks_changed(c->live);
    if (w.read == 0) continue;
    for (auto* link : (*it)->links) {
      auto* at = c == nullptr || link == sender ? nullptr : link->find_feed(c->live);
      if (at != nullptr) link->on_own_read(*at);
    }
  }
}

void inboxes::ask_anew(std::uint32_t handle) {
  auto& c = slot(handle);
  c.state = live_conversation::bit::unarmed;
  list_arm(handle);
  for (auto* link : c.inbox->links) {
    auto* at = link->find_feed(handle);
    if (at != nullptr && at->reading) read_on(*link, *at, at->asked);
  }
}

void inboxes::on_link_gap(shard_id from) {
  for (std::size_t i = 1; i < slots_.size(); ++i) {
    if (slots_[i].inbox == nullptr || owner_.shard_of(partition_of(slots_[i].stream)) != from) continue;
    ask_anew(handle_of(i));
  }
  for (auto* link : links_) link->on_link_gap(from);
}

void inboxes::tick(moment now) {
  now_ = now.mono;
  if (now.mono - marks_at_ >= limits_.marks_flush_direct) {
    marks_at_ = now.mono;
    auto due = std::move(marks_due_);
    marks_due_.clear();
    report_marks(due);
    const bool all = now.mono - cursors_at_ >= limits_.cursors_flush;
    if (all) cursors_at_ = now.mono;
    flush_cursors(now, all);
    if (all) {
      flush_seen();
      for (auto* link : links_) {
        if (link->wants_retry()) link->try_again();
      }
    }
  }
  sweep(now);
}

// Every conversation is armed anew within rearm, and its marks repeated within repeat_marks (D5, R1).
void inboxes::sweep(moment now) {
  constexpr mono_ms every = 1000;
  if (now.mono - sweep_last_ < every) return;
  sweep_last_ = now.mono;
  expire(now);
  const std::size_t steps = static_cast<std::size_t>(limits_.repeat_marks / every);
  const std::size_t n = slots_.size() / std::max<std::size_t>(steps, 1) + 1;
  std::vector<std::uint32_t> repeat;
  for (std::size_t k = 0; k < n && slots_.size() > 1; ++k) {
    sweep_at_ = sweep_at_ + 1 >= slots_.size() ? 1 : sweep_at_ + 1;
    auto& c = slots_[sweep_at_];
    if (c.inbox == nullptr || c.inbox->links.empty()) continue;
    const auto handle = handle_of(sweep_at_);
    repeat.push_back(handle);
    if (now.mono - mono_ms{c.asked_s} * 1000 < limits_.rearm - limits_.repeat_marks) continue;
    ask_anew(handle);
    for (auto* link : c.inbox->links) link->on_link_gap(owner_.shard_of(partition_of(c.stream)));
  }
  report_marks(repeat);
}

}  // namespace dunlin::engine
