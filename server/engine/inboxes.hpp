// The inboxes' side of a shard: which conversations of which accounts have a connection, what is known of their heads,
// and the feeds from them to connections (rules D1 to D11, R1, R2, M1).
//
//   news → known raised → who stood just before takes the records, others read → one stands at known → armed again
//
// What is persistent of an inbox (devices, conversations, cursors, read marks) is stream::inbox_state, in the
// partition; here is what lives only while somebody is connected, or a session waits for its device.
//
// Thread rule: belongs to its shard.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include <boost/container/small_vector.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "base/chunked.hpp"
#include "engine/counters.hpp"
#include "engine/device_link.hpp"
#include "engine/feed.hpp"
#include "engine/messages.hpp"
#include "engine/options.hpp"
#include "engine/owner.hpp"

namespace dunlin::engine {

// A device's session between two connections (M1): in memory, until its expiry.
struct kept_session {
  mqtt::session session;
  filters wanted;
  struct place {
    stream_id stream;
    feed at;
  };
  std::vector<place> feeds;
  mono_ms expires = 0;
};

// An account with connections or kept sessions.
struct live_inbox {
  account_id account;
  boost::container::small_vector<device_link*, 1> links;
  std::unique_ptr<std::map<device_id, kept_session>> kept;  // null: none
  std::uint32_t first = 0;    // of its conversations: an index of slots, chained by `next`
  std::uint32_t devices = 0;  // counted_devices, as far as marks were looked at
};

// One conversation of a live inbox.
struct live_conversation {
  enum class bit : std::uint8_t { unarmed, asked, armed };

  live_inbox* inbox = nullptr;  // null: this slot is free
  stream_id stream;
  std::uint64_t known = 0;      // the highest head told
  wall_ms ts = 0;               // when that record was made
  std::uint32_t next : 24 = 0;  // of the same inbox
  bit state : 2 = bit::unarmed;
  bool marks_due : 1 = false;
  bool listed : 1 = false;    // is to be armed this turn
  bool kept : 1 = false;      // the stream has our marks, durably, as far as they are known to have changed
  std::uint32_t asked_s = 0;  // when it was armed last, in seconds of the clock
  receipts others;
};

// One for each conversation of each account that is connected.
static_assert(sizeof(live_conversation) <= 64);

// Tens of thousands are found by what stands in them, without a key beside it.
struct link_by_id {
  using is_transparent = void;
  static std::uint64_t key(std::uint64_t id) { return id; }
  static std::uint64_t key(const device_link* link) { return link->id(); }
  std::size_t operator()(const auto& what) const { return std::hash<std::uint64_t>()(key(what)); }
  bool operator()(const auto& a, const auto& b) const { return key(a) == key(b); }
};
struct inbox_by_account {
  using is_transparent = void;
  static account_id key(account_id account) { return account; }
  static account_id key(const std::unique_ptr<live_inbox>& inbox) { return inbox->account; }
  std::size_t operator()(const auto& what) const { return std::hash<account_id>()(key(what)); }
  bool operator()(const auto& a, const auto& b) const { return key(a) == key(b); }
};

class inboxes {
 public:
  inboxes(shard_id self, owner& mine, outbound& out, const options& limits, counters& counts, presences& seen);

  // --- from owners
  void take(const news& m);
  news_taken take(const news_view& m);
  void take(urgent_news& m);
  void take(const armed_list& m);
  void take(const armed& a);
  void take(records& m);
  void take(marks_kept& m);
  void take(receipts_news& m);
  void take(live_down& m);
  void on_own_event(const own_event& event);
  // A connection of the account is attached, or a cursor of it is still to be logged.
  [[nodiscard]] bool is_in_use(account_id account) const;
  // One of its connections is active (P1).
  [[nodiscard]] bool is_active(account_id account) const;
  // A gap on a link from that shard, or it is new: its conversations count as unarmed (D5).
  void on_link_gap(shard_id from);

  // --- from links
  // The account's inbox is in memory. Finds the device, takes over its connection or kept session, and counts the link
  // in; or says why not.
  enum class attach_result : std::uint8_t { ok, unknown_device, too_many };
  attach_result attach(device_link& link, bool clean_start, kept_session* resumed, bool* session_present);
  void detach(device_link& link, mono_ms now);
  // A resumed session's feeds go on where they were (M2). REQUIRES: after sync.
  void restore(device_link& link, kept_session& resumed);
  // Filters changed: feeds come or go.
  void sync(device_link& link);
  // The cursor of this feed moved.
  void cursor_moved(const device_link& link, feed& at) {
    if (!at.moves_cursor) return;
    auto& c = slot(at.conversation());
    c.kept = false;
    if (!c.marks_due) marks_changed(at.conversation());
    if (!at.dirty) note_dirty(link, at);
  }
  // The feed stands at its end, as far as is known: arm.
  void stands(device_link& link, feed& at);
  // Reads so many records for the feed from where it is. False: no credit.
  bool read_on(device_link& link, feed& at, std::uint32_t records);
  [[nodiscard]] std::uint64_t known(std::uint32_t handle) { return slot(handle).known; }
  [[nodiscard]] bool has_arms() const { return !to_arm_.empty(); }
  live_conversation& conversation(const feed& at) { return slot(at.conversation()); }
  // A Receipt's read mark; its acknowledgement comes by device_link::receipt_kept(tag) when it is durable.
  std::uint64_t note_read(device_link& link, stream_id conversation, std::uint64_t seq);
  std::uint64_t note_cursor(device_link& link, stream_id conversation, std::uint64_t seq);
  stream::inbox_state* state_of(account_id account) { return owner_.inbox(account); }
  device_link* find_link(std::uint64_t id);
  void add_link(device_link& link);
  void remove_link(device_link& link);

