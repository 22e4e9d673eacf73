// Messages of one connection to one conversation of this shard that came in one piece: their entries, one behind the
// other, until they are submitted together. Most of what a message costs from here to the log is paid once a run.
//
// Thread rule: belongs to its shard. Bounds: max_entries, max_bytes.
#pragma once

#include <array>
#include <memory>
#include <span>

#include "base/bytes.hpp"
#include "engine/sends.hpp"
#include "stream/send_entry.hpp"

namespace dunlin::engine {

class send_run {
 public:
  static constexpr std::size_t max_entries = store::applied_run::max_entries;
  static constexpr std::size_t max_bytes = 16 << 10;

  [[nodiscard]] bool empty() const { return count_ == 0; }
  // False for one that is too large even alone.
  [[nodiscard]] bool has_room(std::size_t size) const { return size <= max_bytes - used_; }
  // There is room for the entry, and it is the first, or next among the messages of the same connection and
  // conversation.
  [[nodiscard]] bool takes(const device_link& link, mqtt::publish_token token, stream_id stream,
                           std::size_t size) const {
    return has_room(size) && (empty() || follows(link, token, stream));
  }
  // Where the entry is to be written. REQUIRES: takes().
  std::uint8_t* add(device_link& link, mqtt::publish_token token, stream_id stream, const stream::send_view& send,
                    std::size_t size) {
    if (empty()) first_ = {&link, token, stream, {}};
    std::uint8_t* const at = bytes_.get() + used_;
    used_ += size;
    messages_[count_] = stream::message_of_run(send);
    entries_[count_++] = {at, size};
    return at;
  }
  void clear() {
    used_ = 0;
    count_ = 0;
  }

  // Who sent the first.
  [[nodiscard]] const sends::sender& first() const { return first_; }
  [[nodiscard]] std::uint32_t count() const { return count_; }
  [[nodiscard]] std::size_t size() const { return used_; }
  [[nodiscard]] std::span<const byte_span> entries() const { return {entries_.data(), count_}; }
  [[nodiscard]] std::span<const stream::message_run::message> messages() const { return {messages_.data(), count_}; }

 private:
  [[nodiscard]] bool follows(const device_link& link, mqtt::publish_token token, stream_id stream) const {
    return count_ < max_entries && &link == first_.link && stream == first_.stream && token.qos == first_.token.qos &&
           token.position == first_.token.position + count_;
  }

  std::unique_ptr<std::uint8_t[]> bytes_ = std::make_unique_for_overwrite<std::uint8_t[]>(max_bytes);
  std::size_t used_ = 0;
  sends::sender first_;
  std::uint32_t count_ = 0;
  std::array<byte_span, max_entries> entries_;
  std::array<stream::message_run::message, max_entries> messages_;
};

}  // namespace dunlin::engine
