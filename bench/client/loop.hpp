// One thread's event loop over many client connections: edge-triggered epoll, one shared receive buffer, each
// connection flushed at most once a turn. A load runs one loop a thread; nothing is shared between loops.
//
// Thread rule: one thread. Bounds: at most `max_connections` connections.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.hpp"
#include "base/output.hpp"
#include "base/random.hpp"
#include "bench/client/connection.hpp"

namespace dunlin::bench {

// Nanoseconds on the monotonic clock.
using time_ns = std::uint64_t;
time_ns monotonic_ns();
// Milliseconds since 1970: what message ids are made of.
std::uint64_t wall_clock_ms();

inline constexpr time_ns ns_per_ms = 1'000'000;
inline constexpr time_ns ns_per_s = 1'000'000'000;

class loop {
 public:
  static constexpr std::size_t max_connections = 40'000;
  static constexpr std::size_t read_size = std::size_t{256} << 10;

  explicit loop(std::uint64_t seed = 1);
  loop(const loop&) = delete;
  loop& operator=(const loop&) = delete;
  ~loop();

  // A connection in state closed, which lives as long as the loop. `listener` outlives the loop.
  connection& add(events& listener);
  [[nodiscard]] std::size_t size() const { return connections_.size(); }
  [[nodiscard]] connection& at(std::size_t index) { return *connections_[index]; }

  // Writes out what waits, sleeps until there is something to do (at the latest until `until`), does it, and writes out
  // what came of it.
  void turn(time_ns until);

  // The time at the last wake-up.
  [[nodiscard]] time_ns now() const { return now_; }

 private:
  friend class connection;

  void flush_dirty();

  int epoll_ = -1;
  time_ns now_ = 0;
  bytes buffer_;
  std::vector<connection*> dirty_;
  std::vector<connection*> flushing_;
  std::vector<std::unique_ptr<connection>> connections_;
  chunk_pool chunks_;  // for the rare packets that the codec encodes
  seeded_random random_;
};

}  // namespace dunlin::bench
