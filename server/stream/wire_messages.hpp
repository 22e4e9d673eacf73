// For tests: each message of proto/dunlin/v1 by our hand-made writers and readers, given and told as the classes that
// protoc generates, so that one can be held against the other.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include <google/protobuf/message.h>

#include "base/bytes.hpp"

namespace dunlin::stream {

// An empty message of the type dunlin.v1.`name`, or null.
std::unique_ptr<google::protobuf::Message> message_of(std::string_view name);

// What our writer makes of `message`; nothing if we have no writer for its type.
std::optional<bytes> write_ours(const google::protobuf::Message& message);

enum class read_result : std::uint8_t { read, refused, no_reader };
// Reads `data` with our reader for the type of `out`.
read_result read_ours(byte_span data, google::protobuf::Message& out);

}  // namespace dunlin::stream
