// An HTTP request and its answer as plain values: what handlers see, without sockets or a parser.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/rate_limits.hpp"

namespace dunlin::http {

struct request {
  std::string method;
  std::string path;   // as it came, without the query; not percent-decoded
  std::string query;  // what follows the question mark
  std::string authorization;
  std::string accept;
  std::string accept_encoding;
  std::string content_type;
  std::string if_none_match;
  std::string host;
  std::string origin;  // empty: no browser, or a page asking its own server with GET
  limit_key client;    // whose address it came from
  std::string body;
};

struct response {
  int status = 200;
  std::string content_type;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // beside those that every answer has; these come first
  // In the place of `body`: bytes that several answers share, however slowly each is taken.
  std::shared_ptr<const std::string> shared_body;

  [[nodiscard]] std::string_view content() const { return shared_body ? *shared_body : body; }
};

// RFC 9457. `word` becomes the stable type "urn:dunlin:problem:word"; `detail` is for people. `field`: which field of
// the request was wrong, if one was.
response problem(int status, std::string_view word, std::string_view title, std::string_view detail,
                 std::string_view field = {});
response json_answer(std::string body, int status = 200);

// The value of a parameter of a query, percent-decoded; nothing if it is not there. The first counts.
std::optional<std::string> query_value(std::string_view query, std::string_view name);
// A part of a path, percent-decoded.
std::string decode_path(std::string_view part);
std::optional<std::uint64_t> parse_number(std::string_view text);

// The token of "Bearer TOKEN" (RFC 6750; the scheme's case does not matter), or nothing.
std::optional<std::string_view> bearer_token(std::string_view authorization);

// True if an Accept header names this media type before any wildcard would do: a client that asks for protobuf.
bool accepts(std::string_view accept, std::string_view media_type);
// True if a Content-Type is this media type, whatever its parameters.
bool is_type(std::string_view content_type, std::string_view media_type);
// True if an Accept-Encoding lets this coding through by its name (RFC 9110 section 12.5.3).
bool takes_encoding(std::string_view accept_encoding, std::string_view coding);
// True if an If-None-Match lists this entity tag, which is given with its quotation marks (RFC 9110 section 13.1.2).
bool lists_tag(std::string_view if_none_match, std::string_view tag);

bool equal_fold(std::string_view a, std::string_view b);  // ASCII
std::string_view trim(std::string_view text);
// Cuts the part before `separator` off the front of `text`.
std::string_view take_part(std::string_view& text, char separator);

}  // namespace dunlin::http
