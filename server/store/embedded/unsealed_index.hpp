// Where the records of one shard lie that are not sealed yet: eight bytes a record, reached through the slot in the
// stream's state, so that an append looks nothing up.
//
// A record's place is first a batch and an offset in it; when the batch is written, the batch gets a segment and an
// offset there, and all its records with it. What is sealed is dropped from the front, a bounded number of streams at a
// time.
//
// Thread rule: belongs to its shard. Bounds: as the unsealed log.
#pragma once

#include <deque>
#include <span>

#include "base/prefetch.hpp"
#include "store/embedded/segments.hpp"

namespace dunlin::store {

class unsealed_index {
 public:
  static constexpr int offset_bits = 28;  // of a place; the rest is the batch
  static constexpr std::size_t sweep_step = 512;

  // Of one stream.
  struct stream_places {
    stream_id id;
    std::uint64_t first = 0;  // the seq of the first; 0: this slot is free
    std::vector<std::uint64_t> places;

    [[nodiscard]] bool is_of(stream_id stream) const { return id == stream && first != 0; }
  };
  // Those of the stream, which begin with `seq` if it has none so far. Valid until the next call of anything but
  // append.
  stream_places& open(stream_id stream, std::uint64_t seq, index_slot& slot) {
    stream_places& known = streams_[slot];
    return known.is_of(stream) ? known : begin(stream, seq, slot);
  }
  // A hint: an append to this slot comes soon.
  void prefetch_append(index_slot slot) const {
    const auto& places = streams_[slot].places;
    prefetch_to_write(places.data() + places.size(), sizeof places[0]);
  }
  // False, and nothing changed, unless `seq` follows the stream's last one, or is its first here.
  [[nodiscard]] static bool append(stream_places& of, std::uint64_t seq, ticket batch, std::size_t offset) {
    if (offset >> offset_bits != 0 || of.first + of.places.size() != seq) return false;
    of.places.push_back(batch << offset_bits | offset);
    return true;
  }
  // Batches are placed in their order, from 1.
  void place(const segment_ref& in, std::uint64_t offset);
  // Everything in segments up to this generation is sealed: their batches are forgotten now, their records as sweep()
  // and the other functions come by.
  void sealed_through(std::uint64_t generation);
  // Drops what is sealed of up to sweep_step streams; false when there is nothing left to do.
  bool sweep();
  // False, and the slot cleared, if the stream has nothing here.
  bool holds(stream_id stream, index_slot& slot);

  struct range {
    std::uint64_t first = 0;                // the seq of the first place
    std::span<const std::uint64_t> places;  // valid until the next call of anything
  };
  // What there is of [from, through].
  range find(stream_id stream, index_slot slot, std::uint64_t from, std::uint64_t through);

  [[nodiscard]] static ticket batch_of(std::uint64_t place) { return place >> offset_bits; }
  // The batches placed so far.
  [[nodiscard]] ticket placed() const { return first_ + places_.size() - 1; }
  struct location {
    const segment_ref* in = nullptr;
    std::uint64_t offset = 0;
  };
  // REQUIRES: its batch is placed and not sealed.
  [[nodiscard]] location locate(std::uint64_t place) const;

  [[nodiscard]] std::size_t streams() const { return streams_.size() - 1 - free_.size(); }

 private:
  struct placed_batch {
    std::uint32_t segment = 0;  // a number of in_
    std::uint32_t offset = 0;
  };

  stream_places& begin(stream_id id, std::uint64_t seq, index_slot& slot);
  // Drops what is sealed; false if nothing is left, and then the slot is free.
  bool trim(std::size_t index);

  std::vector<stream_places> streams_{1};  // by slot; [0] is nobody's
  std::vector<std::uint32_t> free_;
  std::deque<placed_batch> places_;
  ticket first_ = 1;  // the batch of places_.front()
  std::deque<segment_ref> in_;
  std::uint32_t first_in_ = 0;  // the number of in_.front()
  std::size_t sweep_at_ = ~std::size_t{0};
};

}  // namespace dunlin::store
