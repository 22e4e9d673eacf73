#include "tests/crash/rounds/rounds.hpp"

#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "tests/crash/rounds/range_read.hpp"

namespace dunlin::crash {

using bench::monotonic_ns;
using bench::ns_per_ms;
using bench::ns_per_s;
using bench::time_ns;

namespace {

constexpr time_ns start_limit = 60 * ns_per_s;
constexpr time_ns settle_limit = 60 * ns_per_s;
constexpr time_ns cursors_move = 1500 * ns_per_ms;
constexpr time_ns trims_follow = 4 * ns_per_s;  // marks once a second, then the trim's own entry
constexpr unsigned max_conversations = 24;
constexpr unsigned max_people = 24;

// A text field of a JSON object; empty if there is none.
std::string field(const std::string& text, const char* name) {
  boost::system::error_code error;
  const auto value = boost::json::parse(text, error);
  if (error || !value.is_object()) return {};
  const auto* found = value.get_object().if_contains(name);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

bench::login login_from(const std::string& text) {
  return {field(text, "account"), field(text, "device"), field(text, "token")};
}

}  // namespace

round_test::round_test(const round_options& options)
    : options_(options), random_(options.seed), people_(ledger_, options.seed), server_(options.server) {}

std::string round_test::wrong() const {
  if (!ledger_.wrong().empty()) return ledger_.wrong();
  return people_.wrong();
}

std::string round_test::run() {
  std::string what = set_up();
  const time_ns end = options_.max_seconds == 0 ? ~time_ns{0} : monotonic_ns() + options_.max_seconds * ns_per_s;
  for (unsigned n = 1; what.empty() && n <= options_.rounds && monotonic_ns() < end; ++n) {
    what = one_round(n);
    if (!what.empty()) what = fmt::format("round {}: {}", n, what);
  }
  if (what.empty()) what = settle();
  people_.talk(false);
  if (what.empty() && options_.until_delivered) what = talk_for(trims_follow);
  if (what.empty()) what = read_everything();
  if (what.empty()) ledger_.finish();
  return what.empty() ? wrong() : what;
}

std::string round_test::start(unsigned sync_us) {
  server_.start(sync_us);
  return wait_ready();
}

std::string round_test::wait_ready() {
  const time_ns begin = monotonic_ns();
  while (monotonic_ns() < begin + start_limit) {
    if (server_.has_ended()) return server_.ending() + " while it started; see " + server_.log();
    if (const auto at = server_.ready()) {
      const auto where = bench::parse_endpoint(at->mqtt);
      if (!where) return "the ready file names no address on this machine: " + at->mqtt;
      http_ = at->http;
      people_.arrive(*where);
      slowest_start_ms_ = std::max<std::uint64_t>(slowest_start_ms_, (monotonic_ns() - begin) / ns_per_ms);
      return {};
    }
    people_.turn(monotonic_ns() + ns_per_ms);
  }
  return "the server was not ready within 60 s; see " + server_.log();
}

std::string round_test::talk_for(time_ns duration) {
  const time_ns end = monotonic_ns() + duration;
  while (monotonic_ns() < end) {
    people_.turn(end);
    if (!wrong().empty()) return wrong();
    if (server_.has_ended()) return server_.ending() + " by itself; see " + server_.log();
  }
  return {};
}

std::string round_test::add_people(unsigned count) {
  for (unsigned i = 0; i < count; ++i) {
    const std::string made = side_command(server_, {"account", "add", "p" + std::to_string(++names_)}).wait();
    if (made.empty()) return "dunlin account add failed; see commands.log";
    devices_of_.push_back({people_.add_device(login_from(made))});
  }
  return {};
}

std::string round_test::add_device_to(place of) {
  const std::string made = side_command(server_, {"device", "add", "p" + std::to_string(of + 1)}).wait();
  if (made.empty()) return "dunlin device add failed; see commands.log";
  bench::login who = login_from(made);
  who.user = people_.account_of(devices_of_[of].front());
  devices_of_[of].push_back(people_.add_device(who));
  return {};
}

namespace {

std::vector<std::string> conversation_words(const std::vector<std::string>& accounts, bool until_delivered) {
  std::string members;
  for (const std::string& a : accounts) members += (members.empty() ? "" : ",") + a;
  std::vector<std::string> words{"conversation", "add", "--members", members, "--name", "talk"};
  if (until_delivered) words.insert(words.end(), {"--keep", "until-delivered"});
  return words;
}

}  // namespace

std::string round_test::converse(const std::vector<place>& members) {
  std::vector<std::string> accounts;
  std::vector<place> devices;
  for (const place person : members) {
    accounts.push_back(people_.account_of(devices_of_[person].front()));
    devices.insert(devices.end(), devices_of_[person].begin(), devices_of_[person].end());
  }
  const std::string made = side_command(server_, conversation_words(accounts, options_.until_delivered)).wait();
  const std::string id = field(made, "conversation");
  if (id.empty()) return "dunlin conversation add failed; see commands.log";
  people_.add_conversation(id, devices);
  conversations_.push_back({id, devices});
  return {};
}

std::string round_test::set_up() {
  if (std::string what = start(0); !what.empty()) return what;
  if (std::string what = add_people(6); !what.empty()) return what;
  for (const place person : {0U, 1U}) {
    if (std::string what = add_device_to(person); !what.empty()) return what;
  }
  const std::vector<std::vector<place>> first{{0, 1}, {2, 3}, {0, 2, 4}, {0, 1, 2, 3, 4, 5}, {4, 5}, {1, 5, 3}};
  for (const auto& members : first) {
    if (std::string what = converse(members); !what.empty()) return what;
  }
  return talk_for(200 * ns_per_ms);
}

void round_test::begin_side_command() {
  if (random_.one_in(2)) return;
  side_members_.clear();
  if (random_.one_in(2) && conversations_.size() < max_conversations) {
    std::vector<std::string> accounts;
    for (const unsigned wanted = 2 + static_cast<unsigned>(random_.below(3)); side_members_.size() < wanted;) {
      const auto person = static_cast<place>(random_.below(devices_of_.size()));
      if (std::find(side_members_.begin(), side_members_.end(), person) != side_members_.end()) continue;
      side_members_.push_back(person);
      accounts.push_back(people_.account_of(devices_of_[person].front()));
    }
    side_ = std::make_unique<side_command>(server_, conversation_words(accounts, options_.until_delivered));
  } else if (devices_of_.size() < max_people) {
    const std::string handle = "p" + std::to_string(++names_) + "x";
    side_ = std::make_unique<side_command>(server_, std::vector<std::string>{"account", "add", handle});
  }
}

// What it was promised must be there after the crash: the next rounds talk through it.
std::string round_test::end_side_command() {
  if (!side_) return {};
  const std::string made = side_->wait();
  side_.reset();
  if (made.empty()) {
    ++side_lost_;
    return {};
  }
  ++side_done_;
  if (side_members_.empty()) {
    devices_of_.push_back({people_.add_device(login_from(made))});
    return {};
  }
  std::vector<place> devices;
  for (const place person : side_members_) {
    devices.insert(devices.end(), devices_of_[person].begin(), devices_of_[person].end());
  }
  const std::string id = field(made, "conversation");
  if (id.empty()) return "dunlin conversation add printed: " + made;
  people_.add_conversation(id, devices);
  conversations_.push_back({id, devices});
  return {};
}

void round_test::crash() {
  server_.kill();
  people_.leave();
}

std::string round_test::one_round(unsigned number) {
  // What this round does is drawn first, so that a seed means the same rounds whatever the timing.
  const unsigned per_mille = random_.one_in(2) ? 0 : 1 + static_cast<unsigned>(random_.below(999));
  const std::uint64_t sectors = random_.bits();
  const unsigned sync_us = std::array<unsigned, 4>{0, 300, 2000, 8000}[random_.below(4)];
  const bool starting = random_.one_in(5);
  const time_ns kill_after = random_.below(starting ? 60 : 250) * ns_per_ms;
  const time_ns stumble_after = random_.below(120) * ns_per_ms;

  crash();
  if (std::string what = end_side_command(); !what.empty()) return what;
  if (per_mille > 0) ++some_sectors_kept_;
  server_.restore(per_mille, sectors);
  ++rounds_;
  if (starting) {
    ++killed_while_starting_;
    server_.start(sync_us);
    const time_ns end = monotonic_ns() + kill_after;
    while (monotonic_ns() < end) people_.turn(end);
    if (server_.has_ended()) return server_.ending() + " while it started; see " + server_.log();
    server_.kill();
    server_.restore(per_mille, sectors + 1);
  }
  if (std::string what = start(sync_us); !what.empty()) return what;
  begin_side_command();
  if (stumble_after < kill_after) {
    if (std::string what = talk_for(stumble_after); !what.empty()) return what;
    people_.stumble(3);
  }
  if (number % 10 != 0) return talk_for(kill_after);
  // Every tenth round lasts until all is delivered and the cursors, which are logged once a second, have moved: so
  // trims and seals get their turn, and what is fed again after a crash stays bounded.
  if (std::string what = settle(); !what.empty()) return what;
  return talk_for(cursors_move);
}

std::string round_test::settle() {
  people_.talk(false);
  const time_ns end = monotonic_ns() + settle_limit;
  while (!people_.is_settled()) {
    if (std::string what = talk_for(5 * ns_per_ms); !what.empty()) return what;
    if (monotonic_ns() > end) return "not all was acknowledged and delivered within 60 s:\n" + people_.unsettled();
  }
  people_.talk(true);
  return wrong();
}

std::string round_test::read_everything() {
  for (place at = 0; at < conversations_.size(); ++at) {
    const known_conversation& c = conversations_[at];
    const bench::login& reader = people_.login_of(c.devices.front());
    std::uint64_t expected = 1;
    std::string gap;
    std::string what = read_conversation(http_, reader.password, c.id, [&](const stream::record_view& record) {
      if (record.seq != expected && !options_.until_delivered && gap.empty()) {
        gap = fmt::format("{}: a range read gave seq {} after {}", c.id, record.seq, expected - 1);
      }
      expected = record.seq + 1;
      ledger_.receive(c.devices.front(), at, record, false);
      ++readable_;
    });
    if (!gap.empty()) return gap;
    // What was trimmed cannot be read; that it was delivered to everybody the ledger knows.
    if (!what.empty() && !options_.until_delivered) return what;
    if (!options_.until_delivered && expected <= ledger_.head(at)) {
      return fmt::format("{}: a range read ended at {}, the head is {}", c.id, expected - 1, ledger_.head(at));
    }
  }
  if (options_.until_delivered && readable_ >= ledger_.seen().records) return "nothing was trimmed";
  return wrong();
}

std::string round_test::summary() const {
  const auto& n = ledger_.seen();
  return fmt::format(
      "{} rounds, {} of them killed while starting too, {} with some unsynced sectors kept\n"
      "{} messages sent, {} acknowledged, {} retries, {} refused for now\n"
      "{} records, {} of them readable at the end, {} deliveries, {} of them again; {} sessions resumed\n"
      "{} accounts and conversations made beside, {} cut off; slowest start {} ms\n",
      rounds_, killed_while_starting_, some_sectors_kept_, n.sent, n.accepted, people_.retries(), people_.refusals(),
      n.records, readable_, n.deliveries, n.redeliveries, people_.resumed(), side_done_, side_lost_, slowest_start_ms_);
}

}  // namespace dunlin::crash
