// The protobuf wire format (https://protobuf.dev/programming-guides/encoding): fields in, fields out, no messages.
//
// The message path reads and writes a handful of small messages millions of times a second; generated code costs more
// than the rest of a message's way through the server. What is written here is byte for byte what protobuf's own
// library writes (tests hold one against the other), and all of it can be read by any protobuf reader.
#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace dunlin {

// What stands before a varint, and before a length-delimited field.
constexpr std::uint32_t number_tag(std::uint32_t field) { return field << 3; }
constexpr std::uint32_t data_tag(std::uint32_t field) { return field << 3 | 2; }

// Walks over the fields of one message. A malformed field ends the walk with ok() false; groups are malformed.
//
//   wire_reader r(data);
//   while (r.next()) switch (r.tag()) { case data_tag(1): id = r.data(); break; default: break; }
//   if (!r.ok()) …
//
// A field that came with another type than the one its reader knows has another tag, and so is passed over as an
// unknown one is, as protobuf's own readers do.
class wire_reader {
 public:
  explicit wire_reader(byte_span message) : in_(message) {}

  bool next() {
    const std::size_t left = in_.remaining();
    if (left < 2) return next_slowly();
    // Nearly all fields have a tag of one byte, and a length or value of one byte.
    const std::uint8_t* const at = in_.at();
    const std::uint32_t tag = at[0];
    const std::size_t second = at[1];
    if (tag < 8 || tag >= 0x80 || second >= 0x80) return next_slowly();
    if ((tag & 7) == 2 && second <= left - 2) {
      value_ = 0;
      data_ = {at + 2, second};
      in_.skip(2 + second);
    } else if ((tag & 7) == 0) {
      value_ = second;
      data_ = {};
      in_.skip(2);
    } else {
      return next_slowly();
    }
    tag_ = tag;
    return true;
  }
  [[nodiscard]] std::uint32_t tag() const { return tag_; }
  // The value of a varint or fixed field; zero for others.
  [[nodiscard]] std::uint64_t value() const { return value_; }
  // The content of a length-delimited field; empty for others.
  [[nodiscard]] byte_span data() const { return data_; }
  // The content as an id, if it has 16 bytes; otherwise the walk fails (an empty field is the absent id).
  template <class Id>
  Id id() {
    if (data_.size() != 16) {
      if (!data_.empty()) in_.fail();
      return {};
    }
    return id_from_bytes<Id>(data_.first<16>());
  }
  [[nodiscard]] bool ok() const { return in_.ok(); }

 private:
  bool next_slowly();

  byte_reader in_;
  std::uint32_t tag_ = 0;
  std::uint64_t value_ = 0;
  byte_span data_;
};

// Appends fields to `out`, which must outlive it. As proto3 has it, zero and empty values are left out.
class wire_writer {
 public:
  explicit wire_writer(bytes& out) : out_(out) {}

  void number(std::uint32_t field, std::uint64_t value) {
    if (value == 0) return;
    out_.varint(number_tag(field));
    out_.varint(value);
  }
  void flag(std::uint32_t field, bool value) { number(field, value ? 1 : 0); }
  void data(std::uint32_t field, byte_span value) {
    if (value.empty()) return;
    message(field, value);
  }
  void text(std::uint32_t field, std::string_view value) { data(field, as_bytes(value)); }
  template <class Tag>
  void id(std::uint32_t field, const id128<Tag>& value) {
    if (value.is_zero()) return;
    message(field, to_bytes(value));
  }
  // A sub-message: written even when empty, since its presence has a meaning.
  void message(std::uint32_t field, byte_span value) {
    out_.varint(data_tag(field));
    out_.field(value);
  }
  void raw(byte_span fields) { out_.raw(fields); }

 private:
  byte_writer out_;
};

}  // namespace dunlin
