// The entries of a partition's log: every write there is, as bytes. Each starts with its kind and the id of what it is
// about. Times in entries come from the shard that made them; `apply` reads no clock (L7).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "stream/inbox_state.hpp"
#include "stream/wire.hpp"

namespace dunlin::stream {

enum class entry_kind : std::uint8_t {
  send = 1,     // a message of a member's device
  create = 2,   // a conversation
  change = 3,   // members come and go
  marks = 4,    // how far members are, coalesced (R1)
  cursors = 5,  // how far devices are, coalesced (D1)
  effect = 6,   // from another partition (O1)
  account = 7,  // from the relay of SQL (Q1)
  trim = 8,     // records up to a seq are no longer kept (R3)
  rules = 9,    // from here on these rules decide (L7)
  seen = 10,    // devices were connected on a day, coalesced (R3)
  depart = 11,  // a deleted account leaves some of its conversations
  // From rules 2 on:
  create_by = 12,  // as create, of a device under an id, or with a picture
  change_by = 13,  // as change, of a device under an id, or of name and picture
  settings = 14,   // from the relay: an account's settings, for itself or for a conversation (Q1)
  profile = 15,    // from the relay: the profile of an account or of one that shares a conversation with it
};
inline constexpr entry_kind first_kind_of_rules_2 = entry_kind::create_by;
// The version of the rules from which on entries of this form are decided on.
std::uint32_t rules_of(byte_span entry);

// What apply decides on a message by, beside who sent it.
struct send_facts {
  message_id id;
  message_id after;
  std::uint32_t kind = 0;

  friend bool operator==(const send_facts&, const send_facts&) = default;
};
struct send_entry {
  stream_id stream;
  wall_ms time = 0;
  account_id account;
  device_id device;
  send_facts facts;
  byte_span rest;  // the Record without seq and ts
};
// Messages that one device sent to one stream at once, as reading their entries would give them.
struct message_run {
  struct message {
    send_facts facts;
    std::uint32_t record_at = 0;  // the Record without seq and ts is its entry from here to its end
  };
  wall_ms time = 0;
  account_id account;
  device_id device;
  std::span<const message> list;
};
// A message on its way to its stream, from which its entry is written.
// REQUIRES: account, device and send.id are not zero, and send.kind is below first_kind_of_server.
struct new_send {
  stream_id stream;
  wall_ms time = 0;
  account_id account;
  device_id device;
  const send_view& send;
};
// In the place of what is in `out`.
void write_send_entry(bytes& out, const new_send& what);
std::optional<send_entry> read_send_entry(byte_span entry);

// What a member asks for has an id, as a message has, so that a retry of it is known (S3). An operator's has none.
struct request {
  device_id device;
  message_id id;

  [[nodiscard]] bool is_there() const { return !id.is_zero(); }
};

struct create_entry {
  stream_id stream;
  wall_ms time = 0;
  account_id creator;  // becomes owner; zero: the operator
  bool direct = false;
  bool open = false;
  retention keep = retention::forever;
  std::string_view name;
  std::vector<account_id> members;
  request by;
  byte_span picture;
};
void write_create_entry(bytes& out, const create_entry& create);
std::optional<create_entry> read_create_entry(byte_span entry);

struct role_part {
  account_id account;
  role as = role::member;
};

struct change_entry {
  stream_id stream;
  wall_ms time = 0;
  account_id actor;  // zero: the operator
  std::vector<account_id> add;
  std::vector<account_id> remove;
  std::vector<role_part> roles;  // of who is a member then
  request by;
  conversation_changed look;  // name and picture; not together with members or roles
};
void write_change_entry(bytes& out, const change_entry& change);
std::optional<change_entry> read_change_entry(byte_span entry);

struct mark_part {
  stream_id stream;
  account_id account;
  marks at;
};
void write_marks_entry(bytes& out, const std::vector<mark_part>& parts);
std::optional<std::vector<mark_part>> read_marks_entry(byte_span entry);

// One device's cursor in one conversation, or (device zero) the account's read mark there.
struct cursor_part {
  account_id account;
  stream_id stream;
  device_id device;
  std::uint64_t seq = 0;
};
void write_cursors_entry(bytes& out, const std::vector<cursor_part>& parts);
std::optional<std::vector<cursor_part>> read_cursors_entry(byte_span entry);

// What one partition tells another (O1), in the order of `n`.
enum class effect_kind : std::uint8_t {
  added = 1,    // to an account: you are a member of a conversation
  removed = 2,  // to an account: no longer
  leave = 3,    // to a conversation: this account cannot be what `added` with this join_seq made it (O2)
};
struct effect_body {
  effect_kind what = effect_kind::added;
  account_id account;
  stream_id conversation;
  wall_ms time = 0;
  std::uint64_t join_seq = 0;  // of `added`, and of the `leave` that answers it
  bool direct = false;
  bool open = false;
  std::string_view name;
  byte_span picture;
  account_id with;  // of a direct conversation: the other
};
void write_effect_body(bytes& out, const effect_body& body);
std::optional<effect_body> read_effect_body(byte_span body);

struct effect_entry {
  partition_id from = 0;
  std::uint64_t n = 0;
  byte_span body;
};
void write_effect_entry(bytes& out, partition_id from, std::uint64_t n, byte_span body);
std::optional<effect_entry> read_effect_entry(byte_span entry);

struct account_entry {
  account_id account;
  wall_ms time = 0;
  std::uint64_t version = 0;
  bool deleted = false;
  bool has_device = false;
  device_id device;
  std::uint64_t device_version = 0;
  bool revoked = false;
  std::string_view device_name;
};
void write_account_entry(bytes& out, const account_entry& account);
std::optional<account_entry> read_account_entry(byte_span entry);

struct trim_entry {
  stream_id stream;
  std::uint64_t through = 0;
};
struct settings_entry {
  account_id account;
  wall_ms time = 0;
  stream_id conversation;  // zero: of the account itself
  std::uint64_t version = 0;
  std::string_view json;
};
void write_settings_entry(bytes& out, const settings_entry& settings);
std::optional<settings_entry> read_settings_entry(byte_span entry);

struct profile_entry {
  account_id account;  // who is told
  wall_ms time = 0;
  account_id of;
  std::uint64_t version = 0;
};
void write_profile_entry(bytes& out, const profile_entry& profile);
std::optional<profile_entry> read_profile_entry(byte_span entry);

void write_trim_entry(bytes& out, const trim_entry& trim);
std::optional<trim_entry> read_trim_entry(byte_span entry);

// The version of the rules of `apply` that the entries behind this one are decided by.
void write_rules_entry(bytes& out, std::uint32_t version);
std::optional<std::uint32_t> read_rules_entry(byte_span entry);

struct seen_part {
  account_id account;
  device_id device;
};
struct seen_entry {
  day_number day = 0;
  std::vector<seen_part> parts;
};
void write_seen_entry(bytes& out, const seen_entry& seen);
std::optional<seen_entry> read_seen_entry(byte_span entry);

// At most this many conversations are left by one entry.
inline constexpr std::size_t max_departures = 64;
struct depart_entry {
  account_id account;
  wall_ms time = 0;
};
void write_depart_entry(bytes& out, const depart_entry& depart);
std::optional<depart_entry> read_depart_entry(byte_span entry);

inline std::optional<entry_kind> kind_of(byte_span entry) {
  if (entry.empty() || entry[0] < 1 || entry[0] > 15) return std::nullopt;
  return static_cast<entry_kind>(entry[0]);
}

}  // namespace dunlin::stream
