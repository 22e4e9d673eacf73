#include "engine/feed.hpp"

#include <algorithm>

#include "base/planted.hpp"

namespace dunlin::engine {

namespace {
// Echoes expected at a time; beyond it the oldest are sent whole, which is always right.
constexpr std::size_t max_echoes = 1024;
}  // namespace

// What was in flight in order becomes a list.
feed::flight& feed::listed() {
  if (!flight_) {
    flight_ = std::make_unique<flight>();
    for (std::uint64_t seq = acked_ + 1; seq <= sent_; ++seq) flight_->runs.push_back({seq, seq, what::waits});
  }
  return *flight_;
}

void feed::add(std::uint64_t first, std::uint64_t last, what is) {
  auto& runs = listed().runs;
  const bool extends = !runs.empty() && runs.back().is == is && is != what::waits && runs.back().last + 1 == first;
  if (extends) {
    runs.back().last = last;
  } else {
    runs.push_back({first, last, is});
  }
  sent_ = last;
}

bool feed::settle() {
  if (!flight_) return false;
  auto& runs = flight_->runs;
  // The prefix that nothing holds up; within it the cursor goes to the last record that was acknowledged, or passed
  // before anything that the device may not know of.
  std::size_t done = 0;
  bool unsure = false;  // whether the device knows
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (runs[i].is == what::waits || runs[i].is == what::gap) break;
    if (runs[i].is == what::echoed || runs[i].is == what::told) unsure = true;
    if (runs[i].is == what::acked || (runs[i].is == what::passed && !unsure)) {
      done = i + 1;
      unsure = false;
    }
  }
  if (done == 0) return false;
  acked_ = runs[done - 1].last;
  runs.erase(runs.begin(), runs.begin() + static_cast<std::ptrdiff_t>(done));
  rest();
  return true;
}

void feed::rest() {
  if (flight_ && flight_->runs.empty() && flight_->echoes.empty()) flight_.reset();
}

bool feed::has(what kind) const {
  return flight_ &&
         std::any_of(flight_->runs.begin(), flight_->runs.end(), [kind](const run& r) { return r.is == kind; });
}

// Null if it does not wait for an acknowledgement.
feed::run* feed::waiting(std::uint64_t seq) {
  if (!flight_ && (seq <= acked_ || seq > sent_)) return nullptr;
  auto& runs = listed().runs;
  const auto it = std::find_if(runs.begin(), runs.end(), [seq](const run& r) { return r.last >= seq; });
  return it != runs.end() && it->first == seq && it->is == what::waits ? &*it : nullptr;
}

bool feed::ack_listed(std::uint64_t seq) {
  if (planted(bug::cursor_jumps_gap) && seq > acked_) return have_through(seq);
  run* const of = waiting(seq);
  if (of == nullptr) return false;
  of->is = what::acked;
  return settle();
}

bool feed::told_instead(std::uint64_t seq) {
  run* const of = waiting(seq);
  if (of == nullptr) return false;
  of->is = what::told;
  return settle();
}

bool feed::have_through(std::uint64_t seq) {
  if (seq <= acked_ || seq > sent_) return false;
  acked_ = seq;
  if (flight_) {
    auto& runs = flight_->runs;
    std::erase_if(runs, [seq](const run& r) { return r.last <= seq; });
    if (!runs.empty() && runs.front().first <= seq) runs.front().first = seq + 1;
    settle();
    rest();
  }
  return true;
}

bool feed::expect_echo(std::uint64_t seq) {
  if (sent_ == at_head || seq <= sent_) return false;
  auto& echoes = listed().echoes;
  if (std::find(echoes.begin(), echoes.end(), seq) != echoes.end()) return true;
  if (echoes.size() >= max_echoes) echoes.erase(echoes.begin());
  echoes.push_back(seq);
  return true;
}

bool feed::take_listed_echo(std::uint64_t seq) {
  auto& echoes = flight_->echoes;
  const auto it = std::find(echoes.begin(), echoes.end(), seq);
  if (it == echoes.end()) return false;
  echoes.erase(it);
  return true;
}

}  // namespace dunlin::engine
