// What people and operators do in a run, over the control plane: sign up, link and revoke devices, start conversations
// (direct ones both at once), add and remove members, leave, give roles, change title and picture, put settings, change
// their profiles, read, delete accounts. Each request is repeated until it is answered, as its caller must (Q2, S3),
// over crashes too; some are asked once more after that.
#pragma once

#include <functional>
#include <list>
#include <string>

#include "sim/stage.hpp"

namespace dunlin::sim {

class scenario {
 public:
  explicit scenario(stage& s);

  // A moment: new wishes, while `stormy`, and repeats of what was not answered.
  void step();
  // The server is up again: what was asked before got lost with it.
  void on_start();
  [[nodiscard]] std::string unfinished() const;

  // For the end: somebody is removed from each group.
  void part();
  // Everything of a conversation as its first member reads it by range, and every live device's state.
  // `done` of both when all is read.
  void read_all();
  [[nodiscard]] bool has_read_all() const { return reading_ == 0; }

 private:
  struct wish {
    std::string what;
    std::function<void(wish&)> ask;
    mono_ms ask_at = 0;
    bool done = false;
  };
  void add(std::string what, std::function<void(wish&)> ask);
  // To be called with the answer of a wish of life `life`.
  void answered(wish& w, bool good);
  // A change of a conversation, by a device of `actor` under an id or (null) by the operator. `submit`: with the id,
  // each time; `decided`: once, with the first verdict that stands; true: it made a record.
  using answering = std::function<void(const stream::verdict&)>;
  using submitting = std::function<void(const stream::request& by, answering)>;
  using deciding = std::function<bool(const stream::verdict&)>;
  void ask(std::string what, person* actor, conversation& c, const submitting& submit, const deciding& decided);

  person& add_person();
  device& add_device(person& p);
  void sign_up(person& p);
  void link(person& p);
  void revoke();
  void remove_account();
  void start_conversation();
  void make(conversation& c, person* creator);
  void change_members();
  // A member goes, comes, or both; by himself (`leaves`), by the operator (`actor` null) or by a member.
  void change_member(conversation& c, person& p, person* actor, engine::members_spec spec, bool leaves);
  void give_role(conversation& c, person& p);
  void change_look();
  void put_settings();
  void change_profile();
  bytes some_picture();
  void read_something();
  void read_state(device& d);
  void read_whole_state(const person& p);
  void read_page(conversation& c, std::uint64_t from);
  void read_members(conversation& c, const person& p);
  void read_all_members(conversation& c);
  void check_summary(const engine::state_answer::conversation& s, const person& p);
  void check_members_agree(const engine::state_answer& a, const person& p);
  template <class Id>
  Id some_id() {
    Id id = world_.random.id<Id>();
    const std::uint64_t p = partitions_[world_.below(partitions_.size())];
    id.hi = (id.hi & 0x00ff'ffff'ffff'ffff) | p << 56;
    return id;
  }
  [[nodiscard]] person& some_person() { return stage_.people[world_.below(stage_.people.size())]; }
  [[nodiscard]] static bool stays(const person& p) { return p.name == "a1" || p.name == "a2"; }

  stage& stage_;
  world& world_;
  std::list<wish> wishes_;
  std::size_t reading_ = 0;
  std::size_t people_ = 0;
  std::size_t conversations_ = 0;
  unsigned devices_named_ = 0;
  std::vector<partition_id> partitions_;  // where ids fall in this run
};

}  // namespace dunlin::sim
