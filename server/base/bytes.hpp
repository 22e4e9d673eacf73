// Reading and writing of byte strings: little-endian integers, LEB128 varints and length-prefixed fields. All formats
// of our own (log entries, state rows, sealed files) and the protobuf wire format (base/wire.hpp) are made of these.
//
// Thread rule: none; plain values. A reader never reads past its span: the first short or malformed field makes it
// fail for good, every later read gives zeros, and `ok()` tells at the end. So parsers need one check, not twenty.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/id.hpp"

namespace dunlin {

using bytes = std::vector<std::uint8_t>;
using byte_span = std::span<const std::uint8_t>;
// An immutable body that several owners hold, on several threads.
using shared_bytes = std::shared_ptr<const bytes>;

inline byte_span as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(byte_span data) { return {reinterpret_cast<const char*>(data.data()), data.size()}; }

class byte_reader {
 public:
  explicit byte_reader(byte_span data) : at_(data.data()), end_(data.data() + data.size()) {}

  template <class Integer>
  Integer fixed() {
    static_assert(std::is_integral_v<Integer>);
    Integer value{};
    if (!has(sizeof value)) return value;
    std::memcpy(&value, at_, sizeof value);
    at_ += sizeof value;
    return value;
  }
  std::uint8_t u8() { return fixed<std::uint8_t>(); }
  std::uint16_t u16() { return fixed<std::uint16_t>(); }
  std::uint32_t u32() { return fixed<std::uint32_t>(); }
  std::uint64_t u64() { return fixed<std::uint64_t>(); }

  // LEB128, at most 10 bytes; one that does not fit into 64 bits fails the reader.
  std::uint64_t varint() {
    if (at_ != end_ && *at_ < 0x80) [[likely]]
      return *at_++;
    return long_varint();
  }

  template <class Id>
  Id id() {
    if (!has(16)) return {};
    Id value = id_from_bytes<Id>(std::span<const std::uint8_t, 16>(at_, 16));
    at_ += 16;
    return value;
  }

  // The next n bytes, a view into the data read.
  byte_span take(std::uint64_t n) {
    if (!has(n)) return {};
    byte_span out(at_, static_cast<std::size_t>(n));
    at_ += n;
    return out;
  }
  // A varint length, then that many bytes.
  byte_span field() { return take(varint()); }
  byte_span rest() { return take(remaining()); }

  // What lies ahead, and to pass over some of it. REQUIRES: n <= remaining().
  [[nodiscard]] const std::uint8_t* at() const { return at_; }
  void skip(std::size_t n) { at_ += n; }

  [[nodiscard]] std::size_t remaining() const { return static_cast<std::size_t>(end_ - at_); }
  [[nodiscard]] bool at_end() const { return at_ == end_; }
  [[nodiscard]] bool ok() const { return !failed_; }
  void fail() {
    failed_ = true;
    at_ = end_;
  }

 private:
  std::uint64_t long_varint();
  bool has(std::uint64_t n) {
    if (n <= remaining()) [[likely]]
      return true;
    fail();
    return false;
  }

  const std::uint8_t* at_;
  const std::uint8_t* end_;
  bool failed_ = false;
};

// Appends to a byte vector that must outlive the writer.
class byte_writer {
 public:
  explicit byte_writer(bytes& out) : out_(out) {}

  template <class Integer>
  void fixed(Integer value) {
    static_assert(std::is_integral_v<Integer>);
    const auto* p = reinterpret_cast<const std::uint8_t*>(&value);
    out_.insert(out_.end(), p, p + sizeof value);
  }
  void u8(std::uint8_t v) { out_.push_back(v); }
  void u16(std::uint16_t v) { fixed(v); }
  void u32(std::uint32_t v) { fixed(v); }
  void u64(std::uint64_t v) { fixed(v); }
  void varint(std::uint64_t v) {
    if (v < 0x80) [[likely]] {
      out_.push_back(static_cast<std::uint8_t>(v));
    } else {
      long_varint(v);
    }
  }
  template <class Tag>
  void id(const id128<Tag>& v) {
    const auto b = to_bytes(v);
    out_.insert(out_.end(), b.begin(), b.end());
  }
  void raw(byte_span data) { out_.insert(out_.end(), data.begin(), data.end()); }
  void field(byte_span data) {
    varint(data.size());
    raw(data);
  }

  [[nodiscard]] std::size_t size() const { return out_.size(); }
  bytes& out() { return out_; }

 private:
  void long_varint(std::uint64_t v);

  bytes& out_;
};

namespace detail {

// Sizes and seqs have one byte or two, and then cost no loop. Returns where it ends.
inline std::uint8_t* store_varint(std::uint8_t* to, std::uint64_t v) {
  if (v < 0x80) {
    *to = static_cast<std::uint8_t>(v);
    return to + 1;
  }
  while (v >= 0x4000) {
    *to++ = static_cast<std::uint8_t>(v | 0x80);
    v >>= 7;
  }
  if (v < 0x80) {
    *to = static_cast<std::uint8_t>(v);
    return to + 1;
  }
  to[0] = static_cast<std::uint8_t>(v | 0x80);
  to[1] = static_cast<std::uint8_t>(v >> 7);
  return to + 2;
}

}  // namespace detail

// The same into memory that is known to be large enough: what is written for each message.
class raw_writer {
 public:
  explicit raw_writer(std::uint8_t* at) : at_(at) {}

  void u8(std::uint8_t v) { *at_++ = v; }
  void u64(std::uint64_t v) {
    std::memcpy(at_, &v, sizeof v);
    at_ += sizeof v;
  }
  void varint(std::uint64_t v) { at_ = detail::store_varint(at_, v); }
  template <class Tag>
  void id(const id128<Tag>& v) {
    detail::store_big_endian(at_, v.hi);
    detail::store_big_endian(at_ + 8, v.lo);
    at_ += 16;
  }
  void raw(byte_span data) {
    if (!data.empty()) std::memcpy(at_, data.data(), data.size());
    at_ += data.size();
  }
  // Passes over what stands there already.
  void skip(std::size_t n) { at_ += n; }
  [[nodiscard]] std::uint8_t* at() const { return at_; }

 private:
  std::uint8_t* at_;
};

inline std::size_t varint_size(std::uint64_t v) {
  std::size_t n = 1;
  while (v >= 0x80) {
    v >>= 7;
    ++n;
  }
  return n;
}

}  // namespace dunlin
