// The sealed files as a set: opened at start, replaced as a whole when a sealing or a merge is published.
//
// Thread rule: snapshot() from any thread; the rest from the background thread. A snapshot keeps its files open for as
// long as it is held, also those that were removed meanwhile.
#pragma once

#include <memory>
#include <mutex>

#include "store/embedded/counters.hpp"
#include "store/embedded/manifest.hpp"
#include "store/embedded/sealed_file.hpp"

namespace dunlin::store {

class sealed_files {
 public:
  static constexpr std::string_view directory = "history";

  using list = std::vector<std::shared_ptr<sealed_file>>;  // oldest first
  using snapshot_ref = std::shared_ptr<const list>;

  // Loads the manifest, opens its files and removes all others.
  static result<std::unique_ptr<sealed_files>> open(disk& files, store_counters& counters);

  [[nodiscard]] snapshot_ref snapshot() const;
  [[nodiscard]] const manifest& current() const { return manifest_; }
  // For a file about to be written; never given twice by one process.
  std::uint64_t take_number() { return next_number_++; }

  // Makes `next` the truth: durable first, then seen. Files that it no longer names are removed. `made`: the file that
  // it names anew, if any.
  status publish(manifest next, const std::shared_ptr<sealed_file>& made);
  // What a sealing or a merge wrote and cannot publish; no harm if that fails.
  void discard(const std::string& path);

  // The newest row of a key: looks through the files from the newest.
  static result<std::optional<sealed_row>> find_row(const list& in, const row_key& key, bytes& data);

 private:
  sealed_files(disk& files, store_counters& counters) : files_(files), counters_(counters) {}

  disk& files_;
  store_counters& counters_;
  manifest manifest_;
  std::uint64_t next_number_ = 1;
  mutable std::mutex lock_;
  snapshot_ref list_;
};

}  // namespace dunlin::store
