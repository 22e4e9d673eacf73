#include "bench/load/group.hpp"

namespace dunlin::bench {

namespace {

constexpr std::uint32_t first_source = 0x7f000101;  // 127.0.1.1
constexpr std::size_t connections_per_source = 8000;

std::string_view name_of(closed_by who) {
  switch (who) {
    case closed_by::us: return "closed by us";
    case closed_by::peer: return "closed by the server";
    case closed_by::refusal: return "refused";
    case closed_by::network: return "refused or reset by the network";
    case closed_by::protocol: return "the server broke the protocol";
  }
  return "?";
}

}  // namespace

group::group(const world& w, const group_options& options, std::uint64_t seed)
    : world_(w), options_(options), loop_(seed) {}

connection& group::add(std::uint32_t device, bool subscribes) {
  members_.push_back({device, subscribes});
  return loop_.add(*this);
}

void group::turn(time_ns until) {
  if (opened_ < members_.size()) open_some();
  loop_.turn(until);
}

void group::open_some() {
  while (opened_ < members_.size() && opened_ - ready_.value() - failed_.value() < options_.opening) {
    connect_options how = options_.how;
    if (options_.spread_sources) {
      how.source = first_source + static_cast<std::uint32_t>(opened_ / connections_per_source);
    }
    loop_.at(opened_).open(world_.where, world_.devices[members_[opened_].device], how);
    ++opened_;
  }
}

void group::close_all() {
  closing_ = true;
  for (std::size_t i = 0; i < opened_; ++i) loop_.at(i).close();
}

void group::on_connected(connection& c, const mqtt::connack_view& /*connack*/) {
  if (!members_[c.index()].subscribes) return became_ready(c);
  const std::vector<std::string> names = filters_of(world_, members_[c.index()].device);
  std::vector<mqtt::subscription> filters;
  filters.reserve(names.size());
  for (const std::string& name : names) filters.push_back({name, mqtt::qos_level::at_least_once});
  c.subscribe(filters);
}

void group::on_subscribed(connection& c, const mqtt::suback_view& suback) {
  for (const mqtt::reason_code granted : suback.reasons) {
    if (is_error(granted)) note_failure(c, "a filter was refused");
  }
  became_ready(c);
}

void group::became_ready(connection& c) {
  ready_.add();
  on_ready(c);
}

void group::on_message(connection& c, const incoming& m) { c.acknowledge(m.packet_id); }
void group::on_acked(connection& /*c*/, std::uint16_t /*packet_id*/, mqtt::reason_code /*reason*/,
                     byte_span /*properties*/) {}

void group::on_closed(connection& c, closed_by who, mqtt::reason_code reason) {
  if (closing_) return;
  failed_.add();
  note_failure(c, std::string(name_of(who)) + ", reason " + std::to_string(static_cast<int>(reason)));
}

void group::note_failure(const connection& c, const std::string& what) {
  if (first_failure_.empty()) first_failure_ = "device " + std::to_string(device_of(c)) + ": " + what;
}

}  // namespace dunlin::bench
