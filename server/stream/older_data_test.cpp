// Rows and frames of a partition as the program wrote them that knew the first rules alone (L7): bytes that stand for
// all data directories of that time, and so never change.

#include <gtest/gtest.h>

#include "stream/partition_bench.hpp"

namespace dunlin::stream {
namespace {

using store::row_kind;

struct old_frame {
  store::position pos;
  const char* entry;
  const char* outcome;
  const char* stream;
  std::uint64_t seq;
  std::int64_t ts;
};
// An account with a device is told of; a group and a direct chat are made, and the account hears of them; in the group
// one leaves, one joins and becomes admin, and something is said; the direct chat loses its other member; a cursor
// moves.
constexpr old_frame frames[] = {
    {1, "0710000000000a00000000000000000001e807010200000000000d00000000000000000001010570686f6e65",
     "001a1010000000000a0000000000000000000130525a190a1000000000000d00000000000000000001120570686f6e65",
     "10000000000a00000000000000000001", 1, 1000},
    {2,
     "0210000000000c00000000000000000001e8070000000000000000000000000000000002000c47617274656e76657265696e"
     "0210000000000a0000000000000000000122000000000a00000000000000000001",
     "021001320110000000000a0000000000000000000110000000000c00000000000000000001e80701020c47617274656e7665"
     "7265696e2201320122000000000a0000000000000000000110000000000c00000000000000000001e80701020c4761727465"
     "6e76657265696e30405a380a140a1010000000000a0000000000000000000110020a120a1022000000000a00000000000000"
     "0000011a0c47617274656e76657265696e",
     "10000000000c00000000000000000001", 1, 1000},
    {3,
     "0210000000000c00000000000000000002e807000000000000000000000000000000000100000210000000000a0000000000"
     "000000000122000000000a00000000000000000002",
     "021002260110000000000a0000000000000000000110000000000c00000000000000000002e8070101002202260122000000"
     "000a0000000000000000000210000000000c00000000000000000002e80701010030405a280a120a1010000000000a000000"
     "000000000000010a120a1022000000000a00000000000000000002",
     "10000000000c00000000000000000002", 1, 1000},
    {4,
     "0610010110000000000a0000000000000000000110000000000c00000000000000000001e80701020c47617274656e766572"
     "65696e",
     "0030505a260a1010000000000c000000000000000000011001180120012a0c47617274656e76657265696e",
     "10000000000a00000000000000000001", 2, 1000},
    {5, "0610020110000000000a0000000000000000000110000000000c00000000000000000002e807010100",
     "0030505a140a1010000000000c000000000000000000021001", "10000000000a00000000000000000001", 3, 1000},
    {6,
     "0310000000000c00000000000000000001e80722000000000a00000000000000000001000122000000000a00000000000000"
     "00000100",
     "012203230222000000000a0000000000000000000110000000000c00000000000000000001e8071a1022000000000a000000"
     "0000000000000130415a12121022000000000a00000000000000000001",
     "10000000000c00000000000000000001", 2, 1000},
    {7,
     "0310000000000c00000000000000000001e80710000000000a000000000000000000010122000000000a0000000000000000"
     "00020000",
     "012204320122000000000a0000000000000000000210000000000c00000000000000000001e80703020c47617274656e7665"
     "7265696e1a1010000000000a0000000000000000000130415a140a120a1022000000000a00000000000000000002",
     "10000000000c00000000000000000001", 3, 1000},
    {8,
     "0310000000000c00000000000000000001e80710000000000a0000000000000000000100000122000000000a000000000000"
     "0000000201",
     "001a1010000000000a0000000000000000000130415a1622140a1022000000000a000000000000000000021001",
     "10000000000c00000000000000000001", 4, 1000},
    {9,
     "0110000000000c00000000000000000001e803000000000000001a1010000000000a00000000000000000001221000000000"
     "000d000000000000000000012a10000000000001700080000000000000005a0568656c6c6f",
     "", "10000000000c00000000000000000001", 5, 1000},
    {10, "0622010322000000000a0000000000000000000210000000000c00000000000000000002d00f01",
     "001a1022000000000a0000000000000000000230415a12121022000000000a00000000000000000002",
     "10000000000c00000000000000000002", 2, 2000},
    {11,
     "050110000000000a0000000000000000000110000000000c0000000000000000000100000000000d00000000000000000001"
     "03",
     "", "", 0, 0},
};
constexpr const char* group_row =
    "0210000000000c0000000000000000000104000c47617274656e76657265696e05e8070000000210000000000a0000000000"
    "0000000001020101010122000000000a0000000000000000000201030303030100000000000d000000000000000000010000"
    "0000000000000000000000000000010000000000017000800000000000000005";
constexpr const char* direct_row =
    "0210000000000c0000000000000000000202000002d00f0000000110000000000a00000000000000000001000101010100";
constexpr const char* inbox_row =
    "0210000000000a0000000000000000000101000100000000000d00000000000000000001010000000310000000000a000000"
    "00000000000001000000000010000000000c000000000000000000010101020c47617274656e76657265696e031000000000"
    "0c000000000000000000020101010001";
constexpr const char* own_row =
    "010100000001100202012204010002100201320110000000000a0000000000000000000110000000000c0000000000000000"
    "0001e80701020c47617274656e76657265696e02260110000000000a0000000000000000000110000000000c000000000000"
    "00000002e807010100220401320122000000000a0000000000000000000110000000000c00000000000000000001e8070102"
    "0c47617274656e76657265696e02260122000000000a0000000000000000000210000000000c00000000000000000002e807"
    "01010003230222000000000a0000000000000000000110000000000c00000000000000000001e80704320122000000000a00"
    "00000000000000000210000000000c00000000000000000001e80703020c47617274656e76657265696e";

bytes from_hex(std::string_view hex) {
  bytes out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out.push_back(static_cast<std::uint8_t>(std::stoul(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return out;
}

constexpr store::position last_pos = 11;
const account_id local = partition_bench::account(1);
const account_id ben = partition_bench::stranger(2);
const device_id phone = partition_bench::device(1);
const stream_id group = partition_bench::conversation(1);
const stream_id direct = partition_bench::conversation(2);
const store::row_key group_key{row_kind::stream, group};
const store::row_key direct_key{row_kind::stream, direct};
const store::row_key inbox_key{row_kind::inbox, account_stream(local)};
const store::row_key own_key = store::partition_row(partition_bench::here);

void redo_all(partition& state) {
  for (const auto& f : frames) {
    const bytes entry = from_hex(f.entry);
    const bytes outcome = from_hex(f.outcome);
    const bytes stream = from_hex(f.stream);
    store::replayed again{state.id(), f.pos, entry, outcome, {}, f.seq, f.ts};
    if (!stream.empty()) again.stream = id_from_bytes<stream_id>(byte_span(stream).first<16>());
    ASSERT_TRUE(state.redo(again, [](const store::row_key&) {})) << f.pos;
  }
}

bytes row_of(const partition& state, const store::row_key& key) {
  bytes row;
  EXPECT_TRUE(state.write_row(key, row));
  return row;
}

void expect_what_was(partition& state) {
  EXPECT_EQ(row_of(state, group_key), from_hex(group_row));
  EXPECT_EQ(row_of(state, inbox_key), from_hex(inbox_row));
  const auto& chat = *state.find_stream(direct);
  EXPECT_EQ(chat.head, 2U);
  EXPECT_EQ(chat.find_member(ben), nullptr);
  // Which the old program did not note.
  EXPECT_EQ(chat.other_than(local), ben);
}

TEST(OlderData, L7_FramesOfTheFirstRulesAreRedone) {
  partition state(partition_bench::here);
  redo_all(state);
  expect_what_was(state);
  EXPECT_EQ(row_of(state, own_key), from_hex(own_row));
  EXPECT_EQ(state.rules(), 1U);
}

TEST(OlderData, L7_FramesOfTheFirstRulesAreRedoneBehindARowOfTheNewest) {
  partition raised(partition_bench::here);
  ASSERT_TRUE(raised.load_row(own_key, last_pos, from_hex(own_row)));
  bytes raise;
  write_rules_entry(raise, rules_version);
  store::applied out;
  ASSERT_TRUE(raised.apply(last_pos + 1, raise, out).ok());
  const bytes row = row_of(raised, own_key);

  partition state(partition_bench::here);
  ASSERT_TRUE(state.load_row(own_key, last_pos + 1, row));
  redo_all(state);
  expect_what_was(state);
  EXPECT_EQ(row_of(state, own_key), row);
}

TEST(OlderData, L7_RowsOfTheFirstRulesAreRead) {
  partition state(partition_bench::here);
  ASSERT_TRUE(state.load_row(own_key, last_pos, from_hex(own_row)));
  ASSERT_TRUE(state.load_row(group_key, last_pos, from_hex(group_row)));
  ASSERT_TRUE(state.load_row(direct_key, last_pos, from_hex(direct_row)));
  ASSERT_TRUE(state.load_row(inbox_key, last_pos, from_hex(inbox_row)));
  EXPECT_TRUE(state.find_stream(group)->picture.empty());
  EXPECT_EQ(state.find_stream(group)->find_member(ben)->as, role::admin);
  EXPECT_EQ(state.find_inbox(local)->settings, 0U);
  for (const auto& key : {own_key, group_key, direct_key, inbox_key}) {
    const char* was = key.kind == row_kind::inbox    ? inbox_row
                      : key.kind != row_kind::stream ? own_row
                      : key == group_key             ? group_row
                                                     : direct_row;
    EXPECT_EQ(row_of(state, key), from_hex(was));
  }
}

TEST(OlderData, L7_WhatTheNewestRulesAllowGoesOnFromOldRows) {
  partition state(partition_bench::here);
  ASSERT_TRUE(state.load_row(own_key, last_pos, from_hex(own_row)));
  ASSERT_TRUE(state.load_row(group_key, last_pos, from_hex(group_row)));
  ASSERT_TRUE(state.load_row(inbox_key, last_pos, from_hex(inbox_row)));
  store::position pos = last_pos;
  const auto apply = [&](const bytes& entry) {
    store::applied out;
    return state.apply(++pos, entry, out);
  };
  bytes entry;
  write_rules_entry(entry, rules_version);
  ASSERT_TRUE(apply(entry).ok());
  entry.clear();
  write_change_entry(entry, {.stream = group,
                             .time = 3000,
                             .actor = ben,
                             .by = {phone, partition_bench::message(2)},
                             .look = {.name = "Verein", .picture = {}}});
  EXPECT_EQ(apply(entry).seq, 6U);
  EXPECT_EQ(apply(entry).what, verdict::kind::duplicate);
  EXPECT_EQ(state.find_stream(group)->name, "Verein");
}

}  // namespace
}  // namespace dunlin::stream
