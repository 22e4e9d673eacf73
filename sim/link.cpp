#include "sim/link.hpp"

#include <algorithm>

namespace dunlin::sim {

using engine::shard_id;

class network::side final : public engine::links {
 public:
  side(network& all, shard_id from) : all_(all), from_(from) {}
  bool send(shard_id to, engine::message&& m) override { return all_.send(from_, to, std::move(m)); }
  [[nodiscard]] bool may_lose() const override { return true; }

 private:
  network& all_;
  shard_id from_;
};

network::network(world& w, shard_id shards) : world_(w), shards_(shards), lanes_(shards_ * shards_) {
  for (shard_id i = 0; i < shards; ++i) sides_.push_back(std::make_unique<side>(*this, i));
}

network::~network() = default;

engine::links& network::side_of(shard_id from) { return *sides_[from]; }

bool network::send(shard_id from, shard_id to, engine::message&& m) {
  auto& l = at(from, to);
  if (!engine::is_answer(m)) {
    if (world_.fault(400)) l.no_credit_until = world_.ms() + world_.between(5, 300);
    if (world_.ms() < l.no_credit_until || l.wire.size() >= most_waiting) {
      world_.count(seen::no_credit);
      return false;
    }
  }
  frame f{.number = l.next++, .gaps = at(to, from).gaps, .body = std::move(m)};
  if (world_.fault(150)) {
    world_.count(seen::frame_lost);
    world_.note("link {}>{} loses frame {} kind {}", from, to, f.number, f.body->index());
    return true;
  }
  put(l, std::move(f));
  return true;
}

void network::put(lane& l, frame&& f) {
  mono_ms delay = static_cast<mono_ms>(world_.below(3));
  if (world_.fault(60)) {
    delay += world_.between(20, 800);
    world_.count(seen::frame_delayed);
  }
  if (world_.fault(150) && f.body) {
    frame copy = f;
    copy.copy = true;
    copy.due = std::max(l.last_due, world_.ms() + delay + world_.between(0, 40));
    l.wire.push_back(std::move(copy));
    world_.count(seen::frame_doubled);
  }
  if (world_.fault(150)) {
    // Others may overtake it.
    f.due = world_.ms() + delay + world_.between(1, 60);
    f.overtaken = true;
    world_.count(seen::frame_reordered);
  } else {
    f.due = l.last_due = std::max(l.last_due, world_.ms() + delay);
  }
  l.wire.push_back(std::move(f));
}

void network::send_beats() {
  for (std::size_t from = 0; from < shards_; ++from) {
    for (std::size_t to = 0; to < shards_; ++to) {
      auto& l = at(from, to);
      if (from == to || world_.ms() < l.beat_at) continue;
      l.beat_at = world_.ms() + beat_every;
      if (world_.fault(20)) continue;
      frame beat{.number = l.next, .gaps = at(to, from).gaps, .body = {}};
      beat.due = l.last_due = std::max(l.last_due, world_.ms() + 1);
      l.wire.push_back(std::move(beat));
    }
  }
}

void network::deliver(shard_id to, engine::shard& shard) {
  for (std::size_t from = 0; from < shards_; ++from) {
    auto& l = at(from, to);
    if (l.wire.empty()) continue;
    std::vector<frame> due;
    for (auto& f : l.wire) {
      if (f.due <= world_.ms()) due.push_back(std::move(f));
    }
    if (due.empty()) continue;
    std::erase_if(l.wire, [&](const frame& f) { return f.due <= world_.ms(); });
    std::stable_sort(due.begin(), due.end(), [](const frame& a, const frame& b) { return a.due < b.due; });
    for (auto& f : due) take(static_cast<shard_id>(from), l, std::move(f), shard);
  }
}

void network::take(shard_id from, lane& l, frame&& f, engine::shard& shard) {
  if (f.gaps > l.told_gaps) {
    l.told_gaps = f.gaps;
    world_.count(seen::gap_told);
    shard.on_link_gap(from);
  }
  if (f.number < l.expected) {
    if (f.body) world_.count(f.copy || !f.overtaken ? seen::repeat_dropped : seen::late_dropped);
    return;
  }
  if (f.number > l.expected) {
    ++l.gaps;
    l.expected = f.number;
    world_.count(seen::gap_found);
    world_.note("link {}>{} has a gap before {}", from, shard.around().self, f.number);
    shard.on_link_gap(from);
  }
  if (!f.body) return;
  ++l.expected;
  shard.deliver(std::move(*f.body));
}

bool network::is_quiet() const {
  return std::all_of(lanes_.begin(), lanes_.end(), [](const lane& l) {
    return std::none_of(l.wire.begin(), l.wire.end(), [](const frame& f) { return f.body.has_value(); });
  });
}

}  // namespace dunlin::sim
