// The codes with which a new device is let into an account: the new one shows a code, a signed-in one reads it, sees
// what asks, and confirms.
//
//   waiting ── claimed by a device ──▶ seen ── confirmed ──▶ linked
//      └────────────── time, refusal, or the claiming device's end ──────▶ expired, refused
//
// They are kept in memory alone, on purpose: a code is good for two minutes, and the device that shows it asks for
// another one by itself. What must outlive a crash, that the device is linked, is in SQL before anybody is told.
//
// A code is 40 random bits, which nobody guesses in two minutes as long as tries are counted; its owner and the link's
// number are known to the new device alone. Who has claimed a code has it for good: it is unknown to all others.
//
// Thread rule: a plain value; the time is given. Bounds: `most` links, those included that ended lately.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "accounts/tables.hpp"

namespace dunlin::accounts {

using link_id = id128<struct link_tag>;

enum class link_state : std::uint8_t { waiting, seen, linked, refused, expired };
std::string_view word(link_state s);

struct link {
  link_id id;
  std::string code;  // 8 characters of `link_alphabet`
  device_id device;
  std::string device_name;
  token_hash hash;
  wall_ms created = 0;
  mono_ms ends = 0;  // of the code; and then of what is remembered of it
  link_state state = link_state::waiting;
  identity claimed_by;   // from `seen` on
  std::string handle;    // of that account
  bool decided = false;  // the device is in SQL: time does not end it any more
};

// Crockford's base32: digits and letters without I, L, O, U. Who types a look-alike means the other.
inline constexpr std::string_view link_alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
inline constexpr std::size_t link_code_size = 8;

class link_codes {
 public:
  static constexpr std::size_t most = 1000;
  static constexpr mono_ms lasts = 120'000;
  static constexpr mono_ms remembered = 120'000;  // after its end, so that who waits learns of it

  explicit link_codes(random_source& random) : random_(random) {}

  // A code for this device; the same as before if it has one that is good. Error: busy.
  result<link*> open(device_id device, std::string name, const token_hash& hash, moment now);
  // Error: unknown_link.
  result<link*> find(link_id id, mono_ms now);
  // For the device of `who`; the same again for the same device. Error: unknown_code.
  result<link*> claim(std::string_view typed, const identity& who, mono_ms now);
  // The link that this device has claimed. Errors: unknown_link, also if another has claimed it or nobody has; the link
  // may be at its end.
  result<link*> claimed(link_id id, const identity& who, mono_ms now);
  // Ends it in that state.
  void end(link& one, link_state how, mono_ms now);
  // What time has ended; and what was remembered long enough is gone.
  std::vector<link_id> sweep(mono_ms now);
  // Ends what this device has claimed and nobody has decided (Q3).
  std::vector<link_id> revoke(device_id device, mono_ms now);
  [[nodiscard]] std::size_t size() const { return links_.size(); }

 private:
  std::string make_code();
  void expire(link& one, mono_ms now);

  random_source& random_;
  std::map<link_id, link> links_;
  std::unordered_map<std::string, link_id> by_code_;  // of those that can still be claimed, or are
  std::unordered_map<device_id, link_id> by_device_;
};

// "K7QM-2F9T", "k7qm 2f9t" → "K7QM2F9T"; empty if it is no code.
std::string canonical_code(std::string_view typed);

}  // namespace dunlin::accounts
