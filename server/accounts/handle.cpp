#include "accounts/handle.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "accounts/errc.hpp"

namespace dunlin::accounts {

namespace {

bool letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool of_base32(char c) { return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'); }

// The length of the UTF-8 sequence at the start of `text` (RFC 3629), 0 if it is none.
std::size_t sequence(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t n = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < n) return 0;
  for (std::size_t i = 1; i < n; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const unsigned char second = byte(1);
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool surrogate = first == 0xed && second > 0x9f;
  const bool too_high = first == 0xf4 && second > 0x8f;
  return overlong || surrogate || too_high ? 0 : n;
}

// The code point at the start of `text`, which is taken off it; nothing if it is not UTF-8.
std::optional<char32_t> take_code_point(std::string_view& text) {
  const std::size_t n = sequence(text);
  if (n == 0) return std::nullopt;
  const auto first = static_cast<unsigned char>(text[0]);
  char32_t out = n == 1 ? first : first & (0xffU >> (n + 1));
  for (std::size_t i = 1; i < n; ++i) out = out << 6 | (static_cast<unsigned char>(text[i]) & 0x3fU);
  text.remove_prefix(n);
  return out;
}

struct range {
  char32_t first;
  char32_t last;
};

template <std::size_t n>
bool is_in(char32_t c, const std::array<range, n>& all) {
  return std::ranges::any_of(all, [&](const range& r) { return c >= r.first && c <= r.last; });
}

// Control characters, the ends of lines and paragraphs, what turns the direction of text, marks of byte order and
// notes.
constexpr std::array unseen = {range{0x00, 0x1f},     range{0x7f, 0x9f},     range{0x2028, 0x202e},
                               range{0x2066, 0x2069}, range{0xfeff, 0xfeff}, range{0xfff9, 0xfffb}};
// What shows nothing by itself.
constexpr std::array blank = {
    range{0x20, 0x20},     range{0xa0, 0xa0},     range{0xad, 0xad},     range{0x034f, 0x034f}, range{0x115f, 0x1160},
    range{0x1680, 0x1680}, range{0x17b4, 0x17b5}, range{0x2000, 0x200f}, range{0x202f, 0x202f}, range{0x205f, 0x2064},
    range{0x2800, 0x2800}, range{0x3000, 0x3000}, range{0x3164, 0x3164}, range{0xffa0, 0xffa0}};

// Names that people take for the server's own voice, as skeletons. "all" is not among them: it looks like "ali".
constexpr std::array<std::string_view, 26> reserved = {
    "abuse", "admin",    "administrator", "anonymous", "bot",     "dunlin",   "everyone", "help",     "hostmaster",
    "info",  "mod",      "moderator",     "noreply",   "nobody",  "official", "operator", "owner",    "postmaster",
    "root",  "security", "server",        "staff",     "support", "system",   "team",     "webmaster"};

}  // namespace

status check_handle(std::string_view text) {
  const bool size_ok = text.size() >= handle_min && text.size() <= handle_max;
  if (!size_ok || !letter_or_digit(text.front())) return errc::bad_handle;
  if (!std::ranges::all_of(text, [](char c) { return letter_or_digit(c) || c == '.' || c == '_' || c == '-'; })) {
    return errc::bad_handle;
  }
  if (text.size() == account_id::text_size && std::ranges::all_of(text, of_base32)) return errc::bad_handle;
  return ok();
}

std::string canonical_handle(std::string_view typed) {
  while (!typed.empty() && typed.front() == ' ') typed.remove_prefix(1);
  while (!typed.empty() && typed.back() == ' ') typed.remove_suffix(1);
  if (typed.starts_with('@')) typed.remove_prefix(1);
  std::string out(typed);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string skeleton_of(std::string_view handle) {
  std::string out;
  for (const char c : handle) {
    if (c == '.' || c == '_' || c == '-') continue;
    out += c == '0' ? 'o' : c == '1' || c == 'i' ? 'l' : c;
  }
  // As SQL's replace does it: from left to right, one after the other (the migration of older files is written so).
  const auto replace = [&out](std::string_view pair, char by) {
    for (std::size_t at = 0; (at = out.find(pair, at)) != std::string::npos; ++at) out.replace(at, pair.size(), 1, by);
  };
  replace("rn", 'm');
  replace("vv", 'w');
  return out;
}

bool is_reserved(std::string_view handle) {
  const auto found = skeleton_of(handle);
  return std::ranges::any_of(reserved, [&](std::string_view name) { return skeleton_of(name) == found; });
}

status check_device_name(std::string_view text) {
  if (text.size() > device_name_max) return errc::bad_name;
  while (!text.empty()) {
    const auto c = take_code_point(text);
    if (!c || *c < 0x20 || *c == 0x7f) return errc::bad_name;
  }
  return ok();
}

status check_display_name(std::string_view text) {
  if (text.empty() || text.size() > display_name_max) return errc::bad_display_name;
  if (text.starts_with(' ') || text.ends_with(' ')) return errc::bad_display_name;
  bool shows = false;
  while (!text.empty()) {
    const auto c = take_code_point(text);
    if (!c || is_in(*c, unseen)) return errc::bad_display_name;
    shows = shows || !is_in(*c, blank);
  }
  return shows ? ok() : status(errc::bad_display_name);
}

status check_about(std::string_view text) {
  if (text.size() > about_max) return errc::bad_about;
  while (!text.empty()) {
    const auto c = take_code_point(text);
    if (!c || (*c != '\n' && is_in(*c, unseen))) return errc::bad_about;
  }
  return ok();
}

}  // namespace dunlin::accounts
