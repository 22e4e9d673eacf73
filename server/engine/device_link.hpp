// One MQTT connection of a device on Dunlin's topics: between the protocol (packets) and the shard (entries, feeds).
// Rules D6 to D9, M1 to M4, and "The wire".
//
// Thread rule: belongs to its connection's shard. Lifetime: owned by the connection; the port and the shard outlive it.
// Memory: idle it is this object, and a feed for each conversation that a filter covers.
// Bounds: what is in flight by the protocol's limits; what waits in the output by max_output; reads under way by
// max_reads.
#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/catch_up.hpp"
#include "engine/credentials.hpp"
#include "engine/feed.hpp"
#include "engine/messages.hpp"
#include "engine/port.hpp"
#include "engine/presences.hpp"
#include "engine/topics.hpp"
#include "mqtt/protocol.hpp"
#include "stream/inbox_state.hpp"
#include "stream/wire.hpp"

namespace dunlin::engine {

class shard;

// What a connection has subscribed to, of what there is.
struct filters {
  static constexpr std::int8_t none = -1;
  // By topic_kind up to `state`, for `c/+…`, `me` and `me/now`: the QoS granted, or none.
  std::array<std::int8_t, 8> all{none, none, none, none, none, none, none, none};
  struct single {
    topic_kind what;
    stream_id conversation;
    std::int8_t qos;
  };
  struct identifier {
    filter of;
    std::uint32_t id;
  };
  struct listed {
    std::vector<single> singles;          // one conversation's
    std::vector<identifier> identifiers;  // M3
    std::vector<account_id> presences;    // P1: at QoS 0
  };
  std::unique_ptr<listed> lists;  // null: nothing to list, as it mostly is

  listed& list();
  [[nodiscard]] std::span<const identifier> identifiers() const {
    return lists ? std::span<const identifier>(lists->identifiers) : std::span<const identifier>();
  }
  [[nodiscard]] std::span<const account_id> presences() const {
    return lists ? std::span<const account_id>(lists->presences) : std::span<const account_id>();
  }
  void drop_presence(account_id about);
  void forget_identifier(const filter& of);
  void drop_empty_lists() {
    const bool empty = lists && lists->singles.empty() && lists->identifiers.empty() && lists->presences.empty();
    if (empty) lists.reset();
  }

  // The highest QoS for this topic of this conversation, or none.
  [[nodiscard]] std::int8_t qos(topic_kind what, stream_id conversation) const {
    const std::int8_t best = all[static_cast<std::size_t>(what)];
    return lists ? std::max(best, single_qos(what, conversation)) : best;
  }
  [[nodiscard]] std::int8_t single_qos(topic_kind what, stream_id conversation) const;  // REQUIRES: lists
  [[nodiscard]] bool wants(stream_id conversation) const;                               // any topic of it
};

class device_link final : public mqtt::host {
 public:
  static constexpr std::size_t max_singles = 256;
  static constexpr unsigned max_reads = 4;
  // So many are looked through faster than they, or the account's list, are searched.
  static constexpr std::size_t few_feeds = 8;
  static constexpr std::size_t max_open_subscribes = 16;

  device_link(shard& home, port& transport, std::uint64_t id);
  ~device_link();
  device_link(const device_link&) = delete;
  device_link& operator=(const device_link&) = delete;

  // --- the connection's side
  mqtt::protocol& protocol() { return *protocol_; }
  // After a move (M5): the link goes on here. `transport` is the connection's new port.
  void arrive(shard& home, port& transport, std::uint64_t id);
  // The transport is gone or about to be: the session is kept or ends.
  void closed();
  // The output was written: there may be room again.
  void on_writable() {
    protocol_->on_written();
    if (held_back_) pump();
  }

