// L5 at random: rows taken at any time, any mixture of them, and the frames behind them make the state that was.

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "stream/partition_bench.hpp"

namespace dunlin::stream {
namespace {

using store::position;
using store::row_key;
using store::row_kind;

constexpr partition_id here = partition_bench::here;
constexpr partition_id far = 0x33;
const row_key own = store::partition_row(here);
constexpr std::uint32_t newest_rules = 2;

struct row_version {
  position pos = 0;
  bytes row;
};
using rows = std::map<row_key, bytes>;

// Makes entries of all kinds about few accounts and conversations, so that they meet often.
class history {
 public:
  explicit history(seeded_random& random) : random_(random) {}

  bytes next(const partition& state) {
    bytes entry;
    switch (random_.below(23)) {
      case 0: write_create_entry(entry, create()); break;
      case 1:
      case 2: write_change_entry(entry, change()); break;
      case 3: write_account_entry(entry, account()); break;
      case 4:
      case 5: write_marks_entry(entry, marks_of_some()); break;
      case 6:
      case 7: write_cursors_entry(entry, cursors_of_some()); break;
      case 8: far_effect(entry, state); break;
      case 9:
      case 10: own_effect(entry, state); break;
      case 11: write_trim_entry(entry, {conversation(), random_.below(60)}); break;
      case 12: write_seen_entry(entry, seen()); break;
      case 13: write_depart_entry(entry, {partition_bench::account(1 + random_.below(6)), time()}); break;
      case 15: write_settings_entry(entry, settings()); break;
      case 16: write_profile_entry(entry, profile()); break;
      case 14: write_rules_entry(entry, 1 + static_cast<std::uint32_t>(random_.below(3))); break;
      default: send(entry); break;
    }
    return entry;
  }

 private:
  account_id member() {
    return random_.one_in(4) ? partition_bench::stranger(1 + random_.below(2), far)
                             : partition_bench::account(1 + random_.below(5));
  }
  // The last two stay unknown for long.
  stream_id conversation() { return partition_bench::conversation(1 + random_.below(5)); }
  // Enough that revoked ones are forgotten.
  device_id device() { return partition_bench::device(1 + random_.below(random_.one_in(4) ? 60 : 4)); }
  // Over some days.
  wall_ms time() { return static_cast<wall_ms>(1000 + random_.below(40) * 86'400'000 / 4); }
  std::vector<account_id> some_members(std::uint64_t most) {
    std::vector<account_id> out(random_.below(most + 1));
    for (auto& account : out) account = member();
    return out;
  }

  void send(bytes& entry) {
    const message_id id = partition_bench::message(random_.one_in(4) ? 1 + random_.below(100 + sent_) : 100 + ++sent_);
    const std::string body(random_.below(20), 'b');
    write_send_entry(entry,
                     {conversation(),
                      time(),
                      member(),
                      device(),
                      {.id = id,
                       .kind = random_.one_in(5) ? 1U : 0U,
                       .body = as_bytes(body),
                       .after = random_.one_in(8) ? partition_bench::message(1 + random_.below(200)) : message_id{}}});
  }
  // Of few ids, so that some come again.
  request by() {
    if (random_.one_in(2)) return {};
    return {device(), partition_bench::message(1 + random_.below(100 + sent_))};
  }
  create_entry create() {
    create_entry out{.stream = conversation(), .time = time(), .name = "group", .members = some_members(4)};
    out.direct = random_.one_in(5);
    out.open = random_.one_in(2);
    out.creator = out.members.empty() ? account_id{} : out.members[0];
    out.keep = random_.one_in(2) ? retention::forever : retention::until_delivered;
    if (!out.creator.is_zero()) out.by = by();
    if (random_.one_in(4)) out.picture = picture_;
    return out;
  }
  change_entry change() {
    change_entry out{conversation(), time(), random_.one_in(2) ? account_id{} : member(), some_members(2),
                     some_members(1)};
    if (random_.one_in(3)) out.roles.push_back({member(), static_cast<role>(random_.below(3))});
    if (!out.actor.is_zero()) out.by = by();
    if (!random_.one_in(3)) return out;
    out.add.clear();
    out.remove.clear();
    out.roles.clear();
    if (random_.one_in(2)) out.look.name = random_.one_in(2) ? "one name" : "another";
    if (random_.one_in(2)) out.look.picture = random_.one_in(3) ? byte_span() : byte_span(picture_);
    return out;
  }
  settings_entry settings() {
    return {partition_bench::account(1 + random_.below(6)), time(), random_.one_in(2) ? stream_id() : conversation(),
            1 + random_.below(20), "{}"};
  }
  profile_entry profile() {
    return {partition_bench::account(1 + random_.below(6)), time(), partition_bench::stranger(random_.below(60)),
            1 + random_.below(9)};
  }
  seen_entry seen() {
    seen_entry out{static_cast<day_number>(random_.below(20)), std::vector<seen_part>(1 + random_.below(3))};
    for (auto& part : out.parts) part = {partition_bench::account(1 + random_.below(5)), device()};
    return out;
  }
  account_entry account() {
    account_entry out{.account = partition_bench::account(1 + random_.below(6)), .time = time()};
    out.version = 1 + random_.below(40);
    out.deleted = random_.one_in(8);
    out.has_device = !random_.one_in(4);
    if (!out.has_device) return out;
    out.device = device();
    out.device_version = 1 + random_.below(20);
    out.revoked = random_.one_in(4);
    out.device_name = "device";
    return out;
  }
  std::vector<mark_part> marks_of_some() {
    std::vector<mark_part> parts(1 + random_.below(4));
    for (auto& part : parts) {
      part = {conversation(), member(), {random_.below(80), random_.below(60), random_.below(60)}};
    }
    return parts;
  }
  std::vector<cursor_part> cursors_of_some() {
    std::vector<cursor_part> parts(1 + random_.below(4));
    for (auto& part : parts) {
      part = {partition_bench::account(1 + random_.below(5)), conversation(),
              random_.one_in(4) ? device_id{} : device(), random_.below(80)};
    }
    return parts;
  }
  // Of another partition: mostly the next, at times one again or one too far.
  void far_effect(bytes& entry, const partition& state) {
    std::uint64_t n = state.effects().last(far) + 1;
    if (random_.one_in(6)) n += random_.below(3) - 1;
    const auto what = static_cast<effect_kind>(1 + random_.below(3));
    bytes body;
    if (what == effect_kind::leave) {
      write_effect_body(body, {.what = what,
                               .account = member(),
                               .conversation = conversation(),
                               .time = time(),
                               .join_seq = 1 + random_.below(3)});
    } else {
      write_effect_body(body, {.what = what,
                               .account = partition_bench::account(1 + random_.below(6)),
                               .conversation = {std::uint64_t{far} << 56, random_.below(4)},
                               .time = time(),
                               .join_seq = 1 + random_.below(50),
                               .name = "far",
                               .picture = random_.one_in(4) ? byte_span(picture_) : byte_span(),
                               .with = random_.one_in(4) ? member() : account_id()});
    }
    write_effect_entry(entry, far, n, body);
  }
  // What the partition owes to itself.
  void own_effect(bytes& entry, const partition& state) {
    const auto it = state.effects().waiting().find(here);
    if (it == state.effects().waiting().end()) {
      send(entry);
      return;
    }
    const auto& queue = it->second;
    const auto next =
        std::find_if(queue.begin(), queue.end(), [&](const auto& e) { return e.n > state.effects().last(here); });
    const auto& effect = next == queue.end() ? queue.front() : *next;
    write_effect_entry(entry, here, effect.n, effect.body);
  }

