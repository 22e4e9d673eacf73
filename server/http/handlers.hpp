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

// Work that is done on whatever thread calls: an answer is posted on by ask().
void direct(const accounts::job& work);

}  // namespace dunlin::http
