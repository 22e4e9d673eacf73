// A device and its person's client, correct by docs/protocol.md: it keeps what it acknowledged and what it wants to
// send, over all connections, cuts and crashes of the server. It has a primary connection most of the time, sometimes
// secondary ones beside it, and sends over any of them.
//
// What it checks: it gets what follows what it has, in order; nothing again that the server said it had noted for good;
// receipts never go back; verdicts fit. In the end it has everything (`missing`).
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "accounts/token.hpp"
#include "sim/mqtt_client.hpp"
#include "sim/stage.hpp"

namespace dunlin::sim {

// What a device has been told and may rely on, by conversation.
struct device_claim {
  std::uint64_t joined = 0;     // under this membership, as `me` says
  std::uint64_t kept = 0;       // everything up to here is noted
  std::uint64_t read_kept = 0;  // and so much as read
  std::uint64_t delivered = 0;  // receipts
  std::uint64_t read = 0;
};
using device_claims = std::map<stream_id, device_claim>;

class device final : public mqtt_client::listener {
 public:
  device(stage& s, person& owner, device_id id, accounts::token secret, std::string name);
  ~device() override;

  // A moment of its life.
  void step();
  // From now on it wants everything, and stays connected.
  void come_home();
  // Sends a message as soon as it may; null if it has no conversation to send to.
  void say(conversation& c);
  // Tells what it has, and that all of it is read.
  void tell_all(conversation& c);

  // Told by the scenario.
  void linked();  // the server said that it knows the device
  void revoking() { revoking_ = true; }
  // Its connection is cut, and it makes another one at once.
  void connect_anew();
  void revoked();  // the server said so

