#include "bench/load/offline.hpp"

#include <algorithm>

#include "bench/client/tally.hpp"

namespace dunlin::bench {

namespace {

constexpr time_ns connect_limit = 120 * ns_per_s;
constexpr time_ns run_limit = 600 * ns_per_s;
constexpr time_ns stall_limit = 15 * ns_per_s;

bool is_sender(const world& w, std::uint32_t device) {
  return std::any_of(w.conversations_of[device].begin(), w.conversations_of[device].end(),
                     [&](std::uint32_t c) { return w.conversations[c].members.front() == device; });
}

bool connect_all(group& g, report& out) {
  const time_ns start = monotonic_ns();
  while (g.ready() < g.size() && g.failed() == 0 && monotonic_ns() < start + connect_limit) {
    g.turn(monotonic_ns() + 100 * ns_per_ms);
  }
  if (g.ready() == g.size()) return true;
  out.text("error", "not all could connect: " + g.first_failure());
  return false;
}

class publishers final : public group {
 public:
  publishers(const world& w, const offline_options& options)
      : group(w, options.connections, options.seed), options_(options), random_(options.seed) {
    for (std::uint32_t d = 0; d < w.devices.size(); ++d) {
      if (!is_sender(w, d)) continue;
      add(d, false);
      sender& s = senders_.emplace_back(sender{message_writer(w.kind, d, options.body_size), {}, {}, 0, 0, 0});
      for (const std::uint32_t c : w.conversations_of[d]) {
        if (w.conversations[c].members.front() == d) s.conversations.push_back(c);
      }
      total_ += std::uint64_t{options.messages} * s.conversations.size();
      double sum = 0;
      for (std::size_t rank = 1; rank <= s.conversations.size(); ++rank) {
        s.shares.push_back(sum += 1 / static_cast<double>(rank));
      }
    }
    if (options.zipf_total != 0) total_ = options.zipf_total;
    left_ = total_;
  }

  void start() {
    wall_ms_ = wall_clock_ms();
    for (std::size_t i = 0; i < senders_.size(); ++i) send_window(i);
  }
  void on_acked(connection& c, std::uint16_t /*packet_id*/, mqtt::reason_code reason, byte_span /*props*/) override {
    ++answered_;
    if (is_error(reason)) ++refused_;
    if (--senders_[c.index()].unanswered == 0) send_window(c.index());
  }
  [[nodiscard]] std::uint64_t total() const { return total_; }
  [[nodiscard]] std::uint64_t answered() const { return answered_; }
  [[nodiscard]] std::uint64_t refused() const { return refused_; }

 private:
  struct sender {
    message_writer writer;
    std::vector<std::uint32_t> conversations;
    std::vector<double> shares;  // of each and all before it
    std::size_t at = 0;          // whose turn it is
    std::uint64_t number = 0;    // of the message to each of them
    std::uint32_t unanswered = 0;
  };

  // A window goes to one conversation after the other, so that hardly one of its messages follows an unanswered one in
  // the same conversation: none is sent as `after` another.
  void send_window(std::size_t index) {
    sender& s = senders_[index];
    wall_ms_ = wall_clock_ms();
    for (unsigned i = 0; i < options_.window && left_ > 0; ++i) {
      if (options_.zipf_total != 0) {
        const double drawn = s.shares.back() * static_cast<double>(random_.bits() >> 11) / 9007199254740992.0;
        s.at = static_cast<std::size_t>(std::upper_bound(s.shares.begin(), s.shares.end(), drawn) - s.shares.begin());
        s.at = std::min(s.at, s.conversations.size() - 1);
      } else if (s.number == options_.messages) {
        return;
      }
      send(index, s);
    }
  }

  void send(std::size_t index, sender& s) {
    const conversation& c = all().conversations[s.conversations[s.at]];
    const byte_span payload = s.writer.write({s.conversations[s.at], s.number, monotonic_ns()}, wall_ms_, false);
    events_loop().at(index).publish(send_topic(c), {}, payload, mqtt::qos_level::at_least_once);
    ++s.unanswered;
    --left_;
    if (++s.at == s.conversations.size()) {
      s.at = 0;
      ++s.number;
    }
  }

