// An HTTP server with accounts in memory and a fake engine, and a client that writes and reads bytes: for tests.
#pragma once

#include <arpa/inet.h>
#include <future>
#include <latch>
#include <memory>
#include <mutex>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include "accounts/fake_control.hpp"
#include "accounts/memory_tables.hpp"
#include "accounts/store_thread.hpp"
#include "base/check.hpp"
#include "http/server.hpp"

namespace dunlin::http {

// Reads with a limit that only a broken server reaches.
inline constexpr int patience_ms = 20'000;

class test_client {
 public:
  explicit test_client(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    DUNLIN_CHECK(fd_ >= 0);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
  }
  test_client(const test_client&) = delete;
  test_client& operator=(const test_client&) = delete;
  ~test_client() { ::close(fd_); }

  void send(std::string_view text) {
    while (!text.empty()) {
      const auto n = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (n <= 0) return;  // the server has closed: what it said is still to be read
      text.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  // More bytes; false at the end of the connection.
  bool more() {
    pollfd readable{fd_, POLLIN, 0};
    if (::poll(&readable, 1, patience_ms) <= 0) {
      ADD_FAILURE() << "the server neither answered nor closed";
      return false;
    }
    char chunk[8192];
    const auto n = ::recv(fd_, chunk, sizeof chunk, 0);
    if (n <= 0) return false;
    held.append(chunk, static_cast<std::size_t>(n));
    return true;
  }
  std::string until_closed() {
    while (more()) {
    }
    return std::exchange(held, {});
  }
  // One answer: header, and as much as its Content-Length says.
  std::string answer(bool head = false) {
    std::size_t end = std::string::npos;
    while ((end = held.find("\r\n\r\n")) == std::string::npos) {
      if (!more()) return std::exchange(held, {});
    }
    end += 4;
    const auto at = held.substr(0, end).find("Content-Length: ");
    const auto body = at == std::string::npos || head ? 0 : std::stoul(held.substr(at + 16));
    while (held.size() < end + body && more()) {
    }
    auto out = held.substr(0, end + body);
    held.erase(0, end + body);
    return out;
  }

  std::string held;

 private:
  int fd_;
};

inline int status_of(const std::string& answer) { return answer.size() < 12 ? 0 : std::stoi(answer.substr(9, 3)); }
inline std::string body_of(const std::string& answer) {
  const auto end = answer.find("\r\n\r\n");
  return end == std::string::npos ? "" : answer.substr(end + 4);
}

class HttpServer : public testing::Test {
 public:
  explicit HttpServer(options wanted = {}) {
    wanted.address = "127.0.0.1:0";
    web = std::make_unique<server>(context, wanted, with);
    EXPECT_TRUE(web->listen());
    port = static_cast<std::uint16_t>(std::stoi(web->address().substr(web->address().rfind(':') + 1)));
    web->start();
    thread = std::thread([this] { context.run(); });
  }
  ~HttpServer() override {  // NOLINT(bugprone-exception-escape): a test may end so
    on_thread([this] { web->stop(); });
    guard.reset();
    context.stop();
    thread.join();
    accounts.stop();
    queue.stop();
  }

 protected:
  void on_thread(const std::function<void()>& work) {
    std::promise<void> done;
    boost::asio::post(context, [&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }

  // What `look` finds in the tables, on the thread that they belong to.
  template <class Look>
  auto on_store(Look look) {
    std::promise<decltype(look())> found;
    queue.post([&] { found.set_value(look()); }, accounts::job_queue::lane::reserved);
    return found.get_future().get();
  }

  std::string get(const std::string& path, const std::string& headers = "") {
    test_client client(port);
    client.send("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers + "\r\n");
    return client.until_closed();
  }
  // An answer is taken on whatever thread it comes on.
  static void direct(const accounts::job& work) { work(); }
  // One request with a body, on a connection of its own.
  std::string send(const std::string& method, const std::string& path, const std::string& body,
                   const std::string& headers = "", const std::string& type = "application/json") const {
    test_client client(port);
    client.send(method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers +
                (type.empty() ? "" : "Content-Type: " + type + "\r\n") +
                "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    return client.until_closed();
  }
  // Does it so many times at once, and gives what each was given.
  template <class Work>
  static auto at_once(int times, Work work) {
    std::vector<std::future<decltype(work(0))>> all;
    std::latch ready(times);
    for (int i = 0; i < times; ++i) {
      all.push_back(std::async(std::launch::async, [&ready, &work, i] {
        ready.arrive_and_wait();
        return work(i);
      }));
    }
    std::vector<decltype(work(0))> out;
    for (auto& one : all) out.push_back(one.get());
    return out;
  }
  accounts::issued add(const std::string& handle) {
    std::promise<accounts::issued> made;
    accounts::registration_request one;
    one.handle = handle;
    accounts.register_accounts(
        {one}, [](const accounts::job& j) { j(); }, [&](const auto& r) { made.set_value(r->all.front()); });
    return made.get_future().get();
  }
  static std::string bearer(const accounts::issued& who) {
    return "Authorization: Bearer " + accounts::to_text(who.secret) + "\r\n";
  }
  std::uint64_t metric(const std::string& name) {
    const auto text = counted.expose();
    const auto at = text.find("\n" + name + " ");
    return at == std::string::npos ? 0 : std::stoull(text.substr(at + name.size() + 2));
  }

  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard = make_work_guard(context);
  metrics counted;
  seeded_random random{3};
  system_clock time;
  accounts::memory_tables tables{random};
  accounts::store_thread queue;
  engine::fake_control streams;
  accounts::service accounts{tables.tables(), streams, queue, time, random, counted};
  std::atomic<readiness> state{readiness::ready};
  std::mutex lock;
  std::promise<upgraded> handed;
  accounts::sign_ups people{accounts, accounts::signup_policy::invite, counted};
  accounts::profiles shown{accounts, accounts::directory_policy::members};
  accounts::linking links{accounts, counted};
  services with{accounts,
                people,
                shown,
                links,
                streams,
                counted,
                time,
                [this] { return state.load(); },
                [this](upgraded u) { handed.set_value(std::move(u)); },
                {},
                {"Test", "0.0"},
                nullptr};
  std::unique_ptr<server> web;
  std::thread thread;
  std::uint16_t port = 0;
};

}  // namespace dunlin::http
