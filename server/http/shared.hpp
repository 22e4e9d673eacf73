// What the connections of one server share. Included by .cpp files alone: Asio is heavy.
#pragma once

#include <set>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "base/metrics.hpp"
#include "http/handlers.hpp"
#include "http/services.hpp"
#include "http/throttle.hpp"

namespace dunlin::http {

class connection;

// Counters have one writer: the control plane's thread.
struct http_counters {
  explicit http_counters(metrics& m);
  void count_answer(int status);

  counter* answers[6] = {};  // by the first digit of the status
  counter& refused_connections;
  counter& malformed;
  counter& header_too_large;
  counter& body_too_large;
  counter& timed_out;
  counter& upgrades;
  counter& unauthorized;
  counter& foreign_page;
  counter& foreign_origin;
  counter& bad_handshake;
  gauge& connections;
};

struct shared_state {
  shared_state(options o, const services& s)
      : wanted(std::move(o)), with(s), counts(s.counted), limits(wanted.limits, s.time, s.counted) {}

  options wanted;
  const services& with;
  http_counters counts;
  throttle limits;
  std::set<connection*> open;
  bool stopping = false;
};

// The answer to a request that gets no further, or nothing: then `who` is whose token it carried.
boost::asio::awaitable<std::optional<response>> admit(const request& what, const routed& where, shared_state& shared,
                                                      accounts::identity& who);
// The answer to one that was admitted.
boost::asio::awaitable<response> answer(request what, routed where, accounts::identity who, shared_state& shared);

// Serves one connection until it ends; it is in `shared->open` meanwhile.
boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket socket, std::shared_ptr<shared_state> shared);
// Closes a connection that waits for its next request; one that is answering ends after its answer.
void close_idle(connection& one);

}  // namespace dunlin::http
