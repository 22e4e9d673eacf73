// Whom and what the tests of entries speak of.
#pragma once

#include "stream/entry.hpp"

namespace dunlin::stream {

inline constexpr stream_id conversation{0x1010, 2};
inline constexpr account_id anna{0xa1, 1};
inline constexpr account_id ben{0xa2, 2};
inline constexpr device_id phone{0xd1, 1};
inline constexpr message_id id{0x0199, 7};
inline const bytes picture(picture_bytes, 3);

}  // namespace dunlin::stream
