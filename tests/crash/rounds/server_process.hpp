// The server under test as a process on a disk that loses what was not synced: started, killed, started again.
//
// Thread rule: one thread. Lifetime: kills the process when destroyed.
#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace dunlin::crash {

struct server_options {
  std::string program;             // the dunlin binary
  std::string preload;             // the library of disk/
  std::string directory;           // where everything of this run lies
  std::vector<std::string> serve;  // more arguments for `serve`
  std::string lie;                 // the disk keeps nothing of files with this in their paths; empty: it is honest
};

struct server_addresses {
  std::string mqtt;
  std::string http;
};

class server_process {
 public:
  explicit server_process(server_options options);
  server_process(const server_process&) = delete;
  server_process& operator=(const server_process&) = delete;
  ~server_process();

  // A sync of this run takes up to `sync_us` microseconds.
  void start(unsigned sync_us);
  // The addresses once it is ready; nothing before.
  [[nodiscard]] std::optional<server_addresses> ready() const;
  // Has it ended by itself? Then `ending` says how.
  bool has_ended();
  [[nodiscard]] const std::string& ending() const { return ending_; }
  // kill -9, and waits for its end.
  void kill();
  // What the disk kept becomes the data directory. `kept_per_mille`, `seed`: see disk/restore.hpp.
  void restore(unsigned kept_per_mille, std::uint64_t seed) const;

  [[nodiscard]] std::string live() const { return options_.directory + "/live"; }
  [[nodiscard]] std::string kept() const { return options_.directory + "/kept"; }
  [[nodiscard]] std::string log() const { return options_.directory + "/server.log"; }
  [[nodiscard]] const server_options& options() const { return options_; }

 private:
  server_options options_;
  pid_t pid_ = -1;
  std::string ending_;
};

// A command of the dunlin binary that runs beside the test: `dunlin WORDS… --data LIVE --json`.
class side_command {
 public:
  side_command(const server_process& server, std::vector<std::string> words);
  side_command(const side_command&) = delete;
  side_command& operator=(const side_command&) = delete;
  ~side_command();

  // Its standard output if it ended with 0, an empty text if it ended otherwise; nothing while it runs.
  std::optional<std::string> poll();
  // The same, waiting for its end.
  std::string wait();

 private:
  std::string finish(int status);

  pid_t pid_ = -1;
  std::string out_;
  std::optional<std::string> result_;
};

}  // namespace dunlin::crash