  // --- the shard's side
  [[nodiscard]] std::uint64_t id() const { return id_; }
  [[nodiscard]] account_id account() const { return account_; }
  [[nodiscard]] device_id device() const { return device_; }
  [[nodiscard]] bool is_primary() const { return primary_; }
  // Empty if it holds the device's session: then it is the device's id.
  [[nodiscard]] std::string_view client_id() const {
    return client_id_ ? std::string_view(*client_id_) : std::string_view();
  }
  [[nodiscard]] filters& wanted() { return wanted_; }
  std::vector<feed>& feeds() { return feeds_; }
  feed* find_feed(std::uint32_t conversation) {
    if (feeds_.size() > few_feeds) return search_feed(conversation);
    for (auto& at : feeds_) {
      if (at.conversation() == conversation) return &at;
    }
    return nullptr;
  }
  // Conversations that are listed on the account's stream up to `seq` are not fed before that was sent (D9).
  void note_me_before(std::uint64_t seq) { me_before_ = std::max(me_before_, seq); }
  // A message of it waits for credit: nothing more is decoded until it has gone.
  void stop_reading() { protocol_->hold(); }
  void read_again();
  void on_verified(const identity& who);
  // `ok`: the account's rows have been looked for; else they cannot be read now.
  void on_attach_ready(bool ok);
  void on_verdict(const stream::verdict& v, mqtt::publish_token token, stream_id conversation, message_id id);
  // The same for a run, whose tokens follow each other from `first`.
  inline void on_verdicts(mqtt::publish_token first, stream_id conversation, const run_outcome& what);
  // Of a session that was resumed: what `is_sent_anew` is not sent again by its packet id.
  void forget_in_flight(const std::function<bool(stream_id conversation, std::uint64_t seq)>& is_sent_anew);
  // Records from the head of what is known, or read: as many as there is room for.
  void on_records(feed& at, record_span records);
  // The same where those up to `trimmed` are gone.
  void on_records(feed& at, record_span records, std::uint64_t trimmed) {
    if (trimmed > at.sent() && !say_trimmed(at, trimmed)) {
      held_back_ = true;
    } else {
      on_records(at, records);
    }
  }
  void on_read_refused(feed& at, stream::reason why);
  // `turn`: of the read that this answers; a late or doubled answer to an earlier one is none of ours.
  void on_resend(records& m, std::uint8_t turn);
  // A link to that shard lost something: the read of what is to be sent again is asked anew, if it went there (D5).
  void on_link_gap(shard_id from);
  // Something found no credit: tried again within a second.
  void pump_again() { retry_ = true; }
  void try_again();
  [[nodiscard]] bool wants_retry() const { return retry_; }
  // It fills gaps by itself (D9).
  [[nodiscard]] bool fills_gaps() const { return dunlin_; }
  [[nodiscard]] bool is_open() const { return attached_; }
  // The conversation's first arm is answered; a position at the head becomes `head` (D7), and who is behind has missed
  // something (D9). `ts`: when the head was made.
  void on_known(feed& at, std::uint64_t head, wall_ms ts);
  // Whether records that come along with news may be given: not while others go before them (D9).
  [[nodiscard]] bool takes_along(feed& at) { return !at.reading && !at.missed && (!at.after_me || !waits_for_me(at)); }
  void on_receipts(feed& at);
  void on_own_read(feed& at);
  void on_live(stream_id conversation, device_id from, byte_span payload);
  // P1. Whose presence it is told of, or asks for.
  [[nodiscard]] std::span<const account_id> watched() const { return wanted_.presences(); }
  void on_presence(const presence::event& what);
  [[nodiscard]] activity doing() const { return doing_; }
  void set_doing(activity doing) { doing_ = doing; }
  void receipt_kept(std::uint64_t tag);
  // Feeds on: reads for who is behind, then says that all is caught up (D9).
  void pump();
  // The same once this turn's messages are taken.
  void pump_soon();
  void on_gone();  // revoked, or its inbox is gone
  void on_taken_over();
  // The server ends: nothing more is taken; once what was taken is answered, or `at_once`, the client is told to go.
  void on_shutdown(bool at_once);
  // Ends the connection, and with it this link, without a word.
  void drop() { port_->drop(); }
  void tell_receipts(feed& at);
  // The session, to be kept for the next connection.
  mqtt::session take_session();
  [[nodiscard]] std::uint32_t session_expiry_s() const { return session_.expiry_s(); }

  // --- mqtt::host
  void on_connect(const mqtt::connect_view& connect) override;
  void on_publish(const mqtt::publish_view& publish, mqtt::publish_token token) override;
  void on_publishes_end() override;
  void on_subscribe(const mqtt::subscribe_view& subscribe, std::span<mqtt::reason_code> granted) override;
  void on_unsubscribe(const mqtt::unsubscribe_view& unsubscribe, std::span<mqtt::reason_code> results) override;
  void on_acked(const mqtt::cookie& first, std::uint32_t count, mqtt::reason_code reason) override;
  void on_credit() override;
  void on_disconnect(const mqtt::disconnect_view& disconnect) override;
  void on_protocol_error(mqtt::reason_code reason) override;

 private:
  struct pending_receipt {
    std::uint64_t tag;
    mqtt::publish_token token;
  };
  // A SUBSCRIBE that is answered once messages are routed here, so that what is said after the SUBACK arrives (D7), and
  // it is known whose presence may be told (P1).
  struct open_subscribe {
    struct undecided {
      account_id about;
      std::size_t place;  // in `granted`
    };
    std::uint16_t packet_id;
    std::vector<mqtt::reason_code> granted;
    std::vector<undecided> presences;
    mono_ms since;
  };
  enum class given : std::uint8_t { yes, no_room };

