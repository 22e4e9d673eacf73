// Linking a second device: the new device's side, which has no account yet, and the side of the one that lets it in.
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "accounts/handle.hpp"
#include "accounts/linking.hpp"
#include "http/ask.hpp"
#include "http/handlers.hpp"
#include "http/json_body.hpp"
#include "http/reasons.hpp"

namespace dunlin::http {

namespace json = boost::json;
using accounts::link_id;
using accounts::link_state;
using accounts::linking;

namespace {

constexpr std::uint64_t longest_wait_s = 25;
constexpr std::size_t max_code = 32;

std::optional<link_state> state_from(std::string_view text) {
  for (const auto s : {link_state::waiting, link_state::seen}) {
    if (word(s) == text) return s;
  }
  return std::nullopt;
}

}  // namespace

answering open_link(call c) {
  if (auto late = c.limits.take(limit::links, c.what.client)) co_return std::move(*late);
  json_body body(c.what);
  const auto device = body.id<device_id>("device");
  const auto name = body.text("device_name", accounts::device_name_max);
  const auto secret = body.token("token");
  if (auto wrong = body.wrong()) co_return std::move(*wrong);
  const auto opened = co_await ask<result<linking::opened>>(
      [&](auto done) { c.with.links.open(device, name, secret, direct, std::move(done)); });
  if (!opened) co_return refused(opened.error());
  const json::object out{{"link", to_text(opened->id)},
                         {"code", opened->code.substr(0, 4) + "-" + opened->code.substr(4)},
                         {"expires", opened->expires}};
  co_return json_answer(json::serialize(out), 201);
}

answering wait_for_link(call c) {
  const auto id = id_from_text<link_id>(c.id);
  if (!id) co_return refused(accounts::errc::unknown_link);
  const auto wait = parse_number(query_value(c.what.query, "wait").value_or("0"));
  if (!wait || *wait > longest_wait_s) {
    co_return problem(400, "bad-parameter", "Bad parameter", "wait must be a number of seconds from 0 to 25");
  }
  const auto known = state_from(query_value(c.what.query, "state").value_or("waiting"));
  if (!known) co_return problem(400, "bad-parameter", "Bad parameter", "state must be waiting or seen");
  const auto token = bearer_token(c.what.authorization);
  if (!token) co_return unauthorized(false);
  const std::string text(*token);
  const auto standing = co_await ask<result<linking::standing>>([&](auto done) {
    c.with.links.wait(*id, text, *known, static_cast<mono_ms>(*wait) * 1000, direct, std::move(done));
  });
  if (!standing) co_return refused(standing.error());
  const auto state = word(standing->state);
  json::object out{{"state", json::string_view(state.data(), state.size())}};
  if (!standing->handle.empty()) out["handle"] = standing->handle;
  if (standing->state == link_state::linked) out["account"] = to_text(standing->linked.account);
  co_return json_answer(json::serialize(out));
}

answering claim_link(call c) {
  if (auto late = c.limits.take(limit::claims, limit_key::of(c.who.account))) co_return std::move(*late);
  // Of all accounts together: who has many of them has not more tries for it.
  if (auto late = c.limits.look(limit::misses, {})) co_return std::move(*late);
  json_body body(c.what);
  const auto code = body.text("code", max_code);
  if (auto wrong = body.wrong()) co_return std::move(*wrong);
  const auto asker = co_await ask<result<linking::asker>>(
      [&](auto done) { c.with.links.claim(code, c.who, direct, std::move(done)); });
  if (!asker) {
    if (asker.error() == accounts::errc::unknown_code) c.limits.take(limit::misses, {});
    co_return refused(asker.error());
  }
  const json::object out{
      {"link", to_text(asker->id)}, {"device_name", asker->device_name}, {"created", asker->created}};
  co_return json_answer(json::serialize(out));
}

answering confirm_link(call c) {
  if (auto late = c.limits.take(limit::writes, limit_key::of(c.who.account))) co_return std::move(*late);
  const auto id = id_from_text<link_id>(c.id);
  if (!id) co_return refused(accounts::errc::unknown_link);
  const auto done_with =
      co_await ask<result<void>>([&](auto done) { c.with.links.confirm(*id, c.who, direct, std::move(done)); });
  if (!done_with) co_return refused(done_with.error());
  co_return json_answer("{}");
}

answering refuse_link(call c) {
  if (auto late = c.limits.take(limit::writes, limit_key::of(c.who.account))) co_return std::move(*late);
  const auto id = id_from_text<link_id>(c.id);
  if (!id) co_return refused(accounts::errc::unknown_link);
  const auto done_with =
      co_await ask<result<void>>([&](auto done) { c.with.links.refuse(*id, c.who, direct, std::move(done)); });
  if (!done_with) co_return refused(done_with.error());
  co_return json_answer("{}");
}

}  // namespace dunlin::http
