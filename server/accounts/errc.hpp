// What can go wrong with accounts, devices and tokens, as values.
#pragma once

#include <string_view>

#include "base/errc.hpp"

namespace dunlin::accounts {

enum class errc {
  bad_handle = 1,    // breaks the rule of handles (handle.hpp)
  bad_name,          // a device's name is too long or not UTF-8
  handle_taken,      // another account has the handle
  handle_alike,      // another account has one that looks the same
  handle_reserved,   // only the operator gives it
  bad_display_name,  // handle.hpp says what may be one
  bad_about,         // so for what people say about themselves
  conflict,          // the id or token is in use for something else
  unknown_account,   // no such account, or it was deleted
  unknown_device,    // no such device
  wrong_token,       // no such user, a wrong token, or a revoked device: nobody is told which
  too_many,          // the account has as many devices as it may have
  too_many_kept,     // as many invites, pictures or settings are kept as may be
  sign_up_closed,    // nobody may sign up here
  invite_unknown,    // there is no such invite
  invite_expired,    // its time is over, or it was taken back
  invite_used,       // as many have signed up with it as may
  unknown_code,      // there is no such link code, or it is over, or somebody else has claimed it
  unknown_link,      // there is no such link, or it is another's to decide
  link_over,         // the link came to its end in another way
  unknown_picture,   // there is no such picture, or nobody shows it any more
  bad_picture,       // no JPEG, PNG or WebP
  large_picture,     // more pixels than picture.hpp allows
  busy,              // too much is under way: try again
  no_space,          // the disk is full
  untold,            // saved for good, but the account's stream has not learned of it yet; that happens by itself
  io,                // the database could not be read or written
  corrupt,           // the database is damaged
  newer,             // the database was written by a newer version of Dunlin
  closed,            // the server is stopping
};

std::string_view phrase(errc e);
// One word per value for programs: "handle_taken". Stable.
std::string_view word(errc e);

}  // namespace dunlin::accounts

DUNLIN_ERRC(dunlin::accounts::errc, "accounts")
namespace dunlin::accounts {
inline std::error_code make_error_code(errc e) { return dunlin_make_error_code(e); }
}  // namespace dunlin::accounts
