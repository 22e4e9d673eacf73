#include "stream/verdict.hpp"

namespace dunlin::stream {

std::string_view word(reason r) {
  switch (r) {
    case reason::none: return "none";
    case reason::not_member: return "not_member";
    case reason::stale: return "stale";
    case reason::waits: return "waits";
    case reason::busy: return "busy";
    case reason::no_space: return "no_space";
    case reason::too_large: return "too_large";
    case reason::malformed: return "malformed";
    case reason::unsupported: return "unsupported";
    case reason::forbidden: return "forbidden";
    case reason::not_open: return "not_open";
    case reason::conflict: return "conflict";
  }
  return "unknown";
}

}  // namespace dunlin::stream
