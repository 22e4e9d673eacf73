#include "app/shards.hpp"

#include <algorithm>
#include <future>
#include <string>

#include "app/process_metrics.hpp"

namespace dunlin::app {

namespace {

std::size_t shard_count(const config& values) {
  if (values.shards != 0) return values.shards;
  // One core is left to the log's writer and the kernel's part of the disk: where shards take all of them, each round
  // of the log waits for a shard to pause, and every message for the round.
  const std::size_t cores = std::max(std::thread::hardware_concurrency(), 2U);
  return std::min<std::size_t>(cores - 1, 64);
}

engine::options limits_of(const config& values) {
  engine::options limits;
  limits.max_body = static_cast<std::uint32_t>(values.max_body);
  limits.max_secondaries = static_cast<std::uint32_t>(values.secondary_connections);
  limits.max_session_expiry_s = static_cast<std::uint32_t>(values.session_expiry / 1000);
  limits.keep_undelivered = static_cast<mono_ms>(values.keep_undelivered);
  limits.keep_account = static_cast<mono_ms>(values.keep_account);
  limits.silent_device = static_cast<mono_ms>(values.silent_device);
  limits.idle_state = static_cast<mono_ms>(values.idle_state);
  limits.states_in_memory = std::max<std::size_t>(values.states / shard_count(values), 1);
  return limits;
}

mqtt::limits wire_of(const config& values) {
  mqtt::limits wire;
  wire.max_packet_size = static_cast<std::uint32_t>(values.max_packet);
  wire.max_output = static_cast<std::uint32_t>(values.output_watermark);
  wire.receive_maximum = static_cast<std::uint16_t>(values.receive_maximum);
  wire.max_keep_alive_s = static_cast<std::uint16_t>(std::min<std::uint64_t>(values.keep_alive / 1000, 65535));
  return wire;
}

}  // namespace

shards::shards(const givens& with) : with_(with), limits_(limits_of(with.values)) {}

shards::~shards() { stop(); }

result<std::unique_ptr<shards>> shards::open(store::disk& files, const givens& with) {
  std::unique_ptr<shards> out(new shards(with));
  if (auto built = out->build(files); !built) return built.error();
  if (auto recovered = out->recover(); !recovered) return recovered.error();
  show_store(with.counted, out->store_->counters());
  return out;
}

status shards::build(store::disk& files) {
  const std::size_t n = shard_count(with_.values);
  store::store_options options;
  options.shards = static_cast<int>(n);
  options.segment_bytes = with_.values.log_segment;
  options.max_unsealed_bytes = with_.values.log_unsealed;
  options.upkeep_reserve_bytes = with_.values.log_reserve;
  options.keep_free_bytes = with_.values.log_keep_free;
  mail_ = std::make_unique<shard_mail>(n, shard_thread::mail_capacity, shard_thread::mail_answers,
                                       [this](rt::shard_index to) { threads_[to]->loop().wake(); });
  for (std::size_t i = 0; i < n; ++i) {
    auto loop = rt::event_loop::create(with_.time, with_.counted, "shard=\"" + std::to_string(i) + "\"");
    if (!loop) return loop.error();
    threads_.push_back(std::make_unique<shard_thread>(std::move(*loop), *mail_, static_cast<engine::shard_id>(i), n,
                                                      n < std::thread::hardware_concurrency()));
  }
  auto opened = store::embedded_store::open(
      files, options, with_.random,
      {.wake = [this](int i) { threads_[static_cast<std::size_t>(i)]->loop().wake(); }, .failed = with_.failed});
  if (!opened) return opened.error();
  store_ = std::move(*opened);
  std::vector<control_door::lane> lanes;
  for (std::size_t i = 0; i < n; ++i) {
    counters_.push_back(std::make_unique<engine::counters>(with_.counted, static_cast<unsigned>(i)));
    auto& thread = *threads_[i];
    thread.use(
        std::make_unique<engine::shard>(engine::surroundings{.self = static_cast<engine::shard_id>(i),
                                                             .shards = static_cast<engine::shard_id>(n),
                                                             .log = store_->shard_log(static_cast<int>(i)),
                                                             .history = store_->shard_history(static_cast<int>(i)),
                                                             .other_shards = thread,
                                                             .logins = with_.logins,
                                                             .random = with_.random,
                                                             .counts = *counters_.back(),
                                                             .limits = limits_,
                                                             .wire = wire_of(with_.values),
                                                             .data_id = to_bytes(store_->id())}));
    lanes.push_back({&thread.shard(), [&thread](auto work) { return thread.loop().post(std::move(work)); }});
  }
  door_ = std::make_unique<control_door>(std::move(lanes));
  return ok();
}

// All shards at once, each its own partitions.
status shards::recover() {
  std::vector<std::future<status>> all;
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    all.push_back(std::async(std::launch::async, [this, i]() -> status {
      auto& s = threads_[i]->shard();
      if (auto loaded = s.load_partitions(); !loaded) return loaded.error();
      if (auto redone = store_->recover(static_cast<int>(i), s.applier()); !redone) return redone.error();
      s.recovered();
      return ok();
    }));
  }
  status worst = ok();
  for (auto& one : all) {
    if (auto done = one.get(); !done) worst = done;
  }
  return worst;
}

void shards::start() {
  running_ = true;
  store_->start();
  for (auto& thread : threads_) thread->start(with_.time.now());
}

void shards::stop() {
  if (!running_) return;
  running_ = false;
  for (auto& thread : threads_) thread->stop();
  store_->stop();
}

}  // namespace dunlin::app
