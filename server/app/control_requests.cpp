#include "app/control_requests.hpp"

#include <algorithm>
#include <optional>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "accounts/handle.hpp"
#include "http/ask.hpp"
#include "http/reasons.hpp"

namespace dunlin::app {

namespace asio = boost::asio;
namespace json = boost::json;
using http::ask;

namespace {

// A request's end: what was done, or what stood against it.
struct outcome {
  json::object done;
  std::string code;
  std::string text;
};

outcome failed(std::string_view code, std::string text) { return {{}, std::string(code), std::move(text)}; }

outcome failed(std::error_code e) {
  const auto known = accounts::make_error_code(accounts::errc::io).category() == e.category();
  return failed(known ? accounts::word(static_cast<accounts::errc>(e.value())) : "failed", e.message());
}

outcome refused(const stream::verdict& v) { return failed(stream::word(v.why), std::string(http::meaning(v.why))); }

constexpr std::size_t max_lines = 64 * 1024;  // bytes of lines that are sent together

void direct(const accounts::job& work) { work(); }

std::optional<stream::role> role_of(std::string_view name) {
  if (name == "member") return stream::role::member;
  if (name == "admin") return stream::role::admin;
  if (name == "owner") return stream::role::owner;
  return std::nullopt;
}

json::object to_json(const accounts::issued& one) {
  return {{"account", to_text(one.who.account)},
          {"handle", one.handle},
          {"device", to_text(one.who.device)},
          {"token", accounts::to_text(one.secret)}};
}

json::array to_json(const std::vector<engine::shard_status>& shards) {
  json::array list;
  for (const auto& s : shards) {
    list.push_back(json::object{{"connections", s.connections}, {"streams", s.streams}, {"inboxes", s.inboxes}});
  }
  return list;
}

// What was minted, and how far it is.
std::string lines_of(const accounts::service::registered& made, std::uint64_t through, std::uint64_t of) {
  std::string lines;
  for (const auto& one : made.all) lines += json::serialize(json::object{{"item", to_json(one)}}) + '\n';
  return lines + json::serialize(json::object{{"progress", {{"done", through}, {"of", of}}}}) + '\n';
}

std::string_view state_of(const accounts::invite& one, wall_ms now) {
  if (one.revoked) return "revoked";
  const auto fine = accounts::check_invite(one, now);
  if (fine) return "good";
  return fine.error() == accounts::errc::invite_used ? "used" : "expired";
}

template <class Value>
outcome success(std::string_view key, const Value& value, bool untold = false) {
  outcome out;
  out.done[json::string_view(key.data(), key.size())] = value;
  out.done["untold"] = untold;
  return out;
}

using registered = result<accounts::service::registered>;
using found_accounts = result<std::vector<std::optional<accounts::account>>>;

class carrier {
 public:
  carrier(control_backend& backend, const line_sender& send) : backend_(backend), send_(send) {}

  asio::awaitable<outcome> operator()(const account_add& r) {
    accounts::registration_request one;
    one.handle = r.handle;
    one.device_name = r.device_name;
    const auto made = co_await ask<registered>(
        [&](auto done) { backend_.accounts.register_accounts({one}, direct, std::move(done)); });
    co_return issued(made, r.handle);
  }

  asio::awaitable<outcome> operator()(const account_remove& r) {
    const auto found =
        co_await ask<found_accounts>([&](auto done) { backend_.accounts.find({r.user}, direct, std::move(done)); });
    if (!found) co_return failed(found.error());
    const auto& one = found->front();
    if (!one) co_return failed("unknown_account", "there is no account '" + r.user + "'");
    const auto gone = co_await ask<result<void>>(
        [&](auto done) { backend_.accounts.remove_account(one->id, direct, std::move(done)); });
    const bool untold = !gone && gone.error() == accounts::errc::untold;
    if (!gone && !untold) co_return failed(gone.error());
    co_return success("account", to_text(one->id), untold);
  }

  asio::awaitable<outcome> operator()(const device_add& r) {
    std::vector<account_id> owner;
    if (auto wrong = co_await resolve(std::vector<std::string>(1, r.user), owner)) co_return std::move(*wrong);
    accounts::link_request link;
    link.owner = owner.front();
    link.device_name = r.device_name;
    const auto made =
        co_await ask<registered>([&](auto done) { backend_.accounts.link_device(link, direct, std::move(done)); });
    co_return issued(made, r.user);
  }

  asio::awaitable<outcome> operator()(const device_revoke& r) {
    const auto id = id_from_text<device_id>(r.device);
    if (!id) co_return failed("unknown_device", "'" + r.device + "' is not the id of a device");
    const auto gone =
        co_await ask<result<void>>([&](auto done) { backend_.accounts.revoke_device(*id, direct, std::move(done)); });
    const bool untold = !gone && gone.error() == accounts::errc::untold;
    if (!gone && !untold) co_return failed(gone.error());
    co_return success("device", r.device, untold);
  }

