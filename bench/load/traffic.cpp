#include "bench/load/traffic.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include <time.h>
#include <unistd.h>

#include "bench/client/process.hpp"
#include "bench/load/traffic_worker.hpp"

namespace dunlin::bench {

namespace {

constexpr time_ns connect_limit = 120 * ns_per_s;
constexpr time_ns drain_limit = 60 * ns_per_s;
constexpr time_ns stall_limit = 5 * ns_per_s;  // draining: no delivery for so long
// The backlog is a sawtooth: the highest of so long around 10 s is held against the highest of as long before the end.
constexpr time_ns backlog_from = 5 * ns_per_s;
constexpr time_ns backlog_span = 10 * ns_per_s;
constexpr time_ns sample_every = 100 * ns_per_ms;

void sleep_until(time_ns at) {
  const timespec t{static_cast<time_t>(at / ns_per_s), static_cast<long>(at % ns_per_s)};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, nullptr);
}

// Says so and waits for a line, or the end, of standard input.
void wait_after(const char* what) {
  std::printf("%s\n", what);
  std::fflush(stdout);
  for (int c = std::getchar(); c != '\n' && c != EOF;) c = std::getchar();
}

struct sample {
  time_ns at = 0;
  std::uint64_t sent = 0;
  std::uint64_t done = 0;
  std::uint64_t cpu = 0;      // of the server
  std::uint64_t own_cpu = 0;  // of this program
};

class traffic_run {
 public:
  traffic_run(const world& w, const traffic_options& options) : options_(options) {
    for (unsigned i = 0; i < options.threads; ++i) {
      workers_.push_back(std::make_unique<traffic_worker>(w, options, shared_, i));
    }
    // Pairs stay on one thread; the members of a few large groups are spread over all.
    const bool by_conversation = w.conversations.size() >= options.threads;
    for (std::uint32_t d = 0; d < w.devices.size(); ++d) {
      if (w.conversations_of[d].empty()) continue;
      if (static_cast<int>(d) == options.stopped_reader && !options.stopped_connects) continue;
      workers_[(by_conversation ? w.conversations_of[d].front() : d) % workers_.size()]->take(d);
    }
  }

  bool run(report& out) {
    std::vector<std::thread> threads;
    threads.reserve(workers_.size());
    for (auto& worker : workers_) threads.emplace_back([&worker] { worker->run(); });
    const bool connected = connect();
    if (connected && options_.step_by_step) wait_after("connected");
    if (connected) measure();
    if (connected) drain();
    if (connected && options_.step_by_step) wait_after("delivered");
    shared_.phase = run_phase::end;
    for (std::thread& t : threads) t.join();
    if (!connected) {
      out.text("error", "not all could connect: " + first_failure());
      return false;
    }
    write(out);
    return true;
  }

 private:
  template <class Get>
  std::uint64_t total(Get&& get) const {
    std::uint64_t n = 0;
    for (const auto& worker : workers_) n += get(*worker);
    return n;
  }
  [[nodiscard]] std::uint64_t failed() const {
    return total([](const traffic_worker& w) { return w.failed(); });
  }
  [[nodiscard]] std::string first_failure() const {
    for (const auto& worker : workers_) {
      if (!worker->first_failure().empty()) return worker->first_failure();
    }
    return "too slow";
  }

  bool connect() {
    const std::uint64_t wanted = total([](const traffic_worker& w) { return w.size(); });
    const time_ns deadline = monotonic_ns() + connect_limit;
    while (total([](const traffic_worker& w) { return w.ready(); }) < wanted) {
      if (failed() > 0 || monotonic_ns() > deadline) return false;
      sleep_until(monotonic_ns() + 5 * ns_per_ms);
    }
    return true;
  }

  sample take() const {
    sample s;
    s.done = shared_.done.load();
    s.sent = shared_.sent.load();
    s.cpu = options_.server != 0 ? cpu_ns(options_.server).value_or(0) : 0;
    s.own_cpu = cpu_ns(getpid()).value_or(0);
    s.at = monotonic_ns();
    return s;
  }
  [[nodiscard]] std::uint64_t backlog() const {
    // done before due: a backlog is never taken for smaller than it is.
    const std::uint64_t done = shared_.done.load();
    const std::uint64_t due = shared_.due.load();
    return due > done ? due - done : 0;
  }
  [[nodiscard]] bool all_sent() const { return options_.messages != 0 && shared_.sent.load() >= options_.messages; }

  void measure() {
    shared_.phase = run_phase::warm_up;
    if (options_.warm_up > 0) sleep_until(monotonic_ns() + options_.warm_up * ns_per_s);
    first_ = take();
    shared_.measure_from = first_.at;
    shared_.phase = run_phase::measure;
    if (options_.server != 0) io_before_ = io_of(options_.server).value_or(process_io{});
    const time_ns end = first_.at + options_.seconds * ns_per_s;
    const time_ns early = first_.at + backlog_from;
    const time_ns late = end - backlog_span;
    has_backlogs_ = late >= early + backlog_span;
    unsigned until_memory = 0;
    for (time_ns at = first_.at; at < end && failed() == 0 && !all_sent(); at += sample_every) {
      sleep_until(std::min(at + sample_every, end));
      const std::uint64_t now = backlog();
      if (at >= early && at < early + backlog_span) early_backlog_ = std::max(early_backlog_, now);
      if (at >= late) late_backlog_ = std::max(late_backlog_, now);
      if (options_.server != 0 && until_memory-- == 0) {
        until_memory = 4;
        peak_rss_ = std::max(peak_rss_, resident(options_.server).value_or(0));
      }
    }
    last_ = take();
    if (options_.server != 0) io_after_ = io_of(options_.server).value_or(process_io{});
    shared_.phase = run_phase::drain;
  }

