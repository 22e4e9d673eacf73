// The log role: entries of partitions, in order, durable (rules L1 to L6).
//
// Each shard has its own `log` object. `submit` gives an entry its position in its partition's log, has it applied, and
// keeps entry and outcome together. What the shard applied becomes durable in batches; a `ticket` says how far. The
// embedded log applies at submit and is durable after a sync that all shards share; a log on Kafka applies when it
// consumes, and what it applies is durable at once. The callers cannot tell which (L1).
//
// Thread rule: a `log` object belongs to its shard's thread. The store calls a `wake` function that it was given when a
// shard's durable ticket grew, or there is something to poll: from another thread, so it may only nudge the shard.
// Failure: after a failed write or sync of the log the process ends (L3); no function here reports it.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/check.hpp"
#include "base/id.hpp"
#include "base/result.hpp"

namespace dunlin::store {

// An entry's place in its partition's log: dense over the entries kept, from 1 (one that is not kept leaves its place
// to the next); survives restarts and a change of the number of shards.
using position = std::uint64_t;
// A place in one shard's order of what it applied and kept; grows, and starts anew with the process. Entries that are
// written together may share one.
using ticket = std::uint64_t;

// What a state row is about: a stream's state, an account's inbox, or what belongs to a partition as a whole (whose id
// is the partition in the first byte, else zero).
enum class row_kind : std::uint8_t { partition = 0, stream = 1, inbox = 2 };

struct row_key {
  row_kind kind = row_kind::partition;
  stream_id id;  // an inbox has its account's id

  friend auto operator<=>(const row_key&, const row_key&) = default;
};

inline row_key partition_row(partition_id p) { return {row_kind::partition, {std::uint64_t{p} << 56, 0}}; }

// Where the records of one stream lie that are not sealed yet: a word that the log keeps in the stream's state, so that
// an append needs no look-up. Zero: none. Only the log reads or writes it; a state with a slot that is not zero stays
// in memory.
using index_slot = std::uint64_t;

// What an entry did. `apply` fills it.
struct applied {
  // Set by the log: the ticket of the entry, if it is kept. What its answer waits for otherwise is taken().
  ticket when = 0;

  // False: nothing changed, and the entry is not kept (a duplicate, a refusal); nothing else is read then.
  bool keep = false;

  // The one record that the entry made, if seq is not 0. `record` is its wire body without seq and ts, and lies in the
  // entry or in `outcome`.
  stream_id stream;
  std::uint64_t seq = 0;
  std::int64_t ts = 0;
  byte_span record;
  index_slot* slot = nullptr;  // of that stream

  // Rows that it changed besides that stream's: at most 65,535.
  std::vector<row_key> touched;
  // What redoing needs besides the entry (L5). Cleared by the log before each apply.
  bytes outcome;

  void clear() {
    keep = false;
    seq = 0;
    record = {};
    slot = nullptr;
    touched.clear();
    outcome.clear();
  }
};

// What the entries of a run did: each made at most one record, all in one stream, and changed nothing besides.
struct applied_run {
  static constexpr std::size_t max_entries = 64;
  struct made {
    std::uint64_t seq = 0;  // 0: nothing changed, and the entry is not kept
    std::int64_t ts = 0;
    std::size_t record_at = 0;  // the record, as in `applied`, is the entry from here to its end
  };

  ticket when = 0;  // set by the log, as in `applied`
  stream_id stream;
  index_slot* slot = nullptr;          // null, which the log sets: none is kept
  std::array<made, max_entries> list;  // by entry; apply sets as many as there are
};

// An entry that was applied before, as replay gives it back.
struct replayed {
  partition_id partition = 0;
  position pos = 0;
  byte_span entry;
  byte_span outcome;
  stream_id stream;  // as in `applied`
  std::uint64_t seq = 0;
  std::int64_t ts = 0;
};

// Implemented by who owns the shard's partitions.
class applier {
 public:
  virtual ~applier() = default;
  // Decides and changes state, by the entry alone. `context` is what submit was given; null where the entry was not
  // submitted by this process (Kafka).
  virtual void apply(partition_id partition, position pos, byte_span entry, void* context, applied& out) = 0;
  // The same for a run, whose entries take positions from `first` on, as far as they are kept. Who is never given one
  // need not know how.
  virtual void apply_run(partition_id /*partition*/, position /*first*/, std::span<const byte_span> /*entries*/,
                         void* /*context*/, applied_run& /*out*/) {
    DUNLIN_CHECK(false);
  }
  // Redoes at start what `apply` did, for each part whose own row does not include `pos` (L5). Returns the slot of the
  // record's stream, or null if the entry made no record. errc::newer: a newer version of Dunlin made it, and this one
  // cannot go on from there (L7); nothing more is redone then.
  virtual result<index_slot*> redo(const replayed& entry) = 0;
};

// For whom space is asked: client entries are refused first; marks, trims and deletions have a reserve of their own, so
// that a full disk can be emptied (L3).
enum class space_for : std::uint8_t { client, upkeep };
enum class space : std::uint8_t {
  granted,
  wait,  // the unsealed log is at its bound and sealing is on its way: ask again later (L6)
  full,  // the disk is full, or the entry is larger than any may be: refuse
};

class log {
 public:
  virtual ~log() = default;

  // To be asked before each submit, for the bytes of the entry and a guess of its outcome; granted space is used by the
  // next submit.
  virtual space reserve(std::size_t bytes, space_for whom) = 0;

  // REQUIRES: reserve() granted. `entry` is copied.
  virtual void submit(partition_id partition, byte_span entry, void* context) = 0;
  // Several one after the other, for the price of little more than one: entries that each make at most one record, all
  // in the same stream, whose id stands behind their first byte, and change nothing besides. `context` is of all.
  // REQUIRES: there is one at least and applied_run::max_entries at most, and reserve() granted their bytes and
  // run_overhead for each.
  static constexpr std::size_t run_overhead = 128;
  virtual void submit_run(partition_id partition, std::span<const byte_span> entries, void* context) = 0;
  // A hint: the stream in this slot gets a record soon.
  virtual void prefetch(index_slot /*slot*/) const {}

  // Covers everything applied so far. An answer that saw the present state may leave when durable() has reached it
  // (L2).
  [[nodiscard]] virtual ticket taken() const = 0;
  [[nodiscard]] virtual ticket durable() const = 0;

  // Hands the open batch to be written: at the end of each turn. Cheap when there is none. While the store
  // has enough to write it stays open and grows; the wake that tells of an earlier one is the time to flush again.
  void flush() { flush(0); }
  // The same unless fewer records than `enough` are in it: then it may be kept, which is returned. Who asks hands it
  // over soon all the same: a round costs the same for one record as for many.
  virtual bool flush(std::size_t enough) = 0;
};

}  // namespace dunlin::store
