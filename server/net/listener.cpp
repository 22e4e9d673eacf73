#include "net/listener.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <system_error>
#include <utility>

#include "base/log.hpp"

namespace dunlin::net {

namespace {

struct address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  sockaddr* generic() { return reinterpret_cast<sockaddr*>(&storage); }
};

std::error_code last_error() { return {errno, std::system_category()}; }

result<address> parse(const std::string& host, std::uint16_t port) {
  address out;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&out.storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&out.storage);
  const char* text = host == "localhost" ? "127.0.0.1" : host.c_str();
  if (::inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    out.size = sizeof *v4;
  } else if (::inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    out.size = sizeof *v6;
  } else {
    return std::make_error_code(std::errc::invalid_argument);
  }
  return out;
}

std::uint16_t port_of(const address& a) {
  return ntohs(a.storage.ss_family == AF_INET ? reinterpret_cast<const sockaddr_in*>(&a.storage)->sin_port
                                              : reinterpret_cast<const sockaddr_in6*>(&a.storage)->sin6_port);
}

// One connection failed before it was accepted (accept(2) lists these); the next may be well.
bool concerns_one_connection(int error) {
  switch (error) {
    case EINTR:
    case ECONNABORTED:
    case EPERM:
    case ENETDOWN:
    case EPROTO:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case EOPNOTSUPP:
    case ENETUNREACH: return true;
    default: return false;
  }
}

constexpr int silent_seconds = 300;
constexpr int probe_seconds = 60;
constexpr int probes = 5;

}  // namespace

void notice_silence(int socket) {
  const int one = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
  ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &silent_seconds, sizeof silent_seconds);
  ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &probe_seconds, sizeof probe_seconds);
  ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
}

listener_counters::listener_counters(metrics& registry, std::string_view labels)
    : accepted(registry.make_counter("dunlin_connections_accepted_total", "Connections accepted.", labels)),
      refused(registry.make_counter("dunlin_connections_refused_total",
                                    "Connections closed at once: too many are open.", labels)),
      pauses(registry.make_counter("dunlin_accept_pauses_total",
                                   "Times accepting paused for want of descriptors or memory.", labels)) {}

result<std::unique_ptr<listener>> listener::create(rt::event_loop& loop, const std::string& host, std::uint16_t port,
                                                   connection_limit& limit, taker take, metrics& registry,
                                                   std::string_view labels) {
  DUNLIN_TRY_ASSIGN(address where, parse(host, port));
  descriptor socket(::socket(where.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return last_error();
  const int one = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  // Inherited by what is accepted.
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  notice_silence(socket.get());
  if (::bind(socket.get(), where.generic(), where.size) != 0 || ::listen(socket.get(), backlog) != 0 ||
      ::getsockname(socket.get(), where.generic(), &where.size) != 0) {
    return last_error();
  }
  std::unique_ptr<listener> made(
      new listener(loop, std::move(socket), port_of(where), limit, std::move(take), registry, labels));
  DUNLIN_TRY_ASSIGN(made->place_, loop.add(made->socket_.get(), *made));
  made->added_ = true;
  return made;
}

listener::listener(rt::event_loop& loop, descriptor socket, std::uint16_t port, connection_limit& limit, taker take,
                   metrics& registry, std::string_view labels)
    : loop_(&loop),
      socket_(std::move(socket)),
      port_(port),
      limit_(&limit),
      take_(std::move(take)),
      counters_(registry, labels) {}

listener::~listener() {
  if (added_) loop_->remove(place_);
}

rt::event_handler::next listener::on_ready(rt::readiness /*what*/) {
  for (std::size_t i = 0; i < max_batch; ++i) {
    descriptor accepted(::accept4(socket_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (accepted) {
      paused_ = false;
      if (limit_->take()) {
        counters_.accepted.add();
        take_(std::move(accepted));
      } else {
        counters_.refused.add();
      }
      continue;
    }
    const int error = errno;
    if (error == EAGAIN) {
      paused_ = false;
      return next::done;
    }
    if (concerns_one_connection(error)) continue;
    // No edge will come for those who wait already: the sweep tries again.
    counters_.pauses.add();
    if (!std::exchange(paused_, true)) {
      log_warn("accepting pauses", {{"reason", std::system_category().message(error)}, {"port", port_}});
    }
    return next::done;
  }
  return next::again;
}

void listener::on_sweep(mono_ms /*now*/) {
  if (paused_) loop_->resume(place_);
}

}  // namespace dunlin::net
