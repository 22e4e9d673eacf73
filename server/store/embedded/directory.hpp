// What a data directory says about itself: the version of its format, and its random id, by which clients notice that
// the server's data were replaced (rule D11).
#pragma once

#include "base/random.hpp"
#include "store/disk.hpp"

namespace dunlin::store {

using directory_id = id128<struct directory_tag>;

// Reads the file DUNLIN of the directory, or makes it if the directory is new. errc::newer: a newer version of Dunlin
// wrote it; errc::corrupt: it is no such file.
result<directory_id> open_data_directory(disk& files, random_source& random);
// Gives it a new id: after a restore from a backup.
result<directory_id> renew_data_directory(disk& files, random_source& random);

}  // namespace dunlin::store
