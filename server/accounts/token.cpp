#include "accounts/token.hpp"

#include <algorithm>
#include <vector>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/bytes.hpp"
#include "base/check.hpp"

namespace dunlin::accounts {

namespace {

constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";

std::array<std::uint8_t, 32> sha256(byte_span data) {
  std::array<std::uint8_t, 32> out;
  unsigned int size = 0;
  DUNLIN_CHECK(EVP_Digest(data.data(), data.size(), out.data(), &size, EVP_sha256(), nullptr) == 1);
  DUNLIN_CHECK(size == out.size());
  return out;
}

}  // namespace

bool operator==(const token_hash& a, const token_hash& b) {
  return CRYPTO_memcmp(a.bytes.data(), b.bytes.data(), a.bytes.size()) == 0;
}

token make_token(random_source& random) {
  token t;
  random.fill(t.bytes);
  return t;
}

std::string to_text(const token& t) { return to_text_256(t.bytes); }

std::string to_text_256(const std::array<std::uint8_t, 32>& all) {
  std::string text;
  text.reserve(token_text_size);
  unsigned int held = 0;  // bits not written yet, and how many
  int bits = 0;
  for (const std::uint8_t byte : all) {
    held = (held << 8 | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet[held >> bits & 31];
    }
  }
  text += alphabet[held << (5 - bits) & 31];
  return text;
}

std::optional<token> token_from_text(std::string_view text) {
  const auto bits = from_text_256(text);
  if (!bits) return std::nullopt;
  return token{*bits};
}

std::optional<std::array<std::uint8_t, 32>> from_text_256(std::string_view text) {
  if (text.size() != token_text_size) return std::nullopt;
  std::array<std::uint8_t, 32> out{};
  std::size_t at = 0;
  unsigned int held = 0;
  int bits = 0;
  for (const char c : text) {
    const auto value = alphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    held = (held << 5 | static_cast<unsigned int>(value)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = static_cast<std::uint8_t>(held >> bits);
    }
  }
  // 52 characters are 260 bits: the last four must be zero, or one token would have sixteen spellings.
  if ((held & 0xf) != 0) return std::nullopt;
  return out;
}

token_hash hash_of(const token& t) { return {sha256(t.bytes)}; }

token_hash hash_of_login(const token_hash& secret, std::string_view user) {
  bytes data(secret.bytes.begin(), secret.bytes.end());
  data.insert(data.end(), user.begin(), user.end());
  return {sha256(data)};
}

stream_id direct_conversation(const server_secret& secret, account_id a, account_id b) {
  bytes data(secret.begin(), secret.end());
  byte_writer out(data);
  out.id(std::min(a, b));
  out.id(std::max(a, b));
  const auto digest = sha256(data);
  return id_from_bytes<stream_id>(byte_span(digest).first<16>());
}

}  // namespace dunlin::accounts
