// For tests of presence: Ada and Ben, who share a conversation, Eve, who shares none with them, and what a device was
// told.
#pragma once

#include <gtest/gtest.h>

#include "base/wire.hpp"
#include "engine/test_rig.hpp"

namespace dunlin::engine {

inline constexpr wall_ms minute = 60'000;
inline constexpr wall_ms day = 86'400'000;

struct seen_state {
  bool online = false;
  wall_ms last_seen = 0;
  friend bool operator==(const seen_state&, const seen_state&) = default;
};

inline std::string topic_of(const test_rig::person& who) { return "presence/" + to_text(who.account); }

inline std::vector<seen_state> told(const test_device& to, const test_rig::person& of) {
  std::vector<seen_state> out;
  for (const auto& m : to.messages) {
    if (m.topic != topic_of(of)) continue;
    EXPECT_EQ(m.qos, mqtt::qos_level::at_most_once);
    EXPECT_FALSE(m.retain);
    seen_state& s = out.emplace_back();
    wire_reader r(m.payload);
    while (r.next()) {
      if (r.tag() == number_tag(1)) s.online = r.value() != 0;
      if (r.tag() == number_tag(2)) s.last_seen = static_cast<wall_ms>(r.value());
    }
    EXPECT_TRUE(r.ok());
  }
  return out;
}

inline constexpr mono_ms settled = 500;          // after which who has said nothing is active
inline constexpr mono_ms surely_offline = 7000;  // the grace, and a second between two changes

struct presence_of : testing::Test {
  explicit presence_of(shard_id shards = 2, options limits = {}, bool lossy = false) : rig(shards, limits, lossy) {}
  test_rig rig;
  test_rig::person ada = rig.add_person(0);
  test_rig::person ben = rig.add_person(1);
  test_rig::person eve = rig.add_person(2);  // shares nothing with them
  stream_id talk = rig.add_conversation({ada, ben}, 3);

  // Without any filter.
  std::unique_ptr<test_device> bare(const test_rig::person& who) {
    auto d = rig.online(who, {});
    rig.run(settled);
    return d;
  }
  // Ada, who has asked for Ben.
  std::unique_ptr<test_device> watching() {
    auto a = bare(ada);
    a->subscribe({topic_of(ben)});
    rig.run();
    EXPECT_EQ(a->subacks, std::vector{mqtt::reason_code::granted_qos_0});
    return a;
  }
  void says(test_device& d, std::string_view state) {
    d.publish("me/state", as_bytes(state), 0);
    rig.run();
  }
  void leave(test_device& d, mono_ms then = surely_offline) {
    d.cut();
    rig.run(then);
  }
};

}  // namespace dunlin::engine
