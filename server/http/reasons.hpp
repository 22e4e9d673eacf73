// What a refusal means, for people: the text beside the word of stream/verdict.hpp.
#pragma once

#include <string_view>

#include "stream/verdict.hpp"

namespace dunlin::http {

std::string_view meaning(stream::reason why);

}  // namespace dunlin::http