  // --- the end
  // What it still waits for, or nothing.
  [[nodiscard]] std::string missing();
  // How many records it holds.
  [[nodiscard]] std::size_t held() const;
  [[nodiscard]] device_claims claims() const;
  // An answer of GET /v1/state, which was asked for when these claims stood.
  void check_state(const engine::state_answer& a, const device_claims& before) const;
  // Which receipts it has not been told of although all have everything, or nothing.
  [[nodiscard]] std::string receipts_missing(conversation& c);
  // Whose presence it is not told rightly, or nothing.
  [[nodiscard]] std::string presence_missing();
  // For the server it is there, and not in the background.
  [[nodiscard]] bool is_active();
  [[nodiscard]] bool is_live() const { return linked_ && !revoking_ && !person_.asked_to_go; }
  [[nodiscard]] device_id id() const { return id_; }
  [[nodiscard]] const accounts::token& secret() const { return secret_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  // A thing that reads and writes text alone, and has only one connection.
  bool is_thing = false;
  bool first_of_account = false;
  // It gets everything that is said on its account's stream.
  [[nodiscard]] bool hears_all() const { return is_live() && first_of_account && !is_thing && !small_; }
  // For what it asks for over the control plane, too.
  message_id next_id();

 private:
  enum class way : std::uint8_t { send, text, plain_text };
  struct outgoing {
    sent_message* truth = nullptr;  // from its first attempt on
    sent_message said;
    way how = way::send;
    std::uint32_t urgency = 0;
    std::uint32_t expires_in = 0;
    bool broken = false;  // is no Send
    enum class state : std::uint8_t { waiting, flying, accepted, refused } is = state::waiting;
    mono_ms retry_at = 0;
    mono_ms flying_since = 0;
    std::uint8_t qos = 1;
    std::uint64_t first_life = 0;
    unsigned vague = 0;  // refusals that did not say why
  };
  // What it has of one stream.
  struct shelf {
    std::set<std::uint64_t> have;
    std::set<std::string> texts;
    std::set<std::uint64_t> too_large;
    std::set<std::uint64_t> to_fill;  // to be read by range
    std::uint64_t start = 0;          // the first that it was given; 0: none yet
    std::uint64_t joined = 0;         // as `me` says
    std::uint64_t kept = 0;           // the server noted that it has everything up to here
    std::uint64_t delivered = 0;      // receipts told
    std::uint64_t read = 0;
    std::uint64_t read_kept = 0;
    bool filling = false;
    mono_ms filling_until = 0;
  };
  struct pending {
    enum class what : std::uint8_t { send, receipt, probe } is = what::send;
    outgoing* send = nullptr;
    stream_id conversation;
    std::uint64_t have_through = 0;
    std::uint64_t read = 0;
    std::uint64_t joined = 0;  // as it knew when it sent this
    std::uint8_t qos = 1;
    bool received = false;  // PUBREC came
    bool unsure = false;    // where nothing would say that it is refused
    bool refused = false;   // as me/now said before its answer (M4)
  };
  struct to_ack {
    mono_ms due = 0;
    std::uint16_t packet_id = 0;
    stream_id stream;
    std::uint64_t seq = 0;
    std::string text;
  };
  struct place {
    std::uint64_t last = 0;
    std::uint64_t base_delivered = 0;
    std::uint64_t base_read = 0;
    bool begins_anew = false;  // filters changed: it may begin at the cursor again, once
  };
  struct line {
    std::unique_ptr<mqtt_client> mqtt;
    bool primary = false;
    bool sloppy = false;  // acknowledges in any order
    bool subscribed = false;
    bool hears_now = false;
    bool caught_up = false;
    std::vector<filter_wish> wishes;
    std::uint16_t suback = 0;
    std::map<std::uint16_t, pending> waiting;
    std::deque<to_ack> acks;
    std::map<stream_id, place> places;
    mono_ms opened = 0;
    mono_ms stopped_until = 0;
    bool after_revocation = false;
    std::map<stream_id, std::uint64_t> kept;                 // what was noted for good before it was opened
    std::map<std::uint16_t, std::vector<account_id>> asked;  // whose presence, by packet id; none: an UNSUBSCRIBE
    std::set<account_id> granted;
    std::map<account_id, presence> told;
    mono_ms ask_presence_at = 0;
    bool in_background = false;  // as it said last
  };
  // A QoS 2 message of the primary's session.
  struct owed {
    pending what;
    std::string topic;
    bytes payload;
    std::optional<message_id> correlation;
  };

  // --- connections (device.cpp)
  void open(bool primary);
  connect_options options_for(bool primary);
  std::vector<filter_wish> wishes_for(bool primary);
  void subscribe(line& l);
  static void begin_anew(line& l);
  void lost(line& l);
  void give_up_primary();
  void step_line(line& l);
  void act(line& l);
  line* line_of(mqtt_client& c);
  line* primary();
  void on_connack(mqtt_client& c, const mqtt::connack_view& packet) override;
  void on_suback(mqtt_client& c, const mqtt::suback_view& packet) override;
  void resume_session(line& l, bool present);

  // --- sending (device_send.cpp)
  void make_send();
  outgoing& add(outgoing o);
  void try_sends();
  line* line_for(const outgoing& o);
  void transmit(outgoing& o, line& l);
  void give_up(outgoing& o);
  outgoing* before(const outgoing& o);
  void send_receipt(line& l, conversation& c, std::uint64_t have_through, std::uint64_t read);
  void probe(line& l);
  void on_ack(mqtt_client& c, const mqtt::ack_view& packet) override;
  void on_verdict(line& l, pending& p, const mqtt::ack_view& packet);
  void on_refusal(outgoing& o, const std::string& why, message_id floor);
  void on_receipt_kept(const pending& p, const mqtt::ack_view& packet);

  // --- presence (device_presence.cpp)
  void act_presence(line& l);
  void say_state(line& l, std::string_view state);
  void ask_presence(line& l, const std::vector<account_id>& of);
  bool on_presence_suback(line& l, const mqtt::suback_view& packet);
  void on_presence(line& l, account_id of, const mqtt::publish_view& packet);

  // --- receiving (device_receive.cpp)
  void on_publish(mqtt_client& c, const std::string& topic, const mqtt::publish_view& packet) override;
  void on_record(line& l, stream_id stream, const mqtt::publish_view& packet);
  void on_text(line& l, stream_id stream, const mqtt::publish_view& packet);
  void on_receipt(line& l, stream_id stream, const mqtt::publish_view& packet);
  void on_notice(line& l, const mqtt::publish_view& packet);
  void on_me(const record& r);
  void on_joined(stream_id stream, std::uint64_t join_seq);
  // Whether what was noted of a stream was noted under the membership that an account has now.
  [[nodiscard]] bool is_of_now(stream_id stream, const shelf& s) const;
  void check_follows(line& l, stream_id stream, shelf& s, std::uint64_t seq);
  void begin_at(stream_id stream, shelf& s, std::uint64_t seq);
  void send_acks(line& l);
  void keep(stream_id stream, std::uint64_t seq);
  void find_gaps();
  void fill_holes();
  void read_range(stream_id stream, std::uint64_t from);
  [[nodiscard]] bool has(stream_id stream, const shelf& s, std::uint64_t seq) const;
  [[nodiscard]] std::uint64_t through(stream_id stream, const shelf& s) const;
  [[nodiscard]] std::string missing_in(stream_id stream, std::uint64_t from);

  stage& stage_;
  world& world_;
  person& person_;
  device_id id_;
  accounts::token secret_;
  std::string token_;
  std::string name_;
  std::deque<outgoing> outbox_;
  std::map<stream_id, shelf> shelves_;
  std::vector<std::unique_ptr<line>> lines_;
  struct ghost {
    std::unique_ptr<line> of;
    mono_ms until = 0;
  };
  std::vector<ghost> ghosts_;  // given up here, and still there for the server
  std::map<std::uint16_t, owed> session_;
  bool session_kept_ = false;      // its messages at QoS 2 go on with the next connection
  bool session_possible_ = false;  // it has asked for one; a late CONNECT may make it even now
  bool fills_gaps_ = false;  // it has connected with dunlin=1; the newest that came first may be sent again without it
  std::uint16_t session_next_id_ = 1;
  std::set<account_id> asked_presence_;  // ever: a session may know of it
  message_id last_id_;
  std::uint64_t said_ = 0;
  unsigned opened_ = 0;
  mono_ms linked_at_ = 0;
  mono_ms reconnect_at_ = 0;
  bool linked_ = false;
  bool revoking_ = false;
  bool revoked_ = false;
  bool home_ = false;
  // Habits.
  std::uint64_t chatty_ = 60;
  unsigned window_ = 1;
  bool v3_ = false;
  bool small_ = false;  // takes small packets alone, at times
};

}  // namespace dunlin::sim
