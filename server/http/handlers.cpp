#include "http/handlers.hpp"

#include <charconv>

#include "http/ask.hpp"
#include "http/reasons.hpp"

namespace dunlin::http {

namespace asio = boost::asio;

namespace {

constexpr std::uint64_t default_limit = 100;
constexpr std::uint64_t most_limit = 1000;

response json_answer(std::string body, int status = 200) { return {status, "application/json", std::move(body), {}}; }

response not_found() { return problem(404, "not-found", "Not found", "there is nothing at this path"); }

// The same for a conversation that does not exist and for one that is not the reader's: a stranger sees no difference.
response no_conversation() {
  return problem(404, stream::word(stream::reason::not_member), "No such conversation",
                 meaning(stream::reason::not_member));
}

response unauthorized(bool had_token) {
  auto out = problem(401, "unauthorized", "Unauthorized", "a device's token is needed: Authorization: Bearer TOKEN");
  out.headers.emplace_back("WWW-Authenticate",
                           had_token ? "Bearer realm=\"dunlin\", error=\"invalid_token\"" : "Bearer realm=\"dunlin\"");
  return out;
}

response unavailable(std::string_view word, std::string_view detail) {
  auto out = problem(503, word, "Unavailable", detail);
  out.headers.emplace_back("Retry-After", "1");
  return out;
}

response refused(stream::reason why) {
  using stream::reason;
  switch (why) {
    case reason::not_member: return no_conversation();
    case reason::busy: return unavailable(stream::word(why), meaning(why));
    case reason::no_space: return problem(507, stream::word(why), "Insufficient storage", meaning(why));
    case reason::forbidden: return problem(403, stream::word(why), "Forbidden", meaning(why));
    case reason::malformed: return problem(400, stream::word(why), "Bad request", meaning(why));
    default: return problem(409, stream::word(why), "Refused", meaning(why));
  }
}

using who = result<accounts::identity>;

// Whose token the request carries; or the answer to one without.
asio::awaitable<who> authenticate(const request& what, const services& with) {
  const auto token = bearer_token(what.authorization);
  if (!token) co_return accounts::errc::wrong_token;
  const std::string text(*token);
  co_return co_await ask<who>([&](auto done) {
    with.accounts.verify_bearer(text, [](const accounts::job& work) { work(); }, std::move(done));
  });
}

response not_authenticated(const request& what, const std::error_code& why) {
  if (why == accounts::errc::wrong_token) return unauthorized(bearer_token(what.authorization).has_value());
  return unavailable("unavailable", why.message());
}

std::optional<std::uint64_t> number(const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

// A number of the query; nothing if it is not between `least` and `most`.
std::optional<std::uint64_t> parameter(const request& what, std::string_view name, std::uint64_t fallback,
                                       std::uint64_t least, std::uint64_t most) {
  const auto text = query_value(what.query, name);
  if (!text) return fallback;
  const auto value = number(*text);
  if (!value || *value < least || *value > most) return std::nullopt;
  return value;
}

asio::awaitable<response> records(request what, std::string id, const services& with) {
  const auto reader = co_await authenticate(what, with);
  if (!reader) co_return not_authenticated(what, reader.error());
  const auto from = parameter(what, "from", 1, 1, UINT64_MAX);
  const auto limit = parameter(what, "limit", default_limit, 1, most_limit);
  if (!from) co_return problem(400, "bad-parameter", "Bad parameter", "from must be a number from 1");
  if (!limit) co_return problem(400, "bad-parameter", "Bad parameter", "limit must be a number from 1 to 1000");
  const auto conversation = id_from_text<stream_id>(id);
  if (!conversation) co_return no_conversation();
  engine::records_request range;
  range.reader = reader->account;
  range.conversation = *conversation;
  range.from = *from;
  range.limit = static_cast<std::uint32_t>(*limit);
  const auto answer =
      co_await ask<engine::records_answer>([&](auto done) { with.streams.read_records(range, std::move(done)); });
  if (!answer.outcome.ok()) co_return refused(answer.outcome.why);
  response out;
  if (accepts(what.accept, "application/x-protobuf")) {
    out.content_type = "application/x-protobuf";
    out.body = records_protobuf(answer);
  } else {
    out = json_answer(records_json(*conversation, answer));
  }
  out.headers.emplace_back("Vary", "Accept");
  co_return out;
}

asio::awaitable<response> state(request what, const services& with) {
  const auto reader = co_await authenticate(what, with);
  if (!reader) co_return not_authenticated(what, reader.error());
  const auto answer = co_await ask<engine::state_answer>(
      [&](auto done) { with.streams.read_state(reader->account, reader->device, std::move(done)); });
  if (!answer.outcome.ok()) co_return refused(answer.outcome.why);
  co_return json_answer(state_json(reader->account, reader->device, with.data, answer));
}

asio::awaitable<response> members(request what, std::string id, const services& with) {
  const auto reader = co_await authenticate(what, with);
  if (!reader) co_return not_authenticated(what, reader.error());
  const auto conversation = id_from_text<stream_id>(id);
  if (!conversation) co_return no_conversation();
  const auto answer = co_await ask<engine::members_answer>(
      [&](auto done) { with.streams.read_members(reader->account, *conversation, std::move(done)); });
  if (!answer.outcome.ok()) co_return refused(answer.outcome.why);
  co_return json_answer(members_json(answer));
}

response ready(readiness now) {
  switch (now) {
    case readiness::ready: return json_answer(R"({"status":"ready"})");
    case readiness::degraded: return json_answer(R"({"status":"degraded","reason":"no_space"})");
    case readiness::starting: return json_answer(R"({"status":"starting"})", 503);
    case readiness::draining: break;
  }
  return json_answer(R"({"status":"draining"})", 503);
}

}  // namespace

asio::awaitable<response> handle(request what, routed where, const services& with) {
  switch (where.to) {
    case route::health: co_return json_answer(R"({"status":"ok"})");
    case route::ready: co_return ready(with.state());
    case route::metrics: {
      response out;
      out.content_type = "text/plain; version=0.0.4; charset=utf-8";
      out.body = with.counted.expose();
      co_return out;
    }
    case route::state: co_return co_await state(std::move(what), with);
    case route::records: co_return co_await records(std::move(what), std::move(where.id), with);
    case route::members: co_return co_await members(std::move(what), std::move(where.id), with);
    case route::websocket:
    case route::none: break;
  }
  co_return not_found();
}

}  // namespace dunlin::http
