#include "tests/crash/rounds/people.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

#include "base/wire.hpp"
#include "mqtt/properties.hpp"
#include "stream/wire.hpp"

namespace dunlin::crash {

using bench::connection;
using bench::ns_per_ms;
using bench::time_ns;

namespace {

constexpr time_ns reopen_after = 10 * ns_per_ms;
constexpr time_ns poll_every = 2 * ns_per_ms;
constexpr std::uint32_t session_expiry_s = 600;
constexpr std::array<const char*, 5> filters{"c/+", "c/+/live", "c/+/receipt", "me", "me/now"};

// A number in a user property of a PUBACK.
std::optional<std::uint64_t> number_in(byte_span properties, std::string_view name) {
  mqtt::properties props;
  if (props.decode(properties, mqtt::property_place::puback) != mqtt::reason_code::success) return std::nullopt;
  for (const mqtt::user_property& p : props.user_properties()) {
    if (p.name != name) continue;
    const std::string text(p.value);
    char* end = nullptr;
    const std::uint64_t value = std::strtoull(text.c_str(), &end, 10);
    if (!text.empty() && *end == '\0') return value;
  }
  return std::nullopt;
}

std::string reason_in(byte_span properties) {
  mqtt::properties props;
  if (props.decode(properties, mqtt::property_place::puback) != mqtt::reason_code::success) return "";
  return std::string(props.text(mqtt::property::reason_string));
}

bool is_for_now(std::string_view reason) { return reason == "waits" || reason == "busy" || reason == "no_space"; }

}  // namespace

people::people(ledger& all, std::uint64_t seed) : ledger_(all), random_(seed), loop_(seed) {}

place people::add_device(const bench::login& who) {
  const auto id = id_from_text<device_id>(who.client_id);
  const auto account = id_from_text<account_id>(who.user);
  if (!id || !account) {
    fail("the command line printed something that is no id");
    return 0;
  }
  const place at = ledger_.add_device(*id, *account);
  client& d = devices_.emplace_back(client{who, &loop_.add(*this), {}, bench::id_maker(at + 1), {}, {}});
  d.how.version = at % 2 == 0 ? mqtt::protocol_version::v5 : mqtt::protocol_version::v3_1_1;
  d.how.clean_start = at / 2 % 2 == 0;
  d.how.session_expiry_s = d.how.clean_start ? 0 : session_expiry_s;
  return at;
}

void people::add_conversation(const std::string& id, const std::vector<place>& devices) {
  const auto stream = id_from_text<stream_id>(id);
  if (!stream) return fail("the command line printed something that is no conversation");
  for (const place d : devices) devices_[d].conversations.push_back(conversations_.size());
  conversations_.push_back({id, *stream, ledger_.add_conversation(*stream, devices)});
}

void people::arrive(const bench::endpoint& where) {
  where_ = where;
  there_ = true;
  for (client& d : devices_) d.next_open = 0;
}

void people::leave() {
  there_ = false;
  for (client& d : devices_) d.out->close(false);
}

void people::stumble(unsigned n) {
  for (client& d : devices_) {
    if (random_.one_in(n) && d.out->is_connected()) d.out->close(false);
  }
}

void people::turn(time_ns until) {
  const time_ns now = bench::monotonic_ns();
  for (client& d : devices_) {
    if (there_ && d.out->state() == bench::connection_state::closed && now >= d.next_open) open(d);
    pump(d, now);
  }
  loop_.turn(std::min(until, now + poll_every));
}

void people::open(client& d) {
  d.next_open = bench::monotonic_ns() + reopen_after;
  d.out->open(where_, d.who, d.how);
}

void people::pump(client& d, time_ns now) {
  if (!d.subscribed || now < d.next_message) return;
  d.next_message = now + (1 + random_.below(8)) * ns_per_ms;
  const bool under_way =
      std::any_of(d.outbox.begin(), d.outbox.end(), [](const pending& p) { return p.packet_id != 0; });
  if (d.holding) {
    if (under_way) return;
    for (pending& p : d.outbox) send(d, p, false);
    d.holding = false;
    return;
  }
  if (!talking_ || d.conversations.empty()) return;
  for (auto n = random_.below(window + 1); n > 0 && d.outbox.size() < window; --n) make_message(d);
}

void people::make_message(client& d) {
  pending p;
  p.id = d.ids.next(bench::wall_clock_ms());
  p.conversation = d.conversations[random_.below(d.conversations.size())];
  const std::size_t size = random_.one_in(20) ? 1 + random_.below(60'000) : 1 + random_.below(200);
  p.body.resize(size);
  random_.fill(p.body);
  ledger_.send(static_cast<place>(&d - devices_.data()), conversations_[p.conversation].in_ledger, p.id,
               hash_of(p.body));
  d.outbox.push_back(std::move(p));
  send(d, d.outbox.back(), false);
}

void people::send(client& d, pending& p, bool dup) {
  stream::send_view view;
  view.id = p.id;
  view.body = p.body;
  // The message before it in the same conversation, while that is unanswered (rule S3).
  for (const pending& earlier : d.outbox) {
    if (&earlier == &p) break;
    if (earlier.conversation == p.conversation) view.after = earlier.id;
  }
  bytes payload;
  stream::write_send(payload, view);
  if (p.tried) ++retries_;
  p.tried = true;
  p.refused = false;
  const std::string topic = "c/" + conversations_[p.conversation].id + "/send";
  p.packet_id =
      d.out->publish(topic, {}, payload, mqtt::qos_level::at_least_once, dup ? p.packet_id : std::uint16_t{0});
}

void people::resend(client& d, bool session_present) {
  for (pending& p : d.outbox) {
    // On a resumed session a message under way keeps its packet id, and goes with DUP (MQTT 5.0 section 4.4).
    const bool dup = session_present && p.packet_id != 0;
    if (!dup) p.packet_id = 0;
    send(d, p, dup);
  }
  d.holding = false;
}

void people::on_connected(connection& c, const mqtt::connack_view& connack) {
  client& d = devices_[c.index()];
  ledger_.connect(static_cast<place>(c.index()));
  if (connack.session_present) ++resumed_;
  std::vector<mqtt::subscription> list;
  list.reserve(filters.size());
  for (const char* filter : filters) list.push_back({filter, mqtt::qos_level::at_least_once});
  c.subscribe(list);
  // Behind the SUBSCRIBE, so that a 3.1.1 device hears of refusals.
  resend(d, connack.session_present);
}

void people::on_subscribed(connection& c, const mqtt::suback_view& suback) {
  for (const mqtt::reason_code granted : suback.reasons) {
    if (is_error(granted)) fail("a filter of Dunlin's own was refused");
  }
  devices_[c.index()].subscribed = true;
}

void people::on_message(connection& c, const bench::incoming& m) {
  c.acknowledge(m.packet_id);
  const auto at = static_cast<place>(c.index());
  if (m.topic == "me/now") return take_now(at, m.payload);
  if (m.topic.starts_with("c/") && m.topic.find('/', 2) == std::string_view::npos) take_record(at, m);
}

void people::take_record(place at, const bench::incoming& m) {
  const std::string_view id = m.topic.substr(2);
  const auto record = stream::read_record(m.payload);
  if (!record) return fail("a record that is no Record on " + std::string(m.topic));
  for (const std::size_t index : devices_[at].conversations) {
    if (conversations_[index].id == id) return ledger_.receive(at, conversations_[index].in_ledger, *record);
  }
}

void people::take_now(place at, byte_span payload) {
  wire_reader now(payload);
  while (now.next()) {
    if (now.tag() != data_tag(2)) continue;  // Now.refused
    message_id id;
    std::string reason;
    wire_reader refused(now.data());
    while (refused.next()) {
      if (refused.tag() == data_tag(2)) id = refused.id<message_id>();
      if (refused.tag() == data_tag(3)) reason = as_text(refused.data());
    }
    client& d = devices_[at];
    for (pending& p : d.outbox) {
      if (p.id == id && d.how.version == mqtt::protocol_version::v3_1_1) refuse_for_now(d, p, reason);
    }
  }
}

void people::refuse_for_now(client& d, pending& p, const std::string& why) {
  ++refusals_;
  if (!is_for_now(why)) fail("message " + to_text(p.id) + " was refused: " + why);
  p.refused = true;
  d.holding = true;
}

void people::on_acked(connection& c, std::uint16_t packet_id, mqtt::reason_code reason, byte_span properties) {
  client& d = devices_[c.index()];
  const auto it =
      std::find_if(d.outbox.begin(), d.outbox.end(), [&](const pending& p) { return p.packet_id == packet_id; });
  if (it == d.outbox.end()) return fail("PUBACK for a packet id that was not under way");
  it->packet_id = 0;
  if (is_error(reason)) return refuse_for_now(d, *it, reason_in(properties));
  if (it->refused) return;  // 3.1.1: the refusal came before the PUBACK (rule M4)
  ledger_.accept(static_cast<place>(c.index()), it->id, number_in(properties, "seq"));
  d.outbox.erase(it);
}

void people::on_closed(connection& c, bench::closed_by who, mqtt::reason_code reason) {
  client& d = devices_[c.index()];
  d.subscribed = false;
  d.next_open = bench::monotonic_ns() + reopen_after;
  if (!there_) return;
  if (who == bench::closed_by::refusal) {
    fail("device " + d.who.client_id + " was refused: reason " + std::to_string(static_cast<int>(reason)));
  }
  if (who == bench::closed_by::protocol) fail("the server broke MQTT towards device " + d.who.client_id);
}

bool people::all_connected() const {
  return std::all_of(devices_.begin(), devices_.end(), [](const client& d) { return d.subscribed; });
}

bool people::is_settled() const {
  for (place at = 0; at < devices_.size(); ++at) {
    if (!devices_[at].subscribed || !devices_[at].outbox.empty() || !ledger_.is_complete(at)) return false;
  }
  return true;
}

std::string people::unsettled() const {
  std::string out;
  for (place at = 0; at < devices_.size(); ++at) {
    const client& d = devices_[at];
    if (d.subscribed && d.outbox.empty() && ledger_.is_complete(at)) continue;
    out += "device " + d.who.client_id + (d.subscribed ? "" : ": not connected") + ": " +
           std::to_string(d.outbox.size()) + " unanswered" + (ledger_.is_complete(at) ? "" : ", records missing") +
           "\n";
  }
  return out;
}

}  // namespace dunlin::crash
