// The devices of a crash test: each holds a session, keeps sending to its conversations with a window, keeps what was
// not answered and sends it again after a reconnect with the same ids, acknowledges what it gets, and tells the ledger.
//
// Half of them speak 3.1.1, half 5.0; half start clean, half resume. Thread rule: one thread.
// Bounds: `window` unanswered messages a device.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "bench/client/loop.hpp"
#include "bench/client/message.hpp"
#include "tests/crash/rounds/ledger.hpp"

namespace dunlin::crash {

class people final : public bench::events {
 public:
  static constexpr std::size_t window = 8;

  people(ledger& all, std::uint64_t seed);

  // A device; `who` as the command line printed it.
  place add_device(const bench::login& who);
  void add_conversation(const std::string& id, const std::vector<place>& devices);
  [[nodiscard]] std::size_t devices() const { return devices_.size(); }
  [[nodiscard]] const bench::login& login_of(place device) const { return devices_[device].who; }
  [[nodiscard]] const std::string& account_of(place device) const { return devices_[device].who.user; }

  // The server is there (connects everybody), or gone (closes all).
  void arrive(const bench::endpoint& where);
  void leave();
  // Makes new messages from now on?
  void talk(bool on) { talking_ = on; }
  // Loses some connections on purpose, one device in `n`.
  void stumble(unsigned n);
  // One turn, at the latest until `until`.
  void turn(bench::time_ns until);

  // Everything sent is answered, and everybody has got everything.
  [[nodiscard]] bool is_settled() const;
  // Who has not: for a message to people.
  [[nodiscard]] std::string unsettled() const;
  [[nodiscard]] bool all_connected() const;
  // What the server said that it should not have, or empty.
  [[nodiscard]] const std::string& wrong() const { return wrong_; }
  [[nodiscard]] std::uint64_t retries() const { return retries_; }
  [[nodiscard]] std::uint64_t refusals() const { return refusals_; }
  [[nodiscard]] std::uint64_t resumed() const { return resumed_; }

  void on_connected(bench::connection& c, const mqtt::connack_view& connack) override;
  void on_subscribed(bench::connection& c, const mqtt::suback_view& suback) override;
  void on_message(bench::connection& c, const bench::incoming& m) override;
  void on_acked(bench::connection& c, std::uint16_t packet_id, mqtt::reason_code reason, byte_span properties) override;
  void on_closed(bench::connection& c, bench::closed_by who, mqtt::reason_code reason) override;

 private:
  struct pending {
    message_id id;
    std::size_t conversation = 0;  // place in conversations_
    bytes body;
    std::uint16_t packet_id = 0;  // 0: not under way
    bool tried = false;           // sent at least once
    bool refused = false;         // for now: to be sent again
  };
  struct client {
    bench::login who;
    bench::connection* out = nullptr;
    bench::connect_options how;
    bench::id_maker ids;
    std::deque<pending> outbox;
    std::vector<std::size_t> conversations;
    bool subscribed = false;
    bool holding = false;  // something was refused for now: nothing new until it is accepted
    bench::time_ns next_message = 0;
    bench::time_ns next_open = 0;
  };
  struct talk_place {
    std::string id;
    stream_id stream;
    place in_ledger = 0;
  };

  void open(client& d);
  void pump(client& d, bench::time_ns now);
  void send(client& d, pending& p, bool dup);
  void resend(client& d, bool session_present);
  void make_message(client& d);
  void take_record(place at, const bench::incoming& m);
  void take_now(place at, byte_span payload);
  void refuse_for_now(client& d, pending& p, const std::string& why);
  void fail(const std::string& what) {
    if (wrong_.empty()) wrong_ = what;
  }

  ledger& ledger_;
  seeded_random random_;
  bench::loop loop_;
  std::vector<client> devices_;
  std::vector<talk_place> conversations_;
  bench::endpoint where_;
  bool there_ = false;
  bool talking_ = true;
  std::string wrong_;
  std::uint64_t retries_ = 0;
  std::uint64_t refusals_ = 0;
  std::uint64_t resumed_ = 0;
};

}  // namespace dunlin::crash
