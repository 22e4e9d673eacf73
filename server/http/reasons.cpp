#include "http/reasons.hpp"

#include <algorithm>
#include <array>

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

namespace {

// How an error of the accounts is answered. What is not here is the server's own trouble: 503.
struct as_problem {
  accounts::errc why;
  int status;
  std::string_view word;
  std::string_view title;
  std::string_view field = {};  // NOLINT(readability-redundant-member-init): else GCC wants it in each row
};

using accounts::errc;

constexpr std::array problems = {
    as_problem{errc::bad_handle, 422, "bad-handle", "Not a handle", "handle"},
    as_problem{errc::handle_reserved, 422, "bad-handle", "Not a handle", "handle"},
    as_problem{errc::handle_taken, 409, "handle-taken", "The handle is taken", "handle"},
    as_problem{errc::handle_alike, 409, "handle-taken", "The handle is taken", "handle"},
    as_problem{errc::bad_display_name, 422, "bad-field", "A field is wrong", "name"},
    as_problem{errc::bad_about, 422, "bad-field", "A field is wrong", "about"},
    as_problem{errc::bad_name, 422, "bad-field", "A field is wrong", "device_name"},
    as_problem{errc::conflict, 409, "conflict", "In use for something else"},
    as_problem{errc::unknown_account, 404, "unknown-account", "No such account"},
    as_problem{errc::unknown_device, 404, "unknown-device", "No such device"},
    as_problem{errc::too_many, 409, "too-many", "Too many"},
    as_problem{errc::too_many_kept, 409, "too-many", "Too many"},
    as_problem{errc::sign_up_closed, 403, "signup-closed", "Nobody may sign up"},
    as_problem{errc::invite_unknown, 404, "invite-unknown", "No such invite"},
    as_problem{errc::invite_expired, 410, "invite-expired", "The invite is over"},
    as_problem{errc::invite_used, 410, "invite-used", "The invite is used up"},
    as_problem{errc::unknown_code, 404, "code-unknown", "No such code"},
    as_problem{errc::unknown_link, 404, "unknown-link", "No such link"},
    as_problem{errc::link_over, 409, "link-over", "The link is over"},
    as_problem{errc::unknown_picture, 404, "unknown-picture", "No such picture"},
    as_problem{errc::bad_picture, 415, "unsupported-media-type", "Unsupported media type"},
    as_problem{errc::large_picture, 422, "large-picture", "The picture is too large"},
    as_problem{errc::no_space, 507, "no-space", "Insufficient storage"},
};

}  // namespace

response refused(const std::error_code& why) {
  if (why == errc::wrong_token) return unauthorized(true);
  // Saved for good: who asks again is answered once the streams know (Q1, Q2).
  if (why == errc::untold) return unavailable("untold", why.message());
  const auto found = std::ranges::find_if(problems, [&](const as_problem& p) { return why == p.why; });
  if (found == problems.end()) return unavailable("unavailable", why.message());
  return problem(found->status, found->word, found->title, why.message(), found->field);
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
