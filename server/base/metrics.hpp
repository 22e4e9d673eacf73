// Counters and gauges of one process, written in Prometheus's text format (version 0.0.4).
//
// A metric is declared once, where it is counted, and lives as long as the registry. `counter` and `gauge` have one
// writer thread each (a shard has its own, labelled); any thread may read them. Names follow Prometheus: a unit as
// suffix (`_seconds`, `_bytes`), counters, and nothing else, end in `_total`. Registering one that does not ends the
// process, as does a name that has another type or help already.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace dunlin {

// Single writer: `add` is a plain load and store, no locked instruction.
class counter {
 public:
  void add(std::uint64_t n = 1) { value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class gauge {
 public:
  void set(std::int64_t v) { value_.store(v, std::memory_order_relaxed); }
  void add(std::int64_t n) { set(value() + n); }
  [[nodiscard]] std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

// Durations in two buckets an octave from 16 µs to 8.4 s (16, 24, 32, 48, 64, …), exposed in seconds.
class histogram {
 public:
  static constexpr int buckets = 39;
  // `times`: as if it were called so often.
  void observe_us(std::uint64_t us, std::uint64_t times = 1);
  [[nodiscard]] std::uint64_t bucket(int i) const { return counts_[static_cast<std::size_t>(i)].value(); }
  [[nodiscard]] std::uint64_t sum_us() const { return sum_us_.value(); }
  [[nodiscard]] std::uint64_t count() const { return count_.value(); }
  // The upper bound of bucket i in microseconds.
  static constexpr std::uint64_t bound_us(int i) { return std::uint64_t{i % 2 == 0 ? 16U : 24U} << (i / 2); }

 private:
  std::array<counter, buckets + 1> counts_;
  counter sum_us_;
  counter count_;
};

// Thread rule: any thread; registration and exposition take a lock, counting never does.
class metrics {
 public:
  // `labels` is written as it is between braces: `reason="busy",shard="0"`; may be empty. References stay valid as long
  // as the registry.
  counter& make_counter(std::string_view name, std::string_view help, std::string_view labels = "");
  gauge& make_gauge(std::string_view name, std::string_view help, std::string_view labels = "");
  histogram& make_histogram(std::string_view name, std::string_view help, std::string_view labels = "");
  // The same for one that lives elsewhere, at least until the last exposition.
  void show(std::string_view name, std::string_view help, const counter& what);
  void show(std::string_view name, std::string_view help, const gauge& what);
  void show(std::string_view name, std::string_view help, const histogram& what);
  // A value that is asked for at exposition; `read` must be callable from any thread. A counter if the name says so.
  void make_callback(std::string_view name, std::string_view help, std::string_view labels,
                     std::function<double()> read);

  [[nodiscard]] std::string expose() const;

 private:
  enum class kind { counter, gauge, histogram };
  struct series {
    kind what;
    std::string name;
    std::string help;
    std::string labels;
    counter count;
    gauge level;
    histogram times;
    // Where the value is: one of the three above, or elsewhere; or what gives it.
    const counter* counted = &count;
    const gauge* measured = &level;
    const histogram* timed = &times;
    std::function<double()> read;
  };
  series& add(kind what, std::string_view name, std::string_view help, std::string_view labels);
  static void write(const series& s, std::string& out);

  mutable std::mutex lock_;
  std::deque<series> series_;
};

}  // namespace dunlin
