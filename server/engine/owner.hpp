// The owner's side of a shard: its partitions, from the entry to what leaves (rules L1, L2, O1, D2, D3, R1, R2, P2).
//
//   submit → state in memory? (else read back) → space? → log → apply → held until durable → verdict, news, effects
//
// Thread rule: belongs to its shard. Messages in by `take`, out through `outbound`.
// What may fail: the log and the history say so by values; a state that cannot be read back is answered `busy`,
// counted and logged.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/chunked.hpp"
#include "engine/counters.hpp"
#include "engine/messages.hpp"
#include "engine/options.hpp"
#include "engine/release.hpp"
#include "store/history.hpp"
#include "store/log.hpp"
#include "stream/partition.hpp"

namespace dunlin::engine {

// Where the owner's messages go: to another shard's mailbox, or to this shard's own inboxes.
class outbound {
 public:
  virtual ~outbound() = default;
  // False: no credit; nothing was taken.
  virtual bool post(shard_id to, message&& m) = 0;
  // The short way to this shard's own sessions and inboxes, which take it at once. False, no: something posted waits
  // before it, and it is to be posted, too.
  virtual bool take_here(const submitted& m) = 0;
  virtual bool take_here(std::uint64_t run, const run_outcome& what) = 0;
  virtual news_taken take_here(const news_view& m) = 0;
  virtual void on_own_event(const own_event& event) = 0;
  // Somebody is connected for this account of the shard, or something of its inbox is still to be logged: its states
  // stay in memory.
  [[nodiscard]] virtual bool is_in_use(account_id account) const = 0;
};

class owner final : public store::applier {
 public:
  owner(shard_id self, shard_id shards, store::log& log, store::history& history, outbound& out, const options& limits,
        counters& counts);

  // --- start: rows, then what is behind them (L5). After the log's recovery `recovered` ends it.
  // errc::newer, errc::older, errc::corrupt: said in the log.
  status load_partitions();
  result<store::index_slot*> redo(const store::replayed& entry) override;
  void recovered();

  void apply(partition_id partition, store::position pos, byte_span entry, void* context, store::applied& out) override;
  void apply_run(partition_id partition, store::position first, std::span<const byte_span> entries, void* context,
                 store::applied_run& out) override;

  // A message for a stream or partition of this shard.
  void take(message&& m, moment now);
  // The short way for messages of this shard itself to one stream: the stream if there is space for entries of so many
  // bytes now, and then all of them, with the token of their verdicts. Null: they are to be taken as messages, since
  // their stream is not in memory or there is no space now.
  stream::stream_state* reserve_run(stream_id stream, std::size_t entries, std::size_t bytes);
  void submit_run(stream::stream_state& stream, std::span<const byte_span> entries, const stream::message_run& run,
                  std::uint64_t token);
  // Before messages to several streams of this shard: what they need is brought into the processor's caches for all at
  // once, for which each would wait by itself, at every step of the way to it. REQUIRES: most_fetched at most.
  void fetch(std::span<const stream_id> streams);
  static constexpr std::size_t most_fetched = 16;
  // The short way for an inbox of this shard: the answer to its arm, whose marks count if it `reports`. Nothing: there
  // is news, or the stream is not in memory, and the arm is to be taken as a message.
  std::optional<armed> arm_here(const arm& a, bool reports, moment now);
  // Buffers of entries that are in the log are used again: of messages that came from other shards, too, which get
  // about as many from here. What is in it is of no interest.
  [[nodiscard]] bytes borrow_buffer();
  void give_back(bytes&& buffer);
  // Once a turn: answers of the history, what became durable, rows that are wanted.
  void turn(moment now);
  // Hands the open batch to the log: the end of a turn. True: it is kept, since it has fewer records than `enough`.
  bool flush(std::size_t enough) { return log_.flush(enough); }
  // Every few milliseconds, and in the first turn: marks, effects to be sent again, rules.
  void tick(moment now);
  // A link lost something, or its other side is new: all effects to that shard's partitions go out again (O1).
  void resend_effects(shard_id to);

