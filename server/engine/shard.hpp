// One shard of the engine: the owner of its partitions, the inboxes of its accounts, the links of its connections, and
// the control plane's door to them. Deterministic: time, randomness, stores and the ways to other shards are given, so
// the same code runs on threads and in the simulator.
//
// Thread rule: everything here is called on the shard's thread, but `control` (see there) and what says otherwise.
// The order of a turn: `turn` (answers of stores, what became durable), messages and connections in any order, `flush`.
#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "base/random.hpp"
#include "engine/control.hpp"
#include "engine/credentials.hpp"
#include "engine/inboxes.hpp"
#include "engine/owner.hpp"
#include "engine/presences.hpp"
#include "engine/send_runs.hpp"
#include "engine/sends.hpp"
#include "engine/topics.hpp"

namespace dunlin::engine {

struct surroundings {
  shard_id self = 0;
  shard_id shards = 1;
  store::log& log;
  store::history& history;
  links& other_shards;
  credentials& logins;
  random_source& random;
  counters& counts;
  const options& limits;
  mqtt::limits wire;
  std::array<std::uint8_t, 16> data_id{};  // of the data directory (D11)
};

class shard final : public outbound {
 public:
  explicit shard(surroundings all);
  ~shard() override;

  // --- start
  result<void> load_partitions() { return owner_.load_partitions(); }
  store::applier& applier() { return owner_; }
  void recovered() { owner_.recovered(); }

  // --- turns
  void turn(moment now);
  void deliver(message&& m);
  // Hands over what the turn brought. True: the log's open batch is kept, since it has fewer records than `enough`.
  bool flush(std::size_t enough = 0);
  // Milliseconds until `turn` has something to do by itself: 0 while work is pending.
  [[nodiscard]] mono_ms idle_for() const;
  // Messages that wait for the log's writer.
  [[nodiscard]] std::size_t undurable() const { return owner_.undurable(); }
  void verified(std::uint64_t ticket, const identity& who);
  void on_link_gap(shard_id from);
  // The server ends: connections get the answers that they wait for, then DISCONNECT, and close as they are written
  // out; with `at_once` they are not waited for. May be called again, for who has come since.
  void shut_down(bool at_once);
  // Ends what is left of them, whether they were written out or not.
  void drop_links();

  // --- links
  [[nodiscard]] std::uint64_t next_link_id() { return ++last_link_; }
  [[nodiscard]] shard_id shard_of(account_id account) const { return owner_.shard_of(partition_of(account)); }
  [[nodiscard]] moment now() const { return now_; }
  [[nodiscard]] const surroundings& around() const { return around_; }
  mqtt::shared_state& wire() { return wire_; }
  inboxes& boxes() { return inboxes_; }
  presences& presence() { return presences_; }
  // A message of a link, whose verdict comes by device_link::on_verdict. Without credit it waits here, and the link's
  // connection is not read until it has gone. Those that come in one piece are collected until submit_collected.
  inline void submit_send(device_link& link, mqtt::publish_token token, stream_id stream,
                          const stream::send_view& send);
  inline void submit_collected();
  // The link ends.
  void forget(device_link& link) {
    sends_.forget(link);
    inboxes_.remove_link(link);
  }
  // parse_topic of a message that came in; most go where others just went. REQUIRES: it is asked for each of them.
  // Valid until the next call.
  const std::optional<topic>& meaning_of(const mqtt::publish_view& publish) {
    auto& kept = meanings_[publish.topic_slot];
    if (!publish.same_topic) [[unlikely]]
      kept = parse_topic(publish.topic);
    return kept;
  }
  // Topics of records.
  topic_names& names() { return names_; }
  // A record's seq and time, as a PUBACK says them: the one mostly follows the one before, the other is the same. Valid
  // until the next call.
  const mqtt::number_property& property_of_seq(std::uint64_t seq) {
    seq_property_.set<'s', 'e', 'q'>(seq);
    return seq_property_;
  }
  const mqtt::number_property& property_of_ts(wall_ms ts) {
    const auto number = static_cast<std::uint64_t>(ts);
    if (number != ts_property_.value) ts_property_.set<'t', 's'>(number);
    return ts_property_;
  }
  // For a message whose sender made no id.
  message_id next_message_id();
  // The link is pumped at the end of the turn.
  void pump_later(const device_link& link) { later_.push_back(link.id()); }
  void pump_listed();
  void post_live(live_up&& m);
  void attach_when_ready(device_link& link);

