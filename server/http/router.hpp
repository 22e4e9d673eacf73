// Which handler a path and method belong to, and what a request for it may bring along. One table, which the handlers,
// the documents' test and this page of the protocol share.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace dunlin::http {

enum class route : std::uint8_t {
  none,
  health,
  ready,
  metrics,
  websocket,
  state,
  records,
  members,
  server,
  invite,
  handle,
  sign_up,
  account,
  change_account,
  put_own_picture,
  delete_own_picture,
  keep_picture,
  picture,
  look_up,
  profile,
  directory,
  devices,
  rename_device,
  revoke_device,
  settings,
  put_settings,
  conversation_settings,
  put_conversation_settings,
  open_link,
  claim_link,
  wait_for_link,
  confirm_link,
  refuse_link,
  create_conversation,
  change_conversation,
};

// Who may ask.
enum class access : std::uint8_t {
  open,    // anybody
  device,  // a device's token is needed
};

inline constexpr std::uint64_t small_body = 64 * 1024;

struct endpoint {
  std::string_view method;
  std::string_view path;  // with {} for one part of it
  route to = route::none;
  access who = access::open;
  std::uint64_t max_body = 0;  // 0: none is read; what comes all the same is dropped, up to small_body
};

std::span<const endpoint> endpoints();

struct routed {
  const endpoint* to = nullptr;  // null: nothing at this path, or not with this method
  std::string id;                // what stood for {}, percent-decoded
  std::string allow;             // the methods of the path, as in an Allow header; empty if there is no such path
};

// HEAD is taken where GET is, except at the WebSocket.
routed find_route(std::string_view method, std::string_view path);

}  // namespace dunlin::http
