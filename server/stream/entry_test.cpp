#include "stream/entry.hpp"

#include <algorithm>
#include <functional>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "stream/inbox_state.hpp"
#include "stream/partition_bench.hpp"
#include "stream/send_entry.hpp"

namespace dunlin::stream {
namespace {

constexpr stream_id conversation{0x1010, 2};
constexpr account_id anna{0xa1, 1};
constexpr account_id ben{0xa2, 2};
constexpr device_id phone{0xd1, 1};
constexpr message_id id{0x0199, 7};

TEST(Entry, ASendHoldsTheRecordThatWillBeStored) {
  bytes entry;
  const bytes body(300, 7);
  write_send_entry(entry, {conversation,
                           1234567890123,
                           anna,
                           phone,
                           {.id = id, .kind = 1, .urgency = 2, .epoch = 9, .body = body, .after = {1, 2}}});
  EXPECT_EQ(kind_of(entry), entry_kind::send);
  const auto read = read_send_entry(entry);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->stream, conversation);
  EXPECT_EQ(read->time, 1234567890123);
  EXPECT_EQ(read->account, anna);
  EXPECT_EQ(read->device, phone);
  EXPECT_EQ(read->facts.id, id);
  EXPECT_EQ(read->facts.after, (message_id{1, 2}));
  EXPECT_EQ(read->facts.kind, 1U);
  const auto record = read_record(read->rest);
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->urgency, 2U);
  EXPECT_EQ(record->epoch, 9U);
  EXPECT_EQ(record->body.size(), 300U);
}

TEST(Entry, WhatARunSaysOfAMessageIsWhatItsEntrySays) {
  for (const message_id after : {message_id{}, message_id{1, 2}}) {
    for (const std::uint32_t kind : {0U, 1U, 63U}) {
      const send_view send{.id = id, .kind = kind, .body = as_bytes("hello"), .after = after};
      bytes entry;
      write_send_entry(entry, {conversation, 1, anna, phone, send});
      const auto said = message_of_run(send);
      const auto read = read_send_entry(entry);
      ASSERT_TRUE(read.has_value());
      EXPECT_EQ(said.facts, read->facts);
      EXPECT_EQ(said.record_at, entry.size() - read->rest.size());
    }
  }
}

TEST(Entry, ASendWithoutAWholeSenderIsRefused) {
  const auto readable = [](account_id account, device_id device, message_id message, std::uint32_t kind) {
    bytes entry;
    const bytes body(100, 0);
    write_send_entry(entry, {conversation, 1, account, device, {.id = message, .kind = kind, .body = body}});
    return read_send_entry(entry).has_value();
  };
  EXPECT_TRUE(readable(anna, phone, id, 0));
  EXPECT_TRUE(readable(anna, phone, id, 63));
  EXPECT_FALSE(readable({}, phone, id, 0));
  EXPECT_FALSE(readable(anna, {}, id, 0));
  EXPECT_FALSE(readable(anna, phone, {}, 0));
  EXPECT_FALSE(readable(anna, phone, id, 64));
  EXPECT_FALSE(readable(anna, phone, id, 0xffffffff));
  bytes zeros;
  write_send_entry(zeros, {conversation, 1, anna, phone, {.id = id}});
  std::fill(zeros.end() - 16, zeros.end(), 0);
  EXPECT_FALSE(read_send_entry(zeros).has_value());
}

TEST(Entry, ACreateComesBackAsItWas) {
  bytes entry;
  write_create_entry(entry, {conversation, 77, anna, true, true, retention::until_delivered, "a name", {anna, ben}});
  const auto read = read_create_entry(entry);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->stream, conversation);
  EXPECT_EQ(read->time, 77);
  EXPECT_EQ(read->creator, anna);
  EXPECT_TRUE(read->direct);
  EXPECT_TRUE(read->open);
  EXPECT_EQ(read->keep, retention::until_delivered);
  EXPECT_EQ(read->name, "a name");
  EXPECT_EQ(read->members, (std::vector<account_id>{anna, ben}));
}

TEST(Entry, ACreateBeyondTheBoundsIsRefused) {
  const auto readable = [](std::size_t members, std::size_t name, std::uint8_t keep) {
    bytes entry;
    write_create_entry(entry, {.stream = conversation,
                               .keep = static_cast<retention>(keep),
                               .name = std::string(name, 'n'),
                               .members = std::vector<account_id>(members, anna)});
    return read_create_entry(entry).has_value();
  };
  EXPECT_TRUE(readable(max_members, max_name_bytes, 1));
  EXPECT_FALSE(readable(max_members + 1, 1, 0));
  EXPECT_FALSE(readable(1, max_name_bytes + 1, 0));
  EXPECT_FALSE(readable(1, 1, 2));
}

