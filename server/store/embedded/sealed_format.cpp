#include "store/embedded/sealed_format.hpp"

#include "base/check.hpp"
#include "base/crc32c.hpp"

namespace dunlin::store {

namespace {

constexpr std::uint64_t footer_magic = 0x314c454e4c4e4c44;
constexpr int filter_probes = 6;

std::uint64_t zigzag(std::int64_t v) {
  return static_cast<std::uint64_t>(v) << 1 ^ static_cast<std::uint64_t>(v >> 63);
}
std::int64_t unzigzag(std::uint64_t v) { return static_cast<std::int64_t>(v >> 1 ^ (~(v & 1) + 1)); }

// Around the end, as unsigned numbers go: a difference may be any where the file is not what was written.
std::int64_t plus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

void write_extent(byte_writer& w, const extent& e) {
  w.u64(e.offset);
  w.u64(e.length);
}
extent read_extent(byte_reader& r) {
  extent e;
  e.offset = r.u64();
  e.length = r.u64();
  return e;
}

}  // namespace

void write_chunk(byte_span contents, bytes& out) {
  byte_writer w(out);
  w.u32(static_cast<std::uint32_t>(contents.size()));
  w.u32(crc32c(0, contents));
  w.raw(contents);
}

std::optional<byte_span> read_chunk(byte_span chunk) {
  byte_reader r(chunk);
  const std::uint32_t length = r.u32();
  const std::uint32_t crc = r.u32();
  const byte_span contents = r.rest();
  if (!r.ok() || contents.size() != length || crc32c(0, contents) != crc) return std::nullopt;
  return contents;
}

void write_index_entry(const index_entry& entry, bytes& out) {
  byte_writer w(out);
  w.u64(entry.first.a);
  w.u64(entry.first.b);
  w.u64(entry.first.c);
  write_extent(w, entry.at);
}

index_entry read_index_entry(byte_span entries, std::size_t i) {
  byte_reader r(entries.subspan(i * index_entry_size, index_entry_size));
  index_entry out;
  out.first.a = r.u64();
  out.first.b = r.u64();
  out.first.c = r.u64();
  out.at = read_extent(r);
  return out;
}

std::optional<std::size_t> find_index_entry(byte_span entries, const sort_key& key) {
  std::size_t low = 0;  // all before are not greater
  std::size_t high = entries.size() / index_entry_size;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (read_index_entry(entries, middle).first <= key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == 0) return std::nullopt;
  return low - 1;
}

void write_footer(const footer& f, bytes& out) {
  bytes covered;
  byte_writer c(covered);
  write_extent(c, f.record_top);
  write_extent(c, f.row_top);
  write_extent(c, f.filter);
  c.u64(f.records);
  c.u64(f.rows);
  covered.resize(footer_size - 16);
  byte_writer w(out);
  w.raw(covered);
  w.u32(sealed_format_version);
  w.u32(crc32c(sealed_format_version, covered));
  w.u64(footer_magic);
}

footer_state read_footer(byte_span data, footer& out) {
  byte_reader r(data);
  const byte_span covered = r.take(footer_size - 16);
  const std::uint32_t version = r.u32();
  const std::uint32_t crc = r.u32();
  const std::uint64_t magic = r.u64();
  if (!r.ok() || magic != footer_magic || crc != crc32c(version, covered)) return footer_state::damaged;
  if (version != sealed_format_version) return footer_state::newer;
  byte_reader c(covered);
  out.record_top = read_extent(c);
  out.row_top = read_extent(c);
  out.filter = read_extent(c);
  out.records = c.u64();
  out.rows = c.u64();
  return footer_state::valid;
}

void record_chunk_builder::add(stream_id stream, std::uint64_t seq, std::int64_t ts, byte_span body) {
  if (count_ > 0 && (stream != stream_ || seq != first_seq_ + count_)) end_run();
  if (empty()) first_ = key_of(stream, seq);
  if (count_ == 0) {
    stream_ = stream;
    first_seq_ = seq;
    base_ts_ = ts_ = ts;
  }
  ++count_;
  byte_writer w(run_);
  w.varint(zigzag(ts - ts_));
  w.field(body);
  ts_ = ts;
}

void record_chunk_builder::end_run() {
  if (count_ == 0) return;
  byte_writer w(contents_);
  w.id(stream_);
  w.varint(first_seq_);
  w.varint(zigzag(base_ts_));
  w.varint(count_);
  w.field(run_);
  count_ = 0;
  run_.clear();
}

const bytes& record_chunk_builder::finish() {
  end_run();
  return contents_;
}

void record_chunk_builder::clear() {
  contents_.clear();
  run_.clear();
  count_ = 0;
}

bool record_walk::next_run() {
  if (in_.at_end()) return false;
  record_.stream = in_.id<stream_id>();
  record_.seq = in_.varint() - 1;
  record_.ts = unzigzag(in_.varint());
  left_ = in_.varint();
  run_ = byte_reader(in_.field());
  return in_.ok();
}

bool record_walk::next_in_run() {
  --left_;
  ++record_.seq;
  record_.ts = plus(record_.ts, unzigzag(run_.varint()));
  record_.body = run_.field();
  return run_.ok();
}

bool record_walk::next() {
  while (left_ == 0) {
    if (!next_run()) return false;
  }
  return next_in_run();
}

bool record_walk::seek(stream_id stream, std::uint64_t seq) {
  while (true) {
    // In the run of `stream` that has it, else past runs that end before.
    const bool skip = left_ > 0 && (record_.stream < stream || (record_.stream == stream && record_.seq + left_ < seq));
    if (skip) left_ = 0;
    if (left_ > 0) {
      if (record_.stream != stream || record_.seq + 1 >= seq) return true;
      if (!next_in_run()) return false;
    } else if (!next_run()) {
      return false;
    }
  }
}

void write_row(const sealed_row& row, bytes& out) {
  byte_writer w(out);
  w.u8(static_cast<std::uint8_t>(row.key.kind));
  w.id(row.key.id);
  w.varint(row.pos);
  w.varint(row.kept_from);
  w.field(row.data);
}

bool row_walk::next() {
  if (in_.at_end()) return false;
  const std::uint8_t kind = in_.u8();
  if (kind > static_cast<std::uint8_t>(row_kind::inbox)) in_.fail();
  row_.key.kind = static_cast<row_kind>(kind);
  row_.key.id = in_.id<stream_id>();
  row_.pos = in_.varint();
  row_.kept_from = in_.varint();
  row_.data = in_.field();
  return in_.ok();
}

std::uint64_t filter_hash(std::uint8_t tag, stream_id id) {
  std::uint64_t x = id.hi ^ (id.lo + std::uint64_t{tag} * 0x9e3779b97f4a7c15U);
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9U;
  x = (x ^ x >> 27) * 0x94d049bb133111ebU;
  return x ^ x >> 31;
}

bytes build_filter(const std::vector<std::uint64_t>& hashes) {
  const std::uint64_t bits = (hashes.size() * 10 + 64) / 8 * 8;
  bytes out(bits / 8);
  for (const std::uint64_t hash : hashes) {
    std::uint64_t h = hash;
    const std::uint64_t step = hash >> 17 | hash << 47;
    for (int i = 0; i < filter_probes; ++i, h += step) out[h % bits / 8] |= static_cast<std::uint8_t>(1U << (h % 8));
  }
  return out;
}

bool filter_may_have(byte_span filter, std::uint64_t hash) {
  const std::uint64_t bits = filter.size() * 8;
  if (bits == 0) return true;
  std::uint64_t h = hash;
  const std::uint64_t step = hash >> 17 | hash << 47;
  for (int i = 0; i < filter_probes; ++i, h += step) {
    // As bits is a multiple of eight, h % 8 is the bit of byte h % bits / 8.
    if ((filter[h % bits / 8] >> (h % 8) & 1) == 0) return false;
  }
  return true;
}

}  // namespace dunlin::store
