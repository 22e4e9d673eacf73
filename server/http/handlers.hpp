// What each endpoint does. Included by .cpp files alone: Asio is heavy.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "http/message.hpp"
#include "http/router.hpp"
#include "http/services.hpp"

namespace dunlin::http {

// The answer to a request that found_route took for allowed; a WebSocket is not handled here. `with` must live until it
// returns.
boost::asio::awaitable<response> handle(request what, routed where, const services& with);

}  // namespace dunlin::http