TEST(Entry, AChangeComesBackAsItWas) {
  bytes entry;
  write_change_entry(entry, {conversation, 77, anna, {ben}, {anna, ben}});
  const auto read = read_change_entry(entry);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->actor, anna);
  EXPECT_EQ(read->add, (std::vector<account_id>{ben}));
  EXPECT_EQ(read->remove, (std::vector<account_id>{anna, ben}));
}

const bytes picture(picture_bytes, 3);

TEST(Entry, WhatIsAskedForUnderAnIdComesBackAsItWas) {
  bytes entry;
  write_create_entry(
      entry, {.stream = conversation, .creator = anna, .members = {anna}, .by = {phone, id}, .picture = picture});
  EXPECT_EQ(kind_of(entry), entry_kind::create_by);
  const auto create = read_create_entry(entry);
  ASSERT_TRUE(create.has_value());
  EXPECT_EQ(create->by.device, phone);
  EXPECT_EQ(create->by.id, id);
  EXPECT_EQ(bytes(create->picture.begin(), create->picture.end()), picture);
  entry.clear();
  write_change_entry(entry, {.stream = conversation, .actor = anna, .remove = {ben}, .by = {phone, id}});
  EXPECT_EQ(kind_of(entry), entry_kind::change_by);
  const auto change = read_change_entry(entry);
  ASSERT_TRUE(change.has_value());
  EXPECT_EQ(change->by.id, id);
  EXPECT_EQ(change->remove, std::vector<account_id>{ben});
  EXPECT_FALSE(change->look.name || change->look.picture);
  entry.clear();
  write_change_entry(entry, {.stream = conversation, .actor = anna, .look = {.name = "new", .picture = byte_span()}});
  const auto look = read_change_entry(entry);
  ASSERT_TRUE(look.has_value());
  EXPECT_FALSE(look->by.is_there());
  EXPECT_EQ(look->look.name, "new");
  ASSERT_TRUE(look->look.picture.has_value());
  EXPECT_TRUE(look->look.picture->empty());
}

TEST(Entry, AChangeBeyondTheBoundsIsRefused) {
  const auto readable = [](const request& by, std::size_t name, std::size_t size) {
    bytes entry;
    const std::string text(name, 'n');
    const bytes hash(size, 1);
    change_entry change{.stream = conversation, .actor = anna, .by = by};
    change.look = {.name = text, .picture = hash};
    write_change_entry(entry, change);
    return read_change_entry(entry).has_value();
  };
  EXPECT_TRUE(readable({phone, id}, max_name_bytes, picture_bytes));
  EXPECT_TRUE(readable({}, 0, 0));
  EXPECT_FALSE(readable({phone, id}, max_name_bytes + 1, 0));
  EXPECT_FALSE(readable({phone, id}, 1, picture_bytes - 1));
  EXPECT_FALSE(readable({{}, id}, 1, 0));
}

TEST(Entry, SettingsAndProfilesComeBackAsTheyWere) {
  bytes entry;
  write_settings_entry(entry, {anna, 5, conversation, 7, "{}"});
  const auto settings = read_settings_entry(entry);
  ASSERT_TRUE(settings.has_value());
  EXPECT_EQ(settings->account, anna);
  EXPECT_EQ(settings->conversation, conversation);
  EXPECT_EQ(settings->version, 7U);
  EXPECT_EQ(settings->json, "{}");
  entry.clear();
  write_profile_entry(entry, {anna, 5, ben, 8});
  const auto profile = read_profile_entry(entry);
  ASSERT_TRUE(profile.has_value());
  EXPECT_EQ(profile->account, anna);
  EXPECT_EQ(profile->of, ben);
  EXPECT_EQ(profile->version, 8U);
}

TEST(Entry, L7_WhatTheFirstRulesKnewIsWrittenAsItWasThen) {
  bytes entry;
  write_create_entry(entry, {.stream = conversation, .creator = anna, .members = {anna}});
  EXPECT_EQ(kind_of(entry), entry_kind::create);
  EXPECT_EQ(rules_of(entry), 1U);
  entry.clear();
  write_change_entry(entry, {.stream = conversation, .actor = anna, .add = {ben}});
  EXPECT_EQ(kind_of(entry), entry_kind::change);
  EXPECT_EQ(rules_of(entry), 1U);
  bytes body;
  write_effect_body(body, {.account = anna, .conversation = conversation, .join_seq = 1, .name = "n"});
  entry.clear();
  write_effect_entry(entry, 3, 1, body);
  EXPECT_EQ(rules_of(entry), 1U);
  body.clear();
  write_effect_body(body, {.account = anna, .conversation = conversation, .join_seq = 1, .with = ben});
  entry.clear();
  write_effect_entry(entry, 3, 1, body);
  EXPECT_EQ(rules_of(entry), 2U);
  EXPECT_EQ(read_effect_body(body)->what, effect_kind::added);
  EXPECT_EQ(read_effect_body(body)->with, ben);
}

