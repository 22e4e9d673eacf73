// The golden bytes of proto/vectors (proto/README.md) against libprotobuf and against our own writers and readers.
//
// With DUNLIN_REWRITE_VECTORS=1 in the environment, the bytes are written anew from the fields, by libprotobuf.

#include <cstdlib>
#include <fstream>

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "stream/wire_messages.hpp"

namespace dunlin::stream {
namespace {

using google::protobuf::Message;
using google::protobuf::Struct;
using google::protobuf::util::JsonStringToMessage;
using google::protobuf::util::MessageDifferencer;
using google::protobuf::util::MessageToJsonString;

struct vector_line {
  std::string name;  // type and name
  std::string type;
  std::unique_ptr<Message> message;  // null if malformed
  bool reads_only = false;           // nobody writes these bytes, everybody reads them
  bytes data;
};

bytes from_hex(const std::string& hex) {
  bytes out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out.push_back(static_cast<std::uint8_t>(std::stoul(hex.substr(i, 2), nullptr, 16)));
  }
  return out;
}

std::string to_hex(std::string_view data) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const char c : data) {
    out += digits[static_cast<std::uint8_t>(c) >> 4];
    out += digits[static_cast<std::uint8_t>(c) & 15];
  }
  return out;
}

std::string string_in(const Struct& line, const std::string& key) {
  const auto it = line.fields().find(key);
  return it == line.fields().end() ? std::string() : it->second.string_value();
}

bool flag_in(const Struct& line, const std::string& key) {
  const auto it = line.fields().find(key);
  return it != line.fields().end() && it->second.bool_value();
}

vector_line parse(const std::string& text) {
  Struct line;
  EXPECT_TRUE(JsonStringToMessage(text, &line).ok()) << text;
  vector_line out;
  out.type = string_in(line, "type");
  out.name = out.type + ": " + string_in(line, "name");
  out.reads_only = flag_in(line, "reads_only");
  out.data = from_hex(string_in(line, "hex"));
  if (flag_in(line, "malformed")) return out;
  out.message = message_of(out.type);
  EXPECT_TRUE(out.message != nullptr) << out.name;
  std::string fields;
  EXPECT_TRUE(MessageToJsonString(line.fields().at("fields"), &fields).ok());
  EXPECT_TRUE(JsonStringToMessage(fields, out.message.get()).ok()) << out.name;
  return out;
}

std::vector<std::string> lines() {
  std::vector<std::string> out;
  std::ifstream file(DUNLIN_VECTORS);
  for (std::string line; std::getline(file, line);) out.push_back(line);
  EXPECT_GT(out.size(), 40U) << "no vectors in " << DUNLIN_VECTORS;
  return out;
}

void rewrite() {
  std::string text;
  for (std::string line : lines()) {
    const auto vector = parse(line);
    const std::size_t at = line.rfind("\"hex\": \"");
    ASSERT_NE(at, std::string::npos) << line;
    if (vector.message && !vector.reads_only) {
      line = line.substr(0, at) + "\"hex\": \"" + to_hex(vector.message->SerializeAsString()) + "\"}";
    }
    text += line + "\n";
  }
  std::ofstream(DUNLIN_VECTORS, std::ios::trunc) << text;
}

class Vectors : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (std::getenv("DUNLIN_REWRITE_VECTORS") != nullptr) rewrite();
  }
};

TEST_F(Vectors, AreWhatLibprotobufWritesAndReads) {
  for (const auto& line : lines()) {
    const auto v = parse(line);
    SCOPED_TRACE(v.name);
    const auto read = message_of(v.type);
    ASSERT_TRUE(read != nullptr);
    const bool readable = read->ParseFromArray(v.data.data(), static_cast<int>(v.data.size()));
    ASSERT_EQ(readable, v.message != nullptr);
    if (!readable) continue;
    read->DiscardUnknownFields();
    EXPECT_TRUE(MessageDifferencer::Equals(*read, *v.message)) << read->DebugString();
    if (!v.reads_only) {
      EXPECT_EQ(to_hex(v.message->SerializeAsString()), to_hex(as_text(v.data)));
    }
  }
}

TEST_F(Vectors, AreWhatOurWritersWrite) {
  std::size_t written = 0;
  for (const auto& line : lines()) {
    const auto v = parse(line);
    if (!v.message || v.reads_only) continue;
    SCOPED_TRACE(v.name);
    const auto ours = write_ours(*v.message);
    if (!ours) continue;
    EXPECT_EQ(to_hex(as_text(*ours)), to_hex(as_text(v.data)));
    ++written;
  }
  EXPECT_GT(written, 30U);
}

TEST_F(Vectors, AreReadByOurReaders) {
  std::size_t read = 0;
  for (const auto& line : lines()) {
    const auto v = parse(line);
    SCOPED_TRACE(v.name);
    const auto ours = message_of(v.type);
    const auto result = read_ours(v.data, *ours);
    if (result == read_result::no_reader) continue;
    ASSERT_EQ(result, v.message ? read_result::read : read_result::refused);
    if (!v.message) continue;
    EXPECT_TRUE(MessageDifferencer::Equals(*ours, *v.message)) << ours->DebugString();
    ++read;
  }
  EXPECT_GT(read, 20U);
}

}  // namespace
}  // namespace dunlin::stream
