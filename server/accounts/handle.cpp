#include "accounts/handle.hpp"

#include <algorithm>

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

status check_device_name(std::string_view text) {
  if (text.size() > device_name_max) return errc::bad_name;
  while (!text.empty()) {
    const std::size_t n = sequence(text);
    const bool control = static_cast<unsigned char>(text[0]) < 0x20 || text[0] == 0x7f;
    if (n == 0 || control) return errc::bad_name;
    text.remove_prefix(n);
  }
  return ok();
}

}  // namespace dunlin::accounts
