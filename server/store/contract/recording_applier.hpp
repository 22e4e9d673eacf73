// A stand-in for the engine in tests of the stores: a few streams a partition, an entry is "what to do", and everything
// that was applied or redone is remembered, so that a test can compare what is left after a crash with what it was
// told.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/log.hpp"

namespace dunlin::store {

// An entry is one byte, the stream's id, and text. The record is the text. Text that starts with '!' is refused (not
// kept), with '.' makes no record but touches the partition's row and an inbox.
class recording_applier final : public applier {
 public:
  struct stream {
    index_slot slot = 0;
    std::uint64_t head = 0;
    std::map<std::uint64_t, std::string> records;
  };

  static bytes entry(stream_id id, std::string_view text) {
    bytes out;
    byte_writer w(out);
    w.u8(1);
    w.id(id);
    w.raw(as_bytes(text));
    return out;
  }
  static stream_id stream_of(partition_id p, std::uint64_t n) { return {std::uint64_t{p} << 56 | 7, n}; }

  void apply(partition_id partition, position pos, byte_span entry, void* context, applied& out) override {
    byte_reader r(entry);
    r.u8();
    const auto id = r.id<stream_id>();
    const byte_span text = r.rest();
    EXPECT_EQ(partition, partition_of(id));
    if (context != nullptr) ++*static_cast<int*>(context);
    if (!text.empty() && text[0] == '!') return;
    EXPECT_EQ(pos, positions_[partition] + 1) << "positions are dense";
    positions_[partition] = pos;
    out.keep = true;
    byte_writer(out.outcome).varint(pos);
    if (!text.empty() && text[0] == '.') {
      out.touched = {partition_row(partition), {row_kind::inbox, {id.hi, id.lo + 1}}};
      notes_.emplace_back(partition, as_text(text));
      return;
    }
    stream& s = streams_[id];
    out.stream = id;
    out.seq = ++s.head;
    out.ts = static_cast<std::int64_t>(1'700'000'000'000 + pos);
    out.record = text;
    out.slot = &s.slot;
    s.records[s.head] = as_text(text);
  }

  index_slot* redo(const replayed& entry) override {
    EXPECT_EQ(entry.pos, positions_[entry.partition] + 1) << "each entry once and in order";
    positions_[entry.partition] = entry.pos;
    byte_reader outcome(entry.outcome);
    EXPECT_EQ(outcome.varint(), entry.pos);
    byte_reader r(entry.entry);
    r.u8();
    const auto id = r.id<stream_id>();
    const byte_span text = r.rest();
    ++redone_;
    if (entry.seq == 0) {
      notes_.emplace_back(entry.partition, as_text(text));
      return nullptr;
    }
    EXPECT_EQ(entry.stream, id);
    EXPECT_EQ(entry.ts, static_cast<std::int64_t>(1'700'000'000'000 + entry.pos));
    stream& s = streams_[id];
    EXPECT_EQ(entry.seq, s.head + 1);
    s.head = entry.seq;
    s.records[entry.seq] = as_text(text);
    return &s.slot;
  }

  // As if the rows of a partition had been loaded: its sealed entries are known.
  void start_at(partition_id p, position pos) { positions_[p] = pos; }
  stream& at(stream_id id) { return streams_[id]; }
  const std::map<stream_id, stream>& streams() const { return streams_; }
  const std::vector<std::pair<partition_id, std::string>>& notes() const { return notes_; }
  [[nodiscard]] position last(partition_id p) const { return positions_[p]; }
  [[nodiscard]] std::size_t redone() const { return redone_; }

 private:
  std::map<stream_id, stream> streams_;
  std::vector<std::pair<partition_id, std::string>> notes_;
  std::array<position, partition_count> positions_{};
  std::size_t redone_ = 0;
};

}  // namespace dunlin::store
