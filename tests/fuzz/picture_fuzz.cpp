// Any bytes as a picture: its header is read without reading outside them, and what is taken for one has a size.
#include <cstddef>
#include <cstdint>

#include "accounts/picture.hpp"
#include "base/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto head = dunlin::accounts::read_picture({data, size});
  if (!head) return 0;
  DUNLIN_CHECK(head->width > 0 && head->height > 0);
  DUNLIN_CHECK(dunlin::accounts::media_type(head->type).starts_with("image/"));
  return 0;
}
