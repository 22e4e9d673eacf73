// One seed: a storm in which everything goes wrong that can, then calm, in which everything must come right.
//
//   storm  people and devices do what they do; links, sockets, disk and power fail; the server starts again and again,
//          with another number of shards each time
//   calm   nothing fails any more; every device connects, and within bounded time has everything (liveness)
//   news   a message to each conversation reaches everybody who is connected, without anybody's doing: bits are armed
//   tidy   receipts of all come together, nothing is owed or waited for
//   going  who comes, goes and is removed is told of to those who may know, and to nobody else
//   audit  all is read by range, the power goes once more, and all is read again
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sim/device.hpp"
#include "sim/scenario.hpp"

namespace dunlin::sim {

struct outcome {
  std::optional<violation> broken;
  std::uint64_t trace_hash = 0;
  std::string tail;  // of the trace, if something was broken
};

// The run of one seed. What occurred is added to `counts`; `print`: the trace goes to standard output.
outcome run_seed(std::uint64_t seed, report& counts, bool print);

class run {
 public:
  run(std::uint64_t seed, report& counts, bool print);
  ~run();
  // Ends with a `violation` thrown if a promise was broken.
  void go();
  world& around() { return world_; }
  // What the engine holds for an account or device of that name.
  std::string describe(const std::string& about);

 private:
  void storm();
  void calm();
  void news();
  void tidy();
  void going();
  void audit();

  void step(mono_ms dt);
  // Records that all devices hold.
  [[nodiscard]] std::size_t held() const;
  // Steps until `missing` says nothing; fails with what it says where no device gets anything new for `most` of time.
  void until(const char* phase, mono_ms most, const std::function<std::string()>& missing);
  void start_server();
  // Gone: killed, or without power.
  void stop_server(bool power);
  void plan_faults();
  void fill_disk();
  void empty_disk();
  std::string devices_missing();
  std::string presence_missing();

  world world_;
  machine machine_;
  stage stage_;
  std::unique_ptr<scenario> scenario_;
  mono_ms start_at_ = 0;
  mono_ms full_until_ = 0;
  bool cut_planned_ = false;
};

}  // namespace dunlin::sim
