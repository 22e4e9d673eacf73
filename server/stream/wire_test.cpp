#include "stream/wire.hpp"

#include <dunlin/v1/dunlin.pb.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "stream/wire_messages.hpp"

namespace dunlin::stream {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::util::MessageDifferencer;

// Fills messages with what the server can mean: ids of sixteen bytes that are not all zero, values of enumerations that
// are not negative, reasons that are words.
class filler {
 public:
  explicit filler(std::uint64_t seed) : random_(seed) {}

  void fill(Message& m) {
    const auto* type = m.GetDescriptor();
    for (int i = 0; i < type->field_count(); ++i) {
      const auto* f = type->field(i);
      if (f->real_containing_oneof() == nullptr && !random_.one_in(3)) set(m, *f);
    }
    for (int i = 0; i < type->real_oneof_decl_count(); ++i) {
      const auto* cases = type->oneof_decl(i);
      set(m, *cases->field(static_cast<int>(random_.below(static_cast<std::uint64_t>(cases->field_count())))));
    }
    if (auto* refused = google::protobuf::DynamicCastToGenerated<v1::Refused>(&m)) {
      refused->set_reason(std::string(word(static_cast<reason>(random_.below(12)))));
    }
    // Ours cannot say "added to nothing", and nobody has to.
    if (auto* added = google::protobuf::DynamicCastToGenerated<v1::Added>(&m)) added->set_conversation(id());
    // What does not count is not written.
    if (auto* changed = google::protobuf::DynamicCastToGenerated<v1::ConversationChanged>(&m)) {
      if (!changed->has_name()) changed->clear_name();
      if (!changed->has_picture()) changed->clear_picture();
    }
  }

