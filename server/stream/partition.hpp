// One of the 256 parts of the data: its streams, its accounts' inboxes, and the deterministic function that changes
// them,
//
//     apply(entry) → accepted(seq, ts) | duplicate of seq | refused(reason), and effects
//
// and its twin `redo`, which at start does again what a frame says was done, for each part whose own row does not
// include it (L5). Neither reads a clock, does I/O or looks at another partition (L7).
//
// Thread rule: belongs to one shard.
// REQUIRES of both: the stream and inbox that an entry is about are in memory if they exist; who calls sees to it.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>

#include <boost/unordered/unordered_flat_map.hpp>

#include "stream/entry.hpp"
#include "stream/inbox_state.hpp"
#include "stream/outbox.hpp"
#include "stream/verdict.hpp"

namespace dunlin::stream {

// The version of the rules of `apply` that this program knows best (L7); it also knows the one before, if there is one.
// A partition begins with the first, and goes on by its own version until an entry of kind `rules` raises it.
inline constexpr std::uint32_t first_rules = 1;
inline constexpr std::uint32_t rules_version = 2;

// The rows of streams and inboxes that an entry is about: what must be in memory before it is applied or redone.
std::vector<store::row_key> parts_of(byte_span entry);

class partition {
 public:
  using streams_map = boost::unordered_flat_map<stream_id, std::unique_ptr<stream_state>, std::hash<stream_id>>;
  using inboxes_map = boost::unordered_flat_map<account_id, std::unique_ptr<inbox_state>, std::hash<account_id>>;

  // `newest`: the version of the rules that is known best; others than this program's are for tests.
  explicit partition(partition_id id, std::uint32_t newest = rules_version) : id_(id), newest_rules_(newest) {}

  // Decides on `entry` and changes state. `out` is as store::applier::apply says.
  verdict apply(store::position pos, byte_span entry, store::applied& out);
  // The same for a run of messages to `stream`, one of its own, which take positions from `first` on as far as they are
  // accepted; so many are. `others`: gets the verdicts on those that are not, in their order. What is decided is what
  // their entries would be, which were written of the same.
  std::size_t apply_run(stream_state& stream, store::position first, const message_run& run,
                        std::vector<verdict>& others, store::applied_run& out);
  // `load(key)` brings a row into memory if there is one and it is not there yet. errc::newer, errc::older: by rules,
  // or of a kind, that this program does not know.
  result<store::index_slot*> redo(const store::replayed& entry, const std::function<void(const store::row_key&)>& load);

  [[nodiscard]] stream_state* find_stream(stream_id id) {
    // A message's way asks for its stream four times, and the next message is often for the same.
    if (last_found_ != nullptr && last_found_->id == id) return last_found_;
    return look_up(id);
  }
  [[nodiscard]] inbox_state* find_inbox(account_id id);
  // From rows (L5). errc::corrupt if the bytes are no such row, errc::newer and errc::older if its rules are unknown.
  status load_row(const store::row_key& key, store::position pos, byte_span row);
  // Appends the row of what is in memory under `key`; false if it is not.
  bool write_row(const store::row_key& key, bytes& out) const;
  // The streams and inboxes that came into memory, made or loaded, since who has the partition last cleared this.
  std::vector<store::row_key>& arrived() { return arrived_; }
  // REQUIRES: nothing refers to them any more, and their rows are published.
  void drop_stream(stream_id id) {
    last_found_ = nullptr;
    streams_.erase(id);
  }
  void drop_inbox(account_id id) { inboxes_.erase(id); }

  // The stream that the last apply gave a record, if it did; and what it told other partitions.
  [[nodiscard]] stream_state* appended() const { return appended_; }
  struct told_effect {
    partition_id to = 0;
    std::uint64_t n = 0;
  };
  [[nodiscard]] const std::vector<told_effect>& told() const { return told_now_; }

  [[nodiscard]] partition_id id() const { return id_; }
  // The version of the rules that decide here now.
  [[nodiscard]] std::uint32_t rules() const { return rules_; }
  outbox& effects() { return outbox_; }
  [[nodiscard]] const outbox& effects() const { return outbox_; }
  // The last entry applied, and the last that changed what belongs to the partition as a whole.
  [[nodiscard]] store::position pos() const { return pos_; }
  [[nodiscard]] store::position own_pos() const { return own_pos_; }
  streams_map& streams() { return streams_; }
  inboxes_map& inboxes() { return inboxes_; }

