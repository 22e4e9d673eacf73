// One shard's history on the embedded store: its ends of the queues to the reader and the background.
//
// Thread rule: belongs to its shard; load_now at start only, on the shard's thread.
#pragma once

#include <deque>
#include <functional>

#include "store/embedded/embedded_log.hpp"
#include "store/embedded/reader.hpp"
#include "store/embedded/row_exchange.hpp"

namespace dunlin::store {

class embedded_history final : public history {
 public:
  // Published rows told at a poll.
  static constexpr std::size_t published_a_poll = 1024;

  struct surroundings {
    const store_options& options;
    embedded_log& log;
    const sealed_files& files;
    reader_queue& queue;
    row_exchange& rows;
    std::function<void()> nudge_reader;
    std::function<void()> nudge_background;
  };
  explicit embedded_history(surroundings around) : around_(std::move(around)) {}

  bool read(const read_request& request) override;
  bool load(std::uint64_t token, const row_key& key) override;
  void poll(std::vector<read_answer>& reads, std::vector<load_answer>& loads) override;
  void poll_wanted(std::vector<row_key>& keys, std::size_t most) override;
  void give_row(const row_key& key, position pos, ticket when, std::uint64_t kept_from, byte_span row) override;
  void skip_row(const row_key& key) override;
  void poll_published(std::vector<published_row>& rows) override;
  bool holds_unsealed(stream_id stream, index_slot& slot) override;
  load_answer load_now(const row_key& key) override;

 private:
  // False: a record of it is in a batch that is not written yet.
  bool resolve(reader_request& request);
  void send(reader_request_ref request);

  surroundings around_;
  std::size_t under_way_ = 0;
  // Reads of records that are still on their way to the log's file. Their answers could not leave before anyway (L2).
  std::deque<reader_request_ref> early_;
  published_rows published_;
  std::size_t published_at_ = 0;
};

}  // namespace dunlin::store
