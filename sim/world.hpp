// What everything in a run shares: the seed's randomness, the simulated clock, the trace, and the way to say that a
// promise was broken. Nothing in a run looks at real time or at another source of randomness, so the same seed gives
// the same run, byte for byte.
//
// Thread rule: one thread; everything of a run belongs to it.
// Bounds: the trace keeps the last `trace_kept` lines.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/output.hpp"
#include "base/random.hpp"
#include "sim/report.hpp"

namespace dunlin::sim {

// A promise of the server that was broken: ends the run of its seed.
struct violation {
  std::string what;
  std::string about;  // a name of the trace: a conversation, an account or a device; may be empty
};

class world final : public clock {
 public:
  static constexpr std::size_t trace_kept = 200'000;

  world(std::uint64_t seed, report& counts, bool print);

  // --- time
  [[nodiscard]] moment now() const override { return now_; }
  [[nodiscard]] mono_ms ms() const { return now_.mono; }
  void pass(mono_ms by);
  // False from the end phase on: no more faults.
  bool stormy = true;

  // --- chance
  seeded_random random;
  seeded_random server_random;  // what the server is given: its own, so that a change there moves little here
  std::uint64_t below(std::uint64_t n) { return random.below(n); }
  bool one_in(std::uint64_t n) { return random.one_in(n); }
  mono_ms between(mono_ms low, mono_ms high) {
    return low + static_cast<mono_ms>(random.below(static_cast<std::uint64_t>(high - low + 1)));
  }
  // As one_in, but never in the end phase: for faults.
  bool fault(std::uint64_t n) { return stormy && random.one_in(n); }

  // --- what happened
  void count(seen what, std::uint64_t n = 1) { counts_.add(what, n); }
  template <class... Args>
  void note(fmt::format_string<Args...> text, Args&&... args) {
    write(fmt::format(text, std::forward<Args>(args)...));
  }
  template <class... Args>
  [[noreturn]] void fail(const std::string& about, fmt::format_string<Args...> text, Args&&... args) {
    throw violation{fmt::format(text, std::forward<Args>(args)...), about};
  }
  // Of all lines so far.
  [[nodiscard]] std::uint64_t trace_hash() const { return hash_; }
  // The last lines that have `about` as a word, at most `most`.
  [[nodiscard]] std::string tail(const std::string& about, std::size_t most) const;

  // --- names: short ones for the trace, such as c2 for the second conversation
  template <class Id>
  std::string name(const Id& id) const {
    const auto it = names_.find({id.hi, id.lo});
    return it == names_.end() ? to_text(id) : it->second;
  }
  template <class Id>
  void give_name(const Id& id, std::string name) {
    names_[{id.hi, id.lo}] = std::move(name);
  }

  chunk_pool chunks;  // of all outputs

 private:
  void write(std::string line);

  moment now_{1'000'000, 1'700'000'000'000};
  report& counts_;
  bool print_;
  std::uint64_t hash_ = 0xcbf29ce484222325U;
  std::deque<std::string> lines_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::string> names_;
};

}  // namespace dunlin::sim
