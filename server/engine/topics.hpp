// Dunlin's own topics: which one a topic name or filter means. Anything else below c/, me and presence/ is refused.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "base/id.hpp"

namespace dunlin::engine {

// Bytes: no name of one is longer.
inline constexpr std::size_t topic_max = 40;

enum class topic_kind : std::uint8_t { send, record, text, live, receipt, me, now, state, presence };

struct topic {
  topic_kind what = topic_kind::record;
  stream_id conversation;  // of those below c/; of presence/ the account's own stream
};
std::optional<topic> parse_topic(std::string_view name);

// A filter is one of the exact ones: c/+, c/+/live, c/+/receipt, c/+/text, me, me/now, one conversation's, or the
// presence of one account.
struct filter {
  topic_kind what = topic_kind::record;
  bool all = false;  // c/+…: every conversation
  stream_id conversation;
};
std::optional<filter> parse_filter(std::string_view name);

// The topics of conversations' records, c/{id}, as text. Those of late are remembered: most records go where others
// just went.
class topic_names {
 public:
  // Valid until the next call.
  std::string_view of(stream_id conversation) {
    auto& kept = kept_[conversation.lo % kept_.size()];
    if (kept.conversation != conversation) [[unlikely]]
      write(kept, conversation);
    return {kept.text.data(), kept.text.size()};
  }

 private:
  struct name {
    stream_id conversation;
    std::array<char, 28> text{};
  };
  static void write(name& at, stream_id conversation);

  std::array<name, 1024> kept_;  // 48 KiB
};

}  // namespace dunlin::engine