 private:
  std::string id() {
    std::string out(16, '\0');
    random_.fill({reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
    return out;
  }
  std::string content(const FieldDescriptor& f) {
    if (f.type() == FieldDescriptor::TYPE_STRING) return std::string(random_.below(40), 'n') + "\u00e9";
    if (f.name() == "body") return std::string(random_.below(20) * random_.below(20), 'b');
    return id();
  }
  void set(Message& m, const FieldDescriptor& f) {
    if (!f.is_repeated()) return set_one(m, f);
    for (std::uint64_t n = random_.below(4); n > 0; --n) {
      if (f.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        fill(*m.GetReflection()->AddMessage(&m, &f));
      } else {
        m.GetReflection()->AddString(&m, &f, content(f));
      }
    }
  }
  void set_one(Message& m, const FieldDescriptor& f) {
    const Reflection* r = m.GetReflection();
    const std::uint64_t number = random_.bits() >> random_.below(64);
    switch (f.cpp_type()) {
      case FieldDescriptor::CPPTYPE_ENUM:
        // Direct or group is a yes or no to us; all other enumerations are numbers that grow.
        r->SetEnumValue(&m, &f, static_cast<int>(random_.below(f.enum_type()->name() == "ConversationKind" ? 2 : 300)));
        break;
      case FieldDescriptor::CPPTYPE_UINT32: r->SetUInt32(&m, &f, static_cast<std::uint32_t>(number)); break;
      case FieldDescriptor::CPPTYPE_UINT64: r->SetUInt64(&m, &f, number); break;
      case FieldDescriptor::CPPTYPE_INT64: r->SetInt64(&m, &f, static_cast<std::int64_t>(number)); break;
      case FieldDescriptor::CPPTYPE_BOOL: r->SetBool(&m, &f, random_.one_in(2)); break;
      case FieldDescriptor::CPPTYPE_STRING: r->SetString(&m, &f, content(f)); break;
      case FieldDescriptor::CPPTYPE_MESSAGE: fill(*r->MutableMessage(&m, &f)); break;
      default: FAIL() << "a type that the schemas did not have";
    }
  }

  seeded_random random_;
};

class WrittenMessage : public testing::TestWithParam<const char*> {};

TEST_P(WrittenMessage, IsWrittenByteForByteAsLibprotobufWritesIt) {
  filler random(1);
  for (int i = 0; i < 1000; ++i) {
    const auto message = message_of(GetParam());
    random.fill(*message);
    const auto mine = write_ours(*message);
    ASSERT_TRUE(mine.has_value());
    ASSERT_EQ(as_text(*mine), message->SerializeAsString()) << message->DebugString();
  }
}

class ReadMessage : public testing::TestWithParam<const char*> {};

TEST_P(ReadMessage, IsReadAsLibprotobufReadsIt) {
  filler random(2);
  for (int i = 0; i < 1000; ++i) {
    const auto message = message_of(GetParam());
    random.fill(*message);
    const std::string data = message->SerializeAsString();
    const auto mine = message_of(GetParam());
    ASSERT_EQ(read_ours(as_bytes(data), *mine), read_result::read);
    ASSERT_TRUE(MessageDifferencer::Equals(*mine, *message)) << message->DebugString();
  }
}

TEST_P(ReadMessage, OfFlippedBitsIsRefusedOrReadAsLibprotobufReadsIt) {
  const google::protobuf::LogSilencer silence;  // it reports what is not UTF-8
  seeded_random random(3);
  filler messages(3);
  std::size_t read = 0;
  for (int i = 0; i < 20000; ++i) {
    const auto message = message_of(GetParam());
    messages.fill(*message);
    std::string data = message->SerializeAsString();
    if (data.empty()) continue;
    for (std::uint64_t n = 1 + random.below(3); n > 0; --n) {
      data[random.below(data.size())] ^= static_cast<char>(1U << random.below(8));
    }
    if (random.one_in(8)) data.resize(random.below(data.size()));
    const auto mine = message_of(GetParam());
    const auto result = read_ours(as_bytes(data), *mine);
    ASSERT_NE(result, read_result::no_reader);
    if (result == read_result::refused) continue;
    const auto theirs = message_of(GetParam());
    // Theirs may still refuse a name that is not UTF-8: ours leaves that to who uses it.
    if (!theirs->ParseFromString(data)) continue;
    theirs->DiscardUnknownFields();
    auto* added = google::protobuf::DynamicCastToGenerated<v1::Added>(theirs.get());
    if (added != nullptr && added->kind() != 0) added->set_kind(v1::CONVERSATION_GROUP);
    ASSERT_TRUE(MessageDifferencer::Equals(*mine, *theirs)) << theirs->DebugString() << mine->DebugString();
    ++read;
  }
  EXPECT_GT(read, 1000U);
}

std::string name_of(const testing::TestParamInfo<const char*>& of) { return of.param; }
INSTANTIATE_TEST_SUITE_P(Wire, WrittenMessage,
                         testing::Values("Send", "Record", "Receipt", "Now", "MembersChanged", "Added", "Removed",
                                         "Device", "ConversationChanged", "Settings", "ProfileChanged", "Presence"),
                         name_of);
// The others the server only writes.
INSTANTIATE_TEST_SUITE_P(Wire, ReadMessage, testing::Values("Send", "Record", "Receipt", "Added"), name_of);

TEST(Wire, ARestBehindSeqAndTimeIsTheRecord) {
  bytes rest;
  write_record_rest(rest, {.account = {1, 2}, .id = {3, 4}, .body = as_bytes("body")});
  EXPECT_EQ(read_record(rest)->seq, 0U);
  bytes whole(record_head_max);
  whole.resize(write_record_head(whole.data(), ~0ULL, -1));
  EXPECT_EQ(whole.size(), 2 * 11);  // the largest there are
  whole.insert(whole.end(), rest.begin(), rest.end());
  const auto record = read_record(whole);
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->seq, ~0ULL);
  EXPECT_EQ(record->ts, -1);
  EXPECT_EQ(record->account, (account_id{1, 2}));
  EXPECT_EQ(as_text(record->body), "body");
}

TEST(Wire, TheUrgencyOfARestIsFoundWhateverStandsBeforeIt) {
  for (const bool ids : {true, false}) {
    for (const std::uint32_t kind : {0U, 1U, 64U, 200U}) {
      for (const std::uint32_t urgency : {0U, 1U, 2U, 300U}) {
        record_view record{.kind = kind, .urgency = urgency, .epoch = 7};
        if (ids) record.account = {1, 2}, record.device = {3, 4}, record.id = {5, 6};
        bytes rest;
        write_record_rest(rest, record);
        EXPECT_EQ(urgency_of_rest(rest), urgency) << ids << kind;
      }
    }
  }
  EXPECT_EQ(urgency_of_rest({}), 0U);
}

TEST(Wire, AnIdOfAnotherSizeIsRefused) {
  v1::Send send;
  send.set_id(std::string(15, 'x'));
  EXPECT_FALSE(read_send(as_bytes(send.SerializeAsString())).has_value());
  send.set_id(std::string(16, 'x'));
  EXPECT_TRUE(read_send(as_bytes(send.SerializeAsString())).has_value());
  send.set_after("short");
  EXPECT_FALSE(read_send(as_bytes(send.SerializeAsString())).has_value());
}

TEST(Wire, AddedToNothingIsRefused) { EXPECT_FALSE(read_added({}).has_value()); }

TEST(Wire, EveryReasonHasAWordOfItsOwn) {
  std::set<std::string_view> words;
  for (int r = 0; r <= static_cast<int>(reason::conflict); ++r) words.insert(word(static_cast<reason>(r)));
  EXPECT_EQ(words.size(), static_cast<std::size_t>(reason::conflict) + 1);
  EXPECT_FALSE(words.contains("unknown"));
}

}  // namespace
}  // namespace dunlin::stream
