// Making conversations, and changing who is in them and what they look like.
#include <algorithm>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "accounts/handle.hpp"
#include "http/ask.hpp"
#include "http/handlers.hpp"
#include "http/json_body.hpp"
#include "http/reasons.hpp"

namespace dunlin::http {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr std::size_t max_members = 1024;

response unknown_account(std::string_view field, account_id who) {
  return problem(404, "unknown-account", "No such account", "there is no account " + to_text(who), field);
}

// The first of these that is no account, or that cannot be told now; nothing if all are.
asio::awaitable<std::optional<response>> must_be(const call& c, std::string_view field,
                                                 const std::vector<account_id>& all) {
  std::vector<std::string> users;
  users.reserve(all.size());
  for (const auto& id : all) users.push_back(to_text(id));
  const auto found = co_await ask<result<std::vector<std::optional<accounts::account>>>>(
      [&](auto done) { c.with.accounts.find(users, direct, std::move(done)); });
  if (!found) co_return refused(found.error());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& one = (*found)[i];
    if (!one || one->deleted) co_return unknown_account(field, all[i]);
  }
  co_return std::nullopt;
}

// A group's picture must be kept for good: nobody's own picture, which may be gone tomorrow. None, or no picture: fine.
asio::awaitable<std::optional<response>> must_be_kept(const call& c, const std::optional<bytes>& picture) {
  accounts::picture_hash hash;
  if (!picture || picture->size() != hash.bytes.size()) co_return std::nullopt;
  std::ranges::copy(*picture, hash.bytes.begin());
  const auto kept =
      co_await ask<result<void>>([&](auto done) { c.with.shown.find_kept(hash, direct, std::move(done)); });
  if (kept) co_return std::nullopt;
  if (kept.error() != accounts::errc::unknown_picture) co_return refused(kept.error());
  co_return problem(404, "unknown-picture", "No such picture", "it was not put to /v1/pictures", "picture");
}

// The SHA-256 of one; empty for null; nothing if the field is not there.
std::optional<bytes> read_picture_field(json_body& body) {
  const auto text = body.text_or_null_if("picture", accounts::token_text_size);
  if (!text) return std::nullopt;
  if (!*text) return bytes{};
  const auto hash = accounts::picture_hash_from_text(**text);
  if (!hash) body.fault("picture", "must be a picture's hash: 52 characters of base32");
  return hash ? bytes(hash->bytes.begin(), hash->bytes.end()) : bytes{};
}

// What a POST to /v1/conversations asks for.
struct wanted {
  engine::conversation_spec spec;
  std::vector<account_id> others;
  std::string_view others_field;
};

void read_direct(const call& c, json_body& body, wanted& out) {
  const auto with = body.id<account_id>("with");
  out.others_field = "with";
  out.others = {with};
  out.spec.direct = true;
  out.spec.id = c.with.accounts.direct(c.who.account, with);
  // The order of its members must not make two different ones.
  out.spec.members = {std::min(c.who.account, with), std::max(c.who.account, with)};
}

void read_group(const call& c, json_body& body, wanted& out) {
  out.spec.id = body.id<stream_id>("conversation");
  out.spec.name = body.text("name", accounts::display_name_max);
  if (!accounts::check_display_name(out.spec.name)) body.fault("name", "must be a name on one line");
  out.spec.picture = read_picture_field(body).value_or(bytes{});
  out.others_field = "members";
  out.others = body.ids_if<account_id>("members", max_members);
  std::erase(out.others, c.who.account);
  if (out.others.size() >= max_members) body.fault("members", "are at most 1024, with yourself");
  // The first is the owner.
  out.spec.members = {c.who.account};
  out.spec.members.insert(out.spec.members.end(), out.others.begin(), out.others.end());
}

std::optional<stream::role> role_of(std::string_view name) {
  if (name == "member") return stream::role::member;
  if (name == "admin") return stream::role::admin;
  if (name == "owner") return stream::role::owner;
  return std::nullopt;
}

