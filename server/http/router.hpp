// Which handler a path and method belong to.
#pragma once

#include <string>
#include <string_view>

namespace dunlin::http {

enum class route : std::uint8_t { none, health, ready, metrics, state, records, members, websocket };

struct routed {
  route to = route::none;
  std::string id;          // the {id} of the path, as it came
  bool allowed = false;    // the method is one of `allow`
  std::string_view allow;  // as in an Allow header
};

routed find_route(std::string_view method, std::string_view path);

}  // namespace dunlin::http