  asio::awaitable<outcome> operator()(const device_mint& r) {
    if (r.count == 0 || r.count > max_mint) {
      co_return failed("usage", "--count must be from 1 to " + std::to_string(max_mint));
    }
    const auto last = r.prefix + std::to_string(r.count);
    if (!accounts::check_handle(r.prefix + "1") || !accounts::check_handle(last)) {
      co_return failed("bad_handle",
                       "'" + last + "' would be " + std::string(accounts::phrase(accounts::errc::bad_handle)));
    }
    // All first: half a batch would be of use to nobody.
    for (std::uint64_t from = 1; from <= r.count; from += accounts::service::max_batch) {
      if (auto wrong = co_await check_free(handles(r, from))) co_return std::move(*wrong);
    }
    bool untold = false;
    for (std::uint64_t from = 1; from <= r.count; from += accounts::service::max_batch) {
      std::vector<accounts::registration_request> batch;
      for (auto& handle : handles(r, from)) batch.emplace_back().handle = std::move(handle);
      const auto made = co_await ask<registered>(
          [&](auto done) { backend_.accounts.register_accounts(batch, direct, std::move(done)); });
      if (!made) co_return failed(made.error());
      untold = untold || made->untold;
      if (!co_await send_(lines_of(*made, from + made->all.size() - 1, r.count)))
        co_return failed("lost", "the client is gone");
    }
    co_return success("count", r.count, untold);
  }

  asio::awaitable<outcome> operator()(const conversation_add& r) {
    if (r.members.empty()) co_return failed("usage", "--members needs at least one member");
    engine::conversation_spec spec;
    if (auto wrong = co_await resolve(r.members, spec.members)) co_return std::move(*wrong);
    spec.direct = spec.members.size() == 2 && r.name.empty() && !r.open;
    spec.id =
        spec.direct ? backend_.accounts.direct(spec.members[0], spec.members[1]) : backend_.random.id<stream_id>();
    spec.open = r.open;
    spec.name = r.name;
    spec.keep = r.until_delivered ? stream::retention::until_delivered : stream::retention::forever;
    // A direct conversation has no owner; the order of its members must not make two different ones.
    if (spec.direct) std::ranges::sort(spec.members);
    const auto verdict =
        co_await ask<stream::verdict>([&](auto done) { backend_.streams.create(spec, std::move(done)); });
    if (!verdict.ok()) co_return refused(verdict);
    co_return success("conversation", to_text(spec.id));
  }

  asio::awaitable<outcome> operator()(const members_change& r) {
    engine::members_spec spec;
    const auto id = id_from_text<stream_id>(r.conversation);
    if (!id) co_return failed("not_member", "'" + r.conversation + "' is not the id of a conversation");
    spec.id = *id;
    if (auto wrong = co_await resolve(r.add, spec.add)) co_return std::move(*wrong);
    if (auto wrong = co_await resolve(r.remove, spec.remove)) co_return std::move(*wrong);
    std::vector<account_id> given;
    if (auto wrong = co_await resolve(r.give, given)) co_return std::move(*wrong);
    const auto as = role_of(r.role);
    if (!given.empty() && !as) co_return failed("usage", "--role must be member, admin or owner");
    for (const auto& account : given) spec.roles.push_back({account, *as});
    const auto verdict =
        co_await ask<stream::verdict>([&](auto done) { backend_.streams.change_members(spec, std::move(done)); });
    if (!verdict.ok()) co_return refused(verdict);
    co_return success("conversation", r.conversation);
  }

  asio::awaitable<outcome> operator()(const invite_add& r) {
    accounts::invite_request wanted;
    wanted.uses = r.uses;
    wanted.lasts = static_cast<mono_ms>(r.lasts);
    if (r.uses == 0 || r.uses > accounts::sign_ups::max_uses || wanted.lasts < 0) {
      co_return failed("usage", "--uses must be from 1 to " + std::to_string(accounts::sign_ups::max_uses));
    }
    if (!r.from.empty()) {
      std::vector<account_id> from;
      if (auto wrong = co_await resolve(std::vector<std::string>(1, r.from), from)) co_return std::move(*wrong);
      wanted.from = from.front();
    }
    const auto made = co_await ask<result<accounts::invite>>(
        [&](auto done) { backend_.people.add_invite(wanted, direct, std::move(done)); });
    if (!made) co_return failed(made.error());
    outcome out;
    out.done = {{"code", made->code},
                {"link", invite_link(backend_.url(), made->code)},
                {"uses", made->uses},
                {"expires", made->expires}};
    co_return out;
  }

  asio::awaitable<outcome> operator()(const invite_list&) {
    using found_invites = result<std::vector<accounts::invite_facts>>;
    const auto all =
        co_await ask<found_invites>([&](auto done) { backend_.people.list_invites(direct, std::move(done)); });
    if (!all) co_return failed(all.error());
    std::string lines;
    for (const auto& facts : *all) {
      lines += json::serialize(json::object{{"item", to_json(facts)}}) + '\n';
      if (lines.size() < max_lines) continue;
      if (!co_await send_(std::exchange(lines, {}))) co_return failed("lost", "the client is gone");
    }
    if (!lines.empty() && !co_await send_(std::move(lines))) co_return failed("lost", "the client is gone");
    co_return success("count", all->size());
  }