void read_roles(json_body& body, engine::members_spec& out) {
  for (const auto& [account, name] : body.pairs_if("roles", max_members)) {
    const auto as = role_of(name);
    if (!as) body.fault("roles", "are member, admin or owner");
    out.roles.push_back({body.to_id<account_id>("roles", account), as.value_or(stream::role::member)});
  }
}

}  // namespace

answering create_conversation(call c) {
  if (auto late = c.limits.take(limit::writes, limit_key::of(c.who.account))) co_return std::move(*late);
  json_body body(c.what);
  wanted what;
  what.spec.creator = c.who.account;
  what.spec.by = {c.who.device, body.record_id()};
  const auto kind = body.text("kind", 16);
  if (kind == "direct") {
    read_direct(c, body, what);
  } else if (kind == "group") {
    read_group(c, body, what);
  } else {
    body.fault("kind", "must be direct or group");
  }
  if (auto wrong = body.wrong()) co_return std::move(*wrong);
  if (what.spec.direct && what.others.front() == c.who.account) {
    co_return problem(409, "conflict", "Refused", "a conversation is with somebody else", "with");
  }
  if (auto unknown = co_await must_be(c, what.others_field, what.others)) co_return std::move(*unknown);
  if (auto unknown = co_await must_be_kept(c, what.spec.picture)) co_return std::move(*unknown);
  const auto id = what.spec.id;
  const auto verdict =
      co_await ask<stream::verdict>([&](auto done) { c.with.streams.create(std::move(what.spec), std::move(done)); });
  if (!verdict.ok()) co_return refused(verdict.why);
  const bool is_new = verdict.what == stream::verdict::kind::accepted;
  co_return json_answer(json::serialize(json::object{{"conversation", to_text(id)}}), is_new ? 201 : 200);
}

namespace {

// What a POST to …/changes asks for: one of the two.
struct wanted_change {
  engine::members_spec members;
  engine::look_spec look;
  bool is_look = false;
};

wanted_change read_change(const call& c, json_body& body, stream_id conversation) {
  const stream::request by{c.who.device, body.record_id()};
  wanted_change out;
  auto& m = out.members;
  const bool changes = body.has("add") || body.has("remove") || body.has("roles");
  m.add = body.ids_if<account_id>("add", max_members);
  m.remove = body.ids_if<account_id>("remove", max_members);
  read_roles(body, m);
  const bool leaves = body.has("leave");
  if (leaves && (!body.flag_if("leave") || changes)) body.fault("leave", "is true, and a change of its own");
  if (leaves) m.remove = {c.who.account};
  out.look.name = body.text_if("name", accounts::display_name_max);
  if (out.look.name && !accounts::check_display_name(*out.look.name)) body.fault("name", "must be a name on one line");
  out.look.picture = read_picture_field(body);
  out.is_look = out.look.name || out.look.picture;
  if (out.is_look && (changes || leaves)) body.fault("name", "and picture are a change of their own");
  if (!out.is_look && !changes && !leaves) {
    body.fault("id", "names no change: add, remove, roles, leave, name or picture");
  }
  m.id = out.look.id = conversation;
  m.actor = out.look.actor = c.who.account;
  m.by = out.look.by = by;
  return out;
}

}  // namespace

answering change_conversation(call c) {
  if (auto late = c.limits.take(limit::writes, limit_key::of(c.who.account))) co_return std::move(*late);
  json_body body(c.what);
  const auto conversation = id_from_text<stream_id>(c.id);
  auto change = read_change(c, body, conversation.value_or(stream_id{}));
  if (auto wrong = body.wrong()) co_return std::move(*wrong);
  if (!conversation) co_return refused(stream::reason::not_member);
  if (auto unknown = co_await must_be(c, "add", change.members.add)) co_return std::move(*unknown);
  if (auto unknown = co_await must_be_kept(c, change.look.picture)) co_return std::move(*unknown);
  const auto verdict = co_await ask<stream::verdict>([&](auto done) {
    if (change.is_look) return c.with.streams.change_look(std::move(change.look), std::move(done));
    c.with.streams.change_members(std::move(change.members), std::move(done));
  });
  if (!verdict.ok()) co_return refused(verdict.why);
  co_return json_answer(json::serialize(json::object{{"seq", verdict.seq}}));
}

}  // namespace dunlin::http
