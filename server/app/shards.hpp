// The data and the shards of one server: its embedded store, and a thread per shard that serves its part of it.
//
// Thread rule: made, started and stopped on one thread. `connect` (below) on a shard's thread.
// Lifetime: what it is given outlives it. `stop` ends all threads; what was acknowledged is on disk then.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "app/config.hpp"
#include "app/control_door.hpp"
#include "app/shard_thread.hpp"
#include "store/embedded/embedded_store.hpp"
#include "store/embedded/posix_disk.hpp"

namespace dunlin::app {

class shards {
 public:
  struct givens {
    const config& values;
    const clock& time;
    random_source& random;
    metrics& counted;
    engine::credentials& logins;
    // The log could not be written: the process must end (L3). Called on the log's thread.
    std::function<void(std::string_view what)> failed;
  };

  // Opens the store on `files` and brings its state into memory: errors are the store's.
  static result<std::unique_ptr<shards>> open(store::disk& files, const givens& with);
  ~shards();
  shards(const shards&) = delete;
  shards& operator=(const shards&) = delete;

  void start();
  // Tells all connections that the server ends, and waits for the log.
  void stop();

  [[nodiscard]] std::size_t count() const { return threads_.size(); }
  shard_thread& at(std::size_t i) { return *threads_[i]; }
  control_door& door() { return *door_; }
  [[nodiscard]] store::directory_id id() const { return store_->id(); }
  [[nodiscard]] bool is_full() const { return store_->is_full(); }

 private:
  explicit shards(const givens& with);
  status build(store::disk& files);
  status recover();

  givens with_;
  engine::options limits_;
  std::unique_ptr<store::embedded_store> store_;
  std::vector<std::unique_ptr<engine::counters>> counters_;
  std::unique_ptr<shard_mail> mail_;
  std::vector<std::unique_ptr<shard_thread>> threads_;
  std::unique_ptr<control_door> door_;
  bool running_ = false;
};

}  // namespace dunlin::app
