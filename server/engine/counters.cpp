#include "engine/counters.hpp"

#include <string>

namespace dunlin::engine {

namespace {
std::string label(unsigned shard) { return "shard=\"" + std::to_string(shard) + "\""; }
}  // namespace

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
      protocol_errors(
          all.make_counter("dunlin_mqtt_protocol_errors_total", "Connections that broke MQTT.", label(shard))),
      logins_refused(all.make_counter("dunlin_logins_refused_total", "Wrong names or tokens.", label(shard))),
      link_no_credit(
          all.make_counter("dunlin_link_no_credit_total", "Messages that waited for a shard's credit.", label(shard))),
      sockets_stopped(all.make_counter("dunlin_sockets_stopped_total", "Connections not read on for want of credit.",
                                       label(shard))),
      states_evicted(
          all.make_counter("dunlin_states_evicted_total", "Idle streams and inboxes let go of.", label(shard))),
      states_read_back(
          all.make_counter("dunlin_states_read_back_total", "Streams and inboxes read back.", label(shard))),
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