  [[nodiscard]] shard_id shard_of(partition_id p) const { return static_cast<shard_id>(p % shards_); }
  [[nodiscard]] bool mine(partition_id p) const { return shard_of(p) == self_; }
  stream::partition& part(partition_id p) { return *partitions_[p]; }
  [[nodiscard]] std::size_t streams() const;
  [[nodiscard]] std::size_t inboxes() const;
  [[nodiscard]] std::size_t effects_owed() const;
  // True while something waits for a disk or for durability: the loop should not sleep long.
  [[nodiscard]] bool is_idle() const {
    return held_.size() == 0 && pending_reads_.empty() && pending_abouts_.empty() && waiting_reads_.empty() &&
           loading_.empty();
  }
  // Messages that are decided and wait for the log.
  [[nodiscard]] std::size_t undurable() const { return held_.verdicts(); }
  // Something leaves with the next turn: what needed no entry of the log, such as a refusal, wakes nobody.
  [[nodiscard]] bool has_due() const { return held_.is_due(log_.durable()); }
  // Client entries wait for the log to have space again (L6).
  [[nodiscard]] bool waits_for_space() const { return !no_space_.empty(); }
  // For the inboxes of this shard, which live in the same partitions: makes sure that the account's rows are in memory.
  // False: they are being read back, and `m` will be taken when they are there.
  static std::vector<store::row_key> account_rows(account_id account);
  bool ensure(const std::vector<store::row_key>& keys, message& m);
  // To this shard itself, once everything applied so far is durable (L2).
  void when_durable(message&& m) { hold(self_, std::move(m)); }
  // The account's inbox if it is in memory.
  stream::inbox_state* inbox(account_id account) {
    auto* found = part(partition_of(account)).find_inbox(account);
    if (found != nullptr) found->used = true;
    return found;
  }
  // Entries of this shard's own inboxes (cursors): when durable, `cursors_kept` says so with `value` = tag.
  bool submit_cursors(partition_id p, const std::vector<stream::cursor_part>& parts, std::uint64_t tag);
  // Devices that were connected today (R3). False: no space now.
  bool submit_seen(partition_id p, const std::vector<stream::seen_part>& parts);
  // The first day on which a device must have been seen to be active (R3).
  [[nodiscard]] stream::day_number active_since() const;
  [[nodiscard]] stream::day_number today() const { return stream::day_of(wall_); }

 private:
  // The lowest of one mark over all members, whose it is, and the lowest of the others (R2).
  struct lowest {
    std::uint64_t value = 0;
    std::uint64_t second = 0;
    account_id holder;

    [[nodiscard]] std::uint64_t without(account_id account) const { return holder == account ? second : value; }
    friend bool operator==(const lowest&, const lowest&) = default;
  };
  // What the owner knows of a stream while it is busy, beside its state.
  struct live_stream {
    // What each message needs stands first, in so many bytes.
    static constexpr std::size_t needed_by_message = 80;
    stream::stream_state* state = nullptr;  // null: this place is free
    std::uint64_t released = 0;             // head that others may know
    std::uint64_t asked = 0;                // what was released when a member last asked for news
    std::vector<record_ref> recent;         // the newest released records, while members follow
    bool pending = false;                   // has records in the release at hand
    bool keeps = false;                     // them, in `recent`
    std::uint32_t first_new = 0;            // the first of these in `recent`
    mono_ms recent_at = 0;
    mono_ms armed_at = 0;                  // when a member's bit was last set
    std::vector<stream::mark_part> marks;  // reported, not yet in the log
    lowest got;                            // R2, of what is durable
    lowest read;
    bool lowest_known = false;
    bool lowest_told = false;        // to all members
    store::ticket marks_ticket = 0;  // of the last entry that changed marks or members
    bool marks_listed = false;
    bool unsignalled = false;  // without credit: signalled again at the next turn (D2)
    bool untold = false;       // the same for receipts
  };
  static constexpr std::size_t max_waiting_reads = 16'384;  // about 130 bytes each
  struct pending_read {
    read request;
    std::uint64_t first = 0;  // what may be read at all starts here
    std::uint64_t through = 0;
  };

