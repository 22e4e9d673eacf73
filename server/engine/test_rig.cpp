#include "engine/test_rig.hpp"

#include <gtest/gtest.h>

namespace dunlin::engine {

class test_rig::lane final : public links {
 public:
  lane(test_rig& rig, shard_id self) : rig_(rig), self_(self) {}
  bool send(shard_id to, message&& m) override {
    const fate what = rig_.road_ ? rig_.road_(self_, to, m) : fate::arrives;
    if (!is_answer(m)) {
      std::size_t under_way = 0;
      for (const auto& one : rig_.mail_) {
        under_way += one.from == self_ && one.to == to && !is_answer(one.what) ? 1 : 0;
      }
      if (what == fate::no_credit || under_way >= rig_.credit_) return false;
    }
    if (what == fate::lost) return true;
    if (what == fate::twice) rig_.mail_.push_back({self_, to, m});
    (what == fate::late ? rig_.late_ : rig_.mail_).push_back({self_, to, std::move(m)});
    return true;
  }
  [[nodiscard]] bool may_lose() const override { return rig_.lossy_; }

 private:
  test_rig& rig_;
  shard_id self_;
};

test_rig::test_rig(shard_id shards, options limits, bool lossy)
    : limits_(limits), store_(std::make_unique<store::memory_store>(shards)), lossy_(lossy) {
  start(shards);
}

test_rig::~test_rig() {
  for (auto* device : devices_) device->cut();
}

void test_rig::start(shard_id shards) {
  metrics_ = std::make_unique<metrics>();
  counters_.clear();
  for (shard_id i = 0; i < shards; ++i) {
    counters_.push_back(std::make_unique<counters>(*metrics_, i));
    lanes_.push_back(std::make_unique<lane>(*this, i));
    shards_.push_back(std::make_unique<shard>(surroundings{.self = i,
                                                           .shards = shards,
                                                           .log = store_->shard_log(i),
                                                           .history = store_->shard_history(i),
                                                           .other_shards = *lanes_.back(),
                                                           .logins = *this,
                                                           .random = random_,
                                                           .counts = *counters_.back(),
                                                           .limits = limits_}));
    ASSERT_TRUE(shards_.back()->load_partitions());
    ASSERT_TRUE(store_->recover(i, shards_.back()->applier()));
    shards_.back()->recovered();
    shards_.back()->turn(now_);  // it knows the time before anybody asks anything
  }
}

void test_rig::crash(shard_id shards) {
  for (auto* device : devices_) device->cut();
  shards_.clear();
  lanes_.clear();
  mail_.clear();
  late_.clear();
  logins_.clear();
  store_->crash(shards);
  start(shards);
}

void test_rig::arrive_late() {
  std::move(late_.begin(), late_.end(), std::back_inserter(mail_));
  late_.clear();
}

bool test_rig::step() {
  bool moved = false;
  for (auto& s : shards_) s->turn(now_);
  for (auto& answer : std::exchange(logins_, {})) {
    shards_[answer.shard]->verified(answer.ticket, answer.who);
    moved = true;
  }
  const auto devices = devices_;
  for (auto* device : devices) moved = device->step() || moved;
  for (std::size_t n = mail_.size(); n != 0; --n) {
    auto one = std::move(mail_.front());
    mail_.pop_front();
    shards_[one.to]->deliver(std::move(one.what));
    moved = true;
  }
  for (auto& s : shards_) {
    s->flush();
    moved = moved || s->idle_for() == 0;
  }
  return moved;
}

void test_rig::run(mono_ms ms) {
  constexpr mono_ms stride = 25;
  mono_ms left = ms;
  for (;;) {
    int quiet = 0;
    for (int i = 0; i < 100'000 && quiet < 16; ++i) quiet = step() ? 0 : quiet + 1;
    ASSERT_GE(quiet, 16) << "it never comes to rest";
    if (left <= 0) return;
    now_.mono += stride;
    now_.wall += stride;
    left -= stride;
  }
}

void test_rig::sleep(mono_ms ms) {
  now_.mono += ms;
  now_.wall += ms;
  run(2000);
}

void test_rig::seal() {
  run();
  EXPECT_TRUE(store_->seal());
  // Rows are given some at a turn.
  for (int i = 0; i < 100'000 && store_->is_sealing(); ++i) step();
  EXPECT_FALSE(store_->is_sealing());
  run();
}

void test_rig::run_until(const std::function<bool()>& done) {
  for (int i = 0; i < 1000 && !done(); ++i) step();
  ASSERT_TRUE(done());
}

void test_rig::jump(mono_ms ms) {
  now_.mono += ms;
  now_.wall += ms;
}

void test_rig::verify(shard_id shard, std::uint64_t ticket, client_key /*client*/, std::string user,
                      std::string token) {
  const auto it = people_.find(token);
  const bool known = it != people_.end() && to_text(it->second.account) == user;
  logins_.push_back({shard, ticket, known ? it->second : identity{}});
}

test_rig::person test_rig::add_person(std::uint8_t partition) {
  person who;
  who.account = random_.id<account_id>();
  who.account.hi = (who.account.hi & 0x00ffffffffffffff) | std::uint64_t{partition} << 56;
  who.device = add_device(who);
  who.token = "token:" + to_text(who.device);
  return who;
}

device_id test_rig::add_device(const person& who) {
  const auto device = random_.id<device_id>();
  people_["token:" + to_text(device)] = {login_result::ok, who.account, device};
  std::optional<stream::verdict> done;
  home(who.account)
      .tell_account({.account = who.account, .version = 1, .devices = {{device, 1, false, "phone"}}},
                    [&](stream::verdict v) { done = v; });
  run();
  EXPECT_TRUE(done && done->ok());
  return device;
}

stream_id test_rig::add_conversation(const std::vector<person>& members, std::uint8_t partition, bool open, bool direct,
                                     stream::retention keep) {
  conversation_spec spec{.direct = direct, .open = open, .keep = keep};
  spec.id = random_.id<stream_id>();
  spec.id.hi = (spec.id.hi & 0x00ffffffffffffff) | std::uint64_t{partition} << 56;
  for (const auto& m : members) spec.members.push_back(m.account);
  std::optional<stream::verdict> done;
  shards_[partition % shards_.size()]->create(spec, [&](stream::verdict v) { done = v; });
  run();
  EXPECT_TRUE(done && done->ok());
  return spec.id;
}

stream::verdict test_rig::change(stream_id id, const std::vector<account_id>& add,
                                 const std::vector<account_id>& remove) {
  std::optional<stream::verdict> done;
  shards_[partition_of(id) % shards_.size()]->change_members({.id = id, .add = add, .remove = remove},
                                                             [&](stream::verdict v) { done = v; });
  run();
  EXPECT_TRUE(done.has_value());
  return done.value_or(stream::verdict{});
}

void test_rig::trim(stream_id id, std::uint64_t through) {
  bytes entry;
  stream::write_trim_entry(entry, {id, through});
  const partition_id p = partition_of(id);
  auto& log = store_->shard_log(static_cast<int>(p % shards_.size()));
  ASSERT_EQ(log.reserve(entry.size(), store::space_for::upkeep), store::space::granted);
  log.submit(p, entry, nullptr);
  run();
}

std::unique_ptr<test_device> test_rig::connect(const person& who, const test_device::connect_options& options) {
  auto device = std::make_unique<test_device>(*this, shard_id{0});
  device->connect(to_text(who.account), who.token, options);
  run();
  return device;
}

std::unique_ptr<test_device> test_rig::online(const person& who, const std::vector<std::string>& filters) {
  // Accepted by the shard that it does not belong to, where there is one.
  const auto elsewhere = static_cast<shard_id>((partition_of(who.account) + 1) % shards_.size());
  auto device = std::make_unique<test_device>(*this, elsewhere);
  device->connect(to_text(who.account), who.token, {.client_id = to_text(who.device)});
  run();
  EXPECT_TRUE(device->connected);
  if (!filters.empty()) device->subscribe(filters);
  run();
  return device;
}

bytes test_rig::send_body(message_id id, std::string_view text, message_id after) {
  bytes out;
  stream::write_send(out, {.id = id, .body = as_bytes(text), .after = after});
  return out;
}

}  // namespace dunlin::engine
