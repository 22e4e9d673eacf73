// What the senders and receivers of a crash test have been told, and whether it can all be true at once. Shares no code
// with the server but the shape of a record.
//
// Checked as it comes:
// - a seq of a conversation never changes its content, whoever reads it and whenever;
// - a message id stands at one seq only, with the body that its sender made;
// - within one connection a conversation's seqs only grow;
// - a device that gets a record for the first time has got all before it (its own, which PUBACK echoes, aside);
// - a PUBACK names the seq at which the message stands, the same for every retry;
// - times never fall within a conversation.
// Checked at the end (finish): every acknowledged message is there once, a sender's messages are in order, seqs have no
// gaps, and every device has had everything.
//
// Thread rule: one thread. Memory: a line per message and per record. The first thing that is wrong is kept; what comes
// after it counts no more.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/id.hpp"
#include "stream/wire.hpp"

namespace dunlin::crash {

using place = std::uint32_t;  // of a device or a conversation, as they were added

class ledger {
 public:
  place add_device(device_id id, account_id account);
  place add_conversation(stream_id id, const std::vector<place>& devices);

  // A message is about to be sent for the first time.
  void send(place device, place conversation, message_id id, std::uint64_t body_hash);
  // It was acknowledged; `seq` if the acknowledgement says it.
  void accept(place device, message_id id, std::optional<std::uint64_t> seq);
  // A device is connected anew.
  void connect(place device);
  // A record arrived at a device, or was read by it (`by_feed` false: nothing is concluded from the order).
  void receive(place device, place conversation, const stream::record_view& record, bool by_feed = true);

  // What is wrong, or empty.
  [[nodiscard]] const std::string& wrong() const { return wrong_; }
  // Has this device got everything that is known to be in its conversations?
  [[nodiscard]] bool is_complete(place device) const;
  // The checks of the end. REQUIRES: all has been sent, acknowledged and delivered, else that is what is wrong.
  void finish();

  struct counts {
    std::uint64_t sent = 0;
    std::uint64_t accepted = 0;
    std::uint64_t records = 0;
    std::uint64_t deliveries = 0;
    std::uint64_t redeliveries = 0;
  };
  [[nodiscard]] const counts& seen() const { return counts_; }
  [[nodiscard]] std::uint64_t head(place conversation) const { return conversations_[conversation].head; }

 private:
  struct message_row {
    place device = 0;
    place conversation = 0;
    std::uint64_t number = 0;  // of this device in this conversation
    std::uint64_t body_hash = 0;
    std::uint64_t accepted_seq = 0;  // 0: not known
    std::uint64_t seen_seq = 0;      // 0: not seen
    bool accepted = false;
  };
  struct entry {
    std::uint64_t content_hash = 0;
    std::int64_t ts = 0;
    message_id id;
    device_id author;
    bool is_message = false;
  };
  struct reader {
    std::vector<bool> has;            // by seq
    std::uint64_t highest = 0;        // ever delivered
    std::uint64_t on_connection = 0;  // highest on this connection
  };
  struct stream_row {
    stream_id id;
    std::map<std::uint64_t, entry> entries;
    std::uint64_t head = 0;
    std::unordered_map<place, reader> readers;
    std::unordered_map<place, std::uint64_t> sent;  // numbers given, per device
  };
  struct device_row {
    device_id id;
    account_id account;
    std::vector<place> conversations;
  };

  void fail(const std::string& what);
  void check_order(place device, place conversation, std::uint64_t seq);
  bool note_entry(place conversation, const dunlin::stream::record_view& record);
  void check_message(place conversation, const dunlin::stream::record_view& record);
  void finish_stream(const stream_row& s);
  [[nodiscard]] bool has(const stream_row& s, place device, std::uint64_t seq) const;
  [[nodiscard]] std::string name(place conversation, std::uint64_t seq) const;

  std::vector<device_row> devices_;
  std::vector<stream_row> conversations_;
  std::unordered_map<message_id, message_row> messages_;
  counts counts_;
  std::string wrong_;
};

// FNV-1a: to compare contents without keeping them.
std::uint64_t hash_of(byte_span data, std::uint64_t start = 0xcbf29ce484222325U);

}  // namespace dunlin::crash
