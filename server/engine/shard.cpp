#include "engine/shard.hpp"

#include <cstring>

#include "base/check.hpp"
#include "base/log.hpp"

namespace dunlin::engine {

using stream::reason;
using stream::verdict;

namespace {
// Where links may lose what they took.
constexpr mono_ms resend_after = 2000;
constexpr mono_ms control_patience = 10'000;
}  // namespace

shard::shard(surroundings all)
    : around_(std::move(all)),
      owner_(around_.self, around_.shards, around_.log, around_.history, *this, around_.limits, around_.counts),
      inboxes_(around_.self, owner_, *this, around_.limits, around_.counts, presences_),
      presences_(around_.self, owner_, inboxes_, *this, around_.limits, around_.counts, now_,
                 [this](account_id who, std::function<void(bool)> then) { return look_up(who, std::move(then)); }),
      sends_(around_.self, around_.shards, around_.other_shards.may_lose(), around_.limits, around_.counts,
             [this](shard_id to, message& m) {
               if (to != around_.self) return around_.other_shards.send(to, std::move(m));
               owner_.take(std::move(m), now_);
               return true;
             }) {
  wire_.bounds = around_.wire;
}

shard::~shard() = default;

// --- messages ---------------------------------------------------------------------------------------------------

bool shard::post(shard_id to, message&& m) {
  if (to == around_.self) {
    own_.push_back(std::move(m));
    return true;
  }
  return around_.other_shards.send(to, std::move(m));
}

bool shard::take_here(const submitted& m) {
  if (!own_.empty()) return false;
  take(m);
  return true;
}

news_taken shard::take_here(const news_view& m) {
  if (!own_.empty()) return news_taken::no;
  return inboxes_.take(m);
}

void shard::deliver(message&& m) { take(std::move(m)); }

void shard::take(message&& m) {
  if (auto* x = std::get_if<news>(&m)) return inboxes_.take(*x);
  if (auto* x = std::get_if<verdicts>(&m)) {
    for (const auto& one : x->list) take(one);
    return;
  }
  if (auto* x = std::get_if<submitted>(&m)) return take(*x);
  if (auto* x = std::get_if<submitted_run>(&m)) return take_run(x->token, {x->all, x->each});
  if (auto* x = std::get_if<armed_list>(&m)) return inboxes_.take(*x);
  if (auto* x = std::get_if<records>(&m)) return take(*x);
  if (auto* x = std::get_if<about>(&m)) return take(*x);
  if (auto* x = std::get_if<urgent_news>(&m)) return inboxes_.take(*x);
  if (auto* x = std::get_if<marks_kept>(&m)) return inboxes_.take(*x);
  if (auto* x = std::get_if<receipts_news>(&m)) return inboxes_.take(*x);
  if (auto* x = std::get_if<live_down>(&m)) return inboxes_.take(*x);
  if (auto* x = std::get_if<attach_ready>(&m); x != nullptr && x->ready) return take(*x);
  if (auto* x = std::get_if<state_ready>(&m); x != nullptr && x->ready) return take(*x);
  if (auto* x = std::get_if<presence_ask>(&m)) return presences_.take(*x);
  if (auto* x = std::get_if<presence_words>(&m)) return presences_.take(*x);
  owner_.take(std::move(m), now_);
}

void shard::on_own_event(const own_event& event) {
  inboxes_.on_own_event(event);
  if (event.what == own_event::kind::inbox_changed) presences_.conversations_changed(account_of(event.about));
}

bool shard::look_up(account_id who, std::function<void(bool ok)> then) {
  constexpr std::size_t most = 512;
  if (states_.size() >= most) return false;
  const std::uint64_t token = next_control_++;
  states_[token] = std::move(then);
  own_.emplace_back(state_ready{token, who});
  return true;
}

void shard::take(const attach_ready& m) {
  if (auto* link = inboxes_.find_link(m.link)) link->on_attach_ready(!m.failed);
}

void shard::take(const state_ready& m) {
  const auto it = states_.find(m.token);
  if (it == states_.end()) return;
  const auto go = std::move(it->second);
  states_.erase(it);
  go(!m.failed);
}

bool shard::run_own() {
  // What is posted meanwhile waits for the next round: a turn is bounded.
  constexpr std::size_t most_kept = 1024;
  std::swap(own_, own_taken_);
  const bool any = !own_taken_.empty();
  for (auto& m : own_taken_) take(std::move(m));
  own_taken_.clear();
  if (own_taken_.capacity() > most_kept) own_taken_ = {};
  return any;
}

void shard::turn(moment now) {
  constexpr mono_ms tick_every = 25;
  const bool due = now.mono - ticked_ >= tick_every;
  now_ = now;
  owner_.turn(now);
  go_on_sending();
  if (due) {
    ticked_ = now.mono;
    owner_.tick(now);
    inboxes_.tick(now);
    presences_.tick();
    if (around_.other_shards.may_lose()) {
      sends_.resend(now.mono, now.mono - resend_after, nullptr);
      expire_control();
    }
  }
}

void shard::pump_listed() {
  const auto links = std::exchange(later_, {});
  for (const auto id : links) {
    if (auto* link = inboxes_.find_link(id)) link->pump();
  }
}

bool shard::flush(std::size_t enough) {
  for (int round = 0; round < 4; ++round) {
    pump_listed();
    inboxes_.flush(now_);
    presences_.flush();
    if (!run_own() && later_.empty() && !inboxes_.has_arms()) break;
  }
  return owner_.flush(enough);
}

mono_ms shard::idle_for() const {
  if (!own_.empty() || !later_.empty() || inboxes_.has_arms() || owner_.has_due()) return 0;
  // Room in another's mailbox or in the log is not announced.
  return sends_.has_kept() || owner_.waits_for_space() ? 1 : 25;
}

void shard::on_link_gap(shard_id from) {
  owner_.resend_effects(from);
  inboxes_.on_link_gap(from);
  presences_.on_link_gap(from);
  sends_.resend(now_.mono, now_.mono, &from);
}

void shard::go_on_sending() {
  readable_.clear();
  sends_.turn(now_.mono, readable_);
  for (const auto id : readable_) {
    if (auto* link = inboxes_.find_link(id)) link->read_again();
  }
}

// A request of the control plane that may be lost is answered; whoever asked repeats it (Q1).
void shard::expire_control() {
  std::vector<std::uint64_t> late;
  for (const auto& [token, waiting] : control_) {
    if (now_.mono - waiting.since > control_patience) late.push_back(token);
  }
  for (const auto token : late) {
    const auto it = control_.find(token);
    if (it == control_.end()) continue;
    if (it->second.verdict) {
      submitted busy{token, verdict::refuse(reason::busy)};
      take(busy);
    } else if (it->second.records) {
      records busy{.token = token, .outcome = verdict::refuse(reason::busy)};
      take(busy);
    } else {
      take(about{token, verdict::refuse(reason::busy), nullptr});
    }
  }
}

void shard::shut_down(bool at_once) {
  std::vector<device_link*> all;
  inboxes_.for_each_link([&](device_link& link) { all.push_back(&link); });
  for (auto* link : all) link->on_shutdown(at_once);
}

void shard::drop_links() {
  std::vector<device_link*> all;
  inboxes_.for_each_link([&](device_link& link) { all.push_back(&link); });
  for (auto* link : all) link->drop();
}

// --- links ------------------------------------------------------------------------------------------------------

void shard::verified(std::uint64_t ticket, const identity& who) {
  if (auto* link = inboxes_.find_link(ticket)) link->on_verified(who);
}

void shard::attach_when_ready(device_link& link) { own_.emplace_back(attach_ready{link.id(), link.account()}); }

message_id shard::next_message_id() {
  // Increasing, as S3 wants of a sender, even within a millisecond.
  message_id id = around_.random.message(now_.wall);
  if (id <= last_message_) {
    id = last_message_;
    ++id.lo;
  }
  last_message_ = id;
  return id;
}

void shard::take(records& m) {
  if ((m.token & control_bit) == 0) return inboxes_.take(m);
  const auto it = control_.find(m.token);
  if (it == control_.end()) return;
  const auto done = std::move(it->second.records);
  control_.erase(it);
  done(m);
}

void shard::take(const about& m) {
  const auto it = control_.find(m.token);
  if (it == control_.end()) return;
  const auto done = std::move(it->second.about);
  control_.erase(it);
  done(m);
}

void shard::post_live(live_up&& m) {
  const shard_id to = owner_.shard_of(partition_of(m.stream));
  if (!post(to, std::move(m))) around_.counts.link_no_credit.add();
}

}  // namespace dunlin::engine
