#include "accounts/linking.hpp"

#include <algorithm>
#include <utility>

#include "accounts/handle.hpp"

namespace dunlin::accounts {

namespace {

constexpr std::string_view count_name = "dunlin_links_total";
constexpr std::string_view count_help = "Link codes of new devices, by what became of them.";

}  // namespace

linking::linking(service& beside, metrics& counted)
    : desk_(beside.works_with()),
      codes_(desk_.random),
      open_(counted.make_gauge("dunlin_links", "Link codes in memory, with those that ended lately.")),
      waits_(counted.make_gauge("dunlin_links_waits", "Requests that wait for what becomes of a link code.")),
      opened_(counted.make_counter(count_name, count_help, "outcome=\"opened\"")),
      linked_(counted.make_counter(count_name, count_help, "outcome=\"linked\"")),
      missed_(counted.make_counter(count_name, count_help, "outcome=\"wrong_code\"")) {
  beside.on_revoked([this](device_id device) { wake(codes_.revoke(device, now())); });
}

void linking::open(device_id device, std::string name, token secret, executor post, answer<opened> done) {
  desk_.get<opened>(std::move(post), std::move(done),
                    [this, device, name = std::move(name), hash = hash_of(secret)]() -> result<opened> {
                      DUNLIN_TRY(check_device_name(name));
                      const auto before = codes_.size();
                      DUNLIN_TRY_ASSIGN(const link* one, codes_.open(device, name, hash, desk_.time.now()));
                      if (codes_.size() > before) opened_.add();
                      sweep();
                      return opened{one->id, one->code, one->created + link_codes::lasts};
                    });
}

linking::standing linking::standing_of(const link& one) {
  standing out{one.state, {}, {}};
  if (one.state == link_state::seen || one.state == link_state::linked) out.handle = one.handle;
  if (one.state == link_state::linked) out.linked = {one.claimed_by.account, one.device};
  return out;
}

void linking::wait(link_id id, std::string token_text, link_state known, mono_ms wait, executor post,
                   answer<standing> done) {
  desk_.run<standing>(std::move(post), std::move(done),
                      [this, id, known, wait, text = std::move(token_text)](const auto& finish) {
                        const auto found = codes_.find(id, now());
                        if (!found) return finish(found.error());
                        const auto secret = token_from_text(text);
                        if (!secret || !(hash_of(*secret) == (*found)->hash)) return finish(errc::wrong_token);
                        if ((*found)->state != known || wait <= 0) return finish(standing_of(**found));
                        if (waiting_.count(id) >= max_waiting) {
                          finish_waiting(id, waiting_.find(id)->second.number);
                        }
                        const auto number = ++last_waiter_;
                        waiting_.emplace(id, waiter{number, known, finish});
                        waits_.set(static_cast<std::int64_t>(waiting_.size()));
                        desk_.queue.post_after(wait, [this, id, number] { finish_waiting(id, number); });
                      });
}

// Answers one of those who wait with how it stands now, if it still waits.
void linking::finish_waiting(link_id id, std::uint64_t number) {
  const auto [first, last] = waiting_.equal_range(id);
  const auto found = std::find_if(first, last, [&](const auto& e) { return e.second.number == number; });
  if (found == last) return;
  const auto finish = std::move(found->second.finish);
  waiting_.erase(found);
  waits_.set(static_cast<std::int64_t>(waiting_.size()));
  const auto one = codes_.find(id, now());
  finish(one ? result<standing>(standing_of(**one)) : result<standing>(one.error()));
}

void linking::wake(link_id id) {
  const auto one = codes_.find(id, now());
  const auto [first, last] = waiting_.equal_range(id);
  std::vector<std::uint64_t> done;
  for (auto at = first; at != last; ++at) {
    if (!one || (*one)->state != at->second.known) done.push_back(at->second.number);
  }
  for (const auto number : done) finish_waiting(id, number);
}

void linking::wake(const std::vector<link_id>& all) {
  for (const auto& id : all) wake(id);
}

// Looks for what time has ended as long as there is anything.
void linking::sweep() {
  wake(codes_.sweep(now()));
  open_.set(static_cast<std::int64_t>(codes_.size()));
  if (codes_.size() == 0 || std::exchange(sweep_due_, true)) return;
  desk_.queue.post_after(sweep_every, [this] {
    sweep_due_ = false;
    if (!desk_.stopped) sweep();
  });
}

void linking::claim(std::string typed, identity who, executor post, answer<asker> done) {
  desk_.get<asker>(std::move(post), std::move(done), [this, typed = std::move(typed), who]() -> result<asker> {
    const auto found = codes_.claim(typed, who, now());
    if (!found) {
      missed_.add();
      return found.error();
    }
    auto& one = **found;
    if (one.handle.empty()) {
      DUNLIN_TRY_ASSIGN(const auto owner, desk_.tables.accounts.find(who.account));
      one.handle = owner.handle;
    }
    wake(one.id);
    return asker{one.id, one.device_name, one.created};
  });
}

// The device in SQL, if it is not yet: from then on only the streams are waited for.
result<pending_row> linking::link_now(link& one, const identity& who) {
  const auto row = desk_.tables.credentials.link({one.device, who.account, one.device_name, one.hash, who.device},
                                                 desk_.time.now().wall);
  if (row) one.decided = true;
  if (!row && row.error() == errc::conflict) {
    codes_.end(one, link_state::refused, now());
    wake(one.id);
  }
  return row;
}

// A row that cannot be told yet is told later by itself; who waits for the link learns of it then.
void linking::when_told(link_id id, pending_row row) {
  desk_.told_by.when_told(row, [this, id, row](const status& told) {
    if (!told && told.error() == errc::untold) return when_told(id, row);
    const auto one = codes_.find(id, now());
    if (!told || !one || (*one)->state == link_state::linked) return;
    codes_.end(**one, link_state::linked, now());
    linked_.add();
    wake(id);
  });
}

void linking::confirm(link_id id, identity who, executor post, answer<void> done) {
  desk_.run<void>(std::move(post), std::move(done), [this, id, who](const auto& finish) {
    const auto found = codes_.claimed(id, who, now());
    if (!found) return finish(found.error());
    auto& one = **found;
    if (one.state == link_state::linked) return finish(ok());
    if (one.state != link_state::seen) return finish(errc::link_over);
    const bool first = !one.decided;
    const auto row = link_now(one, who);
    if (!row) return finish(row.error());
    if (first) when_told(id, *row);
    desk_.told_by.when_all_told({*row}, finish);
  });
}

void linking::refuse(link_id id, identity who, executor post, answer<void> done) {
  desk_.get<void>(std::move(post), std::move(done), [this, id, who]() -> status {
    DUNLIN_TRY_ASSIGN(link * one, codes_.claimed(id, who, now()));
    if (one->state == link_state::refused) return ok();
    if (one->state != link_state::seen || one->decided) return errc::link_over;
    codes_.end(*one, link_state::refused, now());
    wake(id);
    return ok();
  });
}

void linking::stop() {
  desk_.queue.post(
      [this] {
        while (!waiting_.empty()) finish_waiting(waiting_.begin()->first, waiting_.begin()->second.number);
      },
      job_queue::lane::reserved);
}

}  // namespace dunlin::accounts