  const offline_options& options_;
  std::vector<sender> senders_;
  std::uint64_t wall_ms_ = 0;
  seeded_random random_;
  std::uint64_t total_ = 0;
  std::uint64_t left_ = 0;
  std::uint64_t answered_ = 0;
  std::uint64_t refused_ = 0;
};

class drainers final : public group {
 public:
  drainers(const world& w, const offline_options& options) : group(w, options.connections, options.seed) {
    for (std::uint32_t d = 0; d < w.devices.size(); ++d) {
      if (w.conversations_of[d].empty() || is_sender(w, d)) continue;
      add(d, true);
      counts_.emplace_back();
      for (const std::uint32_t c : w.conversations_of[d]) counts_.back().push_back({c, {}});
      total_ += std::uint64_t{options.messages} * w.conversations_of[d].size();
    }
  }

  void on_message(connection& c, const incoming& m) override {
    c.acknowledge(m.packet_id);
    const auto what = stamp_of(all().kind, m.payload);
    if (!what) return;
    for (auto& [conversation, seen] : counts_[c.index()]) {
      if (conversation == what->sender) {
        seen.receive(what->number);
        ++got_;
      }
    }
  }
  [[nodiscard]] std::uint64_t total() const { return total_; }
  [[nodiscard]] std::uint64_t got() const { return got_; }
  void count(std::uint64_t messages, report& out) const {
    std::uint64_t lost = 0;
    std::uint64_t doubled = 0;
    std::uint64_t reordered = 0;
    for (const auto& device : counts_) {
      for (const auto& [conversation, seen] : device) {
        lost += seen.lost(messages);
        doubled += seen.doubled();
        reordered += seen.reordered();
      }
    }
    out.number("lost", lost).number("doubled", doubled).number("reordered", reordered);
  }

 private:
  std::vector<std::vector<std::pair<std::uint32_t, tally>>> counts_;
  std::uint64_t total_ = 0;
  std::uint64_t got_ = 0;
};

// Turns until `progress` reaches `total`, stands still too long, or a connection is lost. Returns when it last moved.
template <class Progress>
time_ns turn_until(group& g, std::uint64_t total, Progress&& progress) {
  const time_ns start = monotonic_ns();
  time_ns moved = start;
  std::uint64_t before = 0;
  while (progress() < total && g.failed() == 0) {
    g.turn(monotonic_ns() + 100 * ns_per_ms);
    const time_ns now = monotonic_ns();
    if (progress() != before) {
      before = progress();
      moved = now;
    }
    if (now - moved > stall_limit || now - start > run_limit) break;
  }
  return moved;
}

double per_second(std::uint64_t n, time_ns from, time_ns to) {
  return to > from ? static_cast<double>(n) * static_cast<double>(ns_per_s) / static_cast<double>(to - from) : 0;
}

}  // namespace

bool run_offline_subscribe(const world& w, const offline_options& options, report& out) {
  group g(w, options.connections, options.seed);
  for (std::uint32_t d = 0; d < w.devices.size(); ++d) {
    if (!w.conversations_of[d].empty() && !is_sender(w, d)) g.add(d, true);
  }
  if (!connect_all(g, out)) return false;
  out.number("sessions", g.size());
  g.close_all();
  return true;
}

bool run_offline_publish(const world& w, const offline_options& options, report& out) {
  publishers g(w, options);
  if (!connect_all(g, out)) return false;
  const time_ns start = monotonic_ns();
  g.start();
  const time_ns end = turn_until(g, g.total(), [&] { return g.answered(); });
  out.number("published", g.answered()).number("refused", g.refused());
  out.real("published_per_s", per_second(g.answered(), start, end));
  if (g.answered() < g.total()) out.text("error", "not all were acknowledged: " + g.first_failure());
  g.close_all();
  return g.answered() >= g.total();
}

bool run_offline_drain(const world& w, const offline_options& options, report& out) {
  drainers g(w, options);
  const time_ns start = monotonic_ns();
  const time_ns end = turn_until(g, g.total(), [&] { return g.got(); });
  out.number("drained", g.got()).real("drained_per_s", per_second(g.got(), start, end));
  g.count(options.messages, out);
  if (g.got() < g.total()) out.text("error", "not all arrived: " + g.first_failure());
  // What comes now is doubled; and the last acknowledgements must get out.
  for (const time_ns until = monotonic_ns() + 200 * ns_per_ms; monotonic_ns() < until;) g.turn(until);
  g.close_all();
  return g.got() >= g.total();
}

}  // namespace dunlin::bench
