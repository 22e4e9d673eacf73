// Device tokens: 256 random bits, written as 52 characters of lower-case base32 (RFC 4648, no padding). The server
// keeps the SHA-256 of the 32 bytes and nothing else: a token has the entropy of a key, so a fast hash is enough.
// And the id of a direct conversation, which is a hash too (rule S2).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.hpp"
#include "base/random.hpp"

namespace dunlin::accounts {

inline constexpr std::size_t token_size = 32;
inline constexpr std::size_t token_text_size = 52;

struct token {
  std::array<std::uint8_t, token_size> bytes{};
};

struct token_hash {
  std::array<std::uint8_t, 32> bytes{};

  // Takes the same time for all values.
  friend bool operator==(const token_hash& a, const token_hash& b);
};

token make_token(random_source& random);
std::string to_text(const token& t);
// Nothing unless `text` is the one canonical spelling of a token.
std::optional<token> token_from_text(std::string_view text);
token_hash hash_of(const token& t);

// 256 bits as 52 characters of base32 and back, for tokens and for what else is as long.
std::string to_text_256(const std::array<std::uint8_t, 32>& bits);
std::optional<std::array<std::uint8_t, 32>> from_text_256(std::string_view text);
// Of a token and the user name that came with it; empty: with none.
token_hash hash_of_login(const token_hash& secret, std::string_view user);

using server_secret = std::array<std::uint8_t, 32>;
// SHA-256(secret, lower account, higher account) cut to 128 bits: two people who start a chat meet in one stream, and
// nobody else can tell its name from theirs. The order of a and b does not matter.
stream_id direct_conversation(const server_secret& secret, account_id a, account_id b);

}  // namespace dunlin::accounts

template <>
struct std::hash<dunlin::accounts::token_hash> {
  std::size_t operator()(const dunlin::accounts::token_hash& h) const noexcept {
    std::size_t out = 0;
    for (std::size_t i = 0; i < sizeof out; ++i) out = out << 8 | h.bytes[i];
    return out;
  }
};
