// What `dunlin --version` says.
#pragma once

#include <string_view>

namespace dunlin::app {

inline constexpr std::string_view version = "0.1.0";

}  // namespace dunlin::app
