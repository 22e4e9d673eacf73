#include "http/handlers.hpp"

#include "base/check.hpp"

namespace dunlin::http {

namespace {

response ready(readiness now) {
  switch (now) {
    case readiness::ready: return json_answer(R"({"status":"ready"})");
    case readiness::degraded: return json_answer(R"({"status":"degraded","reason":"no_space"})");
    case readiness::starting: return json_answer(R"({"status":"starting"})", 503);
    case readiness::draining: break;
  }
  return json_answer(R"({"status":"draining"})", 503);
}

response exposed(const metrics& counted) {
  response out;
  out.content_type = "text/plain; version=0.0.4; charset=utf-8";
  out.body = counted.expose();
  return out;
}

}  // namespace

void direct(const accounts::job& work) { work(); }

answering handle(route to, call c) {
  switch (to) {
    case route::health: co_return json_answer(R"({"status":"ok"})");
    case route::ready: co_return ready(c.with.state());
    case route::metrics: co_return exposed(c.with.counted);
    case route::state: co_return co_await read_state(std::move(c));
    case route::records: co_return co_await read_records(std::move(c));
    case route::members: co_return co_await read_members(std::move(c));
    case route::websocket:
    case route::none: break;
  }
  DUNLIN_CHECK(false);  // the connection answers these itself
}

}  // namespace dunlin::http
