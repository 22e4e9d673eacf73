#include "stream/entry.hpp"

#include <gtest/gtest.h>

#include "stream/test_entries.hpp"

namespace dunlin::stream {
namespace {

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

}  // namespace
}  // namespace dunlin::stream
