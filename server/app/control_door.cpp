#include "app/control_door.hpp"

#include <atomic>
#include <memory>

namespace dunlin::app {

using engine::shard;
using stream::reason;
using stream::verdict;

template <class Work>
bool control_door::on(partition_id p, Work work) {
  auto& there = lanes_[p % lanes_.size()];
  return there.post([s = there.shard, work = std::move(work)]() mutable { work(*s); });
}

void control_door::create(engine::conversation_spec spec, std::function<void(verdict)> done) {
  const partition_id p = partition_of(spec.id);
  const bool taken = on(p, [spec = std::move(spec), done](shard& s) { s.create(spec, done); });
  if (!taken) done(verdict::refuse(reason::busy));
}

void control_door::change_members(engine::members_spec spec, std::function<void(verdict)> done) {
  const partition_id p = partition_of(spec.id);
  const bool taken = on(p, [spec = std::move(spec), done](shard& s) { s.change_members(spec, done); });
  if (!taken) done(verdict::refuse(reason::busy));
}

void control_door::change_look(engine::look_spec spec, std::function<void(verdict)> done) {
  const partition_id p = partition_of(spec.id);
  const bool taken = on(p, [spec = std::move(spec), done](shard& s) { s.change_look(spec, done); });
  if (!taken) done(verdict::refuse(reason::busy));
}

void control_door::tell_account(engine::account_spec spec, std::function<void(verdict)> done) {
  const partition_id p = partition_of(spec.account);
  const bool taken = on(p, [spec = std::move(spec), done](shard& s) mutable { s.tell_account(std::move(spec), done); });
  if (!taken) done(verdict::refuse(reason::busy));
}

void control_door::read_records(engine::records_request request, std::function<void(engine::records_answer)> done) {
  const partition_id p = partition_of(request.conversation);
  if (!on(p, [request, done](shard& s) { s.read_records(request, done); })) {
    done({.outcome = verdict::refuse(reason::busy)});
  }
}

void control_door::read_state(account_id account, device_id device, std::function<void(engine::state_answer)> done) {
  if (!on(partition_of(account), [account, device, done](shard& s) { s.read_state(account, device, done); })) {
    done({.outcome = verdict::refuse(reason::busy)});
  }
}

void control_door::read_members(account_id reader, stream_id conversation,
                                std::function<void(engine::members_answer)> done) {
  const partition_id p = partition_of(conversation);
  if (!on(p, [reader, conversation, done](shard& s) { s.read_members(reader, conversation, done); })) {
    done({.outcome = verdict::refuse(reason::busy), .members = {}});
  }
}

void control_door::read_audience(account_id account, stream_id from,
                                 std::function<void(engine::audience_answer)> done) {
  if (!on(partition_of(account), [account, from, done](shard& s) { s.read_audience(account, from, done); })) {
    done({.outcome = verdict::refuse(reason::busy), .accounts = {}, .next = {}});
  }
}

void control_door::status(std::function<void(std::vector<engine::shard_status>)> done) {
  struct gathering {
    std::vector<engine::shard_status> all;
    std::atomic<std::size_t> waiting;
    std::function<void(std::vector<engine::shard_status>)> done;
  };
  auto g = std::make_shared<gathering>();
  g->all.resize(lanes_.size());
  g->waiting = lanes_.size();
  g->done = std::move(done);
  const auto finish = [g] {
    if (--g->waiting == 0) g->done(std::move(g->all));
  };
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    const bool taken = on(static_cast<partition_id>(i), [g, i, finish](shard& s) {
      g->all[i] = s.status();
      finish();
    });
    if (!taken) finish();
  }
}

}  // namespace dunlin::app
