#include "accounts/picture.hpp"

#include <algorithm>

#include <openssl/evp.h>

#include "accounts/token.hpp"
#include "base/check.hpp"

namespace dunlin::accounts {

namespace {

std::uint32_t big(byte_span data, std::size_t at, std::size_t n) {
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < n; ++i) out = out << 8 | data[at + i];
  return out;
}

std::uint32_t little(byte_span data, std::size_t at, std::size_t n) {
  std::uint32_t out = 0;
  for (std::size_t i = n; i > 0; --i) out = out << 8 | data[at + i - 1];
  return out;
}

bool has(byte_span data, std::size_t at, std::string_view text) {
  return data.size() >= at + text.size() && as_text(data.subspan(at, text.size())) == text;
}

// Segments follow each other until one starts a frame: SOF0 to SOF15, without the three markers among them that do not.
std::optional<picture_head> read_jpeg(byte_span data) {
  std::size_t at = 2;
  while (at + 4 <= data.size() && data[at] == 0xff) {
    const std::uint8_t marker = data[at + 1];
    if (marker == 0xff) {  // a fill byte
      ++at;
      continue;
    }
    const bool alone = marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    if (alone) {
      at += 2;
      continue;
    }
    const std::size_t length = big(data, at + 2, 2);
    const bool frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    if (frame) {
      if (length < 8 || at + 9 > data.size()) return std::nullopt;
      return picture_head{picture_type::jpeg, big(data, at + 7, 2), big(data, at + 5, 2)};
    }
    if (length < 2 || marker == 0xd9 || marker == 0xda) return std::nullopt;
    at += 2 + length;
  }
  return std::nullopt;
}

std::optional<picture_head> read_png(byte_span data) {
  if (data.size() < 33 || big(data, 8, 4) != 13 || !has(data, 12, "IHDR")) return std::nullopt;
  return picture_head{picture_type::png, big(data, 16, 4), big(data, 20, 4)};
}

// The first chunk says which of three forms the rest has.
std::optional<picture_head> read_webp(byte_span data) {
  constexpr std::size_t chunk = 20;  // where its contents start
  const auto head = [](std::uint32_t width, std::uint32_t height) {
    return picture_head{picture_type::webp, width, height};
  };
  if (data.size() < chunk + 10 || little(data, 4, 4) > data.size() - 8) return std::nullopt;
  if (has(data, 12, "VP8 ")) {
    const bool key_frame = (data[chunk] & 1) == 0 && has(data, chunk + 3, "\x9d\x01\x2a");
    if (!key_frame) return std::nullopt;
    return head(little(data, chunk + 6, 2) & 0x3fff, little(data, chunk + 8, 2) & 0x3fff);
  }
  if (has(data, 12, "VP8L")) {
    if (data[chunk] != 0x2f) return std::nullopt;
    const auto bits = little(data, chunk + 1, 4);
    return head((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
  }
  if (has(data, 12, "VP8X")) return head(little(data, chunk + 4, 3) + 1, little(data, chunk + 7, 3) + 1);
  return std::nullopt;
}

}  // namespace

std::string to_text(const picture_hash& hash) { return to_text_256(hash.bytes); }

std::optional<picture_hash> picture_hash_from_text(std::string_view text) {
  const auto bits = from_text_256(text);
  if (!bits) return std::nullopt;
  return picture_hash{*bits};
}

picture_hash hash_of_picture(byte_span data) {
  picture_hash out;
  DUNLIN_CHECK(EVP_Digest(data.data(), data.size(), out.bytes.data(), nullptr, EVP_sha256(), nullptr) == 1);
  return out;
}

std::string_view media_type(picture_type type) {
  switch (type) {
    case picture_type::jpeg: return "image/jpeg";
    case picture_type::png: return "image/png";
    case picture_type::webp: return "image/webp";
  }
  return "application/octet-stream";
}

std::optional<picture_head> read_picture(byte_span data) {
  std::optional<picture_head> out;
  if (has(data, 0, "\xff\xd8\xff")) out = read_jpeg(data);
  if (has(data, 0, "\x89PNG\r\n\x1a\n")) out = read_png(data);
  if (has(data, 0, "RIFF") && has(data, 8, "WEBP")) out = read_webp(data);
  if (out && (out->width == 0 || out->height == 0)) return std::nullopt;
  return out;
}

}  // namespace dunlin::accounts
