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

inline constexpr std::size_t max_devices = 32;  // that are not revoked
// So many revoked devices are remembered one by one, the latest; of those before only up to which version of the
// account there were any.
inline constexpr std::size_t max_revoked = 32;
// An account is in at most this many conversations; one more is answered with `leave`.
inline constexpr std::size_t max_conversations = 16384;
// Of so many accounts, the latest, it is remembered which version of their profile was told.
inline constexpr std::size_t max_profiles_told = 32;
// Of an account's settings, for itself or for one conversation.
inline constexpr std::size_t max_settings_bytes = 4096;

// A place for a device; free if the id is zero. Its index is that of the device's cursors.
struct inbox_device {
  device_id id;
  std::uint64_t version = 0;
  day_number seen = 0;  // the last day on which it was connected, or linked (R3)

  // A device, and active: its cursors count in marks (R1, R3).
  [[nodiscard]] bool is_active(day_number since) const { return !id.is_zero() && seen >= since; }
};

struct revoked_device {
  device_id id;
  std::uint64_t version = 0;     // of the device
  std::uint64_t account_at = 0;  // the account's version that said so
};

struct told_profile {
  account_id account;
  std::uint64_t version = 0;
};

struct inbox_conversation {
  stream_id id;
  std::uint64_t join_seq = 0;
  std::uint64_t read = 0;
  std::uint64_t settings = 0;  // the version that was told; 0: none
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
  std::vector<inbox_device> devices;              // a revoked device's place is the next new one's
  std::vector<revoked_device> revoked;            // the latest, oldest first: none of them ever comes back
  std::uint64_t revoked_before = 0;               // the highest account_at that was dropped from `revoked`
  std::vector<inbox_conversation> conversations;  // ascending by id
  std::uint64_t settings = 0;                     // of the account itself: the version that was told; 0: none
  std::vector<told_profile> profiles;             // of it and others, told last, oldest first
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

  // Takes a place for a new device, at cursor 0 everywhere (D1); npos if all are taken.
  std::size_t add_device(const inbox_device& device);
  // REQUIRES: a device's place.
  void revoke(std::size_t place, const revoked_device& as);
  // Remembers one that never had a place here.
  void remember(const revoked_device& gone);
  [[nodiscard]] revoked_device* find_revoked(device_id device);

  // The version of this account's profile that was told last, as far as that is remembered; else 0.
  [[nodiscard]] std::uint64_t profile_told(account_id account) const;
  void note_profile(const told_profile& told);

  // The three marks of R1 for one conversation, from the cursors of the devices that were seen on `since` or later.
  [[nodiscard]] marks marks_of(const inbox_conversation& conversation, day_number since = 0) const;
};

void write_row(const inbox_state& state, bytes& out);
bool read_row(byte_span row, inbox_state& state);

}  // namespace dunlin::stream
