// Many devices of one loop that connect and subscribe, a bounded number at a time; what they do then is the derived
// class's matter.
//
// Thread rule: the thread that runs it; the counts may be read by any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/client/loop.hpp"
#include "bench/load/world.hpp"

namespace dunlin::bench {

// A number with one writer that other threads read.
class tick {
 public:
  void add(std::uint64_t n = 1) { value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

struct group_options {
  connect_options how;
  std::size_t opening = 64;     // connections that are being opened at a time
  bool spread_sources = false;  // from several loopback addresses: for more connections than there are ports
};

class group : public events {
 public:
  group(const world& w, const group_options& options, std::uint64_t seed);

  // A device to be connected; `subscribes` to all its filters. REQUIRES: not running yet.
  connection& add(std::uint32_t device, bool subscribes);
  // One turn of the loop, at the latest until `until`; opens more connections.
  void turn(time_ns until);
  // Closes all, with DISCONNECT.
  void close_all();

  [[nodiscard]] std::size_t size() const { return members_.size(); }
  // Connected, and subscribed where that was wished.
  [[nodiscard]] std::uint64_t ready() const { return ready_.value(); }
  // Ended without having been asked to.
  [[nodiscard]] std::uint64_t failed() const { return failed_.value(); }
  // Of the first that failed. Only once the thread that runs it has ended, or from it.
  [[nodiscard]] const std::string& first_failure() const { return first_failure_; }

  void on_connected(connection& c, const mqtt::connack_view& connack) override;
  void on_subscribed(connection& c, const mqtt::suback_view& suback) override;
  void on_message(connection& c, const incoming& m) override;
  void on_acked(connection& c, std::uint16_t packet_id, mqtt::reason_code reason, byte_span properties) override;
  void on_closed(connection& c, closed_by who, mqtt::reason_code reason) override;

 protected:
  struct member {
    std::uint32_t device = 0;
    bool subscribes = false;
  };

  virtual void on_ready(connection& /*c*/) {}
  [[nodiscard]] const world& all() const { return world_; }
  [[nodiscard]] std::uint32_t device_of(const connection& c) const { return members_[c.index()].device; }
  // Of the connection with this index.
  [[nodiscard]] std::uint32_t device_at(std::size_t index) const { return members_[index].device; }
  loop& events_loop() { return loop_; }

 private:
  void open_some();
  void became_ready(connection& c);
  void note_failure(const connection& c, const std::string& what);

  const world& world_;
  group_options options_;
  loop loop_;
  std::vector<member> members_;
  std::size_t opened_ = 0;
  bool closing_ = false;
  tick ready_;
  tick failed_;
  std::string first_failure_;
};

}  // namespace dunlin::bench
