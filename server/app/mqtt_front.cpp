#include "app/mqtt_front.hpp"

#include <array>
#include <future>
#include <sys/socket.h>
#include <thread>

#include <netdb.h>

#include "app/mqtt_connection.hpp"
#include "app/web_options.hpp"
#include "base/log.hpp"
#include "http/client_address.hpp"
#include "net/listener.hpp"

namespace dunlin::app {

namespace {
constexpr std::chrono::milliseconds drain_step{20};
}

struct mqtt_front::state {
  state(shards& all, const config& values, metrics& registry)
      : with{.all = all,
             .handshake_timeout = static_cast<mono_ms>(values.handshake_timeout),
             .limit = net::connection_limit(values.connections)},
        proxies(web_options(values).proxies),
        counted(registry),
        websockets(registry, "listener=\"websocket\"") {}

  // Connections go to the shards in turn, and move once their account is known. The limit has a place for it.
  void take(net::transport what, engine::client_key client) {
    const std::size_t to = next++ % with.all.count();
    auto carried = std::make_shared<net::transport>(std::move(what));
    const bool taken = with.all.at(to).loop().post(
        [this, to, carried, client] { mqtt_connection::begin(with, to, std::move(*carried), client); });
    if (!taken) with.limit.give_back();
  }

  // A proxy says nothing of whom it speaks for: what one of them does must not keep the others out.
  [[nodiscard]] engine::client_key peer_of(int socket) const {
    sockaddr_storage at{};
    socklen_t size = sizeof at;
    std::array<char, NI_MAXHOST> text{};
    auto* const generic = reinterpret_cast<sockaddr*>(&at);
    if (::getpeername(socket, generic, &size) != 0) return {};
    if (::getnameinfo(generic, size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0) return {};
    const auto address = http::parse_address(text.data());
    if (!address || http::is_one_of(*address, proxies)) return {};
    const auto key = http::key_of(*address);
    return {key.hi, key.lo};
  }

  connection_shared with;
  std::vector<http::network> proxies;
  metrics& counted;
  net::listener_counters websockets;  // the control plane's thread counts
  std::atomic<std::size_t> next{0};
  std::string host;
  std::unique_ptr<net::listener> listener;  // of the first shard's loop
};

mqtt_front::mqtt_front(shards& all, const config& values, metrics& counted)
    : state_(std::make_unique<state>(all, values, counted)) {}

mqtt_front::~mqtt_front() = default;

status mqtt_front::listen(const std::string& address) {
  const auto where = split_address(address);
  if (!where) return std::make_error_code(std::errc::invalid_argument);
  auto& loop = state_->with.all.at(0).loop();
  auto made = net::listener::create(
      loop, where->host, where->port, state_->with.limit,
      [s = state_.get()](net::descriptor socket) {
        const auto client = s->peer_of(socket.get());
        s->take(net::transport::plain(std::move(socket)), client);
      },
      state_->counted, "listener=\"mqtt\"");
  if (!made) return made.error();
  state_->host = where->host;
  state_->listener = std::move(*made);
  return ok();
}

std::string mqtt_front::address() const {
  const bool v6 = state_->host.find(':') != std::string::npos;
  return (v6 ? "[" + state_->host + "]" : state_->host) + ":" + std::to_string(state_->listener->port());
}

void mqtt_front::take_websocket(http::upgraded what) {
  net::descriptor socket(what.fd);
  if (!state_->with.limit.take()) return state_->websockets.refused.add();
  state_->websockets.accepted.add();
  net::notice_silence(what.fd);
  state_->take(net::transport::websocket(std::move(socket), std::move(what.read)), {what.client.hi, what.client.lo});
}

void mqtt_front::drain(std::chrono::milliseconds at_most) {
  auto& all = state_->with.all;
  std::promise<void> deaf;
  all.at(0).loop().post([&] {
    state_->listener.reset();
    deaf.set_value();
  });
  deaf.get_future().wait_for(at_most);
  const auto end = std::chrono::steady_clock::now() + at_most;
  bool at_once = false;
  while (state_->with.limit.open() != 0 && std::chrono::steady_clock::now() < end) {
    // Again and again, since a connection may be on its way from one shard to another.
    at_once = at_once || end - std::chrono::steady_clock::now() < at_most / 2;
    for (std::size_t i = 0; i < all.count(); ++i) {
      all.at(i).loop().post([&shard = all.at(i).shard(), at_once] { shard.shut_down(at_once); });
    }
    std::this_thread::sleep_for(drain_step);
  }
  // Who still does not read what was said holds nothing up.
  for (std::size_t i = 0; i < all.count(); ++i) {
    std::promise<void> dropped;
    if (!all.at(i).loop().post([&] {
          all.at(i).shard().drop_links();
          dropped.set_value();
        })) {
      continue;
    }
    dropped.get_future().wait();
  }
}

}  // namespace dunlin::app
