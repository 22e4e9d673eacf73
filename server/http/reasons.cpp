#include "http/reasons.hpp"

#include "accounts/errc.hpp"

namespace dunlin::http {

std::string_view meaning(stream::reason why) {
  using stream::reason;
  switch (why) {
    case reason::none: return "no reason was given";
    case reason::not_member: return "there is no such conversation, or you are not in it";
    case reason::stale: return "the message id is too old for this conversation: sync, then send it with a new id";
    case reason::waits: return "an earlier message must be accepted first";
    case reason::busy: return "too much is under way: try again later";
    case reason::no_space: return "the disk of the server is full: nothing is accepted until there is room";
    case reason::too_large: return "it is larger than this server allows";
    case reason::malformed: return "it is not formed as it should be";
    case reason::unsupported: return "this server does not offer that";
    case reason::forbidden: return "your role in the conversation does not allow it";
    case reason::not_open: return "plain text goes to open conversations only";
    case reason::conflict: return "the id is in use for something else";
  }
  return "unknown reason";
}

response refused(stream::reason why) {
  using stream::reason;
  const auto word = stream::word(why);
  switch (why) {
    // The same for a conversation that does not exist and for one that is not the asker's: a stranger sees no
    // difference.
    case reason::not_member: return problem(404, word, "No such conversation", meaning(why));
    case reason::busy: return unavailable(word, meaning(why));
    case reason::no_space: return problem(507, word, "Insufficient storage", meaning(why));
    case reason::forbidden: return problem(403, word, "Forbidden", meaning(why));
    case reason::malformed: return problem(400, word, "Bad request", meaning(why));
    default: return problem(409, word, "Refused", meaning(why));
  }
}

response refused(const std::error_code& why) {
  using accounts::errc;
  if (why == errc::wrong_token) return unauthorized(true);
  if (why == errc::no_space) return problem(507, "no-space", "Insufficient storage", why.message());
  return unavailable("unavailable", why.message());
}

response unauthorized(bool had_token) {
  auto out = problem(401, "unauthorized", "Unauthorized", "a device's token is needed: Authorization: Bearer TOKEN");
  out.headers.emplace_back("WWW-Authenticate",
                           had_token ? "Bearer realm=\"dunlin\", error=\"invalid_token\"" : "Bearer realm=\"dunlin\"");
  return out;
}

response unavailable(std::string_view word, std::string_view detail) {
  auto out = problem(503, word, "Unavailable", detail);
  out.headers.emplace_back("Retry-After", "1");
  return out;
}

}  // namespace dunlin::http
