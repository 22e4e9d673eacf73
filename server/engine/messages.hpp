// What shards say to each other: plain data, addressed to the owner of a stream or to the inbox of an account (on the
// same shard, another, or in a cluster another node). Any of them may be lost, doubled or come late on a link; each
// exchange survives that by the rule named beside it.
#pragma once

#include <memory>
#include <span>
#include <variant>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "base/bytes.hpp"
#include "base/id.hpp"
#include "engine/control.hpp"
#include "presence/presence.hpp"
#include "stream/stream_state.hpp"
#include "stream/verdict.hpp"

namespace dunlin::engine {

using shard_id = std::uint16_t;

// Who waits for an answer: `token` means something to that shard alone.
struct reply_to {
  shard_id shard = 0;
  std::uint64_t token = 0;
};

// Most lists are short: what one record brings about for one member of a small conversation. So many elements lie in
// the message itself, and cost no memory of their own.
template <class T, std::size_t n>
using short_list = boost::container::small_vector<T, n>;

// --- to owners --------------------------------------------------------------------------------------------------

// An entry to be decided (a repeat after a loss is recognized by its id, S3).
struct submit {
  partition_id partition = 0;
  bytes entry;
  reply_to from;
};

// D3: the inbox stands at `known`; tell it once when there is more. Repeated every 5 minutes (D5).
struct arm {
  stream_id stream;
  account_id account;
  std::uint32_t handle = 0;
  std::uint64_t known = 0;
  stream::marks at;  // R1: reported with each arm
};
struct arms {
  shard_id from = 0;
  short_list<arm, 1> list;
};

// D3: records from `first` on, as many as fit. `max_records` 0 asks for the head alone.
struct read {
  stream_id stream;
  account_id account;
  std::uint64_t first = 0;
  std::uint32_t max_records = 0;
  std::uint32_t max_bytes = 0;
  reply_to from;
};

// D10, S6: how far a conversation is, and what it is, for one of its members. Whoever waits asks again.
struct about_request {
  enum class depth : std::uint8_t {
    head,     // the head alone
    facts,    // and all else but the members
    members,  // and who they are, but no last record
  };
  stream_id stream;
  account_id account;
  depth want = depth::head;
  reply_to from;
};

// R1. `handle` is given back in marks_kept.
struct marks_report {
  stream_id stream;
  account_id account;
  std::uint32_t handle = 0;
  stream::marks at;
};
struct marks_reports {
  shard_id from = 0;
  std::vector<marks_report> list;
};

// O1: an effect of partition `from` to partition `to`.
struct effect {
  partition_id from = 0;
  partition_id to = 0;
  std::uint64_t n = 0;
  bytes body;
};
// `to` says that all effects of `from` up to n are applied and durable.
struct effect_kept {
  partition_id from = 0;
  partition_id to = 0;
  std::uint64_t n = 0;
};

// P2: may be dropped.
struct live_up {
  stream_id stream;
  account_id account;
  device_id device;
  shared_bytes payload;
};

// P1: of a shard whose connections want to hear of accounts there. Repeated until it is answered, and before a lease
// ends.
struct presence_ask {
  shard_id from = 0;
  std::vector<presence::question> list;
};

// --- to inboxes and sessions ------------------------------------------------------------------------------------

struct submitted {
  std::uint64_t token = 0;
  stream::verdict outcome;
};

// What became of a message of a run.
struct outcome {
  stream::verdict what;
  message_id id;  // if it was refused
};
// A run that was accepted as a whole, as nearly all are: one after the other, and at the same time.
struct accepted_run {
  std::uint64_t seq = 0;  // of the first
  std::int64_t ts = 0;
  std::uint32_t count = 0;
};
// What became of a run: all of it was accepted, or, if `all` counts none, each in its order.
struct run_outcome {
  accepted_run all;
  std::span<const outcome> each;
};
struct submitted_run {
  std::uint64_t token = 0;
  accepted_run all;
  std::vector<outcome> each;
};

// The verdicts of one release for one shard.
struct verdicts {
  std::vector<submitted> list;
};

// One record inside a chunk: the whole wire Record is there.
struct record_ref {
  std::uint64_t seq = 0;
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
  shared_bytes chunk;

  [[nodiscard]] byte_span data() const { return byte_span(*chunk).subspan(offset, length); }
};
using record_refs = short_list<record_ref, 2>;
using record_span = std::span<const record_ref>;
using record_list = std::shared_ptr<const record_refs>;

// What a member may know of how far the others are (R2).
struct receipts {
  std::uint64_t delivered = 0;
  std::uint64_t read = 0;

