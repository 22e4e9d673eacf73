#include "store/embedded/frame.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/crc32c.hpp"

namespace dunlin::store {

namespace {

constexpr std::uint64_t segment_magic = 0x31474f4c4e4c4e44;  // "DNLNLOG1"

using namespace entry_flags;

std::uint32_t header_crc(const segment_header& segment, const frame_header& frame) {
  struct {
    std::uint64_t salt, generation, batch;
    std::uint32_t length, contents_crc;
  } const covered{segment.salt, segment.generation, frame.batch, frame.length, frame.contents_crc};
  static_assert(sizeof covered == 32);
  return crc32c(0, {reinterpret_cast<const std::uint8_t*>(&covered), sizeof covered});
}

bool lies_in(byte_span part, byte_span whole) {
  return std::greater_equal<>{}(part.data(), whole.data()) &&
         std::less_equal<>{}(part.data() + part.size(), whole.data() + whole.size());
}

}  // namespace

void write_segment_header(const segment_header& header, bytes& out) {
  bytes covered;
  byte_writer c(covered);
  c.u64(header.generation);
  c.u64(header.salt);
  c.u64(header.previous);
  c.u64(header.previous_end);
  c.u64(header.first_batch);
  c.u64(0);
  byte_writer w(out);
  w.u64(segment_magic);
  w.u32(log_format_version);
  w.u32(crc32c(log_format_version, covered));
  w.raw(covered);
}

header_state read_segment_header(byte_span data, segment_header& out) {
  byte_reader r(data);
  const std::uint64_t magic = r.u64();
  const std::uint32_t version = r.u32();
  const std::uint32_t crc = r.u32();
  const byte_span covered = r.take(48);
  if (!r.ok() || magic != segment_magic || crc != crc32c(version, covered)) return header_state::none;
  if (version != log_format_version) return header_state::newer;
  byte_reader c(covered);
  out.generation = c.u64();
  out.salt = c.u64();
  out.previous = c.u64();
  out.previous_end = c.u64();
  out.first_batch = c.u64();
  return header_state::valid;
}

void write_frame_header(const segment_header& segment, const frame_header& frame, std::uint8_t* out) {
  const std::uint32_t crc = header_crc(segment, frame);
  const std::uint32_t unused = 0;
  std::memcpy(out, &frame.length, 4);
  std::memcpy(out + 4, &frame.contents_crc, 4);
  std::memcpy(out + 8, &frame.batch, 8);
  std::memcpy(out + 16, &crc, 4);
  std::memcpy(out + 20, &unused, 4);
}

std::optional<frame_header> read_frame_header(const segment_header& segment, byte_span data) {
  byte_reader r(data);
  frame_header frame;
  frame.length = r.u32();
  frame.contents_crc = r.u32();
  frame.batch = r.u64();
  const std::uint32_t crc = r.u32();
  r.u32();
  if (!r.ok() || crc != header_crc(segment, frame)) return std::nullopt;
  return frame;
}

void batch_buffer::enlarge(std::size_t n) {
  const std::size_t capacity = std::max({capacity_ * 2, size_ + n, std::size_t{64} << 10});
  auto larger = std::make_unique_for_overwrite<std::uint8_t[]>(capacity);
  if (size_ > 0) std::memcpy(larger.get(), data_.get(), size_);
  data_ = std::move(larger);
  capacity_ = capacity;
}

void batch_buffer::sum_entries() {
  while (summed_ < size_) {
    std::uint8_t* const begin = data_.get() + summed_;
    std::uint32_t size = 0;
    std::memcpy(&size, begin, 4);
    const std::uint32_t crc = crc32c(0, {begin + entry_header_size, size - entry_header_size});
    std::memcpy(begin + 4, &crc, 4);
    summed_ += size;
  }
}

void append_entry(batch_buffer& out, partition_id partition, position pos, byte_span entry, const applied& did) {
  std::uint8_t flags = 0;
  std::uint64_t record_at = 0;
  if (did.seq != 0) {
    flags |= has_record;
    byte_span in = entry;
    if (!lies_in(did.record, in)) {
      in = did.outcome;
      flags |= record_in_outcome;
      DUNLIN_CHECK(lies_in(did.record, in));
    }
    record_at = static_cast<std::uint64_t>(did.record.data() - in.data());
    if (entry.size() >= 17 && id_from_bytes<stream_id>(entry.subspan<1, 16>()) == did.stream) flags |= stream_in_entry;
  }
  if (!did.touched.empty()) flags |= has_touched;

  const std::size_t beside = did.outcome.size() + did.touched.size() * (1 + stream_id::size);
  std::uint8_t* const begin = out.room(entry_overhead + entry.size() + beside);
  raw_writer w(begin + entry_header_size);
  w.u8(partition);
  w.u8(flags);
  w.varint(pos);
  w.varint(entry.size());
  w.raw(entry);
  w.varint(did.outcome.size());
  w.raw(did.outcome);
  if (did.seq != 0) {
    if ((flags & stream_in_entry) == 0) w.id(did.stream);
    w.varint(did.seq);
    w.varint(static_cast<std::uint64_t>(did.ts));
    w.varint(record_at);
    w.varint(did.record.size());
  }
  if (!did.touched.empty()) {
    w.varint(did.touched.size());
    for (const row_key& key : did.touched) {
      if (key == partition_row(partition)) {
        w.u8(0x80);
      } else {
        w.u8(static_cast<std::uint8_t>(key.kind));
        w.id(key.id);
      }
    }
  }
  end_entry(out, begin, w.at());
}

void run_appender::encode(std::int64_t ts) {
  ts_ = ts;
  raw_writer w(ts_bytes_.data());
  w.varint(static_cast<std::uint64_t>(ts));
  ts_size_ = static_cast<std::size_t>(w.at() - ts_bytes_.data());
}

bool peek_entry(byte_span data, partition_id& partition, std::size_t& size) {
  if (data.size() <= entry_header_size) return false;
  std::uint32_t total = 0;
  std::memcpy(&total, data.data(), 4);
  if (total <= entry_header_size || total > data.size()) return false;
  partition = data[entry_header_size];
  size = total;
  return true;
}

bool read_entry(byte_span data, bool check, entry_view& out) {
  if (!peek_entry(data, out.what.partition, out.size)) return false;
  const byte_span body = data.subspan(entry_header_size, out.size - entry_header_size);
  if (check) {
    std::uint32_t crc = 0;
    std::memcpy(&crc, data.data() + 4, 4);
    if (crc != crc32c(0, body)) return false;
  }
  byte_reader r(body);
  r.u8();
  const std::uint8_t flags = r.u8();
  out.what.pos = r.varint();
  out.what.entry = r.field();
  out.what.outcome = r.field();
  out.what.stream = {};
  out.what.seq = 0;
  out.what.ts = 0;
  out.record = {};
  if ((flags & has_record) != 0) {
    if ((flags & stream_in_entry) == 0) {
      out.what.stream = r.id<stream_id>();
    } else {
      byte_reader e(out.what.entry);
      e.u8();
      out.what.stream = e.id<stream_id>();
      if (!e.ok()) return false;
    }
    out.what.seq = r.varint();
    out.what.ts = static_cast<std::int64_t>(r.varint());
    const std::uint64_t at = r.varint();
    const std::uint64_t size = r.varint();
    const byte_span in = (flags & record_in_outcome) != 0 ? out.what.outcome : out.what.entry;
    if (!r.ok() || out.what.seq == 0 || at > in.size() || size > in.size() - at) return false;
    out.record = in.subspan(at, size);
  }
  out.touched = {};
  if ((flags & has_touched) != 0) {
    const std::uint64_t count = r.varint();
    const byte_span keys = r.rest();
    byte_reader k(keys);
    for (std::uint64_t i = 0; i < count && k.ok(); ++i) {
      const std::uint8_t kind = k.u8();
      if (kind != 0x80) k.id<stream_id>();
      if (kind != 0x80 && kind > static_cast<std::uint8_t>(row_kind::inbox)) return false;
    }
    if (!k.ok() || !k.at_end()) return false;
    out.touched = keys;
  }
  return r.ok() && r.at_end();
}

}  // namespace dunlin::store
