// Messages of connections to conversations of this shard that came in one piece: their entries, one behind the other,
// until they are submitted together. Those of one connection that follow each other to one conversation are a run: most
// of what a message costs from here to the log is paid once a run.
//
// Thread rule: belongs to its shard. Bounds: max_runs, max_entries, max_bytes.
#pragma once

#include <array>
#include <memory>
#include <span>

#include "base/bytes.hpp"
#include "engine/sends.hpp"
#include "stream/send_entry.hpp"

namespace dunlin::engine {

class send_runs {
 public:
  static constexpr std::size_t max_runs = 16;
  static constexpr std::size_t max_entries = store::applied_run::max_entries;
  static constexpr std::size_t max_bytes = 16 << 10;

  struct run {
    device_link* link;
    mqtt::publish_token token;  // of the first
    stream_id stream;
    std::uint32_t begin = 0;
    std::uint32_t count = 0;
    std::size_t size = 0;  // of its entries, in bytes
  };

  [[nodiscard]] bool empty() const { return count_ == 0; }
  // False for one that is too large even alone.
  [[nodiscard]] bool has_room(std::size_t size) const {
    return size <= max_bytes - used_ && count_ < max_entries && run_count_ < max_runs;
  }
  // Where the entry is to be written. REQUIRES: has_room(size).
  std::uint8_t* add(device_link& link, mqtt::publish_token token, stream_id stream, const stream::send_view& send,
                    std::size_t size) {
    if (follows(link, token, stream)) {
      run& last = runs_[run_count_ - 1];
      ++last.count;
      last.size += size;
    } else {
      runs_[run_count_++] = {&link, token, stream, count_, 1, size};
    }
    std::uint8_t* const at = bytes_.get() + used_;
    used_ += size;
    messages_[count_] = stream::message_of_run(send);
    entries_[count_++] = {at, size};
    return at;
  }
  void clear() {
    used_ = 0;
    count_ = 0;
    run_count_ = 0;
  }

  // Of all of them.
  [[nodiscard]] std::uint32_t count() const { return count_; }
  [[nodiscard]] std::size_t size() const { return used_; }

  [[nodiscard]] std::span<const run> list() const { return {runs_.data(), run_count_}; }
  [[nodiscard]] std::span<const byte_span> entries(const run& of) const {
    return std::span(entries_).subspan(of.begin, of.count);
  }
  [[nodiscard]] std::span<const stream::message_run::message> messages(const run& of) const {
    return std::span(messages_).subspan(of.begin, of.count);
  }

 private:
  [[nodiscard]] bool follows(const device_link& link, mqtt::publish_token token, stream_id stream) const {
    if (run_count_ == 0) return false;
    const run& last = runs_[run_count_ - 1];
    return &link == last.link && stream == last.stream && token.qos == last.token.qos &&
           token.position == last.token.position + last.count;
  }

  std::unique_ptr<std::uint8_t[]> bytes_ = std::make_unique_for_overwrite<std::uint8_t[]>(max_bytes);
  std::size_t used_ = 0;
  std::uint32_t count_ = 0;
  std::uint32_t run_count_ = 0;
  std::array<run, max_runs> runs_;
  std::array<byte_span, max_entries> entries_;
  std::array<stream::message_run::message, max_entries> messages_;
};

}  // namespace dunlin::engine
