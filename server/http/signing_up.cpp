// How people come in: what the server says of itself, invites, handles, signing up.
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "accounts/handle.hpp"
#include "http/ask.hpp"
#include "http/handlers.hpp"
#include "http/json_body.hpp"
#include "http/reasons.hpp"

namespace dunlin::http {

namespace json = boost::json;
using accounts::sign_ups;
using accounts::signup_policy;

namespace {

constexpr std::size_t max_code = 64;

std::string_view word_of(signup_policy how) {
  switch (how) {
    case signup_policy::open: return "open";
    case signup_policy::invite: return "invite";
    case signup_policy::closed: break;
  }
  return "closed";
}

json::string text_of(std::string_view text) { return json::string(text.data(), text.size()); }

}  // namespace

answering read_server(call c) {
  const auto known =
      co_await ask<result<sign_ups::server_facts>>([&](auto done) { c.with.people.facts(direct, std::move(done)); });
  if (!known) co_return refused(known.error());
  json::object out{{"name", c.with.about.name},
                   {"version", c.with.about.version},
                   {"data_id", to_text(id_from_bytes<stream_id>(c.with.data))},
                   {"accounts", known->accounts},
                   {"signup", text_of(word_of(c.with.people.policy()))},
                   {"directory", c.with.shown.policy() == accounts::directory_policy::members ? "members" : "exact"}};
  if (known->since != 0) out["since"] = known->since;
  co_return json_answer(json::serialize(out));
}

answering read_invite(call c) {
  if (auto late = c.limits.take(limit::checks, c.what.client)) co_return std::move(*late);
  const auto found = co_await ask<result<accounts::invite_facts>>(
      [&](auto done) { c.with.people.find_invite(c.id, direct, std::move(done)); });
  if (!found) co_return refused(found.error());
  json::object out;
  if (!found->from_handle.empty()) out["from"] = {{"handle", found->from_handle}, {"name", found->from_name}};
  if (found->one.expires != 0) out["expires"] = found->one.expires;
  co_return json_answer(json::serialize(out));
}

answering read_handle(call c) {
  if (auto late = c.limits.take(limit::checks, c.what.client)) co_return std::move(*late);
  const auto code = query_value(c.what.query, "invite").value_or("");
  const auto found = co_await ask<result<sign_ups::handle_facts>>(
      [&](auto done) { c.with.people.check_handle(c.id, code, direct, std::move(done)); });
  if (!found) co_return refused(found.error());
  co_return json_answer(json::serialize(json::object{{"handle", found->handle}, {"free", found->free}}));
}

answering sign_up(call c) {
  if (auto late = c.limits.take(limit::sign_ups, c.what.client)) co_return std::move(*late);
  json_body body(c.what);
  accounts::sign_up_request wanted;
  wanted.account = body.id<account_id>("account");
  wanted.device = body.id<device_id>("device");
  wanted.handle = body.text("handle", accounts::handle_max);
  wanted.name = body.text("name", accounts::display_name_max);
  wanted.about = body.text_if("about", accounts::about_max).value_or("");
  wanted.device_name = body.text("device_name", accounts::device_name_max);
  wanted.invite = body.text_if("invite", max_code).value_or("");
  wanted.secret = body.token("token");
  if (auto wrong = body.wrong()) co_return std::move(*wrong);
  const auto in = co_await ask<result<sign_ups::signed_up_account>>(
      [&](auto done) { c.with.people.sign_up(wanted, direct, std::move(done)); });
  if (!in) co_return refused(in.error());
  if (in->untold) co_return refused(accounts::errc::untold);
  const json::object out{
      {"account", to_text(in->who.account)}, {"handle", in->handle}, {"device", to_text(in->who.device)}};
  co_return json_answer(json::serialize(out), in->repeat ? 200 : 201);
}

}  // namespace dunlin::http
