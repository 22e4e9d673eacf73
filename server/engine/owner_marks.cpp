// Marks and receipts (R1, R2), trimming (R3), and what is never stored (P2).

#include <algorithm>

#include "engine/owner.hpp"

namespace dunlin::engine {

namespace {
// Parts of one coalesced entry of the log.
constexpr std::size_t parts_an_entry = 256;
}  // namespace

void owner::take(marks_reports& m, moment /*now*/) {
  for (const auto& r : m.list) {
    auto* s = find(r.stream);
    const auto* member = s == nullptr ? nullptr : s->find_member(r.account);
    if (member == nullptr) continue;
    report_marks(r, *s, live_of(*s));
  }
}

void owner::report_marks(const marks_report& r, stream::stream_state& s, live_stream& live) {
  auto* member = s.find_member(r.account);
  member->handle = r.handle;
  auto at = member->at;
  if (!at.merge(r.at)) {
    // Known already: say what is kept, when it is durable (R1).
    hold(shard_of(partition_of(r.account)), marks_kept{s.id, r.handle, member->at});
    return;
  }
  const std::uint32_t known = member->reported;
  if (known != 0 && known <= live.marks.size() && live.marks[known - 1].account == r.account) {
    live.marks[known - 1].at.merge(r.at);
  } else {
    live.marks.push_back({s.id, r.account, r.at});
    member->reported = static_cast<std::uint32_t>(live.marks.size());
  }
  if (live.marks_listed) return;
  live.marks_listed = true;
  (s.direct ? marked_direct_ : marked_group_).push_back(s.id);
}

void owner::flush_marks_due(moment now) {
  if (now.mono - direct_at_ >= limits_.marks_flush_direct) {
    direct_at_ = now.mono;
    flush_marks(marked_direct_);
  }
  if (now.mono - group_at_ >= limits_.marks_flush_group) {
    group_at_ = now.mono;
    flush_marks(marked_group_);
    const mono_ms cold = now.mono - 5000;
    for (std::size_t i = 0; i < live_.size(); ++i) {
      auto& live = live_[i];
      if (!live.recent.empty() && live.recent_at < cold) live.recent = {};
    }
  }
}

void owner::flush_marks(std::vector<stream_id>& listed) {
  if (listed.empty()) return;
  std::sort(listed.begin(), listed.end());  // by partition
  std::vector<stream::mark_part> parts;
  std::vector<stream_id> later;
  const auto submit_parts = [&] {
    if (parts.empty()) return;
    scratch_.clear();
    stream::write_marks_entry(scratch_, parts);
    const auto p = partition_of(parts[0].stream);
    // Without space they are lost here, and reported again by their inboxes (R1).
    append(p, scratch_, store::space_for::upkeep, nullptr);
    parts.clear();
  };
  for (const auto& id : listed) {
    auto* s = find(id);
    if (s == nullptr) continue;
    auto& live = live_of(*s);
    live.marks_listed = false;
    if (!parts.empty() && (partition_of(parts[0].stream) != partition_of(id) || parts.size() >= parts_an_entry)) {
      submit_parts();
    }
    parts.insert(parts.end(), live.marks.begin(), live.marks.end());
    live.marks = {};
  }
  submit_parts();
  listed.clear();
}

void owner::find_lowest(const stream::stream_state& s, live_stream& live) {
  constexpr std::uint64_t none = ~std::uint64_t{0};
  live.got = {none, none, {}};
  live.read = {none, none, {}};
  const auto see = [](lowest& l, std::uint64_t value, account_id account) {
    if (value < l.value) {
      l.second = l.value;
      l.value = value;
      l.holder = account;
    } else if (value < l.second) {
      l.second = value;
    }
  };
  for (const auto& member : s.members) {
    see(live.got, member.at.got, member.account);
    see(live.read, member.at.read, member.account);
  }
  for (auto* l : {&live.got, &live.read}) {
    if (l->value == none) l->value = 0;
    if (l->second == none) l->second = 0;
  }
  live.lowest_known = true;
  live.lowest_told = false;
}

void owner::look_at_marks(const stream::stream_state& s, live_stream& live) {
  if (!live.lowest_known && marks_settled(live)) find_lowest(s, live);
}

void owner::marks_durable(stream_id id) {
  auto* s = find(id);
  if (s == nullptr || s->is_account) return;
  auto& live = live_of(*s);
  if (!marks_settled(live)) return;  // a later entry changed them again, and says so when it is durable
  for (const auto& member : s->members) {
    if (member.handle == 0) continue;
    // One message each is what few members cost; inboxes of a large group learn by their next arm.
    if (s->members.size() <= 8) {
      out_.post(shard_of(partition_of(member.account)), marks_kept{id, member.handle, member.at});
    }
  }
  const auto before = std::pair(live.got, live.read);
  const bool told = live.lowest_known && live.lowest_told;
  find_lowest(*s, live);
  live.lowest_told = true;
  if (!told || before != std::pair(live.got, live.read)) tell_receipts(*s, live);
  maybe_trim(*s);
}

void owner::tell_receipts(stream::stream_state& s, live_stream& live) {
  // All members see the same but who holds a lowest mark.
  short_list<receipts_news, 4> common(shards_);
  const receipts all{live.got.value, live.read.value};
  bool all_told = true;
  for (const auto& member : s.members) {
    if (member.handle == 0) continue;
    const shard_id to = shard_of(partition_of(member.account));
    const receipts mine{live.got.without(member.account), live.read.without(member.account)};
    if (mine == all) {
      common[to].handles.push_back(member.handle);
    } else if (!out_.post(to, receipts_news{s.id, {member.handle}, mine})) {
      all_told = false;
    }
  }
  for (shard_id to = 0; to < shards_; ++to) {
    if (common[to].handles.empty()) continue;
    common[to].stream = s.id;
    common[to].others = all;
    all_told = out_.post(to, std::move(common[to])) && all_told;
  }
  if (all_told) return;
  counts_.link_no_credit.add();
  signal_later(live, &live_stream::untold);
}

namespace {

stream::day_number days_before(stream::day_number today, mono_ms time) {
  const auto days = static_cast<stream::day_number>(time / 86'400'000);
  return today > days ? today - days : 0;
}

}  // namespace

stream::day_number owner::active_since() const { return days_before(today(), limits_.silent_device); }

// What is older than its stream may keep it; whole days, so that nobody has to know the time of each record.
std::uint64_t owner::due_by_time(const stream::stream_state& s) const {
  if (!s.is_trimmed_by_time() || s.days.empty()) return 0;
  if (!s.is_account) return s.through_day(days_before(today(), limits_.keep_undelivered));  // at the latest then
  const auto last = days_before(today(), limits_.keep_account);                             // at least as long
  return last == 0 ? 0 : s.through_day(last - 1);
}

void owner::maybe_trim(stream::stream_state& s) {
  // Trimming in steps keeps its entries few beside the messages'.
  constexpr std::uint64_t step = 64;
  std::uint64_t delivered = 0;
  if (s.keep == stream::retention::until_delivered && !s.members.empty()) {
    delivered = ~std::uint64_t{0};
    for (const auto& member : s.members) delivered = std::min(delivered, member.at.all);
    if (delivered < s.trimmed + step && delivered != s.head) delivered = 0;
  }
  const std::uint64_t through = std::max(delivered, due_by_time(s));
  if (through <= s.trimmed) return;
  scratch_.clear();
  stream::write_trim_entry(scratch_, {s.id, through});
  append(partition_of(s.id), scratch_, store::space_for::upkeep, nullptr);
}

void owner::take(live_up& m) {
  const auto* s = find(m.stream);
  if (s == nullptr || s->find_member(m.account) == nullptr) return;
  std::vector<live_down> to(shards_);
  for (const auto& member : s->members) {
    if (member.handle != 0) to[shard_of(partition_of(member.account))].handles.push_back(member.handle);
  }
  for (shard_id shard = 0; shard < shards_; ++shard) {
    if (to[shard].handles.empty()) continue;
    to[shard].stream = m.stream;
    to[shard].device = m.device;
    to[shard].payload = m.payload;
    out_.post(shard, std::move(to[shard]));
  }
}

}  // namespace dunlin::engine
