// What can go wrong in a store, as values.
#pragma once

#include <string_view>

#include "base/errc.hpp"

namespace dunlin::store {

enum class errc {
  io = 1,    // the operating system refused a read or write
  no_space,  // the disk is full, or the space kept for this kind of entry is used up
  corrupt,   // what was read is not what was written
  newer,     // written by a newer version of Dunlin
  locked,    // another process has the data directory
  closed,    // the store failed earlier, or is stopping
  conflict,  // a name or id is taken
  not_found,
  older,  // written by a version of Dunlin that this one no longer reads
};

std::string_view phrase(errc e);

}  // namespace dunlin::store

DUNLIN_ERRC(dunlin::store::errc, "store")
namespace dunlin::store {
inline std::error_code make_error_code(errc e) { return dunlin_make_error_code(e); }
}  // namespace dunlin::store