  void take(submit& m, moment now);
  void wait_for_space(submit& m, bool first);
  void retry_space(moment now);
  void refuse_submit(const submit& m);  // its state cannot be read back
  void take(arms& m, moment now);
  void take(read& m, moment now);
  void take(about_request& m, moment now);
  void take(marks_reports& m, moment now);
  void take(effect& m, moment now);
  void take(effect_kept& m);
  void take(live_up& m);

  // Why it was not, or none. A verdict goes to `from`, if there is one, when it is decided and durable.
  stream::reason append(partition_id p, byte_span entry, store::space_for whom, const reply_to* from);
  [[nodiscard]] store::ticket ticket_now() const { return applying_ ? ticket_ : log_.taken(); }
  // What an entry that is no message brings about, beside its record and its verdict.
  void hold_what_changed(partition_id p, byte_span entry, const stream::verdict& v, const store::applied& out);
  void count(const stream::verdict& v);
  void answer(reply_to to, const stream::verdict& v);
  void hold(shard_id to, message&& m);
  void hold(const own_event& event);
  void keep_record(release_batch& batch, std::uint32_t live, std::uint64_t seq, std::int64_t ts, byte_span rest);
  // What a run's apply is told by who submits it.
  struct run_here {
    stream::stream_state& stream;
    const stream::message_run& messages;
    std::uint64_t token = 0;
  };
  void hold_each(release_batch& batch, held_run& held, const stream::message_run& run, const store::applied_run& out);
  // Partitions that go by older rules go by the newest from here on (L7).
  void raise_rules();
  void hold_effects(partition_id p);
  void send_effect(partition_id from, partition_id to, const stream::outbox::effect& e);
  bool is_here(const store::row_key& key);
  void ask(const store::row_key& key);

  void release(release_batch& batch, moment now);
  void release_verdicts(release_batch& batch);
  void release_records(release_batch& batch, moment now);
  // News of the records of this release to armed members: at once, or by message to those who are left.
  inline void signal(stream::stream_state& stream, live_stream& live, moment now);
  void post_news(stream::stream_state& stream, live_stream& live, record_span records);
  bool news_to(stream::stream_state& stream, const live_stream& live, shard_id shard, record_span records);
  void signal_urgent(const release_batch& batch, stream::stream_state& stream, std::uint64_t head, moment now);
  // Whoever asks next wants records that are kept: where all are away, they are too far behind for what is.
  [[nodiscard]] bool is_followed(const live_stream& live) const {
    return live.released < live.asked + limits_.kept_recent;
  }
  void signal_later(live_stream& live, bool live_stream::* what);
  void retry_signals();

  void answer_arm(const arm& a, moment now, armed_list& quiet, std::vector<news>& loud);
  // The answer, if there is nothing new.
  std::optional<armed> answer_quietly(const arm& a, stream::stream_state* stream, bool reports, moment now);
  void report_marks(const marks_report& r, stream::stream_state& state, live_stream& live);
  void find_lowest(const stream::stream_state& state, live_stream& live);
  record_list recent_from(const live_stream& live, std::uint64_t known) const;
  void finish_read(store::read_answer& a);
  void go_on_reading(std::size_t answered, moment now);
  void refuse_read(const read& m, stream::reason why);
  std::shared_ptr<conversation_facts> facts_of(const stream::stream_state& state, live_stream& live,
                                               account_id account);
  // When all that it may have seen is durable (L2).
  void answer_about(const about_request& m, const stream::verdict& outcome,
                    std::shared_ptr<const conversation_facts> facts);
  void finish_about(store::read_answer& a);

  void flush_marks_due(moment now);
  void flush_marks(std::vector<stream_id>& listed);
  // What the state says of marks is durable, so it may be told (L2).
  [[nodiscard]] bool marks_settled(const live_stream& live) const { return log_.durable() >= live.marks_ticket; }
  // The lowest marks as others may know them; nothing new while they are not durable.
  void look_at_marks(const stream::stream_state& state, live_stream& live);
  void marks_durable(stream_id id);
  void tell_receipts(stream::stream_state& state, live_stream& live);
  void maybe_trim(stream::stream_state& state);
  [[nodiscard]] std::uint64_t due_by_time(const stream::stream_state& state) const;

