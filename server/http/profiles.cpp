// How accounts show themselves, with their pictures, and how they find each other.
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "accounts/handle.hpp"
#include "http/ask.hpp"
#include "http/handlers.hpp"
#include "http/json_body.hpp"
#include "http/reasons.hpp"

namespace dunlin::http {

namespace json = boost::json;
using accounts::profile;
using accounts::profiles;

namespace {

using found_profile = result<profile>;
using found_profiles = result<std::vector<profile>>;

response own_answer(const found_profile& p) { return p ? json_answer(own_profile_json(*p)) : refused(p.error()); }

response list_answer(const found_profiles& all) {
  return all ? json_answer(profiles_json(*all)) : refused(all.error());
}

response picture_answer(const std::optional<accounts::picture_hash>& hash) {
  json::object out{{"picture", nullptr}};
  if (hash) out["picture"] = to_text(*hash);
  return json_answer(json::serialize(out));
}

}  // namespace

answering read_account(call c) {
  co_return own_answer(
      co_await ask<found_profile>([&](auto done) { c.with.shown.get(c.who.account, direct, std::move(done)); }));
}

answering change_account(call c) {
  if (auto late = c.limits.take(limit::writes, limit_key::of(c.who.account))) co_return std::move(*late);
  json_body body(c.what);
  accounts::profile_change to;
  to.name = body.text_if("name", accounts::display_name_max);
  to.about = body.text_if("about", accounts::about_max);
  if (auto wrong = body.wrong()) co_return std::move(*wrong);
  co_return own_answer(
      co_await ask<found_profile>([&](auto done) { c.with.shown.change(c.who.account, to, direct, std::move(done)); }));
}

answering put_own_picture(call c) {
  if (auto late = c.limits.take(limit::uploads, limit_key::of(c.who.account))) co_return std::move(*late);
  const auto set = co_await ask<found_profile>(
      [&](auto done) { c.with.shown.set_picture(c.who.account, std::move(c.what.body), direct, std::move(done)); });
  if (!set) co_return refused(set.error());
  co_return picture_answer(set->picture);
}

answering delete_own_picture(call c) {
  if (auto late = c.limits.take(limit::writes, limit_key::of(c.who.account))) co_return std::move(*late);
  const auto set = co_await ask<found_profile>(
      [&](auto done) { c.with.shown.set_picture(c.who.account, std::nullopt, direct, std::move(done)); });
  if (!set) co_return refused(set.error());
  co_return picture_answer(set->picture);
}

answering keep_picture(call c) {
  if (auto late = c.limits.take(limit::uploads, limit_key::of(c.who.account))) co_return std::move(*late);
  const auto kept = co_await ask<result<accounts::picture_hash>>(
      [&](auto done) { c.with.shown.keep_picture(c.who.account, c.what.body, direct, std::move(done)); });
  if (!kept) co_return refused(kept.error());
  co_return picture_answer(*kept);
}

// Inert: whatever a browser takes it for, it may run nothing, load nothing and guess no other type.
answering read_picture(call c) {
  const auto hash = accounts::picture_hash_from_text(c.id);
  if (!hash) co_return refused(accounts::errc::unknown_picture);
  response out;
  const auto tag = "\"" + c.id + "\"";
  out.headers.emplace_back("ETag", tag);
  out.headers.emplace_back("Cache-Control", "private, max-age=31536000, immutable");
  out.headers.emplace_back("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'");
  if (lists_tag(c.what.if_none_match, tag)) {
    // It has the bytes that have this name; whether they are still here does not matter.
    out.status = 304;
    co_return out;
  }
  const auto found = co_await ask<result<accounts::picture>>(
      [&](auto done) { c.with.shown.read_picture(*hash, direct, std::move(done)); });
  if (!found) co_return refused(found.error());
  out.content_type = media_type(found->head.type);
  out.body = as_text(found->data);
  co_return out;
}

answering read_profile(call c) {
  if (auto late = c.limits.take(limit::lookups, limit_key::of(c.who.account))) co_return std::move(*late);
  const auto id = id_from_text<account_id>(c.id);
  if (!id && !c.id.starts_with('@')) co_return refused(accounts::errc::unknown_account);
  const auto found = co_await ask<found_profile>([&](auto done) {
    if (id) return c.with.shown.get(*id, direct, std::move(done));
    c.with.shown.find_handle(c.id, direct, std::move(done));
  });
  if (!found) co_return refused(found.error());
  co_return json_answer(profile_json(*found));
}

answering look_up_profiles(call c) {
  if (auto late = c.limits.take(limit::lookups, limit_key::of(c.who.account))) co_return std::move(*late);
  json_body body(c.what);
  const auto wanted = body.ids_if<account_id>("accounts", profiles::max_looked_up);
  if (auto wrong = body.wrong()) co_return std::move(*wrong);
  co_return list_answer(
      co_await ask<found_profiles>([&](auto done) { c.with.shown.look_up(wanted, direct, std::move(done)); }));
}

answering search_directory(call c) {
  if (auto late = c.limits.take(limit::directory, limit_key::of(c.who.account))) co_return std::move(*late);
  const auto text = query_value(c.what.query, "q").value_or("");
  const auto limit_text = query_value(c.what.query, "limit");
  const auto most = limit_text ? parse_number(*limit_text) : std::optional<std::uint64_t>(profiles::max_found);
  if (!most || *most == 0 || *most > profiles::max_found) {
    co_return problem(400, "bad-parameter", "Bad parameter", "limit must be a number from 1 to 50");
  }
  if (text.size() > accounts::display_name_max) {
    co_return problem(400, "bad-parameter", "Bad parameter", "q has at most 128 bytes");
  }
  co_return list_answer(
      co_await ask<found_profiles>([&](auto done) { c.with.shown.search(text, *most, direct, std::move(done)); }));
}

}  // namespace dunlin::http
