// What inboxes log and report of how far their devices are: cursors, marks, receipts (D1, R1, R2).

#include <algorithm>

#include "engine/inboxes.hpp"

namespace dunlin::engine {

namespace {
// Parts of one coalesced entry of the log.
constexpr std::size_t parts_an_entry = 256;
}  // namespace

// --- receipts and marks -----------------------------------------------------------------------------------------

std::uint32_t inboxes::counted_devices(const stream::inbox_state& state) const {
  const auto since = owner_.active_since();
  std::uint64_t sum = 0;
  for (const auto& device : state.devices) {
    if (device.is_active(since)) sum += device.id.lo * 0x9e3779b97f4a7c15U >> 32;
  }
  return static_cast<std::uint32_t>(sum);
}

stream::marks inboxes::marks_now(const live_conversation& c) {
  const auto* state = owner_.inbox(c.inbox->account);
  const auto* stored = state == nullptr ? nullptr : state->find(c.stream);
  if (stored == nullptr) return {};
  const auto since = owner_.active_since();
  // As stream::inbox_state::marks_of, but what connected devices acknowledged since the last entry of cursors counts.
  stream::marks out{.read = stored->read};
  bool first = true;
  for (std::size_t i = 0; i < state->devices.size(); ++i) {
    if (!state->devices[i].is_active(since)) continue;
    std::uint64_t cursor = stored->cursors[i];
    for (const auto* link : c.inbox->links) {
      if (!link->is_primary() || link->device() != state->devices[i].id) continue;
      if (const auto* at = const_cast<device_link*>(link)->find_feed(stored->live)) {
        if (at->moves_cursor) cursor = std::max(cursor, at->acked());
      }
    }
    out.got = std::max(out.got, cursor);
    out.all = first ? cursor : std::min(out.all, cursor);
    first = false;
  }
  return out;
}

void inboxes::marks_changed(std::uint32_t handle) {
  auto& c = slot(handle);
  c.kept = false;
  if (c.marks_due || c.stream == account_stream(c.inbox->account)) return;
  c.marks_due = true;
  marks_due_.push_back(handle);
}

void inboxes::report_marks(std::vector<std::uint32_t>& handles) {
  std::map<shard_id, marks_reports> out;
  for (const auto handle : handles) {
    auto& c = slot(handle);
    if (!is_current(handle)) continue;
    c.marks_due = false;
    if (c.inbox == nullptr || c.stream == account_stream(c.inbox->account)) continue;
    if (c.kept) continue;
    const auto at = marks_now(c);
    if (at == stream::marks{}) continue;  // what a stream has of itself
    auto& batch = out[owner_.shard_of(partition_of(c.stream))];
    batch.from = self_;
    batch.list.push_back({c.stream, c.inbox->account, handle, at});
  }
  handles.clear();
  for (auto& [to, batch] : out) {
    // Without credit they are repeated with the next arm, or within the minute.
    if (!out_.post(to, std::move(batch))) counts_.link_no_credit.add();
  }
}

void inboxes::take(marks_kept& m) {
  if (auto* c = valid(m.handle, m.stream)) c->kept = m.at.covers(marks_now(*c));
}

void inboxes::take(receipts_news& m) {
  for (const auto handle : m.handles) {
    if (valid(handle, m.stream) != nullptr) merge_receipts(handle, m.others);
  }
}

void inboxes::merge_receipts(std::uint32_t handle, const receipts& others) {
  auto& c = slot(handle);
  const receipts before = c.others;
  c.others.delivered = std::max(before.delivered, others.delivered);
  c.others.read = std::max(before.read, others.read);
  if (before == c.others) return;
  for (auto* link : c.inbox->links) {
    if (auto* at = link->find_feed(handle)) link->on_receipts(*at);
  }
}

void inboxes::take(live_down& m) {
  for (const auto handle : m.handles) {
    auto* c = valid(handle, m.stream);
    if (c == nullptr) continue;
    for (auto* link : c->inbox->links) link->on_live(m.stream, m.device, *m.payload);
  }
}

// --- cursors ----------------------------------------------------------------------------------------------------

void inboxes::note_dirty(const device_link& link, feed& at) {
  at.dirty = true;
  dirty_.push_back({link.id(), at.conversation()});
}

std::uint64_t inboxes::note_read(device_link& link, stream_id conversation, std::uint64_t seq) {
  const partition_id p = partition_of(link.account());
  if (due_tag_[p] == 0) due_tag_[p] = next_tag_++;
  parts_[p].push_back({link.account(), conversation, {}, seq});
  waiting_.push_back({due_tag_[p], link.id(), link.account(), conversation, seq});
  return due_tag_[p];
}

std::uint64_t inboxes::note_cursor(device_link& link, stream_id conversation, std::uint64_t seq) {
  const partition_id p = partition_of(link.account());
  if (due_tag_[p] == 0) due_tag_[p] = next_tag_++;
  parts_[p].push_back({link.account(), conversation, link.device(), seq});
  waiting_.push_back({due_tag_[p], link.id(), link.account(), conversation, 0});
  return due_tag_[p];
}

// A device that is connected is seen once a day (R3): a day number is all that is kept, so the log hears of it once.
void inboxes::note_seen(const device_link& link) {
  const auto* state = owner_.inbox(link.account());
  const std::size_t i = state == nullptr ? stream::inbox_state::npos : state->find_device(link.device());
  if (i == stream::inbox_state::npos || state->devices[i].seen >= owner_.today()) return;
  seen_[partition_of(link.account())].push_back({link.account(), link.device()});
}

void inboxes::flush_seen() {
  if (seen_day_ != owner_.today()) {
    seen_day_ = owner_.today();
    for (const auto* link : links_) {
      if (link->is_open()) note_seen(*link);
    }
  }
  for (int i = 0; i < partition_count; ++i) {
    const auto p = static_cast<partition_id>(i);
    auto& parts = seen_[p];
    while (!parts.empty()) {
      const std::size_t n = std::min(parts_an_entry, parts.size());
      const std::vector<stream::seen_part> some(parts.end() - static_cast<std::ptrdiff_t>(n), parts.end());
      if (!owner_.submit_seen(p, some)) break;  // no space now: again at the next tick
      parts.resize(parts.size() - n);
    }
    if (parts.empty()) parts = {};
  }
}

// Partitions with a receipt that waits are written at once, the others when `all` is due.
void inboxes::flush_cursors(moment /*now*/, bool all) {
  if (all) {
    for (const auto& d : dirty_) {
      auto* link = find_link(d.link);
      auto* at = link == nullptr ? nullptr : link->find_feed(d.handle);
      if (at == nullptr || !at->dirty) continue;
      at->dirty = false;
      parts_[partition_of(link->account())].push_back(
          {link->account(), slot(d.handle).stream, link->device(), at->acked()});
    }
    dirty_.clear();
  }
  for (int i = 0; i < partition_count; ++i) {
    const auto p = static_cast<partition_id>(i);
    if (all || due_tag_[p] != 0) flush_cursors_of(p);
  }
}

void inboxes::flush_cursors_of(partition_id p) {
  auto& parts = parts_[p];
  if (parts.empty()) return;
  std::size_t done = 0;
  while (done < parts.size()) {
    const std::size_t n = std::min(parts_an_entry, parts.size() - done);
    const std::vector<stream::cursor_part> some(parts.begin() + static_cast<std::ptrdiff_t>(done),
                                                parts.begin() + static_cast<std::ptrdiff_t>(done + n));
    const bool last = done + n == parts.size();
    if (!owner_.submit_cursors(p, some, last ? due_tag_[p] : 0)) break;  // no space now: again at the next tick
    done += n;
  }
  if (done == parts.size()) due_tag_[p] = 0;
  parts.erase(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(done));
  if (parts.empty()) parts = {};
}

}  // namespace dunlin::engine
