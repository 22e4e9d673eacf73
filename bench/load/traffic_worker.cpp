#include "bench/load/traffic_worker.hpp"

#include <algorithm>

namespace dunlin::bench {

namespace {

constexpr time_ns poll_every = 2 * ns_per_ms;
constexpr time_ns late_after = ns_per_ms;

}  // namespace

traffic_worker::traffic_worker(const world& w, const traffic_options& options, shared_run& shared, unsigned index)
    : group(w, options.connections, options.seed + index), options_(options), shared_(shared) {}

void traffic_worker::take(std::uint32_t device) {
  int sends = -1;
  std::vector<stream_count> receives;
  for (const std::uint32_t c : all().conversations_of[device]) {
    const conversation& conv = all().conversations[c];
    if (conv.members.front() != device) {
      receives.push_back({c, {}});
      continue;
    }
    const bool with_stopped = std::any_of(conv.members.begin(), conv.members.end(), [&](std::uint32_t m) {
      return static_cast<int>(m) == options_.stopped_reader;
    });
    sends = static_cast<int>(senders_.size());
    senders_.push_back({nullptr, c, static_cast<std::uint32_t>(conv.members.size() - 1 - (with_stopped ? 1 : 0)),
                        send_topic(conv), message_writer(all().kind, device, options_.body_size), 0, 0, 0, 0});
  }
  connection& c = add(device, sends < 0 || options_.senders_subscribe);
  if (sends >= 0) senders_[static_cast<std::size_t>(sends)].out = &c;
  sender_of_.push_back(sends);
  counts_.push_back(std::move(receives));
}

void traffic_worker::on_ready(connection& c) {
  if (static_cast<int>(device_of(c)) == options_.stopped_reader) c.pause(true);
}

void traffic_worker::run() {
  time_ns next = 0;
  while (shared_.phase.load() != run_phase::end) {
    const time_ns now = monotonic_ns();
    turn(std::min(std::max(next, now), now + poll_every));
    wall_ms_ = wall_clock_ms();
    const run_phase phase = shared_.phase.load();
    if (phase == run_phase::warm_up || phase == run_phase::measure) {
      if (!started_) start(events_loop().now());
      next = pace(monotonic_ns());
    } else {
      next = now + poll_every;
    }
    publish_progress();
  }
  close_all();
}

void traffic_worker::start(time_ns now) {
  started_ = true;
  wall_ms_ = wall_clock_ms();
  if (options_.rate == 0) {
    for (sender& s : senders_) send_window(s);
    return;
  }
  const auto all_senders = static_cast<time_ns>(all().conversations.size());
  interval_ = ns_per_s * all_senders / options_.rate;
  // Spread evenly, so that the whole sends one message each 1/rate.
  for (sender& s : senders_) s.next_due = now + ns_per_ms + interval_ * s.conversation / all_senders;
}

time_ns traffic_worker::pace(time_ns now) {
  measure_from_ = shared_.measure_from.load();
  if (options_.rate == 0) {
    if (waiting_.empty()) return now + poll_every;
    std::vector<std::uint32_t> waiting;
    waiting.swap(waiting_);
    for (const std::uint32_t s : waiting) send_window(senders_[s]);
    return waiting_.empty() ? now + poll_every : now + 50'000;
  }
  time_ns next = now + poll_every;
  for (sender& s : senders_) {
    while (s.next_due <= now && s.out->is_connected()) {
      if (now - s.next_due > late_after) ++late_;
      send(s, s.next_due);
      s.next_due += interval_;
    }
    next = std::min(next, s.next_due);
  }
  return next;
}

bool traffic_worker::may_send(const sender& s) const {
  const std::uint64_t due = shared_.due.load(std::memory_order_relaxed);
  const std::uint64_t done = shared_.done.load(std::memory_order_relaxed) + done_here_;
  // Of all senders together: one window each may be on its way to the receivers when the next one leaves.
  const std::uint64_t bound = std::uint64_t{options_.window} * s.receivers * all().conversations.size();
  return due <= done + bound;
}

void traffic_worker::send_window(sender& s) {
  const run_phase phase = shared_.phase.load(std::memory_order_relaxed);
  if (phase != run_phase::warm_up && phase != run_phase::measure) return;
  if (options_.messages != 0 && shared_.sent.load() >= options_.messages) return;
  if (!may_send(s)) {
    waiting_.push_back(static_cast<std::uint32_t>(&s - senders_.data()));
    return;
  }
  const time_ns now = monotonic_ns();
  s.window_sent = now;
  for (unsigned i = 0; i < options_.window; ++i) send(s, now);
}

void traffic_worker::send(sender& s, time_ns due) {
  if (!s.out->is_connected()) return;
  const stamp what{s.conversation, s.next++, due};
  const byte_span payload = s.writer.write(what, wall_ms_, s.unanswered > 0);
  s.out->publish(s.topic, {}, payload, mqtt::qos_level::at_least_once);
  ++s.unanswered;
  shared_.due.fetch_add(s.receivers, std::memory_order_relaxed);
  shared_.sent.fetch_add(1, std::memory_order_relaxed);
}

void traffic_worker::on_acked(connection& c, std::uint16_t /*packet_id*/, mqtt::reason_code reason,
                              byte_span /*properties*/) {
  const int index = sender_of_[c.index()];
  if (index < 0) return;
  sender& s = senders_[static_cast<std::size_t>(index)];
  if (is_error(reason)) ++refused_;
  if (--s.unanswered > 0 || options_.rate != 0) return;
  if (measure_from_ != 0 && s.window_sent >= measure_from_) answers_.record(events_loop().now() - s.window_sent);
  send_window(s);
}

void traffic_worker::on_message(connection& c, const incoming& m) {
  c.acknowledge(m.packet_id);
  const auto what = stamp_of(all().kind, m.payload);
  if (!what) {
    ++others_;
    return;
  }
  for (stream_count& count : counts_[c.index()]) {
    if (count.conversation != what->sender) continue;
    count.seen.receive(what->number);
    ++done_here_;
    if (measure_from_ != 0 && what->due >= measure_from_) {
      const time_ns now = options_.rate != 0 ? monotonic_ns() : events_loop().now();
      latencies_.record(now > what->due ? now - what->due : 0);
    }
    return;
  }
  ++others_;
}

void traffic_worker::publish_progress() {
  if (done_here_ == 0) return;
  shared_.done.fetch_add(done_here_, std::memory_order_relaxed);
  done_here_ = 0;
}

std::vector<std::pair<std::uint32_t, std::uint64_t>> traffic_worker::sent() const {
  std::vector<std::pair<std::uint32_t, std::uint64_t>> out;
  out.reserve(senders_.size());
  for (const sender& s : senders_) out.emplace_back(s.conversation, s.next);
  return out;
}

}  // namespace dunlin::bench
