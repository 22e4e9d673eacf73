// Which messages of one device a stream has accepted (rule S3): the 64 highest accepted ids with their seqs, and a
// floor, the highest id ever dropped. Nothing at or below the floor is accepted any more, so a retry can never make a
// second record, without an index of all ids.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "base/prefetch.hpp"

namespace dunlin::stream {

class id_window {
 public:
  static constexpr std::size_t capacity = 64;

  enum class place : std::uint8_t { fresh, known, stale };
  struct found {
    place where = place::fresh;
    std::uint64_t seq = 0;  // if known
  };

  [[nodiscard]] found find(message_id id) const {
    // Nearly always the id is above all others.
    if (is_highest(id)) [[likely]]
      return {};
    return search(id);
  }
  // REQUIRES: find(id) says fresh.
  void accept(message_id id, std::uint64_t seq) {
    if (is_highest(id)) [[likely]]
      return accept_next(id, seq);
    insert(id, seq);
  }
  // True if `id` is above all others, and `after` the one before it or zero: what a message nearly always is.
  [[nodiscard]] bool is_next(message_id id, message_id after) const {
    return is_highest(id) && (after.is_zero() || highest() == after);
  }
  // REQUIRES: is_next(id, …).
  void accept_next(message_id id, std::uint64_t seq) {
    if (ids_.size() != capacity) return insert(id, seq);
    floor_ = ids_[first_].id;
    ids_[first_] = {id, seq};
    first_ = first_ + 1 == capacity ? 0 : first_ + 1;
  }

  [[nodiscard]] message_id floor() const { return floor_; }
  [[nodiscard]] std::size_t size() const { return ids_.size(); }
  // True if `id` was accepted, or may have been before it was dropped: what `Send.after` asks.
  [[nodiscard]] bool passed(message_id id) const {
    // Nearly always the one before.
    if (!ids_.empty() && highest() == id) [[likely]]
      return true;
    return find(id).where != place::fresh;
  }

  // What is_next and accept_next look at and write is asked for.
  void prefetch_next() const {
    if (ids_.empty()) return;
    const accepted* const next = ids_.data() + first_;
    const accepted* const newest = first_ == 0 ? next + ids_.size() : next;
    prefetch_to_write(newest - 1, 2 * sizeof *newest);
    prefetch_to_write(next, sizeof *next);
  }
  void write(byte_writer& out) const;
  // False if the bytes are no window.
  bool read(byte_reader& in);

 private:
  struct accepted {
    message_id id;
    std::uint64_t seq;
  };
  [[nodiscard]] const accepted& at(std::size_t i) const {
    i += first_;
    return ids_[i < ids_.size() ? i : i - ids_.size()];
  }
  // REQUIRES: not empty.
  [[nodiscard]] message_id highest() const { return first_ == 0 ? ids_.back().id : ids_[first_ - 1].id; }
  [[nodiscard]] bool is_highest(message_id id) const { return !ids_.empty() && highest() < id; }
  [[nodiscard]] found search(message_id id) const;
  void insert(message_id id, std::uint64_t seq);
  // How many ids are below `id`.
  [[nodiscard]] std::size_t below(message_id id) const;

  // Ascending from first_, around the end: a full window takes a new highest id in place of its lowest.
  std::vector<accepted> ids_;
  std::size_t first_ = 0;
  message_id floor_;
};

}  // namespace dunlin::stream
