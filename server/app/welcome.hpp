// What `dunlin serve` prints for people when it is ready: where it is, and how to begin.
#pragma once

#include <string>

#include "accounts/sign_ups.hpp"
#include "app/config.hpp"

namespace dunlin::app {

// Where a new server's first people sign up: the code of an invite of the operator's that is good, or of a new one.
// Empty if there are accounts already, if nobody needs an invite, or if it cannot be made. Waits for the store thread:
// not on a thread that the answer needs.
std::string first_invite(accounts::sign_ups& people);

struct welcome {
  std::string mqtt;  // addresses
  std::string http;
  std::string url;     // where people find the app; empty: it is not served
  std::string invite;  // a link for who comes first; empty: there is none
};
void print_welcome(const config& values, const welcome& what);

}  // namespace dunlin::app
