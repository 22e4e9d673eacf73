// What the tests of this folder share: a loop on the test's own thread with a clock that the test sets, pairs of TCP
// sockets on the loopback, and a user that records what it is told. For tests only.
#pragma once

#include <array>
#include <cerrno>
#include <functional>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <utility>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/check.hpp"
#include "base/log.hpp"
#include "net/connection.hpp"
#include "rt/event_loop.hpp"

namespace dunlin::net {

class set_clock final : public clock {
 public:
  [[nodiscard]] moment now() const override { return {at, at}; }
  mono_ms at = 1'000'000;
};

struct busy_owner final : rt::loop_owner {
  void turn(moment) override {
    if (work) work();
  }
  mono_ms idle_ms(mono_ms) override { return 0; }
  std::function<void()> work;
};

// The first is the server's, which does not block; the other is the client's, which does. Small buffers where
// `buffer_size` is given.
inline std::pair<descriptor, descriptor> tcp_pair(int buffer_size = 0) {
  const descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  descriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  DUNLIN_CHECK(listener && client);
  if (buffer_size > 0) {
    ::setsockopt(listener.get(), SOL_SOCKET, SO_SNDBUF, &buffer_size, sizeof buffer_size);
    ::setsockopt(client.get(), SOL_SOCKET, SO_RCVBUF, &buffer_size, sizeof buffer_size);
  }
  const bool done = ::bind(listener.get(), generic, size) == 0 && ::listen(listener.get(), 1) == 0 &&
                    ::getsockname(listener.get(), generic, &size) == 0 && ::connect(client.get(), generic, size) == 0;
  EXPECT_TRUE(done);
  descriptor server(::accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  const int one = 1;
  for (const int fd : {server.get(), client.get()}) ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return {std::move(server), std::move(client)};
}

inline void write_all(const descriptor& to, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::send(to.get(), text.data(), text.size(), MSG_NOSIGNAL);
    ASSERT_GT(n, 0);
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

// What is there now; nothing: the other side has ended (and all that it sent was read).
inline std::optional<std::string> read_some(const descriptor& from) {
  std::array<char, 65536> buffer;
  const ssize_t n = ::recv(from.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (n > 0) return std::string(buffer.data(), static_cast<std::size_t>(n));
  if (n < 0 && errno == EAGAIN) return std::string();
  return std::nullopt;
}

// Consumes whole lines; a partial one comes again.
struct line_user final : connection_user {
  taken on_bytes(byte_span in) override {
    ++feeds;
    std::size_t consumed = 0;
    while (wants_input()) {
      const std::size_t end = as_text(in).find('\n', consumed);
      if (end == std::string_view::npos) break;
      const std::string_view line = as_text(in).substr(consumed, end - consumed);
      consumed = end + 1;
      ++lines;
      heard = true;
      if (on_line) {
        on_line(line);
      } else {
        text.append(line).append("|");
      }
    }
    return {consumed, in.size() > consumed ? wanted : 0};
  }
  bool wants_input() override { return wants ? wants() : true; }
  void on_written() override {
    ++writes;
    if (written) written();
  }
  bool take_heard() override { return std::exchange(heard, false); }
  mono_ms patience_ms() override { return patience; }
  void on_silent() override { silent = true; }
  void on_closed() override {
    closed = true;
    if (gone) gone();
  }

  std::string text;
  std::function<void(std::string_view)> on_line;
  std::function<bool()> wants;
  std::function<void()> written;
  std::function<void()> gone;
  std::size_t wanted = 0;
  std::size_t lines = 0;
  int feeds = 0;
  int writes = 0;
  mono_ms patience = 0;
  bool heard = false;
  bool silent = false;
  bool closed = false;
};

class NetTest : public testing::Test {
 protected:
  // spdlog's library is not built with the thread sanitizer, which would see races in every line.
  NetTest() { log_start(log_level::off, false); }
  void turn() { loop->turn(owner); }
  // Turns until `done` holds; fails after many.
  void turn_until(const std::function<bool()>& done) {
    for (int i = 0; i < 1'000'000; ++i) {
      if (done()) return;
      turn();
    }
    FAIL() << "what was waited for did not come";
  }
  void pass(mono_ms time) {
    for (mono_ms end = clock.at + time; clock.at < end;) {
      clock.at += rt::event_loop::sweep_step_ms;
      turn();
    }
  }

  set_clock clock;
  metrics registry;
  std::unique_ptr<rt::event_loop> loop = rt::event_loop::create(clock, registry, "").value();
  busy_owner owner;
};

// A connection of the loop and the socket at its other end.
class LinkTest : public NetTest {
 protected:
  // `wrap(descriptor)`: the transport over the server's end.
  template <class Wrap>
  void open(int buffer_size, const Wrap& wrap) {
    auto [server, peer] = tcp_pair(buffer_size);
    client = std::move(peer);
    link = std::make_unique<connection>(*loop, user);
    ASSERT_TRUE(link->open(wrap(std::move(server))));
  }
  void echo() {
    user.on_line = [this](std::string_view line) {
      link->out().append(as_bytes(line));
      link->out().append(as_bytes("\n"));
    };
  }
  // All that the client gets until it has `size` bytes.
  std::string receive(std::size_t size) {
    std::string got;
    turn_until([&] {
      if (const auto some = read_some(client)) got += *some;
      return got.size() >= size;
    });
    return got;
  }

  line_user user;
  descriptor client;
  std::unique_ptr<connection> link;
};

}  // namespace dunlin::net