  struct record_form;
  void find_form(const feed& at, record_form& form) const;
  void give_each(feed& at, record_span records, bool has_room);
  // Before something is written to the output: a connection that has some knows of it.
  void write_soon() {
    if (!protocol_->has_output()) port_->dirty();
  }
  // REQUIRES: the record is above at.sent().
  given give(feed& at, const record_ref& record, record_form& form);
  feed* search_feed(std::uint32_t conversation);
  inline feed* feed_of(stream_id conversation);  // in shard.hpp
  feed* search_feed_of(stream_id conversation);
  [[nodiscard]] bool has_short_output() const;
  [[nodiscard]] bool has_room() const;
  // How much may be in flight of what was missed (D9).
  [[nodiscard]] std::size_t backlog_credit() const;
  [[nodiscard]] bool backlog_full() const;
  struct under_way {
    unsigned reads = 0;
    std::size_t asked = 0;    // records
    bool all_armed = true;    // every arm of D4 is answered
    bool any_behind = false;  // there is more than was sent
  };
  [[nodiscard]] bool waits_for_me(feed& at);
  void say_hello();
  void read_missed(under_way& now);
  void read_news(under_way& now);
  void say_caught_up();
  bool say_trimmed(feed& at, std::uint64_t through);
  void say_too_large(stream_id conversation, std::uint64_t seq);
  void pass(feed& at, std::uint64_t first, std::uint64_t last);
  void resend_next();
  // False: no room. Who does not listen on me/now has been told.
  bool say_now(const bytes& what, bool with_answer = false);
  inline void submit(const stream::send_view& send, mqtt::publish_token token, stream_id conversation);
  void publish_send(const mqtt::publish_view& publish, mqtt::publish_token token, const topic& to);
  void publish_other(const mqtt::publish_view& publish, mqtt::publish_token token, const topic& to);
  void publish_receipt(const mqtt::publish_view& publish, mqtt::publish_token token, const topic& to);
  void keep_receipt(stream_id conversation, const stream::receipt_view& receipt, mqtt::publish_token token);
  void publish_live(const mqtt::publish_view& publish, mqtt::publish_token token, const topic& to);
  void publish_state(const mqtt::publish_view& publish, mqtt::publish_token token);
  void tell_verdict(const stream::verdict& v, mqtt::publish_token token, stream_id conversation, message_id id);
  void tell_each(mqtt::publish_token first, stream_id conversation, const run_outcome& what);
  // The PUBACKs of own messages say these seqs (D8).
  void expect_echoes(stream_id conversation, std::uint64_t first, std::uint32_t count) {
    if (primary_ && !feeds_.empty()) note_echoes(conversation, first, count);
  }
  void note_echoes(stream_id conversation, std::uint64_t first, std::uint32_t count);
  void refuse_here(mqtt::publish_token token, stream_id conversation, message_id id, stream::reason why);
  void refuse(mqtt::publish_token token, stream_id conversation, message_id id, const stream::verdict& v);
  // `undecided`: the account whose presence was asked for, if its shard is to say whether it may be told.
  mqtt::reason_code grant(const mqtt::subscription& s, std::uint32_t identifier, account_id& undecided);
  mqtt::reason_code grant_presence(account_id about, account_id& undecided);
  // What open SUBSCRIBEs are answered. Whether any had asked.
  bool decide_presence(account_id about, mqtt::reason_code granted);
  void end_presence(account_id about);
  void tell_presences();
  void finish_login();
  void refuse_connect(mqtt::reason_code reason);
  void end_if_drained() {
    if (draining_) [[unlikely]]
      end_drained();
  }
  void end_drained();
  void answer_subscribe(open_subscribe& s);
  void answer_subscribes();
  [[nodiscard]] bool is_routed() const;
  void find_identifiers(topic_kind what, stream_id conversation, std::vector<std::uint32_t>& out) const;
  mqtt::delivery deliver(topic_kind what, stream_id conversation, mqtt::message& m, std::int8_t qos,
                         const mqtt::cookie& cookie, bool with_answer = false);

  shard* home_;
  port* port_;
  std::uint64_t id_;
  std::optional<mqtt::protocol> protocol_;  // always there: another one on each shard
  mqtt::session session_;
  account_id account_;
  device_id device_;  // until it is verified, the one that the client id names, if it names one
  std::unique_ptr<std::string> client_id_;
  std::unique_ptr<std::vector<open_subscribe>> subscribing_;  // null: none
  filters wanted_;
  std::vector<feed> feeds_;                                 // ascending by conversation
  std::unique_ptr<std::vector<pending_receipt>> receipts_;  // null: none
  std::unique_ptr<catch_up> missed_;                        // null: nothing
  std::uint64_t me_before_ = 0;   // what of the account's stream goes before feeds that are `after_me`
  bool logging_in_ : 1 = false;   // CONNECT is not answered
  bool assigned_id_ : 1 = false;  // the client id is the server's
  bool primary_ : 1 = false;
  bool attached_ : 1 = false;
  bool dunlin_ : 1 = false;
  bool caught_up_ : 1 = false;
  bool order_waits_ : 1 = true;  // what was missed waits a moment until all heads are known, to go in order
  bool pump_listed_ : 1 = false;
  bool retry_ : 1 = false;
  bool held_back_ : 1 = false;  // something waits for acknowledgements or room
  bool said_hello_ : 1 = false;
  bool told_caught_up_ : 1 = false;
  bool resending_ : 1 = false;
  bool draining_ : 1 = false;
  bool presence_due_ : 1 = false;  // something of what is watched is to be told
  activity doing_ : 2 = activity::arriving;
  std::uint8_t resend_turn_ = 0;
  std::uint32_t turn_ = 0;  // round robin over feeds
};

// Some ten thousand of them sit idle on a small machine.
static_assert(sizeof(filters) <= 16);
static_assert(sizeof(device_link) <= 264);

}  // namespace dunlin::engine