  asio::awaitable<outcome> operator()(const invite_revoke& r) {
    const auto gone =
        co_await ask<result<void>>([&](auto done) { backend_.people.revoke_invite(r.code, direct, std::move(done)); });
    if (!gone) co_return failed(gone.error());
    co_return success("code", r.code);
  }

  asio::awaitable<outcome> operator()(const status_query&) {
    outcome out;
    out.done = json::parse(backend_.facts()).as_object();
    const auto totals =
        co_await ask<result<accounts::totals>>([&](auto done) { backend_.accounts.count(direct, std::move(done)); });
    if (!totals) co_return failed(totals.error());
    out.done["accounts"] = totals->accounts;
    out.done["devices"] = totals->devices;
    out.done["pending"] = totals->untold;
    const auto shards =
        co_await ask<std::vector<engine::shard_status>>([&](auto done) { backend_.streams.status(std::move(done)); });
    out.done["shards"] = to_json(shards);
    co_return out;
  }

 private:
  json::object to_json(const accounts::invite_facts& facts) {
    const auto& one = facts.one;
    const auto state = state_of(one, backend_.time.now().wall);
    json::object out{{"code", one.code},       {"uses", one.uses},
                     {"used", one.used},       {"created", one.created},
                     {"expires", one.expires}, {"state", json::string_view(state.data(), state.size())}};
    if (one.made_by) out["from"] = facts.from_handle;
    out["link"] = invite_link(backend_.url(), one.code);
    return out;
  }
  static json::object to_json(const accounts::issued& one) { return app::to_json(one); }
  static json::array to_json(const std::vector<engine::shard_status>& shards) { return app::to_json(shards); }

  static std::vector<std::string> handles(const device_mint& r, std::uint64_t from) {
    std::vector<std::string> out;
    const auto end = std::min<std::uint64_t>(r.count + 1, from + accounts::service::max_batch);
    for (auto i = from; i < end; ++i) out.push_back(r.prefix + std::to_string(i));
    return out;
  }

  static outcome issued(const registered& made, const std::string& user) {
    if (!made) {
      auto out = failed(made.error());
      out.text = "'" + user + "': " + out.text;
      return out;
    }
    outcome out;
    out.done = to_json(made->all.front());
    out.done["untold"] = made->untold;
    return out;
  }

  asio::awaitable<std::optional<outcome>> check_free(std::vector<std::string> names) {
    const auto found =
        co_await ask<found_accounts>([&](auto done) { backend_.accounts.find(names, direct, std::move(done)); });
    if (!found) co_return failed(found.error());
    for (std::size_t i = 0; i < names.size(); ++i) {
      if ((*found)[i]) {
        co_return failed("handle_taken", "the handle '" + names[i] + "' is taken: choose another --prefix");
      }
    }
    co_return std::nullopt;
  }

  // The accounts of these users, each once; or what is wrong with one of them.
  asio::awaitable<std::optional<outcome>> resolve(std::vector<std::string> users, std::vector<account_id>& out) {
    if (users.size() > max_members) {
      co_return failed("usage", "at most " + std::to_string(max_members) + " members");
    }
    const auto found =
        co_await ask<found_accounts>([&](auto done) { backend_.accounts.find(users, direct, std::move(done)); });
    if (!found) co_return failed(found.error());
    for (std::size_t i = 0; i < users.size(); ++i) {
      const auto& one = (*found)[i];
      if (!one || one->deleted) co_return failed("unknown_account", "there is no account '" + users[i] + "'");
      if (std::ranges::count(out, one->id) > 0) co_return failed("usage", "'" + users[i] + "' is named twice");
      out.push_back(one->id);
    }
    co_return std::nullopt;
  }

  control_backend& backend_;
  const line_sender& send_;
};

}  // namespace

std::string invite_link(std::string_view url, std::string_view code) {
  return std::string(url) + "/#invite=" + std::string(code);
}

std::string error_line(std::string_view code, std::string_view text) {
  const json::object error{{"code", json::string_view(code.data(), code.size())},
                           {"text", json::string_view(text.data(), text.size())}};
  return json::serialize(json::object{{"error", error}}) + '\n';
}

static std::string done_line(const json::object& what) { return json::serialize(json::object{{"ok", what}}) + '\n'; }

asio::awaitable<void> carry_out(request what, control_backend& backend, const line_sender& send) {
  carrier carry(backend, send);
  const auto end = co_await std::visit([&](const auto& r) { return carry(r); }, what);
  // Not inside the co_await: g++ 12 destroys temporaries of a conditional there twice.
  std::string line = end.code.empty() ? done_line(end.done) : error_line(end.code, end.text);
  co_await send(std::move(line));
}

}  // namespace dunlin::app
