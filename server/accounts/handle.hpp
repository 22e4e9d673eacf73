// Handles: the names that people give accounts. 2 to 32 of a-z 0-9 . _ -, the first a letter or digit; what could be
// read as an id (26 characters of base32) is refused, so that a user name is never both.
#pragma once

#include <string_view>

#include "base/id.hpp"
#include "base/result.hpp"

namespace dunlin::accounts {

inline constexpr std::size_t handle_min = 2;
inline constexpr std::size_t handle_max = 32;
inline constexpr std::size_t device_name_max = 64;

// errc::bad_handle unless `text` follows the rule.
status check_handle(std::string_view text);
// errc::bad_name unless `text` is UTF-8 without control characters, at most 64 bytes (empty is fine).
status check_device_name(std::string_view text);

}  // namespace dunlin::accounts
