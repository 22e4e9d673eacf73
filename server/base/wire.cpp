#include "base/wire.hpp"

namespace dunlin {

bool wire_reader::next() {
  if (in_.at_end()) return false;
  const std::uint64_t tag = in_.varint();
  field_ = static_cast<std::uint32_t>(tag >> 3);
  value_ = 0;
  data_ = {};
  if (field_ == 0 || tag >> 32 != 0) in_.fail();
  switch (tag & 7) {
    case 0: value_ = in_.varint(); break;
    case 1: value_ = in_.u64(); break;
    case 2: data_ = in_.field(); break;
    case 5: value_ = in_.u32(); break;
    default: in_.fail();
  }
  return in_.ok();
}

}  // namespace dunlin
