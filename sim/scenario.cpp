#include "sim/scenario.hpp"

#include <algorithm>

#include "sim/device.hpp"

namespace dunlin::sim {

scenario::scenario(stage& s) : stage_(s), world_(s.w) {
  people_ = 3 + world_.below(4);
  conversations_ = 2 + world_.below(4);
  const std::size_t n = 1 + world_.below(8);
  for (std::size_t i = 0; i < n; ++i) partitions_.push_back(static_cast<partition_id>(world_.below(256)));
  for (std::size_t i = 0; i < people_; ++i) sign_up(add_person());
}

// --- wishes -----------------------------------------------------------------------------------------------------

void scenario::add(std::string what, std::function<void(wish&)> ask) {
  wishes_.push_back({std::move(what), std::move(ask), world_.ms(), false});
}

void scenario::answered(wish& w, bool good) {
  world_.note("{}: {}", w.what, good ? "done" : "again");
  w.done = good;
  w.ask_at = world_.ms() + world_.between(50, 500);
}

void scenario::on_start() {
  for (auto& w : wishes_) w.ask_at = std::min(w.ask_at, world_.ms() + world_.between(10, 300));
}

std::string scenario::unfinished() const {
  for (const auto& w : wishes_) {
    if (!w.done) return w.what + " was not done";
  }
  return {};
}

void scenario::step() {
  std::erase_if(wishes_, [](const wish& w) { return w.done; });
  if (stage_.up == nullptr) return;
  for (auto& w : wishes_) {
    if (w.done || world_.ms() < w.ask_at) continue;
    constexpr mono_ms patience = 12'000;
    w.ask_at = world_.ms() + patience;
    world_.note("{}?", w.what);
    w.ask(w);
  }
  if (!world_.stormy) return;
  const bool all_there =
      std::all_of(stage_.people.begin(), stage_.people.end(), [](const person& p) { return p.registered; });
  if (all_there && stage_.conversations.size() < conversations_ && world_.one_in(20)) start_conversation();
  if (world_.one_in(250)) change_members();
  if (world_.one_in(300)) change_look();
  if (world_.one_in(250)) put_settings();
  if (world_.one_in(350)) change_profile();
  if (world_.one_in(700)) link(some_person());
  if (world_.one_in(2000)) revoke();
  if (world_.one_in(12000)) remove_account();
  if (world_.one_in(60)) read_something();
}

// --- people -----------------------------------------------------------------------------------------------------

person& scenario::add_person() {
  auto& p = stage_.people.emplace_back();
  p.id = some_id<account_id>();
  p.name = "a" + std::to_string(stage_.people.size());
  p.handle = "person" + std::to_string(stage_.people.size());
  world_.give_name(p.id, p.name);
  stage_.truth.add_stream(account_stream(p.id), true, false, false, false, {});
  add_device(p).first_of_account = true;
  return p;
}

device& scenario::add_device(person& p) {
  const auto id = world_.random.id<device_id>();
  auto name = "d" + std::to_string(++devices_named_);
  world_.give_name(id, name);
  p.devices.push_back(std::make_unique<device>(stage_, p, id, accounts::make_token(world_.random), std::move(name)));
  auto& d = *p.devices.back();
  d.is_thing = p.devices.size() == 1 && stage_.people.size() == 3 && world_.one_in(2);
  return d;
}

void scenario::sign_up(person& p) {
  add(p.name + " signs up", [this, &p](wish& w) {
    auto& d = *p.devices.front();
    const accounts::registration_request request{p.handle, "phone", p.id, d.id(), d.secret()};
    stage_.up->people().register_accounts(
        {request}, [](const accounts::job& j) { j(); },
        [this, &p, &w, &d](const result<accounts::service::registered>& r) {
          const bool good = r.has_value() && !r->untold;
          if (good && !p.registered) d.linked();
          p.registered = p.registered || good;
          answered(w, good);
        });
  });
}

void scenario::link(person& p) {
  if (!p.registered || p.asked_to_go || p.devices.size() >= 3 || p.devices.front()->is_thing) return;
  auto& d = add_device(p);
  stage_.truth.adding_device(p.id, d.id());
  add(p.name + " links " + d.name(), [this, &p, &d, once = false](wish& w) mutable {
    stage_.up->people().link_device(
        {p.id, "laptop", d.id(), d.secret()}, [](const accounts::job& j) { j(); },
        [this, &p, &d, &w, &once](const result<accounts::service::registered>& r) {
          const bool refused = !r.has_value() && p.asked_to_go;
          const bool good = r.has_value() && !r->untold;
          if (good && !once) {
            d.linked();
            world_.count(seen::device_linked);
          }
          once = once || good;
          answered(w, good || refused);
        });
  });
}

void scenario::revoke() {
  auto& p = some_person();
  if (p.asked_to_go || p.devices.size() < 2) return;
  auto& d = *p.devices[1 + world_.below(p.devices.size() - 1)];
  if (!d.is_live()) return;
  d.revoking();
  if (world_.one_in(2)) d.connect_anew();  // in the same moment
  add(d.name() + " is revoked", [this, &d](wish& w) {
    stage_.up->people().revoke_device(
        d.id(), [](const accounts::job& j) { j(); },
        [this, &d, &w](const result<void>& r) {
          if (r.has_value() && !w.done) {
            d.revoked();
            world_.count(seen::device_revoked);
          }
          answered(w, r.has_value());
        });
  });
}

void scenario::remove_account() {
  auto& p = some_person();
  if (stays(p) || !p.registered || p.asked_to_go) return;
  p.asked_to_go = true;
  for (const auto& c : stage_.conversations) {
    if (c.ever.contains(p.id)) stage_.truth.changing(c.id, {p.id});
  }
  add(p.name + " is deleted", [this, &p](wish& w) {
    stage_.up->people().remove_account(
        p.id, [](const accounts::job& j) { j(); },
        [this, &p, &w](const result<void>& r) {
          if (r.has_value() && !w.done) {
            p.gone = true;
            for (auto& d : p.devices) d->revoked();
            world_.count(seen::account_deleted);
          }
          answered(w, r.has_value());
        });
  });
}

}  // namespace dunlin::sim
