// What waits for the log (L2): everything that leaves an owner, in the order in which it was decided, in batches that
// carry the log's ticket. Nothing is taken out before its ticket is durable.
//
// Thread rule: belongs to its shard.
// Bounds: what can be in it is bounded by the log, which loses credit before (L6), and by the requests that shards have
// credit for.
#pragma once

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "engine/messages.hpp"
#include "store/log.hpp"

namespace dunlin::engine {

// A record made by this shard that has not left it yet.
struct fresh_record {
  std::uint32_t live = 0;  // its stream's stream_state::live
  std::uint8_t urgency = 0;
  std::uint32_t offset = 0;  // in the batch's arena: the whole wire Record
  std::uint32_t length = 0;
  std::uint64_t seq = 0;
};

struct outgoing {
  shard_id to = 0;
  message what;
};

struct held_verdict {
  shard_id to = 0;
  submitted what;
};

// The verdicts on a run of this shard itself.
struct held_run {
  std::uint64_t token = 0;
  accepted_run all;  // counts none: so many of the batch's outcomes from `first` on
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

// Something that concerns this shard's own inboxes or streams, once it is durable.
struct own_event {
  enum class kind : std::uint8_t { inbox_changed, marks_kept, cursors_kept, trimmed };
  kind what = kind::inbox_changed;
  stream_id about;
  std::uint64_t value = 0;
};

struct release_batch {
  store::ticket ticket = 0;
  bytes arena;                   // of records; grows by a step at a time, since what it grows by is filled first
  std::uint32_t arena_used = 0;  // of the arena
  std::vector<fresh_record> records;
  std::vector<held_verdict> verdicts;
  std::vector<held_run> runs;
  std::size_t in_whole_runs = 0;  // messages of those that were accepted as a whole
  std::vector<outcome> outcomes;
  std::vector<outgoing> answers;
  std::vector<own_event> events;

  // So many bytes of the arena behind what is used. Who writes there moves arena_used on.
  std::uint8_t* room(std::size_t n) {
    if (arena.size() - arena_used < n) [[unlikely]] {
      const std::size_t need = arena_used + n;
      arena.resize(std::max(need, std::min(arena.capacity(), need + arena_step)));
    }
    return arena.data() + arena_used;
  }
  static constexpr std::size_t arena_step = 1024;
};

class release_queue {
 public:
  // The batch for what is decided now.
  release_batch& open(store::ticket ticket) {
    if (newest_ == nullptr || newest_->ticket < ticket) [[unlikely]]
      begin(ticket);
    return *newest_;
  }
  [[nodiscard]] bool is_due(store::ticket durable) const {
    return !batches_.empty() && batches_.front().ticket <= durable;
  }
  // Takes the oldest batch if its ticket is durable.
  bool take(store::ticket durable, release_batch& out) {
    if (batches_.empty() || batches_.front().ticket > durable) return false;
    out = std::move(batches_.front());
    batches_.pop_front();
    if (batches_.empty()) newest_ = nullptr;
    last_arena_ = out.arena_used + out.arena_used / 4;
    last_records_ = out.records.size() + out.records.size() / 4;
    return true;
  }
  // What was taken out and released: its memory serves the next batch.
  void give_back(release_batch&& used) {
    constexpr std::size_t most = 4096;
    if (used.records.capacity() > most || std::max(used.verdicts.capacity(), used.outcomes.capacity()) > most) return;
    used.arena = {};
    used.arena_used = 0;
    used.records.clear();
    used.verdicts.clear();
    used.runs.clear();
    used.in_whole_runs = 0;
    used.outcomes.clear();
    used.answers.clear();
    used.events.clear();
    spare_ = std::move(used);
  }
  [[nodiscard]] std::size_t size() const { return batches_.size(); }
  // Verdicts in all of them.
  [[nodiscard]] std::size_t verdicts() const {
    std::size_t sum = 0;
    for (const auto& batch : batches_) sum += batch.verdicts.size() + batch.in_whole_runs + batch.outcomes.size();
    return sum;
  }

 private:
  void begin(store::ticket ticket) {
    newest_ = &batches_.emplace_back(std::exchange(spare_, {}));
    newest_->ticket = ticket;
    // About as much as before: growing by doubling would copy each record once more.
    newest_->arena.reserve(last_arena_);
    newest_->records.reserve(last_records_);
  }

  std::deque<release_batch> batches_;
  release_batch* newest_ = nullptr;  // the last of them
  release_batch spare_;
  std::size_t last_arena_ = 0;
  std::size_t last_records_ = 0;
};

}  // namespace dunlin::engine