  seeded_random& random_;
  const bytes picture_ = bytes(picture_bytes, 9);
  std::uint64_t sent_ = 0;
};

rows all_rows(const partition_bench& bench, partition& state) {
  rows out;
  for (const auto& [id, _] : state.streams()) out[{row_kind::stream, id}] = bench.row({row_kind::stream, id});
  for (const auto& [id, _] : state.inboxes()) {
    out[{row_kind::inbox, account_stream(id)}] = bench.row({row_kind::inbox, account_stream(id)});
  }
  out[own] = bench.row(own);
  return out;
}

class L5 {
 public:
  explicit L5(std::uint64_t seed) : random_(seed), history_(random_) {}

  void run() {
    const std::uint64_t entries = 50 + random_.below(400);
    for (std::uint64_t i = 0; i < entries && !testing::Test::HasFatalFailure(); ++i) one_entry();
    for (int i = 0; i < 4 && !testing::Test::HasFatalFailure(); ++i) rebuild();
  }
  [[nodiscard]] std::size_t kept() const { return bench_.frames().size(); }
  [[nodiscard]] std::size_t skipped() const { return skipped_; }

 private:
  void one_entry() {
    const rows before = all_rows(bench_, bench_.state());
    const bytes entry = history_.next(bench_.state());
    bench_.apply(entry);
    const rows after = all_rows(bench_, bench_.state());
    // Sealing stands on this: what an entry changed is what it says that it changed.
    std::set<row_key> said;
    if (bench_.out().keep) said.insert(bench_.frames().back().parts.begin(), bench_.frames().back().parts.end());
    for (const auto& [key, row] : after) {
      const auto it = before.find(key);
      const bool changed = it == before.end() ? key != own : it->second != row;
      ASSERT_TRUE(!changed || said.contains(key))
          << "kind of entry " << int{entry[0]} << ", part " << static_cast<int>(key.kind);
    }
    for (const auto& key : said) ASSERT_TRUE(after.contains(key));
    if (random_.one_in(5)) forget();
    if (random_.one_in(3)) take_rows();
  }

  // What a target reported; in memory only, so a rebuilt partition may owe more.
  void forget() {
    for (const partition_id to : {here, far}) {
      const auto& waiting = bench_.state().effects().waiting();
      const auto it = waiting.find(to);
      if (it == waiting.end()) continue;
      std::uint64_t n = it->second.front().n + random_.below(it->second.size());
      if (to == here) n = std::min(n, bench_.state().effects().last(here));
      bench_.state().effects().forget(to, n);
      forgotten_[to] = std::max(forgotten_[to], n);
    }
  }

