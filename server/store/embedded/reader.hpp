// Answers reads and loads from what is sealed and what is not, on its own thread, so that no shard waits for a disk.
//
// Thread rule: run_once belongs to one thread, or the simulator; each shard's queue has that shard at its other end.
// A request under way holds the segments and files that it reads, so they are neither used again nor closed.
#pragma once

#include "rt/spsc_ring.hpp"
#include "store/embedded/sealed_files.hpp"
#include "store/history.hpp"

namespace dunlin::store {

struct reader_request {
  bool is_load = false;
  read_request read;
  row_key key;
  // Records of `read` that are not sealed: from first_unsealed on, one place each.
  std::uint64_t first_unsealed = 0;
  struct place {
    std::uint32_t segment = 0;  // of `in`
    std::uint32_t offset = 0;
  };
  std::vector<place> places;
  std::vector<segment_ref> in;

  read_answer read_result;
  load_answer load_result;
};
using reader_request_ref = std::unique_ptr<reader_request>;

// One shard's requests and answers; a shard has at most `capacity` under way.
struct reader_queue {
  explicit reader_queue(std::size_t capacity) : requests(capacity), answers(capacity) {}
  rt::spsc_ring<reader_request_ref> requests;
  rt::spsc_ring<reader_request_ref> answers;
};

class reader {
 public:
  // Requests of one shard before it is the next one's turn.
  static constexpr std::size_t a_turn = 16;

  reader(sealed_files& files, std::vector<std::unique_ptr<reader_queue>>& shards, std::function<void(int)> wake,
         store_counters& counters);

  // Answers what there is, up to a_turn a shard; false: there was nothing.
  bool run_once();
  // What run_once does with one request.
  void answer(reader_request& request);

 private:
  struct found_record {
    std::uint64_t seq;
    std::int64_t ts;
    std::size_t begin;
    std::size_t size;
  };
  struct collected {
    const read_request& wanted;
    std::vector<found_record> records;
    bytes data;
    bool full = false;
    // Takes one more, or becomes full.
    void add(std::uint64_t seq, std::int64_t ts, byte_span body);
  };

  status read(const reader_request& request, collected& out);
  static status read_sealed(const sealed_files::list& files, std::uint64_t through, collected& out);
  static status read_unsealed(const reader_request& request, collected& out);
  void fail(const reader_request& request, const std::error_code& why);

  sealed_files& files_;
  std::vector<std::unique_ptr<reader_queue>>& shards_;
  std::function<void(int)> wake_;
  store_counters& counters_;
};

}  // namespace dunlin::store
