// What a running server does for each request of the command line. Included by .cpp files alone: Asio is heavy.
#pragma once

#include <functional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "accounts/sign_ups.hpp"
#include "app/requests.hpp"
#include "base/random.hpp"
#include "engine/control.hpp"

namespace dunlin::app {

struct control_backend {
  accounts::service& accounts;
  accounts::sign_ups& people;
  engine::control& streams;
  random_source& random;
  const clock& time;
  // What `dunlin status` says of the process itself: a JSON object.
  std::function<std::string()> facts;
  // Where people find the app: "https://chat.example", without a slash at its end.
  std::function<std::string()> url;
};

// Sends whole lines, each with its end; false when the client is gone.
using line_sender = std::function<boost::asio::awaitable<bool>(std::string)>;

// Replies through `send`: any number of progress and item lines, then exactly one end (requests.hpp). `backend` and
// `send` must live until it returns.
boost::asio::awaitable<void> carry_out(request what, control_backend& backend, const line_sender& send);
// The link with which somebody signs up.
std::string invite_link(std::string_view url, std::string_view code);
// The last line of a request that failed.
std::string error_line(std::string_view code, std::string_view text);

}  // namespace dunlin::app
