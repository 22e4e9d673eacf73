#include "store/errc.hpp"

namespace dunlin::store {

std::string_view phrase(errc e) {
  switch (e) {
    case errc::io: return "the operating system refused a read or write";
    case errc::no_space: return "no space is left";
    case errc::corrupt: return "what was read is not what was written";
    case errc::newer: return "written by a newer version of Dunlin";
    case errc::locked: return "another process uses this data directory";
    case errc::closed: return "the store is closed";
    case errc::conflict: return "the name is taken";
    case errc::not_found: return "not found";
    case errc::older: return "written by an older version of Dunlin that this one no longer reads";
  }
  return "unknown error of the store";
}

}  // namespace dunlin::store
