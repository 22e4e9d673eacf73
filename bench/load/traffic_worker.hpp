// One thread's share of a traffic run (traffic.hpp): senders that send, receivers that acknowledge and count.
//
// Thread rule: run() on its own thread; `shared_run` and the ticks are what others see meanwhile, everything else may
// be read once run() has returned.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "bench/client/histogram.hpp"
#include "bench/client/tally.hpp"
#include "bench/load/traffic.hpp"

namespace dunlin::bench {

enum class run_phase : int { connect, warm_up, measure, drain, end };

// Seen by all threads of a run.
struct shared_run {
  std::atomic<run_phase> phase{run_phase::connect};
  std::atomic<std::uint64_t> measure_from{0};  // monotonic ns
  std::atomic<std::uint64_t> due{0};           // deliveries that the messages sent so far shall lead to
  std::atomic<std::uint64_t> done{0};          // deliveries
  std::atomic<std::uint64_t> sent{0};          // messages
};

class traffic_worker final : public group {
 public:
  traffic_worker(const world& w, const traffic_options& options, shared_run& shared, unsigned index);

  // Takes a device in; all before run().
  void take(std::uint32_t device);
  // Until the phase is `end`.
  void run();

  void on_message(connection& c, const incoming& m) override;
  void on_acked(connection& c, std::uint16_t packet_id, mqtt::reason_code reason, byte_span properties) override;

  // Once run() has returned:
  struct stream_count {
    std::uint32_t conversation = 0;
    tally seen;
  };
  [[nodiscard]] const histogram& latencies() const { return latencies_; }
  [[nodiscard]] const histogram& answers() const { return answers_; }
  [[nodiscard]] const std::vector<std::vector<stream_count>>& counts() const { return counts_; }
  // Is this connection (a place in counts()) that of the stopped reader?
  [[nodiscard]] bool is_stopped(std::size_t place) const {
    return static_cast<int>(device_at(place)) == options_.stopped_reader;
  }
  // Messages sent to a conversation by this worker.
  [[nodiscard]] std::vector<std::pair<std::uint32_t, std::uint64_t>> sent() const;
  [[nodiscard]] std::uint64_t refused() const { return refused_; }
  [[nodiscard]] std::uint64_t late() const { return late_; }
  [[nodiscard]] std::uint64_t others() const { return others_; }

 private:
  struct sender {
    connection* out = nullptr;
    std::uint32_t conversation = 0;
    std::uint32_t receivers = 0;
    std::string topic;
    message_writer writer;
    std::uint64_t next = 0;
    std::uint32_t unanswered = 0;
    time_ns window_sent = 0;
    time_ns next_due = 0;  // open loop
  };

  void on_ready(connection& c) override;
  void start(time_ns now);
  void send(sender& s, time_ns due);
  void send_window(sender& s);
  [[nodiscard]] bool may_send(const sender& s) const;
  // Sends what is due; returns when the next one is.
  time_ns pace(time_ns now);
  void publish_progress();

  const traffic_options& options_;
  shared_run& shared_;
  std::vector<sender> senders_;
  std::vector<int> sender_of_;                     // per connection; -1: none
  std::vector<std::vector<stream_count>> counts_;  // per connection
  std::vector<std::uint32_t> waiting_;             // senders whose window is empty but who must not go on yet
  histogram latencies_;                            // due → delivered
  histogram answers_;                              // window sent → last PUBACK
  std::uint64_t done_here_ = 0;                    // since the last publish_progress
  std::uint64_t wall_ms_ = 0;
  time_ns interval_ = 0;
  time_ns measure_from_ = 0;
  bool started_ = false;
  std::uint64_t refused_ = 0;
  std::uint64_t late_ = 0;    // open loop: sent more than 1 ms after they were due
  std::uint64_t others_ = 0;  // receipts, notices, records without a stamp
};

}  // namespace dunlin::bench
