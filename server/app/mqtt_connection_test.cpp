// Connections as the threads of two shards serve them: what becomes of who cannot be heard.

#include "app/mqtt_connection.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "accounts/test_directory.hpp"
#include "app/shards.hpp"
#include "base/log.hpp"
#include "mqtt/codec.hpp"
#include "mqtt/test_support.hpp"
#include "net/test_support.hpp"

namespace dunlin::app {
namespace {

using mqtt::packet_type;

constexpr auto v5 = mqtt::protocol_version::v5;
constexpr account_id ada{1, 1};  // of partition 0, so of the first shard
constexpr device_id phone{1, 2};
constexpr stream_id talk{std::uint64_t{1} << 56, 1};  // of partition 1, so of the second
constexpr std::uint16_t keep_alive_s = 10;

// Moved by the test, read by all threads.
class shared_clock final : public clock {
 public:
  [[nodiscard]] moment now() const override { return {at.load(), at.load()}; }
  std::atomic<mono_ms> at{1'000'000};
};

// Everybody is Ada.
class open_door final : public engine::credentials {
 public:
  void verify(engine::shard_id shard, std::uint64_t ticket, engine::client_key /*client*/, std::string /*user*/,
              std::string /*token*/) override {
    auto& thread = all->at(shard);
    thread.loop().post([&thread, ticket] { thread.shard().verified(ticket, {engine::login_result::ok, ada, phone}); });
  }
  shards* all = nullptr;
};

struct client {
  net::descriptor socket;
  bytes unread;
  std::vector<packet_type> got;
  mqtt::reason_code left_with = mqtt::reason_code::success;  // of a DISCONNECT
  bool ended = false;

  void send(const std::function<void(output&)>& encode) const {
    mqtt::wire_end wire;
    encode(wire.out);
    net::write_all(socket, as_text(wire.take()));
  }
  // Takes what is there now.
  void read() {
    const auto some = net::read_some(socket);
    ended = ended || !some;
    if (some) unread.insert(unread.end(), some->begin(), some->end());
    std::size_t at = 0;
    for (;;) {
      const auto packet = mqtt::read_frame(byte_span(unread).subspan(at), v5, 1 << 20);
      if (packet.status != mqtt::decode_status::ready) break;
      at += packet.size;
      got.push_back(packet.type);
      mqtt::disconnect_view bye;
      if (packet.type != packet_type::disconnect) continue;
      EXPECT_EQ(mqtt::decode_disconnect(packet, v5, bye), mqtt::reason_code::success);
      left_with = bye.reason;
    }
    unread.erase(unread.begin(), unread.begin() + static_cast<std::ptrdiff_t>(at));
  }
  std::size_t count(packet_type what) {
    read();
    return static_cast<std::size_t>(std::count(got.begin(), got.end(), what));
  }
};

class MqttConnection : public testing::Test {
 protected:
  static config small() {
    config values = default_config();
    values.shards = 2;
    values.log_segment = 16 << 20;
    values.log_unsealed = 64 << 20;
    values.log_reserve = 4 << 20;
    return values;
  }

  void SetUp() override {
    // spdlog's library is not built with the thread sanitizer, which would see races in every line.
    log_start(log_level::off, false);
    auto disk = store::posix_disk::open_directory(directory.path("data"));
    ASSERT_TRUE(disk);
    files = std::move(*disk);
    auto opened = shards::open(*files, {.values = values,
                                        .time = time,
                                        .random = random,
                                        .counted = counted,
                                        .logins = logins,
                                        .failed = [](std::string_view what) { FAIL() << what; }});
    ASSERT_TRUE(opened) << opened.error().message();
    all = std::move(*opened);
    logins.all = all.get();
    with.reset(new connection_shared{.all = *all, .limit = net::connection_limit(values.connections)});
    all->start();
    tell([&](auto done) {
      all->door().tell_account({.account = ada, .version = 1, .devices = {{phone, 1, false, "phone"}}},
                               std::move(done));
    });
    tell([&](auto done) { all->door().create({.id = talk, .open = true, .members = {ada}}, std::move(done)); });
  }
  void TearDown() override {
    if (with) until([&] { return with->limit.open() == 0; });
    if (all) all->stop();
  }

