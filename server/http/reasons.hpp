// What a refusal means, for people, and as an answer: of the streams (stream/verdict.hpp) and of the accounts
// (accounts/errc.hpp).
#pragma once

#include <string_view>
#include <system_error>

#include "http/message.hpp"
#include "stream/verdict.hpp"

namespace dunlin::http {

std::string_view meaning(stream::reason why);

response refused(stream::reason why);
// What the accounts refused, or that they cannot answer now.
response refused(const std::error_code& why);
response unauthorized(bool had_token);
// Again after a second.
response unavailable(std::string_view word, std::string_view detail);

}  // namespace dunlin::http
