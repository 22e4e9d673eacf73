// For the tests of this folder: accounts, conversations, and inboxes as the stream's code keeps them.
#pragma once

#include <initializer_list>
#include <memory>

#include "presence/presence.hpp"
#include "stream/inbox_state.hpp"

namespace dunlin::presence {

constexpr account_id account(std::uint64_t n) { return {1, n}; }
constexpr stream_id talk(std::uint64_t n) { return {2, n}; }

inline stream::inbox_state inbox_of(account_id who, std::initializer_list<std::uint64_t> talks,
                                    stream::day_number seen = 0) {
  stream::inbox_state out;
  out.account = who;
  out.add_device({.id = {3, who.lo}, .version = 1, .seen = seen});
  out.join(account_stream(who), 1);
  for (const auto n : talks) out.join(talk(n), 1);
  return out;
}

inline std::shared_ptr<const std::vector<stream_id>> named(std::initializer_list<std::uint64_t> talks) {
  std::vector<stream_id> out;
  for (const auto n : talks) out.push_back(talk(n));
  return std::make_shared<const std::vector<stream_id>>(std::move(out));
}

}  // namespace dunlin::presence
