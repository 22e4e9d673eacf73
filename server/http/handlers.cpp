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
    case route::server: co_return co_await read_server(std::move(c));
    case route::invite: co_return co_await read_invite(std::move(c));
    case route::handle: co_return co_await read_handle(std::move(c));
    case route::sign_up: co_return co_await sign_up(std::move(c));
    case route::account: co_return co_await read_account(std::move(c));
    case route::change_account: co_return co_await change_account(std::move(c));
    case route::put_own_picture: co_return co_await put_own_picture(std::move(c));
    case route::delete_own_picture: co_return co_await delete_own_picture(std::move(c));
    case route::keep_picture: co_return co_await keep_picture(std::move(c));
    case route::picture: co_return co_await read_picture(std::move(c));
    case route::look_up: co_return co_await look_up_profiles(std::move(c));
    case route::profile: co_return co_await read_profile(std::move(c));
    case route::directory: co_return co_await search_directory(std::move(c));
    case route::devices: co_return co_await read_devices(std::move(c));
    case route::rename_device: co_return co_await rename_device(std::move(c));
    case route::revoke_device: co_return co_await revoke_device(std::move(c));
    case route::settings: co_return co_await read_settings(std::move(c));
    case route::put_settings: co_return co_await put_settings(std::move(c));
    case route::conversation_settings: co_return co_await read_conversation_settings(std::move(c));
    case route::put_conversation_settings: co_return co_await put_conversation_settings(std::move(c));
    case route::open_link: co_return co_await open_link(std::move(c));
    case route::claim_link: co_return co_await claim_link(std::move(c));
    case route::wait_for_link: co_return co_await wait_for_link(std::move(c));
    case route::confirm_link: co_return co_await confirm_link(std::move(c));
    case route::refuse_link: co_return co_await refuse_link(std::move(c));
    case route::create_conversation: co_return co_await create_conversation(std::move(c));
    case route::change_conversation: co_return co_await change_conversation(std::move(c));
    case route::websocket:
    case route::none: break;
  }
  DUNLIN_CHECK(false);  // the connection answers these itself
}

}  // namespace dunlin::http
