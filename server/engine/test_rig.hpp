// For the tests of this folder: shards on one thread over a store in memory, devices that speak MQTT to them, and a
// clock that the test moves. Nothing happens until `run`.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/shard.hpp"
#include "mqtt/codec.hpp"
#include "store/memory/memory_store.hpp"
#include "stream/wire.hpp"

namespace dunlin::engine {

// What a device got, in order.
struct got_message {
  std::string topic;
  bytes payload;
  std::uint16_t packet_id = 0;
  mqtt::qos_level qos = mqtt::qos_level::at_most_once;
  bool dup = false;
  bool retain = false;
  std::vector<std::uint32_t> identifiers;
};
struct got_ack {
  mqtt::packet_type type = mqtt::packet_type::puback;
  std::uint16_t packet_id = 0;
  mqtt::reason_code reason = mqtt::reason_code::success;
  std::string reason_string;
  std::map<std::string, std::string> properties;
};

class test_rig;

class test_device final : public port {
 public:
  test_device(test_rig& rig, shard_id at);
  ~test_device();

  struct connect_options {
    std::string client_id;
    mqtt::protocol_version version = mqtt::protocol_version::v5;
    bool clean_start = true;
    std::uint32_t expiry_s = 0;
    std::uint16_t receive_maximum = 0;
    std::uint32_t max_packet = 0;
    bool dunlin = false;
    bool problem_information = true;
    bool will = false;
  };
  void connect(const std::string& user, const std::string& token, const connect_options& options);
  void subscribe(const std::vector<std::string>& filters, std::uint8_t qos = 1, std::uint32_t identifier = 0);
  void unsubscribe(const std::vector<std::string>& filters);
  std::uint16_t publish(std::string_view topic, byte_span payload, std::uint8_t qos = 1,
                        std::optional<bytes> correlation = {});
  // The same packet id again, with DUP.
  void publish_again(std::uint16_t packet_id, std::string_view topic, byte_span payload, std::uint8_t qos);
  void puback(std::uint16_t packet_id, mqtt::reason_code reason = mqtt::reason_code::success);
  void pubrel(std::uint16_t packet_id);
  void disconnect();
  // The transport breaks.
  void cut();

  // Everything received so far.
  bool connected = false;
  bool session_present = false;
  mqtt::reason_code connack = mqtt::reason_code::success;
  std::vector<mqtt::reason_code> subacks;
  std::vector<got_message> messages;
  std::vector<got_ack> acks;
  std::optional<mqtt::reason_code> closed_with;
  bool closed = false;
  bool auto_ack = true;
  bool reads = true;  // off: what is sent to it stays in the output

  [[nodiscard]] std::vector<stream::record_view> records(const std::string& topic) const;
  [[nodiscard]] std::size_t count(const std::string& topic) const;
  // What was said on me/now under this field of dunlin.v1.Now.
  [[nodiscard]] std::vector<bytes> notices(unsigned field) const;
  [[nodiscard]] bool caught_up() const { return !notices(1).empty(); }
  // The last answer for that packet id.
  [[nodiscard]] const got_ack* ack(std::uint16_t packet_id) const;
  // Bytes that it has sent and nobody has read.
  [[nodiscard]] std::size_t unread() const { return up_.size(); }

  // --- port
  output& out() override { return *out_; }
  void dirty() override {}
  void close() override { closing_ = true; }
  void resume() override { resume_ = true; }
  void move_to(shard_id to) override { moving_ = to; }

 private:
  friend class test_rig;
  void send(const std::function<void(output&)>& encode);
  // Feeds what was sent, reads what came. True if something happened.
  bool step();
  void read(byte_span in);

  test_rig& rig_;
  shard_id at_;
  std::unique_ptr<output> out_;
  std::unique_ptr<device_link> link_;
  mqtt::protocol_version version_ = mqtt::protocol_version::v5;
  bytes up_;
  bytes down_;
  std::uint16_t next_packet_ = 1;
  bool closing_ = false;
  bool resume_ = false;
  std::optional<shard_id> moving_;
};

class test_rig final : public credentials {
 public:
  // `lossy`: messages between shards may be lost, so each exchange repeats what it has to.
  explicit test_rig(shard_id shards = 2, options limits = {}, bool lossy = false);
  ~test_rig();

