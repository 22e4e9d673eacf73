// Any text as what HTTP is read from behind its parser: paths, queries, lists in headers, addresses, and JSON bodies.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "accounts/handle.hpp"
#include "accounts/link_codes.hpp"
#include "base/check.hpp"
#include "http/client_address.hpp"
#include "http/json_body.hpp"
#include "http/router.hpp"

namespace {

using namespace dunlin;

void read_lists(std::string_view text) {
  http::query_value(text, "invite");
  http::bearer_token(text);
  http::accepts(text, "application/x-protobuf");
  http::takes_encoding(text, "br");
  http::lists_tag(text, "\"x\"");
  const std::vector<http::network> proxies = {{{0, 1}, 0}};  // all are trusted
  http::key_of(http::client_of({0, 1}, text, proxies));
  http::parse_network(text);
}

void read_body(std::string_view text) {
  http::request what;
  what.content_type = "application/json";
  what.body = text;
  http::json_body body(what);
  body.text_if("a", 8);
  body.id<account_id>("b");
  body.texts_if("c", 3);
  body.pairs_if("d", 3);
  body.flag_if("e");
  body.token("f");
  const auto wrong = body.wrong();
  DUNLIN_CHECK(!wrong || (wrong->status >= 400 && wrong->status < 500));
  http::not_an_object(what, 4096);
}

void read_names(std::string_view text) {
  const auto handle = accounts::canonical_handle(text);
  if (accounts::check_handle(handle)) DUNLIN_CHECK(!accounts::skeleton_of(handle).empty());
  (void)accounts::check_display_name(text);
  (void)accounts::check_about(text);
  const auto code = accounts::canonical_code(text);
  DUNLIN_CHECK(code.empty() || accounts::canonical_code(code) == code);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto where = http::find_route("GET", "/" + text);
  DUNLIN_CHECK(where.to == nullptr || !where.allow.empty());
  read_lists(text);
  read_body(text);
  read_names(text);
  return 0;
}
