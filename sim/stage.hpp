// Who and what there is in a run: people with their devices, conversations, the machine and the server on it while it
// is up. Devices and scenario meet here.
//
// Thread rule: the run's. Lifetime: as the run; people, devices and conversations are never taken away.
#pragma once

#include <deque>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sim/model.hpp"
#include "sim/server.hpp"
#include "sim/world.hpp"

namespace dunlin::sim {

class device;

struct person {
  account_id id;
  std::string handle;
  std::string name;
  std::vector<std::unique_ptr<device>> devices;
  bool registered = false;  // the server said so
  bool asked_to_go = false;
  bool gone = false;  // the server said that it is deleted
  bool away = false;  // in the end: all its devices are in the background
};

struct conversation {
  stream_id id;
  std::string name;
  bool direct = false;
  bool open = false;
  bool until_delivered = false;
  std::vector<account_id> first_members;  // [0] stays to the end
  std::set<account_id> members;           // as far as anybody was told
  std::set<account_id> ever;              // whom anybody ever asked into it
  std::set<account_id> strangers;         // who tried it from outside, and is never asked into it
  std::set<account_id> rejoined;          // whom anybody asked in again
  std::set<account_id> admins;            // as far as anybody was told
  bool created = false;                   // the server said so
  bool changing = false;                  // a change of members is under way
  std::string title;                      // as far as anybody was told
  bytes picture;
  unsigned looks = 0;
  bool look_changing = false;  // a change of title or picture is under way
};

struct stage {
  stage(world& world_of_run, machine& box) : w(world_of_run), truth(world_of_run), on(box) {}

  world& w;
  model truth;
  machine& on;
  std::unique_ptr<server> up;  // null while it is down
  std::uint64_t life = 0;      // how often it started
  std::deque<person> people;
  std::deque<conversation> conversations;

  conversation* find(stream_id id) {
    for (auto& c : conversations) {
      if (c.id == id) return &c;
    }
    return nullptr;
  }
  // Anybody ever asked both into one conversation.
  [[nodiscard]] bool ever_shared(account_id a, account_id b) const {
    for (const auto& c : conversations) {
      if (c.ever.contains(a) && c.ever.contains(b)) return true;
    }
    return false;
  }
  person* find(account_id id) {
    for (auto& p : people) {
      if (p.id == id) return &p;
    }
    return nullptr;
  }
};

}  // namespace dunlin::sim
