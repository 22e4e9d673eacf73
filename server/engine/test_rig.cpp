#include "engine/test_rig.hpp"

#include <gtest/gtest.h>

#include "mqtt/test_support.hpp"

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

// --- devices ----------------------------------------------------------------------------------------------------

test_device::test_device(test_rig& rig, shard_id at) : rig_(rig), at_(at), out_(std::make_unique<output>(rig.chunks_)) {
  auto& home = rig.at(at);
  link_ = std::make_unique<device_link>(home, *this, home.next_link_id());
  rig.devices_.push_back(this);
}

test_device::~test_device() {
  cut();
  std::erase(rig_.devices_, this);
}

void test_device::send(const std::function<void(output&)>& encode) {
  mqtt::wire_end wire;
  encode(wire.out);
  const bytes data = wire.take();
  up_.insert(up_.end(), data.begin(), data.end());
}

void test_device::connect(const std::string& user, const std::string& token, const connect_options& options) {
  version_ = options.version;
  mqtt::connect_view packet{.version = version_,
                            .clean_start = options.clean_start,
                            .has_user_name = true,
                            .has_password = true,
                            .client_id = options.client_id,
                            .user_name = user,
                            .password = as_bytes(token)};
  const std::array<mqtt::user_property, 1> dunlin{{{"dunlin", "1"}}};
  if (version_ == mqtt::protocol_version::v5) {
    if (options.expiry_s != 0) packet.props.set(mqtt::property::session_expiry, options.expiry_s);
    if (options.receive_maximum != 0) packet.props.set(mqtt::property::receive_maximum, options.receive_maximum);
    if (options.max_packet != 0) packet.props.set(mqtt::property::maximum_packet_size, options.max_packet);
    if (!options.problem_information) packet.props.set(mqtt::property::request_problem_information, 0U);
    if (options.dunlin) packet.props.set_user(dunlin);
  }
  send([&](output& out) { mqtt::encode_connect(out, packet); });
}

void test_device::subscribe(const std::vector<std::string>& filters, std::uint8_t qos) {
  std::vector<mqtt::subscription> list;
  for (const auto& f : filters) list.push_back({.filter = f, .qos = static_cast<mqtt::qos_level>(qos)});
  mqtt::subscribe_view packet{.packet_id = next_packet_++, .count = list.size()};
  packet.filters = decltype(packet.filters)(std::span<const mqtt::subscription>(list));
  send([&](output& out) { mqtt::encode_subscribe(out, version_, packet); });
}

std::uint16_t test_device::publish(std::string_view topic, byte_span payload, std::uint8_t qos,
                                   std::optional<bytes> correlation) {
  mqtt::publish_view packet{.topic = topic,
                            .payload = payload,
                            .packet_id = qos == 0 ? std::uint16_t{0} : next_packet_++,
                            .qos = static_cast<mqtt::qos_level>(qos)};
  if (correlation) packet.props.set(mqtt::property::correlation_data, byte_span(*correlation));
  send([&](output& out) { mqtt::encode_publish(out, version_, packet); });
  return packet.packet_id;
}

void test_device::puback(std::uint16_t packet_id) {
  send([&](output& out) {
    mqtt::encode_ack(out, version_, {.type = mqtt::packet_type::puback, .packet_id = packet_id});
  });
}

void test_device::disconnect() {
  send([&](output& out) { mqtt::encode_disconnect(out, version_, {}); });
}

void test_device::cut() {
  if (!link_) return;
  link_->closed();
  link_.reset();
  closed = true;
}

bool test_device::step() {
  if (!link_) return false;
  bool moved = false;
  if (moving_) {
    at_ = *moving_;
    moving_.reset();
    auto& home = rig_.at(at_);
    link_->arrive(home, *this, home.next_link_id());
    return true;
  }
  resume_ = false;
  if (!up_.empty() && link_->protocol().wants_input()) {
    const bytes in = std::move(up_);
    up_.clear();
    const auto fed = link_->protocol().feed(in);
    up_.insert(up_.begin(), in.begin() + static_cast<std::ptrdiff_t>(fed.consumed), in.end());
    moved = fed.consumed != 0;
  }
  if (!out_->empty()) {
    const bytes data = mqtt::drain(*out_);
    down_.insert(down_.end(), data.begin(), data.end());
    const bytes in = std::move(down_);
    down_.clear();
    read(in);
    link_->on_writable();
    moved = true;
  }
  const bool over = closing_ || link_->protocol().state() == mqtt::protocol_state::closing;
  if (over && out_->empty()) {
    cut();
    moved = true;
  }
  return moved;
}