  void drain() {
    const time_ns start = monotonic_ns();
    time_ns moved = start;
    std::uint64_t done = shared_.done.load();
    while (done < shared_.due.load()) {
      sleep_until(monotonic_ns() + 10 * ns_per_ms);
      const time_ns now = monotonic_ns();
      if (now - start > drain_limit || now - moved > stall_limit) return;
      if (shared_.done.load() != done) moved = now;
      done = shared_.done.load();
    }
    // What comes now is doubled.
    sleep_until(monotonic_ns() + 200 * ns_per_ms);
  }

  void write(report& out) const {
    const double seconds = static_cast<double>(last_.at - first_.at) / static_cast<double>(ns_per_s);
    const auto sent = static_cast<double>(last_.sent - first_.sent);
    const auto done = static_cast<double>(last_.done - first_.done);
    const double cpu_us = static_cast<double>(last_.cpu - first_.cpu) / 1000;
    out.real("seconds", seconds).real("sent_per_s", sent / seconds).real("delivered_per_s", done / seconds);
    if (options_.server != 0) {
      out.real("cpu_us_per_message", sent > 0 ? cpu_us / sent : 0);
      out.real("cpu_us_per_delivery", done > 0 ? cpu_us / done : 0);
      out.real("cpu_cores", cpu_us / 1e6 / seconds).number("peak_rss", peak_rss_);
      out.real("bytes_written_per_message",
               sent > 0 ? static_cast<double>(io_after_.to_storage - io_before_.to_storage) / sent : 0);
    }
    const double own_us = static_cast<double>(last_.own_cpu - first_.own_cpu) / 1000;
    out.real("generator_cpu_us_per_delivery", done > 0 ? own_us / done : 0)
        .real("generator_cores", own_us / 1e6 / seconds);
    out.number("sent", last_.sent - first_.sent).number("delivered", last_.done - first_.done);
    if (has_backlogs_) out.number("backlog_at_10s", early_backlog_).number("backlog_at_end", late_backlog_);
    write_counts(out);
    write_latencies(out);
  }

  void write_counts(report& out) const {
    std::map<std::uint32_t, std::uint64_t> sent;
    for (const auto& worker : workers_) {
      for (const auto& [conversation, n] : worker->sent()) sent[conversation] += n;
    }
    std::uint64_t lost = 0;
    std::uint64_t doubled = 0;
    std::uint64_t reordered = 0;
    for (const auto& worker : workers_) {
      for (std::size_t c = 0; c < worker->counts().size(); ++c) {
        for (const auto& count : worker->counts()[c]) {
          if (worker->is_stopped(c)) continue;
          lost += count.seen.lost(sent[count.conversation]);
          doubled += count.seen.doubled();
          reordered += count.seen.reordered();
        }
      }
    }
    out.number("lost", lost).number("doubled", doubled).number("reordered", reordered);
    out.number("refused", total([](const traffic_worker& w) { return w.refused(); }));
    out.number("late", total([](const traffic_worker& w) { return w.late(); }));
    out.number("other_messages", total([](const traffic_worker& w) { return w.others(); }));
    out.number("connections_lost", failed());
    if (failed() > 0) out.text("first_failure", first_failure());
  }

  void write_latencies(report& out) const {
    histogram delivered;
    histogram answered;
    for (const auto& worker : workers_) {
      delivered.add(worker->latencies());
      answered.add(worker->answers());
    }
    const auto us = [](std::uint64_t ns) { return static_cast<double>(ns) / 1000; };
    out.real("p50_us", us(delivered.percentile_ns(0.5))).real("p90_us", us(delivered.percentile_ns(0.9)));
    out.real("p99_us", us(delivered.percentile_ns(0.99))).real("p999_us", us(delivered.percentile_ns(0.999)));
    out.real("max_us", us(delivered.max_ns()));
    out.real("answer_p50_us", us(answered.percentile_ns(0.5))).real("answer_p99_us", us(answered.percentile_ns(0.99)));
  }

  const traffic_options& options_;
  shared_run shared_;
  std::vector<std::unique_ptr<traffic_worker>> workers_;
  sample first_;
  sample last_;
  bool has_backlogs_ = false;  // the run is long enough for two
  std::uint64_t early_backlog_ = 0;
  std::uint64_t late_backlog_ = 0;
  process_io io_before_;
  process_io io_after_;
  std::uint64_t peak_rss_ = 0;
};

}  // namespace

std::string check(const traffic_options& o) {
  if (o.rate == 0 && (o.window < 1 || o.window > 256)) return "window must be 1 to 256";
  if (o.rate > 1'000'000) return "rate must be at most 1,000,000";
  if (o.seconds < 1 || o.seconds > 600 || o.warm_up > 60) return "seconds must be 1 to 600, warm-up at most 60";
  if (o.threads < 1 || o.threads > 16) return "threads must be 1 to 16";
  if (o.body_size < stamp::size || o.body_size > 65'536) return "body must be 24 to 65,536 bytes";
  return {};
}

bool run_traffic(const world& w, const traffic_options& options, report& out) {
  return traffic_run(w, options).run(out);
}

}  // namespace dunlin::bench
