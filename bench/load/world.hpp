// Who takes part in a load: devices and their logins, conversations and their members, and the topics that stand for
// them. The same for both servers: towards a plain broker a conversation is a topic of the same length, a message has
// the same size, and a device has the same number of filters.
//
// Thread rule: read-only once read. Bounds: max_devices, max_conversations.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "bench/client/connection.hpp"
#include "bench/client/message.hpp"

namespace dunlin::bench {

inline constexpr std::size_t max_devices = 40'000;
inline constexpr std::size_t max_conversations = 200'000;

enum class server_kind : std::uint8_t { dunlin, broker };

struct conversation {
  std::string id;                      // 26 characters
  std::vector<std::uint32_t> members;  // places in world::devices; the first one sends
};

struct world {
  server_kind kind = server_kind::dunlin;
  endpoint where;
  std::vector<login> devices;
  std::vector<conversation> conversations;
  std::vector<std::vector<std::uint32_t>> conversations_of;  // per device
  // A broker's devices have Dunlin's filters, letter by letter: fit for sessions that are sent nothing.
  bool same_filters = false;
};

// `devices`: lines {"account","device","token"}, as `dunlin device mint` writes them. `conversations`: lines
// {"conversation","members":[0,1,…]}; may be empty. The error's text says what is wrong.
struct world_error {
  std::string text;
};
result<world, world_error> read_world(server_kind kind, const endpoint& where, const std::string& devices,
                                      const std::string& conversations);

// What a device subscribes to: on Dunlin all of its own topics, on a broker as many filters, of which those match that
// others send to.
std::vector<std::string> filters_of(const world& w, std::uint32_t device);

// Where messages for a conversation are published.
std::string send_topic(const conversation& c);

// Makes the payloads of one sending device.
class message_writer {
 public:
  message_writer(server_kind kind, std::uint64_t salt, std::size_t body_size);

  // The payload, valid until the next call; `chained` names the message before this one in Send.after, as a client does
  // while that is unanswered.
  byte_span write(const stamp& what, std::uint64_t wall_ms, bool chained);

 private:
  server_kind kind_;
  id_maker ids_;
  message_id last_;
  bytes body_;
  bytes payload_;
};

// The stamp in a message that was delivered; nothing if it carries none.
std::optional<stamp> stamp_of(server_kind kind, byte_span payload);

}  // namespace dunlin::bench
