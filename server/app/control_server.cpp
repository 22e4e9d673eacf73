#include "app/control_server.hpp"

#include <chrono>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "app/control_requests.hpp"
#include "base/log.hpp"

namespace dunlin::app {

namespace asio = boost::asio;
using asio::local::stream_protocol;

namespace {

constexpr auto tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds longest_silence{60};
constexpr std::chrono::milliseconds pause_after_error{100};

// One client. The timer closes the socket of one that neither sends nor reads.
class session : public std::enable_shared_from_this<session> {
 public:
  session(stream_protocol::socket socket, control_backend& backend)
      : socket_(std::move(socket)), timer_(socket_.get_executor()), backend_(backend) {}

  asio::awaitable<void> run() {
    const line_sender send = [this](std::string lines) { return write(std::move(lines)); };
    while (true) {
      guard();
      const auto [error, size] =
          co_await asio::async_read_until(socket_, asio::dynamic_buffer(held_, max_request_line), '\n', tuple);
      timer_.cancel();
      if (error == asio::error::not_found) co_await write(error_line("protocol", "the request is too long"));
      if (error) co_return;
      const auto what = read_request(std::string_view(held_).substr(0, size - 1));
      held_.erase(0, size);
      if (what) {
        co_await carry_out(*what, backend_, send);
      } else {
        co_await write(error_line("protocol", what.error().text));
      }
    }
  }

 private:
  asio::awaitable<bool> write(std::string lines) {
    guard();
    const auto [error, size] = co_await asio::async_write(socket_, asio::buffer(lines), tuple);
    timer_.cancel();
    co_return !error;
  }

  void guard() {
    timer_.expires_after(longest_silence);
    timer_.async_wait([self = weak_from_this()](const boost::system::error_code& error) {
      const auto alive = self.lock();
      if (error || !alive) return;
      boost::system::error_code ignored;
      alive->socket_.close(ignored);
    });
  }

  stream_protocol::socket socket_;
  asio::steady_timer timer_;
  control_backend& backend_;
  std::string held_;
};

}  // namespace

struct control_server::state : std::enable_shared_from_this<state> {
  state(asio::io_context& context, int fd, control_backend& what)
      : acceptor(context, stream_protocol(), fd), pause(context), backend(what) {}

  asio::awaitable<void> accept() {
    while (acceptor.is_open()) {
      auto [error, socket] = co_await acceptor.async_accept(tuple);
      if (error == asio::error::operation_aborted || !acceptor.is_open()) co_return;
      if (error) {
        log_warn("control: a connection could not be accepted", {{"why", error.message()}});
        pause.expires_after(pause_after_error);
        co_await pause.async_wait(tuple);
        continue;
      }
      if (clients >= max_clients) continue;  // closed: the client says that the server went away
      ++clients;
      auto one = std::make_shared<session>(std::move(socket), backend);
      asio::co_spawn(
          acceptor.get_executor(), [one]() -> asio::awaitable<void> { co_await one->run(); },
          [self = shared_from_this(), one](const std::exception_ptr& broken) {
            --self->clients;
            if (broken) std::rethrow_exception(broken);
          });
    }
  }

  stream_protocol::acceptor acceptor;
  asio::steady_timer pause;
  control_backend& backend;
  int clients = 0;
};

control_server::control_server(asio::io_context& context, int fd, control_backend& backend)
    : state_(std::make_shared<state>(context, fd, backend)) {}

control_server::~control_server() = default;

void control_server::start() {
  asio::co_spawn(
      state_->acceptor.get_executor(), [s = state_]() -> asio::awaitable<void> { co_await s->accept(); },
      asio::detached);
}

void control_server::stop() {
  boost::system::error_code ignored;
  state_->acceptor.close(ignored);
  state_->pause.cancel();
}

}  // namespace dunlin::app