  static position pos_of(partition& state, const row_key& key) {
    if (key.kind == row_kind::partition) return state.own_pos();
    if (key.kind == row_kind::stream) return state.find_stream(key.id)->pos;
    return state.find_inbox(account_of(key.id))->pos;
  }

  // Rows with the position of their part's last change, or of the partition: they include all up to either.
  void take_rows() {
    for (auto& [key, row] : all_rows(bench_, bench_.state())) {
      if (!random_.one_in(3)) continue;
      taken_[key].push_back({random_.one_in(2) ? pos_of(bench_.state(), key) : bench_.state().pos(), std::move(row)});
    }
  }

  // The newest position up to which no frame is needed, given one row (or none) for each part.
  std::vector<position> possible_starts(const std::map<row_key, row_version>& chosen) {
    std::vector<position> starts = {0};
    for (const auto& f : bench_.frames()) {
      const bool covered = std::all_of(f.parts.begin(), f.parts.end(), [&](const row_key& key) {
        const auto it = chosen.find(key);
        return it != chosen.end() && it->second.pos >= f.pos;
      });
      if (!covered) break;
      starts.push_back(f.pos);
    }
    return starts;
  }

  void rebuild() {
    std::map<row_key, row_version> chosen;
    const bool newest = random_.one_in(3);
    for (const auto& [key, versions] : taken_) {
      if (!newest && random_.one_in(4)) continue;
      chosen[key] = newest ? versions.back() : versions[random_.below(versions.size())];
    }
    const auto starts = possible_starts(chosen);
    const position start = random_.one_in(2) ? starts.back() : starts[random_.below(starts.size())];
    partition again(here, newest_rules);
    const auto load = [&](const row_key& key) {
      const auto it = chosen.find(key);
      if (it == chosen.end()) return;
      const bool there = key.kind == row_kind::stream  ? again.find_stream(key.id) != nullptr
                         : key.kind == row_kind::inbox ? again.find_inbox(account_of(key.id)) != nullptr
                                                       : again.own_pos() >= it->second.pos;
      if (there) return;
      ASSERT_TRUE(again.load_row(key, it->second.pos, it->second.row));
    };
    for (const auto& f : bench_.frames()) {
      if (f.pos <= start) continue;
      const auto slot = again.redo(f.replayed(here), load);
      ASSERT_TRUE(slot) << slot.error().message();
      ASSERT_EQ(*slot, f.seq == 0 ? nullptr : &again.find_stream(f.stream)->slot) << "pos " << f.pos;
      for (const auto& key : f.parts) skipped_ += chosen.contains(key) && chosen[key].pos >= f.pos ? 1 : 0;
    }
    for (const auto& [key, _] : chosen) load(key);
    for (const auto& [to, n] : forgotten_) again.effects().forget(to, n);
    ASSERT_LE(again.pos(), bench_.state().pos());
    compare(again);
  }

  void compare(partition& again) {
    const rows expected = all_rows(bench_, bench_.state());
    ASSERT_EQ(again.streams().size(), bench_.state().streams().size());
    ASSERT_EQ(again.inboxes().size(), bench_.state().inboxes().size());
    for (const auto& [key, row] : expected) {
      bytes rebuilt;
      again.write_row(key, rebuilt);
      ASSERT_EQ(rebuilt, row) << "part " << static_cast<int>(key.kind);
      // Its next row says what it includes, and no more than there is.
      ASSERT_GE(pos_of(again, key), pos_of(bench_.state(), key));
      ASSERT_LE(pos_of(again, key), bench_.state().pos());
    }
    ASSERT_EQ(again.effects().unreported(), bench_.state().effects().unreported());
  }

  seeded_random random_;
  history history_;
  partition_bench bench_{newest_rules};
  std::map<row_key, std::vector<row_version>> taken_;
  std::map<partition_id, std::uint64_t> forgotten_;
  std::size_t skipped_ = 0;
};

TEST(Redo, L5_AnyMixtureOfRowsAndTheFramesBehindThemMakeTheStateThatWas) {
  std::size_t kept = 0;
  std::size_t skipped = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    L5 run(seed);
    run.run();
    if (HasFatalFailure()) return;
    kept += run.kept();
    skipped += run.skipped();
  }
  // Otherwise nothing was tried.
  EXPECT_GT(kept, 10000U);
  EXPECT_GT(skipped, 10000U);
}

TEST(Redo, L7_TheSameEntriesMakeTheSameStateAndVerdicts) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    seeded_random random(seed);
    history entries(random);
    partition_bench one;
    partition_bench two;
    for (int i = 0; i < 300; ++i) {
      const bytes entry = entries.next(one.state());
      const verdict a = one.apply(entry);
      const verdict b = two.apply(entry);
      ASSERT_EQ(a.what, b.what);
      ASSERT_EQ(a.seq, b.seq);
      ASSERT_EQ(one.out().keep, two.out().keep);
      ASSERT_EQ(one.out().outcome, two.out().outcome);
    }
    ASSERT_EQ(all_rows(one, one.state()), all_rows(two, two.state()));
  }
}

}  // namespace
}  // namespace dunlin::stream
