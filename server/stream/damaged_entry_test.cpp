// Entries and rows that are cut short or have bits flipped are refused, or are entries and rows.

#include <algorithm>
#include <functional>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "stream/entry.hpp"
#include "stream/inbox_state.hpp"
#include "stream/partition_bench.hpp"
#include "stream/test_entries.hpp"

namespace dunlin::stream {
namespace {

// Reads the bytes as everything there is; true if they are something.
bool is_an_entry(byte_span data) {
  return read_send_entry(data) || read_create_entry(data) || read_change_entry(data) || read_marks_entry(data) ||
         read_cursors_entry(data) || read_effect_entry(data) || read_account_entry(data) || read_trim_entry(data) ||
         read_rules_entry(data) || read_seen_entry(data) || read_depart_entry(data) || read_settings_entry(data) ||
         read_profile_entry(data);
}

std::vector<bytes> one_of_each() {
  std::vector<bytes> all(15);
  write_create_entry(all[0], {conversation, 77, anna, false, true, retention::forever, "a name", {anna, ben}});
  write_change_entry(all[1], {conversation, 77, anna, {ben}, {anna}, {{ben, role::admin}}});
  write_marks_entry(all[2], {{conversation, anna, {1, 200, 3}}});
  write_cursors_entry(all[3], {{anna, conversation, phone, 5}});
  write_account_entry(all[4], {anna, 5, 6, false, true, phone, 7, true, "phone"});
  write_trim_entry(all[5], {conversation, 99});
  bytes body;
  write_effect_body(body, {.account = anna, .conversation = conversation, .join_seq = 300, .name = "name"});
  write_effect_entry(all[6], 3, 1, body);
  write_rules_entry(all[7], 300);
  write_seen_entry(all[8], {20'000, {{anna, phone}}});
  write_depart_entry(all[9], {anna, 77});
  write_create_entry(
      all[10], {.stream = conversation, .creator = anna, .members = {anna}, .by = {phone, id}, .picture = picture});
  write_change_entry(
      all[11], {.stream = conversation, .actor = anna, .by = {phone, id}, .look = {.name = "new", .picture = picture}});
  write_settings_entry(all[12], {anna, 5, conversation, 7, "{}"});
  write_profile_entry(all[13], {anna, 5, ben, 8});
  bytes longer;
  write_effect_body(longer, {.account = anna, .conversation = conversation, .picture = picture, .with = ben});
  write_effect_entry(all[14], 3, 1, longer);
  return all;
}

TEST(Entry, ATruncatedEntryIsRefused) {
  for (const auto& entry : one_of_each()) {
    const bool is_effect = kind_of(entry) == entry_kind::effect;
    for (std::size_t n = 0; n < entry.size(); ++n) {
      const byte_span cut(entry.data(), n);
      const auto effect = read_effect_entry(cut);
      // An effect carries a body of its own, which is then what is cut.
      EXPECT_FALSE(is_effect ? effect && read_effect_body(effect->body) : is_an_entry(cut)) << n;
    }
  }
}

TEST(Entry, AnEntryWithSomethingBehindItIsRefused) {
  for (auto entry : one_of_each()) {
    entry.push_back(0);
    const auto effect = read_effect_entry(entry);
    EXPECT_FALSE(effect ? read_effect_body(effect->body).has_value() : is_an_entry(entry));
  }
}

// Flipped bits may make another entry, or another row, but never a crash nor one that contradicts itself. The partition
// that they are given to must stay one whose rows can be read.
void flip(std::uint64_t seed) {
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  seeded_random random(seed);
  partition_bench bench;
  const account_id local = partition_bench::account(1);
  const stream_id group = partition_bench::conversation(1);
  bench.raise_rules();
  bench.link(local, partition_bench::device(1));
  bench.create(group, {local, partition_bench::account(2)});
  bench.create({.stream = partition_bench::conversation(2),
                .creator = local,
                .direct = true,
                .members = {local, partition_bench::account(2)},
                .by = {partition_bench::device(1), partition_bench::message(3)}});
  bench.change({.stream = group,
                .actor = local,
                .by = {partition_bench::device(1), partition_bench::message(4)},
                .look = {.name = "new", .picture = picture}});
  bench.settings({local, 2000, {}, 1, "{}"});
  bench.profile({local, 2000, partition_bench::stranger(5), 1});
  bench.effect(partition_bench::here, 1, bench.waiting(partition_bench::here)[0]);
  bench.send(group, local, partition_bench::device(1), partition_bench::message(1));
  bench.mark({{group, local, {2, 2, 2}}});
  bench.move({{local, group, partition_bench::device(1), 2}});
  bench.change(group, local, {partition_bench::stranger(5)}, {});
  bench.give_role(group, local, {{partition_bench::account(2), role::admin}});
  bytes seen;
  write_seen_entry(seen, {20'000, {{local, partition_bench::device(1)}}});
  bench.apply(seen);
  std::vector<bytes> entries;
  for (const auto& f : bench.frames()) entries.push_back(f.entry);
  for (int i = 0; i < 300; ++i) {
    bytes entry = entries[random.below(entries.size())];
    for (std::uint64_t n = 1 + random.below(4); n > 0; --n) {
      entry[random.below(entry.size())] ^= static_cast<std::uint8_t>(1U << random.below(8));
    }
    if (random.one_in(4)) entry.resize(random.below(entry.size()));
    parts_of(entry);
    // What the entry is about must be in memory, and an account has both its parts or none.
    bench.apply(entry);
  }
  for (const auto& [name, state] : bench.state().streams()) {
    const bytes row = bench.row({store::row_kind::stream, name});
    stream_state again;
    ASSERT_TRUE(read_row(row, again));
    for (std::size_t n = 0; n < row.size(); ++n) EXPECT_FALSE(read_row(byte_span(row.data(), n), again)) << n;
  }
  for (const auto& [account, state] : bench.state().inboxes()) {
    const bytes row = bench.row({store::row_kind::inbox, account_stream(account)});
    inbox_state again;
    ASSERT_TRUE(read_row(row, again));
    for (std::size_t n = 0; n < row.size(); ++n) EXPECT_FALSE(read_row(byte_span(row.data(), n), again)) << n;
  }
  const auto own = store::partition_row(partition_bench::here);
  const bytes row = bench.row(own);
  partition again(partition_bench::here);
  ASSERT_TRUE(again.load_row(own, 1, row));
  for (std::size_t n = 0; n < row.size(); ++n) EXPECT_FALSE(again.load_row(own, 1, byte_span(row.data(), n))) << n;
}

TEST(Entry, FlippedBitsNeverMakeAPartitionThatCannotBeReadBack) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) flip(seed);
}

// What a reader of rows takes, it writes again as the same, whatever bits were flipped.
void flip_row(const bytes& row, seeded_random& random, const std::function<bool(byte_span, bytes&)>& reread) {
  for (int i = 0; i < 2000; ++i) {
    bytes flipped = row;
    for (std::uint64_t n = 1 + random.below(3); n > 0; --n) {
      flipped[random.below(flipped.size())] ^= static_cast<std::uint8_t>(1U << random.below(8));
    }
    bytes once;
    if (!reread(flipped, once)) continue;
    bytes twice;
    ASSERT_TRUE(reread(once, twice));
    ASSERT_EQ(once, twice);
  }
}

TEST(Entry, FlippedRowsAreRefusedOrAreRows) {
  seeded_random random(1);
  stream_state stream;
  stream.id = conversation;
  stream.name = "name";
  stream.add_member(anna, role::owner).at = {1, 2, 3};
  stream.add_member(ben, role::member);
  stream.window_of(phone).accept(id, 5);
  stream.days = {{100, 3}, {101, 5}};
  stream.picture = picture;
  bytes row;
  write_row(stream, row);
  flip_row(row, random, [](byte_span data, bytes& out) {
    stream_state read;
    if (!read_row(data, read)) return false;
    write_row(read, out);
    return true;
  });
  inbox_state inbox;
  inbox.devices = {{phone, 1, 20'000}, {}};
  inbox.remember({{4, 4}, 2, 3});
  inbox.join(conversation, 3).name = "name";
  inbox.join({5, 5}, 3);
  inbox.settings = 4;
  inbox.note_profile({ben, 2});
  row.clear();
  write_row(inbox, row);
  flip_row(row, random, [](byte_span data, bytes& out) {
    inbox_state read;
    if (!read_row(data, read)) return false;
    write_row(read, out);
    return true;
  });
  outbox box;
  for (int i = 0; i < 5; ++i) box.add(static_cast<partition_id>(i / 2), row);
  row.clear();
  byte_writer w(row);
  box.write(w);
  flip_row(row, random, [](byte_span data, bytes& out) {
    outbox read;
    byte_reader in(data);
    if (!read.read(in) || !in.at_end()) return false;
    byte_writer writer(out);
    read.write(writer);
    return true;
  });
}

}  // namespace
}  // namespace dunlin::stream
