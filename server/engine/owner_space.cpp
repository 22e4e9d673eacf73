// Client entries when the log has no space for them now (L6), or none yet for the rules that decide them (L7): they
// wait here, bounded by their senders' credit, and what is no client's entry goes on.

#include "engine/owner.hpp"

namespace dunlin::engine {

using stream::reason;
using stream::verdict;

void owner::take(submit& m, moment /*now*/) {
  const bool again = retried_ && retried_->shard == m.from.shard && retried_->token == m.from.token;
  if (again) retried_.reset();
  // Behind what waits already, so that the messages of a connection keep their order.
  if (!again && (retried_ || !no_space_.empty())) return wait_for_space(m, false);
  const reason why =
      rules_wait_ != reason::none ? rules_wait_ : append(m.partition, m.entry, store::space_for::client, &m.from);
  if (why == reason::busy) return wait_for_space(m, again);
  if (why != reason::none) answer(m.from, verdict::refuse(why));
  give_back(std::move(m.entry));
}

void owner::wait_for_space(submit& m, bool first) {
  if (!waiting_.emplace(m.from.shard, m.from.token).second) return;
  if (first) {
    no_space_.push_front(std::move(m));
  } else {
    no_space_.push_back(std::move(m));
  }
  counts_.entries_kept.set(static_cast<std::int64_t>(no_space_.size()));
}

void owner::refuse_submit(const submit& m) {
  if (retried_ && retried_->shard == m.from.shard && retried_->token == m.from.token) retried_.reset();
  answer(m.from, verdict::refuse(reason::busy));
}

void owner::retry_space(moment now) {
  while (!no_space_.empty() && !retried_) {
    const std::size_t before = no_space_.size();
    retried_ = no_space_.front().from;
    waiting_.erase({retried_->shard, retried_->token});
    message m(std::move(no_space_.front()));
    no_space_.pop_front();
    take(std::move(m), now);  // its state may have to be read back first: then the others wait for that
    counts_.entries_kept.set(static_cast<std::int64_t>(no_space_.size()));
    if (no_space_.size() == before) return;
  }
}

}  // namespace dunlin::engine
