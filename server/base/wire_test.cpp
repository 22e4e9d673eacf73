#include "base/wire.hpp"

#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>

#include "base/random.hpp"

namespace dunlin {
namespace {

using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

struct field {
  std::uint32_t tag = 0;
  std::uint64_t value = 0;
  std::string data;
  friend bool operator==(const field&, const field&) = default;
};

// What our reader makes of a message; nothing if it refuses it.
std::optional<std::vector<field>> ours(byte_span message) {
  std::vector<field> out;
  wire_reader r(message);
  while (r.next()) out.push_back({r.tag(), r.value(), std::string(as_text(r.data()))});
  if (!r.ok()) return std::nullopt;
  return out;
}

// What libprotobuf makes of it, which knows none of the fields. Groups, which we refuse, are nothing, too.
std::optional<std::vector<field>> theirs(byte_span message) {
  UnknownFieldSet set;
  if (!set.ParseFromArray(message.data(), static_cast<int>(message.size()))) return std::nullopt;
  std::vector<field> out;
  for (int i = 0; i < set.field_count(); ++i) {
    const UnknownField& f = set.field(i);
    const auto number = static_cast<std::uint32_t>(f.number());
    switch (f.type()) {
      case UnknownField::TYPE_VARINT: out.push_back({number_tag(number), f.varint(), {}}); break;
      case UnknownField::TYPE_FIXED64: out.push_back({number << 3 | 1, f.fixed64(), {}}); break;
      case UnknownField::TYPE_LENGTH_DELIMITED: out.push_back({data_tag(number), 0, f.length_delimited()}); break;
      case UnknownField::TYPE_FIXED32: out.push_back({number << 3 | 5, f.fixed32(), {}}); break;
      case UnknownField::TYPE_GROUP: return std::nullopt;
    }
  }
  return out;
}

TEST(Wire, WritesNumbersTextsAndFlagsAsTheFormatSays) {
  bytes out;
  wire_writer w(out);
  w.number(1, 150);
  w.text(2, "testing");
  w.flag(3, true);
  // The examples of protobuf.dev/programming-guides/encoding.
  EXPECT_EQ(out, (bytes{0x08, 0x96, 0x01, 0x12, 0x07, 't', 'e', 's', 't', 'i', 'n', 'g', 0x18, 0x01}));
}

TEST(Wire, LeavesOutWhatIsZeroOrEmptyButNotAnEmptyMessage) {
  bytes out;
  wire_writer w(out);
  w.number(1, 0);
  w.flag(2, false);
  w.text(3, "");
  w.data(4, {});
  w.id(5, account_id{});
  EXPECT_TRUE(out.empty());
  w.message(6, {});
  EXPECT_EQ(out, (bytes{0x32, 0x00}));
}

TEST(Wire, AnIdHasSixteenBytesOrIsAbsent) {
  const auto read = [](std::size_t size) {
    bytes message = {0x0a, static_cast<std::uint8_t>(size)};
    message.resize(2 + size, 7);
    wire_reader r(message);
    EXPECT_TRUE(r.next());
    const auto id = r.id<account_id>();
    return r.ok() ? std::optional(id) : std::nullopt;
  };
  EXPECT_EQ(read(16), (account_id{0x0707070707070707, 0x0707070707070707}));
  EXPECT_EQ(read(0), account_id{});
  EXPECT_FALSE(read(15).has_value());
  EXPECT_FALSE(read(17).has_value());
}

TEST(Wire, RefusesWhatIsMalformed) {
  EXPECT_TRUE(ours({}).has_value());
  EXPECT_FALSE(ours(bytes{0x08})) << "no value";
  EXPECT_FALSE(ours(bytes{0x08, 0x80})) << "half a value";
  EXPECT_FALSE(ours(bytes{0x0a, 0x02, 0x01})) << "short content";
  EXPECT_FALSE(ours(bytes{0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})) << "a length of 2^64 - 1";
  EXPECT_FALSE(ours(bytes{0x00, 0x00})) << "field 0";
  EXPECT_FALSE(ours(bytes{0x0b, 0x0c})) << "a group";
  EXPECT_FALSE(ours(bytes{0x0e, 0x00})) << "an unknown type";
  EXPECT_FALSE(ours(bytes{0x88, 0x80, 0x80, 0x80, 0x80, 0x00, 0x00})) << "a tag of six bytes";
  EXPECT_FALSE(ours(bytes{0x80, 0x80, 0x80, 0x80, 0x10, 0x00})) << "a tag above 32 bits";
  EXPECT_FALSE(ours(bytes{0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02})) << "above 64 bits";
}

TEST(Wire, ReadsWhatLibprotobufWrites) {
  seeded_random random(1);
  for (int i = 0; i < 2000; ++i) {
    UnknownFieldSet set;
    for (std::uint64_t n = random.below(6); n > 0; --n) {
      const auto number = static_cast<int>(1 + (random.below((1U << 29) - 1) >> random.below(29)));
      const std::uint64_t value = random.bits() >> random.below(64);
      switch (random.below(4)) {
        case 0: set.AddVarint(number, value); break;
        case 1: set.AddFixed32(number, static_cast<std::uint32_t>(value)); break;
        case 2: set.AddFixed64(number, value); break;
        default: set.AddLengthDelimited(number, std::string(value % 200, 'x')); break;
      }
    }
    std::string message;
    ASSERT_TRUE(set.SerializeToString(&message));
    ASSERT_EQ(ours(as_bytes(message)), theirs(as_bytes(message)));
  }
}

TEST(Wire, TakesNothingThatLibprotobufRefusesNorReadsItOtherwise) {
  seeded_random random(2);
  std::size_t taken = 0;
  for (int i = 0; i < 200000; ++i) {
    // Mostly small bytes: tags of low fields, short lengths.
    bytes message(random.below(12));
    for (auto& b : message) b = static_cast<std::uint8_t>(random.bits() >> random.below(8) & 0xff);
    const auto mine = ours(message);
    if (!mine) continue;
    ++taken;
    ASSERT_EQ(mine, theirs(message)) << testing::PrintToString(message);
  }
  EXPECT_GT(taken, 1000U);
}

TEST(Wire, WritesWhatLibprotobufWrites) {
  seeded_random random(3);
  for (int i = 0; i < 2000; ++i) {
    UnknownFieldSet set;
    bytes mine;
    wire_writer w(mine);
    for (std::uint64_t n = random.below(6); n > 0; --n) {
      const auto number = static_cast<std::uint32_t>(1 + (random.below((1U << 29) - 1) >> random.below(29)));
      const std::uint64_t value = 1 + (random.bits() >> (1 + random.below(63)));
      if (random.one_in(2)) {
        set.AddVarint(static_cast<int>(number), value);
        w.number(number, value);
      } else {
        const std::string text(1 + value % 200, 'x');
        set.AddLengthDelimited(static_cast<int>(number), text);
        w.text(number, text);
      }
    }
    std::string message;
    ASSERT_TRUE(set.SerializeToString(&message));
    ASSERT_EQ(as_text(mine), message);
  }
}

}  // namespace
}  // namespace dunlin
