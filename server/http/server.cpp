#include "http/server.hpp"

#include <chrono>
#include <exception>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.hpp"
#include "http/shared.hpp"

namespace dunlin::http {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds pause_after_error{100};
constexpr std::string_view too_many =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\nConnection: close\r\n\r\n";

}  // namespace

struct server::state : std::enable_shared_from_this<state> {
  state(asio::io_context& io, options wanted, const services& with)
      : context(io), acceptor(io), pause(io), shared(std::make_shared<shared_state>(std::move(wanted), with)) {}

  asio::awaitable<void> accept() {
    while (acceptor.is_open()) {
      auto [error, socket] = co_await acceptor.async_accept(tuple);
      if (!acceptor.is_open()) co_return;
      if (error) {
        // Out of descriptors, say: the connection stays in the backlog, and trying at once would be a busy loop.
        log_warn("http: a connection could not be accepted", {{"why", error.message()}});
        pause.expires_after(pause_after_error);
        co_await pause.async_wait(tuple);
        continue;
      }
      if (shared->open.size() >= shared->wanted.max_connections) {
        shared->counts.refused_connections.add();
        ::send(socket.native_handle(), too_many.data(), too_many.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        continue;
      }
      boost::system::error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      asio::co_spawn(context, serve(std::move(socket), shared), [](const std::exception_ptr& broken) {
        if (broken) std::rethrow_exception(broken);
      });
    }
  }

  asio::io_context& context;
  tcp::acceptor acceptor;
  asio::steady_timer pause;
  std::shared_ptr<shared_state> shared;
};

server::server(asio::io_context& context, options wanted, const services& with)
    : state_(std::make_shared<state>(context, std::move(wanted), with)) {}

server::~server() = default;

status server::listen() {
  const auto& text = state_->shared->wanted.address;
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return std::make_error_code(std::errc::invalid_argument);
  auto host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  boost::system::error_code error;
  tcp::resolver resolver(state_->context);
  const auto found = resolver.resolve(host, text.substr(colon + 1), tcp::resolver::passive, error);
  if (error) return std::error_code(error);
  const tcp::endpoint where = *found.begin();
  auto& acceptor = state_->acceptor;
  acceptor.open(where.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(where, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return std::error_code(error);
  return ok();
}

std::string server::address() const {
  boost::system::error_code error;
  const auto where = state_->acceptor.local_endpoint(error);
  const auto host = where.address().to_string();
  return (where.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(where.port());
}

void server::start() {
  asio::co_spawn(state_->context, [s = state_]() -> asio::awaitable<void> { co_await s->accept(); }, asio::detached);
}

void server::stop() {
  boost::system::error_code ignored;
  state_->shared->stopping = true;
  state_->acceptor.close(ignored);
  state_->pause.cancel();
  for (auto* one : state_->shared->open) close_idle(*one);
}

std::size_t server::connections() const { return state_->shared->open.size(); }

}  // namespace dunlin::http
