// An account's devices, and the settings that they keep together.
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "accounts/handle.hpp"
#include "http/ask.hpp"
#include "http/handlers.hpp"
#include "http/json_body.hpp"
#include "http/reasons.hpp"

namespace dunlin::http {

namespace json = boost::json;

namespace {

// The conversation of the path, in which the caller must be; or the answer to who is not.
boost::asio::awaitable<std::optional<response>> must_be_in(const call& c, stream_id conversation) {
  engine::records_request nothing;
  nothing.reader = c.who.account;
  nothing.conversation = conversation;
  nothing.from = UINT64_MAX;
  nothing.limit = 1;
  const auto answer =
      co_await ask<engine::records_answer>([&](auto done) { c.with.streams.read_records(nothing, std::move(done)); });
  if (answer.outcome.ok()) co_return std::nullopt;
  co_return refused(answer.outcome.why);
}

answering put(call c, stream_id conversation) {
  if (auto wrong = not_an_object(c.what, accounts::max_settings_bytes)) co_return std::move(*wrong);
  const auto kept = co_await ask<result<accounts::settings>>([&](auto done) {
    c.with.shown.put_settings(c.who.account, conversation, std::move(c.what.body), direct, std::move(done));
  });
  if (!kept) co_return refused(kept.error());
  co_return json_answer(json::serialize(json::object{{"version", kept->version}}));
}

answering get(call c, stream_id conversation) {
  const auto kept = co_await ask<result<accounts::settings>>(
      [&](auto done) { c.with.shown.get_settings(c.who.account, conversation, direct, std::move(done)); });
  co_return kept ? json_answer(settings_json(*kept)) : refused(kept.error());
}

}  // namespace

answering read_devices(call c) {
  const auto all = co_await ask<result<std::vector<accounts::device>>>(
      [&](auto done) { c.with.accounts.devices(c.who.account, direct, std::move(done)); });
  if (!all) co_return refused(all.error());
  json::array list;
  for (const auto& d : *all) {
    json::object one{{"device", to_text(d.id)}, {"name", d.name}, {"created", d.created}};
    one["last_seen"] = d.last_seen;
    one["current"] = d.id == c.who.device;
    list.push_back(std::move(one));
  }
  co_return json_answer(json::serialize(json::object{{"devices", std::move(list)}}));
}

answering rename_device(call c) {
  if (auto late = c.limits.take(limit::writes, limit_key::of(c.who.account))) co_return std::move(*late);
  json_body body(c.what);
  auto name = body.text("name", accounts::device_name_max);
  if (auto wrong = body.wrong()) co_return std::move(*wrong);
  if (!accounts::check_device_name(name)) co_return bad_field("name", "must be on one line");
  const auto device = id_from_text<device_id>(c.id);
  if (!device) co_return refused(accounts::errc::unknown_device);
  const auto renamed = co_await ask<result<void>>([&](auto done) {
    c.with.accounts.rename_device(c.who.account, *device, std::move(name), direct, std::move(done));
  });
  if (!renamed) co_return refused(renamed.error());
  response out;
  out.status = 204;
  co_return out;
}

answering revoke_device(call c) {
  if (auto late = c.limits.take(limit::writes, limit_key::of(c.who.account))) co_return std::move(*late);
  const auto device = id_from_text<device_id>(c.id);
  if (!device) co_return refused(accounts::errc::unknown_device);
  const auto revoked = co_await ask<result<void>>(
      [&](auto done) { c.with.accounts.revoke_own(c.who.account, *device, direct, std::move(done)); });
  if (!revoked) co_return refused(revoked.error());
  response out;
  out.status = 204;
  co_return out;
}

answering read_settings(call c) { co_return co_await get(std::move(c), {}); }

answering put_settings(call c) {
  if (auto late = c.limits.take(limit::writes, limit_key::of(c.who.account))) co_return std::move(*late);
  co_return co_await put(std::move(c), {});
}

answering read_conversation_settings(call c) {
  const auto conversation = id_from_text<stream_id>(c.id);
  if (!conversation) co_return refused(stream::reason::not_member);
  if (auto stranger = co_await must_be_in(c, *conversation)) co_return std::move(*stranger);
  co_return co_await get(std::move(c), *conversation);
}

answering put_conversation_settings(call c) {
  if (auto late = c.limits.take(limit::writes, limit_key::of(c.who.account))) co_return std::move(*late);
  const auto conversation = id_from_text<stream_id>(c.id);
  if (!conversation) co_return refused(stream::reason::not_member);
  if (auto stranger = co_await must_be_in(c, *conversation)) co_return std::move(*stranger);
  co_return co_await put(std::move(c), *conversation);
}

}  // namespace dunlin::http
