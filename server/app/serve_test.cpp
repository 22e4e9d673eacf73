// The program itself, as an operator meets it: started, asked, ended, and refused.
#include <arpa/inet.h>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <netinet/in.h>
#include <sstream>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <spawn.h>
#include <unistd.h>

#include "accounts/test_directory.hpp"

namespace dunlin::app {
namespace {

using testing::HasSubstr;

std::string slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// A running or ended `dunlin`; ended with the object.
class process {
 public:
  process(std::vector<std::string> arguments, const std::string& log) : out_(log + ".out"), err_(log + ".err") {
    arguments.insert(arguments.begin(), DUNLIN_PROGRAM);
    std::vector<char*> argv;
    argv.reserve(arguments.size() + 1);
    for (auto& a : arguments) argv.push_back(a.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 1, out_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&files, 2, err_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    EXPECT_EQ(posix_spawn(&pid_, DUNLIN_PROGRAM, &files, nullptr, argv.data(), environ), 0);
    posix_spawn_file_actions_destroy(&files);
  }
  process(const process&) = delete;
  process& operator=(const process&) = delete;
  ~process() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    wait();
  }
  void signal(int what) const { ::kill(pid_, what); }
  // The exit code, or minus the signal that ended it.
  int wait() {
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  // Readable once the process has ended.
  [[nodiscard]] int end_descriptor() const { return static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)); }
  [[nodiscard]] std::string out() const { return slurp(out_); }
  [[nodiscard]] std::string err() const { return slurp(err_); }