  friend bool operator==(const receipts&, const receipts&) = default;
};

// D2: there is more than the inboxes behind these handles knew; they are not armed any more.
struct news {
  stream_id stream;
  std::uint64_t head = 0;
  wall_ms ts = 0;  // of the head
  short_list<std::uint32_t, 4> handles;
  record_list records;  // the newest, ending with `head`; null if they are many
};
// The same within a shard, for one of its inboxes, which takes it at once.
struct news_view {
  stream_id stream;
  std::uint64_t head = 0;
  wall_ms ts = 0;
  std::uint32_t handle = 0;
  record_span records;  // empty if they are many
};
// What became of that.
enum class news_taken : std::uint8_t {
  no,         // something posted waits before it
  yes,        // the inbox arms when it stands at the head
  and_armed,  // it stands there, and counts as armed: its arm would find nothing new and say nothing else (D3)
};
// D4: a record with urgency, for members who are not armed.
struct urgent_news {
  stream_id stream;
  std::uint64_t head = 0;
  std::vector<account_id> accounts;
};

// D3: the answer to an arm that found nothing new, or no member.
struct armed {
  stream_id stream;
  std::uint32_t handle = 0;
  std::uint64_t known = 0;
  wall_ms ts = 0;  // of the head
  bool member = false;
  stream::marks at;  // what the stream has, durably (R1)
  receipts others;
};
struct armed_list {
  short_list<armed, 1> list;
};

struct records {
  std::uint64_t token = 0;
  stream::verdict outcome;  // refused: no member, or the store failed (busy)
  std::uint64_t first = 0;  // as it was asked for
  std::uint64_t head = 0;
  std::uint64_t join_seq = 0;
  std::uint64_t trimmed = 0;  // records up to here are gone
  receipts others;
  record_list list;  // ascending, may start above `first` (trimmed)
};

struct conversation_facts {
  std::uint64_t head = 0;
  std::uint64_t join_seq = 0;
  receipts others;
  std::string name;
  bytes picture;
  stream::role as = stream::role::member;
  std::size_t count = 0;
  account_id with;
  bytes last;  // the wire Record at the head; without its body if `last_is_cut`
  bool last_is_cut = false;
  std::vector<members_answer::member> members;
};
struct about {
  std::uint64_t token = 0;
  stream::verdict outcome;  // refused: no member, or the store failed (busy)
  std::shared_ptr<const conversation_facts> facts;
};

struct marks_kept {
  stream_id stream;
  std::uint32_t handle = 0;
  stream::marks at;
};

struct receipts_news {
  stream_id stream;
  short_list<std::uint32_t, 4> handles;
  receipts others;
};

struct live_down {
  stream_id stream;
  std::vector<std::uint32_t> handles;
  device_id device;
  shared_bytes payload;  // a dunlin.v1.Live
};

// P1: answers and changes. What is lost is said with the next renewal.
struct presence_words {
  std::vector<presence::word> list;
};

// To this shard's own sessions, when the states of an account are in memory.
struct attach_ready {
  std::uint64_t link = 0;
  account_id account;
  bool ready = false;   // set when the account's rows have been looked for
  bool failed = false;  // and could not be read
};
struct state_ready {
  std::uint64_t token = 0;
  account_id account;
  bool ready = false;
  bool failed = false;
};

using message = std::variant<submit, arms, read, marks_reports, effect, effect_kept, live_up, submitted, submitted_run,
                             verdicts, news, urgent_news, armed_list, records, marks_kept, receipts_news, live_down,
                             attach_ready, state_ready, about_request, about, presence_ask, presence_words>;

// What nobody may be left waiting for: its place was promised with the question.
inline bool is_answer(const message& m) {
  return std::holds_alternative<submitted>(m) || std::holds_alternative<submitted_run>(m) ||
         std::holds_alternative<verdicts>(m) || std::holds_alternative<records>(m) ||
         std::holds_alternative<armed_list>(m) || std::holds_alternative<effect_kept>(m) ||
         std::holds_alternative<marks_kept>(m) || std::holds_alternative<about>(m);
}

// The way to the other shards.
//
// Thread rule: each shard has its own, used by its thread.
class links {
 public:
  virtual ~links() = default;
  // REQUIRES: `to` is another shard. False: no credit, nothing was taken; the sender keeps its state and comes again
  // (D2, O3). Answers are always taken: their room was reserved with the request.
  virtual bool send(shard_id to, message&& m) = 0;
  // True: what was taken may be lost on the way, so requests are kept until they are answered, and repeated.
  [[nodiscard]] virtual bool may_lose() const { return false; }
};

}  // namespace dunlin::engine
