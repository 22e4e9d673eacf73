#include "mqtt/session.hpp"

#include <array>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "mqtt/protocol_fixture.hpp"

namespace dunlin::mqtt {
namespace {

class MqttSession : public ProtocolTest {};

TEST_F(MqttSession, IsTinyWhenIdle) { EXPECT_LE(sizeof(session), 32U); }

TEST_F(MqttSession, AgreesWithASimpleModelOverRandomSendsAndAcknowledgements) {
  seeded_random random(11);
  std::printf("seed 11\n");
  shared_.bounds.send_maximum = 1023;
  connect();
  std::vector<std::pair<std::uint16_t, std::uint64_t>> model;  // in the order of sending
  std::uint16_t next = 1;
  for (std::uint64_t step = 0; step < 200'000; ++step) {
    out_.clear();
    if (random.below(100) < (step / 5'000 % 2 == 0 ? 60U : 40U)) {
      const delivery sent = deliver("x", 1, step);
      if (sent == delivery::sent) {
        model.emplace_back(next, step);
        next = static_cast<std::uint16_t>(next == 65'535 ? 1 : next + 1);
      } else {
        ASSERT_EQ(sent, delivery::no_credit);
        ASSERT_FALSE(model.empty());
      }
    } else if (!model.empty()) {
      // Mostly in order, now and then any.
      const std::size_t i = random.one_in(4) ? random.below(model.size()) : 0;
      host_.take_events();
      ack(packet_type::puback, model[i].first);
      ASSERT_EQ(host_.events[0], "acked " + std::to_string(model[i].second) + " success");
      model.erase(model.begin() + static_cast<long>(i));
    }
    ASSERT_EQ(session_.in_flight_count(), model.size());
  }
  std::size_t i = 0;
  session_.for_each_in_flight([&](const in_flight& f) {
    EXPECT_EQ(f.packet_id, model[i].first);
    EXPECT_EQ(f.what.a, model[i].second);
    ++i;
  });
  EXPECT_EQ(i, model.size());
}

TEST_F(MqttSession, AStuckOldestMessageBoundsTheRing) {
  shared_.bounds.send_maximum = 1023;
  connect();
  deliver("stuck");
  for (std::uint16_t id = 2; id < 5'000; ++id) {
    out_.clear();
    if (deliver("x") != delivery::sent) break;
    ack(packet_type::puback, id);
  }
  EXPECT_EQ(session_.in_flight_count(), 1U);
  EXPECT_EQ(p_->credit(), 0U) << "ids in flight span a bounded range";
  ack(packet_type::puback, 1);
  EXPECT_EQ(p_->credit(), 1023U);
}

TEST_F(MqttSession, MovesWithEverythingInIt) {
  connect();
  deliver("x", 1, 5);
  session_.note_received(9);
  session_.set_expiry_s(77);
  p_->detach();
  session moved(std::move(session_));
  EXPECT_EQ(moved.in_flight_count(), 1U);
  EXPECT_TRUE(moved.has_received(9));
  EXPECT_EQ(moved.expiry_s(), 77U);
  session_ = std::move(moved);
  EXPECT_EQ(session_.find(1)->what.a, 5U);
}

TEST_F(MqttSession, RemembersManyQos2IdsUpToItsBound) {
  for (std::uint16_t id = 1; id <= max_qos2_ids; ++id) session_.note_received(id);
  EXPECT_EQ(session_.received_count(), max_qos2_ids);
  session_.note_received(5);
  session_.note_received(60'000);
  EXPECT_EQ(session_.received_count(), max_qos2_ids);
  EXPECT_FALSE(session_.has_received(60'000));
}

TEST_F(MqttSession, CveHalfOpenQos2_BeyondTheBoundTheConnectionEnds) {
  connect(v3);
  for (std::uint16_t id = 1; id <= max_qos2_ids; ++id) {
    publish("a", "x", 2, id);
    out_.clear();
  }
  EXPECT_EQ(p_->state(), protocol_state::connected);
  publish("a", "x", 2, max_qos2_ids + 1);
  EXPECT_EQ(p_->state(), protocol_state::closing);
  EXPECT_EQ(session_.received_count(), max_qos2_ids);
}

TEST(MqttBlockPool, LendsTheSameBlockAgain) {
  block_pool pool;
  void* block = pool.borrow(128);
  const auto address = reinterpret_cast<std::uintptr_t>(block);
  pool.give_back(block, 128);
  block = pool.borrow(128);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block), address);
  pool.give_back(block, 128);
}

TEST(MqttBlockPool, KeepsABoundedAmountAndGivesTheRestToTheHeap) {
  block_pool pool(256);
  std::array<void*, 4> blocks{};
  for (void*& b : blocks) b = pool.borrow(128);
  for (void* b : blocks) pool.give_back(b, 128);
  EXPECT_EQ(pool.free_bytes(), 256U);
}

}  // namespace
}  // namespace dunlin::mqtt
