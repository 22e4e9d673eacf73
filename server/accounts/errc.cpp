#include "accounts/errc.hpp"

namespace dunlin::accounts {

std::string_view phrase(errc e) {
  switch (e) {
    case errc::bad_handle: return "not a handle: 2 to 32 of a-z 0-9 . _ -, the first a letter or digit";
    case errc::bad_name: return "a device's name is at most 64 bytes of UTF-8";
    case errc::handle_taken: return "the handle is taken";
    case errc::handle_alike: return "the handle looks like one that is taken";
    case errc::handle_reserved: return "the handle is reserved";
    case errc::bad_display_name: return "a name is 1 to 128 bytes of UTF-8 on one line, and shows something";
    case errc::bad_about: return "what you say about yourself is at most 512 bytes of UTF-8";
    case errc::conflict: return "the id or token is in use for something else";
    case errc::unknown_account: return "there is no such account";
    case errc::unknown_device: return "there is no such device";
    case errc::wrong_token: return "wrong user or token";
    case errc::too_many: return "the account has as many devices as it may have";
    case errc::too_many_kept: return "as many of these are kept as may be";
    case errc::sign_up_closed: return "nobody may sign up here";
    case errc::invite_unknown: return "there is no such invite";
    case errc::invite_expired: return "the invite is over";
    case errc::invite_used: return "as many have signed up with the invite as may";
    case errc::unknown_code: return "there is no such code, or it has run out";
    case errc::unknown_link: return "there is no such link";
    case errc::link_over: return "the link is over";
    case errc::unknown_picture: return "there is no such picture";
    case errc::bad_picture: return "a picture is a JPEG, PNG or WebP";
    case errc::large_picture: return "a picture has at most 1024 by 1024 pixels";
    case errc::busy: return "too much is under way, try again";
    case errc::no_space: return "the disk is full";
    case errc::untold: return "saved, but its stream has not learned of it yet; that happens by itself";
    case errc::io: return "the database of accounts could not be read or written";
    case errc::corrupt: return "the database of accounts is damaged";
    case errc::newer: return "the database of accounts was written by a newer version of Dunlin";
    case errc::closed: return "the server is stopping";
  }
  return "unknown error";
}

std::string_view word(errc e) {
  switch (e) {
    case errc::bad_handle: return "bad_handle";
    case errc::bad_name: return "bad_name";
    case errc::handle_taken: return "handle_taken";
    case errc::handle_alike: return "handle_alike";
    case errc::handle_reserved: return "handle_reserved";
    case errc::bad_display_name: return "bad_display_name";
    case errc::bad_about: return "bad_about";
    case errc::conflict: return "conflict";
    case errc::unknown_account: return "unknown_account";
    case errc::unknown_device: return "unknown_device";
    case errc::wrong_token: return "wrong_token";
    case errc::too_many: return "too_many";
    case errc::sign_up_closed: return "sign_up_closed";
    case errc::invite_unknown: return "invite_unknown";
    case errc::invite_expired: return "invite_expired";
    case errc::invite_used: return "invite_used";
    case errc::unknown_picture: return "unknown_picture";
    case errc::bad_picture: return "bad_picture";
    case errc::large_picture: return "large_picture";
    case errc::too_many_kept: return "too_many_kept";
    case errc::unknown_code: return "unknown_code";
    case errc::unknown_link: return "unknown_link";
    case errc::link_over: return "link_over";
    case errc::busy: return "busy";
    case errc::no_space: return "no_space";
    case errc::untold: return "untold";
    case errc::io: return "io";
    case errc::corrupt: return "corrupt";
    case errc::newer: return "newer";
    case errc::closed: return "closed";
  }
  return "unknown";
}

}  // namespace dunlin::accounts