 private:
  stream_state* look_up(stream_id id);
  verdict decide(byte_span entry);
  verdict apply_send(byte_span entry);
  // What a stream knows of who sends to it.
  struct sender {
    bool is_member = false;
    id_window* window = nullptr;  // of the device; null: it has not sent anything
  };
  static sender sender_of(stream_state& stream, account_id account, device_id device);
  // Whether it is a member's next message, as nearly always, which is accepted.
  static bool is_next(const stream_state& stream, const sender& from, const send_facts& what);
  // Why another message is not accepted, if so.
  static std::optional<verdict> refusal(const stream_state& stream, const sender& from, const send_facts& what);
  verdict apply_create(byte_span entry);
  // The same conversation again, or another one with this id.
  static verdict repeat_create(const stream_state& known, const create_entry& entry);
  void tell_added(const stream_state& stream, account_id account, wall_ms time, std::uint64_t join_seq);
  verdict apply_change(byte_span entry);
  [[nodiscard]] bool refuses(const stream_state& stream, const change_entry& entry, verdict& why) const;
  // Of a conversation's name and picture, or of its members. A duplicate of the head if nothing is to be done.
  verdict change_look(stream_state& stream, const change_entry& entry);
  verdict change_members(stream_state& stream, const change_entry& entry);
  verdict apply_marks(byte_span entry);
  verdict apply_cursors(byte_span entry);
  verdict apply_effect(byte_span entry);
  verdict apply_account(byte_span entry);
  verdict apply_trim(byte_span entry);
  verdict apply_rules(byte_span entry);
  verdict apply_seen(byte_span entry);
  verdict apply_depart(byte_span entry);
  verdict apply_settings(byte_span entry);
  verdict apply_profile(byte_span entry);
  verdict apply_added(const effect_body& body);
  verdict apply_removed(const effect_body& body);
  verdict apply_leave(const effect_body& body);
  enum class device_change : std::uint8_t { none, visible, refused, stale };
  device_change upsert_device(inbox_state& inbox, const account_entry& entry);
  verdict record_change(stream_state& stream, const members_changed& what, const change_entry& entry);
  // If the last owner is gone, the eldest of the highest role becomes one.
  static void keep_an_owner(stream_state& stream, members_changed& what);
  [[nodiscard]] bool knows_rules(std::uint32_t version) const {
    return version != 0 && version <= newest_rules_ && version + 1 >= newest_rules_;
  }

  // True if the part that includes entries up to `included` does not include the one at hand; always so outside redo.
  [[nodiscard]] bool fresh(store::position included) const { return included < now_; }
  // The part changes: its row includes this entry, and the log is to know (once an entry).
  void touch(stream_state& stream);
  void touch(inbox_state& inbox);
  void touch_own();
  // The stream gets its next seq.
  void advance(stream_state& stream, wall_ms time) const {
    stream.head += 1;
    stream.ts = std::max(time, stream.ts);
    stream.pos = now_;
    if (stream.is_trimmed_by_time()) stream.note_day(day_of(stream.ts));
  }
  // The same, and the entry its record; `rest` lies in the entry or in rest_.
  verdict append(stream_state& stream, wall_ms time, byte_span rest);
  // The same for a record of the server's own, with this body, on behalf of this account or none.
  verdict append_own(stream_state& stream, wall_ms time, kind what, account_id actor, byte_span body,
                     const request& by = {});
  void tell(const effect_body& body, stream_id target);
  void finish_outcome();

  partition_id id_;
  std::uint32_t newest_rules_;
  std::uint32_t rules_ = first_rules;
  store::position pos_ = 0;
  store::position own_pos_ = 0;
  streams_map streams_;
  stream_state* last_found_ = nullptr;  // one of streams_
  inboxes_map inboxes_;
  std::vector<store::row_key> arrived_;
  outbox outbox_;

  // While an entry is applied or redone:
  store::position now_ = 0;
  store::applied* out_ = nullptr;
  const store::replayed* again_ = nullptr;  // in redo
  bytes told_;                              // its effects: target, n, body
  std::uint64_t told_count_ = 0;
  bytes rest_;  // of a record that the server makes
  stream_state* appended_ = nullptr;
  std::vector<told_effect> told_now_;
};

}  // namespace dunlin::stream
