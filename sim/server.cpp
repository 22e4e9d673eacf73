#include "sim/server.hpp"

#include <algorithm>

namespace dunlin::sim {

using engine::shard_id;

// Everything is small, so that in some simulated seconds segments fill, seal, merge and are used again, records are too
// many to travel with a signal, and windows and credits run out.
machine::machine(world& w) : tables(w.server_random) {
  // A batch holds two of the engine's largest coalesced entries: 256 parts each.
  store.segment_bytes = (80 << 10) << w.below(2);
  store.spare_segments = 2;
  store.max_unsealed_bytes = (8 + w.below(6)) * store.segment_bytes;
  store.upkeep_reserve_bytes = 2 << 10;
  store.keep_free_bytes = w.one_in(2) ? 0 : store.segment_bytes;
  store.max_batch_bytes = 32 << 10;
  store.background_chunk_bytes = 16 << 10;
  store.seal_at_segments = 1 + static_cast<std::uint32_t>(w.below(2));
  store.seal_most_segments = store.seal_at_segments + static_cast<std::uint32_t>(w.below(3));
  store.merge_files = 2;
  store.max_level = 2;
  store.row_window = 4 << w.below(3);
  store.retry_ms = 50;
  store.background_pause_ms = 5;
  store.max_requests = 4 << w.below(4);
  limits.max_body = 1500;
  limits.max_secondaries = 2;
  limits.inline_records = 300 << w.below(5);
  limits.read_bytes = 400 << w.below(4);
  limits.read_records = 2 << w.below(6);
  limits.heads_first_behind = 12;
  limits.heads_first_last = 4;
  limits.kept_recent = 4 << w.below(4);
  wire.max_packet_size = 16 << 10;
  wire.max_output = (2 << 10) << w.below(3);
  wire.send_maximum_v3 = static_cast<std::uint16_t>(4 << w.below(4));
  wire.receive_maximum = 16;
}

server::server(world& w, machine& on, shard_id shards)
    : world_(w), machine_(on), shards_count_(shards), jobs_(shards), stalled_until_(shards) {}

server::~server() {
  for (auto& s : sockets_) s->end_server();
  shards_.clear();
  store_.reset();
}

std::error_code server::start() {
  auto options = machine_.store;
  options.shards = shards_count_;
  auto opened =
      store::embedded_store::open(machine_.disk, options, world_.server_random,
                                  {.wake = [](int) {}, .failed = [this](std::string_view) { failed_ = true; }});
  if (!opened) return opened.error();
  store_ = std::move(*opened);
  network_ = std::make_unique<network>(world_, shards_count_);
  for (shard_id i = 0; i < shards_count_; ++i) {
    counters_.push_back(std::make_unique<engine::counters>(metrics_, i));
    shards_.push_back(std::make_unique<engine::shard>(engine::surroundings{.self = i,
                                                                           .shards = shards_count_,
                                                                           .log = store_->shard_log(i),
                                                                           .history = store_->shard_history(i),
                                                                           .other_shards = network_->side_of(i),
                                                                           .logins = *this,
                                                                           .random = world_.server_random,
                                                                           .counts = *counters_.back(),
                                                                           .limits = machine_.limits,
                                                                           .wire = machine_.wire,
                                                                           .data_id = to_bytes(store_->id())}));
  }
  for (shard_id i = 0; i < shards_count_; ++i) {
    if (!shards_[i]->load_partitions()) return make_error_code(store::errc::corrupt);
    if (auto done = store_->recover(i, shards_[i]->applier()); !done) return done.error();
    shards_[i]->recovered();
  }
  service_ = std::make_unique<accounts::service>(machine_.tables.tables(), *this, queue_, world_, world_.server_random,
                                                 metrics_);
  service_->start();
  return {};
}

bool server::step() {
  const auto first = static_cast<shard_id>(world_.below(shards_count_));
  for (shard_id k = 0; k < shards_count_; ++k) {
    const auto i = static_cast<shard_id>((first + k) % shards_count_);
    if (world_.fault(3000)) {
      stalled_until_[i] = world_.ms() + world_.between(20, 1500);
      world_.count(seen::shard_stalled);
    }
    if (world_.ms() >= stalled_until_[i]) step_shard(i);
  }
  network_->send_beats();
  queue_.run();
  queue_.advance(world_.ms() - queue_ms_);
  queue_ms_ = world_.ms();
  if (!step_store()) return false;
  std::erase_if(sockets_, [](const auto& s) { return !s->has_server(); });
  return true;
}

void server::step_shard(shard_id i) {
  auto& s = *shards_[i];
  s.turn(world_.now());
  std::vector<job> due;
  for (auto& j : jobs_[i]) {
    if (j.due <= world_.ms()) due.push_back(std::move(j));
  }
  std::erase_if(jobs_[i], [](const job& j) { return !j.work; });
  for (auto& j : due) j.work(s);
  network_->deliver(i, s);
  step_sockets(i);
  s.flush();
}

void server::step_sockets(shard_id i) {
  // Sockets come and go in what follows.
  const auto all = sockets_;
  for (const auto& s : all) {
    if (s->has_server() && s->shard() == i) s->step_server(*shards_[i], shards_count_);
  }
}

bool server::step_store() {
  if (world_.fault(1500)) {
    writer_stalled_until_ = world_.ms() + world_.between(20, 400);
    world_.count(seen::disk_stalled);
  }
  const bool quick = !world_.stormy;
  if (world_.ms() >= writer_stalled_until_ && (quick || !world_.one_in(3))) store_->step_writer();
  if (failed_ || machine_.disk.power_is_cut()) return false;
  for (std::uint64_t n = quick ? 4 : world_.below(4); n != 0; --n) store_->step_background(world_.ms());
  if (machine_.disk.power_is_cut()) return false;
  for (std::uint64_t n = quick ? 4 : world_.below(3); n != 0; --n) store_->step_reader();
  return true;
}

std::shared_ptr<socket> server::accept() {
  const auto at = static_cast<shard_id>(world_.below(shards_count_));
  sockets_.push_back(std::make_shared<socket>(world_, *shards_[at], at));
  return sockets_.back();
}

std::string server::unfinished() const {
  if (*machine_.tables.pending_count() != 0) return "news of accounts are not told";
  for (shard_id i = 0; i < shards_count_; ++i) {
    const auto s = shards_[i]->status();
    if (counters_[i]->held.value() != 0) return fmt::format("shard {} holds {} batches", i, counters_[i]->held.value());
    if (s.waiting != 0) return fmt::format("shard {} has {} requests that nobody answered", i, s.waiting);
    if (s.effects != 0) return fmt::format("shard {} owes {} effects", i, s.effects);
  }
  return {};
}

std::string server::describe(account_id account) {
  std::string out;
  auto& boxes = shard_of(account_stream(account)).boxes();
  boxes.for_each_link([&](engine::device_link& link) {
    if (link.account() != account) return;
    out += fmt::format("  link {} of {}{}\n", link.id(), world_.name(link.device()),
                       link.is_primary() ? "" : " (secondary)");
    for (auto& at : link.feeds()) {
      const auto& c = boxes.conversation(at);
      out += fmt::format("    {}: sent {} acknowledged {} known {} bit {}{}{}{}{}\n", world_.name(c.stream),
                         static_cast<std::int64_t>(at.sent()), static_cast<std::int64_t>(at.acked()), c.known,
                         static_cast<int>(c.state), at.attached ? "" : " not attached", at.reading ? " reading" : "",
                         at.moves_cursor ? "" : " no cursor", at.after_me ? " after me" : "");
    }
  });
  return out;
}

std::string server::describe_members(stream_id conversation) {
  const auto* s = shard_of(conversation).applier_partition(partition_of(conversation)).find_stream(conversation);
  if (s == nullptr) return {};
  std::string out = fmt::format("  head {} trimmed {}\n", s->head, s->trimmed);
  for (const auto& m : s->members) {
    out += fmt::format("    {} since {}: got {} all {} read {} armed {} handle {:x}\n", world_.name(m.account),
                       m.join_seq, m.at.got, m.at.all, m.at.read, m.armed, m.handle);
  }
  return out;
}

void server::count_up() {
  for (const auto& c : counters_) {
    world_.count(seen::effect_redelivered, c->effects_dropped.value());
    world_.count(seen::read, c->reads.value());
  }
  if (!store_) return;
  const auto& s = store_->counters();
  world_.count(seen::sealed, s.sealed_segments.value());
  world_.count(seen::merged, s.merges.value());
  world_.count(seen::background_no_space, s.background_no_space.value());
  world_.count(seen::background_failed, s.background_errors.value());
  world_.count(seen::history_read, s.reads.value());
  world_.count(seen::row_loaded, s.loads.value());
}

// --- doors ------------------------------------------------------------------------------------------------------

void server::post(partition_id p, std::function<void(engine::shard&)> work) {
  jobs_[p % shards_count_].push_back({world_.ms() + static_cast<mono_ms>(world_.below(4)), std::move(work)});
}

void server::verify(shard_id at, std::uint64_t ticket, engine::client_key /*client*/, std::string user,
                    std::string token) {
  const auto post_back = [this, at](accounts::job work) {
    jobs_[at].push_back(
        {world_.ms() + static_cast<mono_ms>(world_.below(4)), [work = std::move(work)](engine::shard&) { work(); }});
  };
  service_->verify(std::move(user), std::move(token), post_back, [this, at, ticket](result<accounts::identity> found) {
    engine::identity who;
    if (found) {
      who = {engine::login_result::ok, found->account, found->device};
    } else if (found.error() != accounts::errc::wrong_token) {
      who.result = engine::login_result::unavailable;
    }
    shards_[at]->verified(ticket, who);
  });
}

void server::create(engine::conversation_spec spec, std::function<void(stream::verdict)> done) {
  post(partition_of(spec.id), [spec, done = std::move(done)](engine::shard& s) { s.create(spec, done); });
}

void server::change_members(engine::members_spec spec, std::function<void(stream::verdict)> done) {
  post(partition_of(spec.id), [spec, done = std::move(done)](engine::shard& s) { s.change_members(spec, done); });
}

void server::change_look(engine::look_spec spec, std::function<void(stream::verdict)> done) {
  post(partition_of(spec.id), [spec, done = std::move(done)](engine::shard& s) { s.change_look(spec, done); });
}

void server::tell_account(engine::account_spec spec, std::function<void(stream::verdict)> done) {
  post(partition_of(spec.account), [spec, done = std::move(done)](engine::shard& s) { s.tell_account(spec, done); });
}

void server::read_records(engine::records_request request, std::function<void(engine::records_answer)> done) {
  post(partition_of(request.conversation),
       [request, done = std::move(done)](engine::shard& s) { s.read_records(request, done); });
}

void server::read_state(account_id account, device_id device, std::function<void(engine::state_answer)> done) {
  post(partition_of(account),
       [account, device, done = std::move(done)](engine::shard& s) { s.read_state(account, device, done); });
}

void server::read_members(account_id reader, stream_id conversation, std::function<void(engine::members_answer)> done) {
  post(partition_of(conversation), [reader, conversation, done = std::move(done)](engine::shard& s) {
    s.read_members(reader, conversation, done);
  });
}

void server::read_audience(account_id account, stream_id from, std::function<void(engine::audience_answer)> done) {
  post(partition_of(account),
       [account, from, done = std::move(done)](engine::shard& s) { s.read_audience(account, from, done); });
}

void server::status(std::function<void(std::vector<engine::shard_status>)> done) {
  std::vector<engine::shard_status> all;
  for (const auto& s : shards_) all.push_back(s->status());
  done(all);
}

}  // namespace dunlin::sim
