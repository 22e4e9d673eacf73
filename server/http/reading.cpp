// What is read of the streams: an account's state, ranges of a conversation, and who is in it.
#include "http/ask.hpp"
#include "http/handlers.hpp"
#include "http/reasons.hpp"

namespace dunlin::http {

namespace {

constexpr std::uint64_t default_limit = 100;
constexpr std::uint64_t most_limit = 1000;

// A number of the query; nothing if it is not between `least` and `most`.
std::optional<std::uint64_t> parameter(const request& what, std::string_view name, std::uint64_t fallback,
                                       std::uint64_t least, std::uint64_t most) {
  const auto text = query_value(what.query, name);
  if (!text) return fallback;
  const auto value = parse_number(*text);
  if (!value || *value < least || *value > most) return std::nullopt;
  return value;
}

}  // namespace

answering read_records(call c) {
  const auto from = parameter(c.what, "from", 1, 1, UINT64_MAX);
  const auto limit = parameter(c.what, "limit", default_limit, 1, most_limit);
  if (!from) co_return problem(400, "bad-parameter", "Bad parameter", "from must be a number from 1");
  if (!limit) co_return problem(400, "bad-parameter", "Bad parameter", "limit must be a number from 1 to 1000");
  const auto conversation = id_from_text<stream_id>(c.id);
  if (!conversation) co_return refused(stream::reason::not_member);
  engine::records_request range;
  range.reader = c.who.account;
  range.conversation = *conversation;
  range.from = *from;
  range.limit = static_cast<std::uint32_t>(*limit);
  const auto answer =
      co_await ask<engine::records_answer>([&](auto done) { c.with.streams.read_records(range, std::move(done)); });
  if (!answer.outcome.ok()) co_return refused(answer.outcome.why);
  response out;
  if (accepts(c.what.accept, "application/x-protobuf")) {
    out.content_type = "application/x-protobuf";
    out.body = records_protobuf(answer);
  } else {
    out = json_answer(records_json(*conversation, answer));
  }
  out.headers.emplace_back("Vary", "Accept");
  co_return out;
}

answering read_state(call c) {
  const auto answer = co_await ask<engine::state_answer>(
      [&](auto done) { c.with.streams.read_state(c.who.account, c.who.device, std::move(done)); });
  if (!answer.outcome.ok()) co_return refused(answer.outcome.why);
  // After the streams: what was told up to `at` is in SQL by now.
  const auto own = co_await ask<result<accounts::profiles::own>>(
      [&](auto done) { c.with.shown.read_own(c.who.account, direct, std::move(done)); });
  if (!own) co_return refused(own.error());
  co_return json_answer(state_json(c.who, c.with.data, answer, *own));
}

answering read_members(call c) {
  const auto conversation = id_from_text<stream_id>(c.id);
  if (!conversation) co_return refused(stream::reason::not_member);
  const auto answer = co_await ask<engine::members_answer>(
      [&](auto done) { c.with.streams.read_members(c.who.account, *conversation, std::move(done)); });
  if (!answer.outcome.ok()) co_return refused(answer.outcome.why);
  co_return json_answer(members_json(answer));
}

}  // namespace dunlin::http
