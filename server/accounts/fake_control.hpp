// A control for tests without an engine: it remembers what it was told, and answers at once on the caller's thread, or
// when the test says so.
//
// Thread rule: any thread.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "engine/control.hpp"

namespace dunlin::engine {

class fake_control final : public control {
 public:
  // The next verdicts of tell_account, create, change_members and change_look; when there are none left: accepted.
  void answer_next(std::initializer_list<stream::verdict> verdicts) {
    const std::lock_guard guard(lock_);
    verdicts_.insert(verdicts_.end(), verdicts);
  }
  // From now on answers wait for `release`.
  void hold() {
    const std::lock_guard guard(lock_);
    holding_ = true;
  }
  void release() {
    std::vector<std::function<void()>> held;
    {
      const std::lock_guard guard(lock_);
      holding_ = false;
      held = std::exchange(held_, {});
    }
    for (const auto& answer : held) answer();
  }
  // With the process of whoever asked.
  void drop() {
    const std::lock_guard guard(lock_);
    holding_ = false;
    held_.clear();
  }
  [[nodiscard]] std::size_t held() const {
    const std::lock_guard guard(lock_);
    return held_.size();
  }
  [[nodiscard]] std::vector<account_spec> told() const {
    const std::lock_guard guard(lock_);
    return told_;
  }
  [[nodiscard]] std::map<stream_id, conversation_spec> conversations() const {
    const std::lock_guard guard(lock_);
    return conversations_;
  }
  [[nodiscard]] std::vector<members_spec> changes() const {
    const std::lock_guard guard(lock_);
    return changes_;
  }
  [[nodiscard]] std::vector<look_spec> looks() const {
    const std::lock_guard guard(lock_);
    return looks_;
  }
  // What read_records gives to members of that conversation.
  void put_records(stream_id conversation, std::vector<bytes> records) {
    const std::lock_guard guard(lock_);
    records_[conversation] = std::move(records);
  }
  void put_state(account_id account, state_answer state) {
    const std::lock_guard guard(lock_);
    states_[account] = std::move(state);
  }

  // What read_members gives to those who are among them.
  void put_members(stream_id conversation, std::vector<members_answer::member> members) {
    const std::lock_guard guard(lock_);
    members_[conversation] = std::move(members);
  }
  // The parts of the audience of this account, in order.
  void put_audience(account_id account, std::vector<std::vector<account_id>> parts) {
    const std::lock_guard guard(lock_);
    audiences_[account] = std::move(parts);
  }
  // So many reads of an audience are refused: busy.
  void refuse_audiences(int count) {
    const std::lock_guard guard(lock_);
    refused_audiences_ = count;
  }

  void create(conversation_spec spec, std::function<void(stream::verdict)> done) override {
    answer([&] {
      auto outcome = next();
      if (outcome.ok() && !conversations_.emplace(spec.id, spec).second) outcome = stream::verdict::repeat(1);
      return [done, outcome] { done(outcome); };
    });
  }
  void change_members(members_spec spec, std::function<void(stream::verdict)> done) override {
    answer([&] {
      changes_.push_back(spec);
      return [done, outcome = next()] { done(outcome); };
    });
  }
  void change_look(look_spec spec, std::function<void(stream::verdict)> done) override {
    answer([&] {
      looks_.push_back(spec);
      return [done, outcome = next()] { done(outcome); };
    });
  }
  void tell_account(account_spec spec, std::function<void(stream::verdict)> done) override {
    answer([&] {
      told_.push_back(spec);
      return [done, outcome = next()] { done(outcome); };
    });
  }
  void read_records(records_request request, std::function<void(records_answer)> done) override {
    answer([&] {
      records_answer out;
      out.outcome = stream::verdict::refuse(stream::reason::not_member);
      const auto found = conversations_.find(request.conversation);
      if (found != conversations_.end() && std::ranges::count(found->second.members, request.reader) > 0) {
        const auto& all = records_[request.conversation];
        out.outcome = stream::verdict::accept(0, 0);
        out.head = all.size();
        for (auto seq = request.from; seq <= all.size() && out.records.size() < request.limit; ++seq) {
          out.records.push_back(all[seq - 1]);
        }
      }
      return [done, out] { done(out); };
    });
  }
  void read_state(account_id account, device_id, std::function<void(state_answer)> done) override {
    answer([&] {
      auto out = states_[account];
      out.outcome = stream::verdict::accept(0, 0);
      return [done, out] { done(out); };
    });
  }
  void read_members(account_id reader, stream_id conversation, std::function<void(members_answer)> done) override {
    answer([&] {
      members_answer out{stream::verdict::refuse(stream::reason::not_member), {}};
      const auto& all = members_[conversation];
      if (std::ranges::count(all, reader, &members_answer::member::account) > 0) {
        out = {stream::verdict::accept(0, 0), all};
      }
      return [done, out] { done(out); };
    });
  }
  void read_audience(account_id account, stream_id from, std::function<void(audience_answer)> done) override {
    answer([&] {
      audience_answer out{stream::verdict::accept(0, 0), {}, {}};
      const auto& parts = audiences_[account];
      if (refused_audiences_ > 0) {
        --refused_audiences_;
        out.outcome = stream::verdict::refuse(stream::reason::busy);
      } else if (from.lo < parts.size()) {
        out.accounts = parts[from.lo];
        if (from.lo + 1 < parts.size()) out.next = {0, from.lo + 1};
      }
      return [done, out] { done(out); };
    });
  }
  void status(std::function<void(std::vector<shard_status>)> done) override {
    answer([&] { return [done] { done({{3, 2, 1}, {4, 0, 0}}); }; });
  }

 private:
  template <class Decide>
  void answer(Decide decide) {
    std::function<void()> send;
    {
      const std::lock_guard guard(lock_);
      send = decide();
      if (holding_) {
        held_.push_back(std::move(send));
        return;
      }
    }
    send();
  }
  stream::verdict next() {
    if (verdicts_.empty()) return stream::verdict::accept(1, 0);
    const auto out = verdicts_.front();
    verdicts_.pop_front();
    return out;
  }

  mutable std::mutex lock_;
  bool holding_ = false;
  std::vector<std::function<void()>> held_;
  std::deque<stream::verdict> verdicts_;
  std::vector<account_spec> told_;
  std::map<stream_id, conversation_spec> conversations_;
  std::vector<members_spec> changes_;
  std::vector<look_spec> looks_;
  std::map<stream_id, std::vector<members_answer::member>> members_;
  std::map<account_id, std::vector<std::vector<account_id>>> audiences_;
  int refused_audiences_ = 0;
  std::map<stream_id, std::vector<bytes>> records_;
  std::map<account_id, state_answer> states_;
};

}  // namespace dunlin::engine
