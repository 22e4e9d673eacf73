// The links between shards as between nodes of a cluster: numbered frames that are lost, doubled, delayed and overtaken
// by others, and senders that get no credit. What a receiver takes is in order and without repeats: a number that it
// has seen or passed is dropped, one that is ahead is a gap, which it acts on (D5) and tells the other side.
//
// So the engine is told of a loss by shard::on_link_gap on both sides: on the receiver's when a later frame or a beat
// shows it, on the sender's with the next frame that comes back. Beats go every `beat_every`, so a loss never stays
// unnoticed because nothing follows it.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "engine/messages.hpp"
#include "engine/shard.hpp"
#include "sim/world.hpp"

namespace dunlin::sim {

class network {
 public:
  static constexpr mono_ms beat_every = 250;
  static constexpr std::size_t most_waiting = 256;  // frames on one lane, beyond which there is no credit

  network(world& w, engine::shard_id shards);
  ~network();
  engine::links& side_of(engine::shard_id from);
  // Gives the shard what has arrived for it.
  void deliver(engine::shard_id to, engine::shard& shard);
  void send_beats();
  [[nodiscard]] bool is_quiet() const;

 private:
  struct frame {
    std::uint64_t number = 0;
    std::uint64_t gaps = 0;  // that the sender of this frame has seen on the way back
    mono_ms due = 0;
    bool copy = false;
    bool overtaken = false;
    std::optional<engine::message> body;  // none: a beat, whose number is that of the next frame
  };
  struct lane {
    // The sender's side.
    std::uint64_t next = 1;
    mono_ms last_due = 0;
    mono_ms beat_at = 0;
    mono_ms no_credit_until = 0;
    // On the way.
    std::deque<frame> wire;
    // The receiver's side.
    std::uint64_t expected = 1;
    std::uint64_t gaps = 0;       // seen here
    std::uint64_t told_gaps = 0;  // that the sender says it saw on the way back
  };
  class side;

  bool send(engine::shard_id from, engine::shard_id to, engine::message&& m);
  void put(lane& l, frame&& f);
  void take(engine::shard_id from, lane& l, frame&& f, engine::shard& shard);
  lane& at(std::size_t from, std::size_t to) { return lanes_[from * shards_ + to]; }

  world& world_;
  std::size_t shards_;
  std::vector<lane> lanes_;
  std::vector<std::unique_ptr<side>> sides_;
};

}  // namespace dunlin::sim
