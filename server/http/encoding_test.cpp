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
  accounts::profiles::own own;
  own.shown = {{1, 2}, "ada", "Ada", "", std::nullopt, 5, 900};
  own.kept = {{{}, 3, R"({"theme":"dark"})"}, {{1, 1}, 4, R"({"pinned":true})"}, {{9, 9}, 1, "{}"}};
  state.conversations.push_back({.id = {2, 2}, .name = "Other"});
  const auto out = boost::json::parse(state_json({{1, 2}, {3, 4}}, data, state, own)).as_object();
  EXPECT_EQ(out.at("profile").at("handle"), "ada");
  EXPECT_EQ(out.at("profile").at("version"), 5);
  EXPECT_EQ(out.at("profile").at("created"), 900);
  EXPECT_EQ(out.at("settings").at("version"), 3);
  EXPECT_EQ(out.at("settings").at("settings").at("theme"), "dark");
  EXPECT_EQ(out.at("conversations").as_array().size(), 2U);
  EXPECT_EQ(out.at("conversations").at(0).at("settings").at("version"), 4);
  EXPECT_TRUE(out.at("conversations").at(1).at("settings").is_null());
  EXPECT_EQ(out.at("at"), 12);
  EXPECT_EQ(out.at("data_id").as_string().size(), 26U);
  const auto& c = out.at("conversations").as_array().at(0).as_object();
  EXPECT_EQ(c.at("kind"), "direct");
  EXPECT_EQ(c.at("head"), 30);
  EXPECT_EQ(c.at("cursor"), 20);
  EXPECT_EQ(c.at("name"), "Name \"x\"");
}

boost::json::object json_of(const engine::state_answer::conversation& c) {
  engine::state_answer state;
  state.conversations.push_back(c);
  return boost::json::parse(state_json({{1, 2}, {3, 4}}, {}, state, {}))
      .at("conversations")
      .as_array()
      .at(0)
      .as_object();
}

TEST(StateJson, SaysWhatAConversationIs) {
  engine::state_answer::conversation group{.id = {1, 1}, .head = 3, .name = "n", .picture = bytes(32, 0)};
  group.as = stream::role::admin;
  group.members = 7;
  group.last = record(3, "hello");
  const auto out = json_of(group);
  EXPECT_EQ(out.at("picture").as_string(), std::string(52, 'a'));
  EXPECT_EQ(out.at("role"), "admin");
  EXPECT_EQ(out.at("member_count"), 7);
  EXPECT_FALSE(out.contains("with"));
  EXPECT_FALSE(out.contains("left"));
  EXPECT_EQ(out.at("last").at("seq"), 3);
  EXPECT_EQ(out.at("last").at("body"), "aGVsbG8=");

  engine::state_answer::conversation direct{.id = {1, 1}, .direct = true};
  direct.with = {9, 9};
  const auto other = json_of(direct);
  EXPECT_TRUE(other.at("picture").is_null());
  EXPECT_EQ(other.at("with").as_string(), to_text(account_id{9, 9}));
  EXPECT_EQ(other.at("role"), "member");
  EXPECT_FALSE(other.contains("last"));
}

TEST(StateJson, ALastRecordThatIsTooLargeHasNoBody) {
  engine::state_answer::conversation c{.id = {1, 1}};
  c.last = record(3, "");
  EXPECT_EQ(json_of(c).at("last").at("body"), "");
  c.last_is_cut = true;
  EXPECT_FALSE(json_of(c).at("last").as_object().contains("body"));
}

TEST(StateJson, OfWhatTheAccountHasLeftNothingMoreIsSaid) {
  engine::state_answer::conversation c{.id = {1, 1}, .name = "n"};
  c.left = true;
  const auto out = json_of(c);
  EXPECT_EQ(out.at("left"), true);
  EXPECT_EQ(out.at("name"), "n");
  EXPECT_FALSE(out.contains("role"));
  EXPECT_FALSE(out.contains("last"));
  EXPECT_FALSE(out.contains("settings"));
}

TEST(MembersJson, IsAListOfAccountsWithTheirRoles) {
  const engine::members_answer answer{{}, {{{1, 2}, stream::role::owner, 1}, {{3, 4}, stream::role::member, 9}}};
  const auto out = boost::json::parse(members_json(answer)).at("members").as_array();
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[0].at("account").as_string(), to_text(account_id{1, 2}));
  EXPECT_EQ(out[0].at("role"), "owner");
  EXPECT_EQ(out[1].at("join_seq"), 9);
}

}  // namespace
}  // namespace dunlin::http
