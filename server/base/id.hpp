// The 128-bit names of accounts, devices, conversations and messages. Each is a type of its own, so that one cannot be
// passed for another; all compare and hash as 16 bytes, most significant first, and are written as 26 characters of
// lower-case base32 (RFC 4648 section 6, no padding).
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dunlin {

template <class Tag>
struct id128 {
  static constexpr std::size_t size = 16;
  static constexpr std::size_t text_size = 26;

  std::uint64_t hi = 0;
  std::uint64_t lo = 0;

  friend constexpr auto operator<=>(const id128&, const id128&) = default;
  [[nodiscard]] constexpr bool is_zero() const { return (hi | lo) == 0; }
};

// `text` has exactly 26 characters written; used by to_text and from_text below.
std::array<char, 26> id_to_text(std::uint64_t hi, std::uint64_t lo);
// False unless `text` is the one canonical spelling of a 128-bit id: 26 characters a-z2-7, spare bits zero.
bool id_from_text(std::string_view text, std::uint64_t& hi, std::uint64_t& lo);

template <class Tag>
std::string to_text(const id128<Tag>& id) {
  const auto text = id_to_text(id.hi, id.lo);
  return {text.data(), text.size()};
}

template <class Id>
std::optional<Id> id_from_text(std::string_view text) {
  Id id;
  if (!id_from_text(text, id.hi, id.lo)) return std::nullopt;
  return id;
}

namespace detail {
// Eight bytes, most significant first, as a number and back: one load and one swap, where a loop over the bytes would
// be a fifth of a message's way through its partition.
inline std::uint64_t load_big_endian(const std::uint8_t* from) {
  std::uint64_t value = 0;
  std::memcpy(&value, from, sizeof value);
  return std::endian::native == std::endian::little ? __builtin_bswap64(value) : value;
}
inline void store_big_endian(std::uint8_t* to, std::uint64_t value) {
  if constexpr (std::endian::native == std::endian::little) value = __builtin_bswap64(value);
  std::memcpy(to, &value, sizeof value);
}
}  // namespace detail

template <class Id>
Id id_from_bytes(std::span<const std::uint8_t, 16> bytes) {
  return {detail::load_big_endian(bytes.data()), detail::load_big_endian(bytes.data() + 8)};
}

template <class Tag>
std::array<std::uint8_t, 16> to_bytes(const id128<Tag>& id) {
  std::array<std::uint8_t, 16> bytes;
  detail::store_big_endian(bytes.data(), id.hi);
  detail::store_big_endian(bytes.data() + 8, id.lo);
  return bytes;
}

using account_id = id128<struct account_tag>;
using device_id = id128<struct device_tag>;
// A message's name, made by its sender: a UUIDv7, so that later ones are greater (rule S3).
using message_id = id128<struct message_tag>;
// A stream is a conversation or an account's own stream; the latter has the account's id (rule S2).
using stream_id = id128<struct stream_tag>;

inline constexpr stream_id account_stream(account_id account) { return {account.hi, account.lo}; }
inline constexpr account_id account_of(stream_id stream) { return {stream.hi, stream.lo}; }

// One of the 256 parts that all streams fall into, fixed for the life of the data.
using partition_id = std::uint8_t;
inline constexpr int partition_count = 256;

inline constexpr partition_id partition_of(stream_id stream) { return static_cast<partition_id>(stream.hi >> 56); }
inline constexpr partition_id partition_of(account_id account) { return static_cast<partition_id>(account.hi >> 56); }

}  // namespace dunlin

template <class Tag>
struct std::hash<dunlin::id128<Tag>> {
  using is_avalanching = void;  // mixed enough for boost's tables, which then do not mix again
  // Ids are random or hashes, but a message id starts with a time, and all of a partition share their first byte: mix.
  std::size_t operator()(const dunlin::id128<Tag>& id) const noexcept {
    std::uint64_t x = id.hi * 0x9e3779b97f4a7c15U ^ id.lo;
    x ^= x >> 32;
    return static_cast<std::size_t>(x * 0xd6e8feb86659fd93U);
  }
};
