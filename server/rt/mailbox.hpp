// What shards send each other: one ring per ordered pair of shards, a shard with itself included.
//
// Without room a message stays with its sender, who stops reading sockets until there is some; mailboxes are drained
// always, so that two full shards cannot wait for each other. Part of each ring is for answers alone: a shard that has
// at most `answers` questions open towards another can always be answered by it.
//
// Thread rule: `from`'s thread posts and ends its turn, `to`'s thread drains. The wake-up is called on the sender's
// thread and must be callable from any.
// Order: messages from one shard to one other arrive in the order in which they were posted.
// Bounds: `capacity` messages a pair, of which `answers` for answers; the memory is taken at construction. One drain
// visits only what was there when it began.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "base/check.hpp"
#include "base/prefetch.hpp"
#include "rt/spsc_ring.hpp"

namespace dunlin::rt {

using shard_index = std::uint32_t;

template <class T>
class mailboxes {
 public:
  // `wake` makes a shard drain, if it sleeps (event_loop::wake). `capacity` is a power of two above `answers`.
  mailboxes(std::size_t shards, std::size_t capacity, std::size_t answers, std::function<void(shard_index)> wake)
      : shards_(shards), answers_(answers), wake_(std::move(wake)) {
    DUNLIN_CHECK(shards > 0 && answers < capacity);
    rings_.reserve(shards * shards);
    for (std::size_t i = 0; i < shards * shards; ++i) rings_.push_back(std::make_unique<spsc_ring<T>>(capacity));
    senders_ = std::make_unique<sender[]>(shards);
    for (std::size_t i = 0; i < shards; ++i) senders_[i].posted_to.resize(shards);
  }

  [[nodiscard]] std::size_t shards() const { return shards_; }

  // False, and `message` untouched, if there is no room. Whoever posts calls end_turn before it sleeps.
  [[nodiscard]] bool post(shard_index from, shard_index to, T&& message) {
    return push(from, to, std::move(message), answers_);
  }
  // The same for the answer to a question; it may use the places reserved for answers.
  [[nodiscard]] bool post_answer(shard_index from, shard_index to, T&& message) {
    return push(from, to, std::move(message), 0);
  }
  // How many messages post() would take now, at least.
  [[nodiscard]] std::size_t room(shard_index from, shard_index to) {
    const std::size_t free = ring(from, to).room();
    return free > answers_ ? free - answers_ : 0;
  }

  // Wakes each shard that was posted to since the last time, once.
  void end_turn(shard_index from) {
    sender& s = senders_[from];
    if (!s.posted) return;
    s.posted = false;
    for (std::size_t to = 0; to < shards_; ++to) {
      if (!s.posted_to[to]) continue;
      s.posted_to[to] = 0;
      if (to != from) wake_(static_cast<shard_index>(to));
    }
  }

  // To be asked after a shard has announced that it sleeps, too: what is posted later wakes it.
  [[nodiscard]] bool has_mail(shard_index to) {
    for (std::size_t from = 0; from < shards_; ++from) {
      if (ring(from, to).available() > 0) return true;
    }
    return false;
  }

  // Calls visitor(shard_index from, T&& message) for what is there; returns how many there were. The visitor may post.
  template <class Visitor>
  std::size_t drain(shard_index to, Visitor&& visitor) {
    std::size_t sum = 0;
    for (std::size_t from = 0; from < shards_; ++from) {
      spsc_ring<T>& r = ring(from, to);
      const std::size_t n = r.available();
      for (std::size_t i = 0; i < n; ++i) visitor(static_cast<shard_index>(from), r.pop());
      sum += n;
    }
    return sum;
  }

 private:
  struct alignas(cache_line) sender {
    std::vector<std::uint8_t> posted_to;
    bool posted = false;
  };

  spsc_ring<T>& ring(std::size_t from, std::size_t to) {
    DUNLIN_CHECK(from < shards_ && to < shards_);
    return *rings_[from * shards_ + to];
  }
  bool push(shard_index from, shard_index to, T&& message, std::size_t kept_free) {
    if (!ring(from, to).push(std::move(message), kept_free)) return false;
    senders_[from].posted = true;
    senders_[from].posted_to[to] = 1;
    return true;
  }

  std::size_t shards_;
  std::size_t answers_;
  std::function<void(shard_index)> wake_;
  std::vector<std::unique_ptr<spsc_ring<T>>> rings_;
  std::unique_ptr<sender[]> senders_;
};

}  // namespace dunlin::rt
