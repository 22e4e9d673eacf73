#include "app/logins.hpp"

#include <chrono>
#include <thread>

#include "app/shards.hpp"

namespace dunlin::app {

void logins::use(accounts::service& service, shards& all, const http::rate& wrong, const clock& time) {
  service_ = &service;
  shards_ = &all;
  time_ = &time;
  http::rates allowed{};
  allowed[static_cast<std::size_t>(http::limit::sign_ins)] = wrong;
  wrong_.assign(all.count(), http::rate_limits(allowed));
}

void logins::verify(engine::shard_id shard, std::uint64_t ticket, engine::client_key client, std::string user,
                    std::string token) {
  auto& thread = shards_->at(shard);
  auto& wrong = wrong_[shard];
  const http::limit_key who_asks{client.hi, client.lo};
  const bool is_known = who_asks != http::limit_key{};
  if (is_known && wrong.wait(http::limit::sign_ins, who_asks, time_->now().mono) > 0) {
    return thread.shard().verified(ticket, {.result = engine::login_result::too_many, .account = {}, .device = {}});
  }
  // A shard that takes no more work for the moment is waited for: this runs on the store thread, and a connection
  // that never gets an answer would hang until its time-out.
  const auto post = [&thread](const accounts::job& work) {
    while (!thread.loop().post(work)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  };
  const auto done = [this, &thread, &wrong, ticket, who_asks, is_known](result<accounts::identity> found) {
    engine::identity who;
    if (found) {
      who = {engine::login_result::ok, found->account, found->device};
    } else if (found.error() != accounts::errc::wrong_token) {
      who.result = engine::login_result::unavailable;
    } else if (is_known) {
      wrong.take(http::limit::sign_ins, who_asks, time_->now().mono);
    }
    thread.shard().verified(ticket, who);
  };
  service_->verify(std::move(user), std::move(token), post, done);
}

}  // namespace dunlin::app
