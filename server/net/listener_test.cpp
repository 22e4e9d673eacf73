#include "net/listener.hpp"

#include <arpa/inet.h>
#include <cstdint>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <sys/resource.h>
#include <sys/socket.h>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>

#include "net/test_support.hpp"

namespace dunlin::net {
namespace {

class Listener : public NetTest {
 protected:
  void listen(const std::string& host = "127.0.0.1", std::size_t most = 1000) {
    limit = std::make_unique<connection_limit>(most);
    server = listener::create(
                 *loop, host, 0, *limit, [this](descriptor d) { accepted.push_back(std::move(d)); }, registry, "")
                 .value();
  }
  [[nodiscard]] descriptor dial() const {
    descriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    DUNLIN_CHECK(client);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(server->port());
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(client.get(), reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
    return client;
  }
  void turns(int n) {
    for (int i = 0; i < n; ++i) turn();
  }

  std::unique_ptr<connection_limit> limit;
  std::vector<descriptor> accepted;
  std::unique_ptr<listener> server;
};

TEST_F(Listener, HandsOnSocketsThatNeitherBlockNorDelay) {
  listen();
  ASSERT_NE(server->port(), 0);
  const descriptor client = dial();
  turn_until([&] { return accepted.size() == 1; });
  EXPECT_NE(::fcntl(accepted[0].get(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(::fcntl(accepted[0].get(), F_GETFD) & FD_CLOEXEC, 0);
  int no_delay = 0;
  socklen_t size = sizeof no_delay;
  ASSERT_EQ(::getsockopt(accepted[0].get(), IPPROTO_TCP, TCP_NODELAY, &no_delay, &size), 0);
  EXPECT_NE(no_delay, 0);
  EXPECT_EQ(limit->open(), 1U);
}

TEST_F(Listener, CveSlowAttack_APeerThatVanishedIsNoticedByTheKernel) {
  listen();
  const descriptor client = dial();
  turn_until([&] { return accepted.size() == 1; });
  int value = 0;
  socklen_t size = sizeof value;
  ASSERT_EQ(::getsockopt(accepted[0].get(), SOL_SOCKET, SO_KEEPALIVE, &value, &size), 0);
  EXPECT_NE(value, 0);
  ASSERT_EQ(::getsockopt(accepted[0].get(), IPPROTO_TCP, TCP_KEEPIDLE, &value, &size), 0);
  EXPECT_EQ(value, 300);
}

TEST_F(Listener, TakesLiteralsOfBothFamiliesAndLocalhostButNoNames) {
  listen("localhost");
  const descriptor client = dial();
  turn_until([&] { return accepted.size() == 1; });
  const auto failed = listener::create(*loop, "example.org", 0, *limit, [](descriptor) {}, registry, "");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error(), std::errc::invalid_argument);
  const auto v6 = listener::create(*loop, "::1", 0, *limit, [](descriptor) {}, registry, "listener=\"v6\"");
  // A machine without IPv6 says so; nothing else may go wrong.
  EXPECT_TRUE(v6 || v6.error() == std::errc::address_not_available ||
              v6.error() == std::errc::address_family_not_supported);
}

TEST_F(Listener, APortInUseIsAnErrorAndLeavesNothingBehind) {
  listen();
  const std::size_t before = loop->handlers();
  const auto second = listener::create(*loop, "127.0.0.1", server->port(), *limit, [](descriptor) {}, registry, "");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error(), std::errc::address_in_use);
  EXPECT_EQ(loop->handlers(), before);
}

TEST_F(Listener, AcceptsInBoundedBatches) {
  listen();
  std::vector<descriptor> clients;
  clients.reserve(listener::max_batch + 10);
  while (clients.size() < listener::max_batch + 10) clients.push_back(dial());
  turn();
  EXPECT_EQ(accepted.size(), listener::max_batch);
  turn();
  EXPECT_EQ(accepted.size(), listener::max_batch + 10);
}

TEST_F(Listener, AboveTheLimitWhoComesIsClosedAtOnceUntilAPlaceIsFree) {
  listen("127.0.0.1", 2);
  const descriptor first = dial();
  const descriptor second = dial();
  const descriptor third = dial();
  turn_until([&] { return !read_some(third).has_value(); });
  EXPECT_EQ(accepted.size(), 2U);
  EXPECT_EQ(limit->open(), 2U);
  accepted.pop_back();
  limit->give_back();
  const descriptor fourth = dial();
  turn_until([&] { return accepted.size() == 2; });
  EXPECT_EQ(limit->open(), 2U);
}

TEST_F(Listener, WithoutDescriptorsItPausesAndGoesOnWhenThereAreSome) {
  listen();
  const descriptor client = dial();
  // No descriptor is free: the next would be at or above the limit.
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const descriptor highest(::fcntl(client.get(), F_DUPFD_CLOEXEC, 0));
  rlimit low = before;
  low.rlim_cur = static_cast<rlim_t>(highest.get());
  {
    // What is below the limit and free is taken.
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
    std::vector<descriptor> fill;
    for (;;) {
      descriptor d(::fcntl(client.get(), F_DUPFD_CLOEXEC, 0));
      if (!d) break;
      fill.push_back(std::move(d));
    }
    turns(5);
    EXPECT_TRUE(accepted.empty());
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  }
  EXPECT_NE(registry.expose().find("dunlin_accept_pauses_total 1"), std::string::npos);
  pass(rt::event_loop::sweep_ms + rt::event_loop::sweep_step_ms);
  EXPECT_EQ(accepted.size(), 1U);
}

}  // namespace
}  // namespace dunlin::net
