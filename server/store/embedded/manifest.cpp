#include "store/embedded/manifest.hpp"

#include "base/crc32c.hpp"
#include "base/log.hpp"

namespace dunlin::store {

namespace {

constexpr std::string_view path = "history/MANIFEST";
constexpr std::string_view temporary = "history/MANIFEST.tmp";
constexpr std::uint64_t magic = 0x314e414d4e4c4e44;
constexpr std::uint32_t version = 1;
constexpr std::uint64_t max_files = 1 << 20;
constexpr std::uint64_t max_size = 64 << 20;

}  // namespace

bytes encode(const manifest& m) {
  bytes body;
  byte_writer b(body);
  b.varint(m.sealed.generation);
  b.varint(m.sealed.batch);
  for (const position p : m.positions) b.varint(p);
  b.varint(m.next_number);
  b.varint(m.files.size());
  for (const auto& f : m.files) {
    b.varint(f.number);
    b.varint(f.level);
    b.varint(f.size);
  }
  bytes out;
  byte_writer w(out);
  w.u64(magic);
  w.u32(version);
  w.u32(crc32c(version, body));
  w.raw(body);
  return out;
}

result<manifest> decode_manifest(byte_span data) {
  byte_reader r(data);
  const std::uint64_t found_magic = r.u64();
  const std::uint32_t found_version = r.u32();
  const std::uint32_t crc = r.u32();
  const byte_span body = r.rest();
  if (!r.ok() || found_magic != magic || crc != crc32c(found_version, body)) return make_error_code(errc::corrupt);
  if (found_version != version) return make_error_code(errc::newer);
  byte_reader b(body);
  manifest m;
  m.sealed.generation = b.varint();
  m.sealed.batch = b.varint();
  for (position& p : m.positions) p = b.varint();
  m.next_number = b.varint();
  const std::uint64_t count = b.varint();
  if (count > max_files) return make_error_code(errc::corrupt);
  for (std::uint64_t i = 0; i < count && b.ok(); ++i) {
    manifest::entry f;
    f.number = b.varint();
    f.level = static_cast<std::uint32_t>(b.varint());
    f.size = b.varint();
    m.files.push_back(f);
  }
  if (!b.ok() || !b.at_end()) return make_error_code(errc::corrupt);
  return m;
}

result<manifest> load_manifest(disk& files) {
  auto in = files.open(path, disk::mode::open_existing);
  if (!in) {
    if (in.error() == errc::not_found) return manifest{};
    return in.error();
  }
  DUNLIN_TRY_ASSIGN(const std::uint64_t size, (*in)->size());
  bytes data(std::min(size, max_size));
  DUNLIN_TRY((*in)->read_at(0, data));
  auto out = decode_manifest(data);
  if (!out) log_error("the history's manifest cannot be read", {{"file", path}, {"error", out.error().message()}});
  return out;
}

status store_manifest(disk& files, const manifest& m) {
  {
    if (const auto stale = files.remove(temporary); !stale && stale.error() != errc::not_found) return stale;
    DUNLIN_TRY_ASSIGN(const std::unique_ptr<file> out, files.open(temporary, disk::mode::create_new));
    const bytes data = encode(m);
    const byte_span piece(data);
    DUNLIN_TRY(out->write_at(0, {&piece, 1}));
    DUNLIN_TRY(out->sync());
  }
  DUNLIN_TRY(files.rename(temporary, path));
  return files.sync_directory("history");
}

}  // namespace dunlin::store
