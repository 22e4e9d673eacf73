#include "net/descriptor.hpp"

#include <unistd.h>

namespace dunlin::net {

void descriptor::reset() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

}  // namespace dunlin::net
