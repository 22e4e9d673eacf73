// What partitions owe to others (O1 to O3), and by which rules they decide (L7).

#include "base/planted.hpp"
#include "engine/owner.hpp"

namespace dunlin::engine {

using stream::reason;

void owner::raise_rules() {
  rules_wait_ = reason::none;
  for (auto& p : partitions_) {
    if (!p || p->rules() >= stream::rules_version) continue;
    scratch_.clear();
    stream::write_rules_entry(scratch_, stream::rules_version);
    rules_wait_ = append(p->id(), scratch_, store::space_for::upkeep, nullptr);
    if (rules_wait_ != reason::none) return;  // the next turn goes on
  }
}

void owner::hold_effects(partition_id id) {
  auto& p = part(id);
  for (const auto& told : p.told()) {
    const auto& queue = p.effects().waiting().at(told.to);
    const auto& e = queue[told.n - queue.front().n];
    hold(shard_of(told.to), effect{id, told.to, told.n, e.body});
    counts_.effects_sent.add();
    if (planted(bug::effect_forgotten_early)) p.effects().forget(told.to, told.n);
  }
}

void owner::send_effect(partition_id from, partition_id to, const stream::outbox::effect& e) {
  counts_.effects_sent.add();
  hold(shard_of(to), effect{from, to, e.n, e.body});
}

void owner::resend_effects(shard_id target) {
  for (auto& p : partitions_) {
    if (!p) continue;
    for (const auto& [to, queue] : p->effects().waiting()) {
      if (shard_of(to) != target) continue;
      for (const auto& e : queue) send_effect(p->id(), to, e);
    }
  }
}

void owner::take(effect& m, moment /*now*/) {
  scratch_.clear();
  stream::write_effect_entry(scratch_, m.from, m.n, m.body);
  // Without space it is not taken; its source sends it again (O3).
  append(m.to, scratch_, store::space_for::upkeep, nullptr);
}

void owner::take(effect_kept& m) {
  if (mine(m.from)) part(m.from).effects().forget(m.to, m.n);
}

}  // namespace dunlin::engine
