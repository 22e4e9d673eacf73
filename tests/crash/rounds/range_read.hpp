// Reads a whole conversation over HTTP (GET /v1/conversations/{id}/records), as a client that lost its store would.
//
// Thread rule: blocks its caller. Bounds: 10 s a request.
#pragma once

#include <functional>
#include <string>

#include "stream/wire.hpp"

namespace dunlin::crash {

// Calls `take` with each record, in the order of the answers. What is wrong, or empty.
std::string read_conversation(const std::string& http, const std::string& token, const std::string& conversation,
                              const std::function<void(const stream::record_view&)>& take);

}  // namespace dunlin::crash