 private:
  pid_t pid_ = -1;
  std::string out_;
  std::string err_;
};

class Serve : public testing::Test {
 protected:
  std::unique_ptr<process> start(const std::string& in, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {
        "serve", "--data",           in, "--set", "log.segment_size=16 MiB", "--set", "log.max_unsealed=64 MiB",
        "--set", "log.reserve=4 MiB"};
    if (more.empty()) more = {"--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.insert(arguments.end(), {"--ready-file", ready});
    std::filesystem::remove(ready);
    return std::make_unique<process>(arguments, directory.path("server" + std::to_string(++count)));
  }
  // The addresses, once the server is ready.
  boost::json::object wait_ready(const process& server) {
    const int news = ::inotify_init1(IN_CLOEXEC);
    ::inotify_add_watch(news, directory.path().c_str(), IN_MOVED_TO);
    pollfd awaited[] = {{news, POLLIN, 0}, {server.end_descriptor(), POLLIN, 0}};
    while (!std::filesystem::exists(ready) && awaited[1].revents == 0) {
      ::poll(awaited, 2, -1);
      char event[512];
      if (awaited[0].revents != 0) {
        EXPECT_GT(::read(news, event, sizeof event), 0);
      }
    }
    ::close(news);
    ::close(awaited[1].fd);
    EXPECT_TRUE(std::filesystem::exists(ready)) << server.err();
    return boost::json::parse(slurp(ready)).as_object();
  }
  process run(const std::vector<std::string>& arguments) {
    return {arguments, directory.path("run" + std::to_string(++count))};
  }

  test_directory directory;
  std::string data = directory.path("data");
  std::string ready = directory.path("ready");
  int count = 0;
};

TEST_F(Serve, SaysWhereItListensAndStopsOnSigterm) {
  const auto server = start(data);
  const auto addresses = wait_ready(*server);
  EXPECT_THAT(std::string(addresses.at("mqtt").as_string()), testing::MatchesRegex("127.0.0.1:[0-9]+"));
  EXPECT_THAT(std::string(addresses.at("http").as_string()), testing::MatchesRegex("127.0.0.1:[0-9]+"));
  server->signal(SIGTERM);
  EXPECT_EQ(server->wait(), 0) << server->err();
  EXPECT_THAT(server->out(), HasSubstr("mosquitto_sub -p"));
  EXPECT_FALSE(std::filesystem::exists(data + "/control.sock"));
}

TEST_F(Serve, ADirectoryIsServedOnce) {
  const auto first = start(data);
  wait_ready(*first);
  const auto second = start(data);
  EXPECT_EQ(second->wait(), 4);
  EXPECT_THAT(second->err(), HasSubstr("in use by another server"));
  auto status = run({"status", "--data", data});
  EXPECT_EQ(status.wait(), 0) << status.err();
}

TEST_F(Serve, AnAddressInUseIsNamed) {
  const auto first = start(data);
  const auto addresses = wait_ready(*first);
  const std::string mqtt(addresses.at("mqtt").as_string());
  const std::string http(addresses.at("http").as_string());
  const auto second = start(directory.path("b"), {"--mqtt", mqtt, "--http", "127.0.0.1:0"});
  EXPECT_EQ(second->wait(), 5);
  EXPECT_THAT(second->err(), HasSubstr(mqtt));
  const auto third = start(directory.path("c"), {"--mqtt", "127.0.0.1:0", "--http", http});
  EXPECT_EQ(third->wait(), 5);
  EXPECT_THAT(third->err(), HasSubstr(http));
}

TEST_F(Serve, DataOfANewerVersionAreRefusedAndLeftAlone) {
  {
    const auto server = start(data);
    wait_ready(*server);
    server->signal(SIGTERM);
    ASSERT_EQ(server->wait(), 0);
  }
  // Byte 60 of an SQLite file is its user_version, big-endian.
  std::fstream file(data + "/accounts.db", std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(62);
  file.put(99);
  file.close();
  const auto before = slurp(data + "/accounts.db");
  const auto server = start(data);
  EXPECT_EQ(server->wait(), 4);
  EXPECT_THAT(server->err(), HasSubstr("newer version"));
  EXPECT_EQ(slurp(data + "/accounts.db"), before);
}

TEST_F(Serve, AWrongConfigurationIsRefusedWithItsPlace) {
  const auto file = directory.path("d.toml");
  std::ofstream(file) << "\n[limits]\nmax_boddy = 1\n";
  const auto server = start(data, {"--config", file});
  EXPECT_EQ(server->wait(), 2);
  EXPECT_THAT(server->err(),
              HasSubstr(file + ":3: there is no setting 'limits.max_boddy', did you mean 'limits.max_body'?"));
  EXPECT_FALSE(std::filesystem::exists(data));
}

TEST_F(Serve, WhatWasMadeIsThereAfterKill9AndTheSocketTooIsMadeAnew) {
  std::string account;
  std::string conversation;
  {
    const auto server = start(data);
    wait_ready(*server);
    auto ada = run({"account", "add", "ada", "--data", data});
    ASSERT_EQ(ada.wait(), 0) << ada.err();
    account = boost::json::parse(ada.out()).at("account").as_string();
    auto ben = run({"account", "add", "ben", "--data", data});
    ASSERT_EQ(ben.wait(), 0) << ben.err();
    auto direct = run({"conversation", "add", "--members", "ada,ben", "--data", data});
    ASSERT_EQ(direct.wait(), 0) << direct.err();
    conversation = boost::json::parse(direct.out()).at("conversation").as_string();
    server->signal(SIGKILL);
    EXPECT_EQ(server->wait(), -SIGKILL);
  }
  auto none = run({"status", "--data", data});
  EXPECT_EQ(none.wait(), 3);
  const auto server = start(data);
  wait_ready(*server);
  auto again = run({"conversation", "add", "--members", "ben," + account, "--data", data});
  ASSERT_EQ(again.wait(), 0) << again.err();
  EXPECT_EQ(boost::json::parse(again.out()).at("conversation").as_string(), conversation);
  auto taken = run({"account", "add", "ada", "--data", data});
  EXPECT_EQ(taken.wait(), 1);
}

TEST_F(Serve, NobodyElseMayReadTheData) {
  const auto server = start(data);
  wait_ready(*server);
  auto ada = run({"account", "add", "ada", "--data", data});
  ASSERT_EQ(ada.wait(), 0);
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data)) {
    struct stat found{};
    ASSERT_EQ(::lstat(entry.path().c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 077, 0U) << entry.path();
    ++files;
  }
  EXPECT_GT(files, 4);
}

TEST_F(Serve, TheConfigurationIsPrintedAsAFileThatItTakes) {
  auto printed = run({"config"});
  ASSERT_EQ(printed.wait(), 0);
  const auto file = directory.path("printed.toml");
  std::ofstream(file) << printed.out();
  auto again = run({"config", "--config", file});
  EXPECT_EQ(again.wait(), 0) << again.err();
  EXPECT_EQ(again.out(), printed.out());
}

}  // namespace
}  // namespace dunlin::app
