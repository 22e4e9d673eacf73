// What this program is: the version of CMakeLists.txt and the git revision that it was built from.
//
// The library dunlin_version, apart from dunlin_base because it changes with each commit: link it only to programs.
#pragma once

#include <string_view>

namespace dunlin {

// As in "0.1.0".
std::string_view version();
// Twelve digits, with "-dirty" behind them where the tree had changes of its own; "unknown" outside of git.
std::string_view revision();

}  // namespace dunlin
