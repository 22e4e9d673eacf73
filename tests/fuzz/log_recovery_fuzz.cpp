// Recovery of the embedded store from arbitrary bytes: files as they are, and files whose checksums were made right so
// that what is behind them is reached. Whatever the bytes, it opens or says that it cannot, and what it opens can be
// redone, written to and read.
#include <array>

#include "base/crc32c.hpp"
#include "base/log.hpp"
#include "store/embedded/embedded_store.hpp"
#include "store/memory/fault_disk.hpp"

namespace {

using namespace dunlin;
using namespace dunlin::store;

class any_applier final : public applier {
 public:
  void apply(partition_id /*partition*/, position /*pos*/, byte_span entry, void* /*context*/, applied& out) override {
    out.keep = true;
    out.outcome.assign(entry.begin(), entry.end());
  }
  result<index_slot*> redo(const replayed& entry) override { return entry.seq == 0 ? nullptr : &slots_[entry.stream]; }
  std::map<stream_id, index_slot>& slots() { return slots_; }

 private:
  std::map<stream_id, index_slot> slots_;
};

void put(fault_disk& files, std::string_view path, byte_span data) {
  auto out = files.open(path, disk::mode::open_or_create);
  if (out) DUNLIN_CHECK((*out)->write_at(0, {&data, 1}).has_value());
}

constexpr std::size_t segment_bytes = 24 << 10;

// A segment whose header is right and whose frames hold pieces of the input, with right checksums.
void put_framed(fault_disk& files, byte_reader& in) {
  segment_header header{1 + in.u8() % 3U, in.u8(), in.u8() % 3U, in.u16(), 1 + in.u8() % 3U};
  bytes data;
  write_segment_header(header, data);
  data.resize(segment_bytes);
  std::uint64_t at = frames_begin;
  std::uint64_t batch = header.first_batch;
  while (!in.at_end()) {
    const std::uint8_t how = in.u8();
    bytes contents;
    for (int i = how & 3; i >= 0; --i) {
      // An entry with a right length and checksum around arbitrary contents.
      const byte_span body = in.take(std::min<std::uint64_t>(in.u8(), in.remaining()));
      byte_writer w(contents);
      w.u32(static_cast<std::uint32_t>(body.size() + entry_header_size));
      w.u32(crc32c(0, body));
      w.raw(body);
    }
    if (at + frame_header_size + contents.size() > segment_bytes) break;
    write_frame_header(header, {static_cast<std::uint32_t>(contents.size()), crc32c(0, contents), batch++},
                       data.data() + at);
    std::copy(contents.begin(), contents.end(), data.begin() + static_cast<std::ptrdiff_t>(at + frame_header_size));
    at = align_frame(at + frame_header_size + contents.size());
  }
  put(files, "log/" + std::to_string(header.generation) + ".seg", data);
}

void open_and_use(fault_disk& files) {
  seeded_random random(1);
  store_options o;
  o.segment_bytes = segment_bytes;
  o.max_unsealed_bytes = 10 * segment_bytes;
  o.upkeep_reserve_bytes = 2 << 10;
  o.keep_free_bytes = 0;
  o.max_batch_bytes = 6 << 10;
  o.seal_at_segments = 1;
  auto opened = embedded_store::open(files, o, random, {[](int) {}, [](std::string_view) {}});
  if (!opened) return;
  embedded_store& store = **opened;
  any_applier state;
  if (!store.recover(0, state)) return;
  for (int i = 0; i < 20; ++i) store.step_background(i);
  log& to = store.shard_log(0);
  if (to.reserve(100, space_for::client) == space::granted) to.submit(3, as_bytes("text"), nullptr);
  to.flush();
  store.step_writer();
  history& from = store.shard_history(0);
  std::vector<read_answer> reads;
  std::vector<load_answer> loads;
  for (auto& [id, slot] : state.slots()) {
    if (!from.read({.stream = id, .slot = slot, .max_records = 10, .max_bytes = 1000})) break;
    store.step_reader();
    from.poll(reads, loads);
  }
}

void walk(byte_span data) {
  record_walk records(data);
  while (records.next()) {
  }
  record_walk sought(data);
  sought.seek({1, 2}, 3);
  row_walk rows(data);
  while (rows.next()) {
  }
  entry_view entry;
  if (read_entry(data, false, entry)) each_touched(entry, [](const row_key&) {});
  segment_header segment;
  read_segment_header(data, segment);
  footer foot;
  read_footer(data, foot);
  (void)decode_manifest(data);
  (void)read_chunk(data);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool quiet = (log_start(log_level::off, false), true);
  (void)quiet;
  if (size < 1 || size > segment_bytes) return 0;
  byte_reader in({data, size});
  const std::uint8_t what = in.u8() % 5;
  fault_disk files;
  const byte_span rest = in.rest();
  byte_reader body(rest);
  switch (what) {
    case 0: put(files, "log/1.seg", rest); break;
    case 1: put_framed(files, body); break;
    case 2: {
      // Two segments from the halves.
      byte_reader first(rest.first(rest.size() / 2));
      byte_reader second(rest.subspan(rest.size() / 2));
      put_framed(files, first);
      put_framed(files, second);
      break;
    }
    case 3: put(files, "history/MANIFEST", rest); break;
    default: walk(rest); return 0;
  }
  open_and_use(files);
  return 0;
}
