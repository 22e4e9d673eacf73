// The messages of proto/dunlin/v1 that the server reads and writes, as plain structs over the bytes they lie in.
//
// A record is kept without its seq and ts ("rest"): protobuf allows a message to be the concatenation of its parts, so
// a stored rest behind two small fields *is* the Record, and delivering one copies bytes and parses nothing.
#pragma once

#include <array>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/wire.hpp"
#include "stream/verdict.hpp"

namespace dunlin::stream {

// Values of dunlin.v1.Kind.
enum class kind : std::uint32_t {
  message = 0,
  text = 1,
  created = 64,
  members = 65,
  changed = 66,
  added = 80,
  removed = 81,
  device_linked = 82,
  device_revoked = 83,
  settings = 84,
  profile = 85,
};
inline constexpr std::uint32_t first_kind_of_server = 64;

enum class urgency : std::uint32_t { none = 0, normal = 1, ring = 2 };

struct send_view {
  message_id id;
  std::uint32_t kind = 0;
  std::uint32_t urgency = 0;
  std::uint32_t expires_in = 0;
  std::uint64_t redacts = 0;
  std::uint64_t epoch = 0;
  byte_span body;
  message_id after;
};

// Nothing if `data` is no Send: malformed, or a field of a wrong size.
std::optional<send_view> read_send(byte_span data);
void write_send(bytes& out, const send_view& send);

struct record_view {
  std::uint64_t seq = 0;
  std::int64_t ts = 0;
  account_id account;
  device_id device;
  message_id id;
  std::uint32_t kind = 0;
  std::uint32_t urgency = 0;
  std::uint32_t expires_in = 0;
  std::uint64_t redacts = 0;
  std::uint64_t epoch = 0;
  byte_span body;
};

// Reads a whole Record, or a rest (seq and ts are 0 then).
std::optional<record_view> read_record(byte_span data);
// All fields but seq and ts.
void write_record_rest(bytes& out, const record_view& record);
// The same into memory that has record_rest_size bytes.
std::size_t record_rest_size(const record_view& record);
void write_record_rest(raw_writer& out, const record_view& record);
// That of a message begins with account, device and id, each a tag, a length and sixteen bytes.
inline constexpr std::size_t id_field_size = 18;
inline constexpr std::size_t ids_of_rest = 3 * id_field_size;
// The urgency in a record's rest, without a parse of the whole where it is that of a message.
std::uint32_t read_urgency_of_rest(byte_span rest);
inline std::uint32_t urgency_of_rest(byte_span rest) {
  // Behind the ids mostly stands the body, or a small kind and the body.
  if (rest.size() >= ids_of_rest + 4 && rest[2 * id_field_size] == data_tag(5)) {
    const bool has_kind = rest[ids_of_rest] == number_tag(6) && rest[ids_of_rest + 1] < 0x80;
    const std::size_t at = has_kind ? ids_of_rest + 2 : ids_of_rest;
    if (rest[at] == data_tag(11)) return 0;
  }
  return read_urgency_of_rest(rest);
}
// The fields seq and ts, to stand before a rest. `out` has record_head_max bytes, all of which may be written to.
inline constexpr std::size_t record_head_max = 32;
std::size_t write_record_head(std::uint8_t* out, std::uint64_t seq, std::int64_t ts);
// The same for who writes many: most of a turn have the same ts, which is encoded once.
class record_head {
 public:
  std::size_t write(std::uint8_t* out, std::uint64_t seq, std::int64_t ts) {
    if (ts != ts_) encode(ts);
    raw_writer w(out);
    if (seq != 0) {
      w.u8(number_tag(1));
      w.varint(seq);
    }
    std::memcpy(w.at(), field_.data(), field_.size());
    return static_cast<std::size_t>(w.at() - out) + size_;
  }

 private:
  void encode(std::int64_t ts);

  std::int64_t ts_ = 0;
  std::size_t size_ = 0;
  std::array<std::uint8_t, 16> field_{};
};

struct receipt_view {
  std::uint64_t delivered = 0;
  std::uint64_t read = 0;
  std::uint64_t have_through = 0;
  std::uint64_t own_read = 0;
};
std::optional<receipt_view> read_receipt(byte_span data);
void write_receipt(bytes& out, const receipt_view& receipt);

struct member_view {
  account_id account;
  std::uint32_t role = 0;
};
// MembersChanged, the body of `created` and `members`.
struct members_changed {
  std::vector<member_view> joined;
  std::vector<account_id> left;
  std::string_view name;
  std::vector<member_view> roles;  // of who stays and has another one now
  byte_span picture;

  // Of who joined with this, or stays.
  void set_role(const member_view& member);
};
void write_members_changed(bytes& out, const members_changed& what);

// ConversationChanged, the body of `changed`.
struct conversation_changed {
  std::optional<std::string_view> name;
  std::optional<byte_span> picture;
};
void write_conversation_changed(bytes& out, const conversation_changed& what);

struct added_view {
  stream_id conversation;
  std::uint64_t join_seq = 0;
  bool direct = false;
  bool open = false;
  std::string_view name;
  byte_span picture;
  account_id with;
};
void write_added(bytes& out, const added_view& added);
std::optional<added_view> read_added(byte_span data);
void write_removed(bytes& out, stream_id conversation);
void write_device(bytes& out, device_id device, std::string_view name);
// `conversation` zero: of the account.
void write_settings(bytes& out, stream_id conversation, std::uint64_t version, std::string_view json);
void write_profile_changed(bytes& out, account_id account, std::uint64_t version);

void write_presence(bytes& out, bool online, wall_ms last_seen);

// dunlin.v1.Now, one function per case.
void write_caught_up(bytes& out);
void write_refused(bytes& out, stream_id conversation, message_id id, const verdict& why);
void write_too_large(bytes& out, stream_id conversation, std::uint64_t seq);
void write_trimmed(bytes& out, stream_id conversation, std::uint64_t through);
void write_reset(bytes& out, std::uint64_t from);
void write_hello(bytes& out, std::uint32_t version, byte_span data_id, wall_ms now);

}  // namespace dunlin::stream
