// The messages of this shard's connections on their way to owners, until they are decided. Towards each shard so many
// may be open at a time, in number and in bytes; that is the owner's room for what it cannot append yet (L6), and the
// room of the answers. Beyond it, or where the mailbox is full, a message stays here and its connection is not read:
// so at most one stays for each connection, and no message is refused for want of credit.
//
// Thread rule: belongs to its shard.
// Bounds: options::open_sends and open_send_bytes for each other shard and for this one; one kept per connection.
#pragma once

#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "engine/counters.hpp"
#include "engine/device_link.hpp"
#include "engine/messages.hpp"
#include "engine/options.hpp"
#include "mqtt/host.hpp"

namespace dunlin::engine {

class sends {
 public:
  // Who waits for the verdict.
  struct sender {
    device_link* link = nullptr;  // null: it is gone
    mqtt::publish_token token;
    stream_id stream;
    message_id id;  // of a run it is not said
  };
  // Hands a submit to the shard; false: no room, and it is untouched.
  using way = std::function<bool(shard_id to, message& m)>;

  sends(shard_id self, shard_id shards, bool may_lose, const options& limits, counters& counts, way hand_over);

  // Messages to this shard itself that are taken at once: the token of all their verdicts. `first`: of the first.
  // REQUIRES: has_credit(self, messages, size).
  std::uint64_t open_run(const sender& first, std::uint32_t messages, std::size_t size) {
    const std::uint32_t i = take_place(self_, first, messages, size);
    open(places_[i]);
    return token_of(places_[i], i);
  }
  // There is credit, and nothing that came before waits for it.
  [[nodiscard]] bool has_credit(shard_id to, std::size_t messages, std::size_t size) const {
    return lanes_[to].kept.empty() && has_credit(lanes_[to], messages, size);
  }
  // False: no credit; the entry is kept, and the sender's connection is not to be read until `turn` names it.
  bool submit(shard_id to, const sender& who, bytes entry, mono_ms now);
  // Who waits for the answer to a token; null if it is an answer to no open message (late, or doubled). Valid until the
  // next message is opened or submitted.
  const sender* answered(std::uint64_t token) {
    const auto i = static_cast<std::uint32_t>(token);
    if (i >= places_.size() || !places_[i].open || token_of(places_[i], i) != token) return nullptr;
    auto& p = places_[i];
    auto& l = lanes_[p.to];
    l.open -= p.messages;
    l.bytes -= p.size;
    p.open = false;
    if (!p.entry.empty()) [[unlikely]]
      drop_entry(p);
    p.next_free = std::exchange(free_, i);
    --taken_;
    return &p.who;
  }
  // The link ends: nobody waits for what it sent, which goes its way all the same. To be called before it is destroyed.
  void forget(const device_link& link);
  // Hands over what was kept, as far as there is credit again: appends the links that may be read again.
  void turn(mono_ms now, std::vector<std::uint64_t>& links);
  // Where links may lose what they took: what was handed over before `older_than`, or all of it that went to `to`, is
  // handed over again as it was (S3). Without room it is again at the next time-out.
  void resend(mono_ms now, mono_ms older_than, const shard_id* to);

  [[nodiscard]] std::size_t size() const { return taken_; }
  [[nodiscard]] bool has_kept() const { return kept_ != 0; }

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  struct place {
    sender who;
    shard_id to = 0;
    bool open = false;       // counted in the lane
    std::uint32_t uses = 0;  // of this place: a late answer to an earlier message is none of ours
    std::uint32_t size = 0;
    std::uint32_t messages = 1;
    std::uint32_t next_free = none;  // while it is free
    bytes entry;                     // while it is kept, and where the link may lose it
    mono_ms sent_at = 0;
  };
  struct lane {
    std::uint32_t open = 0;
    std::uint64_t bytes = 0;
    std::deque<std::uint32_t> kept;  // places, in the order of their coming
  };

  [[nodiscard]] bool has_credit(const lane& l, std::size_t messages, std::size_t size) const {
    return l.open + messages <= limits_.open_sends && (l.bytes == 0 || l.bytes + size <= limits_.open_send_bytes);
  }
  // The place of messages that are not open yet.
  std::uint32_t take_place(shard_id to, const sender& who, std::uint32_t messages, std::size_t size) {
    if (free_ == none) [[unlikely]]
      add_place();
    const std::uint32_t i = free_;
    auto& p = places_[i];
    free_ = p.next_free;
    ++taken_;
    p.who = who;
    p.to = to;
    ++p.uses;
    p.size = static_cast<std::uint32_t>(size);
    p.messages = messages;
    return i;
  }
  void add_place();
  static void drop_entry(place& p);
  // Counts it in its lane.
  void open(place& p) {
    p.open = true;
    auto& l = lanes_[p.to];
    l.open += p.messages;
    l.bytes += p.size;
  }
  bool hand_over(std::uint32_t i, mono_ms now);
  engine::submit submit_message(std::uint32_t i);
  static std::uint64_t token_of(const place& p, std::uint32_t i) {
    return std::uint64_t{p.uses & 0x7fffffff} << 32 | i;  // the top bit is the control plane's
  }
  void show_kept();

  shard_id self_;
  bool may_lose_;
  const options& limits_;
  counters& counts_;
  way way_;
  std::vector<lane> lanes_;
  std::vector<place> places_;
  std::uint32_t free_ = none;  // the first free place
  std::size_t taken_ = 0;
  std::size_t kept_ = 0;
};

}  // namespace dunlin::engine
