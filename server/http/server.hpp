// The HTTP server of the control plane, on Boost.Beast.
//
// Thread rule: the one thread of the io_context given. Bounds: max_connections of `options`; per connection one request
// under way, max_header_bytes, max_body_bytes and the times of `options`; a slow or silent client is closed.
#pragma once

#include <memory>
#include <string>

#include "http/services.hpp"

namespace boost::asio {
class io_context;
}

namespace dunlin::http {

class server {
 public:
  // `with` must outlive the io_context's last run.
  server(boost::asio::io_context& context, options wanted, const services& with);
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  // Binds and listens; the error is the operating system's (address in use, …).
  status listen();
  // The real address, as "host:port".
  [[nodiscard]] std::string address() const;
  // Accepts from here on. On the io_context's thread or before it runs.
  void start();
  // Accepts no more, closes idle connections; requests under way are answered, and then closed.
  void stop();
  [[nodiscard]] std::size_t connections() const;

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}  // namespace dunlin::http