  // Arms of this turn go out.
  void flush(moment now);
  void tick(moment now);
  [[nodiscard]] std::size_t links() const { return links_.size(); }
  // Conversations that somebody is connected for.
  [[nodiscard]] std::size_t places() const { return slots_.size() - 1 - free_slots_.size(); }
  [[nodiscard]] std::size_t kept() const { return kept_count_; }
  template <class Visitor>
  void for_each_link(Visitor&& visit) {
    for (auto* link : links_) visit(*link);
  }
  template <class Visitor>
  void for_each_link_of(account_id account, Visitor&& visit) const {
    const auto it = inboxes_.find(account);
    if (it == inboxes_.end()) return;
    for (auto* link : (*it)->links) visit(*link);
  }

 private:
  live_conversation& slot(std::uint32_t handle) { return slots_[handle & 0xffffff]; }
  live_conversation* valid(std::uint32_t handle, stream_id stream) {
    const std::size_t i = handle & 0xffffff;
    if (i == 0 || i >= slots_.size() || generations_[i] != handle >> 24) return nullptr;
    auto& c = slots_[i];
    return c.inbox != nullptr && c.stream == stream ? &c : nullptr;
  }
  std::uint32_t ensure_slot(live_inbox& inbox, stream::inbox_conversation& c);
  void change_quality(device_link& link, feed& at, const stream::inbox_conversation& c, std::uint64_t from);
  [[nodiscard]] std::uint32_t handle_of(std::size_t i) const {
    return static_cast<std::uint32_t>(i) | static_cast<std::uint32_t>(generations_[i]) << 24;
  }
  // Its place has not been given to another conversation meanwhile: owners keep the handle they were told last.
  [[nodiscard]] bool is_current(std::uint32_t handle) const { return handle_of(handle & 0xffffff) == handle; }
  // The account has left since, and may have joined anew under another handle.
  [[nodiscard]] bool is_stale(const stream::inbox_state& state, std::uint32_t handle) {
    const auto* c = state.find(slot(handle).stream);
    return c == nullptr || c->live != handle;
  }
  // REQUIRES: no link has a feed for it any more.
  void drop_slot(std::size_t i);
  void list_arm(std::uint32_t handle);
  // Armed, and read where a read is under way, as if nothing of that had arrived (D5).
  void ask_anew(std::uint32_t handle);
  stream::marks marks_now(const live_conversation& c);
  // Another number where other devices count in marks.
  [[nodiscard]] std::uint32_t counted_devices(const stream::inbox_state& state) const;
  void marks_changed(std::uint32_t handle);
  void note_dirty(const device_link& link, feed& at);
  void report_marks(std::vector<std::uint32_t>& handles);
  // Which of the connections that want the conversation stand at its head.
  enum class standing : std::uint8_t { none, some, all };
  inline standing raise(live_conversation& c, std::uint32_t handle, std::uint64_t head, record_span records);
  void raise_and_arm(live_conversation& c, std::uint32_t handle, std::uint64_t head);
  // Every connection knows how far its conversation is, and was sent everything.
  [[nodiscard]] bool is_settled(std::uint32_t handle);
  void merge_receipts(std::uint32_t handle, const receipts& others);
  void flush_cursors(moment now, bool all);
  void flush_cursors_of(partition_id p);
  void note_seen(const device_link& link);
  void flush_seen();
  void changed(account_id account);
  live_inbox& inbox_of(account_id account);
  void forget_if_idle(account_id account);
  void expire(moment now);
  void sweep(moment now);

  shard_id self_;
  owner& owner_;
  outbound& out_;
  const options& limits_;
  counters& counts_;
  presences& presences_;
  chunked<live_conversation> slots_;  // [0] is nobody's
  std::vector<std::uint8_t> generations_;
  std::vector<std::uint32_t> free_slots_;
  boost::unordered_flat_set<std::unique_ptr<live_inbox>, inbox_by_account, inbox_by_account> inboxes_;
  boost::unordered_flat_set<device_link*, link_by_id, link_by_id> links_;
  device_link* last_link_ = nullptr;  // the one that was found last
  std::vector<std::uint32_t> to_arm_;
  std::vector<std::uint32_t> arming_;  // those at hand
  std::vector<arms> arms_to_;          // by shard, while this turn's arms go out
  std::vector<std::uint32_t> marks_due_;
  struct dirty_feed {
    std::uint64_t link;
    std::uint32_t handle;
  };
  std::vector<dirty_feed> dirty_;
  std::array<std::vector<stream::cursor_part>, partition_count> parts_;
  std::array<std::vector<stream::seen_part>, partition_count> seen_;  // to be logged
  stream::day_number seen_day_ = 0;
  struct waiting_receipt {
    std::uint64_t tag;
    std::uint64_t link;
    account_id account;
    stream_id conversation;
    std::uint64_t read;
  };
  std::vector<waiting_receipt> waiting_;                  // their entry is not durable yet; ascending tag
  std::array<std::uint64_t, partition_count> due_tag_{};  // the tag of the next flush of a partition with receipts
  std::uint64_t next_tag_ = 1;
  std::size_t kept_count_ = 0;
  std::size_t sweep_at_ = 1;
  mono_ms now_ = 0;
  mono_ms marks_at_ = 0;
  mono_ms cursors_at_ = 0;
  mono_ms sweep_last_ = 0;
};

}  // namespace dunlin::engine