void test_device::read(byte_span in) {
  while (!in.empty()) {
    const auto packet = mqtt::decode(in, version_, 1 << 20);
    ASSERT_NE(packet.status, mqtt::decode_status::error) << mqtt::to_hex(in);
    if (packet.status == mqtt::decode_status::need_more) break;
    if (const auto* p = std::get_if<mqtt::connack_view>(&packet.value)) {
      connack = p->reason;
      connected = !mqtt::is_error(p->reason);
      session_present = p->session_present;
    } else if (const auto* s = std::get_if<mqtt::suback_view>(&packet.value)) {
      for (const auto reason : s->reasons) subacks.push_back(reason);
    } else if (const auto* m = std::get_if<mqtt::publish_view>(&packet.value)) {
      messages.push_back({std::string(m->topic), {m->payload.begin(), m->payload.end()}, m->packet_id, m->qos, m->dup});
      if (auto_ack && m->qos == mqtt::qos_level::at_least_once) puback(m->packet_id);
    } else if (const auto* a = std::get_if<mqtt::ack_view>(&packet.value)) {
      got_ack ack{a->packet_id, a->reason, std::string(a->props.text(mqtt::property::reason_string)), {}};
      for (const auto& property : a->props.user_properties()) {
        ack.properties[std::string(property.name)] = property.value;
      }
      acks.push_back(std::move(ack));
    } else if (const auto* d = std::get_if<mqtt::disconnect_view>(&packet.value)) {
      closed_with = d->reason;
    }
    in = in.subspan(packet.size);
  }
  down_.assign(in.begin(), in.end());
}

std::vector<stream::record_view> test_device::records(const std::string& topic) const {
  std::vector<stream::record_view> out;
  for (const auto& m : messages) {
    if (m.topic == topic) out.push_back(*stream::read_record(m.payload));
  }
  return out;
}

std::size_t test_device::count(const std::string& topic) const {
  std::size_t n = 0;
  for (const auto& m : messages) n += m.topic == topic ? 1 : 0;
  return n;
}

std::vector<bytes> test_device::notices(unsigned field) const {
  std::vector<bytes> out;
  for (const auto& m : messages) {
    if (m.topic == "me/now" && !m.payload.empty() && m.payload[0] == (field << 3 | 2)) {
      out.emplace_back(m.payload.begin() + 2, m.payload.end());
    }
  }
  return out;
}

const got_ack* test_device::ack(std::uint16_t packet_id) const {
  for (const auto& a : acks) {
    if (a.packet_id == packet_id) return &a;
  }
  return nullptr;
}

// --- the rig ----------------------------------------------------------------------------------------------------

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
    store_->recover(i, shards_.back()->applier());
    shards_.back()->recovered();
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

void test_rig::seal() {
  run();
  EXPECT_TRUE(store_->seal());
  // Rows are given some at a turn.
  for (int i = 0; i < 100'000 && store_->is_sealing(); ++i) step();
  EXPECT_FALSE(store_->is_sealing());
  run();
}

void test_rig::verify(shard_id shard, std::uint64_t ticket, std::string user, std::string token) {
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
  shards_[0]->create(spec, [&](stream::verdict v) { done = v; });
  run();
  EXPECT_TRUE(done && done->ok());
  return spec.id;
}

stream::verdict test_rig::change(stream_id id, const std::vector<account_id>& add,
                                 const std::vector<account_id>& remove) {
  std::optional<stream::verdict> done;
  shards_[0]->change_members({.id = id, .add = add, .remove = remove}, [&](stream::verdict v) { done = v; });
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
