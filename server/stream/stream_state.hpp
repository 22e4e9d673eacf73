// What the owner knows of one stream (rule S1): head, members with their marks, who may write, what was accepted. It
// changes by the stream's own entries alone (partition.hpp); its row (L5) is everything but what is marked "in memory".
//
// Thread rule: belongs to the shard of its partition.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "store/log.hpp"
#include "stream/id_window.hpp"
#include "stream/verdict.hpp"

namespace dunlin::stream {

inline constexpr std::size_t max_members = 1024;
inline constexpr std::size_t max_name_bytes = 128;
inline constexpr std::size_t picture_bytes = 32;  // of a picture's SHA-256

// Days since 1970 UTC.
using day_number = std::uint32_t;
inline day_number day_of(wall_ms time) { return time <= 0 ? 0 : static_cast<day_number>(time / 86'400'000); }

// A stream whose records time trims knows the last seq of each of its latest days; older days count to the oldest of
// these. So nothing is kept longer than this many days once it may go.
inline constexpr std::size_t max_days = 32;

enum class role : std::uint8_t { member = 0, admin = 1, owner = 2 };

// How far a member has come (R1): by seq, each only grows. `got` by the furthest of its devices, `all` by every active
// one, `read` as its people say.
struct marks {
  std::uint64_t got = 0;
  std::uint64_t all = 0;
  std::uint64_t read = 0;

  friend bool operator==(const marks&, const marks&) = default;
  // As far as `other` in everything.
  [[nodiscard]] bool covers(const marks& other) const {
    return got >= other.got && all >= other.all && read >= other.read;
  }
  // True if something grew.
  bool merge(const marks& other);
};

struct member {
  account_id account;
  role as = role::member;

  // In memory (D2): whether the member's inbox is to be told of news, and by which name its shard knows the place. Each
  // message asks for it, and so it stands beside the account, in the same cache line.
  bool armed = false;
  std::uint32_t handle = 0;
  std::uint32_t reported = 0;  // R1: its place, from 1, among the marks on their way to the log, if they still are
  mono_ms told = 0;            // when it was last signalled for urgency (D4)

  std::uint64_t join_seq = 0;  // reads from here on (S6)
  marks at;
};

struct writer {
  device_id device;
  id_window accepted;
};

struct day_mark {
  day_number day = 0;
  std::uint64_t through = 0;

  friend bool operator==(const day_mark&, const day_mark&) = default;
};

struct stream_state {
  // What each message needs stands first, in so many bytes.
  static constexpr std::size_t needed_by_message = 128;
  stream_id id;
  std::uint64_t head = 0;
  wall_ms ts = 0;               // of the head (S4)
  std::vector<member> members;  // ascending by account
  std::vector<writer> writers;  // ascending by device; outlive membership (S3)
  // In memory.
  store::index_slot slot = 0;  // of the log
  std::uint32_t live = 0;      // of the engine: its own word about this stream
  bool used = true;            // since the engine last looked whether it may leave memory

  bool is_account = false;  // an account's own stream: one member, itself
  bool direct = false;
  bool open = false;
  retention keep = retention::forever;
  std::string name;
  bytes picture;    // its SHA-256; empty: none
  account_id gone;  // of a direct conversation: who has left it
  std::uint64_t epoch = 0;
  std::uint64_t trimmed = 0;   // records up to here are gone (R3)
  std::vector<day_mark> days;  // ascending; of what is not trimmed, where time trims (R3, D10)
  store::position pos = 0;     // the last entry that this state includes
  // In memory.
  store::position published = 0;  // what its newest row on disk includes

  [[nodiscard]] member* find_member(account_id account) {
    return const_cast<member*>(std::as_const(*this).find_member(account));
  }
  [[nodiscard]] const member* find_member(account_id account) const {
    // A message looks up its sender and its device: mostly among two, for which halving costs thrice a walk.
    if (members.size() > few) return find_among_many(account);
    for (const auto& m : members) {
      if (m.account == account) return &m;
    }
    return nullptr;
  }
  // REQUIRES: not a member yet.
  member& add_member(account_id account, role as);
  bool remove_member(account_id account);
  id_window& window_of(device_id device);
  [[nodiscard]] id_window* find_window(device_id device) {
    return const_cast<id_window*>(std::as_const(*this).find_window(device));
  }
  [[nodiscard]] const id_window* find_window(device_id device) const {
    if (writers.size() > few) return find_among_many(device);
    for (const auto& w : writers) {
      if (w.device == device) return &w.accepted;
    }
    return nullptr;
  }
  // With whom `account` is in this direct conversation, also if that one has left; with nobody else: itself.
  [[nodiscard]] account_id other_than(account_id account) const;

  [[nodiscard]] bool is_trimmed_by_time() const { return is_account || keep == retention::until_delivered; }
  // Its head is of this day.
  void note_day(day_number day);
  // The last seq that is known to be of `day` or before; 0 if none is left.
  [[nodiscard]] std::uint64_t through_day(day_number day) const;
  // REQUIRES: trimmed < through <= head.
  void trim(std::uint64_t through);

 private:
  static constexpr std::size_t few = 8;
  [[nodiscard]] const member* find_among_many(account_id account) const;
  [[nodiscard]] const id_window* find_among_many(device_id device) const;
};

void write_row(const stream_state& state, bytes& out);
// False if the bytes are no row of a stream.
bool read_row(byte_span row, stream_state& state);

}  // namespace dunlin::stream
