#include "engine/topics.hpp"

#include <algorithm>

namespace dunlin::engine {

namespace {

std::optional<topic_kind> below_conversation(std::string_view rest) {
  if (rest.empty()) return topic_kind::record;
  if (rest == "/send") return topic_kind::send;
  if (rest == "/text") return topic_kind::text;
  if (rest == "/live") return topic_kind::live;
  if (rest == "/receipt") return topic_kind::receipt;
  return std::nullopt;
}

}  // namespace

std::optional<topic> parse_topic(std::string_view name) {
  if (name == "me") return topic{topic_kind::me, {}};
  if (name == "me/now") return topic{topic_kind::now, {}};
  if (name == "me/state") return topic{topic_kind::state, {}};
  if (name.starts_with("presence/")) {
    const auto who = id_from_text<stream_id>(name.substr(9));
    return who && !who->is_zero() ? std::optional(topic{topic_kind::presence, *who}) : std::nullopt;
  }
  if (!name.starts_with("c/") || name.size() < 28) return std::nullopt;
  const auto id = id_from_text<stream_id>(name.substr(2, 26));
  const auto what = below_conversation(name.substr(28));
  if (!id || !what) return std::nullopt;
  return topic{*what, *id};
}

void topic_names::write(name& at, stream_id conversation) {
  const auto id = id_to_text(conversation.hi, conversation.lo);
  at.conversation = conversation;
  at.text[0] = 'c';
  at.text[1] = '/';
  std::copy(id.begin(), id.end(), at.text.begin() + 2);
}

std::optional<filter> parse_filter(std::string_view name) {
  if (name.starts_with("c/+")) {
    const auto what = below_conversation(name.substr(3));
    if (!what || *what == topic_kind::send) return std::nullopt;
    return filter{*what, true, {}};
  }
  const auto exact = parse_topic(name);
  if (!exact || exact->what == topic_kind::send || exact->what == topic_kind::state) return std::nullopt;
  return filter{exact->what, false, exact->conversation};
}

}  // namespace dunlin::engine
