// The door through which the control plane (HTTP, the command line's socket, the relay of accounts) reaches the shards.
//
// Thread rule: any thread may call; `done` is called exactly once, on the shard's thread, and must not block: post the
// rest elsewhere. Every answer has passed the durability rule (L2): what it says cannot be taken back by a crash.
// Bounds: at most 1,024 requests under way a shard; beyond it `done` gets verdict `busy` at once.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/id.hpp"
#include "stream/entry.hpp"

namespace dunlin::engine {

struct conversation_spec {
  stream_id id;  // made by the client, or derived for a direct conversation (S2)
  bool direct = false;
  bool open = false;
  stream::retention keep = stream::retention::forever;
  std::string name;                 // UTF-8, at most 128 bytes
  std::vector<account_id> members;  // the first is the owner; at most 1,024
  account_id creator;               // zero: the operator; else one of the members
  stream::request by;               // of the creator's device; zero: the operator's
  bytes picture;                    // its SHA-256, or empty
};

// Who is in a group. A member that removes itself leaves.
struct members_spec {
  stream_id id;
  account_id actor;  // zero: the operator
  std::vector<account_id> add;
  std::vector<account_id> remove;
  std::vector<stream::role_part> roles;  // of who is a member then
  stream::request by;                    // of the actor's device; a retry has the same (S3). Zero: the operator's
};

// What a group looks like: what is left out stays.
struct look_spec {
  stream_id id;
  account_id actor;  // zero: the operator
  std::optional<std::string> name;
  std::optional<bytes> picture;  // its SHA-256; empty: none any more
  stream::request by;            // as in members_spec
};

// The rows of SQL that the streams must learn of (Q1): upserts, repeated until answered.
struct account_spec {
  account_id account;
  std::uint64_t version = 0;  // grows with each change of this account; 0: nothing is told of the account itself
  bool deleted = false;
  struct device {
    device_id id;
    std::uint64_t version = 0;
    bool revoked = false;
    std::string name;  // at most 64 bytes
  };
  std::vector<device> devices;  // those that changed
  struct settings {
    stream_id conversation;  // zero: of the account itself
    std::uint64_t version = 0;
    std::string json;  // an object, at most 4 KiB
  };
  std::vector<settings> put;  // those that changed
  struct profile {
    account_id of;  // the account itself, or one that shares a conversation with it
    std::uint64_t version = 0;
  };
  std::vector<profile> profiles;  // those that changed
};

struct records_request {
  account_id reader;
  stream_id conversation;
  std::uint64_t from = 1;
  std::uint32_t limit = 100;  // at most 1,000
};

struct records_answer {
  stream::verdict outcome;  // `not_member` for unknown and foreign conversations alike
  std::uint64_t head = 0;
  std::vector<bytes> records;  // each a dunlin.v1.Record
};

struct members_answer {
  stream::verdict outcome;  // `not_member` for unknown and foreign conversations alike
  struct member {
    account_id account;
    stream::role as = stream::role::member;
    std::uint64_t join_seq = 0;
  };
  std::vector<member> members;  // ascending by account
};

// Some of the accounts that share a conversation with one: those of a few of its conversations.
struct audience_answer {
  stream::verdict outcome;           // refused: busy
  std::vector<account_id> accounts;  // each once here, and perhaps again in another part
  stream_id next;                    // where the next part begins; zero: there is none
};

// So many bytes of last records' bodies a state holds at most; a single one, so many.
inline constexpr std::size_t max_state_bodies = 4 << 20;
inline constexpr std::size_t max_last_body = 4096;

struct state_answer {
  stream::verdict outcome;
  std::uint64_t at = 0;  // the seq of the account stream that this state includes (D10)
  struct conversation {
    stream_id id;
    std::uint64_t join_seq = 0;
    std::uint64_t head = 0;
    std::uint64_t cursor = 0;  // of the asking device
    std::uint64_t read = 0;    // own mark
    std::uint64_t others_delivered = 0;
    std::uint64_t others_read = 0;
    bool direct = false;
    bool open = false;
    std::string name;
    bytes picture;  // its SHA-256, or empty
    // The account is no member any more, and `me` will say so behind `at`: what follows is not told then.
    bool left = false;
    stream::role as = stream::role::member;
    std::size_t members = 0;
    account_id with;           // of a direct one: the other's account, also if that one has left
    bytes last;                // the dunlin.v1.Record at the head; empty: it may not be read, or is not kept
    bool last_is_cut = false;  // without its body, which is too large to be given here
  };
  std::vector<conversation> conversations;
};

struct shard_status {
  std::uint64_t connections = 0;
  std::uint64_t streams = 0;
  std::uint64_t inboxes = 0;
  std::uint64_t waiting = 0;  // sends and requests of the control plane that are not answered yet
  std::uint64_t effects = 0;  // owed to other partitions (O1)
};

class control {
 public:
  virtual ~control() = default;
  virtual void create(conversation_spec spec, std::function<void(stream::verdict)> done) = 0;
  virtual void change_members(members_spec spec, std::function<void(stream::verdict)> done) = 0;
  virtual void change_look(look_spec spec, std::function<void(stream::verdict)> done) = 0;
  virtual void tell_account(account_spec spec, std::function<void(stream::verdict)> done) = 0;
  virtual void read_records(records_request request, std::function<void(records_answer)> done) = 0;
  virtual void read_state(account_id account, device_id device, std::function<void(state_answer)> done) = 0;
  virtual void read_members(account_id reader, stream_id conversation, std::function<void(members_answer)> done) = 0;
  // Of the account's conversations from `from` on; zero: all. What its inbox knows counts.
  virtual void read_audience(account_id account, stream_id from, std::function<void(audience_answer)> done) = 0;
  virtual void status(std::function<void(std::vector<shard_status>)> done) = 0;
};

}  // namespace dunlin::engine
