// Pictures of accounts and groups: what is taken for one, and its name.
//
// A picture is told by its first bytes, never by what its sender calls it, and its size is read from its header. It is
// not decoded: that is for browsers, which are built for it, and the answer that carries one lets them do nothing else
// with it. JPEG (ITU-T T.81), PNG (ISO 15948), WebP (RFC 9649).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace dunlin::accounts {

inline constexpr std::size_t max_picture_bytes = 256 * 1024;
inline constexpr std::uint32_t max_picture_side = 1024;  // pixels

// SHA-256 of its bytes; written as 52 characters of base32.
struct picture_hash {
  std::array<std::uint8_t, 32> bytes{};

  friend auto operator<=>(const picture_hash&, const picture_hash&) = default;
};
std::string to_text(const picture_hash& hash);
std::optional<picture_hash> picture_hash_from_text(std::string_view text);
picture_hash hash_of_picture(byte_span data);

enum class picture_type : std::uint8_t { jpeg = 1, png = 2, webp = 3 };
std::string_view media_type(picture_type type);

struct picture_head {
  picture_type type = picture_type::jpeg;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};
// Nothing if it is no picture of these kinds, or its header does not say how large it is. Reads nothing outside `data`.
std::optional<picture_head> read_picture(byte_span data);

}  // namespace dunlin::accounts
