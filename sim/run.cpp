#include "sim/run.hpp"

#include <algorithm>

namespace dunlin::sim {

namespace {

constexpr std::size_t tail_lines = 60;
// Bounds of liveness, in simulated time. What the rules say takes at most: 5 s for an effect, 10 s for a request of the
// control plane and its repeat, 60 s for marks.
constexpr mono_ms calm_bound = 60'000;
constexpr mono_ms news_bound = 10'000;
constexpr mono_ms tidy_bound = 130'000;
// A grace of 5 s, and a second between two changes.
constexpr mono_ms presence_bound = 10'000;

}  // namespace

run::run(std::uint64_t seed, report& counts, bool print)
    : world_(seed, counts, print), machine_(world_), stage_(world_, machine_) {
  scenario_ = std::make_unique<scenario>(stage_);
}

run::~run() {
  // Devices let go of their sockets before the server goes.
  scenario_.reset();
}

void run::go() {
  start_server();
  storm();
  calm();
  news();
  tidy();
  going();
  audit();
}

// --- time -------------------------------------------------------------------------------------------------------

void run::step(mono_ms dt) {
  world_.pass(dt);
  if (stage_.up == nullptr && world_.ms() >= start_at_) start_server();
  if (stage_.up != nullptr && !stage_.up->step()) {
    const bool cut = machine_.disk.power_is_cut();
    if (cut) world_.count(seen::power_cut_in_write);
    // After a failed write or sync the process has ended (L3); often the machine goes on, sometimes it does not.
    stop_server(cut || world_.one_in(3));
  }
  scenario_->step();
  for (auto& p : stage_.people) {
    for (auto& d : p.devices) d->step();
  }
}

void run::storm() {
  const mono_ms end = world_.ms() + world_.between(20'000, 60'000);
  while (world_.ms() < end) {
    step(world_.between(1, 9));
    plan_faults();
  }
}

std::size_t run::held() const {
  std::size_t sum = 0;
  for (const auto& p : stage_.people) {
    for (const auto& d : p.devices) sum += d->held();
  }
  return sum;
}

// It goes on as long as devices get what they had not: who takes one message at a time and was away needs its time.
void run::until(const char* phase, mono_ms most, const std::function<std::string()>& missing) {
  mono_ms end = world_.ms() + most;
  std::size_t had = held();
  std::string what;
  do {
    for (int i = 0; i < 20; ++i) step(10);
    what = missing();
    if (what.empty()) return;
    if (const std::size_t now = held(); now > had) {
      had = now;
      end = world_.ms() + most;
    }
  } while (world_.ms() < end);
  throw violation{fmt::format("{}: nothing failed and nothing new came for {} s, {}", phase, most / 1000, what),
                  what.substr(0, what.find(' '))};
}

// --- the server -------------------------------------------------------------------------------------------------

void run::start_server() {
  for (int tries = 0;; ++tries) {
    const auto shards = static_cast<engine::shard_id>(1 + world_.below(4));
    if (stage_.life != 0 && world_.fault(6)) machine_.disk.cut_power_after(world_.below(30));
    auto up = std::make_unique<server>(world_, machine_, shards);
    const auto error = up->start();
    const bool cut = machine_.disk.power_is_cut();
    if (!error && !cut) {
      machine_.disk.cut_power_after(std::uint64_t{1} << 60);
      stage_.up = std::move(up);
      break;
    }
    up.reset();
    world_.note("start {} failed: {}{}", tries, error.message(), cut ? ", the power went" : "");
    const bool full = error == make_error_code(store::errc::no_space) && machine_.disk_is_full;
    // A planned failure may hit the start: whoever runs the server starts it again.
    const bool failed = error == make_error_code(store::errc::io) && tries < 4;
    if (!cut && !full && !failed) throw violation{"the server does not start: " + error.message(), ""};
    if (cut) {
      world_.count(seen::power_cut_in_start);
      machine_.disk.crash(world_.random);
    }
    if (full) empty_disk();
  }
  ++stage_.life;
  if (stage_.life > 1) world_.count(seen::shards_changed);
  world_.note("server {} is up with {} shards", stage_.life, stage_.up->shard_count());
  scenario_->on_start();
}

void run::stop_server(bool power) {
  world_.note("server {} is gone, {}", stage_.life, power ? "without power" : "killed");
  stage_.up->count_up();
  stage_.up.reset();
  cut_planned_ = false;
  if (power) {
    world_.count(seen::power_cut);
    machine_.disk.crash(world_.random);
  } else {
    world_.count(seen::process_killed);
  }
  start_at_ = world_.ms() + world_.between(0, 800);
}

void run::plan_faults() {
  if (full_until_ != 0 && world_.ms() >= full_until_) empty_disk();
  if (stage_.up == nullptr) return;
  if (world_.fault(4000)) return stop_server(true);
  if (world_.fault(4000)) return stop_server(false);
  auto& disk = machine_.disk;
  const std::uint64_t after = world_.below(60);
  if (!cut_planned_ && world_.fault(1500)) {
    world_.note("the power will go after {} operations", after);
    disk.cut_power_after(after);
    cut_planned_ = true;
  }
  if (world_.fault(5000)) {
    world_.note("a write of the log will fail");
    disk.fail_write("log/", store::errc::io, after / 16);
  }
  if (world_.fault(2500)) {
    world_.note("a sync of the log will fail");
    disk.fail_sync("log/", store::errc::io, after / 16);
  }
  if (world_.fault(4000)) disk.fail_write("history/", store::errc::io, after / 8);
  if (world_.fault(4000)) disk.fail_sync("history/", store::errc::io, after / 20);
  if (full_until_ == 0 && world_.fault(4000)) fill_disk();
}

void run::fill_disk() {
  world_.note("the disk is full");
  world_.count(seen::disk_filled);
  machine_.disk_is_full = true;
  machine_.disk.set_capacity(machine_.disk.used() + world_.below(100'000));
  full_until_ = world_.ms() + world_.between(500, 6000);
}

void run::empty_disk() {
  world_.note("there is room on the disk");
  machine_.disk_is_full = false;
  full_until_ = 0;
  machine_.disk.set_capacity(std::uint64_t{1} << 40);
}

// --- calm -------------------------------------------------------------------------------------------------------

std::string run::devices_missing() {
  for (auto& p : stage_.people) {
    for (auto& d : p.devices) {
      auto what = d->missing();
      if (!what.empty()) return what;
    }
  }
  return {};
}

void run::calm() {
  world_.stormy = false;
  world_.note("calm");
  empty_disk();
  machine_.disk.cut_power_after(std::uint64_t{1} << 60);
  for (auto& p : stage_.people) {
    p.away = world_.one_in(3);
    for (auto& d : p.devices) d->come_home();
  }
  until("calm", calm_bound, [this] {
    auto what = scenario_->unfinished();
    return what.empty() ? devices_missing() : what;
  });
}

void run::news() {
  world_.note("news");
  for (auto& c : stage_.conversations) {
    auto* first = stage_.find(c.first_members[0]);
    if (c.created) first->devices.front()->say(c);
  }
  until("news", news_bound, [this] { return devices_missing(); });
}

void run::tidy() {
  world_.note("tidy");
  for (auto& c : stage_.conversations) {
    for (auto& p : stage_.people) {
      for (auto& d : p.devices) {
        if (d->is_live() && stage_.truth.members(c.id).contains(p.id)) d->tell_all(c);
      }
    }
  }
  // Whose members have all a device that says what it has.
  std::vector<conversation*> settled;
  for (auto& c : stage_.conversations) {
    const auto members = c.created ? stage_.truth.members(c.id) : std::map<account_id, std::uint64_t>{};
    const bool all = std::all_of(members.begin(), members.end(), [this](const auto& m) {
      auto* p = stage_.find(m.first);
      return !p->asked_to_go && !p->devices.front()->is_thing;
    });
    if (all && members.size() > 1) settled.push_back(&c);
  }
  until("tidy", tidy_bound, [this, &settled]() -> std::string {
    for (auto* c : settled) {
      for (auto& p : stage_.people) {
        if (!stage_.truth.members(c->id).contains(p.id)) continue;
        for (auto& d : p.devices) {
          auto what = d->is_live() ? d->receipts_missing(*c) : std::string();
          if (!what.empty()) return what;
        }
      }
    }
    return stage_.up->unfinished();
  });
}

std::string run::presence_missing() {
  for (auto& p : stage_.people) {
    for (auto& d : p.devices) {
      auto what = d->presence_missing();
      if (!what.empty()) return what;
    }
  }
  return {};
}

// Who was there goes, who was away comes, and everybody who may know is told; then some share less than before.
void run::going() {
  const auto all_change = [this] {
    world_.note("going");
    for (auto& p : stage_.people) p.away = !p.away;
    until("going", presence_bound, [this] { return presence_missing(); });
  };
  all_change();
  scenario_->part();
  until("going", calm_bound, [this] {
    auto what = scenario_->unfinished();
    return what.empty() ? devices_missing() : what;
  });
  all_change();
}

void run::audit() {
  for (int round = 0; round < 2; ++round) {
    world_.note("audit");
    scenario_->read_all();
    until("audit", calm_bound, [this]() -> std::string {
      return scenario_->has_read_all() ? std::string() : "what was asked for is not read";
    });
    if (round == 1) break;
    stop_server(true);
    start_at_ = world_.ms();
    step(10);
  }
  std::set<account_id> hear;
  for (const auto& p : stage_.people) {
    if (p.registered && p.devices.front()->hears_all()) hear.insert(p.id);
  }
  stage_.truth.check_end(hear);
  const auto given = machine_.disk.given();
  world_.count(seen::sectors_lost, given.sectors_lost);
  world_.count(seen::write_torn, given.writes_torn);
  world_.count(seen::write_failed, given.writes_failed);
  world_.count(seen::sync_failed, given.syncs_failed);
  world_.count(seen::directory_changes_lost, given.directory_operations_lost);
  stage_.up->count_up();
}

std::string run::describe(const std::string& about) {
  std::string out;
  for (const auto& c : stage_.conversations) {
    if (stage_.up != nullptr && (c.name == about || about.starts_with("d")))
      out += c.name + "\n" + stage_.up->describe_members(c.id);
  }
  for (const auto& p : stage_.people) {
    const bool is_it = p.name == about || std::any_of(p.devices.begin(), p.devices.end(),
                                                      [&](const auto& d) { return d->name() == about; });
    if (is_it && stage_.up != nullptr) out += stage_.up->describe(p.id);
  }
  return out;
}

outcome run_seed(std::uint64_t seed, report& counts, bool print) {
  outcome out;
  run one(seed, counts, print);
  try {
    one.go();
  } catch (const violation& v) {
    out.broken = v;
    one.around().note("BROKEN: {}", v.what);
    out.tail = one.around().tail(v.about, tail_lines) + one.describe(v.about);
  }
  out.trace_hash = one.around().trace_hash();
  return out;
}

}  // namespace dunlin::sim
