// How rows come from the shards to the background thread: it asks for keys, the shards answer when they like, and learn
// when the rows are published.
//
// Thread rule: each ring has the shard at one end and the background thread at the other. Bounds: at most `window` keys
// are asked for at a time over all shards, so that answers always have room.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

#include "base/check.hpp"
#include "rt/spsc_ring.hpp"
#include "store/history.hpp"

namespace dunlin::store {

struct given_row {
  row_key key;
  bool skipped = false;
  position pos = 0;
  ticket when = 0;
  std::uint64_t kept_from = 0;
  bytes data;
};

// Rows published together; a shard reads those of its partitions.
using published_rows = std::shared_ptr<const std::vector<published_row>>;

struct row_exchange {
  static constexpr std::size_t published_at_a_time = 16;

  explicit row_exchange(std::size_t window) : wanted(window), given(window), published(published_at_a_time) {}

  rt::spsc_ring<row_key> wanted;
  rt::spsc_ring<given_row> given;
  rt::spsc_ring<published_rows> published;
};

// The background's end of all shards' exchanges.
class row_collector {
 public:
  row_collector(std::vector<std::unique_ptr<row_exchange>>& shards, std::size_t window,
                std::function<void(int shard)> wake)
      : shards_(shards), window_(window), wake_(std::move(wake)), asked_(shards.size()) {}

  [[nodiscard]] int shard_of(const row_key& key) const {
    return static_cast<int>(partition_of(key.id) % shards_.size());
  }
  // False: as many as may be are under way.
  bool ask(const row_key& key) {
    if (under_way_ == window_) return false;
    const auto shard = static_cast<std::size_t>(shard_of(key));
    DUNLIN_CHECK(shards_[shard]->wanted.push(row_key(key)));
    ++under_way_;
    asked_[shard] = true;
    return true;
  }
  // Wakes the shards that were asked since the last call.
  void wake_asked() {
    for (std::size_t i = 0; i < asked_.size(); ++i) {
      if (asked_[i]) wake_(static_cast<int>(i));
      asked_[i] = false;
    }
  }
  // Calls take(given_row&&) for each answer that has come; returns how many there were.
  template <class Take>
  std::size_t collect(Take take) {
    std::size_t n = 0;
    for (auto& shard : shards_) {
      for (std::size_t left = shard->given.available(); left > 0; --left, ++n, --under_way_) take(shard->given.pop());
    }
    return n;
  }
  [[nodiscard]] std::size_t under_way() const { return under_way_; }
  [[nodiscard]] bool has_room_to_publish() {
    return std::all_of(shards_.begin(), shards_.end(), [](auto& s) { return s->published.room() > 0; });
  }
  void publish(int shard, std::vector<published_row> rows) {
    if (rows.empty()) return;
    auto shared = std::make_shared<const std::vector<published_row>>(std::move(rows));
    DUNLIN_CHECK(shards_[static_cast<std::size_t>(shard)]->published.push(std::move(shared)));
  }
  void wake_all() {
    for (std::size_t i = 0; i < shards_.size(); ++i) wake_(static_cast<int>(i));
  }

 private:
  std::vector<std::unique_ptr<row_exchange>>& shards_;
  std::size_t window_;
  std::function<void(int)> wake_;
  std::size_t under_way_ = 0;
  std::vector<bool> asked_;
};

}  // namespace dunlin::store