  // An account with one device, token "token:{handle}"; the id's first byte is `partition`.
  struct person {
    account_id account;
    device_id device;
    std::string token;
  };
  person add_person(std::uint8_t partition);
  device_id add_device(const person& who);
  stream_id add_conversation(const std::vector<person>& members, std::uint8_t partition, bool open = true,
                             bool direct = false, stream::retention keep = stream::retention::forever);
  stream::verdict change(stream_id id, const std::vector<account_id>& add, const std::vector<account_id>& remove);
  // Records of the stream up to `through` are no longer kept.
  void trim(stream_id id, std::uint64_t through);
  // Connected as `options` say, on the first shard.
  std::unique_ptr<test_device> connect(const person& who, const test_device::connect_options& options);
  // Connected as the device itself (primary), subscribed to everything unless `filters` says otherwise.
  std::unique_ptr<test_device> online(const person& who, const std::vector<std::string>& filters = all_filters());
  static std::vector<std::string> all_filters() { return {"me", "me/now", "c/+", "c/+/receipt", "c/+/live"}; }

  // Until nothing moves any more; then the clock moves `ms`, in steps.
  void run(mono_ms ms = 0);
  void run_until(const std::function<bool()>& done);
  // The clock moves at once; nothing has seen it yet.
  void jump(mono_ms ms);
  // Messages that may not be lost any more are kept, all connections end, everything starts again.
  void crash(shard_id shards);

  // What becomes of a message between two shards, asked as it is sent. Answers to questions always find room.
  enum class fate : std::uint8_t { arrives, lost, twice, late, no_credit };
  using road = std::function<fate(shard_id from, shard_id to, const message& m)>;
  void set_road(road by) { road_ = std::move(by); }
  // So many messages that are no answers may be under way between two shards.
  void set_credit(std::size_t messages) { credit_ = messages; }
  // What was `late` arrives now, in its order.
  void arrive_late();
  // The clock jumps, and what is due then is done.
  void sleep(mono_ms ms);
  // Everything durable is sealed, and its rows are published.
  void seal();

  shard& at(shard_id i) { return *shards_[i]; }
  counters& count(shard_id i) { return *counters_[i]; }
  shard& home(account_id account) { return *shards_[partition_of(account) % shards_.size()]; }
  store::memory_store& store() { return *store_; }
  [[nodiscard]] message_id next_id() { return random_.message(now_.wall + static_cast<wall_ms>(++ids_)); }
  bytes send_body(message_id id, std::string_view text, message_id after = {});
  [[nodiscard]] static std::string topic(stream_id id, std::string_view suffix = "") {
    return "c/" + to_text(id) + std::string(suffix);
  }

  void verify(shard_id shard, std::uint64_t ticket, client_key client, std::string user, std::string token) override;

 private:
  friend class test_device;
  class lane;
  void start(shard_id shards);
  bool step();

  options limits_;
  chunk_pool chunks_;
  seeded_random random_{1};
  moment now_{1'000'000, 1'700'000'000'000};
  std::uint64_t ids_ = 0;
  std::unique_ptr<metrics> metrics_;
  std::vector<std::unique_ptr<counters>> counters_;
  std::unique_ptr<store::memory_store> store_;
  std::vector<std::unique_ptr<lane>> lanes_;
  std::vector<std::unique_ptr<shard>> shards_;
  struct letter {
    shard_id from;
    shard_id to;
    message what;
  };
  std::deque<letter> mail_;
  std::deque<letter> late_;
  road road_;
  std::size_t credit_ = ~std::size_t{0};
  bool lossy_;
  struct login {
    shard_id shard;
    std::uint64_t ticket;
    identity who;
  };
  std::vector<login> logins_;
  std::map<std::string, identity> people_;
  std::vector<test_device*> devices_;
};

}  // namespace dunlin::engine