  // --- control, on this thread (engine/control_door.hpp calls these)
  void create(const conversation_spec& spec, std::function<void(stream::verdict)> done);
  void change_members(const members_spec& spec, std::function<void(stream::verdict)> done);
  void change_look(const look_spec& spec, std::function<void(stream::verdict)> done);
  void tell_account(account_spec spec, std::function<void(stream::verdict)> done);
  void read_records(records_request request, std::function<void(records_answer)> done);
  void read_state(account_id account, device_id device, std::function<void(state_answer)> done);
  void read_members(account_id reader, stream_id conversation, std::function<void(members_answer)> done);
  void read_audience(account_id account, stream_id from, std::function<void(audience_answer)> done);
  [[nodiscard]] shard_status status() const;
  stream::partition& applier_partition(partition_id p) { return owner_.part(p); }

  // --- outbound
  bool post(shard_id to, message&& m) override;
  bool take_here(const submitted& m) override;
  bool take_here(std::uint64_t run, const run_outcome& what) override;
  news_taken take_here(const news_view& m) override;
  void on_own_event(const own_event& event) override;
  [[nodiscard]] bool is_in_use(account_id account) const override { return inboxes_.is_in_use(account); }

 private:
  using records_answer_view = const records&;
  struct pending_control {
    std::function<void(stream::verdict)> verdict;
    std::function<void(records_answer_view)> records;
    std::function<void(const engine::about&)> about;
    mono_ms since = 0;
  };
  static constexpr std::size_t max_control = 1024;
  // What a token's top bits say it belongs to.
  static constexpr std::uint64_t control_bit = std::uint64_t{1} << 63;

  void submit_runs();
  void fetch_collected();
  inline void submit_run(const send_runs::run& run);
  void submit_one_by_one(const send_runs::run& run);
  // There is credit for one more of so many bytes in the runs.
  [[nodiscard]] bool has_run_credit(std::size_t size) const {
    return sends_.has_credit(around_.self, runs_.count() + std::size_t{1}, runs_.size() + size);
  }
  void submit_alone(device_link& link, mqtt::publish_token token, stream_id stream, stream::send_view send);
  bool run_own();
  // Messages that waited for credit go on, and their connections are read again.
  void go_on_sending();
  void expire_control();
  void take(message&& m);
  void take(const submitted& m);
  void take_run(std::uint64_t token, const run_outcome& what);
  void take(const attach_ready& m);
  void take(const state_ready& m);
  bool look_up(account_id who, std::function<void(bool ok)> then);
  void take(records& m);
  void take(const about& m);
  void submit_control(partition_id p, bytes entry, std::function<void(stream::verdict)> done);
  void tell_device(const std::shared_ptr<account_spec>& spec, std::size_t i, stream::verdict last,
                   std::function<void(stream::verdict)> done);
  void tell_news(const std::shared_ptr<account_spec>& spec, std::size_t i, stream::verdict last,
                 std::function<void(stream::verdict)> done);
  void depart(account_id account, std::function<void(stream::verdict)> done);
  void set_cursors(account_id account, device_id device, std::function<void(stream::verdict)> done);
  // Asks the conversations' owners about them, so many at a time: `each` for each answer, then `done`.
  struct asking {
    account_id account;
    about_request::depth want = about_request::depth::head;
    std::vector<stream_id> list;
    std::size_t next = 0;
    std::size_t waiting = 0;
    std::function<void(std::size_t, const about&)> each;
    std::function<void()> done;
  };
  void ask_about(const std::shared_ptr<asking>& all);
  // Once the account's rows are in memory (false: they cannot be read), or all that was applied is durable.
  void when_loaded(account_id account, std::function<void(bool)> go);
  void when_durable(account_id account, std::function<void()> go);
  void gather_audience(account_id account, stream_id from, std::function<void(audience_answer)> done);
  void build_state(account_id account, device_id device, std::function<void(state_answer)> done);

  surroundings around_;
  mqtt::shared_state wire_;
  owner owner_;
  inboxes inboxes_;
  moment now_;
  presences presences_;
  mono_ms ticked_ = 0;
  message_id last_message_;
  std::array<std::optional<topic>, mqtt::topic_slots> meanings_;
  topic_names names_;
  mqtt::number_property seq_property_;
  mqtt::number_property ts_property_;
  std::vector<std::uint64_t> later_;
  std::vector<message> own_;        // to this shard itself: after what is at hand, never within it
  std::vector<message> own_taken_;  // those at hand
  sends sends_;
  send_runs runs_;
  std::vector<std::uint64_t> readable_;  // links that may be read again
  boost::unordered_flat_map<std::uint64_t, pending_control> control_;
  std::map<std::uint64_t, std::function<void(bool ok)>> states_;  // waiting for an account's rows
  std::uint64_t next_control_ = 1;
  std::uint64_t last_link_ = 0;
};

// For each message and each acknowledgement.
inline feed* device_link::feed_of(stream_id conversation) {
  if (feeds_.size() > few_feeds) return search_feed_of(conversation);
  auto& boxes = home_->boxes();
  for (auto& at : feeds_) {
    if (boxes.conversation(at).stream == conversation) return &at;
  }
  return nullptr;
}

}  // namespace dunlin::engine
