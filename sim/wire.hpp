// What a client writes into and reads from the payloads of Dunlin's topics: the simulator's own reading of
// proto/dunlin/v1, which shares no code with the server's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"

namespace dunlin::sim {

// Values of dunlin.v1.Kind.
inline constexpr std::uint32_t kind_message = 0;
inline constexpr std::uint32_t kind_text = 1;
inline constexpr std::uint32_t first_server_kind = 64;
inline constexpr std::uint32_t kind_created = 64;
inline constexpr std::uint32_t kind_members = 65;
inline constexpr std::uint32_t kind_changed = 66;
inline constexpr std::uint32_t kind_added = 80;
inline constexpr std::uint32_t kind_removed = 81;
inline constexpr std::uint32_t kind_settings = 84;
inline constexpr std::uint32_t kind_profile = 85;

struct record {
  std::uint64_t seq = 0;
  std::int64_t ts = 0;
  account_id account;
  device_id device;
  message_id id;
  std::uint32_t kind = 0;
  std::string body;
};
std::optional<record> parse_record(byte_span data);

struct send_fields {
  message_id id;
  std::uint32_t kind = 0;
  std::uint32_t urgency = 0;
  std::uint32_t expires_in = 0;
  std::string body;
  message_id after;
};
bytes write_send(const send_fields& send);

struct receipt {
  std::uint64_t delivered = 0;
  std::uint64_t read = 0;
  std::uint64_t have_through = 0;
  std::uint64_t own_read = 0;
};
std::optional<receipt> parse_receipt(byte_span data);
bytes write_receipt(const receipt& r);

struct live {
  account_id account;
  device_id device;
  std::string body;
};
std::optional<live> parse_live(byte_span data);
bytes write_live(const std::string& body);

struct presence {
  bool online = false;
  std::int64_t last_seen = 0;

  [[nodiscard]] bool says_nothing() const { return !online && last_seen == 0; }
};
std::optional<presence> parse_presence(byte_span data);

// dunlin.v1.Now.
struct notice {
  enum class what : std::uint8_t { caught_up, refused, too_large, trimmed, reset, hello };
  what is = what::caught_up;
  stream_id conversation;
  message_id id;
  std::string reason;
  message_id floor;
  std::uint64_t seq = 0;  // of too_large, trimmed and reset
};
std::optional<notice> parse_notice(byte_span data);

// The body of kind_created and kind_members.
struct members_changed {
  std::vector<account_id> joined;
  std::vector<account_id> left;
};
std::optional<members_changed> parse_members(byte_span data);

// The body of kind_added, and the first field alone of that of kind_removed.
struct added {
  stream_id conversation;
  std::uint64_t join_seq = 0;
};
std::optional<added> parse_added(byte_span data);

// The body of kind_settings.
struct settings {
  stream_id conversation;  // zero: of the account
  std::uint64_t version = 0;
  std::string json;
};
std::optional<settings> parse_settings(byte_span data);

// The body of kind_profile.
struct profile {
  account_id account;
  std::uint64_t version = 0;
};
std::optional<profile> parse_profile(byte_span data);

// The id of a send, 26 characters in a topic: "c/{id}{suffix}".
std::string topic_of(stream_id conversation, std::string_view suffix = "");
std::string presence_of(account_id account);
// The account of such a topic.
std::optional<account_id> parse_presence_topic(std::string_view topic);
// The conversation of a topic that starts with "c/", and what stands behind it.
std::optional<std::pair<stream_id, std::string>> parse_topic(std::string_view topic);

}  // namespace dunlin::sim
