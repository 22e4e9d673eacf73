// What must be true of the server, told from what clients see alone: it knows what was sent and what was seen, and no
// code of the server's streams. Each function is told of one event and ends the run (world::fail) if a promise is
// broken by it; `check_end` looks at what can only be judged when everything has come to rest.
//
// Checked here: no seq ever changes its content; no message is in a stream twice, nor in one nobody sent it to; a
// verdict is kept; what was refused for good is not there; seqs are dense and their times never fall; one device's
// messages are in the order of their ids; nobody gets a record of a time when it was no member; receipts never say more
// than was acknowledged; a change under an id makes one record, where its verdict says; settings and profiles are told
// in the order of their versions, each once. What a device must have is checked by the device (device.hpp).
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/wire.hpp"
#include "sim/world.hpp"

namespace dunlin::sim {

// A message that a device sends, from its first attempt on. With `id` zero (text without an id) each attempt may become
// a record.
struct sent_message {
  stream_id stream;
  account_id account;
  device_id device;
  message_id id;
  std::uint32_t kind = 0;
  std::string body;  // no two have the same
  mono_ms since = 0;
  std::uint32_t attempts = 0;
  std::uint32_t unanswered = 0;  // attempts whose connection ended before the verdict
  std::uint32_t unsure = 0;      // acceptances that may be refusals which could not be told
  bool accepted = false;
  bool refused = false;           // for good
  bool in_order = true;           // always sent behind the one before (S3)
  std::uint64_t seq = 0;          // as its verdict or the stream says; 0: not known
  std::set<std::uint64_t> found;  // where it was seen
};

// How far a device has truly come in a stream.
struct progress {
  std::uint64_t acknowledged = 0;  // an upper bound of what the server may count
  std::uint64_t read = 0;
};

class model {
 public:
  explicit model(world& w) : world_(w) {}

  // --- the people
  void add_stream(stream_id id, bool account_stream, bool direct, bool open, bool until_delivered,
                  const std::vector<account_id>& members);
  // Somebody asks for these changes: from now on they may have happened.
  void changing(stream_id id, const std::vector<account_id>& touched);
  // Somebody asks for this device: its cursors may have been set to heads before anybody is told that it is there.
  void adding_device(account_id account, device_id device) { asked_for_.emplace(account, device); }
  // A device that is counted in marks from now on. The cursor of a device that `passes` goes past what is too
  // large for it, or no text, before it hears of that.
  void add_device(account_id account, device_id device, bool passes);

  // The verdict of a change that made a record.
  void changed(stream_id id, device_id device, message_id change, std::uint64_t seq);
  // These are in the database: whom it concerns is to hear of them.
  void settings_put(account_id account, stream_id conversation, std::uint64_t version, const std::string& json);
  void profile_changed(account_id account, std::uint64_t version);

  // --- sending
  sent_message& sending(sent_message m);
  void made(stream_id id) { streams_.at(id).made = true; }
  void accepted(sent_message& m, std::uint64_t seq);
  void refused(sent_message& m, const std::string& why);

  // --- seeing
  // By `account`, as delivered to a device or read by range.
  void saw(stream_id id, const record& r, account_id account, const std::string& by);
  // The body alone, on `text`.
  void saw_text(stream_id id, const std::string& body, const std::string& by);
  void saw_receipt(stream_id id, account_id account, std::uint64_t delivered, std::uint64_t read,
                   const std::string& by);
  progress& progress_of(stream_id id, account_id account, device_id device) {
    return streams_.at(id).progress_of[{account, device}];
  }

  // --- the end
  // `hear`: those who have a device that gets all of `me`.
  void check_end(const std::set<account_id>& hear);
  // Who is a member now, by the stream's own records, and since which seq. REQUIRES: the stream was read to its head.
  [[nodiscard]] std::map<account_id, std::uint64_t> members(stream_id id) const;
  // Who is a member now of a conversation that this account is in. REQUIRES: the same of these.
  [[nodiscard]] std::set<account_id> sharing_with(account_id account) const;
  // The first seq whose message was first sent at `t` or later, or behind the head.
  [[nodiscard]] std::uint64_t first_since(stream_id id, mono_ms t) const;
  // The highest seq that was seen or promised.
  [[nodiscard]] std::uint64_t head(stream_id id) const;
  // A bound of the head at this time that nobody may have seen yet.
  [[nodiscard]] std::uint64_t highest_possible(stream_id id) const { return streams_.at(id).possible; }
  [[nodiscard]] bool is_trimmed_kind(stream_id id) const { return streams_.at(id).until_delivered; }
  [[nodiscard]] bool knows(stream_id id) const { return streams_.contains(id); }
  [[nodiscard]] const std::map<std::uint64_t, record>& records(stream_id id) const { return streams_.at(id).records; }
  // A verdict said that some message has this place.
  [[nodiscard]] bool is_promised(stream_id id, std::uint64_t seq) const {
    return streams_.at(id).promised.contains(seq);
  }
  // Those that are there.
  [[nodiscard]] std::vector<stream_id> conversations() const;

 private:
  struct truth {
    bool account_stream = false;
    bool direct = false;
    bool open = false;
    bool until_delivered = false;
    std::vector<account_id>
        first;  // who is in it from the first record on, which may be trimmed before anybody reads it
    std::set<account_id> certain;  // members from the start whom nobody tried to remove
    std::map<std::uint64_t, record> records;
    std::map<std::pair<device_id, message_id>, std::uint64_t> ids;
    bool made = false;                                // as a verdict said, whether a record of it was seen or not
    std::map<std::uint64_t, sent_message*> promised;  // by verdicts, whether seen or not
    std::map<account_id, std::set<std::uint64_t>> seen_by;
    std::map<std::pair<account_id, device_id>, progress> progress_of;
    std::uint64_t possible = 0;
    std::map<std::uint64_t, std::pair<device_id, message_id>> changes;  // by verdicts
  };
  // What has been told of it on an account's stream, in the order of its records.
  struct told {
    std::map<stream_id, std::uint64_t> settings;
    std::map<account_id, std::uint64_t> profiles;
  };

  void check_own(const truth& t, stream_id id, const record& r, const std::string& by);
  void check_stream(stream_id id, const truth& t) const;
  void check_members(stream_id id, const truth& t) const;
  void check_messages() const;
  void check_changes(stream_id id, const truth& t) const;
  void check_news(const std::set<account_id>& hear) const;
  [[nodiscard]] told told_on(account_id account) const;
  void check_settings(account_id account, const record& r, told& so_far) const;
  void check_profile(account_id account, const record& r, told& so_far) const;
  // Both were in it from the start, and nobody tried to remove them.
  [[nodiscard]] bool share(stream_id conversation, account_id a, account_id b) const;

  world& world_;
  std::map<stream_id, truth> streams_;
  std::map<std::string, std::unique_ptr<sent_message>> sent_;  // by body
  std::map<account_id, std::set<device_id>> devices_;
  std::set<std::pair<account_id, device_id>> asked_for_;
  std::set<account_id> passing_;
  std::map<std::pair<account_id, stream_id>, std::map<std::uint64_t, std::string>> settings_;  // by version
  std::map<account_id, std::uint64_t> profiles_;
  std::map<account_id, std::set<stream_id>> audiences_;  // where the last version of a profile is to be heard of
};

}  // namespace dunlin::sim
