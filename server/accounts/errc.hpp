// What can go wrong with accounts, devices and tokens, as values.
#pragma once

#include <string_view>

#include "base/errc.hpp"

namespace dunlin::accounts {

enum class errc {
  bad_handle = 1,   // breaks the rule of handles (handle.hpp)
  bad_name,         // a device's name is too long or not UTF-8
  handle_taken,     // another account has the handle
  conflict,         // the id or token is in use for something else
  unknown_account,  // no such account, or it was deleted
  unknown_device,   // no such device
  wrong_token,      // no such user, a wrong token, or a revoked device: nobody is told which
  too_many,         // the account has as many devices as it may have
  busy,             // too much is under way: try again
  no_space,         // the disk is full
  untold,           // saved for good, but the account's stream has not learned of it yet; that happens by itself
  io,               // the database could not be read or written
  corrupt,          // the database is damaged
  newer,            // the database was written by a newer version of Dunlin
  closed,           // the server is stopping
};

std::string_view phrase(errc e);
// One word per value for programs: "handle_taken". Stable.
std::string_view word(errc e);

}  // namespace dunlin::accounts

DUNLIN_ERRC(dunlin::accounts::errc, "accounts")
namespace dunlin::accounts {
inline std::error_code make_error_code(errc e) { return dunlin_make_error_code(e); }
}  // namespace dunlin::accounts
