#include "tests/crash/rounds/server_process.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/wait.h>
#include <utility>

#include <boost/json.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "tests/crash/disk/restore.hpp"

namespace dunlin::crash {

namespace fs = std::filesystem;

namespace {

// Forks and executes with standard output and error going to files.
template <class InChild>
pid_t spawn(std::vector<std::string> words, const std::string& out, const std::string& err, InChild&& in_child) {
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& w : words) argv.push_back(w.data());
  argv.push_back(nullptr);
  const pid_t pid = fork();
  if (pid != 0) return pid;
  const int o = open(out.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  const int e = open(err.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (o < 0 || e < 0) _exit(126);
  dup2(o, 1);
  dup2(e, 2);
  in_child();
  execv(argv[0], argv.data());
  _exit(127);
}

std::string how(int status) {
  if (WIFEXITED(status)) return "ended with " + std::to_string(WEXITSTATUS(status));
  return "was killed by signal " + std::to_string(WTERMSIG(status));
}

std::string read_file(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace

server_process::server_process(server_options options) : options_(std::move(options)) {
  fs::create_directories(live());
}

server_process::~server_process() { kill(); }

void server_process::start(unsigned sync_us) {
  std::error_code none;
  fs::remove(options_.directory + "/ready.json", none);
  std::vector<std::string> words{
      options_.program, "serve",   "--data",      live(),         "--mqtt",
      "127.0.0.1:0",    "--http",  "127.0.0.1:0", "--ready-file", options_.directory + "/ready.json",
      "--set",          "shards=2"};  // on any machine: what crosses between them is tried
  words.insert(words.end(), options_.serve.begin(), options_.serve.end());
  pid_ = spawn(words, log(), log(), [&] {
    setenv("LD_PRELOAD", options_.preload.c_str(), 1);
    setenv("DUNLIN_CRASH_LIVE", live().c_str(), 1);
    setenv("DUNLIN_CRASH_KEPT", kept().c_str(), 1);
    if (sync_us > 0) setenv("DUNLIN_CRASH_SYNC_US", std::to_string(sync_us).c_str(), 1);
    if (!options_.lie.empty()) setenv("DUNLIN_CRASH_LIE", options_.lie.c_str(), 1);
  });
}

std::optional<server_addresses> server_process::ready() const {
  boost::system::error_code error;
  const auto value = boost::json::parse(read_file(options_.directory + "/ready.json"), error);
  if (error || !value.is_object()) return std::nullopt;
  const auto& o = value.get_object();
  return server_addresses{std::string(o.at("mqtt").as_string()), std::string(o.at("http").as_string())};
}

bool server_process::has_ended() {
  int status = 0;
  if (pid_ < 0 || waitpid(pid_, &status, WNOHANG) == 0) return false;
  pid_ = -1;
  ending_ = "the server " + how(status);
  return true;
}

void server_process::kill() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void server_process::restore(unsigned kept_per_mille, std::uint64_t seed) const {
  crash::restore({live(), kept(), kept_per_mille, seed});
}

side_command::side_command(const server_process& server, std::vector<std::string> words) {
  static int number = 0;
  out_ = server.options().directory + "/command-" + std::to_string(++number);
  words.insert(words.begin(), server.options().program);
  words.insert(words.end(), {"--data", server.live(), "--json"});
  pid_ = spawn(words, out_, server.options().directory + "/commands.log", [] {});
}

side_command::~side_command() {
  if (pid_ >= 0) {
    ::kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  unlink(out_.c_str());
}

std::string side_command::finish(int status) {
  pid_ = -1;
  result_ = WIFEXITED(status) && WEXITSTATUS(status) == 0 ? read_file(out_) : "";
  return *result_;
}

std::optional<std::string> side_command::poll() {
  int status = 0;
  if (pid_ >= 0 && waitpid(pid_, &status, WNOHANG) == pid_) finish(status);
  return result_;
}

std::string side_command::wait() {
  if (result_) return *result_;
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  return finish(status);
}

}  // namespace dunlin::crash
