#include "base/wire.hpp"

namespace dunlin {

bool wire_reader::next_slowly() {
  if (in_.at_end()) return false;
  const std::size_t before = in_.remaining();
  const std::uint64_t tag = in_.varint();
  tag_ = static_cast<std::uint32_t>(tag);
  value_ = 0;
  data_ = {};
  // Field numbers have 29 bits, from 1; five bytes hold every tag.
  if (tag < 8 || tag >> 32 != 0 || before - in_.remaining() > 5) in_.fail();
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
