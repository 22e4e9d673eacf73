#include "http/reasons.hpp"

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

}  // namespace dunlin::http
