// Ada and Ben, on two shards, and the conversation between them.
#pragma once

#include <gtest/gtest.h>

#include "engine/test_rig.hpp"

namespace dunlin::engine {

struct two_people : testing::Test {
  test_rig rig{2};
  test_rig::person ada = rig.add_person(0);
  test_rig::person ben = rig.add_person(1);
  stream_id talk = rig.add_conversation({ada, ben}, 2);
  std::string topic = test_rig::topic(talk);
};

}  // namespace dunlin::engine
