#include "accounts/errc.hpp"

namespace dunlin::accounts {

std::string_view phrase(errc e) {
  switch (e) {
    case errc::bad_handle: return "not a handle: 2 to 32 of a-z 0-9 . _ -, the first a letter or digit";
    case errc::bad_name: return "a device's name is at most 64 bytes of UTF-8";
    case errc::handle_taken: return "the handle is taken";
    case errc::conflict: return "the id or token is in use for something else";
    case errc::unknown_account: return "there is no such account";
    case errc::unknown_device: return "there is no such device";
    case errc::wrong_token: return "wrong user or token";
    case errc::too_many: return "the account has as many devices as it may have";
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
    case errc::conflict: return "conflict";
    case errc::unknown_account: return "unknown_account";
    case errc::unknown_device: return "unknown_device";
    case errc::wrong_token: return "wrong_token";
    case errc::too_many: return "too_many";
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
