// engine::control over shards that run on threads of their own: each call is posted to the shard that it concerns.
//
// Thread rule: any thread may call; `done` is called on the shard's thread, or at once, with `busy`, where the shard
// takes no more work. Lifetime: the shards outlive it.
#pragma once

#include <functional>
#include <vector>

#include "engine/control.hpp"
#include "engine/shard.hpp"

namespace dunlin::app {

class control_door final : public engine::control {
 public:
  // One shard, and how to run something on its thread (false: it takes no more).
  struct lane {
    engine::shard* shard = nullptr;
    std::function<bool(std::function<void()>)> post;
  };
  explicit control_door(std::vector<lane> lanes) : lanes_(std::move(lanes)) {}

  void create(engine::conversation_spec spec, std::function<void(stream::verdict)> done) override;
  void change_members(engine::members_spec spec, std::function<void(stream::verdict)> done) override;
  void change_look(engine::look_spec spec, std::function<void(stream::verdict)> done) override;
  void tell_account(engine::account_spec spec, std::function<void(stream::verdict)> done) override;
  void read_records(engine::records_request request, std::function<void(engine::records_answer)> done) override;
  void read_state(account_id account, device_id device, std::function<void(engine::state_answer)> done) override;
  void read_members(account_id reader, stream_id conversation,
                    std::function<void(engine::members_answer)> done) override;
  void read_audience(account_id account, stream_id from, std::function<void(engine::audience_answer)> done) override;
  void status(std::function<void(std::vector<engine::shard_status>)> done) override;

 private:
  template <class Work>
  bool on(partition_id p, Work work);

  std::vector<lane> lanes_;
};

}  // namespace dunlin::app