TEST(Entry, MarksAndCursorsComeBackAsTheyWere) {
  bytes entry;
  write_marks_entry(entry, {{conversation, anna, {1, 2, 3}}, {conversation, ben, {1ULL << 63, 0, 300}}});
  const auto marks_read = read_marks_entry(entry);
  ASSERT_TRUE(marks_read.has_value());
  ASSERT_EQ(marks_read->size(), 2U);
  EXPECT_EQ(marks_read->at(1).account, ben);
  EXPECT_EQ(marks_read->at(1).at, (marks{1ULL << 63, 0, 300}));
  entry.clear();
  write_cursors_entry(entry, {{anna, conversation, phone, 5}, {ben, conversation, {}, ~0ULL}});
  const auto cursors_read = read_cursors_entry(entry);
  ASSERT_TRUE(cursors_read.has_value());
  ASSERT_EQ(cursors_read->size(), 2U);
  EXPECT_EQ(cursors_read->at(0).device, phone);
  EXPECT_EQ(cursors_read->at(1).seq, ~0ULL);
}

TEST(Entry, ACountThatCannotBeAllocatesNothing) {
  bytes entry;
  byte_writer w(entry);
  w.u8(static_cast<std::uint8_t>(entry_kind::marks));
  w.varint(1ULL << 62);
  EXPECT_FALSE(read_marks_entry(entry).has_value());
  entry[0] = static_cast<std::uint8_t>(entry_kind::cursors);
  EXPECT_FALSE(read_cursors_entry(entry).has_value());
}

TEST(Entry, AnEffectComesBackAsItWas) {
  for (const auto what : {effect_kind::added, effect_kind::removed, effect_kind::leave}) {
    bytes body;
    write_effect_body(body, {.what = what,
                             .account = anna,
                             .conversation = conversation,
                             .time = 5,
                             .join_seq = 12,
                             .direct = true,
                             .open = true,
                             .name = "n"});
    bytes entry;
    write_effect_entry(entry, 200, 1ULL << 50, body);
    const auto read = read_effect_entry(entry);
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->from, 200);
    EXPECT_EQ(read->n, 1ULL << 50);
    const auto inner = read_effect_body(read->body);
    ASSERT_TRUE(inner.has_value());
    EXPECT_EQ(inner->what, what);
    EXPECT_EQ(inner->account, anna);
    EXPECT_EQ(inner->conversation, conversation);
    EXPECT_EQ(inner->join_seq, what == effect_kind::removed ? 0U : 12U);
    EXPECT_EQ(inner->open, what == effect_kind::added);
  }
}

TEST(Entry, AnAccountComesBackAsItWas) {
  bytes entry;
  write_account_entry(entry, {anna, 5, 6, true, true, phone, 7, true, "phone"});
  const auto read = read_account_entry(entry);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->version, 6U);
  EXPECT_TRUE(read->deleted);
  EXPECT_EQ(read->device, phone);
  EXPECT_EQ(read->device_version, 7U);
  EXPECT_TRUE(read->revoked);
  EXPECT_EQ(read->device_name, "phone");
}

TEST(Entry, ATrimComesBackAsItWas) {
  bytes entry;
  write_trim_entry(entry, {conversation, 99});
  EXPECT_EQ(read_trim_entry(entry)->through, 99U);
}

TEST(Entry, RulesDaysSeenAndDeparturesComeBackAsTheyWere) {
  bytes entry;
  write_rules_entry(entry, 300);
  EXPECT_EQ(read_rules_entry(entry), 300U);
  entry.clear();
  write_seen_entry(entry, {20'000, {{anna, phone}, {ben, phone}}});
  const auto seen = read_seen_entry(entry);
  EXPECT_EQ(seen->day, 20'000U);
  ASSERT_EQ(seen->parts.size(), 2U);
  EXPECT_EQ(seen->parts[1].account, ben);
  EXPECT_EQ(seen->parts[1].device, phone);
  entry.clear();
  write_depart_entry(entry, {anna, 77});
  EXPECT_EQ(read_depart_entry(entry)->account, anna);
  EXPECT_EQ(read_depart_entry(entry)->time, 77);
}

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
