#include "engine/counters.hpp"

#include <algorithm>
#include <string>

namespace dunlin::engine {

namespace {
std::string label(unsigned shard) { return "shard=\"" + std::to_string(shard) + "\""; }

using mqtt::reason_code;
constexpr std::initializer_list<reason_code> broken = {reason_code::malformed_packet,
                                                       reason_code::protocol_error,
                                                       reason_code::unsupported_protocol_version,
                                                       reason_code::client_id_not_valid,
                                                       reason_code::bad_user_name_or_password,
                                                       reason_code::bad_authentication_method,
                                                       reason_code::keep_alive_timeout,
                                                       reason_code::topic_filter_invalid,
                                                       reason_code::topic_name_invalid,
                                                       reason_code::packet_id_not_found,
                                                       reason_code::receive_maximum_exceeded,
                                                       reason_code::topic_alias_invalid,
                                                       reason_code::packet_too_large,
                                                       reason_code::quota_exceeded,
                                                       reason_code::retain_not_supported,
                                                       reason_code::qos_not_supported};
}  // namespace

by_reason::by_reason(metrics& all, std::string_view name, std::string_view help, unsigned shard,
                     std::initializer_list<reason_code> expected) {
  const auto make = [&](std::string_view reason) {
    return &all.make_counter(name, help, "reason=\"" + std::string(reason) + "\"," + label(shard));
  };
  for (const auto reason : expected) expected_.emplace_back(reason, make(mqtt::name_of(reason)));
  other_ = make("other");
}

void by_reason::add(reason_code why) {
  const auto found = std::ranges::find(expected_, why, [](const auto& one) { return one.first; });
  (found == expected_.end() ? other_ : found->second)->add();
}

counters::counters(metrics& all, unsigned shard)
    : accepted(all.make_counter("dunlin_entries_accepted_total", "Client entries accepted.", label(shard))),
      duplicates(all.make_counter("dunlin_entries_duplicate_total", "Client entries that were known.", label(shard))),
      signals(all.make_counter("dunlin_signals_total", "Signals of news to a shard's inboxes.", label(shard))),
      arms(all.make_counter("dunlin_arms_total", "Bits armed by inboxes.", label(shard))),
      reads(all.make_counter("dunlin_reads_total", "Range reads of records.", label(shard))),
      reads_failed(all.make_counter("dunlin_reads_failed_total", "Range reads the store failed.", label(shard))),
      delivered(all.make_counter("dunlin_deliveries_total", "Records given to connections.", label(shard))),
      acked(all.make_counter("dunlin_acknowledgements_total", "Records acknowledged by devices.", label(shard))),
      effects_sent(all.make_counter("dunlin_effects_sent_total", "Effects sent to partitions.", label(shard))),
      effects_dropped(
          all.make_counter("dunlin_effects_dropped_total", "Effects dropped as repeated or early.", label(shard))),
      protocol_errors(all, "dunlin_mqtt_protocol_errors_total", "Connections that broke MQTT.", shard, broken),
      connects_refused(
          all, "dunlin_connects_refused_total", "CONNECTs that were not let in.", shard,
          {reason_code::bad_user_name_or_password, reason_code::not_authorized, reason_code::quota_exceeded,
           reason_code::server_unavailable, reason_code::connection_rate_exceeded}),
      filters_refused(all, "dunlin_filters_refused_total", "Filters of SUBSCRIBE that were refused.", shard,
                      {reason_code::not_authorized, reason_code::topic_filter_invalid, reason_code::quota_exceeded}),
      handshakes_timed_out(all.make_counter("dunlin_handshakes_timed_out_total",
                                            "Connections closed because their CONNECT took too long.", label(shard))),
      websockets_broken(all.make_counter("dunlin_websockets_broken_total",
                                         "WebSockets closed because the client broke RFC 6455.", label(shard))),
      link_no_credit(
          all.make_counter("dunlin_link_no_credit_total", "Messages that waited for a shard's credit.", label(shard))),
      sockets_stopped(all.make_counter("dunlin_sockets_stopped_total", "Connections not read on for want of credit.",
                                       label(shard))),
      states_evicted(
          all.make_counter("dunlin_states_evicted_total", "Idle streams and inboxes let go of.", label(shard))),
      states_read_back(
          all.make_counter("dunlin_states_read_back_total", "Streams and inboxes read back.", label(shard))),
      presence_told(all.make_counter("dunlin_presence_told_total", "Presences told to connections.", label(shard))),
      presence_full(all.make_counter("dunlin_presence_full_total", "Presences not told for want of room for a lease.",
                                     label(shard))),
      presence_dropped(all.make_counter("dunlin_presence_dropped_total",
                                        "Questions and changes of presence that wait for the next renewal.",
                                        label(shard))),
      live_dropped(all.make_counter("dunlin_live_dropped_total",
                                    "Live messages dropped: too many of one connection, or no member's.",
                                    label(shard))),
      presence_watches(
          all.make_gauge("dunlin_presence_watches", "Accounts that connections are told of.", label(shard))),
      presence_leases(all.make_gauge("dunlin_presence_leases", "Leases of shards to hear of accounts.", label(shard))),
      connections(all.make_gauge("dunlin_connections", "Open MQTT connections.", label(shard))),
      sessions_kept(all.make_gauge("dunlin_sessions_kept", "Sessions without a connection.", label(shard))),
      sends_kept(all.make_gauge("dunlin_sends_kept", "Messages that wait for credit.", label(shard))),
      entries_kept(
          all.make_gauge("dunlin_entries_kept", "Client entries that wait for space in the log.", label(shard))),
      held(all.make_gauge("dunlin_release_batches", "Batches that wait for the log.", label(shard))),
      loading(all.make_gauge("dunlin_states_loading", "States being read back.", label(shard))),
      states_in_memory(all.make_gauge("dunlin_states_in_memory", "Streams and inboxes in memory.", label(shard))) {
  for (std::size_t i = 1; i < reason_count; ++i) {
    const auto reason = std::string(stream::word(static_cast<stream::reason>(i)));
    refused[i] = &all.make_counter("dunlin_refusals_total", "Client entries refused.",
                                   "reason=\"" + reason + "\"," + label(shard));
  }
}

}  // namespace dunlin::engine
