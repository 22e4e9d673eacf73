// The smallest files that say they are pictures of a size: for tests. Nothing would show in them.
#pragma once

#include <cstdint>
#include <string>

namespace dunlin::accounts {

inline std::string test_number(std::uint32_t value, std::size_t bytes, bool big) {
  std::string out;
  for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * (big ? bytes - 1 - i : i)));
  return out;
}

inline std::string test_png(std::uint32_t width, std::uint32_t height, const std::string& more = "") {
  return "\x89PNG\r\n\x1a\n" + test_number(13, 4, true) + "IHDR" + test_number(width, 4, true) +
         test_number(height, 4, true) + std::string("\x08\x06\x00\x00\x00", 5) + "abcd" + more;
}

inline std::string test_jpeg(std::uint32_t width, std::uint32_t height) {
  const std::string jfif("\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00", 18);
  return "\xff\xd8" + jfif + std::string("\xff\xc0\x00\x0b\x08", 5) + test_number(height, 2, true) +
         test_number(width, 2, true) + std::string("\x01\x01\x11\x00", 4);
}

inline std::string test_riff(const std::string& name, const std::string& contents) {
  const auto chunk = name + test_number(static_cast<std::uint32_t>(contents.size()), 4, false) + contents;
  return "RIFF" + test_number(static_cast<std::uint32_t>(chunk.size() + 4), 4, false) + "WEBP" + chunk;
}

inline std::string test_webp_lossy(std::uint32_t width, std::uint32_t height) {
  return test_riff("VP8 ", std::string("\x10\x00\x00\x9d\x01\x2a", 6) + test_number(width, 2, false) +
                               test_number(height, 2, false));
}

inline std::string test_webp_lossless(std::uint32_t width, std::uint32_t height) {
  return test_riff("VP8L", "\x2f" + test_number((width - 1) | (height - 1) << 14, 4, false) + "abcde");
}

inline std::string test_webp_extended(std::uint32_t width, std::uint32_t height) {
  return test_riff("VP8X", std::string(4, '\0') + test_number(width - 1, 3, false) + test_number(height - 1, 3, false));
}

}  // namespace dunlin::accounts
