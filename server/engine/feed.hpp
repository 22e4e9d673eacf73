// How far one connection is in one conversation: what was sent, what of it was acknowledged, and so where the device's
// cursor may stand (rules D6 to D8).
//
// Thread rule: belongs to its connection's shard. Memory: what is in flight is kept only while it is.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/id.hpp"

namespace dunlin::engine {

class feed {
 public:
  // The position of a connection that starts at the head, until the head is known (D7).
  static constexpr std::uint64_t at_head = ~std::uint64_t{0};

  feed() = default;
  feed(std::uint32_t conversation, std::uint64_t start) : conversation_(conversation), sent_(start), acked_(start) {}

  [[nodiscard]] std::uint32_t conversation() const { return conversation_; }  // the inboxes' handle
  // Everything up to here was sent or passed over.
  [[nodiscard]] std::uint64_t sent() const { return sent_; }
  // Everything up to here is acknowledged: the cursor, for who holds the device's session.
  [[nodiscard]] std::uint64_t acked() const { return acked_; }

  void start_at(std::uint64_t seq) { sent_ = acked_ = seq; }
  // Sent, and to be acknowledged. REQUIRES of these three: seqs in ascending order, each above sent().
  void note_sent(std::uint64_t seq) {
    if (!flight_ && seq == sent_ + 1) [[likely]] {
      sent_ = seq;
    } else {
      add(seq, seq, what::waits);
    }
  }
  // Never sent on this connection: acknowledged with what precedes it (D6). True if acked() moved.
  bool note_passed(std::uint64_t first, std::uint64_t last) {
    if (!flight_ && acked_ == sent_ && first == sent_ + 1) {
      sent_ = acked_ = last;
      return true;
    }
    add(first, last, what::passed);
    return settle();
  }
  // Its PUBACK was the echo (D8): passed with the acknowledgement of a later record.
  void note_echoed(std::uint64_t seq) { add(seq, seq, what::echoed); }
  // Not sent, but told of at QoS 0: gone (D10), or too large (D6). The notice is lost with a connection that ends, so
  // the cursor stays below until a later record is acknowledged, and the device is told again if none is.
  void note_told(std::uint64_t first, std::uint64_t last) { add(first, last, what::told); }
  // The same of what was sent on an earlier connection, and never will be again. True if acked() moved.
  bool told_instead(std::uint64_t seq);
  // The device may not know of something that its cursor has not passed: with the connection, the notice or the PUBACK
  // that was the echo may have been lost.
  [[nodiscard]] bool is_unsure() const { return has(what::told) || has(what::echoed); }
  // The feed goes on above a gap that the client fills by itself: nothing above moves the cursor until it says so.
  void note_gap(std::uint64_t first, std::uint64_t last) { add(first, last, what::gap); }

  [[nodiscard]] bool has_gap() const { return has(what::gap); }

  // Everything after sent() that was sent up to here, one by one. REQUIRES: goes_in_order(), and last is above sent().
  void note_run_sent(std::uint64_t last) { sent_ = last; }
  // All since acked() was sent one by one, and waits.
  [[nodiscard]] bool goes_in_order() const { return flight_ == nullptr; }

  // Of so many from `seq` on. True if acked() moved. An unknown seq changes nothing.
  bool ack(std::uint64_t seq, std::uint32_t count = 1) {
    if (!flight_ && seq == acked_ + 1 && count <= sent_ - acked_) [[likely]] {
      acked_ += count;
      return true;
    }
    bool moved = false;
    for (std::uint32_t i = 0; i < count; ++i) moved = ack_listed(seq + i) || moved;
    return moved;
  }
  // The client's store holds everything up to here (Receipt.have_through).
  bool have_through(std::uint64_t seq);

  // The PUBACK of an own message said this seq; true if it is still to come, so that it is not sent whole.
  bool expect_echo(std::uint64_t seq);
  // True, once, for a seq that was expected.
  bool take_echo(std::uint64_t seq) { return flight_ != nullptr && take_listed_echo(seq); }

  // The feed of a kept session takes the place of `fresh`: it is that connection's now, and goes on where it was. The
  // PUBACKs that were still to be echoes may have been lost with the connection before: those records come whole (D8).
  // REQUIRES: !is_unsure().
  void go_on_as(const feed& fresh) {
    if (flight_) flight_->echoes.clear();
    rest();
    conversation_ = fresh.conversation_;
    attached = fresh.attached;
    missed = fresh.missed;
    receipt_due = fresh.receipt_due;
    after_me = fresh.after_me;
    reading = dirty = false;
  }

  // Flags of the connection that it belongs to.
  bool moves_cursor : 1 = false;  // its acknowledgements are the device's (D7)
  bool reading : 1 = false;       // a read is under way
  bool attached : 1 = false;      // its first arm has been answered (D4)
  bool dirty : 1 = false;         // acked() is ahead of the log
  bool receipt_due : 1 = false;   // receipts changed while there was no room (R2)
  bool own_read_due : 1 = false;  // another device of the account has read (R2)
  bool missed : 1 = false;        // fed as what was missed: in its order, with its credit (D9)
  bool after_me : 1 = false;      // not fed before what the link knows of the account's stream was sent (D9)
  static constexpr std::uint32_t max_asked = 0xffff;
  std::uint16_t asked = 0;  // records that the read under way is for

 private:
  enum class what : std::uint8_t { waits, acked, passed, echoed, told, gap };
  struct run {
    std::uint64_t first;
    std::uint64_t last;
    what is;
  };
  struct flight {
    std::vector<run> runs;              // ascending, all above acked_
    std::vector<std::uint64_t> echoes;  // expected, above sent_
  };
  flight& listed();
  [[nodiscard]] bool has(what kind) const;
  run* waiting(std::uint64_t seq);
  bool ack_listed(std::uint64_t seq);
  bool take_listed_echo(std::uint64_t seq);
  void add(std::uint64_t first, std::uint64_t last, what is);
  bool settle();
  void rest();

  std::uint32_t conversation_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t acked_ = 0;
  // Null: all between acked_ and sent_ waits, and was sent one by one, as it nearly always is.
  std::unique_ptr<flight> flight_;
};

// One for each conversation of each connection.
static_assert(sizeof(feed) <= 32);

}  // namespace dunlin::engine
