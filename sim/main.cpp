// dunlin_sim: the simulator's command line. Exit code 0: all promises held (or the planted bug was found), 1: not, 2:
// the command line.

#include <chrono>
#include <cstdio>
#include <random>
#include <string>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "base/log.hpp"
#include "base/planted.hpp"
#include "sim/run.hpp"

namespace {

using namespace dunlin;

constexpr std::uint64_t full_run = 300;

struct arguments {
  std::uint64_t seeds = full_run;
  std::uint64_t seed = 0;
  std::string bug;
  bool list_bugs = false;
  bool trace = false;
  bool twice = false;
};

struct bug_name {
  const char* name;
  bug which;
  const char* what;
};
constexpr bug_name bugs[bug_count] = {
    {"no_sync", bug::no_sync, "the log reports durable without a sync"},
    {"release_before_durable", bug::release_before_durable, "answers leave before their entry is durable (L2)"},
    {"arm_unconditionally", bug::arm_unconditionally, "an arm sets the bit though the head has moved on (D3)"},
    {"no_id_window", bug::no_id_window, "a retry is not recognized (S3)"},
    {"effect_forgotten_early", bug::effect_forgotten_early, "an effect is forgotten before it was applied (O1)"},
    {"recovery_in_old_segment", bug::recovery_in_old_segment, "a start goes on writing behind the old tail (L4)"},
    {"cursor_jumps_gap", bug::cursor_jumps_gap, "an acknowledgement above a gap moves the cursor (D6)"},
    {"receipt_goes_back", bug::receipt_goes_back, "a mark is set instead of merged by max (R1)"},
    {"presence_to_strangers", bug::presence_to_strangers, "presence is told without a shared conversation (P1)"},
    {"lease_outlives_member", bug::lease_outlives_member, "a lease goes on when its account has left (P1)"},
};

bool parse_bug(const std::string& name) {
  for (const auto& b : bugs) {
    if (name != b.name) continue;
    plant(b.which, true);
    return true;
  }
  return false;
}

// Only where somebody looks on.
void progress(std::uint64_t done, std::uint64_t of) {
  if (isatty(fileno(stderr)) != 0)
    std::fprintf(stderr, "\r%llu of %llu seeds", (unsigned long long)done, (unsigned long long)of);
}

int run_all(const arguments& a) {
  sim::report counts;
  const auto begin = std::chrono::steady_clock::now();
  std::printf("%llu seeds from %llu%s%s\n", (unsigned long long)a.seeds, (unsigned long long)a.seed,
              a.bug.empty() ? "" : ", planted: ", a.bug.c_str());
  std::fflush(stdout);
  for (std::uint64_t i = 0; i < a.seeds; ++i) {
    const std::uint64_t seed = a.seed + i;
    auto done = sim::run_seed(seed, counts, a.trace);
    progress(i + 1, a.seeds);
    if (a.twice && !done.broken) {
      sim::report again;
      const auto second = sim::run_seed(seed, again, false);
      if (second.trace_hash != done.trace_hash) done.broken = sim::violation{"two runs of the seed differ", ""};
    }
    if (!done.broken) continue;
    std::printf("\nseed %llu: %s\n", (unsigned long long)seed, done.broken->what.c_str());
    if (!a.bug.empty()) {
      std::printf("found: %s\n", a.bug.c_str());
      return 0;
    }
    std::printf("what happened to %s last:\n%sagain:  build/dunlin_sim --seeds 1 --seed %llu\n",
                done.broken->about.empty() ? "all" : done.broken->about.c_str(), done.tail.c_str(),
                (unsigned long long)seed);
    return 1;
  }
  const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::printf("\n%s%llu seeds in %.1f s\n", counts.table().c_str(), (unsigned long long)a.seeds, seconds);
  if (!a.bug.empty()) {
    std::printf("not found: %s\n", a.bug.c_str());
    return 1;
  }
  const auto missing = counts.missing();
  if (a.seeds < full_run || missing.empty()) return 0;
  std::printf("never occurred:");
  for (const auto& name : missing) std::printf(" %s", name.c_str());
  std::printf("\n");
  return 1;
}

int start(int argc, char** argv) {
  arguments a;
  CLI::App app("Runs the server's code on a simulated clock, network and disk, and checks what it promises.");
  app.add_option("--seeds", a.seeds, "how many seeds")->capture_default_str()->check(CLI::Range(1, 1'000'000'000));
  auto* seed = app.add_option("--seed", a.seed, "the first of them; a random one without it");
  app.add_option("--bug", a.bug, "plant this fault, and expect to find it");
  app.add_flag("--list-bugs", a.list_bugs, "list the faults that can be planted");
  app.add_flag("--trace", a.trace, "print everything that happens");
  app.add_flag("--twice", a.twice, "run each seed twice, and expect the same");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const int code = app.exit(e);
    return code == 0 ? 0 : 2;
  }
  if (a.list_bugs) {
    for (const auto& b : bugs) std::printf("%-24s %s\n", b.name, b.what);
    return 0;
  }
  if (!a.bug.empty() && !parse_bug(a.bug)) {
    std::fprintf(stderr, "no such bug: %s (see --list-bugs)\n", a.bug.c_str());
    return 2;
  }
  if (seed->count() == 0) a.seed = std::random_device()() % 1'000'000'000;
  log_start(getenv("LOGS") != nullptr ? log_level::debug : log_level::off, false);
  const int code = run_all(a);
  log_stop();
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return start(argc, argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "dunlin_sim: %s\n", e.what());
    return 2;
  }
}
