// How often each fault, verdict and race occurred in a run over many seeds. What is listed here and never occurred in a
// full run makes it fail: a simulator that never does a thing does not test it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace dunlin::sim {

enum class seen : std::uint8_t {
  // faults
  frame_lost,
  frame_doubled,
  frame_reordered,
  frame_delayed,
  no_credit,
  shard_stalled,
  disk_stalled,
  bytes_split,
  bytes_delayed,
  socket_cut,
  half_open,
  reader_stopped,
  writer_stopped,
  input_held,
  power_cut,
  power_cut_in_write,
  power_cut_in_start,
  process_killed,
  write_torn,
  sectors_lost,
  directory_changes_lost,
  write_failed,
  sync_failed,
  disk_filled,
  client_lost_unstored,
  // what links and stores did about it
  gap_found,
  gap_told,
  repeat_dropped,
  late_dropped,
  effect_redelivered,
  sealed,
  merged,
  background_no_space,
  background_failed,
  history_read,
  row_loaded,
  shards_changed,
  // verdicts
  accepted,
  duplicate,
  refused_not_member,
  refused_stale,
  refused_waits,
  refused_busy,
  refused_no_space,
  refused_too_large,
  refused_malformed,
  refused_unsupported,
  refused_forbidden,
  refused_not_open,
  // what clients did
  connected_v3,
  connected_v5,
  connected_secondary,
  session_resumed,
  session_lost,
  connection_moved,
  login_refused,
  too_many_secondaries,
  sent_qos0,
  sent_qos1,
  sent_qos2,
  sent_text,
  got_record,
  got_text,
  got_live,
  presence_granted,
  presence_refused,
  presence_online,
  presence_offline,
  presence_unknown,
  got_receipt,
  got_own_read,
  got_caught_up,
  got_hello,
  got_too_large,
  got_trimmed,
  receipt_kept,
  range_read,
  state_read,
  hole_filled,
  device_linked,
  device_revoked,
  account_deleted,
  member_added,
  member_removed,
  member_added_again,
  member_left,
  role_given,
  look_changed,
  members_read,
  settings_put,
  got_settings,
  profile_changed,
  got_profile,
  read,
  // races
  taken_over_in_flight,
  missed_while_away,
  redelivered,
  resent_by_server,
  duplicate_after_restart,
  repeated_between_shards,
  read_after_removal,
  send_after_removal,
  echo_instead_of_record,
  own_record_whole,
  record_before_verdict,
  acknowledged_out_of_order,
  gap_at_head_first,
  revoked_while_connected,
  attached_while_revoking,
  direct_started_twice,
  change_repeated,
  refused_foreign,
  how_many
};

class report {
 public:
  void add(seen what, std::uint64_t n = 1) { counts_[static_cast<std::size_t>(what)] += n; }
  [[nodiscard]] std::uint64_t of(seen what) const { return counts_[static_cast<std::size_t>(what)]; }
  // A table of all.
  [[nodiscard]] std::string table() const;
  // The names of what never occurred.
  [[nodiscard]] std::vector<std::string> missing() const;

 private:
  std::array<std::uint64_t, static_cast<std::size_t>(seen::how_many)> counts_{};
};

}  // namespace dunlin::sim
