// A stand-in for the engine in tests of the stores: a few streams a partition, an entry is "what to do", with state
// rows and redo as rule L5 wants them, and a memory of all that was applied, so that a test can compare what is left
// after a crash with what it was told.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/history.hpp"

namespace dunlin::store {

// An entry is one byte, the stream's id, and text. The record is the text. Text that starts with '!' is refused (not
// kept); with '.' it makes no record but touches the partition's row and an inbox; with '<', the number that follows
// says from where on the stream's records are kept (R3). One of a run begins with another byte, since it has no
// outcome.
class recording_applier final : public applier {
 public:
  struct stream {
    index_slot slot = 0;
    std::uint64_t head = 0;
    std::uint64_t kept_from = 0;
    position pos = 0;
    std::map<std::uint64_t, std::string> records;  // applied or redone here
  };
  struct counted {
    std::uint64_t n = 0;
    position pos = 0;
  };

  static constexpr std::uint8_t alone = 1;
  static constexpr std::uint8_t in_run = 2;
  static bytes entry(stream_id id, std::string_view text, std::uint8_t kind = alone) {
    bytes out;
    out.reserve(17 + text.size());
    byte_writer w(out);
    w.u8(kind);
    w.id(id);
    w.raw(as_bytes(text));
    return out;
  }
  static stream_id stream_of(partition_id p, std::uint64_t n) { return {std::uint64_t{p} << 56 | 7, n}; }
  static row_key inbox_of(stream_id id) { return {row_kind::inbox, {id.hi, id.lo + 1}}; }

  // Rows that are not in memory are read from here.
  explicit recording_applier(history* rows = nullptr) : rows_(rows) {}
  void load_from(history& rows) { rows_ = &rows; }

  void apply(partition_id partition, position pos, byte_span entry, void* context, applied& out) override {
    byte_reader r(entry);
    r.u8();
    const auto id = r.id<stream_id>();
    const std::string_view text = as_text(r.rest());
    EXPECT_EQ(partition, partition_of(id));
    if (context != nullptr) ++*static_cast<int*>(context);
    if (text.starts_with('!')) return;
    if (positions_[partition] != 0) {
      EXPECT_EQ(pos, positions_[partition] + 1) << "positions are dense";
    }
    positions_[partition] = pos;
    out.keep = true;
    byte_writer(out.outcome).varint(pos);
    if (text.starts_with('.')) {
      out.touched = {partition_row(partition), inbox_of(id)};
      note(partition, id, pos);
      return;
    }
    stream& s = at(id);
    if (text.starts_with('<')) {
      s.pos = pos;
      s.kept_from = std::stoull(std::string(text.substr(1)));
      out.touched = {{row_kind::stream, id}};
      return;
    }
    append(s, pos, text);
    out.stream = id;
    out.seq = s.head;
    out.ts = ts_of(pos);
    out.record = as_bytes(text);
    out.slot = &s.slot;
  }

  // Of texts that are records or refused.
  void apply_run(partition_id partition, position first, std::span<const byte_span> entries, void* context,
                 applied_run& out) override {
    EXPECT_EQ(out.slot, nullptr);
    if (context != nullptr) ++*static_cast<int*>(context);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      byte_reader r(entries[i]);
      EXPECT_EQ(r.u8(), in_run);
      out.stream = r.id<stream_id>();
      const std::string_view text = as_text(r.rest());
      out.list[i] = {};
      if (text.starts_with('!')) continue;
      if (positions_[partition] != 0) {
        EXPECT_EQ(first, positions_[partition] + 1) << "positions are dense";
      }
      positions_[partition] = first;
      stream& s = at(out.stream);
      append(s, first, text);
      out.list[i] = {s.head, ts_of(first), entries[i].size() - text.size()};
      out.slot = &s.slot;
      ++first;
    }
  }

