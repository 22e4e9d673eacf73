// An HTTP request and its answer as plain values: what handlers see, without sockets or a parser.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dunlin::http {

struct request {
  std::string method;
  std::string path;   // as it came, without the query; not percent-decoded
  std::string query;  // what follows the question mark
  std::string authorization;
  std::string accept;
};

struct response {
  int status = 200;
  std::string content_type;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // beside those that every answer has
};

// RFC 9457. `word` becomes the stable type "urn:dunlin:problem:word"; `detail` is for people.
response problem(int status, std::string_view word, std::string_view title, std::string_view detail);

// The value of a parameter of a query, percent-decoded; nothing if it is not there. The first counts.
std::optional<std::string> query_value(std::string_view query, std::string_view name);

// The token of "Bearer TOKEN" (RFC 6750; the scheme's case does not matter), or nothing.
std::optional<std::string_view> bearer_token(std::string_view authorization);

// True if an Accept header names this media type before any wildcard would do: a client that asks for protobuf.
bool accepts(std::string_view accept, std::string_view media_type);

}  // namespace dunlin::http
