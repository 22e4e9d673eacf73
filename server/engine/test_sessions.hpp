// Ada, who sends, and Ben's device, whose session the tests end and go on with (M1, M2).
#pragma once

#include "engine/test_people.hpp"

namespace dunlin::engine {

inline constexpr std::uint32_t hour_s = 3600;

struct sessions : two_people {
  std::unique_ptr<test_device> a = rig.online(ada, {});

  void say(int count = 1) {
    for (int i = 0; i < count; ++i) {
      a->publish(topic + "/send", rig.send_body(rig.next_id(), "n"));
      rig.run();
    }
  }
  // Ben's device; a session that is not new has its filters already.
  std::unique_ptr<test_device> connect(bool clean, std::uint32_t expiry_s = hour_s, bool acks = false,
                                       std::uint16_t receive_maximum = 0) {
    auto b = std::make_unique<test_device>(rig, shard_id{0});
    b->auto_ack = acks;
    b->connect(to_text(ben.account), ben.token,
               {.client_id = to_text(ben.device),
                .clean_start = clean,
                .expiry_s = expiry_s,
                .receive_maximum = receive_maximum});
    rig.run();
    if (clean) b->subscribe({"c/+"});
    rig.run();
    return b;
  }
};

}  // namespace dunlin::engine
