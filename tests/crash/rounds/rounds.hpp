// The crash test: people who talk through a server that is killed again and again, on a disk that loses what was not
// synced, and a ledger that knows what may not have happened.
//
// Thread rule: blocks its caller. Bounds: rounds; a time limit for each start, each round and the end.
#pragma once

#include <cstdint>
#include <string>

#include "tests/crash/rounds/people.hpp"
#include "tests/crash/rounds/server_process.hpp"

namespace dunlin::crash {

struct round_options {
  unsigned rounds = 100;
  std::uint64_t seed = 1;
  bool until_delivered = false;  // conversations are trimmed once everybody has everything
  unsigned max_seconds = 600;    // stop making rounds after that; 0: no limit
  server_options server;
};

class round_test {
 public:
  explicit round_test(const round_options& options);

  // What is wrong, or empty.
  std::string run();
  // What happened, for people.
  [[nodiscard]] std::string summary() const;

 private:
  // Each returns what is wrong, or empty.
  std::string set_up();
  std::string one_round(unsigned number);
  std::string settle();
  std::string read_everything();

  std::string start(unsigned sync_us);
  std::string wait_ready();
  std::string talk_for(bench::time_ns duration);
  void crash();
  std::string add_people(unsigned count);
  std::string add_device_to(place of);
  std::string converse(const std::vector<place>& members);
  // Writes of the control plane that run while the server is killed.
  void begin_side_command();
  std::string end_side_command();

  [[nodiscard]] std::string wrong() const;

  const round_options& options_;
  seeded_random random_;
  ledger ledger_;
  people people_;
  server_process server_;
  std::string http_;
  std::unique_ptr<side_command> side_;
  std::vector<place> side_members_;  // of the conversation that it makes; empty: it makes an account
  struct known_conversation {
    std::string id;
    std::vector<place> devices;
  };
  std::vector<known_conversation> conversations_;
  std::vector<std::vector<place>> devices_of_;  // per person
  unsigned names_ = 0;
  unsigned rounds_ = 0;
  unsigned killed_while_starting_ = 0;
  unsigned some_sectors_kept_ = 0;
  unsigned side_done_ = 0;
  unsigned side_lost_ = 0;
  std::uint64_t readable_ = 0;  // records that range reads gave at the end
  std::uint64_t slowest_start_ms_ = 0;
};

}  // namespace dunlin::crash