  live_stream& live_of(stream::stream_state& state) {
    if (state.live == 0) [[unlikely]]
      begin_live(state);
    return live_[state.live];
  }
  void begin_live(stream::stream_state& state);
  stream::stream_state* find(stream_id id) {
    auto* found = part(partition_of(id)).find_stream(id);
    if (found != nullptr) found->used = true;
    return found;
  }
  void finish_load(store::load_answer& a, moment now);
  void cannot_read_back(message& m);
  void give_rows();
  void note_published();
  [[nodiscard]] std::set<store::row_key> awaited() const;
  void let_go(moment now);
  bool let_go_stream(stream_id id, const std::set<store::row_key>& waits, moment now);
  bool let_go_inbox(stream_id id, const std::set<store::row_key>& waits);

  shard_id self_;
  shard_id shards_;
  store::log& log_;
  store::history& history_;
  outbound& out_;
  const options& limits_;
  counters& counts_;
  std::array<std::unique_ptr<stream::partition>, partition_count> partitions_;
  release_queue held_;
  store::ticket ticket_ = 0;  // that the answers of the entry being applied wait for
  bool applying_ = false;
  stream::record_head record_head_;
  std::vector<stream::verdict> others_;  // of a run: the verdicts on what is not kept
  chunked<live_stream> live_;            // by stream_state::live; [0] is nobody's
  std::vector<std::uint32_t> live_free_;
  std::vector<std::uint8_t> signalled_;              // by shard, while a stream signals
  std::vector<std::uint32_t> left_;                  // places of its members that are signalled by message
  std::vector<std::vector<submitted>> verdicts_to_;  // by shard, while a batch is released
  std::vector<bytes> spare_;                         // buffers for entries
  std::vector<live_stream*> touched_;                // streams with records in the release at hand
  std::vector<stream_id> unsignalled_;               // those streams, each once
  // Client entries for which the log had no space (L6), in the order of their coming; bounded by the senders' credit.
  std::deque<submit> no_space_;
  std::set<std::pair<shard_id, std::uint64_t>> waiting_;  // who they are from: a repeat is dropped
  std::optional<reply_to> retried_;                       // the first of them, taken out and on its way again
  std::vector<stream_id> marked_direct_;
  std::vector<stream_id> marked_group_;
  mono_ms direct_at_ = 0;
  mono_ms group_at_ = 0;
  mono_ms effects_at_ = 0;
  wall_ms wall_ = 0;  // of the turn at hand
  // Why not all partitions decide by today's rules yet: `busy` until the log has space for that. Entries wait as long.
  stream::reason rules_wait_ = stream::reason::busy;

  boost::unordered_flat_map<std::uint64_t, pending_read> pending_reads_;
  struct pending_about {
    about_request request;
    std::uint64_t head = 0;  // that was released when it was asked
  };
  boost::unordered_flat_map<std::uint64_t, pending_about> pending_abouts_;
  std::deque<message> waiting_reads_;  // of either kind, for the store to have room for a request
  // A message whose states are being read back.
  struct parked {
    message what;
    std::vector<store::row_key> absent;  // keys that the history turned out not to have
    std::size_t remaining = 0;
  };
  struct loading {
    store::row_key key;
    std::vector<std::shared_ptr<parked>> waiting;
  };
  boost::unordered_flat_map<std::uint64_t, loading> loading_;  // by token
  std::map<store::row_key, std::uint64_t> loading_keys_;
  std::vector<store::row_key> unasked_;  // tokens the history had no room for: asked again next turn
  std::uint64_t next_token_ = 1;
  std::size_t parked_ = 0;
  const std::vector<store::row_key>* absent_ = nullptr;  // of the message being taken again
  std::set<store::row_key> tried_;                       // at start: keys that were looked for
  bool recovering_ = true;
  struct resident {
    store::row_key key;
    mono_ms looked_at = 0;
  };
  std::deque<resident> residents_;  // every stream and inbox in memory, the longest not looked at first

  std::vector<store::read_answer> reads_;
  std::vector<store::load_answer> loads_;
  std::vector<store::row_key> wanted_;
  std::vector<store::published_row> published_;
  bytes scratch_;
};

}  // namespace dunlin::engine
