// The door through which the control plane (HTTP, the command line's socket, the relay of accounts) reaches the shards.
//
// Thread rule: any thread may call; `done` is called exactly once, on the shard's thread, and must not block: post the
// rest elsewhere. Every answer has passed the durability rule (L2): what it says cannot be taken back by a crash.
// Bounds: at most 1,024 requests under way a shard; beyond it `done` gets verdict `busy` at once.
#pragma once

#include <cstdint>
#include <functional>
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
};

struct members_spec {
  stream_id id;
  account_id actor;  // zero: the operator
  std::vector<account_id> add;
  std::vector<account_id> remove;
  std::vector<stream::role_part> roles;  // of who is a member then
};

// The rows of SQL that the streams must learn of (Q1): upserts, repeated until answered.
struct account_spec {
  account_id account;
  std::uint64_t version = 0;  // grows with each change of this account
  bool deleted = false;
  struct device {
    device_id id;
    std::uint64_t version = 0;
    bool revoked = false;
    std::string name;  // at most 64 bytes
  };
  std::vector<device> devices;  // those that changed
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
  virtual void tell_account(account_spec spec, std::function<void(stream::verdict)> done) = 0;
  virtual void read_records(records_request request, std::function<void(records_answer)> done) = 0;
  virtual void read_state(account_id account, device_id device, std::function<void(state_answer)> done) = 0;
  virtual void status(std::function<void(std::vector<shard_status>)> done) = 0;
};

}  // namespace dunlin::engine
