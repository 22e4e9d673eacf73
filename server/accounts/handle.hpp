// Handles: the names that people give accounts. 2 to 32 of a-z 0-9 . _ -, the first a letter or digit; what could be
// read as an id (26 characters of base32) is refused, so that a user name is never both.
//
// Who can be taken for somebody else can ask in their name. So handles have no letters outside ASCII, where most
// look-alikes are, and no two accounts have handles that look the same: what meets the eye of one is its skeleton,
// which is unique, too. Names that people take for the server's own voice are the operator's to give.
//
// And the other names that people give: of accounts, of devices, and what they say about themselves.
#pragma once

#include <string>
#include <string_view>

#include "base/id.hpp"
#include "base/result.hpp"

namespace dunlin::accounts {

inline constexpr std::size_t handle_min = 2;
inline constexpr std::size_t handle_max = 32;
inline constexpr std::size_t device_name_max = 64;
inline constexpr std::size_t display_name_max = 128;
inline constexpr std::size_t about_max = 512;

// errc::bad_handle unless `text` follows the rule.
status check_handle(std::string_view text);
// What somebody who typed this means: without spaces around it, an @ before it, or capitals. Not checked.
std::string canonical_handle(std::string_view typed);
// What all handles that look like this one have in common: . _ - are not in it, 0 is o; 1 and i are l (a font or a
// hasty eye makes them one); rn is m and vv is w.
std::string skeleton_of(std::string_view handle);
// True for what looks like admin, support and the like.
bool is_reserved(std::string_view handle);

// errc::bad_name unless `text` is UTF-8 without control characters, at most 64 bytes (empty is fine).
status check_device_name(std::string_view text);
// errc::bad_display_name unless `text` is UTF-8 of 1 to 128 bytes on one line, that shows something, without spaces at
// its ends and without what turns the direction of the text around it.
status check_display_name(std::string_view text);
// errc::bad_about unless `text` is UTF-8 of at most 512 bytes without control characters but line feeds (empty is
// fine).
status check_about(std::string_view text);

}  // namespace dunlin::accounts
