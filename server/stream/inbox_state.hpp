// What an account's partition keeps of the account (rules D1, Q1): its devices, its conversations, each device's cursor
// in each, and the account's own read marks. Cursors and marks merge by max, so that replaying them changes nothing.
//
// An account's own stream is among the conversations, under the account's id.
// Thread rule: belongs to the shard of the account's partition.
#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "store/log.hpp"
#include "stream/stream_state.hpp"

namespace dunlin::stream {

inline constexpr std::size_t max_devices = 32;
// An account is in at most this many conversations; one more is answered with `leave`.
inline constexpr std::size_t max_conversations = 16384;

struct inbox_device {
  device_id id;
  std::uint64_t version = 0;
  bool revoked = false;
};

struct inbox_conversation {
  stream_id id;
  std::uint64_t join_seq = 0;
  std::uint64_t read = 0;
  bool direct = false;
  bool open = false;
  std::string name;
  std::vector<std::uint64_t> cursors;  // one per device, in the order of inbox_state::devices

  // In memory: the engine's own word about this conversation's feed.
  std::uint32_t live = 0;
};

struct inbox_state {
  account_id account;
  std::uint64_t version = 0;
  bool deleted = false;
  std::vector<inbox_device> devices;              // never removed, only revoked: their place is their cursors' index
  std::vector<inbox_conversation> conversations;  // ascending by id
  store::position pos = 0;

  // In memory.
  store::position published = 0;  // what its newest row on disk includes
  bool used = true;               // since the engine last looked whether it may leave memory

  static constexpr std::size_t npos = ~std::size_t{0};
  [[nodiscard]] std::size_t find_device(device_id device) const;  // its place, or npos
  [[nodiscard]] inbox_conversation* find(stream_id conversation);
  [[nodiscard]] const inbox_conversation* find(stream_id conversation) const;
  // Adds it with every device's cursor at `join_seq` (D1), or moves a known one there if it joined anew.
  inbox_conversation& join(stream_id conversation, std::uint64_t join_seq);
  bool leave(stream_id conversation);

  // The three marks of R1 for one conversation, from the cursors of devices that are not revoked.
  [[nodiscard]] marks marks_of(const inbox_conversation& conversation) const;
};

void write_row(const inbox_state& state, bytes& out);
bool read_row(byte_span row, inbox_state& state);

}  // namespace dunlin::stream
