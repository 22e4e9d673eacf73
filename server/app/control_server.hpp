// The server's end of the control socket.
//
// Thread rule: the thread of the io_context given. Bounds: max_clients at a time, each with one request under way and
// max_request_line bytes of it; a client that says nothing for a minute is dropped.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "accounts/service.hpp"
#include "base/random.hpp"
#include "engine/control.hpp"

namespace boost::asio {
class io_context;
}

namespace dunlin::app {

struct control_backend;

class control_server {
 public:
  static constexpr int max_clients = 16;

  // Takes the listening socket `fd` (listen_control). `backend` must outlive the io_context's last run.
  control_server(boost::asio::io_context& context, int fd, control_backend& backend);
  ~control_server();
  control_server(const control_server&) = delete;
  control_server& operator=(const control_server&) = delete;

  void start();
  // Takes no more clients; requests under way end as they can.
  void stop();

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}  // namespace dunlin::app
