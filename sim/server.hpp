// The machine that a run's server lives on, and one life of that server: the real shards, store and accounts' service,
// stepped by hand on simulated links, time and disk.
//
//   machine: the disk and the accounts' tables, which outlive a crash
//   server:  everything else, gone with each crash
//
// A step is what threads would do in a moment: each shard a turn, unless it is stalled; the store's writer, background
// and reader a piece of work, unless they are slow; the accounts' thread its jobs.
//
// Lifetime: the machine outlives its servers; a server outlives its sockets' server ends, which it ends itself.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "accounts/manual_queue.hpp"
#include "accounts/memory_tables.hpp"
#include "accounts/service.hpp"
#include "engine/shard.hpp"
#include "sim/link.hpp"
#include "sim/socket.hpp"
#include "sim/world.hpp"
#include "store/embedded/embedded_store.hpp"
#include "store/memory/fault_disk.hpp"

namespace dunlin::sim {

struct machine {
  explicit machine(world& w);

  store::fault_disk disk;
  accounts::memory_tables tables;
  store::store_options store;
  engine::options limits;
  mqtt::limits wire;
  bool disk_is_full = false;
};

class server final : public engine::credentials, public engine::control {
 public:
  server(world& w, machine& on, engine::shard_id shards);
  ~server() override;

  // Opens the store and recovers. An error: it could not, as after a fault on the way; the object is of no use then.
  std::error_code start();
  // A moment. False from when the node has stopped itself, or the power is cut: the object must go.
  bool step();
  // A device connects to whichever shard accepts.
  std::shared_ptr<socket> accept();

  [[nodiscard]] engine::shard_id shard_count() const { return shards_count_; }
  engine::shard& shard(engine::shard_id i) { return *shards_[i]; }
  engine::shard& shard_of(stream_id id) { return *shards_[partition_of(id) % shards_count_]; }
  accounts::service& people() { return *service_; }
  // There are new rows in the machine's tables.
  void tell_news() { service_->works_with().told_by.wake(); }
  [[nodiscard]] const store::store_counters& store_counters() const { return store_->counters(); }
  // Everything that the shards hold for somebody (see engine::shard_status).
  [[nodiscard]] std::string unfinished() const;
  // How far the engine is with the connections of an account: for who looks for what is missing.
  [[nodiscard]] std::string describe(account_id account);
  // The members of a conversation with their marks.
  std::string describe_members(stream_id conversation);
  // What the life's counters say goes into the report.
  void count_up();

  // --- engine::credentials
  void verify(engine::shard_id shard, std::uint64_t ticket, engine::client_key client, std::string user,
              std::string token) override;
  // --- engine::control
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
  struct job {
    mono_ms due = 0;
    std::function<void(engine::shard&)> work;
  };
  void post(partition_id p, std::function<void(engine::shard&)> work);
  void step_shard(engine::shard_id i);
  void step_sockets(engine::shard_id i);
  bool step_store();

  world& world_;
  machine& machine_;
  engine::shard_id shards_count_;
  metrics metrics_;
  std::vector<std::unique_ptr<engine::counters>> counters_;
  std::unique_ptr<store::embedded_store> store_;
  std::unique_ptr<network> network_;
  std::vector<std::unique_ptr<engine::shard>> shards_;
  accounts::manual_queue queue_;
  std::unique_ptr<accounts::service> service_;
  std::vector<std::vector<job>> jobs_;  // by shard
  std::vector<mono_ms> stalled_until_;
  std::vector<std::shared_ptr<socket>> sockets_;
  mono_ms writer_stalled_until_ = 0;
  mono_ms queue_ms_ = 0;
  bool failed_ = false;
};

}  // namespace dunlin::sim
