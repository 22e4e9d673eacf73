// The command line as a value: parsed here, carried out by serve.cpp and client_commands.cpp.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/config.hpp"
#include "app/requests.hpp"

namespace dunlin::app {

// What the process ends with; `dunlin --help` and docs/operations.md list them.
enum class exit_code : int {
  ok = 0,
  failed = 1,       // the server refused, or something broke
  usage = 2,        // wrong flags, or a wrong configuration
  unreachable = 3,  // no server is running on the data directory
  data = 4,         // the data directory cannot be used: in use, damaged, or of a newer version
  address = 5,      // an address to listen on is in use or not ours
  untold = 6,       // saved for good, but the streams have not learned of it yet (the disk is full, say)
};

// Where settings come from: a file, then flags over it.
struct config_source {
  struct flag {
    std::string key;
    std::string value;
    std::string origin;  // "--mqtt"
  };
  std::string file;
  std::vector<flag> flags;
};
config_result<config> read(const config_source& from);

struct serve_command {
  config_source from;
  std::string ready_file;
};
struct config_command {
  config_source from;
  bool json = false;
};
// Asks a running server.
struct client_command {
  std::string data;
  bool json = false;
  request what;
  std::string out;  // of device mint: the file; "-" is standard output
};
// Nothing to carry out: help, the version, or what was wrong.
struct finished {
  exit_code code = exit_code::ok;
  std::string text;
};

using command = std::variant<serve_command, config_command, client_command, finished>;

// `arguments` without the program's name.
command parse(const std::vector<std::string>& arguments);

}  // namespace dunlin::app
