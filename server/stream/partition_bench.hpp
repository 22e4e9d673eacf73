// What the tests of a partition stand on: a partition together with its log. Entries are applied at the next position,
// and those that changed something are kept as frames, as the log keeps them.
#pragma once

#include <array>
#include <vector>

#include <gtest/gtest.h>

#include "stream/partition.hpp"

namespace dunlin::stream {

struct frame {
  store::position pos = 0;
  bytes entry;
  bytes outcome;
  bytes record;
  stream_id stream;
  std::uint64_t seq = 0;
  std::int64_t ts = 0;
  std::vector<store::row_key> parts;  // all that it changed

  [[nodiscard]] store::replayed replayed(partition_id p) const { return {p, pos, entry, outcome, stream, seq, ts}; }
};

struct send_options {
  wall_ms time = 1000;
  message_id after;
  std::uint32_t kind = 0;
  std::string_view body = "hello";
};

class partition_bench {
 public:
  static constexpr partition_id here = 0x10;

  // Accounts and conversations of this partition, and accounts of another.
  static account_id account(std::uint64_t n) { return {std::uint64_t{here} << 56 | 0xa0000, n}; }
  static account_id stranger(std::uint64_t n, partition_id p = 0x22) { return {std::uint64_t{p} << 56 | 0xa0000, n}; }
  static std::vector<account_id> strangers(std::size_t count) {
    std::vector<account_id> out(count);
    for (std::size_t n = 0; n < count; ++n) out[n] = stranger(1000 + n);
    return out;
  }
  static stream_id conversation(std::uint64_t n) { return {std::uint64_t{here} << 56 | 0xc0000, n}; }
  static device_id device(std::uint64_t n) { return {0xd0000, n}; }
  static message_id message(std::uint64_t n) { return {n << 16 | 0x7000, 0x8000000000000000U}; }

  explicit partition_bench(std::uint32_t newest_rules = rules_version) : partition_(here, newest_rules) {}

  verdict apply(byte_span entry) {
    out_.clear();
    const verdict v = partition_.apply(next_, entry, out_);
    if (!out_.keep) return v;
    frame f{.pos = next_,
            .entry = {entry.begin(), entry.end()},
            .outcome = out_.outcome,
            .record = {out_.record.begin(), out_.record.end()},
            .parts = out_.touched};
    if (out_.seq != 0) {
      f.stream = out_.stream;
      f.seq = out_.seq;
      f.ts = out_.ts;
      f.parts.push_back({store::row_kind::stream, out_.stream});
    }
    frames_.push_back(std::move(f));
    out_.record = frames_.back().record;  // the entry is the caller's
    ++next_;
    return v;
  }

  verdict send(stream_id to, account_id from, device_id device, message_id id, const send_options& how = {}) {
    bytes entry;
    write_send_entry(
        entry,
        {to, how.time, from, device, {.id = id, .kind = how.kind, .body = as_bytes(how.body), .after = how.after}});
    return apply(entry);
  }
  verdict create(stream_id id, std::vector<account_id> members, bool direct = false, bool open = false) {
    return create({.stream = id,
                   .time = 1000,
                   .creator = members.empty() ? account_id{} : members.front(),
                   .direct = direct,
                   .open = open,
                   .name = "a name",
                   .members = members});
  }
  verdict create(const create_entry& what) {
    bytes entry;
    write_create_entry(entry, what);
    return apply(entry);
  }
  verdict change(stream_id id, account_id actor, std::vector<account_id> add, std::vector<account_id> remove) {
    bytes entry;
    write_change_entry(entry, {id, 1000, actor, std::move(add), std::move(remove)});
    return apply(entry);
  }
  verdict change(const change_entry& what) {
    bytes entry;
    write_change_entry(entry, what);
    return apply(entry);
  }
  verdict give_role(stream_id id, account_id actor, std::vector<role_part> roles) {
    bytes entry;
    write_change_entry(entry, {.stream = id, .time = 1000, .actor = actor, .roles = std::move(roles)});
    return apply(entry);
  }
  verdict mark(const std::vector<mark_part>& parts) {
    bytes entry;
    write_marks_entry(entry, parts);
    return apply(entry);
  }
  verdict move(const std::vector<cursor_part>& parts) {
    bytes entry;
    write_cursors_entry(entry, parts);
    return apply(entry);
  }
  verdict effect(partition_id from, std::uint64_t n, const effect_body& what) {
    bytes body;
    write_effect_body(body, what);
    bytes entry;
    write_effect_entry(entry, from, n, body);
    return apply(entry);
  }
  verdict tell(const account_entry& what) {
    bytes entry;
    write_account_entry(entry, what);
    return apply(entry);
  }
  // An account of this partition with one device.
  verdict link(account_id account, device_id device, std::uint64_t version = 1) {
    return tell({.account = account,
                 .time = 1000,
                 .version = version,
                 .has_device = true,
                 .device = device,
                 .device_version = version,
                 .device_name = "phone"});
  }
  verdict settings(const settings_entry& what) {
    bytes entry;
    write_settings_entry(entry, what);
    return apply(entry);
  }
  verdict profile(const profile_entry& what) {
    bytes entry;
    write_profile_entry(entry, what);
    return apply(entry);
  }
  // To the newest rules, as an owner does at its start (L7).
  void raise_rules() {
    bytes entry;
    write_rules_entry(entry, rules_version);
    EXPECT_TRUE(apply(entry).ok());
  }
  verdict trim(stream_id id, std::uint64_t through) {
    bytes entry;
    write_trim_entry(entry, {id, through});
    return apply(entry);
  }

  [[nodiscard]] partition& state() { return partition_; }
  [[nodiscard]] stream_state& stream(stream_id id) { return *partition_.find_stream(id); }
  [[nodiscard]] inbox_state& inbox(account_id id) { return *partition_.find_inbox(id); }
  // The row of a part as it is now; empty if the part is not there.
  [[nodiscard]] bytes row(const store::row_key& key) const {
    bytes out;
    partition_.write_row(key, out);
    return out;
  }

  // What the last apply said to the log.
  [[nodiscard]] const store::applied& out() const { return out_; }
  [[nodiscard]] const std::vector<frame>& frames() const { return frames_; }
  // The effects that wait for `to`, read.
  [[nodiscard]] std::vector<effect_body> waiting(partition_id to) const {
    std::vector<effect_body> bodies;
    const auto it = partition_.effects().waiting().find(to);
    if (it == partition_.effects().waiting().end()) return bodies;
    for (const auto& owed : it->second) bodies.push_back(read_effect_body(owed.body).value());
    return bodies;
  }

 private:
  partition partition_;
  store::position next_ = 1;
  store::applied out_;
  std::vector<frame> frames_;
};

}  // namespace dunlin::stream
