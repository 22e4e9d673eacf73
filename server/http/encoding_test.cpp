#include "http/encoding.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "base/wire.hpp"
#include "stream/wire.hpp"

namespace dunlin::http {
namespace {

bytes record(std::uint64_t seq, std::string_view body) {
  stream::record_view r;
  r.account = {1, 2};
  r.device = {3, 4};
  r.id = {5, 6};
  r.kind = 1;
  r.body = as_bytes(body);
  bytes out(stream::record_head_max);
  out.resize(stream::write_record_head(out.data(), seq, 1234));
  stream::write_record_rest(out, r);
  return out;
}

engine::records_answer answer(std::vector<bytes> records) {
  engine::records_answer out;
  out.outcome = stream::verdict::accept(0, 0);
  out.head = 9;
  out.records = std::move(records);
  return out;
}

TEST(RecordsJson, HasIdsAsBase32AndBodiesAsBase64) {
  const stream_id conversation{7, 8};
  const auto out = boost::json::parse(records_json(conversation, answer({record(3, "hello")}))).as_object();
  EXPECT_EQ(out.at("conversation").as_string(), to_text(conversation));
  EXPECT_EQ(out.at("head"), 9);
  const auto& first = out.at("records").as_array().at(0).as_object();
  EXPECT_EQ(first.at("seq"), 3);
  EXPECT_EQ(first.at("ts"), 1234);
  EXPECT_EQ(first.at("account").as_string(), to_text(account_id{1, 2}));
  EXPECT_EQ(first.at("device").as_string(), to_text(device_id{3, 4}));
  EXPECT_EQ(first.at("id").as_string(), to_text(message_id{5, 6}));
  EXPECT_EQ(first.at("kind"), 1);
  EXPECT_EQ(first.at("body"), "aGVsbG8=");
  EXPECT_FALSE(first.contains("urgency"));
}

TEST(RecordsJson, IsWellFormedWhateverTheBody) {
  std::string body(257, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i);
  EXPECT_NO_THROW((void)boost::json::parse(records_json({}, answer({record(1, body), record(2, "")}))));
}

TEST(RecordsProtobuf, IsTheRecordsOneAfterTheOtherAndTheHead) {
  const auto text = records_protobuf(answer({record(3, "a"), record(4, "b")}));
  wire_reader r(as_bytes(text));
  std::vector<std::uint64_t> seqs;
  std::uint64_t head = 0;
  while (r.next()) {
    if (r.tag() == data_tag(1)) seqs.push_back(stream::read_record(r.data())->seq);
    if (r.tag() == number_tag(2)) head = r.value();
  }
  EXPECT_TRUE(r.ok());
  EXPECT_EQ(seqs, (std::vector<std::uint64_t>{3, 4}));
  EXPECT_EQ(head, 9U);
}

TEST(Records, AnAnswerIsBoundedAndHasAtLeastOne) {
  const std::string big(3 << 20, 'x');
  const auto two = boost::json::parse(records_json({}, answer({record(1, big), record(2, big)}))).as_object();
  EXPECT_EQ(two.at("records").as_array().size(), 1U);
  const std::string huge(5 << 20, 'x');
  const auto one = boost::json::parse(records_json({}, answer({record(1, huge)}))).as_object();
  EXPECT_EQ(one.at("records").as_array().size(), 1U);
}

TEST(StateJson, HasWhatAClientStartsFrom) {
  engine::state_answer state;
  state.at = 12;
  state.conversations.push_back({{1, 1}, 2, 30, 20, 19, 18, 17, true, false, "Name \"x\""});
  data_id data{};
  data[0] = 0xff;
  const auto out = boost::json::parse(state_json({1, 2}, {3, 4}, data, state)).as_object();
  EXPECT_EQ(out.at("at"), 12);
  EXPECT_EQ(out.at("data_id").as_string().size(), 26U);
  const auto& c = out.at("conversations").as_array().at(0).as_object();
  EXPECT_EQ(c.at("kind"), "direct");
  EXPECT_EQ(c.at("head"), 30);
  EXPECT_EQ(c.at("cursor"), 20);
  EXPECT_EQ(c.at("name"), "Name \"x\"");
}

}  // namespace
}  // namespace dunlin::http
