// crash_rounds: the crash test as a program (rounds.hpp). Prints its seed; a failure prints the command that repeats
// it.

#include <cstdio>
#include <exception>
#include <filesystem>
#include <random>
#include <string>

#include <CLI/CLI.hpp>

#include "tests/crash/rounds/rounds.hpp"

namespace dunlin::crash {
namespace {

namespace fs = std::filesystem;

struct arguments {
  round_options options;
  std::string directory;
  bool expect_failure = false;
  bool keep = false;
};

int run(arguments& a, const std::string& command) {
  round_options& o = a.options;
  std::string name = a.directory;
  if (name.empty()) {
    name = std::string(fs::exists("/dev/shm") ? "/dev/shm" : "/tmp") + "/dunlin-rounds-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
  }
  fs::create_directories(name);
  o.server.directory = fs::canonical(name).string();
  std::printf("seed %llu, %u rounds in %s\n", static_cast<unsigned long long>(o.seed), o.rounds,
              o.server.directory.c_str());
  std::fflush(stdout);
  std::string wrong;
  {
    round_test test(o);
    wrong = test.run();
    std::printf("%s", test.summary().c_str());
  }
  if (a.expect_failure) {
    fs::remove_all(o.server.directory);
    std::printf("%s: %s\n", wrong.empty() ? "NOT FOUND" : "found, as it should be", wrong.c_str());
    return wrong.empty() ? 1 : 0;
  }
  if (!wrong.empty()) {
    std::printf("FAILED: %s\nIts directory was kept: %s\nTo repeat it: %s\n", wrong.c_str(), o.server.directory.c_str(),
                command.c_str());
    return 1;
  }
  if (!a.keep) fs::remove_all(o.server.directory);
  return 0;
}

int main(int argc, char** argv) {
  arguments a;
  std::uint64_t seed = 0;
  // For where the preloaded library is: beside this program.
  const std::string beside = fs::path(fs::read_symlink("/proc/self/exe")).parent_path().parent_path().string();
  a.options.server.preload = beside + "/disk/libcrash_preload.so";
  CLI::App app("Kills a server on a disk that loses what was not synced, again and again", "crash_rounds");
  app.add_option("--dunlin", a.options.server.program, "the server")->required()->check(CLI::ExistingFile);
  app.add_option("--preload", a.options.server.preload, "the library of tests/crash/disk")->check(CLI::ExistingFile);
  app.add_option("--rounds", a.options.rounds);
  app.add_option("--seed", seed, "0 draws one");
  app.add_option("--max-seconds", a.options.max_seconds, "no new round after that; 0: no limit");
  app.add_flag("--until-delivered", a.options.until_delivered, "conversations are trimmed");
  app.add_option("--directory", a.directory, "where it all lies; fresh [a new one in /dev/shm]");
  app.add_option("--serve", a.options.server.serve, "an argument for dunlin serve")->allow_extra_args(false);
  app.add_option("--lie", a.options.server.lie, "the disk keeps nothing of files with this in their paths");
  app.add_flag("--expect-failure", a.expect_failure, "end with 0 if something is found wrong");
  app.add_flag("--keep", a.keep, "leave the directory");
  CLI11_PARSE(app, argc, argv);
  a.options.seed = seed != 0 ? seed : std::random_device{}();
  std::string command;
  for (int i = 0; i < argc; ++i) command += std::string(i > 0 ? " " : "") + argv[i];
  if (seed == 0) command += " --seed " + std::to_string(a.options.seed);
  return run(a, command);
}

}  // namespace
}  // namespace dunlin::crash

int main(int argc, char** argv) {
  try {
    return dunlin::crash::main(argc, argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "crash_rounds: %s\n", e.what());
    return 2;
  }
}
