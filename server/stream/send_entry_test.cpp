#include "stream/send_entry.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "stream/test_entries.hpp"

namespace dunlin::stream {
namespace {

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

}  // namespace
}  // namespace dunlin::stream
