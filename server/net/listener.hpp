// A listening TCP socket on a shard's loop: accepts, in bounded batches, and hands each connection on.
//
// Where the process or the machine runs out of descriptors or memory, accepting pauses until the next sweep (the
// kernel's queue holds who waits) and is counted; above the limit of open connections who comes is closed at once, so
// that he hears of it instead of waiting.
//
// Thread rule: the loop's thread; `connection_limit` any. Lifetime: loop, limit and taker outlive it.
// Bounds: max_batch connections a turn; the kernel's queue as `backlog` says.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/metrics.hpp"
#include "base/result.hpp"
#include "net/descriptor.hpp"
#include "rt/event_loop.hpp"

namespace dunlin::net {

// How many connections are open at a time, over all listeners and shards that share it.
class connection_limit {
 public:
  explicit connection_limit(std::size_t most) : most_(most) {}

  [[nodiscard]] bool take() {
    if (open_.fetch_add(1, std::memory_order_relaxed) < most_) return true;
    give_back();
    return false;
  }
  // One that take() allowed is closed.
  void give_back() { open_.fetch_sub(1, std::memory_order_relaxed); }
  [[nodiscard]] std::size_t open() const { return open_.load(std::memory_order_relaxed); }

 private:
  std::size_t most_;
  std::atomic<std::size_t> open_{0};
};

// The kernel asks a peer that is silent for minutes whether it is still there, and ends the connection if it is not:
// for those who chose no keep-alive of MQTT and vanished without a word. What a listening socket has, accepted ones
// inherit.
void notice_silence(int socket);

struct listener_counters {
  listener_counters(metrics& registry, std::string_view labels);

  counter& accepted;
  counter& refused;  // above the limit
  counter& pauses;   // out of descriptors or memory
};

class listener final : public rt::event_handler {
 public:
  static constexpr std::size_t max_batch = 64;
  static constexpr int backlog = 4096;

  // A socket that does not block, with Nagle's delay off, for which the limit has a place: whoever closes it gives that
  // back. Takers on other loops are posted to.
  using taker = std::function<void(descriptor)>;

  // `host` is an IPv4 or IPv6 literal or "localhost" (127.0.0.1); port 0 picks a free one. Fails with EINVAL for
  // another name, else as socket, bind and listen do. `labels` as in metrics.
  static result<std::unique_ptr<listener>> create(rt::event_loop& loop, const std::string& host, std::uint16_t port,
                                                  connection_limit& limit, taker take, metrics& registry,
                                                  std::string_view labels);
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;
  ~listener();

  // The port that it listens on.
  [[nodiscard]] std::uint16_t port() const { return port_; }

  next on_ready(rt::readiness what) override;
  void on_flush() override {}
  void on_sweep(mono_ms now) override;

 private:
  listener(rt::event_loop& loop, descriptor socket, std::uint16_t port, connection_limit& limit, taker take,
           metrics& registry, std::string_view labels);

  rt::event_loop* loop_;
  descriptor socket_;
  std::uint16_t port_;
  connection_limit* limit_;
  taker take_;
  listener_counters counters_;
  rt::event_loop::place place_ = 0;
  bool added_ = false;
  bool paused_ = false;
};

}  // namespace dunlin::net
