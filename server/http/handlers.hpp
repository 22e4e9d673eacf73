// What each endpoint does. Included by .cpp files alone: Asio is heavy.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "http/message.hpp"
#include "http/router.hpp"
#include "http/services.hpp"
#include "http/throttle.hpp"

namespace dunlin::http {

// A request that was let in, and what its handler works with; what is referred to outlives the answer.
struct call {
  request what;
  std::string id;          // of the path
  accounts::identity who;  // whose token it carried, where the endpoint needs one
  const services& with;
  throttle& limits;
};

using answering = boost::asio::awaitable<response>;

// The answer to a call of this endpoint; a WebSocket is not handled here.
answering handle(route to, call c);

// reading.cpp
answering read_state(call c);
answering read_records(call c);
answering read_members(call c);

// signing_up.cpp
answering read_server(call c);
answering read_invite(call c);
answering read_handle(call c);
answering sign_up(call c);

// profiles.cpp
answering read_account(call c);
answering change_account(call c);
answering put_own_picture(call c);
answering delete_own_picture(call c);
answering keep_picture(call c);
answering read_picture(call c);
answering look_up_profiles(call c);
answering read_profile(call c);
answering search_directory(call c);

// devices.cpp
answering read_devices(call c);
answering rename_device(call c);
answering revoke_device(call c);
answering read_settings(call c);
answering put_settings(call c);
answering read_conversation_settings(call c);
answering put_conversation_settings(call c);

// links.cpp
answering open_link(call c);
answering claim_link(call c);
answering wait_for_link(call c);
answering confirm_link(call c);
answering refuse_link(call c);

// conversations.cpp
answering create_conversation(call c);
answering change_conversation(call c);

// Work that is done on whatever thread calls: an answer is posted on by ask().
void direct(const accounts::job& work);

}  // namespace dunlin::http
