#include "store/embedded/directory.hpp"

#include <charconv>
#include <string>

#include "base/log.hpp"

namespace dunlin::store {

namespace {

constexpr std::string_view path = "DUNLIN";
constexpr std::string_view temporary = "DUNLIN.tmp";
constexpr std::string_view intro = "Dunlin data, format ";
constexpr std::uint32_t format = 1;
constexpr std::size_t max_size = 256;

// "Dunlin data, format 1\nid <26 characters>\n"
status write(disk& files, directory_id id) {
  const std::string text = std::string(intro) + std::to_string(format) + "\nid " + to_text(id) + "\n";
  {
    if (const auto stale = files.remove(temporary); !stale && stale.error() != errc::not_found) return stale;
    DUNLIN_TRY_ASSIGN(const std::unique_ptr<file> out, files.open(temporary, disk::mode::create_new));
    const byte_span piece = as_bytes(text);
    DUNLIN_TRY(out->write_at(0, {&piece, 1}));
    DUNLIN_TRY(out->sync());
  }
  DUNLIN_TRY(files.rename(temporary, path));
  return files.sync_directory(".");
}

result<directory_id> parse(std::string_view text) {
  const std::error_code bad = errc::corrupt;
  if (!text.starts_with(intro)) return bad;
  text.remove_prefix(intro.size());
  std::uint32_t version = 0;
  const auto number = std::from_chars(text.data(), text.data() + text.size(), version);
  if (number.ec != std::errc() || version == 0) return bad;
  if (version > format) {
    log_error("the data directory was written by a newer version of Dunlin", {{"format", version}, {"known", format}});
    return make_error_code(errc::newer);
  }
  text.remove_prefix(static_cast<std::size_t>(number.ptr - text.data()));
  constexpr std::string_view before_id = "\nid ";
  if (!text.starts_with(before_id) || text.size() != before_id.size() + directory_id::size * 8 / 5 + 2) return bad;
  const auto id = id_from_text<directory_id>(text.substr(before_id.size(), 26));
  if (!id || text.back() != '\n') return bad;
  return *id;
}

}  // namespace

result<directory_id> open_data_directory(disk& files, random_source& random) {
  auto in = files.open(path, disk::mode::open_existing);
  if (!in) {
    if (in.error() != errc::not_found) return in.error();
    return renew_data_directory(files, random);
  }
  DUNLIN_TRY_ASSIGN(const std::uint64_t size, (*in)->size());
  if (size > max_size) return make_error_code(errc::corrupt);
  bytes text(size);
  DUNLIN_TRY((*in)->read_at(0, text));
  auto id = parse(as_text(text));
  if (!id && id.error() == errc::corrupt) log_error("the file DUNLIN of the data directory is damaged");
  return id;
}

result<directory_id> renew_data_directory(disk& files, random_source& random) {
  const auto id = random.id<directory_id>();
  DUNLIN_TRY(write(files, id));
  return id;
}

}  // namespace dunlin::store