  result<index_slot*> redo(const replayed& entry) override {
    if (positions_[entry.partition] != 0) {
      EXPECT_EQ(entry.pos, positions_[entry.partition] + 1) << "each entry once and in order";
    }
    positions_[entry.partition] = entry.pos;
    byte_reader r(entry.entry);
    byte_reader outcome(entry.outcome);
    EXPECT_EQ(outcome.varint(), r.u8() == in_run ? 0 : entry.pos);
    const auto id = r.id<stream_id>();
    const std::string_view text = as_text(r.rest());
    ++redone_;
    if (text.starts_with('.')) {
      note(entry.partition, id, entry.pos);
      return nullptr;
    }
    stream& s = at(id);
    const bool included = s.pos >= entry.pos;
    if (!included) s.pos = entry.pos;
    if (entry.seq == 0) {
      if (!included) s.kept_from = std::stoull(std::string(text.substr(1)));
      return nullptr;
    }
    EXPECT_EQ(entry.stream, id);
    EXPECT_EQ(entry.ts, ts_of(entry.pos));
    if (!included) {
      EXPECT_EQ(entry.seq, s.head + 1);
      s.head = entry.seq;
    }
    s.records[entry.seq] = text;
    return &s.slot;
  }

  // Answers all that is wanted now; returns how many.
  std::size_t give_rows(history& to, const log& of, std::size_t most = 1000) {
    std::vector<row_key> wanted;
    to.poll_wanted(wanted, most);
    for (const row_key& key : wanted) {
      bytes row;
      byte_writer w(row);
      if (key.kind == row_kind::stream) {
        const stream& s = at(key.id);
        w.varint(s.head);
        w.varint(s.kept_from);
        w.raw(bytes(row_padding));
        to.give_row(key, s.pos, of.taken(), s.kept_from, row);
      } else {
        const counted& c = count(key);
        w.varint(c.n);
        to.give_row(key, c.pos, of.taken(), 0, row);
      }
    }
    return wanted.size();
  }

  // Reads the state from its row if it is not in memory.
  stream& at(stream_id id) {
    const auto found = streams_.find(id);
    if (found != streams_.end()) return found->second;
    stream& s = streams_[id];
    if (rows_ == nullptr) return s;
    const load_answer row = rows_->load_now({row_kind::stream, id});
    EXPECT_FALSE(row.error) << row.error.message();
    if (!row.found) return s;
    byte_reader r(row.row);
    s.head = r.varint();
    s.kept_from = r.varint();
    s.pos = row.pos;
    return s;
  }
  counted& count(const row_key& key) {
    const auto found = counts_.find(key);
    if (found != counts_.end()) return found->second;
    counted& c = counts_[key];
    if (rows_ == nullptr) return c;
    const load_answer row = rows_->load_now(key);
    EXPECT_FALSE(row.error) << row.error.message();
    if (!row.found) return c;
    byte_reader r(row.row);
    c.n = r.varint();
    c.pos = row.pos;
    return c;
  }
  static std::int64_t ts_of(position pos) { return static_cast<std::int64_t>(1'700'000'000'000 + pos); }

  const std::map<stream_id, stream>& streams() const { return streams_; }
  [[nodiscard]] position last(partition_id p) const { return positions_[p]; }
  [[nodiscard]] std::size_t redone() const { return redone_; }
  // Bytes added to each stream's row.
  std::size_t row_padding = 0;

 private:
  static void append(stream& to, position pos, std::string_view text) {
    to.pos = pos;
    to.records[++to.head] = text;
  }
  void note(partition_id partition, stream_id id, position pos) {
    for (const row_key& key : {partition_row(partition), inbox_of(id)}) {
      counted& c = count(key);
      if (c.pos >= pos) continue;  // its row includes this entry
      ++c.n;
      c.pos = pos;
    }
  }

  history* rows_;
  std::map<stream_id, stream> streams_;
  std::map<row_key, counted> counts_;
  std::array<position, partition_count> positions_{};
  std::size_t redone_ = 0;
};

}  // namespace dunlin::store
