// What a message costs the disk: bytes written for records of 150 bytes over 100,000 conversations of very different
// liveliness (Zipf), with sealing and merging, and the operations of a round. Counted, not timed.
#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include "base/log.hpp"
#include "base/random.hpp"
#include "store/embedded/embedded_store.hpp"
#include "store/embedded/posix_disk.hpp"

namespace dunlin::store {
namespace {

constexpr std::uint32_t conversations = 100'000;
constexpr std::uint64_t records = 1'200'000;
constexpr std::size_t record_bytes = 150;
constexpr std::size_t before_record = 25;  // kind, stream, time
// A state row of a stream with two members, one of whose devices writes: what is always there, and the window of up to
// 64 ids of 16 bytes with their seqs.
constexpr std::size_t row_bytes_of(std::uint64_t records_made) {
  return 134 + 19 * static_cast<std::size_t>(std::min<std::uint64_t>(records_made, 64));
}

// Real files, but nobody waits for the disk.
class unsynced_disk final : public disk {
 public:
  explicit unsynced_disk(disk& real) : real_(real) {}
  result<std::unique_ptr<file>> open(std::string_view path, mode how) override {
    DUNLIN_TRY_ASSIGN(auto real, real_.open(path, how));
    return std::unique_ptr<file>(std::make_unique<unsynced_file>(std::move(real)));
  }
  status make_directory(std::string_view path) override { return real_.make_directory(path); }
  status rename(std::string_view from, std::string_view to) override { return real_.rename(from, to); }
  status remove(std::string_view path) override { return real_.remove(path); }
  result<std::vector<std::string>> list(std::string_view directory) override { return real_.list(directory); }
  status sync_directory(std::string_view /*directory*/) override { return ok(); }
  result<std::uint64_t> free_bytes() override { return real_.free_bytes(); }

 private:
  class unsynced_file final : public file {
   public:
    explicit unsynced_file(std::unique_ptr<file> real) : real_(std::move(real)) {}
    status read_at(std::uint64_t offset, std::span<std::uint8_t> out) override { return real_->read_at(offset, out); }
    status write_at(std::uint64_t offset, std::span<const byte_span> pieces) override {
      return real_->write_at(offset, pieces);
    }
    status sync() override { return ok(); }
    result<std::uint64_t> size() override { return real_->size(); }
    result<byte_span> map(std::uint64_t length) override { return real_->map(length); }

   private:
    std::unique_ptr<file> real_;
  };
  disk& real_;
};

struct conversation {
  stream_id id;
  index_slot slot = 0;
  std::uint64_t head = 0;
  position pos = 0;
};

// An entry says in its time's place which conversation it is for.
class counting_applier final : public applier {
 public:
  explicit counting_applier(random_source& random) : all_(conversations) {
    for (std::uint32_t n = 0; n < conversations; ++n) all_[n].id = {random.next(), n};
  }
  bytes entry(std::uint32_t n) const {
    bytes out(before_record + record_bytes, 'r');
    const auto id = to_bytes(all_[n].id);
    out[0] = 1;
    std::copy(id.begin(), id.end(), out.begin() + 1);
    return out;
  }
  conversation& at(stream_id id) { return all_[id.lo]; }
  conversation& number(std::uint32_t n) { return all_[n]; }

  void apply(partition_id /*partition*/, position pos, byte_span entry, void* /*context*/, applied& out) override {
    byte_reader r(entry);
    r.u8();
    conversation& c = at(r.id<stream_id>());
    c.pos = pos;
    out.keep = true;
    out.stream = c.id;
    out.seq = ++c.head;
    out.ts = 1'700'000'000'000 + static_cast<std::int64_t>(pos);
    out.record = entry.subspan(before_record);
    out.slot = &c.slot;
  }
  result<index_slot*> redo(const replayed& entry) override { return &at(entry.stream).slot; }

 private:
  std::vector<conversation> all_;
};

// Conversation n is 1/n as lively as the first.
class zipf {
 public:
  zipf() : upto_(conversations) {
    double sum = 0;
    for (std::uint32_t n = 0; n < conversations; ++n) upto_[n] = sum += 1.0 / (n + 1);
  }
  std::uint32_t pick(seeded_random& random) const {
    const double at = static_cast<double>(random.bits() >> 11) * 0x1p-53 * upto_.back();
    return static_cast<std::uint32_t>(std::upper_bound(upto_.begin(), upto_.end() - 1, at) - upto_.begin());
  }

 private:
  std::vector<double> upto_;
};

TEST(Cost, ARecordOf150BytesIsAtMost450BytesWrittenSealingAndMergingIncluded) {
  log_start(log_level::warn, false);
  std::string path = (std::filesystem::temp_directory_path() / "dunlin-cost-XXXXXX").string();
  ASSERT_NE(::mkdtemp(path.data()), nullptr);
  {
    auto real = posix_disk::open_directory(path);
    ASSERT_TRUE(real);
    unsynced_disk files(**real);
    seeded_random random(1);
    // A sixteenth of the usual sizes, and so of the records that it takes until files are merged.
    store_options o;
    o.segment_bytes /= 16;
    o.max_unsealed_bytes /= 16;
    o.upkeep_reserve_bytes /= 16;
    o.max_batch_bytes /= 16;
    auto opened = embedded_store::open(files, o, random, {[](int) {}, [](std::string_view) { FAIL(); }});
    ASSERT_TRUE(opened);
    embedded_store& store = **opened;
    counting_applier state(random);
    ASSERT_TRUE(store.recover(0, state));
    log& to = store.shard_log(0);
    history& rows = store.shard_history(0);
    const zipf liveliness;
    const bytes row(row_bytes_of(64));
    std::vector<row_key> wanted;
    std::vector<published_row> published;
    mono_ms now = 0;
    const auto background = [&] {
      const bool worked = store.step_background(now += 20);
      wanted.clear();
      rows.poll_wanted(wanted, 1000);
      for (const row_key& key : wanted) {
        const conversation& c = state.at(key.id);
        rows.give_row(key, c.pos, to.taken(), 0, byte_span(row).first(row_bytes_of(c.head)));
      }
      published.clear();
      rows.poll_published(published);
      return worked || !wanted.empty();
    };
    while (background()) {
    }
    for (std::uint64_t n = 0; n < records;) {
      for (int k = 0; k < 512; ++k, ++n) {
        const bytes entry = state.entry(liveliness.pick(random));
        if (to.reserve(entry.size(), space_for::client) != space::granted) break;
        to.submit(partition_of(state.at(id_from_bytes<stream_id>(byte_span(entry).subspan<1, 16>())).id), entry,
                  nullptr);
      }
      to.flush();
      store.step_writer();
      // A piece of a segment that is prepared is an eighth of what a step of sealing or merging writes.
      for (int k = 0; k < 8; ++k) background();
    }
    while (background()) {
    }
    const store_counters& c = store.counters();
    const auto per_record = [](const counter& bytes) { return static_cast<double>(bytes.value()) / records; };
    std::printf("bytes a record: log %.0f, sealed %.0f, merged %.0f; rows beside it %.0f\n", per_record(c.log_bytes),
                per_record(c.sealed_bytes), per_record(c.merged_bytes), per_record(c.row_bytes));
    EXPECT_GT(c.merges.value(), 0);
    EXPECT_LE(per_record(c.log_bytes) + per_record(c.sealed_bytes) + per_record(c.merged_bytes), 450);
  }
  std::filesystem::remove_all(path);
}

}  // namespace
}  // namespace dunlin::store
