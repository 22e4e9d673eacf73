// What stands before every handler: is there such an endpoint, may this page ask, whose token is it.
#include "http/ask.hpp"
#include "http/origin.hpp"
#include "http/reasons.hpp"
#include "http/shared.hpp"

namespace dunlin::http {

namespace asio = boost::asio;

namespace {

// A file of the app, or why there is no answer.
response not_here(const request& what, const routed& where, const web_files* files) {
  auto allow = where.allow;
  if (allow.empty() && files != nullptr) {
    auto file = files->answer(what);
    if (file && (what.method == "GET" || what.method == "HEAD")) return std::move(*file);
    if (file) allow = "GET, HEAD, OPTIONS";
  }
  if (allow.empty()) return problem(404, "not-found", "Not found", "there is nothing at this path");
  response out;
  if (what.method == "OPTIONS") {
    out.status = 204;
  } else {
    out = problem(405, "method-not-allowed", "Method not allowed", "this path takes " + allow);
  }
  out.headers.emplace_back("Allow", allow);
  return out;
}

asio::awaitable<std::optional<response>> authenticate(const request& what, shared_state& shared,
                                                      accounts::identity& who) {
  // Who has shown many wrong tokens waits, whatever the next one is: each costs a look into the database.
  if (auto late = shared.limits.look(limit::sign_ins, what.client)) co_return late;
  const auto token = bearer_token(what.authorization);
  result<accounts::identity> found = accounts::errc::wrong_token;
  if (token) {
    const std::string text(*token);
    found = co_await ask<result<accounts::identity>>(
        [&](auto done) { shared.with.accounts.verify_bearer(text, direct, std::move(done)); });
  }
  if (found) {
    who = *found;
    co_return std::nullopt;
  }
  if (found.error() != accounts::errc::wrong_token) co_return refused(found.error());
  if (token) shared.limits.take(limit::sign_ins, what.client);
  co_return unauthorized(token.has_value());
}

}  // namespace

asio::awaitable<std::optional<response>> admit(const request& what, const routed& where, shared_state& shared,
                                               accounts::identity& who) {
  const auto from =
      what.path.starts_with("/v1/") ? page_of(what.origin, what.host, shared.wanted.named_origins) : page::none;
  if (from == page::foreign) {
    shared.counts.foreign_page.add();
    co_return problem(403, "foreign-origin", "Forbidden", "pages of this origin may not ask");
  }
  if (from == page::named && what.method == "OPTIONS" && !where.allow.empty()) {
    co_return preflight(what.origin, where.allow);
  }
  std::optional<response> refusal;
  if (where.to == nullptr) {
    refusal = not_here(what, where, shared.with.files.get());
  } else if (where.to->who == access::device) {
    refusal = co_await authenticate(what, shared, who);
  }
  if (refusal && from == page::named) allow_origin(*refusal, what.origin);
  co_return refusal;
}

asio::awaitable<response> answer(request what, routed where, accounts::identity who, shared_state& shared) {
  const bool named =
      what.path.starts_with("/v1/") && page_of(what.origin, what.host, shared.wanted.named_origins) == page::named;
  const auto origin = named ? what.origin : std::string();
  call c{std::move(what), std::move(where.id), who, shared.with, shared.limits};
  auto out = co_await handle(where.to->to, std::move(c));
  if (named) allow_origin(out, origin);
  co_return out;
}

}  // namespace dunlin::http