  static void tell(const std::function<void(std::function<void(stream::verdict)>)>& call) {
    std::promise<stream::verdict> told;
    call([&](stream::verdict v) { told.set_value(v); });
    EXPECT_TRUE(told.get_future().get().ok());
  }
  // Runs something on the first shard's thread, and waits for it.
  void on_shard(const std::function<void()>& work) {
    std::promise<void> done;
    ASSERT_TRUE(all->at(0).loop().post([&] {
      work();
      done.set_value();
    }));
    done.get_future().wait();
  }
  // The first shard turns until `done` holds; fails after many.
  void until(const std::function<bool()>& done) {
    for (int i = 0; i < 1'000'000; ++i) {
      if (done()) return;
      on_shard([] {});
    }
    FAIL() << "what was waited for did not come";
  }
  // Two turns of the first shard see each step of the clock: each handler is swept once in rt::event_loop::sweep_ms.
  void pass(mono_ms ms) {
    for (mono_ms left = ms; left > 0; left -= rt::event_loop::sweep_step_ms) {
      time.at += rt::event_loop::sweep_step_ms;
      on_shard([] {});
      on_shard([] {});
    }
  }

  client connect(std::string_view client_id) {
    auto [server, peer] = net::tcp_pair();
    EXPECT_TRUE(with->limit.take());
    on_shard(
        [&, socket = &server] { mqtt_connection::begin(*with, 0, net::transport::plain(std::move(*socket)), {}); });
    client out{.socket = std::move(peer)};
    out.send([&](output& o) {
      mqtt::encode_connect(o, {.version = v5,
                               .clean_start = true,
                               .keep_alive_s = keep_alive_s,
                               .has_user_name = true,
                               .has_password = true,
                               .client_id = client_id,
                               .user_name = "ada",
                               .password = as_bytes("token")});
    });
    until([&] { return out.count(packet_type::connack) == 1; });
    return out;
  }
  static void ping(const client& by) {
    by.send([](output& o) { mqtt::encode_ping(o, packet_type::pingreq); });
  }
  bool is_one_held() { return all->at(0).shard().around().counts.sends_kept.value() == 1; }
  // Says more and more at QoS 0, until the shard has no credit for it. A PINGREQ follows each message.
  void say_until_held(client& by) {
    const std::string topic = "c/" + to_text(talk) + "/text";
    const std::string text(250'000, 'x');
    for (std::size_t pings = 1; !is_one_held(); ++pings) {
      by.send([&](output& o) { mqtt::encode_publish(o, v5, {.topic = topic, .payload = as_bytes(text)}); });
      ping(by);
      until([&] { return is_one_held() || by.count(packet_type::pingresp) == pings; });
      ASSERT_FALSE(HasFatalFailure() || by.ended);
    }
  }

  test_directory directory;
  config values = small();
  shared_clock time;
  system_random random;
  metrics counted;
  open_door logins;
  std::unique_ptr<store::posix_disk> files;
  std::unique_ptr<shards> all;
  std::unique_ptr<connection_shared> with;
};

TEST_F(MqttConnection, WhoIsNotReadForWantOfCreditIsNotTakenForSilent) {
  // The second shard stands still: nothing that goes there is decided.
  std::promise<void> go_on;
  ASSERT_TRUE(all->at(1).loop().post([still = go_on.get_future().share()] { still.wait(); }));
  auto held = connect("held");
  say_until_held(held);
  const std::size_t answered = held.count(packet_type::pingresp);
  auto silent = connect("silent");
  pass(mono_ms{keep_alive_s} * 1500 + 2 * rt::event_loop::sweep_ms);
  until([&] {
    silent.read();
    return silent.ended;
  });
  EXPECT_EQ(silent.left_with, mqtt::reason_code::keep_alive_timeout);
  EXPECT_TRUE(is_one_held());
  go_on.set_value();
  // What stood behind the message is read now.
  until([&] { return held.ended || held.count(packet_type::pingresp) == answered + 1; });
  EXPECT_EQ(held.left_with, mqtt::reason_code::success);
  EXPECT_FALSE(held.ended);
}

}  // namespace
}  // namespace dunlin::app
