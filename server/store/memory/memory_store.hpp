// Log and history in memory, for unit tests of what stands on them: nothing is written anywhere, and everything that a
// real store does in its own time happens when the test says so.
//
//   memory_store store(2);
//   store.recover(0, engine_0);          // entries go to engine_0 from now on; what was kept before is redone first
//   store.hold_durable(true);            // flush no longer makes durable at once…
//   store.shard_log(0).submit(…); store.shard_log(0).flush();
//   store.sync();                        // … this does
//   store.crash(1); store.recover(0, …); // what was not durable is gone; a process with one shard takes over
//
// Thread rule: one thread. Lifetime: appliers outlive their use; `crash` forgets them.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "store/errc.hpp"
#include "store/history.hpp"

namespace dunlin::store {

class memory_store {
 public:
  static constexpr std::size_t max_requests = 1024;  // reads and loads under way a shard

  explicit memory_store(int shards);
  ~memory_store();
  memory_store(const memory_store&) = delete;
  memory_store& operator=(const memory_store&) = delete;

  // Valid until crash().
  log& shard_log(int shard);
  history& shard_history(int shard);
  // Redoes what is kept and not sealed of the shard's partitions, in order, and applies with `to` from now on.
  status recover(int shard, applier& to);
  // Called for a shard whose durable ticket grew or whose answers are ready.
  void on_wake(std::function<void(int shard)> wake) { wake_ = std::move(wake); }

  // Off (at first): a flush makes durable at once. On: sync() does.
  void hold_durable(bool on) { hold_durable_ = on; }
  // Makes durable what was flushed: of one shard, or up to a ticket of it.
  void sync();
  void sync(int shard, ticket through);
  // What reserve() answers from now on.
  void set_space(space client, space upkeep);
  // How many reservations there were for whom.
  [[nodiscard]] std::uint64_t reserved(space_for whom) const { return reserved_[static_cast<std::size_t>(whom)]; }

  // Off (at first): reads and loads are answered at the next poll. On: answer() does.
  void hold_reads(bool on) { hold_reads_ = on; }
  void answer();
  void fail_next_read(errc e) { fail_read_ = e; }
  void fail_next_load(errc e) { fail_load_ = e; }
  [[nodiscard]] std::size_t requests_under_way(int shard) const;

  // Starts to seal what is durable now: asks for rows. It is sealed as soon as each is answered and durable; then the
  // rows are published. False if a sealing is under way.
  bool seal();
  [[nodiscard]] bool is_sealing() const { return sealing_; }
  // Drops the records below their stream's published kept_from, as a merge does.
  void merge();

  // The process dies and is started again with `shards` shards: what is not durable is lost, a sealing under way is
  // forgotten, and every log and history object is a new one.
  void crash(int shards);

  // What a test looks at: the entries kept, and the newest published row.
  [[nodiscard]] std::size_t kept() const { return entries_.size(); }
  [[nodiscard]] std::size_t unsealed() const { return entries_.size() - sealed_; }
  [[nodiscard]] const bytes* newest_row(const row_key& key) const;

 private:
  class shard_log_impl;
  class shard_history_impl;

  struct entry {
    partition_id partition = 0;
    position pos = 0;
    ticket when = 0;
    bytes content;
    bytes outcome;
    stream_id stream;
    std::uint64_t seq = 0;
    std::int64_t ts = 0;
    bytes record;
    std::vector<row_key> touched;
  };
  struct row {
    position pos = 0;
    ticket when = 0;
    std::uint64_t kept_from = 0;
    bytes data;
  };
  struct record {
    std::int64_t ts = 0;
    bytes body;
  };
  struct shard;

  shard& shard_of(partition_id p) { return *shards_[p % shards_.size()]; }
  void start(int shards);
  void make_durable(shard& s, ticket through);
  void add_record(const entry& e);
  void finish_seal();
  void answer(shard& s);
  read_answer answer(const read_request& request);

  std::deque<entry> entries_;  // all that was kept, oldest first
  std::size_t sealed_ = 0;     // so many of them are sealed
  std::array<position, partition_count> next_{};
  std::map<stream_id, std::map<std::uint64_t, record>> records_;
  std::map<stream_id, std::size_t> unsealed_records_;
  std::map<row_key, row> rows_;

  bool sealing_ = false;
  std::size_t seal_through_ = 0;
  std::map<row_key, std::optional<row>> collected_;
  std::size_t unanswered_ = 0;

  std::vector<std::unique_ptr<shard>> shards_;
  std::function<void(int)> wake_;
  bool hold_durable_ = false;
  bool hold_reads_ = false;
  std::optional<errc> fail_read_;
  std::optional<errc> fail_load_;
  std::array<space, 2> space_{space::granted, space::granted};
  std::array<std::uint64_t, 2> reserved_{};
};

}  // namespace dunlin::store
