// What a connection gets by its filters and as what it is connected (D7, D8, M3).

#include "engine/test_people.hpp"

namespace dunlin::engine {
namespace {

using mqtt::protocol_version;
using mqtt::reason_code;

struct filters_of : two_people {
  std::unique_ptr<test_device> a = rig.online(ada, {});

  void say(int count = 1, std::size_t size = 1) {
    for (int i = 0; i < count; ++i) {
      a->publish(topic + "/send", rig.send_body(rig.next_id(), std::string(size, 'x')));
      rig.run();
    }
  }
  std::unique_ptr<test_device> as_ben(test_device::connect_options options,
                                      const std::vector<std::string>& filters = {"c/+"}, std::uint8_t qos = 1) {
    if (options.client_id.empty()) options.client_id = to_text(ben.device);
    auto b = rig.connect(ben, options);
    if (!filters.empty()) b->subscribe(filters, qos);
    rig.run();
    return b;
  }
  // Ben's own message comes back to him whole.
  bool comes_whole(test_device& b, std::uint8_t qos = 1) {
    const auto before = b.count(topic);
    b.publish(topic + "/send", rig.send_body(rig.next_id(), "own"), qos);
    rig.run();
    return b.count(topic) == before + 1;
  }
  std::uint64_t bens_cursor() {
    rig.run(1500);
    const auto* c = rig.home(ben.account).applier_partition(1).find_inbox(ben.account)->find(talk);
    return c->cursors[0];
  }
};

TEST_F(filters_of, D7_WithoutRoomAConnectionWithoutTheCursorSkipsToTheHead) {
  auto b = as_ben({.client_id = "tool", .receive_maximum = 2});
  b->auto_ack = false;
  say(5);
  ASSERT_EQ(b->messages.size(), 2U);
  b->puback(b->messages[0].packet_id);
  b->puback(b->messages[1].packet_id);
  rig.run();
  say();
  ASSERT_EQ(b->messages.size(), 3U);
  EXPECT_EQ(b->records(topic).back().seq, 7U);
  EXPECT_EQ(bens_cursor(), 1U);
}

TEST_F(filters_of, D7_AQoS0SubscriptionStartsAtTheHeadAndMovesNoCursor) {
  say(3);
  auto b = as_ben({}, {"c/+"}, 0);
  EXPECT_EQ(b->count(topic), 0U);
  say();
  EXPECT_EQ(b->count(topic), 1U);
  EXPECT_EQ(bens_cursor(), 1U);
}

TEST_F(filters_of, D7_AFilterSetToQoS0MovesNoCursorFromThenOn) {
  auto b = as_ben({});
  say();
  EXPECT_EQ(bens_cursor(), 2U);
  b->subscribe({"c/+"}, 0);
  rig.run();
  say();
  EXPECT_EQ(b->count(topic), 2U);
  EXPECT_EQ(bens_cursor(), 2U);
}

TEST_F(filters_of, D7_AFilterSetToQoS1IsFedFromTheCursor) {
  say(2);
  auto b = as_ben({}, {"c/+"}, 0);
  say();
  b->subscribe({"c/+"}, 1);
  rig.run();
  EXPECT_EQ(b->count(topic), 4U);  // one at QoS 0, three from the cursor
  EXPECT_EQ(bens_cursor(), 4U);
}

TEST_F(filters_of, D8_ThePubackIsTheEchoForTheDevicesOwn50Connection) {
  auto b = as_ben({});
  EXPECT_FALSE(comes_whole(*b));
  EXPECT_EQ(b->acks.back().properties.at("seq"), "2");
}

TEST_F(filters_of, D8_ThePubrecIsTheEchoAtQoS2) {
  auto b = as_ben({});
  EXPECT_FALSE(comes_whole(*b, 2));
  EXPECT_EQ(b->acks.back().type, mqtt::packet_type::pubrec);
  EXPECT_EQ(b->acks.back().properties.at("seq"), "2");
}

TEST_F(filters_of, D8_WithoutUserPropertiesTheRecordComesWhole) {
  auto b = as_ben({.problem_information = false});
  EXPECT_TRUE(comes_whole(*b));
  EXPECT_TRUE(b->acks.back().properties.empty());
}

TEST_F(filters_of, D8_A311ClientGetsItsOwnRecordWhole) {
  auto b = as_ben({.version = protocol_version::v3_1_1});
  EXPECT_TRUE(comes_whole(*b));
}

TEST_F(filters_of, D8_ASendAtQoS0ComesWhole) {
  auto b = as_ben({});
  EXPECT_TRUE(comes_whole(*b, 0));
}

TEST_F(filters_of, D8_ASecondaryConnectionsMessageComesWholeToItAndToTheDevice) {
  auto b = as_ben({});
  auto tool = as_ben({.client_id = "tool"});
  EXPECT_TRUE(comes_whole(*tool));
  EXPECT_EQ(b->count(topic), 1U);
}

TEST_F(filters_of, D8_AnEchoThatNoLaterRecordPassedIsSentAgainWhole) {
  auto b = as_ben({});
  EXPECT_FALSE(comes_whole(*b));
  rig.run(1500);
  b->cut();
  b = as_ben({});
  EXPECT_EQ(b->count(topic), 1U);
}

TEST_F(filters_of, D8_AnEchoIsPassedByHaveThrough) {
  auto b = as_ben({});
  EXPECT_FALSE(comes_whole(*b));
  bytes receipt;
  stream::write_receipt(receipt, {.have_through = 2});
  b->publish(topic + "/receipt", receipt);
  rig.run(1500);
  b->cut();
  b = as_ben({});
  EXPECT_EQ(b->count(topic), 0U);
}

TEST_F(filters_of, M3_OverlappingFiltersGiveOneCopyAtTheHighestQoSWithAllIdentifiers) {
  auto b = as_ben({}, {});
  b->subscribe({"c/+"}, 0, 7);
  b->subscribe({topic}, 1, 9);
  rig.run();
  say();
  ASSERT_EQ(b->messages.size(), 1U);
  EXPECT_EQ(b->messages[0].qos, mqtt::qos_level::at_least_once);
  EXPECT_EQ(b->messages[0].identifiers, (std::vector<std::uint32_t>{7, 9}));
}

TEST_F(filters_of, M3_AnIdentifierGoesWithItsFilter) {
  auto b = as_ben({}, {});
  b->subscribe({"c/+"}, 1, 7);
  b->subscribe({topic}, 1, 9);
  b->unsubscribe({topic});
  rig.run();
  say();
  ASSERT_EQ(b->messages.size(), 1U);
  EXPECT_EQ(b->messages[0].identifiers, std::vector<std::uint32_t>{7});
}

TEST_F(filters_of, M3_ARepeatedSubscribeRestartsNothing) {
  say(3);
  auto b = as_ben({});
  EXPECT_EQ(b->count(topic), 3U);
  b->auto_ack = false;
  say();
  b->subscribe({"c/+"});
  rig.run();
  EXPECT_EQ(b->count(topic), 4U);
}

TEST_F(filters_of, M3_WhoUnsubscribesGetsNothingMore) {
  auto b = as_ben({});
  b->unsubscribe({"c/+"});
  rig.run();
  say();
  EXPECT_EQ(b->count(topic), 0U);
  EXPECT_EQ(bens_cursor(), 1U);
}

TEST_F(filters_of, M3_RetainIsZeroOnDelivery) {
  auto b = as_ben({});
  say();
  EXPECT_FALSE(b->messages.at(0).retain);
}

TEST_F(filters_of, M3_A311ClientIsToldOfFiltersThatAreNotOffered) {
  auto b = rig.connect(ben, {.client_id = "old", .version = protocol_version::v3_1_1});
  b->subscribe({"home/lamp", "$share/g/c/+", "c/+"});
  rig.run();
  const auto failure = static_cast<reason_code>(0x80);
  EXPECT_EQ(b->subacks, (std::vector{failure, failure, reason_code::granted_qos_1}));
}

TEST_F(filters_of, M3_AWillIsRefused) {
  const auto five = rig.connect(ben, {.client_id = "tool", .will = true});
  EXPECT_EQ(five->connack, reason_code::not_authorized);
  const auto old = rig.connect(ben, {.client_id = "tool", .version = protocol_version::v3_1_1, .will = true});
  EXPECT_EQ(old->connack, reason_code::not_authorized);  // 5 on the wire
}

TEST_F(filters_of, M3_AFifthSecondaryConnectionOfA311ClientIsToldThree) {
  std::vector<std::unique_ptr<test_device>> all;
  for (int i = 0; i < 4; ++i) all.push_back(rig.connect(ben, {.client_id = "tool" + std::to_string(i)}));
  const auto fifth = rig.connect(ben, {.client_id = "tool4", .version = protocol_version::v3_1_1});
  EXPECT_EQ(fifth->connack, reason_code::server_unavailable);  // 3 on the wire
}

TEST_F(filters_of, M3_A311PublishToATopicThatIsNotOfferedIsRefusedOnMeNowAndAcknowledged) {
  auto b = rig.connect(ben, {.client_id = "old", .version = protocol_version::v3_1_1});
  b->subscribe({"me/now"});
  rig.run();
  const auto packet = b->publish("home/lamp", as_bytes("on"));
  rig.run();
  EXPECT_NE(b->ack(packet), nullptr);
  EXPECT_EQ(b->notices(2).size(), 1U);
}

TEST_F(filters_of, M3_TheSameClientIdOfAnotherAccountTakesNothingOver) {
  auto b = as_ben({.client_id = "tool"});
  auto other = rig.connect(ada, {.client_id = "tool"});
  EXPECT_TRUE(other->connected);
  EXPECT_FALSE(b->closed);
}

}  // namespace
}  // namespace dunlin::engine
